"""The waiting list for booths that are all let."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.plan import Plan
from spaces.models import Resource


class BoothWaitQuerySet(models.QuerySet["BoothWait"]):
    def open(self) -> "BoothWaitQuerySet":
        """Who still waits, or holds an offer."""
        return self.filter(settled_at__isnull=True)

    def in_line(self) -> "BoothWaitQuerySet":
        """Who waits without an offer, first come first."""
        return self.open().filter(booth__isnull=True).order_by("since", "pk")

    def offered(self) -> "BoothWaitQuerySet":
        """Offers that nobody has answered."""
        return self.open().filter(booth__isnull=False)


class BoothWait(models.Model):
    """A person's place in the line for a booth; a booth that is offered to them is nobody else's meanwhile."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        LAPSED = "lapsed", _("Lapsed")
        LEFT = "left", _("Left the list")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="booth_waits", verbose_name=_("person")
    )
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="booth_waits", verbose_name=_("plan"))
    since = models.DateTimeField(_("waits since"), default=timezone.now)
    booth = models.ForeignKey(
        Resource,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="booth_offers",
        verbose_name=_("offered booth"),
    )
    free_from = models.DateField(_("free from"), null=True, blank=True)
    lapses_at = models.DateTimeField(_("offer lapses"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)

    objects = BoothWaitQuerySet.as_manager()

    class Meta:
        verbose_name = _("place on the waiting list")
        verbose_name_plural = _("waiting list for booths")
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="booth_wait_once",
                fields=["user", "plan"],
                condition=Q(settled_at__isnull=True),
                violation_error_message=_("This person is on the list already."),
            ),
            models.UniqueConstraint(
                name="booth_wait_one_offer_a_booth",
                fields=["booth"],
                condition=Q(settled_at__isnull=True, booth__isnull=False),
                violation_error_message=_("This booth is offered to somebody already."),
            ),
            models.CheckConstraint(
                name="booth_wait_offer_is_whole",
                condition=Q(booth__isnull=True, free_from__isnull=True, lapses_at__isnull=True)
                | Q(booth__isnull=False, free_from__isnull=False, lapses_at__isnull=False),
            ),
            models.CheckConstraint(
                name="booth_wait_settled_somehow",
                condition=Q(settled_at__isnull=True, outcome="")
                | Q(settled_at__isnull=False, outcome__in=["accepted", "lapsed", "left"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.plan}"

    def stands_at(self, moment: datetime) -> bool:
        """Whether a booth is offered that can be taken at `moment`."""
        return self.booth_id is not None and self.lapses_at is not None and self.lapses_at > moment

    def settle(self, outcome: str, *, at: datetime) -> None:
        """Take the person off the list: accepted, lapsed or left."""
        self.outcome = outcome
        self.settled_at = at
        self.save(update_fields=["outcome", "settled_at"])
