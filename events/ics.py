"""Events as calendar entries (RFC 5545, RFC 5546): one UID for an event's life, a SEQUENCE that only grows."""

from datetime import UTC, datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, vCalAddress, vText
from icalendar import Event as Entry

from bookings.ics import written
from events.markdown import plain
from events.models import Event, Rsvp, Venue
from spaces.models import Space

PRODUCT = "-//Coworking Hokkaido//Events//EN"


def sign_up_file(rsvp: Rsvp, *, method: str = "PUBLISH", now: datetime) -> bytes:
    """The event as an .ics file for who has signed up; once it is off for them it says so whatever the method."""
    entry = vevent(rsvp.event, now=now, rsvp=rsvp)
    if method != "PUBLISH" and rsvp.person:
        _invite(entry, rsvp)
    return _file(entry, "CANCEL" if method == "REQUEST" and is_off(rsvp.event, rsvp) else method)


def event_file(event: Event, *, now: datetime) -> bytes:
    """The event as an .ics file for everybody."""
    return _file(vevent(event, now=now), "PUBLISH")


def _file(entry: Entry, method: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(entry)
    return written(calendar)


def uid(event: Event) -> str:
    """The same for every version of an event's entry, in feeds and in mails."""
    return f"event-{event.reference.lower()}@{urlsplit(settings.SITE_URL).hostname}"


def is_off(event: Event, rsvp: Rsvp | None = None, space: Space | None = None) -> bool:
    """Whether an entry is to leave the calendar.

    The event is cancelled, its person does not come any more, or in the calendar of a space: the space neither holds it
    nor takes part any more.
    """
    if event.cancelled_at or (rsvp and not rsvp.is_live):
        return True
    return space is not None and event.organiser_id != space.pk and space.pk not in _spaces(event)


def vevent(event: Event, *, now: datetime, rsvp: Rsvp | None = None, space: Space | None = None) -> Entry:
    """The entry of an event, in the active language: at all its venues; of a sign-up at that venue, as it stands.

    In the calendar of a `space` it is as it stands there. Without a sign-up the venues are read with their spaces;
    lists prefetch them. No link that opens a sign-up, and none to take part online stands in it, as calendars are
    shared.
    """
    is_gone = is_off(event, rsvp, space)
    entry = Entry()
    entry.add("uid", uid(event))
    entry.add("sequence", _sequence(event, rsvp))
    # In UTC: any other zone would have to be described in the file.
    entry.add("dtstamp", now.astimezone(UTC))
    entry.add("last-modified", _changed_at(event, rsvp).astimezone(UTC))
    entry.add("dtstart", event.starts_at.astimezone(UTC))
    entry.add("dtend", event.ends_at.astimezone(UTC))
    entry.add("summary", event.title)
    entry.add("location", _location(event, rsvp))
    if said := _description(event, space if is_gone else None):
        entry.add("description", said)
    entry.add("categories", [str(event.get_kind_display())])
    entry.add("status", "CANCELLED" if is_gone else "TENTATIVE" if rsvp and not rsvp.is_going else "CONFIRMED")
    # Only what one goes to takes one's time.
    entry.add("transp", "OPAQUE" if rsvp and rsvp.is_going and not is_gone else "TRANSPARENT")
    entry.add("url", settings.SITE_URL + event.get_absolute_url())
    return entry


def _sequence(event: Event, rsvp: Rsvp | None) -> int:
    """Grows with every change, and with those of a sign-up. Where it takes place is a change of its moment alone."""
    seconds = int((event.changed_at - event.created_at).total_seconds())
    return event.sequence + max(0, seconds) + (rsvp.sequence if rsvp else 0)


def _description(event: Event, left: Space | None) -> str:
    """Why the event is off, or not at the space that has `left` it any more; then what it is about."""
    said = [event.cancel_reason] if event.cancelled_at else []
    if left and not event.cancelled_at:
        said = [_("It does not take place at %(space)s any more.") % {"space": left.name}]
    return "\n\n".join(part for part in (*said, plain(event.text, most=500)) if part)


def _location(event: Event, rsvp: Rsvp | None) -> str:
    if rsvp:
        return _place(rsvp.venue)
    venues = _standing(event)
    return _place(venues[0]) if len(venues) == 1 else " / ".join(venue.name for venue in venues)


def _standing(event: Event) -> list[Venue]:
    return [venue for venue in event.venues.all() if venue.stands]


def _spaces(event: Event) -> set[int | None]:
    return {venue.space_id for venue in _standing(event)}


def _place(venue: Venue) -> str:
    """The address by which maps find a venue, and the name by which people do."""
    address = venue.space.address if venue.space else ""
    return f"{venue.name}, {address}" if address else venue.name


def _changed_at(event: Event, rsvp: Rsvp | None) -> datetime:
    venues: list[Venue] = [] if rsvp else list(event.venues.all())
    moments = [moment for venue in venues for moment in (venue.agreed_at, venue.left_at)]
    if rsvp:
        moments = [rsvp.confirmed_at, rsvp.promoted_at, rsvp.left_at]
    return max(moment for moment in [event.changed_at, *moments] if moment)


def _invite(entry: Entry, rsvp: Rsvp) -> None:
    """Say who invites whom: calendars take a change or a cancellation by mail only from an organiser."""
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["CN"] = vText(rsvp.event.organiser.name)
    entry.add("organizer", organizer)
    attendee = vCalAddress(f"mailto:{rsvp.person}")
    attendee.params["PARTSTAT"] = vText("ACCEPTED" if rsvp.is_going else "TENTATIVE")
    entry.add("attendee", attendee, encode=False)
