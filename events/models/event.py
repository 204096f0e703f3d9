"""An event: what is on, when, who holds it. Where it takes place are its venues, who comes their sign-ups."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models import LONGEST_HOURS
from bookings.reference import new_reference
from events.models.picture import Picture
from members.models import User
from spaces.models import Space

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

is_web_address = URLValidator(schemes=["http", "https"])
# So long before the start the doors open: the host's list, the stream, and the count of who is there.
DOORS_OPEN = timedelta(hours=2)
# So long after the end the wall still takes a line.
WALL_OPEN = timedelta(hours=24)


class Series(models.Model):
    """A rule by which an event comes again; each time is an event of its own, written ahead."""

    organiser = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", verbose_name=_("held by"))
    rule = models.CharField(
        _("rule"), max_length=200, help_text=_("A recurrence rule (RFC 5545), for example FREQ=WEEKLY;BYDAY=TU.")
    )
    starts_on = models.DateField(_("first day"))
    left_out = ArrayField(models.DateField(), verbose_name=_("left out on"), default=list, blank=True)
    continues = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="continued_by",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("series before"),
        help_text=_("The series whose later dates went on by this rule."),
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series of events")
        ordering = ["-starts_on", "-pk"]

    def __str__(self) -> str:
        return self.rule


class EventQuerySet(models.QuerySet["Event"]):
    def announced(self) -> "EventQuerySet":
        """Events that everybody may see, cancelled ones too."""
        return self.filter(published_at__isnull=False)

    def upcoming(self, moment: datetime) -> "EventQuerySet":
        """Events that have not ended at `moment`, the next first."""
        return self.filter(ends_at__gt=moment).order_by("starts_at", "pk")

    def past(self, moment: datetime) -> "EventQuerySet":
        """Events that have ended, the latest first."""
        return self.filter(ends_at__lte=moment).order_by("-starts_at", "-pk")

    def hosted_by(self, user: User) -> "EventQuerySet":
        """Events that a person holds, or receives at a venue: what opens door, wall and the host's page to them.

        Whose space holds the event, and its host, see drafts too. A venue counts once it is announced and as long as it
        takes part: a space that was only asked, said no or has left has no hand in it.
        """
        if user.is_superuser:
            return self
        spaces = list(user.roles)
        venues = Q(venues__space__in=spaces) | Q(venues__host=user)
        standing = Q(venues__agreed_at__isnull=False, venues__left_at__isnull=True)
        received = self.model.objects.announced().filter(venues & standing).values("pk")
        return self.filter(Q(organiser__in=spaces) | Q(host=user) | Q(pk__in=received))


class Event(models.Model):
    """Something that is on at one time, at one venue or at several; times are half-open."""

    class Kind(models.TextChoices):
        JELLY = "jelly", _("Jelly")
        WORKSHOP = "workshop", _("Workshop")
        TALK = "talk", _("Talk")
        SHOW_AND_TELL = "show_and_tell", _("Show-and-tell")
        ADVICE = "advice", _("Advice day")
        PARTY = "party", _("Party")

    reference = models.CharField(_("reference"), max_length=12, unique=True, default=new_reference, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.JELLY)
    title = models.CharField(_("title"), max_length=100)
    text = models.TextField(_("text"), blank=True, max_length=10_000, help_text=_("Markdown."))
    supporter = models.CharField(
        _("given by"), max_length=120, blank=True, help_text=_("A bank, a city, a university, a speaker.")
    )
    organiser = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="events", verbose_name=_("held by"))
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="hosted_events",
        verbose_name=_("host"),
        help_text=_("May change the event and use the list of who comes, also without a role at a space."),
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    stream_url = models.CharField(
        _("stream"),
        max_length=300,
        blank=True,
        validators=[is_web_address],
        help_text=_("Shown to everybody on the day."),
    )
    picture = models.ForeignKey(
        Picture, on_delete=models.SET_NULL, null=True, blank=True, related_name="events", verbose_name=_("picture")
    )

    question = models.CharField(
        _("question to who comes"), max_length=200, blank=True, help_text=_("Answered in a line or two.")
    )
    most_guests = models.PositiveSmallIntegerField(
        _("guests a sign-up may bring"), default=2, validators=[MaxValueValidator(20)]
    )
    decline_hours = models.PositiveSmallIntegerField(
        _("hours to decline"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(168)],
        help_text=_("So long who moves up from the waiting list may say no."),
    )

    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("series")
    )
    occurs_on = models.DateField(
        _("day of the series"), null=True, blank=True, editable=False, help_text=_("The day that the rule gave it.")
    )
    is_changed_alone = models.BooleanField(_("differs from its series"), default=False, editable=False)

    published_at = models.DateTimeField(_("announced"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    cancel_reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    thanks = models.TextField(_("thanks"), max_length=2000, blank=True, editable=False)
    photos_url = models.CharField(
        _("photos or notes"), max_length=300, blank=True, editable=False, validators=[is_web_address]
    )
    thanked_at = models.DateTimeField(_("thanked"), null=True, blank=True, editable=False)
    sequence = models.PositiveIntegerField(
        _("revision"), default=0, editable=False, help_text=_("SEQUENCE of its calendar entry (RFC 5545).")
    )
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["starts_at"], name="event_start", condition=Q(published_at__isnull=False)),
            models.Index(fields=["organiser", "starts_at"], name="event_of_organiser"),
        ]
        constraints = [
            models.CheckConstraint(
                name="event_ends_after_it_starts",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The end is not after the start."),
            ),
            models.CheckConstraint(
                name="event_within_a_day",
                condition=Q(ends_at__lte=F("starts_at") + timedelta(hours=LONGEST_HOURS)),
                violation_error_message=_("An event lasts a day at most; make a series of one that lasts longer."),
            ),
            models.CheckConstraint(
                name="event_day_of_its_series",
                condition=Q(series__isnull=True, occurs_on__isnull=True)
                | Q(series__isnull=False, occurs_on__isnull=False),
            ),
            models.UniqueConstraint(name="event_once_a_day_of_a_series", fields=["series", "occurs_on"]),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("events:event", args=[self.reference])

    @property
    def day(self) -> date:
        """The day on which it begins, by the clocks of the space that holds it."""
        return self.organiser.today(self.starts_at)

    @property
    def is_announced(self) -> bool:
        return self.published_at is not None

    @property
    def state_name(self) -> "_StrPromise":
        """How it stands, in a word."""
        if self.cancelled_at:
            return _("Cancelled")
        return _("Announced") if self.published_at else _("Draft")

    def takes_sign_ups_at(self, moment: datetime) -> bool:
        """Whether people can say that they come: announced, not cancelled, not over."""
        return self.is_announced and self.cancelled_at is None and moment < self.ends_at

    def has_begun_at(self, moment: datetime) -> bool:
        return self.starts_at <= moment

    def is_over_at(self, moment: datetime) -> bool:
        return self.ends_at <= moment

    def is_on_at(self, moment: datetime) -> bool:
        """Whether the doors are open: a while before the start, until the end."""
        return self.cancelled_at is None and self.starts_at - DOORS_OPEN <= moment < self.ends_at

    def takes_lines_at(self, moment: datetime) -> bool:
        """Whether the wall can be written on."""
        return self.is_announced and self.cancelled_at is None and moment < self.ends_at + WALL_OPEN
