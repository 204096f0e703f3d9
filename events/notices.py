"""What events tell people, as rows of the outbox; their words are in the modules of letters beside it."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from events.models import CONFIRMED_WITHIN, Event, Rsvp, Venue
from members.models import User
from members.notices import DECIDE
from notices.models import Notice
from spaces.calendar import Span
from spaces.models import Space

CONFIRM = "event.confirm"
LINK = "event.link"
GOING = "event.going"
WAITING = "event.waiting"
MOVED_UP = "event.moved_up"
CHANGED = "event.sign_up_changed"
LEFT = "event.left"
EVENT_CHANGED = "event.changed"
EVENT_CANCELLED = "event.cancelled"
VENUE_GONE = "event.venue_gone"
DAY_BEFORE = "event.day_before"
SOON = "event.soon"
THANKS = "event.thanks"
ASKED = "event.asked"
EVENT_MOVED_FOR_VENUES = "event.venue_moved"
EVENT_CANCELLED_FOR_VENUES = "event.venue_cancelled"

# The evening before, by the clocks of the venue; and two hours before, but nobody is woken.
REMINDED_AT = time(17, 0)
SOON_BEFORE = timedelta(hours=2)
NOT_BEFORE = time(7, 0)
# Thanks that could not be sent for so long are better left out.
THANKED_WITHIN = timedelta(days=30)


def confirm(rsvp: Rsvp, *, now: datetime) -> list[Notice]:
    """The link that confirms an address; once in five minutes at most."""
    until = min(now + CONFIRMED_WITHIN, rsvp.event.ends_at)
    return _of(CONFIRM, rsvp, now, useful_until=until, once=_within_minutes(rsvp, now))


def link(rsvp: Rsvp, *, now: datetime) -> list[Notice]:
    """The link to a sign-up that stands, once more; once in five minutes at most."""
    return _of(LINK, rsvp, now, once=_within_minutes(rsvp, now))


def signed_up(rsvp: Rsvp, *, now: datetime) -> list[Notice]:
    """A place, with the reminders that go with it; or a place in line."""
    if rsvp.is_waiting:
        return _of(WAITING, rsvp, now)
    return [*_of(GOING, rsvp, now), *reminders(rsvp, now=now)]


def moved_up(rsvp: Rsvp, *, now: datetime) -> list[Notice]:
    """A place from the waiting list, with its reminders."""
    return [*_of(MOVED_UP, rsvp, now, useful_until=rsvp.event.starts_at), *reminders(rsvp, now=now)]


def changed(rsvp: Rsvp, *, now: datetime) -> list[Notice]:
    """Another venue; a place has its reminders anew."""
    return [*_of(CHANGED, rsvp, now), *(reminders(rsvp, now=now) if rsvp.is_going else [])]


def left(rsvp: Rsvp, *, now: datetime) -> list[Notice]:
    """A sign-up that was taken back."""
    return _of(LEFT, rsvp, now)


def event_changed(event: Event, rsvps: Iterable[Rsvp], *, before: Span, now: datetime) -> list[Notice]:
    """Another time than `before`, to everybody who has a place or waits; places have their reminders anew."""
    told: list[Notice] = []
    was = [moment.isoformat() for moment in before]
    for rsvp in rsvps:
        told += _of(EVENT_CHANGED, rsvp, now, once=str(event.sequence), before=was)
        if rsvp.is_going:
            told += reminders(rsvp, now=now)
    return told


def event_cancelled(event: Event, rsvps: Iterable[Rsvp], *, now: datetime) -> list[Notice]:
    """To everybody who had a place or waited, once."""
    return [notice for rsvp in rsvps for notice in _of(EVENT_CANCELLED, rsvp, now, once="once")]


def venue_gone(venue: Venue, rsvps: Iterable[Rsvp], *, now: datetime) -> list[Notice]:
    """To everybody who had a place or waited at a venue that does not take part any more."""
    return [notice for rsvp in rsvps for notice in _of(VENUE_GONE, rsvp, now, once=str(venue.pk))]


def thanks(event: Event, rsvps: Iterable[Rsvp], *, now: datetime) -> list[Notice]:
    """To everybody who came, once."""
    return [
        notice for rsvp in rsvps for notice in _of(THANKS, rsvp, now, useful_until=now + THANKED_WITHIN, once="once")
    ]


def asked(venue: Venue, *, now: datetime) -> list[Notice]:
    """To who decides at a space that is asked to be a venue."""
    space, event = venue.space, venue.event
    if space is None:
        return []
    return [
        Notice(
            kind=ASKED,
            subject_key=f"venue:{venue.pk}",
            # With the moment: a space that said no can be asked once more.
            dedupe_key=f"{ASKED}:{venue.pk}:{operator.pk}:{now:%Y%m%d%H%M%S}",
            recipient=operator.email,
            language=operator.language,
            space_slug=space.slug,
            timezone=space.timezone,
            due_at=now,
            useful_until=event.ends_at,
            created_at=now,
        )
        for operator in _deciders(space)
    ]


def venues_told(
    kind: str, event: Event, venues: Iterable[Venue], *, before: Span | None = None, now: datetime
) -> list[Notice]:
    """That an event has another time than `before`, or is cancelled, to who runs its venues or receives people there.

    `kind` is EVENT_MOVED_FOR_VENUES, with `before`, or EVENT_CANCELLED_FOR_VENUES. Who decides at the spaces of
    `venues`, but for the one that holds the event, the hosts of `venues`, and the event's: each once.
    """
    told: dict[int, tuple[User, Venue | None]] = {}
    venues = list(venues)
    for venue in venues:
        if venue.space and venue.space.pk != event.organiser_id:
            for operator in _deciders(venue.space):
                told.setdefault(operator.pk, (operator, venue))
    for host, theirs in [*((venue.host, venue) for venue in venues), (event.host, None)]:
        if host and host.is_active:
            told.setdefault(host.pk, (host, theirs))
    moved = {"before": [moment.isoformat() for moment in before]} if before else {}
    return [
        Notice(
            kind=kind,
            subject_key=f"event:{event.pk}",
            dedupe_key=f"{kind}:{event.pk}:{event.sequence}:{user.pk}",
            recipient=user.email,
            language=user.language,
            space_slug=((theirs and theirs.space) or event.organiser).slug,
            timezone=((theirs and theirs.space) or event.organiser).timezone,
            facts={"event_sequence": event.sequence, "venue": theirs.pk if theirs else None, "user": user.pk, **moved},
            due_at=now,
            useful_until=max(event.ends_at, before.ends_at) if before else event.ends_at,
            created_at=now,
        )
        for user, theirs in told.values()
    ]


def _deciders(space: Space) -> QuerySet[User]:
    rows = User.objects.filter(is_active=True, operator__space=space, operator__role__in=DECIDE)
    return rows.order_by("pk")


def reminders(rsvp: Rsvp, *, now: datetime) -> list[Notice]:
    """The evening before, and two hours before but not at night; those whose time is past are left out."""
    event, zone = rsvp.event, (rsvp.venue.space or rsvp.event.organiser).zone
    starts_at = event.starts_at.astimezone(zone)
    eve = datetime.combine(starts_at.date() - timedelta(days=1), REMINDED_AT, zone)
    soon = max(event.starts_at - SOON_BEFORE, datetime.combine(starts_at.date(), NOT_BEFORE, zone))
    # One that is late is of no use beside the other.
    times = [(DAY_BEFORE, eve, min(soon, event.starts_at)), (SOON, soon, event.starts_at)]
    return [
        notice
        for kind, due_at, until in times
        if now < due_at < event.starts_at
        for notice in _of(kind, rsvp, now, due_at=due_at, useful_until=until, once=_version(rsvp))
    ]


def _version(rsvp: Rsvp) -> str:
    """What changes whenever time or place of somebody's event do."""
    return f"{rsvp.event.sequence}:{rsvp.sequence}"


