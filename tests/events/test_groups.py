"""Groups that are larger than a venue: refused, and never in the way of who fits."""

import pytest
from django.core.exceptions import ValidationError

from events.changing_sign_up import change_people, change_venue
from events.leaving import leave
from events.models import Rsvp
from events.places import places_at
from events.signing_up import ask_to_confirm, sign_up
from events.taking_part import Offer
from events.taking_part import change_venue as change_offer
from spaces.refusing import codes
from tests.events.making import make_event, make_rsvp, make_venue


@pytest.fixture
def jelly(four_spaces):
    return make_event(four_spaces["koharubiyori"], most_guests=4)


@pytest.fixture
def here(jelly, four_spaces):
    return make_venue(jelly, four_spaces["koharubiyori"], capacity=3)


@pytest.fixture
def large(jelly, four_spaces):
    return make_venue(jelly, four_spaces["dorinoki"], capacity=5)


def refused_as(act, **fields) -> set[str]:
    with pytest.raises(ValidationError) as refused:
        act(**fields)
    return codes(refused.value)


def test_more_people_than_a_venue_has_places_are_refused_also_in_line(here, large, aiko, ben, chie, now):
    assert refused_as(sign_up, venue=here, user=aiko, people=4, waits=True, now=now) == {"never_fits"}
    wish = {"name": "Visitor", "email": "v@example.jp", "language": "en", "people": 4}
    assert refused_as(ask_to_confirm, venue=here, **wish, now=now) == {"never_fits"}

    make_rsvp(here, people=3)
    waits = sign_up(venue=here, user=ben, people=2, waits=True, now=now)
    assert refused_as(change_people, rsvp=waits, people=4, now=now) == {"never_fits"}
    group = sign_up(venue=large, user=chie, people=4, now=now)
    assert refused_as(change_venue, rsvp=group, venue=here, waits=True, now=now) == {"never_fits"}


def test_a_group_that_no_longer_fits_is_passed_and_every_other_is_not(here, aiko, ben, chie, dai, now):
    placed = [make_rsvp(here) for _ in range(3)]
    group = sign_up(venue=here, user=aiko, people=3, waits=True, now=now)
    pair = sign_up(venue=here, user=ben, people=2, waits=True, now=now)
    alone = sign_up(venue=here, user=chie, waits=True, now=now)
    leave(rsvp=placed[0], now=now)
    change_offer(venue=here, offer=Offer(capacity=2), now=now)
    assert Rsvp.objects.waiting().count() == 3

    leave(rsvp=placed[1], now=now)
    assert list(Rsvp.objects.waiting()) == [group, pair, alone], "one place is no use to a pair, which nobody passes"
    leave(rsvp=placed[2], now=now)

    assert list(Rsvp.objects.waiting()) == [group, alone]
    leave(rsvp=pair, now=now)
    assert list(Rsvp.objects.waiting()) == [group]
    here.refresh_from_db()
    [places] = places_at([here])
    assert (places.has_room, places.has_room_for(2), places.next_number) == (True, False, 2)
    assert sign_up(venue=here, user=dai, now=now).is_going

    change_people(rsvp=group, people=2, now=now)
    assert list(Rsvp.objects.waiting()) == [group], "fewer people than before are always fine"


def test_who_joins_a_line_stands_behind_everybody_in_it(here, aiko, ben, now):
    make_rsvp(here, people=3)
    first = make_rsvp(here, aiko, going_at=None, queued_at=now.replace(microsecond=5))

    second = sign_up(venue=here, user=ben, waits=True, now=now)

    assert list(Rsvp.objects.waiting()) == [first, second]
