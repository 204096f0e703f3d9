"""However a sign-up stands by the time a letter is due: it goes out or is left out, and never stops halfway."""

from datetime import timedelta
from itertools import product

import pytest

from events import kinds, notices
from events.models import Rsvp
from notices.models import Notice
from notices.outbox import tell
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue
from tests.events.posting import delivered

TO_VENUES = {notices.ASKED, notices.EVENT_MOVED_FOR_VENUES, notices.EVENT_CANCELLED_FOR_VENUES}
KINDS = [
    value
    for name, value in vars(notices).items()
    if name.isupper() and isinstance(value, str) and value.startswith("event.") and value not in TO_VENUES
]
LEFT = {"left_at": NOW, "left_by": "person"}
STATES = {
    "unconfirmed": {"confirmed_at": None, "going_at": None},
    "unconfirmed and left": {"confirmed_at": None, "going_at": None, **LEFT},
    "waiting": {"going_at": None, "queued_at": NOW},
    "going": {},
    "moved up": {"queued_at": NOW, "promoted_at": NOW, "decline_by": NOW + timedelta(hours=24)},
    "there": {"attended_at": NOW},
    "left": LEFT,
    "declined": {**LEFT, "declined": True},
    "taken off": {"left_at": NOW, "left_by": "host"},
    "forgotten": {"person": None, "name": "", **LEFT},
}
EVENTS = {
    "on": {},
    "cancelled": {"cancelled_at": NOW, "cancel_reason": "大雪"},
    "thanked": {"thanks": "ありがとう", "thanked_at": NOW},
}


@pytest.fixture
def world(four_spaces) -> list[Rsvp]:
    """A sign-up in every state, at a space, at one that has left, and online, for events in every state."""
    found = []
    for fields in EVENTS.values():
        event = make_event(four_spaces["koharubiyori"], **fields)
        venues = [
            make_venue(event, four_spaces["koharubiyori"]),
            make_venue(event, four_spaces["dorinoki"], left_at=NOW),
            make_venue(event, None, capacity=None, online_url="https://meet.example/jelly"),
        ]
        for number, (venue, state) in enumerate(product(venues, STATES.values())):
            found.append(make_rsvp(venue, **{"person": f"{number}@example.jp", **state}))
    return found


def test_every_kind_is_registered_and_tried():
    assert len(KINDS) == 13
    assert kinds.register_kinds() is None


@pytest.mark.parametrize("kind", KINDS)
def test_no_letter_stops_halfway(world, kind):
    before = [NOW.isoformat(), (NOW + timedelta(hours=1)).isoformat()]
    tell(
        Notice(
            kind=kind,
            subject_key=f"rsvp:{rsvp.pk}",
            dedupe_key=f"{kind}:{rsvp.pk}",
            recipient=f"{rsvp.pk}@example.jp",
            language="en" if rsvp.pk % 2 else "ja",
            facts={"sequence": 0, "event_sequence": 0, "before": before},
            due_at=NOW,
        )
        for rsvp in world
    )

    letters = delivered()

    assert Notice.objects.filter(state="parked").count() == 0
    assert 0 < len(letters) < len(world)
    going = {f"{rsvp.pk}@example.jp" for rsvp in world if rsvp.is_going}
    with_link = {letter.to[0] for letter in letters if "https://meet.example/jelly" in letter.body}
    assert with_link <= going
