"""The last number that a space has given to a paper in a year."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from spaces.models import Space


class Counter(models.Model):
    """Counts the invoices or the receipts of a space in a year; its row is locked by who takes the next number."""

    class Paper(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        RECEIPT = "receipt", _("Receipt")

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+")
    paper = models.CharField(max_length=10, choices=Paper)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="counter_once_a_year", fields=["space", "paper", "year"])]

    def __str__(self) -> str:
        return f"{self.space} · {self.paper} {self.year}: {self.last}"
