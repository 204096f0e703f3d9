"""Signing up: a place at a venue at once, or in its line; who has no account confirms the address by a link first."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from bookings.models import NAME_LENGTH
from events import notices
from events.adopting import owner_of
from events.belonging import sign_ups_of
from events.line import joining_at
from events.locks import locked_person, locked_rsvp, locked_venue
from events.models import CONFIRMED_WITHIN, Rsvp, Venue
from events.places import places_here
from events.refusals import refusal, refused_politely
from members.models import User
from notices.outbox import tell


def sign_up(*, venue: Venue, user: User, people: int = 1, answer: str = "", waits: bool = False, now: datetime) -> Rsvp:
    """Sign a person up at a venue, with their guests among `people`; the event's reminders go with it.

    Where there is no room for all of them they join the line, if they want to (`waits`). Signed up already at this very
    venue, that sign-up is given back. Raises ValidationError.
    """
    with refused_politely(), transaction.atomic():
        # In another tab the account may be deleted at this moment: nothing may say afterwards who it was.
        user = locked_person(user)
        if not user.is_active:
            raise refusal("account_gone")
        venue = locked_venue(venue.pk)
        check_open(venue, now=now)
        wish = _locked_wish(venue, user.email)
        with_address = Rsvp.objects.filter(event=venue.event, person=user.email)
        known = (sign_ups_of(user).filter(event=venue.event) | with_address).standing().first()
        if known:
            if known.venue_id == venue.pk:
                return known
            raise refusal("signed_up_already")
        check_people(venue, people)
        rsvp = wish or _new(venue, user.email, now=now)
        rsvp.venue, rsvp.user, rsvp.people, rsvp.answer = venue, user, people, answer.strip()
        rsvp.name, rsvp.language = user.display_name[:NAME_LENGTH], user.language
        rsvp.confirmed_at = now
        take_place(rsvp, waits=waits, now=now)
        rsvp.save()
        tell(notices.signed_up(rsvp, now=now))
    return rsvp


def ask_to_confirm(
    *, venue: Venue, name: str, email: str, language: str, people: int = 1, answer: str = "", now: datetime
) -> None:
    """Note what somebody without an account wishes, and mail the link that confirms it; no place is taken yet.

    `email` is the normalised address. Who has signed up already is mailed the link to that sign-up, so that nobody
    learns here who comes. Raises ValidationError.
    """
    if not name.strip():
        raise refusal("no_name")
    with refused_politely(), transaction.atomic():
        venue = locked_venue(venue.pk)
        check_open(venue, now=now)
        check_people(venue, people)
        known = _locked_wish(venue, email)
        if known and known.confirmed_at:
            tell(notices.link(known, now=now))
            return
        rsvp = known or _new(venue, email, now=now)
        rsvp.venue, rsvp.people, rsvp.answer = venue, people, answer.strip()
        rsvp.name, rsvp.language, rsvp.signed_up_at = name.strip()[:NAME_LENGTH], language, now
        rsvp.save()
        tell(notices.confirm(rsvp, now=now))


@transaction.atomic
def confirm(*, rsvp: Rsvp, venue: Venue | None = None, waits: bool = False, now: datetime) -> Rsvp:
    """Take the place, or the place in line, that somebody had wished for; a second time changes nothing.

    `venue` is another one of the event, where theirs has filled up meanwhile. Raises ValidationError, also after a day.
    """
    # The account that it will belong to may be deleted at this moment: nothing may say afterwards who it was.
    owner = owner_of(rsvp.person)
    owner = locked_person(owner) if owner else None
    rsvp, venues = locked_rsvp(rsvp, *([venue.pk] if venue else []))
    if rsvp.left_at:
        raise refusal("left_already")
    if rsvp.confirmed_at:
        return rsvp
    if now > rsvp.signed_up_at + CONFIRMED_WITHIN:
        raise refusal("link_expired")
    rsvp.venue = _at_same_event(rsvp, venues[venue.pk]) if venue else rsvp.venue
    check_open(rsvp.venue, now=now)
    check_people(rsvp.venue, rsvp.people)
    if owner and sign_ups_of(owner).standing().filter(event=rsvp.event).exists():
        raise refusal("signed_up_already")
    rsvp.confirmed_at = now
    # Who has an account and did not sign in finds it there. The link proves the address for this sign-up, for no more.
    rsvp.user = owner if owner and owner.is_active else None
    with refused_politely():
        take_place(rsvp, waits=waits, now=now)
        rsvp.save()
    tell(notices.signed_up(rsvp, now=now))
    return rsvp


def _locked_wish(venue: Venue, person: str) -> Rsvp | None:
    """Lock what somebody has said of an event so far, at whichever venue, so that nobody else confirms it meanwhile."""
    own = Rsvp.objects.live().filter(event=venue.event_id, person=person).order_by()
    return next(iter(own.select_for_update(no_key=True)), None)


def _new(venue: Venue, person: str, *, now: datetime) -> Rsvp:
    """A sign-up, not saved; of who had left, with a higher revision, or calendars would keep the event cancelled."""
    before = Rsvp.objects.filter(event=venue.event, person=person).aggregate(last=Max("sequence"))["last"]
    sequence = 0 if before is None else before + 1
    return Rsvp(event=venue.event, person=person, signed_up_at=now, sequence=sequence)


def _at_same_event(rsvp: Rsvp, venue: Venue) -> Venue:
    """A venue of the event that somebody comes to; raises ValidationError for any other."""
    if venue.event_id != rsvp.event_id:
        raise refusal("venue_gone", venue=venue.name)
    return venue


def check_open(venue: Venue, *, now: datetime) -> None:
    """Raise ValidationError if nobody can sign up at a venue."""
    event = venue.event
    if event.cancelled_at:
        raise refusal("cancelled")
    if event.is_over_at(now):
        raise refusal("over")
    if not event.takes_sign_ups_at(now):
        raise refusal("not_taking_sign_ups")
    if not venue.stands:
        raise refusal("venue_gone", venue=venue.name)


def check_people(venue: Venue, people: int) -> None:
    """Raise ValidationError for nobody, for more guests than the event lets a person bring, or than will ever fit."""
    if people < 1:
        raise refusal("nobody")
    if people > 1 + venue.event.most_guests:
        raise refusal("too_many_people", most=venue.event.most_guests)
    check_fits(venue, people)


def check_fits(venue: Venue, people: int) -> None:
    """Raise ValidationError for more people than a venue has places: they would wait for ever, and others for them."""
    if not venue.holds(people):
        raise refusal("never_fits", venue=venue.name, places=venue.capacity)


def take_place(rsvp: Rsvp, *, waits: bool, now: datetime) -> None:
    """Give a sign-up its places at its venue, or its place in line; not saved. Raises ValidationError."""
    if places_here(rsvp.venue).has_room_for(rsvp.people):
        rsvp.going_at = now
        return
    if rsvp.event.has_begun_at(now):
        raise refusal("begun")
    if not waits:
        raise no_room(rsvp.venue)
    rsvp.queued_at = joining_at(rsvp.venue, now=now)


def no_room(venue: Venue) -> ValidationError:
    """The refusal that says why: few places are left, others wait for them, or there are none and so many wait."""
    found = places_here(venue)
    if not found.left:
        return refusal("full", venue=venue.name, waiting=found.waiting)
    if found.waiting:
        return refusal("line_first", venue=venue.name)
    return refusal("few_left", venue=venue.name, left=found.left)
