"""An event as it is just now, for one who looks: how many have come to each venue, and the wall if it is theirs to see.

`templates/events/_now.html` shows it on any page that gives it a `now_on`, and brings its own styles and script.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, time

from django.db.models import OuterRef
from django.urls import reverse
from django.utils.translation import get_language

from events.belonging import sign_ups_of
from events.counting import people_in
from events.links import rsvp_token
from events.live import channel
from events.models import Event, Rsvp, Venue, WallLine
from events.wall_form import SayForm
from members.models import User
from members.requests import Viewer

A_WALL = 100


@dataclass(frozen=True)
class VenueNow:
    """A venue with its people, guests counted: who has come, and who had signed up."""

    venue: Venue
    here: int
    expected: int


@dataclass(frozen=True)
class Now:
    """What one person may know of an event just now, and where the page asks again."""

    event: Event
    moment: datetime
    rsvp: Rsvp | None
    """Their sign-up."""
    by_link: bool
    """Whether they came by the link to it."""
    host: User | None
    """Who looks, if they hold the event or a venue of it."""
    venues: list[VenueNow] = field(default_factory=list)
    lines: list[WallLine] = field(default_factory=list)
    has_older: bool = False
    form: SayForm = field(default_factory=SayForm)

    @property
    def sees_wall(self) -> bool:
        """Who has signed up, also who waits for a place, and hosts; the same after the event."""
        return self.host is not None or (self.rsvp is not None and self.rsvp.is_standing)

    @property
    def takes_lines(self) -> bool:
        return self.event.takes_lines_at(self.moment)

    @property
    def may_write(self) -> bool:
        return self.sees_wall and self.takes_lines

    @property
    def may_hide(self) -> bool:
        return self.host is not None

    @property
    def is_over(self) -> bool:
        return self.event.is_over_at(self.moment)

    @property
    def follows(self) -> bool:
        """Whether the page is to be told what happens: as long as something can, and they would see it."""
        return self.takes_lines and (self.sees_wall or bool(self.venues))

    @property
    def live(self) -> str:
        """Where the page is told at once; nothing where no process does that."""
        if not self.follows:
            return ""
        return channel.address(self.event.reference, sees_wall=self.sees_wall, language=get_language() or "ja")

    @property
    def reload(self) -> str:
        """Where the page asks for the same anew."""
        return self._address("now")

    @property
    def wall(self) -> str:
        """Where lines are sent, and where the whole wall is."""
        return self._address("wall")

    @property
    def page(self) -> str:
        """The page on which they see this: their sign-up for who came by its link, the event's for all others."""
        return reverse("events:mine", args=[self._token]) if self.by_link else self.event.get_absolute_url()

    def _address(self, name: str) -> str:
        if self.by_link:
            return reverse(f"events:{name}_by_link", args=[self._token])
        return reverse(f"events:{name}", args=[self.event.reference])

    @property
    def _token(self) -> str:
        assert self.rsvp is not None  # noqa: S101 - there is no link without a sign-up
        return rsvp_token(self.rsvp)


def now_on(event: Event, *, user: Viewer, rsvp: Rsvp | None = None, now: datetime) -> Now:
    """What `user` may know of an event; `rsvp` is the sign-up whose link they came by, if they did.

    In five queries at most, however many come and write. Wants the event with its organiser.
    """
    looks = who_looks(event, user=user, rsvp=rsvp, now=now)
    venues = venues_now(event) if has_its_day_begun(event, now) else []
    lines = list(WallLine.objects.filter(event=event).shown()[: A_WALL + 1]) if looks.sees_wall else []
    return replace(looks, venues=venues, lines=lines[:A_WALL], has_older=len(lines) > A_WALL)


def who_looks(event: Event, *, user: Viewer, rsvp: Rsvp | None = None, now: datetime) -> Now:
    """By what right somebody looks, without what they see."""
    by_link, host = rsvp is not None, None
    if isinstance(user, User):
        host = user if Event.objects.hosted_by(user).filter(pk=event.pk).exists() else None
        rsvp = rsvp or sign_ups_of(user).standing().filter(event=event).select_related("venue__space").first()
    return Now(event, now, rsvp, by_link, host)


def has_its_day_begun(event: Event, now: datetime) -> bool:
    """Whether the day of an event has come, by the clocks of the space that holds it, and it takes place."""
    morning = datetime.combine(event.day, time(), event.organiser.zone)
    return event.is_announced and event.cancelled_at is None and morning <= now


def venues_now(event: Event) -> list[VenueNow]:
    """The venues at which an event takes place with their people, in one query."""
    venues = Venue.objects.standing().filter(event=event).select_related("space").order_by("space__position", "pk")
    own = Rsvp.objects.filter(venue=OuterRef("pk"))
    counted = venues.annotate(
        here=people_in(own.filter(attended_at__isnull=False)),
        expected=people_in(own.going().filter(is_walk_in=False)),
    )
    return [VenueNow(venue, venue.here, venue.expected) for venue in counted]
