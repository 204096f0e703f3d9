"""The day of an event: two taps on one button, two hosts at one last place, one person at two doors."""

import pytest
from django.core.exceptions import ValidationError

from events.door import check_in, here, undo_check_in, walk_in
from events.models import Rsvp, WallLine
from events.saying import MOST_LINES, hide, say
from spaces.refusing import codes
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.factories import at, make_resource, make_space, make_user
from tests.races.connections import at_once, outcomes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]

DURING = at("13:05", FRIDAY)
TAPS = 6


@pytest.fixture
def jelly():
    return make_event(make_resource(make_space("here"), capacity=30).space)


@pytest.fixture
def venue(jelly):
    return make_venue(jelly, jelly.organiser, capacity=1)


@pytest.fixture
def other(jelly):
    return make_venue(jelly, make_space("there"), capacity=2)


def lets_in(venue, name, **fields):
    return lambda: walk_in(venue=venue, name=name, language="ja", now=DURING, **fields)


def test_a_line_that_is_sent_several_times_at_once_stands_once(jelly, other):
    rsvp = make_rsvp(other)

    lines, errors = outcomes(at_once(*[lambda: say(event=jelly, rsvp=rsvp, text="はい", now=DURING)] * TAPS))

    assert errors == []
    assert set(lines) == {WallLine.objects.get()}


def test_nobody_writes_more_than_is_allowed_by_writing_at_once(jelly, other):
    rsvp = make_rsvp(other)
    many = [
        lambda number=number: say(event=jelly, rsvp=rsvp, text=str(number), now=DURING)
        for number in range(MOST_LINES + 4)
    ]

    lines, errors = outcomes(at_once(*many))

    assert len(lines) == WallLine.objects.count() == MOST_LINES
    assert [codes(error) for error in errors] == [{"too_many_lines"}] * 4


def test_a_line_is_hidden_once_by_two_hosts(jelly, other):
    line = say(event=jelly, rsvp=make_rsvp(other), text="はい", now=DURING)
    hosts = [make_user(f"{number}@example.jp") for number in range(2)]

    hidden, errors = outcomes(at_once(*[lambda host=host: hide(line=line, by=host, now=DURING) for host in hosts]))

    assert errors == []
    assert len({one.hidden_by for one in hidden}) == 1


def test_a_form_of_a_walk_in_lets_one_person_in(venue):
    let_in, errors = outcomes(at_once(*[lets_in(venue, "飛入", form_key="one")] * TAPS))

    assert errors == []
    assert set(let_in) == {Rsvp.objects.get()}


def test_the_last_place_is_one_persons(jelly, venue):
    let_in, errors = outcomes(at_once(*[lets_in(venue, str(number)) for number in range(TAPS)]))

    assert len(let_in) == 1
    assert {code for error in errors for code in codes(error)} == {"no_room_at_door"}
    assert here(jelly) == {venue.pk: 1}


def test_places_that_hosts_add_at_once_are_all_there(jelly, venue):
    let_in, errors = outcomes(at_once(*[lets_in(venue, str(number), makes_room=True) for number in range(TAPS)]))

    venue.refresh_from_db()
    assert errors == []
    assert venue.capacity == len(let_in) == TAPS


def test_one_person_at_two_doors_is_at_one(jelly, venue, other):
    rsvp = make_rsvp(other)

    checked_in, errors = outcomes(
        at_once(*[lambda door=door: check_in(rsvp=rsvp, venue=door, now=DURING) for door in (venue, other)] * 2)
    )

    assert errors == []
    assert len(checked_in) == 4
    assert sum(here(jelly).values()) == 1


def test_one_address_is_let_in_once_at_two_doors(jelly, venue, other):
    doing = at_once(*[lets_in(door, "飛入", email="taro@example.jp") for door in (venue, other)])

    _let_in, errors = outcomes(doing)
    assert all(isinstance(error, ValidationError) and codes(error) == {"signed_up_already"} for error in errors)
    assert Rsvp.objects.get(person="taro@example.jp").attended_at == DURING


def test_checking_in_and_taking_it_back_at_once_leave_one_or_the_other(jelly, other):
    rsvp = make_rsvp(other, attended_at=DURING)

    outcomes_of = at_once(
        lambda: undo_check_in(rsvp=rsvp, now=DURING), lambda: check_in(rsvp=rsvp, venue=other, now=DURING)
    )

    assert [one.error for one in outcomes_of] == [None, None]
    assert here(jelly)[other.pk] in (0, 1)
