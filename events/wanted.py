"""Whether a letter about an event still says what is true when it is about to go out."""

from events.models import Event, Rsvp, Venue
from members.notices import decides_at
from notices.models import Notice


def rsvp_of(notice: Notice) -> Rsvp:
    """The sign-up that a letter is about, with what its words need."""
    rows = Rsvp.objects.select_related("event__organiser", "venue__space", "user")
    return rows.get(pk=notice.subject_pk)


def venue_of(notice: Notice) -> Venue:
    """The venue that a letter to its operators is about."""
    return Venue.objects.select_related("event__organiser", "space").get(pk=notice.subject_pk)


def event_of(notice: Notice) -> Event:
    """The event that a letter to its venues is about."""
    return Event.objects.select_related("organiser").get(pk=notice.subject_pk)


def venue_told(notice: Notice) -> Venue | None:
    """The venue for which somebody reads about an event; None for the event's host."""
    rows = Venue.objects.select_related("event__organiser", "space")
    return rows.filter(event=notice.subject_pk, pk=notice.facts["venue"]).first()


def is_unconfirmed(notice: Notice) -> bool:
    """Nobody has confirmed the address yet, and there is still something to sign up for."""
    rsvp = rsvp_of(notice)
    return rsvp.is_live and rsvp.confirmed_at is None and rsvp.event.cancelled_at is None


def stands(notice: Notice) -> bool:
    """There is a place, or one in line, whatever has changed about it since."""
    rsvp = rsvp_of(notice)
    return (rsvp.is_going or rsvp.is_waiting) and rsvp.event.cancelled_at is None


def stands_as_told(notice: Notice) -> bool:
    """There is a place, or one in line, and neither it nor the time of the event has changed since."""
    return stands(notice) and _as_told(notice)


def goes_as_told(notice: Notice) -> bool:
    """There is a place, unchanged, and the person has not come yet."""
    rsvp = rsvp_of(notice)
    return rsvp.is_going and rsvp.attended_at is None and rsvp.event.cancelled_at is None and _as_told(notice)


def waits_as_told(notice: Notice) -> bool:
    """The person still waits in the same line."""
    rsvp = rsvp_of(notice)
    return rsvp.is_waiting and rsvp.event.cancelled_at is None and _as_told(notice)


def has_moved_up(notice: Notice) -> bool:
    """The place from the waiting list is still theirs; a new time of the event is told besides."""
    rsvp = rsvp_of(notice)
    same = rsvp.sequence == notice.facts["sequence"]
    return rsvp.is_going and same and rsvp.attended_at is None and rsvp.event.cancelled_at is None


def stands_as_moved(notice: Notice) -> bool:
    """There is a place, or one in line, and this is the last change of the time."""
    return stands(notice) and rsvp_of(notice).event.sequence == notice.facts["event_sequence"]


def has_left(notice: Notice) -> bool:
    """The sign-up was taken back, and the person has not signed up again."""
    rsvp = rsvp_of(notice)
    return rsvp.left_at is not None and not _signed_up_again(rsvp)


def is_cancelled(notice: Notice) -> bool:
    """The event is cancelled."""
    return rsvp_of(notice).event.cancelled_at is not None


def venue_has_left(notice: Notice) -> bool:
    """Their sign-up ended with the venue, and they have not signed up again; the venue may be back by now."""
    rsvp = rsvp_of(notice)
    ended = rsvp.left_at is not None and rsvp.left_by == Rsvp.Side.HOST
    return ended and rsvp.event.cancelled_at is None and not _signed_up_again(rsvp)


def has_come(notice: Notice) -> bool:
    """The person has come, and the host says thanks."""
    rsvp = rsvp_of(notice)
    return rsvp.attended_at is not None and rsvp.event.thanked_at is not None


def is_asked(notice: Notice) -> bool:
    """The space has not said yet whether it takes part in an event that takes place.

    An event that nobody had signed up for may be gone with its series.
    """
    if not Venue.objects.filter(pk=notice.subject_pk).exists():
        return False
    venue = venue_of(notice)
    waits = venue.agreed_at is None and venue.left_at is None and venue.event.cancelled_at is None
    return waits and venue.space is not None and decides_at(venue.space, notice.recipient)


def is_moved_for_venues(notice: Notice) -> bool:
    """The event still takes place, this is the last change of its time, and the venue has not left meanwhile."""
    same = Event.objects.filter(pk=notice.subject_pk, sequence=notice.facts["event_sequence"], cancelled_at=None)
    venue = venue_told(notice)
    return same.exists() and (venue is None or venue.left_at is None)


def is_cancelled_for_venues(notice: Notice) -> bool:
    """The event is cancelled; one that nobody had signed up for may be gone with its series."""
    return Event.objects.filter(pk=notice.subject_pk, cancelled_at__isnull=False).exists()


def _as_told(notice: Notice) -> bool:
    rsvp, facts = rsvp_of(notice), notice.facts
    return (rsvp.sequence, rsvp.event.sequence) == (facts["sequence"], facts["event_sequence"])


def _signed_up_again(rsvp: Rsvp) -> bool:
    return Rsvp.objects.live().filter(event=rsvp.event_id, person=rsvp.person, person__isnull=False).exists()
