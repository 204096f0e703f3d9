"""One code on two phones, the last free day at two desks, and a membership that ends while its visa is being used.

Each act has a connection of its own.
"""

from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from bookings.models import Booking, VisaRequest
from bookings.revoking import revoke
from bookings.uncovered import end
from bookings.visa_at_desk import admit, turn_away
from spaces.models import Space
from spaces.refusing import codes
from tests.bookings.taking import take
from tests.factories import TUESDAY, at, make_booking, make_visited
from tests.races.connections import Doing, at_once, outcomes, waits_for_a_lock
from visas.models import Showing, Terms, Visa
from visas.showing import new_code, scan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]
NOON = at("12:10")
DAY = timedelta(days=1)


@pytest.fixture
def visa(aiko) -> Visa:
    return Visa.objects.get()


def admits(visa, space: Space, by, **asked):
    """Somebody at a desk looks at a visa, and presses “check in”."""
    showing = Showing.objects.create(visa=visa, shown_to=by, shown_at=NOON)
    return lambda: admit(**{"showing": showing, "space": space, "by": by, "now": NOON, **asked})


def use_days(visa, resource, count):
    user = visa.membership.user
    for number in range(count):
        make_booking(resource, user=user, day=TUESDAY - (number + 1) * DAY, basis="visa", price=0, visa=visa)


def said(errors):
    """The codes of refusals; whatever is no refusal is raised."""
    for error in errors:
        if not isinstance(error, ValidationError):
            raise error
    return [codes(error) for error in errors]


def days_used(visa, space):
    """The free days of a visa at a host, as days of its calendar."""
    drawn = Booking.objects.drawn().filter(visa=visa, price=0, resource__space=space)
    return {space.today(starts_at) for starts_at in drawn.values_list("starts_at", flat=True)}


# One code


@pytest.mark.real_time
def test_code_that_two_desks_open_at_the_same_moment_shows_the_visa_to_one(visa, sam, dai):
    for _ in range(5):
        asked = {"code": new_code(visa), "now": NOON}

        seen, errors = outcomes(at_once(*(partial(scan, by=by, **asked) for by in (sam, dai))))

        assert (len(seen), said(errors)) == (1, [{"code_used"}])
    assert Showing.objects.count() == 5


# Two desks


@pytest.mark.parametrize("attempt", range(3))
def test_last_free_day_at_two_desks_of_one_host_is_one_booking(visa, dai, dorinoki, attempt):
    use_days(visa, dorinoki.open_seats, 2)

    booked, errors = outcomes(at_once(*(admits(visa, dorinoki.space, dai) for _ in range(4))))

    assert said(errors) == []
    assert len({booking.pk for booking in booked}) == 1
    assert len(days_used(visa, dorinoki.space)) == 3
    assert Booking.objects.filter(checked_in_at__isnull=False).count() == 1


def test_last_free_day_that_is_booked_from_home_while_the_desk_takes_it(visa, aiko, dai, dorinoki):
    use_days(visa, dorinoki.open_seats, 2)

    def from_home():
        return take(aiko, dorinoki.open_seats, "11:00", "13:00", day=TUESDAY + DAY)

    booked, errors = outcomes(at_once(from_home, admits(visa, dorinoki.space, dai)))

    assert (len(booked), said(errors)) == (1, [{"visa_days_used"}])
    assert len(days_used(visa, dorinoki.space)) == 3


def test_two_hosts_let_one_person_in_at_once_and_one_seat_is_held(visa, sam, dai, koharubiyori, dorinoki):
    for _ in range(4):
        booked, errors = outcomes(at_once(admits(visa, koharubiyori.space, sam), admits(visa, dorinoki.space, dai)))

        assert (len(booked), said(errors)) == (1, [{"visitor_elsewhere"}])
        assert Booking.objects.live().count() == 1
        Booking.objects.all().delete()


def test_price_that_one_desk_agreed_to_is_paid_once(visa, sam, koharubiyori):
    Terms.objects.create(space=koharubiyori.space, percent_off=25)
    make_visited(visa.membership.user, koharubiyori.space)
    use_days(visa, koharubiyori.open_seats, 3)

    both = (admits(visa, koharubiyori.space, sam, agreed_price=600) for _ in range(2))
    booked, errors = outcomes(at_once(*both))

    assert said(errors) == []
    assert {(booking.pk, booking.price) for booking in booked} == {(booked[0].pk, 600)}


def test_who_is_let_in_and_turned_away_at_once_is_either(visa, dai, dorinoki):
    showing = Showing.objects.create(visa=visa, shown_to=dai, shown_at=NOON)
    asked = {"showing": showing, "space": dorinoki.space, "by": dai, "now": NOON}

    _done, errors = outcomes(at_once(lambda: admit(**asked), lambda: turn_away(reason="Full.", **asked)))

    assert said(errors) in ([], [{"visit_is_booked"}])
    assert Booking.objects.count() == 1
    assert not VisaRequest.objects.filter(answer="refused").exists()


def test_one_visit_is_turned_away_once_by_two_presses(visa, dai, dorinoki):
    showing = Showing.objects.create(visa=visa, shown_to=dai, shown_at=NOON)
    asked = {"showing": showing, "space": dorinoki.space, "by": dai, "reason": "Full.", "now": NOON}

    done, errors = outcomes(at_once(*(lambda: turn_away(**asked) for _ in range(2))))

    assert (len(done), said(errors)) == (1, [{"turned_away"}])


def test_last_seat_is_given_once(visa, dai, dorinoki, ben):
    seats = dorinoki.open_seats
    make_booking(seats, starts="12:30", ends="23:00", seats=seats.capacity - 1)

    def another():
        return make_booking(seats, starts="12:30", ends="23:00", user=ben)

    doing = at_once(another, admits(visa, dorinoki.space, dai))

    assert [one.error is None for one in doing].count(True) == 1
    if doing[1].error:
        assert said([doing[1].error]) == [{"full"}]


# Meanwhile


def taken_away(visa, by, what):
    """The visa is revoked, or its membership ends with this day."""
    if what == "is_revoked":
        return lambda: revoke(visa=visa, by=by, reason="Lent to a friend.", now=NOON)
    return lambda: end(membership=visa.membership, last=TUESDAY, by=by, by_operator=True, now=NOON)


@pytest.mark.parametrize(("what", "code"), [("ends", "visa_ended"), ("is_revoked", "visa_revoked")])
def test_visa_that_is_taken_away_while_the_desk_lets_in(visa, dai, dorinoki, what, code):
    desk = admits(visa, dorinoki.space, dai)
    with transaction.atomic():
        taken_away(visa, dai, what)()
        waiting = Doing(desk)
        waits_for_a_lock()

    assert said([waiting.settle()]) == [{code}]
    assert not Booking.objects.exists()


@pytest.mark.parametrize("what", ["ends", "is_revoked"])
def test_visitor_who_is_let_in_while_the_visa_is_taken_away_stays_in(visa, dai, dorinoki, what):
    with transaction.atomic():
        booking = admits(visa, dorinoki.space, dai)()
        away = Doing(taken_away(visa, dai, what))
        waits_for_a_lock()

    away.result()
    booking.refresh_from_db()
    assert booking.is_live
    assert booking.checked_in_at == NOON
