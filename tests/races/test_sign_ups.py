"""A hundred people who want ten places, thirty who give theirs back, and hosts who change their minds meanwhile.

Each act has a connection of its own.
"""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum

from events import announcing, door, taking_part
from events.changing_sign_up import change_people, change_venue
from events.leaving import leave
from events.locks import locked_venue
from events.models import Event, Rsvp
from events.series import extend, repeat
from events.series_changes import change_following
from events.signing_up import ask_to_confirm, confirm, sign_up
from events.taking_part import Offer
from notices.models import Notice
from spaces.refusing import codes
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import make_resource, make_space, make_user
from tests.races.connections import Doing, at_once, outcomes, waits_for_a_lock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]

PLACES, PEOPLE, LEAVERS = 10, 100, 30


@pytest.fixture
def here():
    return make_resource(make_space("here"), capacity=30).space


@pytest.fixture
def there():
    return make_resource(make_space("there"), capacity=30).space


@pytest.fixture
def jelly(here) -> Event:
    return make_event(here)


@pytest.fixture
def venue(jelly, here):
    return make_venue(jelly, here, capacity=PLACES)


@pytest.fixture
def other(jelly, there):
    return make_venue(jelly, there, capacity=PLACES)


def signs_up(venue, user, **fields):
    return lambda: sign_up(venue=venue, user=user, **{"waits": True, "now": NOW, **fields})


def leaves(rsvp):
    return lambda: leave(rsvp=rsvp, now=NOW)


def going(venue) -> int:
    """People with a place, guests counted."""
    return Rsvp.objects.going().filter(venue=venue).aggregate(people=Sum("people"))["people"] or 0


def told(kind: str) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


def only(errors, code: str) -> bool:
    """Whether all that went wrong are refusals with one code; whatever is no refusal is raised."""
    for error in errors:
        if not isinstance(error, ValidationError):
            raise error
    return all(codes(error) == {code} for error in errors)


def test_of_a_hundred_people_ten_have_places_and_ninety_stand_in_line_in_the_order_of_coming(venue):
    people = [make_user(f"{number:03}@example.jp") for number in range(PEOPLE)]

    _done, failed = outcomes(at_once(*(signs_up(venue, one) for one in people)))

    assert only(failed, "")
    assert (going(venue), Rsvp.objects.waiting().count()) == (PLACES, PEOPLE - PLACES)
    assert len(told("event.going")) == PLACES
    assert len(told("event.waiting")) == PEOPLE - PLACES


def test_when_thirty_leave_at_once_the_next_thirty_move_up_in_order_and_nobody_twice(venue):
    placed = [make_rsvp(venue, make_user(f"placed{number}@example.jp")) for number in range(PLACES)]
    line = [
        make_rsvp(
            venue,
            make_user(f"{number:03}@example.jp"),
            going_at=None,
            queued_at=NOW + timedelta(seconds=number),
        )
        for number in range(PEOPLE - PLACES)
    ]
    leavers = [*placed, *line[::4][: LEAVERS - PLACES]]

    _done, failed = outcomes(at_once(*(leaves(one) for one in leavers)))

    left_in_line = [one.pk for one in line if one not in leavers]
    by_now = {one.pk: one for one in Rsvp.objects.all()}
    moved_up = [one.pk for one in line if by_now[one.pk].promoted_at]
    assert only(failed, "")
    assert going(venue) == PLACES
    assert [pk for pk in left_in_line if by_now[pk].is_going] == left_in_line[:PLACES]
    assert len(left_in_line) == sum(by_now[pk].is_live for pk in left_in_line)
    assert sum(one.left_at is not None for one in by_now.values()) == LEAVERS
    assert told("event.moved_up") == sorted(by_now[pk].person for pk in moved_up)


