"""Calendar feeds: what a calendar program reads again and again, to show what changed and what is off.

An entry keeps its UID, and its SEQUENCE never falls (events/ics.py). What is cancelled stays, and says so; in the
feed of a space also what takes place elsewhere alone by now.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar, Timezone, vText
from icalendar import Event as Entry

from bookings import ics as booking_entries
from bookings.models import Booking
from events import ics
from events.belonging import sign_ups_of
from events.models import Event, EventQuerySet, Rsvp
from members.models import User
from spaces.models import Space

BACK = timedelta(days=90)
AHEAD = timedelta(days=400)
# So often programs are asked to look; those that read neither of the two ways to say it have their own ideas.
LOOK_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Subscription:
    """Where a calendar program finds a feed, in the reader's language."""

    path: str

    @classmethod
    def to(cls, name: str, *args: str, **query: object) -> "Subscription":
        """The feed with that name among the addresses of events."""
        language = get_language()
        asked = query if language == settings.LANGUAGE_CODE else {**query, "lang": language}
        return cls(reverse(f"events:{name}", args=args, query=asked or None))

    @property
    def address(self) -> str:
        return settings.SITE_URL + self.path

    @property
    def webcal(self) -> str:
        """The address that opens a calendar program, which subscribes there."""
        return "webcal" + self.address[self.address.index(":") :]


def near(events: EventQuerySet, now: datetime) -> EventQuerySet:
    """Those within the time that feeds hold."""
    return events.filter(starts_at__gte=now - BACK, starts_at__lt=now + AHEAD)


def feed(name: str, events: Iterable[Event], *, space: Space | None = None, now: datetime) -> bytes:
    """Events that `with_venues` has read as a calendar with that name, in the active language; that of a `space`."""
    return _calendar(name, [ics.vevent(event, now=now, space=space) for event in events])


def own_feed(user: User, *, now: datetime) -> bytes:
    """A person's sign-ups and bookings as a calendar, in the active language; no link in it opens anything."""
    bookings = Booking.objects.for_user(user).filter(starts_at__gte=now - BACK, starts_at__lt=now + AHEAD)
    return _calendar(
        _("My events and bookings"),
        [
            *(ics.vevent(rsvp.event, now=now, rsvp=rsvp) for rsvp in _last_of_each_event(user, now)),
            *(booking_entries.vevent(booking, now=now) for booking in bookings.order_by("starts_at", "pk")),
        ],
    )


def _last_of_each_event(user: User, now: datetime) -> Iterable[Rsvp]:
    """A person's last sign-up for each event: for a calendar who left and came back is one entry, not two."""
    confirmed = sign_ups_of(user).filter(confirmed_at__isnull=False).select_related("event__organiser", "venue__space")
    held = confirmed.filter(event__starts_at__gte=now - BACK, event__starts_at__lt=now + AHEAD)
    last = {rsvp.event_id: rsvp for rsvp in held.order_by("event__starts_at", "signed_up_at", "pk")}
    return last.values()


def _calendar(name: str, entries: list[Entry]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", ics.PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    # The name and the pace, each as RFC 7986 has it and as programs read it that are older.
    # As text: the library knows neither for one, and would leave its commas and line ends as they are.
    calendar.add("name", vText(name))
    calendar.add("x-wr-calname", vText(name))
    calendar.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(entry)
    if not entries:
        # A calendar has one part at least (RFC 5545, 3.6); this one says nothing.
        calendar.add_component(Timezone.from_tzid("Asia/Tokyo"))
    return booking_entries.written(calendar)
