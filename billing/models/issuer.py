"""Who a space's papers are from."""

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as NumberError
from stdnum.jp import cn

from spaces.models import Space


def is_registration_number(number: str) -> None:
    """Refuse what is no registration number of a qualified issuer: T and 13 digits, the first of them a check digit.

    Of an organisation the digits are its corporate number (法人番号). The numbers of individuals are other ones, and
    the tax office does not say how they are made; all eight published ones that we tried have the same check digit.
    """
    wrong = ValidationError(_("A registration number is T and 13 digits. Is a digit wrong?"), code="number")
    try:
        digits = cn.validate(number[1:])
    except NumberError as error:
        raise wrong from error
    # stdnum also reads full-width digits, hyphens and blanks; on a paper stands the number itself.
    if number != f"T{digits}":
        raise wrong


class Issuer(models.Model):
    """What a space's invoices and receipts say of who issues them, and when they are to be paid."""

    space = models.OneToOneField(
        Space, on_delete=models.CASCADE, primary_key=True, related_name="issuer", verbose_name=_("space")
    )
    name = models.CharField(_("name on papers"), max_length=160)
    address = models.CharField(_("address on papers"), max_length=240, blank=True)
    registration_number = models.CharField(
        _("registration number"),
        max_length=14,
        blank=True,
        validators=[is_registration_number],
        help_text=_("T and 13 digits. Empty: the papers are plain ones, not qualified invoices."),
    )
    bank_account = models.TextField(_("bank account"), blank=True, help_text=_("Printed on invoices."))
    due_days = models.PositiveSmallIntegerField(
        _("days to pay"), default=14, validators=[MinValueValidator(0), MaxValueValidator(120)]
    )
    invoice_day = models.PositiveSmallIntegerField(
        _("day of invoices"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
        help_text=_("Day of each month on which everything open is invoiced by itself. Empty: by hand only."),
    )
    reminder_days = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("reminders"),
        default=list,
        blank=True,
        help_text=_("Days after the due date on which a reminder goes out, parted by commas."),
    )

    class Meta:
        verbose_name = _("issuer")
        verbose_name_plural = _("issuers")
        ordering = ["space"]
        constraints = [
            models.CheckConstraint(
                name="issuer_registration_number_shape",
                condition=Q(registration_number="") | Q(registration_number__regex=r"^T[0-9]{13}$"),
            ),
            models.CheckConstraint(
                name="issuer_invoice_day_in_every_month",
                condition=Q(invoice_day__isnull=True) | Q(invoice_day__range=(1, 28)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def last_invoice_day(self, today: date) -> date:
        """The day of this month or the last, up to which all is invoiced by itself; only of who has set one."""
        day = self.invoice_day or 1
        month = today if today.day >= day else today.replace(day=1) - timedelta(days=1)
        return month.replace(day=day)
