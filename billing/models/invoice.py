"""An invoice (請求書): what was asked for on one paper. Never edited or deleted: it is voided and issued anew."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from spaces.models import Space


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def standing(self) -> "InvoiceQuerySet":
        """Invoices that ask for something: not voided."""
        return self.filter(voided_at__isnull=True)


class Invoice(models.Model):
    """One paper of a space to a payer, with everything on it as it was when it was issued."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="invoices", verbose_name=_("space"))
    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invoices", verbose_name=_("payer")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    issued_on = models.DateField(_("issued on"))
    due_on = models.DateField(_("due on"))
    total = models.IntegerField(_("total"), help_text=_("Yen, tax included."))
    addressee = models.CharField(_("addressee"), max_length=160)
    issuer_name = models.CharField(_("issuer"), max_length=160)
    issuer_address = models.CharField(_("issuer's address"), max_length=240, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=14, blank=True)
    bank_account = models.TextField(_("bank account"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="ja")
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("issued in place of"),
    )
    voided_at = models.DateTimeField(_("voided"), null=True, blank=True)
    void_reason = models.CharField(_("why it was voided"), max_length=200, blank=True)
    issued_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-year", "-number"]
        indexes = [
            models.Index(fields=["payer", "space"], name="invoice_of_payer"),
            models.Index(fields=["space", "due_on"], name="invoice_due", condition=Q(voided_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(name="invoice_number_once", fields=["space", "year", "number"]),
            models.CheckConstraint(name="invoice_due_after_issue", condition=Q(due_on__gte=F("issued_on"))),
            models.CheckConstraint(name="invoice_number_counts_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="invoice_numbered_in_its_year", condition=Q(year=F("issued_on__year"))),
            models.CheckConstraint(
                name="invoice_void_reason_of_a_void", condition=Q(void_reason="") | Q(voided_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The number as it is printed: 2026-0012."""
        return f"{self.year}-{self.number:04}"

    @property
    def is_qualified(self) -> bool:
        """Whether it is a qualified invoice (適格請求書), as its issuer was registered."""
        return bool(self.registration_number)

    @property
    def latest(self) -> "Invoice":
        """The invoice that was issued last in place of this one, or itself."""
        instead = Invoice.objects.filter(replaces=self).first()
        return instead.latest if instead else self

    def is_overdue_on(self, day: date) -> bool:
        """Whether its day has passed, if it is still open."""
        return self.voided_at is None and self.due_on < day


class InvoiceLine(models.Model):
    """A line as it was printed; what becomes of its charge changes nothing here."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines", verbose_name=_("invoice"))
    position = models.PositiveSmallIntegerField(_("position"))
    on = models.DateField(_("day"))
    text = models.CharField(_("text"), max_length=200)
    yen = models.IntegerField(_("yen"))
    tax_rate = models.PositiveSmallIntegerField(_("tax rate"), null=True, blank=True)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ["invoice", "position"]
        constraints = [models.UniqueConstraint(name="invoice_line_position_once", fields=["invoice", "position"])]

    def __str__(self) -> str:
        return self.text
