from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from events.changing_sign_up import change_people, change_venue
from events.leaving import leave
from events.line import number_in_line
from events.models import Rsvp
from events.signing_up import ask_to_confirm, confirm, sign_up
from events.taking_part import Offer
from events.taking_part import change_venue as change_offer
from notices.models import Notice
from spaces.refusing import codes
from tests.events.making import make_event, make_rsvp, make_venue


@pytest.fixture
def jelly(four_spaces):
    return make_event(four_spaces["koharubiyori"])


@pytest.fixture
def here(jelly, four_spaces):
    return make_venue(jelly, four_spaces["koharubiyori"], capacity=2)


@pytest.fixture
def there(jelly, four_spaces):
    return make_venue(jelly, four_spaces["dorinoki"], capacity=2)


def told(rsvp: Rsvp) -> list[str]:
    kinds = Notice.objects.filter(subject_key=f"rsvp:{rsvp.pk}").order_by("pk").values_list("kind", flat=True)
    return list(kinds)


def test_who_is_signed_in_has_a_place_at_once_and_is_told(here, aiko, now):
    rsvp = sign_up(venue=here, user=aiko, answer=" 紅茶 ", now=now)

    assert (rsvp.is_going, rsvp.people, rsvp.answer, rsvp.name) == (True, 1, "紅茶", "伊藤 愛子")
    assert told(rsvp) == ["event.going", "event.day_before", "event.soon"]


def test_a_second_press_gives_the_same_sign_up_back(here, aiko, now):
    first = sign_up(venue=here, user=aiko, now=now)

    assert sign_up(venue=here, user=aiko, now=now) == first
    assert Rsvp.objects.count() == 1


def test_a_person_counts_once_an_event(here, there, aiko, now):
    sign_up(venue=here, user=aiko, now=now)

    with pytest.raises(ValidationError) as refused:
        sign_up(venue=there, user=aiko, now=now)
    assert codes(refused.value) == {"signed_up_already"}


def test_a_full_venue_has_a_line_for_who_wants_to_wait(here, aiko, ben, now):
    make_rsvp(here, people=2)

    with pytest.raises(ValidationError) as refused:
        sign_up(venue=here, user=aiko, now=now)
    first, second = (sign_up(venue=here, user=user, waits=True, now=now) for user in (aiko, ben))

    assert codes(refused.value) == {"full"}
    assert [number_in_line(first), number_in_line(second)] == [1, 2]
    assert told(first) == ["event.waiting"]


def test_guests_wait_and_go_together_and_nobody_passes_them(here, aiko, ben, chie, now):
    one, two = make_rsvp(here), make_rsvp(here)
    pair = sign_up(venue=here, user=aiko, people=2, waits=True, now=now)
    alone = sign_up(venue=here, user=ben, waits=True, now=now)

    leave(rsvp=one, now=now)
    pair.refresh_from_db()
    alone.refresh_from_db()
    assert (pair.is_waiting, alone.is_waiting) == (True, True)
    with pytest.raises(ValidationError):
        sign_up(venue=here, user=chie, now=now)

    leave(rsvp=two, now=now)
    pair.refresh_from_db()
    alone.refresh_from_db()
    assert (pair.is_going, alone.is_waiting) == (True, True)
    assert pair.decline_by == pair.promoted_at + timedelta(hours=24)
    assert told(pair) == ["event.waiting", "event.moved_up", "event.day_before", "event.soon"]


def test_more_places_let_the_line_move_up(here, aiko, ben, now):
    make_rsvp(here, people=2)
    first, second = (sign_up(venue=here, user=user, waits=True, now=now) for user in (aiko, ben))

    change_offer(venue=here, offer=Offer(capacity=3), now=now)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_going, second.is_waiting) == (True, True)


def test_nobody_moves_up_after_the_start(here, aiko, jelly, now):
    gone = make_rsvp(here, people=2)
    waits = sign_up(venue=here, user=aiko, waits=True, now=now)

    leave(rsvp=gone, now=jelly.starts_at)

    waits.refresh_from_db()
    assert waits.is_waiting


def test_who_declines_in_time_has_declined(here, aiko, now):
    gone = make_rsvp(here, people=2)
    waits = sign_up(venue=here, user=aiko, waits=True, now=now)
    leave(rsvp=gone, now=now)
    waits.refresh_from_db()

    declined = leave(rsvp=waits, now=waits.decline_by)

    assert (declined.declined, declined.left_by) == (True, "person")


def test_moving_keeps_the_place_only_where_there_is_room(here, there, aiko, ben, now):
    moves = sign_up(venue=here, user=aiko, now=now)
    make_rsvp(here)
    waits = sign_up(venue=here, user=ben, waits=True, now=now)
    change_venue(rsvp=moves, venue=there, now=now)
    waits.refresh_from_db()
    assert waits.is_going

    with pytest.raises(ValidationError) as refused:
        change_venue(rsvp=moves, venue=here, waits=True, now=now)

    moves.refresh_from_db()
    assert codes(refused.value) == {"keeps_place"}
    assert (moves.venue, moves.is_going) == (there, True)


def test_fewer_guests_make_room(here, aiko, ben, now):
    pair = sign_up(venue=here, user=aiko, people=2, now=now)
    waits = sign_up(venue=here, user=ben, waits=True, now=now)

    change_people(rsvp=pair, people=1, now=now)

    waits.refresh_from_db()
    assert waits.is_going


def test_an_address_without_an_account_takes_a_place_once_it_is_confirmed(here, now):
    ask_to_confirm(venue=here, name="訪問者", email="visitor@example.jp", language="ja", now=now)
    rsvp = Rsvp.objects.get()
    assert (rsvp.is_going, rsvp.is_waiting, told(rsvp)) == (False, False, ["event.confirm"])

    confirm(rsvp=rsvp, now=now)
    confirm(rsvp=rsvp, now=now)

    rsvp.refresh_from_db()
    assert rsvp.is_going
    assert told(rsvp) == ["event.confirm", "event.going", "event.day_before", "event.soon"]


def test_a_link_that_confirms_is_good_for_a_day(here, now):
    ask_to_confirm(venue=here, name="訪問者", email="visitor@example.jp", language="ja", now=now)

    with pytest.raises(ValidationError) as refused:
        confirm(rsvp=Rsvp.objects.get(), now=now + timedelta(hours=24, seconds=1))

    assert codes(refused.value) == {"link_expired"}