def test_a_hundred_sign_up_while_thirty_leave_and_all_ends_as_if_one_by_one(venue):
    placed = [make_rsvp(venue, make_user(f"placed{number}@example.jp")) for number in range(PLACES)]
    line = [
        make_rsvp(venue, make_user(f"line{number}@example.jp"), going_at=None, queued_at=NOW - timedelta(hours=1))
        for number in range(LEAVERS - PLACES)
    ]
    comers = [make_user(f"{number:03}@example.jp") for number in range(PEOPLE)]

    acts = [*(signs_up(venue, one) for one in comers), *(leaves(one) for one in (*placed, *line))]
    _done, failed = outcomes(at_once(*acts))

    standing = Rsvp.objects.standing()
    in_line = standing.filter(queued_at__isnull=False).order_by("queued_at", "pk")
    served = [one.going_at is not None for one in in_line]
    moved_up = Rsvp.objects.filter(promoted_at__isnull=False).values_list("person", flat=True)
    assert only(failed, "")
    assert sorted(standing.values_list("person", flat=True)) == sorted(one.email for one in comers)
    assert Rsvp.objects.filter(left_at__isnull=False).count() == LEAVERS
    assert (going(venue), Rsvp.objects.waiting().count()) == (PLACES, PEOPLE - PLACES)
    assert served == sorted(served, reverse=True)
    assert told("event.moved_up") == sorted(moved_up)


def test_signing_up_and_leaving_at_once_leave_no_place_empty_and_none_taken_twice(venue):
    placed = [make_rsvp(venue, make_user(f"placed{number}@example.jp")) for number in range(PLACES)]
    comers = [make_user(f"{number:03}@example.jp") for number in range(60)]

    acts = [*(signs_up(venue, one) for one in comers), *(leaves(one) for one in placed)]
    _done, failed = outcomes(at_once(*acts))

    standing = Rsvp.objects.standing().order_by("pk")
    assert only(failed, "")
    assert going(venue) == PLACES
    assert standing.count() == len(comers)
    # Whoever came sooner is served sooner: in the order of joining, nobody who waits stands before one who moved up.
    in_line = [one.going_at is not None for one in standing.filter(queued_at__isnull=False).order_by("queued_at", "pk")]
    assert in_line == sorted(in_line, reverse=True)


def test_one_person_on_two_phones_is_signed_up_once(venue, other):
    user = make_user("one@example.jp")

    done, failed = outcomes(at_once(*(signs_up(one, user) for one in (venue, other) * 4)))

    assert only(failed, "signed_up_already")
    assert len({one.pk for one in done}) == 1
    assert Rsvp.objects.live().count() == 1


def test_a_link_opened_on_eight_phones_takes_one_place(venue):
    ask_to_confirm(venue=venue, name="Visitor", email="visitor@example.jp", language="en", now=NOW)
    rsvp = Rsvp.objects.get()

    done, failed = outcomes(at_once(*[lambda: confirm(rsvp=rsvp, now=NOW)] * 8))

    assert (only(failed, ""), len(done), going(venue)) == (True, 8, 1)
    assert told("event.going") == ["visitor@example.jp"]


