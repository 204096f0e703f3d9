"""The door of an event: who has come, who comes without having signed up, and how many are there, by venue."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.crypto import salted_hmac

from bookings.models import NAME_LENGTH
from bookings.reference import ALPHABET, LENGTH, new_reference
from events.line import move_up
from events.live import channel
from events.locks import locked_rsvp, locked_venue
from events.models import DOORS_OPEN, Event, Rsvp, Venue, VenueQuerySet
from events.places import places_here
from events.refusals import refusal, refused_politely
from members.models import User

# So long after the end a host still notes who was there.
NOTED_FOR = timedelta(hours=24)


def is_open(event: Event, *, now: datetime) -> bool:
    """Whether the host's list can be used: from two hours before the start until a day after the end."""
    return (
        event.is_announced
        and event.cancelled_at is None
        and event.starts_at - DOORS_OPEN <= now < event.ends_at + NOTED_FOR
    )


def here(event: Event) -> dict[int, int]:
    """How many people have come to each venue of an event, guests counted, by the key of the venue; nobody is 0."""
    come = Sum("rsvps__people", filter=Q(rsvps__attended_at__isnull=False), default=0)
    return dict(Venue.objects.filter(event=event).order_by().annotate(here=come).values_list("pk", "here"))


def venues_of(event: Event, user: User) -> VenueQuerySet:
    """Venues at whose door a person lets people in: their own; who holds the event, or runs its space, at any."""
    venues = Venue.objects.standing().filter(event=event)
    if user.is_superuser or event.host_id == user.pk or event.organiser_id in user.roles:
        return venues
    return venues.filter(Q(host=user) | Q(space__in=list(user.roles)))


def check_in(*, rsvp: Rsvp, venue: Venue, makes_room: bool = False, now: datetime) -> Rsvp:
    """Note that a person has come, to any venue of the event: signed up elsewhere, their place comes with them.

    Who still waits for a place has one once the event has begun and places are free; `makes_room` adds what is missing.
    Who had never confirmed their address comes without it: the door shows that they came, not that it is theirs.
    Checked in there already, nothing changes. Raises ValidationError.
    """
    with refused_politely(), transaction.atomic():
        rsvp, venues = locked_rsvp(rsvp, venue.pk)
        there, before = venues[venue.pk], rsvp.venue
        _check_doors(rsvp.event, there, now)
        if there.event_id != rsvp.event_id:
            raise refusal("venue_gone", venue=there.name)
        if rsvp.left_at or not (rsvp.is_going or makes_room or rsvp.event.has_begun_at(now)):
            raise refusal("not_going", name=rsvp.name, state=rsvp.state_name)
        if not rsvp.is_going or there.pk != before.pk:
            _find_room(there, rsvp.people, makes_room=makes_room, now=now)
        rsvp.venue = there
        rsvp.person = rsvp.person if rsvp.confirmed_at else None
        rsvp.confirmed_at, rsvp.going_at = rsvp.confirmed_at or now, rsvp.going_at or now
        rsvp.attended_at = rsvp.attended_at or now
        rsvp.save(update_fields=["venue", "person", "confirmed_at", "going_at", "attended_at"])
        if there.pk != before.pk:
            move_up(before, now=now)
        show_here(rsvp.event)
    return rsvp


@transaction.atomic
def undo_check_in(*, rsvp: Rsvp, now: datetime) -> Rsvp:
    """Take a check-in back that was a slip; who walked in only for it goes again. Raises ValidationError."""
    rsvp, _venues = locked_rsvp(rsvp)
    if not rsvp.attended_at:
        raise refusal("not_checked_in", name=rsvp.name)
    rsvp.attended_at = None
    if rsvp.is_walk_in:
        # Not by `leave`: who was never there is not told that they do not come, and it may be over.
        rsvp.left_at, rsvp.left_by = now, Rsvp.Side.HOST
    rsvp.save(update_fields=["attended_at", "left_at", "left_by"])
    if rsvp.left_at:
        move_up(rsvp.venue, now=now)
    show_here(rsvp.event)
    return rsvp


def walk_in(
    *,
    venue: Venue,
    name: str,
    email: str = "",
    people: int = 1,
    language: str,
    makes_room: bool = False,
    form_key: str = "",
    now: datetime,
) -> Rsvp:
    """Let somebody in who had not signed up, and note that they are there; with an address they are thanked later.

    `makes_room` adds the places that are missing. Who has signed up with this address is checked in instead. The form
    of one `form_key` lets one person in, however often it is sent. Raises ValidationError.
    """
    if not name.strip():
        raise refusal("no_name")
    if people < 1:
        raise refusal("nobody")
    with refused_politely(), transaction.atomic():
        known = Rsvp.objects.live().filter(event=venue.event_id, person=email).first() if email else None
        if known:
            return check_in(rsvp=known, venue=venue, makes_room=makes_room, now=now)
        venue = locked_venue(venue.pk)
        reference = _reference_of(venue, form_key) if form_key else new_reference()
        sent_before = Rsvp.objects.filter(event=venue.event, reference=reference).first()
        if sent_before:
            return sent_before
        _check_doors(venue.event, venue, now)
        _find_room(venue, people, makes_room=makes_room, now=now)
        rsvp = Rsvp.objects.create(
            reference=reference,
            event=venue.event,
            venue=venue,
            name=name.strip()[:NAME_LENGTH],
            person=email or None,
            language=language,
            people=people,
            is_walk_in=True,
            signed_up_at=now,
            confirmed_at=now,
            going_at=now,
            attended_at=now,
        )
        show_here(venue.event)
    return rsvp


def show_here(event: Event) -> None:
    """Tell every page of the event how many are there now, once this is committed."""
    transaction.on_commit(lambda: channel.publish(channel.counts(event.reference, here(event))), robust=True)


def _reference_of(venue: Venue, form_key: str) -> str:
    digest = salted_hmac("events.door.walk_in", f"{venue.event_id}-{form_key}", algorithm="sha256").digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:LENGTH])


def _find_room(venue: Venue, people: int, *, makes_room: bool, now: datetime) -> None:
    """See that so many people find places, or add what is missing. Raises ValidationError.

    Before the start nobody takes a free place here that others wait for: theirs are added to those.
    """
    if venue.capacity is None:
        return
    found, has_begun = places_here(venue), venue.event.has_begun_at(now)
    missing = max(found.people + people - venue.capacity, 0)
    passes_line = not missing and not has_begun and not found.has_room_for(people)
    if not missing and not passes_line:
        return
    if not makes_room:
        raise refusal("line_at_door" if passes_line else "no_room_at_door", venue=venue.name)
    venue.capacity += people if found.waiting and not has_begun else missing
    venue.save(update_fields=["capacity"])


def _check_doors(event: Event, venue: Venue, now: datetime) -> None:
    if event.cancelled_at:
        raise refusal("cancelled")
    if not is_open(event, now=now):
        raise refusal("doors_closed")
    if not venue.stands:
        raise refusal("venue_gone", venue=venue.name)
