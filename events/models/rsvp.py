"""A sign-up: who comes to an event, at which venue, with how many guests; or who waits for a place there.

How it stands follows from its moments. The database keeps that the places of a venue are never taken twice, and that a
person is counted once an event (migration 0002).
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.models import NAME_LENGTH
from bookings.reference import new_reference
from events.models.event import Event
from events.models.venue import Venue
from members.models import User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# So long a link that confirms an address is good.
CONFIRMED_WITHIN = timedelta(hours=24)

WAITING = Q(confirmed_at__isnull=False, going_at__isnull=True, left_at__isnull=True)
GOING = Q(going_at__isnull=False, left_at__isnull=True)


class RsvpQuerySet(models.QuerySet["Rsvp"]):
    def live(self) -> "RsvpQuerySet":
        """Sign-ups that nobody has taken back, confirmed or not."""
        return self.filter(left_at__isnull=True)

    def going(self) -> "RsvpQuerySet":
        """Sign-ups that have their places. `Rsvp.is_going` asks one the same."""
        return self.filter(GOING)

    def waiting(self) -> "RsvpQuerySet":
        """Sign-ups in line, in the order in which they move up. `Rsvp.is_waiting` asks one the same."""
        return self.filter(WAITING).order_by("queued_at", "pk")

    def standing(self) -> "RsvpQuerySet":
        """Sign-ups that have a place or wait for one. `Rsvp.is_standing` asks one the same."""
        return self.filter(confirmed_at__isnull=False, left_at__isnull=True)

    def for_user(self, user: User) -> "RsvpQuerySet":
        """A person's own sign-ups, with what their list shows; those whose address nobody confirmed are none."""
        return self.filter(user=user, confirmed_at__isnull=False).select_related(
            "event__organiser", "venue__space", "venue__event"
        )


class Rsvp(models.Model):
    """One person's word that they come to an event, alone or with guests."""

    class Side(models.TextChoices):
        PERSON = "person", _("The person")
        HOST = "host", _("The host")

    reference = models.CharField(_("reference"), max_length=12, unique=True, default=new_reference, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="rsvps", verbose_name=_("event"))
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="rsvps", verbose_name=_("venue"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rsvps",
        verbose_name=_("person"),
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True)
    person = models.CharField(
        _("person's key"),
        max_length=254,
        null=True,
        blank=True,
        help_text=_("The normalised e-mail address: one person counts once an event."),
    )
    language = models.CharField(_("language"), max_length=10, default=settings.LANGUAGE_CODE)
    people = models.PositiveSmallIntegerField(
        _("people"), default=1, validators=[MinValueValidator(1)], help_text=_("The person, and the guests with them.")
    )
    answer = models.CharField(_("answer to the host's question"), max_length=500, blank=True)
    is_walk_in = models.BooleanField(_("walk-in"), default=False, db_default=False)

    signed_up_at = models.DateTimeField(_("signed up"))
    confirmed_at = models.DateTimeField(_("address confirmed"), null=True, blank=True)
    queued_at = models.DateTimeField(_("in line since"), null=True, blank=True)
    going_at = models.DateTimeField(_("has a place since"), null=True, blank=True)
    promoted_at = models.DateTimeField(_("moved up"), null=True, blank=True)
    decline_by = models.DateTimeField(_("may decline until"), null=True, blank=True)
    coming_at = models.DateTimeField(
        _("said “I'm coming”"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("By the button of a reminder, about the time and the venue that it told."),
    )
    attended_at = models.DateTimeField(_("came"), null=True, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    left_by = models.CharField(_("left by"), max_length=10, choices=Side, blank=True)
    declined = models.BooleanField(
        _("declined"), default=False, db_default=False, help_text=_("Moved up, and said no in time.")
    )
    link_version = models.PositiveSmallIntegerField(_("version of its links"), default=1, editable=False)
    sequence = models.PositiveIntegerField(_("revision"), default=0, editable=False)

    objects = RsvpQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering = ["event", "signed_up_at", "pk"]
        indexes = [
            models.Index(fields=["venue"], include=["people"], name="rsvp_going", condition=GOING),
            models.Index(fields=["venue", "queued_at", "id"], name="rsvp_line", condition=WAITING),
            models.Index(fields=["user", "event"], name="rsvp_of_user"),
            models.Index(fields=["person"], name="rsvp_of_nobody", condition=Q(user__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                name="rsvp_once_an_event",
                fields=["event", "person"],
                condition=Q(left_at__isnull=True, person__isnull=False),
                violation_error_message=_("This person has signed up already."),
            ),
            models.CheckConstraint(
                name="rsvp_is_somebody",
                condition=Q(people__gte=1),
                violation_error_message=_("One person at least comes."),
            ),
            models.CheckConstraint(
                name="rsvp_confirmed_before_place_or_line",
                condition=Q(confirmed_at__isnull=False) | Q(going_at__isnull=True, queued_at__isnull=True),
            ),
            models.CheckConstraint(
                name="rsvp_place_or_line",
                condition=Q(confirmed_at__isnull=True) | Q(going_at__isnull=False) | Q(queued_at__isnull=False),
            ),
            models.CheckConstraint(
                name="rsvp_came_with_a_place",
                condition=Q(attended_at__isnull=True) | GOING,
                violation_error_message=_("Who has come has a place."),
            ),
            models.CheckConstraint(
                name="rsvp_comes_with_a_place", condition=Q(coming_at__isnull=True) | Q(going_at__isnull=False)
            ),
            models.CheckConstraint(
                name="rsvp_moved_up_from_the_line",
                condition=Q(promoted_at__isnull=True, decline_by__isnull=True)
                | Q(
                    # A comparison with a moment that is null is not false, so it would pass.
                    promoted_at__isnull=False,
                    decline_by__isnull=False,
                    decline_by__gte=F("promoted_at"),
                    queued_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="rsvp_left_by_someone",
                condition=Q(left_at__isnull=True, left_by="", declined=False)
                | Q(left_at__isnull=False, left_by__in=["person", "host"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.reference

    @property
    def is_live(self) -> bool:
        return self.left_at is None

    @property
    def is_going(self) -> bool:
        """Whether it has its places. `RsvpQuerySet.going` asks many rows the same."""
        return self.going_at is not None and self.left_at is None

    @property
    def is_waiting(self) -> bool:
        """Whether it is in line. `RsvpQuerySet.waiting` asks many rows the same."""
        return self.confirmed_at is not None and self.going_at is None and self.left_at is None

    @property
    def is_standing(self) -> bool:
        """Whether it has its places or is in line. `RsvpQuerySet.standing` asks many rows the same."""
        return self.confirmed_at is not None and self.left_at is None

    @property
    def guests(self) -> int:
        """How many come along."""
        return self.people - 1

    @property
    def state_name(self) -> "_StrPromise":
        """How it stands, in a word or two."""
        if self.left_at:
            return _("Declined") if self.declined else _("Not coming")
        if self.attended_at:
            return pgettext_lazy("an event", "Came")
        if self.going_at:
            return _("Going")
        return _("On the waiting list") if self.confirmed_at else _("Not confirmed yet")

    def may_decline_at(self, moment: datetime) -> bool:
        """Whether saying no is declining a place that was offered, not giving up one that was taken."""
        return self.is_going and self.decline_by is not None and moment <= self.decline_by
