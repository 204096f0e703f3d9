"""Announcing an event, changing it, cancelling it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from events import notices
from events.holds import bring_in_line, hold_if_free, keep_name
from events.line import move_up
from events.locks import lock_holds, lock_venues_of, locked_event
from events.models import Event, Rsvp, Venue
from events.refusals import refusal, refused_politely
from notices.outbox import tell
from spaces.calendar import Span
from spaces.templatetags.wording import plain_day

# What an event is, beside when it is.
FIELDS = frozenset(
    {
        "kind",
        "title_ja",
        "title_en",
        "text_ja",
        "text_en",
        "supporter_ja",
        "supporter_en",
        "question_ja",
        "question_en",
        "host",
        "stream_url",
        "picture",
        "most_guests",
        "decline_hours",
    }
)
TIMES = frozenset({"starts_at", "ends_at"})


@transaction.atomic
def announce(*, event: Event, asks: bool = True, now: datetime) -> Event:
    """Let everybody see an event and sign up, and ask the spaces that are to be venues and have not said yes.

    Without `asks` no space is written to: they are asked for the whole series by its first date. Raises ValidationError
    for one that has no venue, or is over.
    """
    event = locked_event(event)
    venues = lock_venues_of(event)
    if event.cancelled_at:
        raise refusal("cancelled_already")
    if event.published_at:
        raise refusal("announced_already")
    if event.is_over_at(now):
        raise refusal("past")
    if not any(venue.stands for venue in venues.values()):
        raise refusal("no_venue")
    event.published_at = event.changed_at = now
    event.save(update_fields=["published_at", "changed_at"])
    for venue in venues.values():
        if asks and not venue.agreed_at and not venue.left_at:
            tell(notices.asked(venue, now=now))
    return event


@transaction.atomic
def change(*, event: Event, values: Mapping[str, Any], now: datetime) -> Event:
    """Set fields of an event, of FIELDS and TIMES. With its time its holds move, and everybody who comes is told.

    An event of a series is changed alone by it. Raises ValidationError, also with the bookings that a hold would
    displace.
    """
    event = locked_event(event)
    venues = lock_venues_of(event)
    check_changeable(event, now=now)
    before = apply(event, values, now=now)
    if event.series_id:
        event.is_changed_alone = True
    with refused_politely():
        event.save()
    follow(event, venues, before=before, now=now)
    return event


def apply(event: Event, values: Mapping[str, Any], *, now: datetime) -> Span | None:
    """Set fields of an event that is locked, not saved; the time it had, if that is another by it.

    Raises ValidationError.
    """
    unknown = set(values) - FIELDS - TIMES
    if unknown:
        raise ValueError(f"Not to be changed so: {', '.join(sorted(unknown))}.")
    before = Span(event.starts_at, event.ends_at)
    for name, value in values.items():
        setattr(event, name, value)
    if event.ends_at <= event.starts_at:
        raise refusal("ends_before_start")
    moved = before != Span(event.starts_at, event.ends_at)
    if moved and event.ends_at <= now:
        raise refusal("past")
    event.changed_at = now
    event.sequence += moved
    return before if moved else None


def follow(
    event: Event, venues: Mapping[int, Venue], *, before: Span | None, tells_venues: bool = True, now: datetime
) -> None:
    """Let holds follow an event that has changed; and people and other spaces, where it had another time `before`.

    What is held must find room at the new time; where nothing is held any more, the event goes on without.
    Raises ValidationError.
    """
    lock_holds(venues.values())
    for venue in venues.values():
        venue.event = event
        if before and venue.stands:
            check_in_federation(venue)
        if not before:
            keep_name(venue, now=now)
        elif venue.is_held:
            bring_in_line(venue, now=now)
        else:
            hold_if_free(venue, now=now)
    if before and event.is_announced:
        # Who said that they come said so of the other time.
        Rsvp.objects.filter(event=event, coming_at__isnull=False).update(coming_at=None)
        tell(notices.event_changed(event, standing(event), before=before, now=now))
        if tells_venues:
            others = [venue for venue in venues.values() if not venue.left_at]
            told = notices.venues_told(notices.EVENT_MOVED_FOR_VENUES, event, others, before=before, now=now)
            tell(told)
        for venue in venues.values():
            move_up(venue, now=now)


@transaction.atomic
def cancel(*, event: Event, reason: str, tells_venues: bool = True, now: datetime) -> Event:
    """Cancel an event: what it holds is given back, and everybody who had a place or waited is told once, with why.

    So are who decides at the other spaces, unless they have been told (`tells_venues`).

    Raises ValidationError once it is over, and without a reason where somebody would read it.
    """
    event = locked_event(event)
    venues = lock_venues_of(event)
    check_changeable(event, now=now)
    call_off(event, reason=reason, now=now)
    lock_holds(venues.values())
    for venue in venues.values():
        venue.event = event
        bring_in_line(venue, now=now)
    if tells_venues and event.is_announced:
        others = [venue for venue in venues.values() if not venue.left_at]
        tell(notices.venues_told(notices.EVENT_CANCELLED_FOR_VENUES, event, others, now=now))
    return event


def call_off(event: Event, *, reason: str, now: datetime) -> None:
    """Cancel an event that is locked, and tell people; who calls gives back what it holds. Raises ValidationError."""
    told = standing(event)
    if told and not reason.strip():
        raise refusal("no_reason")
    event.cancelled_at = event.changed_at = now
    event.cancel_reason = reason.strip()
    event.sequence += 1
    event.save(update_fields=["cancelled_at", "cancel_reason", "sequence", "changed_at"])
    tell(notices.event_cancelled(event, told, now=now))


def standing(event: Event) -> list[Rsvp]:
    """Who has a place at an event or waits for one, with what telling them needs."""
    rows = list(Rsvp.objects.standing().filter(event=event).select_related("user", "venue__space"))
    for rsvp in rows:
        rsvp.event = rsvp.venue.event = event
    return rows


def check_changeable(event: Event, *, now: datetime) -> None:
    """Raise ValidationError if an event is cancelled or over."""
    if event.cancelled_at:
        raise refusal("cancelled_already")
    if event.is_over_at(now):
        raise refusal("over")


def check_in_federation(venue: Venue) -> None:
    """Raise ValidationError if the space of a venue is not in the federation on the day of the event."""
    space = venue.space
    if space and not space.is_in_federation(day := space.today(venue.event.starts_at)):
        raise refusal("not_in_federation", space=space.name, day=plain_day(day))
