"""The space itself: who it is, how it looks, and the rules of booking that it sets."""

import zoneinfo
from datetime import date, datetime, timedelta

import holidays
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from spaces.look import Colour, Emblem


def is_timezone(name: str) -> None:
    """Refuse a name that the time zone database does not know."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("%(name)s is not a time zone."), code="timezone", params={"name": name})


def is_country(code: str) -> None:
    """Refuse a country whose national holidays we can't tell."""
    if code not in holidays.list_supported_countries(include_aliases=False):
        raise ValidationError(_("The holidays of %(code)s are not known."), code="country", params={"code": code})


class SpaceQuerySet(models.QuerySet["Space"]):
    def in_federation(self, day: date | None = None) -> "SpaceQuerySet":
        """Spaces that have joined and not left on `day` (today if none is given). `Space.is_in_federation` asks one."""
        day = day or localdate()
        return self.filter(joined_on__lte=day).filter(Q(left_on__isnull=True) | Q(left_on__gt=day))


class Space(models.Model):
    """One house of the federation."""

    class Admission(models.TextChoices):
        OPEN = "open", _("Open to everyone")
        BY_APPLICATION = "application", _("By application")

    slug = models.SlugField(_("address in links"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    full_name = models.CharField(_("full name"), max_length=160, blank=True)
    motto = models.CharField(_("what it holds dear"), max_length=120, blank=True)
    motto_meaning = models.CharField(_("what that means"), max_length=240, blank=True)
    joining = models.TextField(_("how to join"), blank=True)

    address = models.CharField(_("address"), max_length=240, blank=True)
    town = models.CharField(
        _("town"), max_length=40, blank=True, help_text=_("Spaces in one town are neighbours: 札幌市.")
    )
    operator_name = models.CharField(_("run by"), max_length=160, blank=True)
    website = models.CharField(_("website"), max_length=200, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    opened_note = models.CharField(
        _("opened, in words"), max_length=80, blank=True, help_text=_("Where the day is not known.")
    )

    colour = models.CharField(_("colour"), max_length=20, choices=Colour, default=Colour.PINE)
    emblem = models.CharField(_("emblem"), max_length=20, choices=Emblem, default=Emblem.SPARK)
    position = models.PositiveSmallIntegerField(_("position in lists"), default=0)

    admission = models.CharField(_("admission"), max_length=20, choices=Admission, default=Admission.OPEN)
    timezone = models.CharField(_("time zone"), max_length=64, default="Asia/Tokyo", validators=[is_timezone])
    country = models.CharField(
        _("country"),
        max_length=2,
        default="JP",
        validators=[is_country],
        help_text=_("Two letters; its national holidays count."),
    )
    closed_on_holidays = models.BooleanField(_("closed on national holidays"), default=True)
    horizon_days = models.PositiveSmallIntegerField(
        _("booking horizon in days"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text=_("How far ahead a booking can be made."),
    )
    notice_minutes = models.PositiveIntegerField(
        _("notice wanted, in minutes"),
        default=0,
        help_text=_("How long before it starts a booking must be made. 0: until it starts."),
    )
    free_cancellation_minutes = models.PositiveIntegerField(
        _("free cancellation, in minutes"),
        default=120,
        help_text=_("Until how long before the start cancelling costs nothing. Later the full price is due."),
    )

    renewal_day = models.PositiveSmallIntegerField(
        _("memberships renew on day"),
        null=True,
        blank=True,
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("Day of the month; 31 is the last day. Empty: each membership on the day it began."),
    )
    max_upcoming_bookings = models.PositiveSmallIntegerField(
        _("upcoming bookings a person"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How many a person may hold at a time here. Empty: no limit."),
    )
    max_hours_a_week = models.PositiveSmallIntegerField(
        _("hours a week and person"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How many hours a person may book from Monday to Sunday. Empty: no limit."),
    )

    joined_on = models.DateField(_("joined the federation"), default=localdate)
    left_on = models.DateField(_("left the federation"), null=True, blank=True)
    samples = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("sample fields"),
        default=list,
        blank=True,
        help_text=_("Fields whose value is only a sample; saving another value removes the mark."),
    )

    objects = SpaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("space")
        verbose_name_plural = _("spaces")
        ordering = ["position", "slug"]
        constraints = [
            models.CheckConstraint(
                name="space_leaves_after_joining",
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on")),
                violation_error_message=_("A space can't leave before it joined."),
            ),
            models.CheckConstraint(
                name="space_renewal_day_of_a_month",
                condition=Q(renewal_day__isnull=True) | Q(renewal_day__gte=1, renewal_day__lte=31),
            ),
            models.CheckConstraint(
                name="space_horizon_within_a_year", condition=Q(horizon_days__gte=1, horizon_days__lte=366)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("bookings:space", args=[self.slug])

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The space's own time zone; every time it shows or checks is in it."""
        return zoneinfo.ZoneInfo(self.timezone)

    @property
    def takes_applications(self) -> bool:
        return self.admission == self.Admission.BY_APPLICATION

    def is_in_federation(self, day: date) -> bool:
        """Whether it has joined and not left on `day`. `SpaceQuerySet.in_federation` asks many rows the same."""
        return self.joined_on <= day and (self.left_on is None or day < self.left_on)

    @property
    def last_day(self) -> date | None:
        """The last day on which it is in the federation, if it is to leave or has left."""
        return self.left_on - timedelta(days=1) if self.left_on else None

    def today(self, moment: datetime) -> date:
        """The calendar day that `moment` falls on at the space."""
        return moment.astimezone(self.zone).date()


class Amenity(models.Model):
    """A thing or a service that a space has, in a word or two."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="amenities", verbose_name=_("space"))
    name = models.CharField(_("name"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position in lists"), default=0)

    class Meta:
        verbose_name = _("amenity")
        verbose_name_plural = _("amenities")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name