def _within_minutes(rsvp: Rsvp, now: datetime) -> str:
    """Five minutes are one: who presses twice has one letter, and who lost it soon another."""
    return f"{rsvp.link_version}:{now:%Y%m%d%H}{now.minute // 5:02}"


def _of(
    kind: str,
    rsvp: Rsvp,
    now: datetime,
    *,
    due_at: datetime | None = None,
    useful_until: datetime | None = None,
    once: str = "",
    **facts: Any,
) -> list[Notice]:
    """A letter to who has signed up, unless they gave no address; nobody reads it once the event is over."""
    if not rsvp.person:
        return []
    return [
        Notice(
            kind=kind,
            subject_key=f"rsvp:{rsvp.pk}",
            dedupe_key=f"{kind}:{rsvp.pk}:{once or _version(rsvp)}",
            recipient=rsvp.person,
            language=rsvp.user.language if rsvp.user else rsvp.language,
            space_slug=(rsvp.venue.space or rsvp.event.organiser).slug,
            timezone=(rsvp.venue.space or rsvp.event.organiser).timezone,
            facts={"sequence": rsvp.sequence, "event_sequence": rsvp.event.sequence, **facts},
            due_at=due_at or now,
            useful_until=useful_until or rsvp.event.ends_at,
            created_at=now,
        )
    ]
