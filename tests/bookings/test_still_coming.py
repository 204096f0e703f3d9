"""Keeping a seat and freeing it by a reminder's buttons: what each notes, and when neither passes any more."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from bookings.attendance import check_in, miss
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.coming_links import Asked, asked_of, coming_token
from bookings.models import FirstVisit
from bookings.moving import move
from bookings.redeeming import change_visit
from bookings.still_coming import free, keep, state_of
from notices.models import Notice
from spaces.refusing import codes
from tests.factories import at, make_booking, make_visited, span
from tests.pages.tickets import held_ticket

THURSDAY = date(2026, 11, 26)
EVENING = at("17:05", date(2026, 11, 25))
LATE = at("09:30", THURSDAY)
"""An hour and a half before the start: cancelling is free until two hours before."""


@pytest.fixture
def booking(koharubiyori, ben, now):
    return book(
        user=make_visited(ben, koharubiyori.space),
        space=koharubiyori.space,
        resource_id=koharubiyori.open_seats.pk,
        span=span("11:00", "13:00", THURSDAY),
        seats=2,
        now=now,
    )


@pytest.fixture
def asked(booking):
    return Asked(booking, booking.sequence)


def refused(act, **given) -> set[str]:
    with pytest.raises(ValidationError) as error:
        act(**given)
    return codes(error.value)


def test_keeping_notes_the_moment_once(booking, asked):
    keep(asked=asked, now=EVENING)
    keep(asked=asked, now=at("20:00", date(2026, 11, 25)))

    booking.refresh_from_db()
    assert (booking.coming_at, booking.sequence, booking.is_live) == (EVENING, 0, True)
    assert not Notice.objects.filter(kind="booking.changed").exists()


def test_freeing_in_time_cancels_as_the_person_does_and_costs_nothing(booking, asked):
    free(asked=asked, knows_it_is_late=False, now=EVENING)

    booking.refresh_from_db()
    assert (booking.cancelled_by, booking.cancelled_late, booking.cancellation_fee) == ("person", False, 0)
    assert booking.cancelled_at == EVENING
    assert [notice.recipient for notice in Notice.objects.filter(kind="booking.cancelled")] == ["ben@example.com"]


def test_freeing_twice_cancels_once(booking, asked):
    free(asked=asked, knows_it_is_late=False, now=EVENING)

    free(asked=asked, knows_it_is_late=False, now=LATE)

    booking.refresh_from_db()
    assert (booking.cancelled_at, booking.cancellation_fee, booking.sequence) == (EVENING, 0, 1)


def test_freeing_late_needs_that_the_page_had_told_what_it_loses(booking, asked):
    assert refused(free, asked=asked, knows_it_is_late=False, now=LATE) == {"late_meanwhile"}
    booking.refresh_from_db()
    assert booking.is_live

    free(asked=asked, knows_it_is_late=True, now=LATE)

    booking.refresh_from_db()
    assert (booking.cancelled_late, booking.cancellation_fee) == (True, booking.price)


def test_first_visit_that_is_freed_in_time_is_given_back(koharubiyori, chie, now):
    koharubiyori.space.plans.filter(kind="drop_in").update(first_visit_free=True)
    first = book(
        user=chie,
        space=koharubiyori.space,
        resource_id=koharubiyori.open_seats.pk,
        span=span("11:00", "13:00", THURSDAY),
        now=now,
    )
    uses = FirstVisit.objects.filter(booking=first)
    had_one = uses.exists()

    free(asked=Asked(first, 0), knows_it_is_late=False, now=EVENING)

    assert had_one == (first.basis == "first_visit")
    assert not uses.exists()


def test_moved_booking_answers_to_no_link_of_before_and_forgets_what_was_said(booking, asked, koharubiyori, now):
    keep(asked=asked, now=now)
    seats = koharubiyori.open_seats.pk
    move(booking=booking, resource_id=seats, span=span("14:00", "16:00", THURSDAY), seats=2, now=now)

    booking.refresh_from_db()
    assert booking.coming_at is None
    assert refused(keep, asked=asked, now=EVENING) == {"changed_meanwhile"}
    assert refused(free, asked=asked, knows_it_is_late=False, now=EVENING) == {"changed_meanwhile"}
    assert state_of(Asked(booking, 0), now=EVENING) == "changed"
    assert state_of(Asked(booking, 1), now=EVENING) == "open"


def test_visit_by_ticket_that_is_taken_to_another_day_forgets_what_was_said(koharubiyori, now):
    _ticket, visit = held_ticket(koharubiyori.space)
    keep(asked=Asked(visit, 0), now=now)

    change_visit(booking=visit, space=koharubiyori.space, day=THURSDAY, now=now)

    visit.refresh_from_db()
    assert visit.coming_at is None


@pytest.mark.parametrize(
    ("happens", "moment", "state"),
    [
        (lambda one: cancel(booking=one, by="space", now=EVENING), EVENING, "cancelled"),
        (lambda one: check_in(booking=one, now=at("10:55", THURSDAY)), at("10:56", THURSDAY), "here"),
        (lambda one: None, at("11:00", THURSDAY), "begun"),
        (lambda one: miss(booking=one, now=at("11:30", THURSDAY)), at("11:31", THURSDAY), "begun"),
        (lambda one: None, at("13:00", THURSDAY), "over"),
    ],
    ids=["cancelled by the space", "checked in", "begun", "missed", "over"],
)
def test_nothing_is_kept_or_freed_any_more(booking, asked, happens, moment, state):
    happens(booking)
    booking.refresh_from_db()
    before = (booking.is_live, booking.cancelled_by)

    assert state_of(Asked(booking, 0), now=moment) == state
    assert refused(keep, asked=asked, now=moment)
    assert refused(free, asked=asked, knows_it_is_late=True, now=moment)
    booking.refresh_from_db()
    assert (booking.is_live, booking.cancelled_by, booking.coming_at) == (*before, None)


def test_link_opens_its_own_booking_alone(booking, koharubiyori, chie):
    other = make_booking(koharubiyori.open_seats, day=THURSDAY, user=chie)
    pk, rest = coming_token(booking).split("-", 1)

    assert asked_of(coming_token(booking)) == Asked(booking, 0)
    assert asked_of(f"{other.pk}-{rest}") is None
    assert asked_of(coming_token(booking)[:-1]) is None
    for hostile in ("", "x", "\x00", "1-0-x", f"{'9' * 400}-0.x", "１-0.é"):
        assert asked_of(hostile) is None
    assert pk == str(booking.pk)


def test_link_opens_nothing_once_the_booking_is_nobody_s_or_another_address_s(booking):
    token = coming_token(booking)
    booking.person = "ben@elsewhere.example.com"
    booking.save()
    assert asked_of(token) is None

    booking.person = None
    booking.save()
    assert asked_of(coming_token(booking)) is None


def test_link_of_a_visit_opens_nothing_once_the_links_of_its_ticket_are_renewed(koharubiyori):
    ticket, visit = held_ticket(koharubiyori.space)
    token = coming_token(visit)
    assert asked_of(token)

    ticket.link_version += 1
    ticket.save()

    assert asked_of(token) is None


def test_what_an_event_holds_is_nobody_s_to_answer_for(koharubiyori):
    hold = make_booking(koharubiyori.open_seats, day=THURSDAY, basis="hold", price=0, name="Jelly")

    assert asked_of(coming_token(hold)) is None
