"""A charge: what somebody owes a space for one thing. Written with what it is for, in the same transaction."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.invoice import Invoice
from spaces.models import Space


class ChargeQuerySet(models.QuerySet["Charge"]):
    def standing(self) -> "ChargeQuerySet":
        """Charges that count: not voided. Reversed ones count as well, together with what reverses them."""
        return self.filter(voided_at__isnull=True)

    def open(self) -> "ChargeQuerySet":
        """Charges that wait for an invoice."""
        return self.standing().filter(invoice__isnull=True)


class Charge(models.Model):
    """One thing that is due, or given back where `yen` is below zero."""

    class Kind(models.TextChoices):
        SIGN_UP = "sign_up", _("Sign-up fee")
        PLAN = "plan", _("Plan")
        DROP_IN = "drop_in", _("Drop-in")
        ROOM = "room", _("Room")
        CANCELLATION = "cancellation", _("Cancellation fee")
        OTHER = "other", _("Other")

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="charges", verbose_name=_("space"))
    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="charges", verbose_name=_("payer")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    text = models.CharField(_("text"), max_length=200)
    yen = models.IntegerField(_("yen"), help_text=_("Tax included; below zero it is given back."))
    tax_rate = models.PositiveSmallIntegerField(
        _("tax rate"), null=True, blank=True, help_text=_("Percent. Empty: outside the consumption tax.")
    )
    arises_on = models.DateField(_("arises on"))
    source_key = models.CharField(
        _("source"), max_length=120, unique=True, help_text=_("What it is for; the same thing is never billed twice.")
    )
    reverses = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_by",
        verbose_name=_("reverses"),
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="charges", verbose_name=_("invoice")
    )
    voided_at = models.DateTimeField(_("voided"), null=True, blank=True)
    written_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        ordering = ["arises_on", "pk"]
        indexes = [
            models.Index(
                fields=["space", "payer"],
                name="charge_open",
                condition=Q(voided_at__isnull=True, invoice__isnull=True),
            ),
            models.Index(fields=["space", "arises_on"], name="charge_by_day"),
            models.Index(fields=["payer", "space"], name="charge_of_payer"),
        ]
        constraints = [
            models.CheckConstraint(name="charge_of_something", condition=~Q(yen=0)),
            models.CheckConstraint(
                name="charge_tax_rate_known", condition=Q(tax_rate__isnull=True) | Q(tax_rate__in=[8, 10])
            ),
            models.CheckConstraint(
                name="charge_voided_is_on_no_invoice",
                condition=Q(voided_at__isnull=True) | Q(invoice__isnull=True),
                violation_error_message=_("What is on an invoice is reversed, not voided."),
            ),
            models.CheckConstraint(
                name="charge_reversal_stands", condition=Q(reverses__isnull=True) | Q(voided_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.text
