"""Changing a sign-up: to another venue, with more or fewer guests, another answer."""

from datetime import datetime

from django.db import transaction

from events import notices
from events.line import joining_at, move_up
from events.locks import locked_rsvp
from events.models import Rsvp, Venue
from events.places import places_here
from events.refusals import refusal, refused_politely
from events.signing_up import check_fits, check_open, check_people, no_room
from notices.outbox import tell


def change_venue(*, rsvp: Rsvp, venue: Venue, waits: bool = False, now: datetime) -> Rsvp:
    """Take a sign-up to another venue of its event, and give its place to the next in line.

    Who has a place keeps it unless there is room at the other. Who waits goes to the end of the other line where there
    is none, if they want to (`waits`). Raises ValidationError.
    """
    with refused_politely(), transaction.atomic():
        rsvp, venues = locked_rsvp(rsvp, venue.pk)
        before, there = rsvp.venue, venues[venue.pk]
        _check_standing(rsvp)
        if there.pk == before.pk:
            raise refusal("same_venue", venue=before.name)
        if there.event_id != rsvp.event_id:
            raise refusal("venue_gone", venue=there.name)
        check_open(there, now=now)
        check_fits(there, rsvp.people)
        if places_here(there).has_room_for(rsvp.people):
            rsvp.going_at = rsvp.going_at or now
        elif rsvp.going_at:
            raise refusal("keeps_place", venue=there.name, here=before.name)
        elif rsvp.event.has_begun_at(now):
            raise refusal("begun")
        elif not waits:
            raise no_room(there)
        else:
            rsvp.queued_at = joining_at(there, now=now)
        rsvp.venue = there
        rsvp.sequence += 1
        rsvp.coming_at = None
        rsvp.save(update_fields=["venue", "going_at", "queued_at", "sequence", "coming_at"])
        tell(notices.changed(rsvp, now=now))
        move_up(before, now=now)
    return rsvp


def change_people(*, rsvp: Rsvp, people: int, answer: str | None = None, now: datetime) -> Rsvp:
    """Come with more or fewer guests, or give another answer to the host's question.

    Who has a place brings more only as long as places are free that nobody waits for. In line the place stays, as more
    guests only make it harder to find room. Raises ValidationError.
    """
    with refused_politely(), transaction.atomic():
        rsvp, venues = locked_rsvp(rsvp)
        venue = venues[rsvp.venue_id]
        _check_standing(rsvp)
        check_open(venue, now=now)
        more = people - rsvp.people
        if more > 0 or people < 1:
            # Who brings as many as before, or fewer, may: the event or the venue may have wanted more of them then.
            check_people(venue, people)
        if rsvp.going_at and more > 0 and not places_here(venue).has_room_for(more):
            raise no_room(venue)
        rsvp.people = people
        if answer is not None:
            rsvp.answer = answer.strip()
        rsvp.save(update_fields=["people", "answer"])
        if more < 0:
            move_up(venue, now=now)
    return rsvp


def _check_standing(rsvp: Rsvp) -> None:
    if rsvp.left_at:
        raise refusal("left_already")
    if not rsvp.confirmed_at:
        raise refusal("link_expired")
    if rsvp.attended_at:
        raise refusal("here_already", name=rsvp.name)
