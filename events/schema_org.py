"""What an event tells machines: search engines by schema.org (Event), and what shows a link by Open Graph.

Only what the house knows: of the price, for one, it does not. Links that only those who come may see are never told.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import get_language, pgettext

from events.markdown import plain
from events.models import Event, Venue
from spaces.templatetags.wording import day

_SCHEMA = "https://schema.org/"
# Facebook's names; more than a language they do not say.
_LOCALES = {"ja": "ja_JP", "en": "en_US"}
_MOST_TEXT = 5000


@dataclass(frozen=True)
class Head:
    """What the head of an event's page holds."""

    title: str
    description: str
    url: str
    image: str
    image_size: tuple[int, int]
    locale: str
    schema: dict[str, Any]


def head_of(event: Event, venues: list[Venue]) -> Head:
    """The head of an event that everybody may see; `venues` are those that stand, with their spaces."""
    url = settings.SITE_URL + event.get_absolute_url()
    picture = event.picture
    image = picture.get_absolute_url() if picture else static("events/card.png")
    return Head(
        title=event.title,
        description=_description(event, venues),
        url=url,
        image=settings.SITE_URL + image,
        image_size=(picture.width, picture.height) if picture else (1200, 630),
        locale=_LOCALES[get_language() or settings.LANGUAGE_CODE],
        schema=schema_of(event, venues, url, settings.SITE_URL + image if picture else ""),
    )


def schema_of(event: Event, venues: list[Venue], url: str, image: str) -> dict[str, Any]:
    """The event as schema.org has it."""
    zone = event.organiser.zone
    schema: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.title,
        "url": url,
        "startDate": event.starts_at.astimezone(zone).isoformat(timespec="minutes"),
        "endDate": event.ends_at.astimezone(zone).isoformat(timespec="minutes"),
        "eventStatus": _SCHEMA + ("EventCancelled" if event.cancelled_at else "EventScheduled"),
        "eventAttendanceMode": _SCHEMA + _attendance_mode(venues),
        "location": [_location(venue, url) for venue in venues],
        "organizer": {
            "@type": "Organization",
            "name": event.organiser.full_name or event.organiser.name,
            "url": settings.SITE_URL + event.organiser.get_absolute_url(),
        },
        "description": plain(event.text, _MOST_TEXT),
        "image": image,
    }
    if venues and all(venue.capacity for venue in venues):
        schema["maximumAttendeeCapacity"] = sum(venue.capacity or 0 for venue in venues)
    return {name: value for name, value in schema.items() if value}


def _attendance_mode(venues: list[Venue]) -> str:
    online = {venue.is_online for venue in venues}
    if online == {True}:
        return "OnlineEventAttendanceMode"
    return "MixedEventAttendanceMode" if True in online else "OfflineEventAttendanceMode"


def _location(venue: Venue, url: str) -> dict[str, Any]:
    if venue.space is None:
        # The page of the event: who comes finds the link there.
        return {"@type": "VirtualLocation", "url": url}
    space = venue.space
    parts = {"streetAddress": space.address, "addressLocality": space.town, "addressCountry": space.country}
    address = {"@type": "PostalAddress", **{name: value for name, value in parts.items() if value}}
    return {"@type": "Place", "name": space.full_name or space.name, "address": address}


def _description(event: Event, venues: list[Venue]) -> str:
    zone = event.organiser.zone
    starts, ends = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
    said = [
        pgettext("an event", "Cancelled") if event.cancelled_at else "",
        f"{day(starts.date())} {starts:%H:%M}–{ends:%H:%M}",
        ", ".join(venue.name for venue in venues),
        plain(event.text),
    ]
    return " · ".join(filter(None, said))
