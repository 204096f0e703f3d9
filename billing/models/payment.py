"""Money that came in, or went back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.invoice import Invoice
from spaces.models import Space
from spaces.templatetags.wording import plain_day, signed_yen


class PaymentQuerySet(models.QuerySet["Payment"]):
    def standing(self) -> "PaymentQuerySet":
        """Payments that count: not taken back as a mistake."""
        return self.filter(voided_at__isnull=True)


class Payment(models.Model):
    """A payment of a payer to a space; below zero it is a refund.

    `invoice` is the one that the payer meant (民法 488条 1項). What that leaves, and what names none, pays the oldest.
    """

    class Method(models.TextChoices):
        CASH = "cash", _("Cash")
        TRANSFER = "transfer", _("Bank transfer")
        OTHER = "other", _("Other")

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="payments", verbose_name=_("space"))
    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payments", verbose_name=_("payer")
    )
    method = models.CharField(_("method"), max_length=10, choices=Method)
    yen = models.IntegerField(_("yen"), help_text=_("Below zero it is a refund."))
    received_on = models.DateField(_("received on"))
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="payments", verbose_name=_("invoice")
    )
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("taken by")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    bank_line = models.CharField(_("line of the bank's list"), max_length=64, null=True, blank=True, editable=False)
    form_key = models.UUIDField(null=True, blank=True, editable=False)
    voided_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    written_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-received_on", "-pk"]
        indexes = [
            models.Index(fields=["payer", "space"], name="payment_of_payer"),
            models.Index(fields=["space", "received_on"], name="payment_by_day"),
        ]
        constraints = [
            models.CheckConstraint(name="payment_of_something", condition=~Q(yen=0)),
            models.UniqueConstraint(
                name="payment_bank_line_once",
                fields=["space", "bank_line"],
                condition=Q(voided_at__isnull=True),
                violation_error_message=_("This line of the bank's list was noted already."),
            ),
            # A form that is sent twice is one payment, also where that was taken back meanwhile.
            models.UniqueConstraint(name="payment_form_sent_once", fields=["form_key"]),
        ]

    def __str__(self) -> str:
        return f"{plain_day(self.received_on)} {signed_yen(self.yen)}"