def test_people_who_change_places_crosswise_all_keep_one(venue, other):
    ours = [make_rsvp(venue, make_user(f"a{number}@example.jp")) for number in range(PLACES // 2)]
    theirs = [make_rsvp(other, make_user(f"b{number}@example.jp")) for number in range(PLACES // 2)]

    moves = [lambda one=one: change_venue(rsvp=one, venue=other, now=NOW) for one in ours]
    moves += [lambda one=one: change_venue(rsvp=one, venue=venue, now=NOW) for one in theirs]
    _done, failed = outcomes(at_once(*moves))

    assert only(failed, "keeps_place")
    assert Rsvp.objects.going().count() == PLACES
    assert max(going(venue), going(other)) <= PLACES


def test_the_last_place_and_the_guests_of_another(venue):
    make_rsvp(venue, people=PLACES - 2)
    pair = make_rsvp(venue, make_user("pair@example.jp"))

    acts = [
        lambda: change_people(rsvp=pair, people=2, now=NOW),
        signs_up(venue, make_user("late@example.jp"), waits=False),
    ]
    done, failed = outcomes(at_once(*acts))

    assert only(failed, "full")
    assert (len(done), going(venue)) == (1, PLACES)


def test_who_signs_up_while_the_event_is_cancelled_is_told_or_refused(jelly, venue):
    comers = [make_user(f"{number}@example.jp") for number in range(8)]
    cancels = [lambda: announcing.cancel(event=jelly, reason="Snow", now=NOW)]

    _done, failed = outcomes(
        at_once(*(signs_up(venue, one) for one in comers[:4]), *cancels, *(signs_up(venue, one) for one in comers[4:]))
    )

    assert only(failed, "cancelled")
    assert told("event.cancelled") == sorted(Rsvp.objects.values_list("person", flat=True))


def test_fewer_places_wait_for_who_signs_up_and_are_refused(venue):
    make_rsvp(venue, people=PLACES - 1)
    late = make_user("late@example.jp")

    with transaction.atomic():
        locked_venue(venue.pk)
        shrinks = Doing(lambda: taking_part.change_venue(venue=venue, offer=Offer(capacity=PLACES - 1), now=NOW))
        waits_for_a_lock()
        sign_up(venue=venue, user=late, now=NOW)

    refused = shrinks.settle()
    venue.refresh_from_db()
    assert (codes(refused), venue.capacity) == ({"fewer_places"}, PLACES)


def test_the_door_and_the_line_do_not_give_one_place_twice(jelly, venue):
    placed = [make_rsvp(venue, make_user(f"placed{number}@example.jp")) for number in range(PLACES)]
    waits = [make_rsvp(venue, make_user(f"{number}@example.jp"), going_at=None, queued_at=NOW) for number in range(5)]
    soon = jelly.starts_at - timedelta(minutes=1)

    acts = [lambda one=one: leave(rsvp=one, now=soon) for one in placed[:3]]
    acts += [lambda n=n: door.walk_in(venue=venue, name=f"Walk-in {n}", language="ja", now=soon) for n in range(5)]
    _done, failed = outcomes(at_once(*acts))

    assert only(failed, "no_room_at_door")
    assert going(venue) == PLACES
    assert len(waits) - Rsvp.objects.waiting().count() + Rsvp.objects.filter(is_walk_in=True).count() == 3


def test_two_who_change_a_series_with_holds_in_two_houses_wait_for_each_other(here, there):
    first, second = (
        make_event(here, day=NOW.date() + timedelta(days=7)),
        make_event(there, day=NOW.date() + timedelta(days=7)),
    )
    for event, spaces in ((first, (here, there)), (second, (there, here))):
        for space in spaces:
            taking_part.add(
                event=event,
                space=space,
                offer=Offer(capacity=5, resource=space.resources.get(), held_seats=5),
                by=make_user(f"{event.pk}{space.slug}@example.jp", is_superuser=True),
                now=NOW,
            )
        repeat(event=event, rule="FREQ=WEEKLY;COUNT=4", now=NOW)

    later = {"starts_at": first.starts_at + timedelta(hours=1), "ends_at": first.ends_at + timedelta(hours=1)}
    _done, failed = outcomes(
        at_once(*(lambda one=one: change_following(event=one, values=later, now=NOW) for one in (first, second)))
    )

    assert only(failed, "")
    assert {one.starts_at.astimezone(here.zone).hour for one in Event.objects.all()} == {14}


def test_two_workers_write_a_series_ahead_once(here):
    event = make_event(here)
    series = repeat(event=event, rule="FREQ=WEEKLY;COUNT=6", now=NOW)
    Event.objects.filter(series=series).exclude(pk=event.pk).delete()

    _done, failed = outcomes(at_once(*[lambda: extend(series=series, now=NOW)] * 4))

    assert (only(failed, ""), Event.objects.count()) == (True, 6)


def test_writing_a_series_ahead_and_moving_another_event_in_the_same_houses_wait_for_each_other(here, there):
    by = make_user("o@example.jp", is_superuser=True)
    day = NOW.date() + timedelta(days=7)
    weekly, once = make_event(here, day=day), make_event(there, day=day + timedelta(days=3))
    for event, spaces in ((weekly, (there, here)), (once, (here, there))):
        for space in spaces:
            offer = Offer(capacity=5, resource=space.resources.get(), held_seats=5)
            taking_part.add(event=event, space=space, offer=offer, by=by, now=NOW)
    series = repeat(event=weekly, rule="FREQ=WEEKLY;COUNT=8", now=NOW)
    Event.objects.filter(series=series).exclude(pk=weekly.pk).delete()
    later = {"starts_at": once.starts_at + timedelta(hours=1), "ends_at": once.ends_at + timedelta(hours=1)}

    acts = [lambda: extend(series=series, now=NOW), lambda: announcing.change(event=once, values=later, now=NOW)]
    _done, failed = outcomes(at_once(*acts))

    assert (only(failed, ""), Event.objects.filter(series=series).count()) == (True, 8)
