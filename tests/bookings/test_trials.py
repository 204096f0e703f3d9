"""After a visit on trial: thanks the day after, a word a month later; to whom, when, and to whom not."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from bookings.attendance import check_in, miss, undo
from bookings.forgetting import forget_visitors
from bookings.models import Booking
from bookings.trial_notices import AFTER_TRIAL, tell_after_trials
from bookings.trials import Word, due_at
from members.erasing import forget
from notices.choosing import turn_off
from notices.delivery import deliver_due
from notices.models import Notice
from spaces.models import Space
from tests.factories import TUESDAY, at, make_booking, make_membership, make_plan, make_resource, make_space, make_user
from tests.properties import examples, undone
from tests.visas.acts import make_campaign, make_ticket, visit

DAY = timedelta(days=1)
NEXT_DAY, MONTH_LATER = date(2026, 11, 25), date(2026, 12, 24)
THANKS, AGAIN = ("guest@example.jp", "thanks"), ("guest@example.jp", "again")


@pytest.fixture
def space(db):
    return make_space("here", address="北海道札幌市1-2-3")


@pytest.fixture
def seats(space):
    return make_resource(space)


@pytest.fixture
def came(space, seats):
    """A visit by ticket on Tuesday, of a guest without an account who was checked in."""
    return by_ticket(space)


def by_ticket(*spaces, day=TUESDAY, **fields):
    ticket = make_ticket(make_campaign(*spaces, visits_in_all=3, visits_at_each=2))
    return checked_in(visit(ticket, spaces[0], day=day, **fields))


def checked_in(booking):
    return check_in(booking=booking, now=booking.starts_at)


def first_visit(seats, **fields):
    fields = {"user": make_user("guest@example.jp"), "checked_in_at": at("11:05"), **fields}
    return make_booking(seats, basis="first_visit", price=0, **fields)


def told(*moments):
    """Who was written to, and what, by tasks that ran at some moments."""
    for moment in moments:
        tell_after_trials(now=moment)
    return list(Notice.objects.filter(kind=AFTER_TRIAL).order_by("pk").values_list("recipient", "facts__word"))


def settled(moment):
    with time_machine.travel(moment):
        deliver_due(until=moment + timedelta(minutes=5))
    return Notice.objects.filter(kind=AFTER_TRIAL).latest("pk").state


def test_who_came_is_thanked_at_ten_the_day_after_and_written_to_a_month_later_each_once(came):
    assert told(at("21:00"), at("09:59", NEXT_DAY)) == []
    assert told(at("10:00", NEXT_DAY), at("11:00", NEXT_DAY), at("10:00", NEXT_DAY + DAY)) == [THANKS]
    assert told(at("09:59", MONTH_LATER)) == [THANKS]
    assert told(at("10:00", MONTH_LATER), at("10:00", MONTH_LATER + DAY)) == [THANKS, AGAIN]
    assert settled(at("10:05", MONTH_LATER)) == "sent"


@pytest.mark.parametrize(
    ("word", "day", "late"), [("thanks", NEXT_DAY, timedelta(days=3)), ("again", MONTH_LATER, timedelta(days=7))]
)
def test_after_days_without_a_task_it_is_still_written_and_in_the_end_not(came, word, day, late):
    last = at("09:59", day) + late
    with undone():
        assert told(last) == [("guest@example.jp", word)]
        assert settled(last) == "sent"
    assert told(at("10:00", day) + late) == []


def test_what_was_found_and_waited_too_long_is_dropped(came):
    told(at("10:00", NEXT_DAY))

    assert settled(at("10:00", NEXT_DAY + 3 * DAY)) == "dropped"


def test_a_check_in_that_is_noted_late_counts(space, seats):
    booking = visit(make_ticket(make_campaign(space)), space)
    assert told(at("10:00", NEXT_DAY)) == []
    Booking.objects.filter(pk=booking.pk).update(checked_in_at=booking.starts_at)

    assert told(at("15:00", NEXT_DAY)) == [THANKS]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("check-in taken back", lambda one: undo(booking=one, now=at("10:01", NEXT_DAY))),
        ("missed", lambda one: miss(booking=undo(booking=one, now=at("10:01", NEXT_DAY)), now=at("10:01", NEXT_DAY))),
        ("has joined", lambda one: joins(one, status="active")),
        ("has applied", lambda one: joins(one, status="applied")),
        ("space has no address", lambda one: Space.objects.update(address="")),
        ("space has left", lambda one: Space.objects.update(left_on=TUESDAY)),
    ],
)
def test_who_did_not_come_or_is_a_member_by_now_is_not_written_to(came, name, change):
    told(at("10:00", NEXT_DAY))
    change(came)
    assert settled(at("10:05", NEXT_DAY)) == "dropped"

    Notice.objects.all().delete()
    assert told(at("11:00", NEXT_DAY), at("10:00", MONTH_LATER)) == []


def joins(booking, space=None, **fields):
    plan = make_plan(space or booking.resource.space, kind="monthly")
    return make_membership(make_user("guest@example.jp"), plan, **fields)


def test_a_member_who_had_another_address_at_the_visit_is_not_written_to(came):
    person = make_user("new@example.jp")
    Booking.objects.update(user=person)
    make_membership(person, make_plan(came.resource.space, kind="monthly"))

    assert told(at("10:00", NEXT_DAY)) == []


def test_who_was_a_member_once_is_written_to(came):
    joins(came, status="ended")

    assert told(at("10:00", NEXT_DAY)) == [THANKS]


def test_a_first_visit_is_a_trial_of_who_is_a_member_nowhere(seats):
    booking = first_visit(seats)
    with undone():
        assert told(at("10:00", NEXT_DAY), at("10:00", MONTH_LATER)) == [THANKS, AGAIN]
    elsewhere = make_space("elsewhere")
    make_membership(booking.user, make_plan(elsewhere, kind="monthly"))

    assert told(at("10:00", NEXT_DAY), at("10:00", MONTH_LATER)) == []


def test_a_visit_by_ticket_is_a_trial_also_of_a_member_elsewhere(came):
    joins(came, make_space("elsewhere"))

    assert told(at("10:00", NEXT_DAY)) == [THANKS]


@pytest.mark.parametrize("basis", ["drop_in", "plan", "room", "hold"])
def test_other_visits_are_no_trials(seats, basis):
    first_visit(seats)
    Booking.objects.update(basis=basis)

    assert told(at("10:00", NEXT_DAY), at("10:00", MONTH_LATER)) == []


def test_who_is_not_known_or_has_closed_the_account_is_not_written_to(seats):
    make_booking(seats, basis="first_visit", price=0, name="通りがかり", checked_in_at=at("11:05"))
    gone = first_visit(seats)
    type(gone.user).objects.update(is_active=False)

    assert told(at("10:00", NEXT_DAY), at("10:00", MONTH_LATER)) == []


def test_a_guest_is_written_to_in_the_language_of_the_ticket_and_a_person_in_that_of_the_account(space, seats):
    guest = by_ticket(space, email="guest@example.jp", language="en")
    person = by_ticket(space, email="old@example.jp", language="ja")
    Booking.objects.filter(pk=person.pk).update(user=make_user("person@example.jp", language="en"))
    tell_after_trials(now=at("10:00", NEXT_DAY))

    rows = Notice.objects.filter(kind=AFTER_TRIAL).values_list("subject_key", "recipient", "language")
    assert set(rows) == {
        (f"booking:{guest.pk}", "guest@example.jp", "en"),
        (f"booking:{person.pk}", "person@example.jp", "en"),
    }


def test_thanks_go_out_once_for_a_ticket_and_space_and_at_each_space(space, seats):
    there = make_space("there", address="北海道旭川市1")
    make_resource(there)
    first = by_ticket(space, there)
    checked_in(visit(first.ticket, space, day=NEXT_DAY))
    checked_in(visit(first.ticket, there, day=NEXT_DAY + DAY))

    told(*[at("10:00", TUESDAY + away * DAY) for away in range(1, 5)])

    slugs = list(Notice.objects.filter(kind=AFTER_TRIAL).order_by("pk").values_list("space_slug", flat=True))
    assert slugs == ["here", "there"]


@pytest.mark.parametrize(
    ("name", "again"),
    [
        ("came again by ticket", lambda one: visit(one.ticket, one.resource.space, day=date(2026, 12, 3))),
        ("took a room", lambda one: later(one, day=date(2026, 12, 23), basis="room")),
        ("comes tomorrow", lambda one: later(one, day=MONTH_LATER + DAY)),
        ("with an account by now", lambda one: later(one, user=make_user("guest@example.jp"))),
    ],
)
def test_who_has_come_again_or_is_about_to_is_not_asked_back(came, name, again):
    told(at("10:00", MONTH_LATER))
    again(came)
    assert settled(at("10:05", MONTH_LATER)) == "dropped"

    Notice.objects.all().delete()
    assert told(at("11:00", MONTH_LATER)) == []


def later(booking, day=date(2026, 12, 3), **fields):
    return make_booking(booking.resource, day=day, **{"person": "guest@example.jp", **fields})


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("somebody else", lambda one: later(one, person="other@example.jp")),
        ("cancelled", lambda one: later(one, cancelled_at=at("09:00"), cancelled_by="person")),
        ("missed", lambda one: later(one, missed_at=at("13:00", date(2026, 12, 3)))),
        ("elsewhere", lambda one: make_booking(make_resource(make_space()), day=NEXT_DAY, person="guest@example.jp")),
        ("before", lambda one: later(one, day=date(2026, 11, 3))),
    ],
)
def test_what_is_no_return_to_the_space_does_not_count_as_one(came, name, other):
    other(came)

    assert told(at("10:00", MONTH_LATER)) == [AGAIN]


def test_a_month_counts_from_the_last_trial_visit(came, space):
    checked_in(visit(came.ticket, space, day=date(2026, 12, 10), now=at("09:00", date(2026, 12, 9))))

    assert told(at("10:00", MONTH_LATER)) == []
    assert told(at("10:00", date(2027, 1, 9))) == [AGAIN]


def test_a_person_is_asked_back_to_a_space_once_ever(came, space):
    told(at("10:00", MONTH_LATER))
    spring = date(2027, 3, 2)
    campaign = make_campaign(space, ends_on=date(2027, 12, 31))
    checked_in(visit(make_ticket(campaign), space, day=spring, now=at("09:00", spring)))

    assert told(at("10:00", spring + DAY), at("10:00", spring + 30 * DAY)) == [AGAIN, THANKS]


def test_who_has_refused_one_of_the_letters_gets_neither(came):
    told(at("10:00", NEXT_DAY))
    turn_off("guest@example.jp", [AFTER_TRIAL], now=at("10:01", NEXT_DAY))
    assert settled(at("10:05", NEXT_DAY)) == "dropped"

    told(at("10:00", MONTH_LATER))
    assert settled(at("10:05", MONTH_LATER)) == "dropped"


def test_nobody_is_woken(came):
    told(at("22:00", NEXT_DAY))

    assert settled(at("22:05", NEXT_DAY)) == "waiting"
    assert settled(at("07:00", NEXT_DAY + DAY)) == "sent"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "visited", "before", "first"),
    [
        ("Pacific/Kiritimati", "2026-11-24 08:00", "2026-11-24 19:59", "2026-11-24 20:00"),
        ("Pacific/Pago_Pago", "2026-11-24 22:00", "2026-11-25 20:59", "2026-11-25 21:00"),
        # The clocks go back on 1 November 2026, and forward on 14 March 2027.
        ("America/New_York", "2026-10-31 15:00", "2026-11-01 14:59", "2026-11-01 15:00"),
        ("America/New_York", "2027-03-13 15:00", "2027-03-14 13:59", "2027-03-14 14:00"),
        # Late in the evening of the last of February of a leap year.
        ("Asia/Tokyo", "2028-02-29 14:30", "2028-03-01 00:59", "2028-03-01 01:00"),
    ],
)
def test_ten_in_the_morning_is_that_of_the_space(zone, visited, before, first):
    space = make_space(timezone=zone, address="1 Main Street")
    visited, before, first = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (visited, before, first))
    ticket = make_ticket(make_campaign(space))
    Booking.objects.create(
        resource=make_resource(space),
        starts_at=visited,
        ends_at=visited + timedelta(hours=1),
        person="guest@example.jp",
        basis="ticket",
        ticket=ticket,
        price=0,
        checked_in_at=visited,
    )

    assert told(before) == []
    assert told(first) == [THANKS]


@given(
    st.sampled_from(["Pacific/Kiritimati", "Asia/Tokyo", "Europe/Berlin", "America/New_York", "Pacific/Pago_Pago"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - given a zone
    st.sampled_from(list(Word)),
    st.floats(0, 0.9999),
)
@examples(60)
@pytest.mark.django_db
def test_what_is_due_is_found_from_that_moment_on_until_it_is_too_late(zone, visited, word, part):
    with undone():
        space = make_space(timezone=zone, address="1 Main Street")
        seats = make_resource(space)
        booking = first_visit(seats, checked_in_at=visited)
        Booking.objects.update(starts_at=visited, ends_at=visited + timedelta(hours=1))
        booking.starts_at = visited
        due = due_at(word, booking)
        for moment, is_found in (
            (due - timedelta(seconds=1), False),
            (due + part * word.late_by, True),
            (due + word.late_by, False),
        ):
            with undone():
                assert ((("guest@example.jp", word.value)) in told(moment)) == is_found


def test_finding_costs_as_many_queries_for_many_visits_as_for_few(space, seats, came):
    def queries():
        with CaptureQueriesContext(connection) as context:
            tell_after_trials(now=at("10:00", NEXT_DAY))
        return len(context)

    few = queries()
    for number in range(3):
        by_ticket(space, email=f"guest{number}@example.jp")

    assert (few, queries()) == (3, 3)
    assert Notice.objects.filter(kind=AFTER_TRIAL).count() == 4


@pytest.mark.parametrize("way", ["a year later", "with the account"])
def test_what_was_written_is_forgotten_with_the_visitor(came, way):
    told(at("10:00", NEXT_DAY), at("10:00", MONTH_LATER))
    if way == "a year later":
        forget_visitors(now=at("12:00", date(2027, 11, 26)))
    else:
        forget(make_user("guest@example.jp"))

    assert not Notice.objects.exists()
