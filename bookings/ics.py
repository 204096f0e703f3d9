"""Calendar entries (RFC 5545, RFC 5546): one UID for a booking's life, a SEQUENCE that grows with each change."""

import re
from datetime import UTC, datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from bookings.models import Booking

# All but the tab and the ends of lines; what is typed or pasted may have them. UTF-8 has no such byte in a character.
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")


def calendar_file(booking: Booking, *, method: str = "PUBLISH", now: datetime) -> bytes:
    """The booking as an .ics file; a cancelled one says so whatever the method."""
    calendar = Calendar()
    calendar.add("prodid", "-//Coworking Hokkaido//Bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if booking.cancelled_at and method == "REQUEST" else method)
    calendar.add_component(vevent(booking, invites=method != "PUBLISH", now=now))
    return written(calendar)


def written(calendar: Calendar) -> bytes:
    """A calendar as the bytes of a file, without the control characters that none may hold (RFC 5545, 3.1)."""
    return _CONTROLS.sub(b"", calendar.to_ical())


def uid(booking: Booking) -> str:
    """The same for every version of a booking's entry."""
    return f"booking-{booking.reference.lower()}@{urlsplit(settings.SITE_URL).hostname}"


def vevent(booking: Booking, *, invites: bool = False, now: datetime) -> Event:
    """The entry of a booking, in the active language; with `invites` it says who invites whom, as mails need it."""
    space = booking.resource.space
    event = Event()
    event.add("uid", uid(booking))
    event.add("sequence", booking.sequence)
    # In UTC: any other zone would have to be described in the file.
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", booking.starts_at.astimezone(UTC))
    event.add("dtend", booking.ends_at.astimezone(UTC))
    event.add("summary", f"{space.name} · {booking.resource.name}")
    event.add("location", space.address or space.name)
    event.add("status", "CANCELLED" if booking.cancelled_at else "CONFIRMED")
    # The link of a ticket's visits opens them for anybody, and calendars are shared: there the space stands instead.
    path = space.get_absolute_url() if booking.ticket_id else reverse("bookings:booking", args=[booking.reference])
    event.add("url", settings.SITE_URL + path)
    event.add("description", _("Reference %(reference)s") % {"reference": booking.spaced_reference})
    if invites and booking.person:
        organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
        organizer.params["CN"] = vText(space.name)
        event.add("organizer", organizer)
        attendee = vCalAddress(f"mailto:{booking.person}")
        attendee.params["PARTSTAT"] = vText("ACCEPTED")
        event.add("attendee", attendee, encode=False)
    return event
