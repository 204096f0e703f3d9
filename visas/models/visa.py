"""A Coworking VISA: what a membership gives its holder at the other spaces. Whether it is valid follows from that."""

from django.conf import settings
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from members.models import Membership
from visas.numbers import NUMBER_LENGTH, printed_number


class NewNumber(Func):
    """A number that no visa has; the database draws it, since it gives out visas by itself."""

    function = "visas_new_number"
    output_field = models.CharField()
    arity = 0


class Visa(models.Model):
    """One for each membership that ever had a plan which grants it; triggers of 0002_visas write the rows.

    It falls with the membership and comes back with it, which `visas/holding.py` works out. Reissuing keeps the row, so
    that days which are used stay used, and gives it another number.
    """

    membership = models.OneToOneField(
        Membership, on_delete=models.PROTECT, related_name="visa", verbose_name=_("membership")
    )
    number = models.CharField(
        _("number"), max_length=NUMBER_LENGTH, unique=True, db_default=NewNumber(), editable=False
    )
    issued_at = models.DateTimeField(_("issued"), db_default=Now(), editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("revoked by"),
    )
    revoke_reason = models.CharField(_("why it is revoked"), max_length=200, blank=True)

    history = HistoricalRecords(history_change_reason_field=models.TextField(null=True))

    class Meta:
        verbose_name = _("Coworking VISA")
        verbose_name_plural = _("Coworking VISAs")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="visa_revoke_reason_of_a_revoked", condition=Q(revoke_reason="") | Q(revoked_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.printed_number

    @property
    def printed_number(self) -> str:
        """The number as it is printed and read aloud: two groups of five."""
        return printed_number(self.number)
