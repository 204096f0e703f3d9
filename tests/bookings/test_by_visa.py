"""Booking at another space by Coworking VISA: what it costs, by which rule, and why it is refused."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from billing.models import Charge
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.moving import move
from bookings.uncovered import change_plan, end, pause
from spaces.refusing import codes
from tests.bookings.taking import quoted, refused, take
from tests.factories import TUESDAY, at, make_booking, make_membership, make_plan, make_visited, span
from visas.models import Terms, Visa
from visas.offering import write_terms

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def dorinoki_seats(dorinoki):
    return dorinoki.open_seats


def terms(space, **fields):
    return Terms.objects.create(space=space, **fields)


def days_from(first, count):
    return [first + n * DAY for n in range(count)]


def test_free_day_is_taken_by_itself_and_says_what_is_left(aiko, koharubiyori):
    seats = koharubiyori.open_seats

    booking = take(aiko, seats, "11:00", "21:00")

    assert (booking.basis, booking.price, booking.visa) == ("visa", 0, Visa.objects.get())
    assert booking.membership is None
    found = quoted(aiko, seats, "11:00", "21:00", day=TUESDAY + DAY)
    assert found.best.reason == (
        "By your Coworking VISA of Garage labs. After it, 1 of 3 free days are left here in November 2026."
    )
    assert [rule.price for rule in found.others] == [800]


def test_space_that_sells_no_drop_in_takes_visas(aiko, dorinoki_seats):
    assert take(aiko, dorinoki_seats, "11:00", "20:00").basis == "visa"


def test_fourth_day_costs_the_drop_in_where_one_is_sold(aiko, koharubiyori):
    for day in days_from(TUESDAY, 3):
        take(aiko, koharubiyori.open_seats, "11:00", "21:00", day=day)

    found = quoted(aiko, koharubiyori.open_seats, "11:00", "18:00", day=TUESDAY + 4 * DAY)

    assert (found.price, found.best.basis) == (800, "drop_in")
    assert found.tips == ("Koharubiyori gives 3 days a month by Coworking VISA, and those of November 2026 are used.",)


def test_fourth_day_is_refused_with_that_reason_where_no_drop_in_is_sold(aiko, dorinoki_seats):
    for day in days_from(TUESDAY, 3):
        take(aiko, dorinoki_seats, day=day)

    assert refused(aiko, dorinoki_seats, day=TUESDAY + 3 * DAY) == {"visa_days_used"}


def test_next_month_has_its_own_days(aiko, dorinoki_seats):
    for day in days_from(date(2026, 11, 28), 3):
        take(aiko, dorinoki_seats, day=day)

    assert take(aiko, dorinoki_seats, day=date(2026, 12, 1)).price == 0


def test_each_host_gives_its_own_days(aiko, dorinoki_seats, koharubiyori):
    for day in days_from(TUESDAY, 3):
        take(aiko, dorinoki_seats, "11:00", "13:00", day=day)

    assert take(aiko, koharubiyori.open_seats, "14:00", "18:00").basis == "visa"


def test_several_bookings_on_one_day_are_one_day(aiko, dorinoki_seats):
    for starts, ends in (("09:30", "10:00"), ("11:00", "12:00"), ("13:00", "14:00"), ("15:00", "16:00")):
        take(aiko, dorinoki_seats, starts, ends)

    found = quoted(aiko, dorinoki_seats, day=TUESDAY + DAY)

    assert "After it, 1 of 3" in found.best.reason


def test_day_that_is_used_is_used_once_though_the_host_gives_fewer_by_now(aiko, dorinoki, dorinoki_seats):
    terms(dorinoki.space, days_free=5)
    for day in days_from(TUESDAY, 5):
        take(aiko, dorinoki_seats, day=day)
    write_terms(space=dorinoki.space, by=None, now=at("09:00"), days_free=3)

    assert take(aiko, dorinoki_seats, "14:00", "15:00").price == 0
    assert refused(aiko, dorinoki_seats, day=TUESDAY + 5 * DAY) == {"visa_days_used"}


def test_percentage_comes_off_after_the_free_days(aiko, koharubiyori):
    terms(koharubiyori.space, percent_off=25)
    for day in days_from(TUESDAY, 3):
        take(aiko, koharubiyori.open_seats, "11:00", "21:00", day=day)

    booking = take(aiko, koharubiyori.open_seats, "11:00", "18:00", day=TUESDAY + 4 * DAY)

    assert (booking.basis, booking.price, booking.visa) == ("visa", 600, Visa.objects.get())
    assert Charge.objects.get().yen == 600


def test_at_home_it_gives_nothing(ben, koharubiyori):
    make_membership(ben, koharubiyori.space.plans.get(kind="free_pass"))
    Booking.objects.all().delete()

    found = quoted(ben, koharubiyori.open_seats)

    assert "visa" not in {found.best.basis, *(rule.basis for rule in found.others)}


def test_member_of_both_spaces_uses_no_visa_at_either(aiko, koharubiyori):
    make_membership(aiko, koharubiyori.space.plans.get(kind="free_pass"))

    assert take(aiko, koharubiyori.open_seats).basis == "plan"
    assert quoted(aiko, koharubiyori.open_seats, "14:00", "16:00", seats=1).others[0].basis != "visa"


def test_visa_is_for_one_seat_and_not_for_a_room(aiko, koharubiyori):
    assert quoted(aiko, koharubiyori.open_seats, seats=2).best.basis == "drop_in"
    assert quoted(aiko, koharubiyori.rooms[0]).best.basis == "room"


@pytest.mark.parametrize(
    ("fields", "times", "code"),
    [
        ({"opens": time(13), "closes": time(18)}, ("11:00", "14:00"), "visa_hours"),
        ({"opens": time(10), "closes": time(18)}, ("17:00", "19:00"), "visa_hours"),
        ({"notice_hours": 24}, ("11:00", "13:00"), "visa_notice"),
        ({"not_from_nearby": True}, ("11:00", "13:00"), "visa_nearby"),
        ({"months_of_membership": 12}, ("11:00", "13:00"), "visa_too_new"),
    ],
)
def test_what_a_host_wishes_is_asked_for(aiko, dorinoki, fields, times, code):
    terms(dorinoki.space, **fields)

    assert refused(aiko, dorinoki.open_seats, *times) == {code}
    waived = book(
        user=aiko,
        space=dorinoki.space,
        resource_id=dorinoki.open_seats.pk,
        span=span(*times),
        waived=True,
        now=at("09:00"),
    )
    assert waived.basis == "visa"


def test_second_day_of_a_week_is_refused_and_the_next_monday_is_not(aiko, dorinoki):
    terms(dorinoki.space, once_a_week=True)
    take(aiko, dorinoki.open_seats, "11:00", "12:00")

    assert take(aiko, dorinoki.open_seats, "14:00", "15:00").basis == "visa"
    assert refused(aiko, dorinoki.open_seats, day=TUESDAY + 5 * DAY) == {"visa_twice_a_week"}
    assert take(aiko, dorinoki.open_seats, day=TUESDAY + 6 * DAY).basis == "visa"


def test_within_hours_notice_and_months_it_is_taken(aiko, koharubiyori):
    terms(
        koharubiyori.space,
        opens=time(11),
        closes=time(18),
        notice_hours=2,
        not_from_nearby=True,
        months_of_membership=10,
    )

    assert take(aiko, koharubiyori.open_seats, "11:00", "18:00").basis == "visa"


def test_free_drop_in_takes_no_day(aiko, koharubiyori):
    koharubiyori.space.plans.filter(kind="drop_in").update(price=0)

    assert quoted(aiko, koharubiyori.open_seats, "11:00", "20:00").best.basis == "drop_in"


def test_first_visit_is_taken_before_a_day_of_the_visa(aiko, koharubiyori):
    """Who has come once by visa would have no first visit any more."""
    seats = koharubiyori.open_seats
    found = quoted(aiko, seats, "11:00", "13:00")
    assert [found.best.basis, found.others[0].basis] == ["first_visit", "visa"]

    make_visited(aiko, koharubiyori.space)

    assert quoted(aiko, seats, "11:00", "13:00").best.basis == "visa"


def test_membership_at_the_host_that_does_not_run_on_the_day_leaves_the_visa_good(aiko, dorinoki):
    seats = dorinoki.open_seats
    flex = dorinoki.space.plans.get(kind="monthly")
    make_membership(aiko, flex, starts_on=date(2026, 12, 10))

    assert take(aiko, seats, day=TUESDAY + DAY).basis == "visa"
    assert quoted(aiko, seats, day=date(2026, 12, 10)).best.basis == "plan"
    aiko.memberships.filter(space=dorinoki.space).update(starts_on=date(2026, 1, 1), ends_on=TUESDAY)
    assert quoted(aiko, seats, day=date(2026, 11, 26)).best.basis == "visa"


def test_no_membership_at_the_host_lets_a_visa_in_by_raw_rows(aiko, dorinoki):
    visa = Visa.objects.get()
    make_membership(aiko, dorinoki.space.plans.get(kind="monthly"))

    with pytest.raises(IntegrityError, match="is for other spaces"), transaction.atomic():
        make_booking(dorinoki.open_seats, user=aiko, basis="visa", price=0, visa=visa)


@pytest.mark.parametrize(("late", "left"), [(False, "2 of 3"), (True, "1 of 3")])
def test_day_comes_back_when_it_is_cancelled_in_time(aiko, dorinoki_seats, late, left):
    booking = take(aiko, dorinoki_seats)

    cancel(booking=booking, by="person", now=at("10:30" if late else "09:00"))

    assert f"After it, {left}" in quoted(aiko, dorinoki_seats, day=TUESDAY + DAY).best.reason


def test_space_that_cancels_gives_the_day_back_always(aiko, dorinoki_seats):
    booking = take(aiko, dorinoki_seats)

    cancel(booking=booking, by="space", now=at("10:59"))

    assert "After it, 2 of 3" in quoted(aiko, dorinoki_seats, day=TUESDAY + DAY).best.reason


def test_who_does_not_come_has_used_the_day(aiko, dorinoki_seats):
    make_booking(dorinoki_seats, user=aiko, basis="visa", price=0, visa=Visa.objects.get(), missed_at=at("12:00"))

    assert "After it, 1 of 3" in quoted(aiko, dorinoki_seats, day=TUESDAY + DAY).best.reason


def test_visit_moves_within_the_month_and_to_the_next(aiko, dorinoki_seats):
    bookings = [take(aiko, dorinoki_seats, day=day) for day in days_from(TUESDAY, 3)]
    asked = {"booking": bookings[0], "resource_id": dorinoki_seats.pk, "seats": 1, "now": at("09:00")}

    assert move(span=span("11:00", "13:00", TUESDAY + 5 * DAY), **asked).basis == "visa"
    assert move(span=span("11:00", "13:00", date(2026, 12, 3)), **asked).basis == "visa"
    assert take(aiko, dorinoki_seats, day=TUESDAY + 6 * DAY).basis == "visa"
    with pytest.raises(ValidationError) as caught:
        move(span=span("11:00", "13:00", TUESDAY + 4 * DAY), **asked)
    assert codes(caught.value) == {"visa_days_used"}


def test_operator_moves_a_visit_against_what_the_host_wishes_and_its_holder_does_not(aiko, dorinoki, dorinoki_seats):
    terms(dorinoki.space, opens=time(11), closes=time(15))
    booking = take(aiko, dorinoki_seats)
    asked = {"booking": booking, "resource_id": dorinoki_seats.pk, "seats": 1, "now": at("08:00")}

    assert move(span=span("16:00", "18:00"), by_operator=True, **asked).basis == "visa"
    with pytest.raises(ValidationError) as caught:
        move(span=span("17:00", "19:00"), **asked)
    assert codes(caught.value) == {"visa_hours"}


def test_ending_a_membership_cancels_visits_after_it(aiko, dorinoki_seats):
    near, far = take(aiko, dorinoki_seats, day=TUESDAY + DAY), take(aiko, dorinoki_seats, day=date(2026, 12, 3))
    membership = aiko.memberships.get()

    fallen = end(membership=membership, last=date(2026, 11, 30), by=aiko, now=at("09:00"))

    assert fallen == [far]
    near.refresh_from_db()
    assert near.is_live


def test_pause_cancels_visits_in_it(ben, koharubiyori, dorinoki_seats):
    membership = make_membership(ben, koharubiyori.space.plans.get(kind="free_pass"))
    visit = take(ben, dorinoki_seats, day=date(2026, 12, 3))

    assert pause(membership=membership, first=date(2026, 12, 1), last=None, by=ben, now=at("09:00")) == [visit]


def test_change_to_a_plan_without_a_visa_cancels_visits_after_it(ben, koharubiyori, dorinoki_seats):
    membership = make_membership(ben, koharubiyori.space.plans.get(kind="free_pass"))
    plain = make_plan(koharubiyori.space, koharubiyori.open_seats, kind="monthly", price=5000)
    first, second = (take(ben, dorinoki_seats, day=day) for day in (date(2026, 11, 30), date(2026, 12, 3)))

    fallen = change_plan(membership=membership, plan=plain, day=date(2026, 12, 1), by=ben, now=at("09:00"))

    assert fallen == [second]
    assert Booking.objects.live().get() == first


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"user": "chie"}, "visa_of_its_holder"),
        ({"resource": "garage"}, "visa_not_at_home"),
        ({"status": "ended"}, "visa_of_an_active_membership"),
        ({"revoked": True}, "visa_of_an_active_membership"),
        ({"granted": False}, "visa_of_an_active_membership"),
        ({"days": 4}, "visa_days_a_month"),
    ],
)
def test_database_refuses_what_no_act_would_write(aiko, chie, garage, dorinoki, change, constraint):
    visa, membership = Visa.objects.get(), aiko.memberships.get()
    if "status" in change:
        membership.status, membership.ends_on = "ended", TUESDAY
        membership.save()
    if "revoked" in change:
        Visa.objects.update(revoked_at=at("09:00"))
    if "granted" in change:
        membership.agreed_plans.get().plan.__class__.objects.update(grants_visa=False)
    for day in days_from(TUESDAY, change.get("days", 1) - 1):
        make_booking(dorinoki.open_seats, user=aiko, day=day, basis="visa", price=0, visa=visa)

    resource = garage.open_seats if "resource" in change else dorinoki.open_seats
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        make_booking(
            resource,
            user=chie if "user" in change else aiko,
            day=date(2026, 11, 30),
            basis="visa",
            price=0,
            visa=visa,
        )
    assert caught.value.__cause__.diag.constraint_name == constraint


def test_days_stay_used_for_who_ends_a_membership_and_joins_again(aiko, garage, dorinoki_seats):
    for day in days_from(TUESDAY - 3 * DAY, 3):
        make_booking(dorinoki_seats, user=aiko, day=day, basis="visa", price=0, visa=Visa.objects.get())
    membership = aiko.memberships.get()
    membership.status, membership.ends_on = "ended", TUESDAY - DAY
    membership.save()
    again = make_membership(aiko, garage.space.plans.get(kind="free"), starts_on=TUESDAY)

    assert refused(aiko, dorinoki_seats, day=TUESDAY + DAY) == {"visa_days_used"}
    with pytest.raises(IntegrityError, match="no free day left"), transaction.atomic():
        make_booking(dorinoki_seats, user=aiko, basis="visa", price=0, visa=again.visa)
