"""Months that are closed, and the cash that was counted."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from spaces.models import Space


class Month(models.Model):
    """A month of a space that is closed: nothing that arose in it is added, voided or taken back any more."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="months", verbose_name=_("space"))
    first_on = models.DateField(_("month"))
    closed_at = models.DateTimeField(_("closed"), default=timezone.now)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("closed by")
    )
    figures = models.JSONField(_("figures"), help_text=_("Sums by kind and by method as they were at closing."))

    class Meta:
        verbose_name = _("closed month")
        verbose_name_plural = _("closed months")
        ordering = ["-first_on"]
        constraints = [
            models.UniqueConstraint(
                name="month_closed_once",
                fields=["space", "first_on"],
                violation_error_message=_("This month is closed already."),
            ),
            models.CheckConstraint(name="month_begins_on_the_first", condition=Q(first_on__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.first_on:%Y-%m}"


class CashCount(models.Model):
    """What was in the box at the end of a day."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="cash_counts", verbose_name=_("space"))
    day = models.DateField(_("day"))
    counted = models.PositiveIntegerField(_("counted"), help_text=_("Yen in the box."))
    expected = models.IntegerField(_("expected"), help_text=_("Yen that should have been in it."))
    note = models.CharField(_("note"), max_length=200, blank=True)
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("counted by")
    )
    counted_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("cash count")
        verbose_name_plural = _("cash counts")
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(
                name="cash_counted_once_a_day",
                fields=["space", "day"],
                violation_error_message=_("The box was counted on this day already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} · {self.counted}"

    @property
    def difference(self) -> int:
        """Yen that were in the box beyond what should have been; below zero they were missing."""
        return self.counted - self.expected
