"""A shared trial ticket: a code that somebody holds, and from the first visit on belongs to one person."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from visas.codes import CODE_LENGTH, new_code, printed
from visas.models.campaign import Campaign


class Ticket(models.Model):
    """One ticket of a campaign. What is used of it follows from the bookings that draw on it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("campaign"))
    code = models.CharField(_("code"), max_length=CODE_LENGTH, unique=True, default=new_code, editable=False)
    label = models.CharField(
        _("given out where"), max_length=60, blank=True, help_text=_("For the figures: a shop, a fair, a newsletter.")
    )
    issued_at = models.DateTimeField(_("issued"), default=timezone.now, editable=False)

    # Whose it is, from the first visit on. The key outlives the address: one ticket of a campaign for a person.
    person_key = models.CharField(max_length=64, null=True, blank=True, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, default="ja")
    held_at = models.DateTimeField(_("first redeemed"), null=True, blank=True, editable=False)
    # Old links to its visits open nothing once this has grown.
    link_version = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)

    extended_to = models.DateField(
        _("extended until"), null=True, blank=True, help_text=_("Good until this day, longer than its campaign.")
    )
    blocked_at = models.DateTimeField(_("blocked"), null=True, blank=True, editable=False)
    block_reason = models.CharField(_("why it is blocked"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("trial ticket")
        verbose_name_plural = _("trial tickets")
        ordering = ["campaign", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="ticket_one_a_person",
                fields=["campaign", "person_key"],
                condition=Q(person_key__isnull=False),
                violation_error_message=_("This person has a ticket of this campaign already."),
            ),
            models.CheckConstraint(
                name="ticket_held_by_a_person",
                condition=Q(person_key__isnull=True, held_at__isnull=True)
                | Q(person_key__isnull=False, held_at__isnull=False),
            ),
            models.CheckConstraint(
                name="ticket_block_reason_of_a_block", condition=Q(block_reason="") | Q(blocked_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.printed_code

    @property
    def printed_code(self) -> str:
        """The code as it is printed and read aloud: three groups of three."""
        return printed(self.code)

    @property
    def good_until(self) -> date:
        """The last day for a visit."""
        ends_on = self.campaign.ends_on
        return max(ends_on, self.extended_to) if self.extended_to else ends_on
