"""A receipt (領収書) for one payment; a copy that is issued again says so."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.payment import Payment
from spaces.models import Space


class Receipt(models.Model):
    """One paper that says that money was received, with everything on it as it was when it was issued."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="receipts", verbose_name=_("space"))
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="receipts", verbose_name=_("payment"))
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    copy = models.PositiveSmallIntegerField(_("copy"), default=0, help_text=_("0 is the first issue."))
    issued_on = models.DateField(_("issued on"))
    addressee = models.CharField(_("addressee"), max_length=160)
    purpose = models.CharField(_("for"), max_length=160)
    yen = models.PositiveIntegerField(_("yen"))
    rate_totals = models.JSONField(_("by rate"), help_text=_("Rows of rate, total and tax."))
    issuer_name = models.CharField(_("issuer"), max_length=160)
    issuer_address = models.CharField(_("issuer's address"), max_length=240, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=14, blank=True)
    language = models.CharField(_("language"), max_length=10, default="ja")
    issued_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["-year", "-number", "-copy"]
        constraints = [
            models.UniqueConstraint(name="receipt_number_once", fields=["space", "year", "number", "copy"]),
            models.UniqueConstraint(name="receipt_copy_once", fields=["payment", "copy"]),
            models.CheckConstraint(
                name="receipt_numbered_in_its_year", condition=Q(copy__gt=0) | Q(year=F("issued_on__year"))
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The number as it is printed: R2026-0012."""
        return f"R{self.year}-{self.number:04}"
