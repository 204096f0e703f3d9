"""Terms: what a host offers to members of the other spaces by Coworking VISA, above a default that all share."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from spaces.models import Space

# The custom of the worldwide programme: three days free of charge.
DEFAULT_DAYS = 3
MOST_DAYS = 31
MOST_PERCENT = 90
CONFIRMED_FOR = timedelta(days=365)
# What a host decides, in the order in which its sentence tells it.
OFFERED = (
    "days_free",
    "percent_off",
    "opens",
    "closes",
    "notice_hours",
    "once_a_week",
    "months_of_membership",
    "not_from_nearby",
    "perks_ja",
    "perks_en",
)


class Terms(models.Model):
    """One version of a host's terms; the one that nothing has replaced counts.

    A host that has written none honours the default, as `default_terms` has it.
    """

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="visa_terms", verbose_name=_("space"))
    version = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    days_free = models.PositiveSmallIntegerField(
        _("days free of charge a month"),
        default=DEFAULT_DAYS,
        validators=[MinValueValidator(DEFAULT_DAYS), MaxValueValidator(MOST_DAYS)],
        help_text=_("For each visa. All spaces give three at least."),
    )
    percent_off = models.PositiveSmallIntegerField(
        _("then percent off the drop-in"),
        default=0,
        validators=[MaxValueValidator(MOST_PERCENT)],
        help_text=_("After the free days. 0: nothing off, where no drop-in is sold the visa ends with its days."),
    )
    opens = models.TimeField(
        _("visitors from"), null=True, blank=True, help_text=_("Empty: whenever the space is open.")
    )
    closes = models.TimeField(_("visitors until"), null=True, blank=True)
    notice_hours = models.PositiveSmallIntegerField(
        _("hours of notice"),
        default=0,
        validators=[MaxValueValidator(24 * 14)],
        help_text=_("How long before a visit it must be booked. 0: until it starts."),
    )
    perks = models.CharField(_("perks"), max_length=120, blank=True, help_text=_("In a few words: coffee, a locker."))
    not_from_nearby = models.BooleanField(
        _("not for neighbours"), default=False, help_text=_("Not for members of spaces in the same town.")
    )
    once_a_week = models.BooleanField(_("once a week"), default=False, help_text=_("Not on two days of one week."))
    months_of_membership = models.PositiveSmallIntegerField(
        _("months of membership"),
        default=0,
        validators=[MaxValueValidator(24)],
        help_text=_("Only who has been a member at home for so long. 0: from the first day."),
    )

    written_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("written by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed"), default=timezone.now, editable=False)
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("terms of the VISA")
        verbose_name_plural = _("terms of the VISA")
        ordering = ["space", "-version"]
        constraints = [
            models.UniqueConstraint(name="terms_version_once", fields=["space", "version"]),
            models.UniqueConstraint(
                name="terms_one_that_counts", fields=["space"], condition=Q(replaced_at__isnull=True)
            ),
            models.CheckConstraint(
                name="terms_days_of_a_month",
                condition=Q(days_free__gte=DEFAULT_DAYS, days_free__lte=MOST_DAYS),
                violation_error_message=_("All spaces give three days at least."),
            ),
            models.CheckConstraint(
                name="terms_percent_below_all",
                condition=Q(percent_off__lte=MOST_PERCENT),
                violation_error_message=_("Nothing is left to pay: give more free days instead."),
            ),
            models.CheckConstraint(
                name="terms_hours_of_a_day",
                # Comparing with none is neither true nor false, and would let one hour alone pass.
                condition=Q(opens__isnull=True, closes__isnull=True)
                | Q(opens__isnull=False, closes__isnull=False, opens__lt=F("closes")),
                violation_error_message=_("Say both hours, the first before the last, or none."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.space} · {self.version}"

    def is_confirmed_at(self, moment: datetime) -> bool:
        """Whether the host has said within a year that this is still what it offers."""
        return self.confirmed_at + CONFIRMED_FOR > moment


def default_terms(space_id: int) -> Terms:
    """What a host gives that has written nothing down; not saved."""
    return Terms(space_id=space_id, version=0)
