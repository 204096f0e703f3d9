"""When a space is open: by weekday, and the days that differ."""

from datetime import time

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from spaces.models.space import Space


class Weekday(models.IntegerChoices):
    """Numbered as datetime.date.weekday() numbers them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class OpeningHours(models.Model):
    """One stretch of a weekday in which a space is open.

    A closing time at or before the opening time is on the next day: 18:00 to 02:00 runs over midnight, 00:00 to 00:00
    is the whole day.
    """

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="hours", verbose_name=_("space"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"), help_text=_("A time at or before opening is on the next day."))
    is_sample = models.BooleanField(_("sample"), default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens"]
        constraints = [
            models.UniqueConstraint(
                name="hours_open_once",
                fields=["space", "weekday", "opens"],
                violation_error_message=_("The space opens at this time already."),
            ),
            models.CheckConstraint(name="hours_on_a_weekday", condition=Q(weekday__gte=0, weekday__lte=6)),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class Closure(models.Model):
    """Days on which a space is closed, or open at other hours, with the reason that people are told."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="closures", verbose_name=_("space"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), help_text=_("The last day that counts."))
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(
        _("closes"), null=True, blank=True, help_text=_("With both times set these are special hours.")
    )
    reason = models.CharField(_("reason"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures and special hours")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                name="closure_ends_after_it_starts",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                name="closure_has_both_times_or_none",
                condition=Q(opens__isnull=True, closes__isnull=True) | Q(opens__isnull=False, closes__isnull=False),
                violation_error_message=_("Give both times for special hours, or none to close."),
            ),
            ExclusionConstraint(
                name="closure_once_a_day",
                expressions=[
                    ("space", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_on"),
                            F("ends_on"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("There is a closure on one of these days already."),
            ),
        ]

    def __str__(self) -> str:
        days = f"{self.starts_on}" if self.starts_on == self.ends_on else f"{self.starts_on}–{self.ends_on}"
        return f"{self.space} {days}"

    @property
    def special_hours(self) -> tuple[time, time] | None:
        """The times of a day that is open at other hours, or nothing when the space is closed."""
        return (self.opens, self.closes) if self.opens is not None and self.closes is not None else None

    def clean(self) -> None:
        # A reversed period would be reported as an overlap by the exclusion constraint (style.md, 3.3).
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": ValidationError(_("The last day is before the first."), code="reversed")})
