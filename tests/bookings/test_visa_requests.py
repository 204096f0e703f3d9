"""Asking a host for a visit by visa against its wishes: who can ask for what, and what each answer does."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from bookings.askable import MOST_ASKED, against
from bookings.models import Booking, VisaRequest
from bookings.revoking import revoke
from bookings.uncovered import change_plan, end, pause, preview
from bookings.visa_requests import accept, ask, refuse, why_unacceptable, withdraw
from members.models import Plan
from notices.models import Notice
from spaces.refusing import codes
from tests.bookings.taking import quoted, take
from tests.factories import (
    TUESDAY,
    at,
    make_booking,
    make_closure,
    make_membership,
    make_plan,
    make_resource,
    make_space,
    make_visited,
    span,
)
from tests.visas.acts import make_visa_request
from visas.models import Terms, Visa

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WEDNESDAY = TUESDAY + DAY
NOW = at("09:00")
EVENING = ("18:00", "20:00")


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def host(dorinoki):
    """Dorinoki, which takes visitors by visa until six, and sells no drop-in."""
    Terms.objects.create(space=dorinoki.space, opens=time(10), closes=time(18))
    return dorinoki


def asks(user, resource, starts="18:00", ends="20:00", *, day=TUESDAY, message="", now=NOW):
    return ask(
        user=user, space=resource.space, resource_id=resource.pk, span=span(starts, ends, day), message=message, now=now
    )


def refused(act):
    """The codes with which an act is refused; no booking and no request comes of it."""
    before = Booking.objects.count(), set(VisaRequest.objects.values_list("pk", "answer", "answered_at"))
    with pytest.raises(ValidationError) as caught:
        act()
    assert (Booking.objects.count(), set(VisaRequest.objects.values_list("pk", "answer", "answered_at"))) == before
    return codes(caught.value)


# Asking


def test_visit_that_a_host_wishes_otherwise_can_be_asked_for(aiko, host, now):
    request = asks(aiko, host.open_seats, message="  I bring cake. ")

    assert request.visa == Visa.objects.get()
    assert (request.starts_at, request.ends_at, request.price) == (at("18:00"), at("20:00"), 0)
    assert (request.message, request.answer, request.answered_at) == ("I bring cake.", "", None)
    assert against(request) == ["Dorinoki takes visitors by Coworking VISA from 10:00 to 18:00."]
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    "wishes",
    [
        {"opens": time(10), "closes": time(18)},
        {"notice_hours": 48},
        {"not_from_nearby": True},
        {"months_of_membership": 24},
    ],
)
def test_each_wish_of_a_host_can_be_asked_about_and_is_waived_by_accepting(aiko, sam, dorinoki, wishes):
    Terms.objects.create(space=dorinoki.space, **wishes)
    if "not_from_nearby" in wishes:
        home = aiko.memberships.get().space
        type(home).objects.update(town=home.town or "Sapporo")

    booking = accept(request=asks(aiko, dorinoki.open_seats), by=sam, now=NOW)

    assert (booking.basis, booking.price, booking.visa) == ("visa", 0, Visa.objects.get())


def test_second_day_of_a_week_can_be_asked_for(aiko, sam, dorinoki):
    Terms.objects.create(space=dorinoki.space, once_a_week=True)
    take(aiko, dorinoki.open_seats)

    accept(request=asks(aiko, dorinoki.open_seats, day=WEDNESDAY), by=sam, now=NOW)

    assert Booking.objects.live().filter(basis="visa").count() == 2


def test_visit_within_the_terms_needs_no_asking(aiko, host):
    assert refused(lambda: asks(aiko, host.open_seats, "11:00", "13:00")) == {"book_outright"}


def test_who_holds_no_visa_asks_nobody(ben, host, koharubiyori):
    assert refused(lambda: asks(ben, host.open_seats)) == {"no_drop_in"}
    assert refused(lambda: asks(ben, koharubiyori.open_seats)) == {"book_outright"}


def test_at_home_there_is_nothing_to_ask(aiko, garage):
    Terms.objects.create(space=garage.space, opens=time(10), closes=time(18))

    assert refused(lambda: asks(aiko, garage.open_seats)) == {"book_outright"}


def test_what_a_visa_is_no_host_can_waive(aiko, host, now):
    for day in range(3):
        take(aiko, host.open_seats, day=TUESDAY + day * DAY)
    assert refused(lambda: asks(aiko, host.open_seats, day=TUESDAY + 4 * DAY)) == {"visa_days_used"}

    membership = aiko.memberships.get()
    end(membership=membership, last=date(2026, 11, 30), by=aiko, now=now)
    assert refused(lambda: asks(aiko, host.open_seats, day=date(2026, 12, 1))) == {"visa_ends"}


def test_visit_costs_what_is_left_where_the_free_days_are_used(aiko, sam, koharubiyori):
    Terms.objects.create(space=koharubiyori.space, opens=time(11), closes=time(18), percent_off=25)
    make_visited(aiko, koharubiyori.space)
    for day in range(3):
        take(aiko, koharubiyori.open_seats, day=TUESDAY + day * DAY)

    request = asks(aiko, koharubiyori.open_seats, "15:00", "21:00", day=TUESDAY + 6 * DAY)

    assert request.price == 600
    assert accept(request=request, by=sam, now=NOW).price == 600


@pytest.mark.parametrize(
    ("times", "day", "code"),
    [
        (("07:00", "09:30"), TUESDAY, "past"),
        (("18:00", "23:30"), TUESDAY, "closed"),
        (("18:10", "20:00"), TUESDAY, "off_step"),
        (("20:00", "18:00"), TUESDAY, "closed"),
        (EVENING, TUESDAY + 400 * DAY, "beyond_horizon"),
    ],
)
def test_time_that_nobody_can_book_is_not_asked_for(aiko, host, times, day, code):
    assert code in refused(lambda: asks(aiko, host.open_seats, *times, day=day))


def test_full_house_and_ones_own_seat_elsewhere_are_told_at_once(aiko, host, koharubiyori):
    make_booking(host.open_seats, starts="19:00", ends="19:30", seats=host.open_seats.capacity)
    assert refused(lambda: asks(aiko, host.open_seats)) == {"full"}

    Booking.objects.all().delete()
    take(aiko, koharubiyori.open_seats, "19:00", "21:00")
    assert refused(lambda: asks(aiko, host.open_seats)) == {"overlaps_own"}


def test_seat_that_is_not_there_is_not_asked_for(aiko, host, koharubiyori):
    elsewhere = koharubiyori.open_seats.pk
    asked = {"user": aiko, "space": host.space, "span": span(*EVENING), "message": "", "now": NOW}

    assert refused(lambda: ask(resource_id=elsewhere, **asked)) == {"no_such_resource"}
    assert refused(lambda: ask(resource_id=2**40, **asked)) == {"no_such_resource"}


def test_visit_is_asked_for_once(aiko, host):
    asks(aiko, host.open_seats)

    assert refused(lambda: asks(aiko, host.open_seats)) == {"asked_already"}
    assert Notice.objects.filter(kind="visa.asked").count() <= 1


def test_visit_that_was_refused_or_withdrawn_can_be_asked_for_again(aiko, sam, host):
    withdraw(request=asks(aiko, host.open_seats), by=aiko, now=NOW)
    refuse(request=asks(aiko, host.open_seats), by=sam, reason="A party.", now=NOW)

    assert asks(aiko, host.open_seats).answer == ""


def test_host_is_not_flooded_with_requests_that_wait(aiko, host):
    for day in range(MOST_ASKED):
        asks(aiko, host.open_seats, day=WEDNESDAY + day * DAY)
    last = WEDNESDAY + MOST_ASKED * DAY

    later = NOW + DAY
    assert refused(lambda: asks(aiko, host.open_seats, day=last, now=later)) == {"asked_enough"}
    withdraw(request=VisaRequest.objects.get(starts_at=at("18:00", WEDNESDAY)), by=aiko, now=later)
    assert asks(aiko, host.open_seats, day=last, now=later)


@pytest.mark.parametrize("answered", ["refused", "withdrawn"])
def test_host_is_not_flooded_by_asking_again_and_again_within_a_day(aiko, dai, host, answered):
    for _ in range(MOST_ASKED):
        request = asks(aiko, host.open_seats, day=WEDNESDAY)
        if answered == "refused":
            refuse(request=request, by=dai, reason="A party.", now=NOW)
        else:
            withdraw(request=request, by=aiko, now=NOW)

    soon = NOW + DAY - timedelta(minutes=1)
    assert refused(lambda: asks(aiko, host.open_seats, day=WEDNESDAY, now=soon)) == {"asked_enough"}
    assert asks(aiko, host.open_seats, day=WEDNESDAY, now=NOW + DAY)


def test_each_host_and_each_person_is_counted_alone(aiko, chie, host, koharubiyori):
    Terms.objects.create(space=koharubiyori.space, opens=time(11), closes=time(18))
    make_membership(chie, aiko.memberships.get().space.plans.get(kind="free"))
    for day in range(MOST_ASKED):
        asks(aiko, host.open_seats, day=TUESDAY + day * DAY)

    assert asks(chie, host.open_seats)
    assert asks(aiko, koharubiyori.open_seats, "15:00", "21:00")


def test_who_was_turned_away_at_the_desk_may_ask(aiko, host):
    for minute in range(MOST_ASKED):
        make_visa_request(
            aiko,
            host.open_seats,
            asked_at=NOW,
            at_desk=True,
            answer="refused",
            reason="Full.",
            answered_at=NOW + timedelta(minutes=minute),
        )

    assert asks(aiko, host.open_seats)


# The answers


def test_accepting_books_the_visit_and_confirms_it_to_the_visitor(aiko, dai, host):
    request = asks(aiko, host.open_seats)

    booking = accept(request=request, by=dai, now=at("09:30"))

    request.refresh_from_db()
    assert (request.answer, request.answered_at, request.answered_by) == ("accepted", at("09:30"), dai)
    assert (request.booking, booking.user, booking.starts_at) == (booking, aiko, at("18:00"))
    assert booking.is_live
    assert Notice.objects.filter(kind="booking.confirmed", recipient=aiko.email).count() == 1
    assert "After it, 1 of 3" in quoted(aiko, host.open_seats, day=WEDNESDAY).best.reason


def test_refusing_asks_for_a_reason_and_tells_the_visitor(aiko, dai, host):
    request = asks(aiko, host.open_seats)
    assert refused(lambda: refuse(request=request, by=dai, reason="  ", now=NOW)) == {"unexplained"}

    refuse(request=request, by=dai, reason="We have a party.", now=NOW)

    request.refresh_from_db()
    assert (request.answer, request.reason, request.booking) == ("refused", "We have a party.", None)
    [told] = Notice.objects.filter(kind="visa.refused")
    assert told.recipient == aiko.email


@pytest.mark.parametrize("first", ["accept", "refuse", "withdraw"])
@pytest.mark.parametrize("then", ["accept", "refuse", "withdraw"])
def test_request_is_answered_once(aiko, dai, host, first, then):
    request = asks(aiko, host.open_seats)
    acts = {
        "accept": lambda: accept(request=request, by=dai, now=NOW),
        "refuse": lambda: refuse(request=request, by=dai, reason="No.", now=NOW),
        "withdraw": lambda: withdraw(request=request, by=aiko, now=NOW),
    }
    acts[first]()
    told = Notice.objects.count()

    said = {"accept": "request_accepted", "refuse": "request_refused", "withdraw": "request_withdrawn"}
    assert refused(acts[then]) == {said[first]}
    assert Notice.objects.count() == told


def test_nothing_is_answered_once_the_visit_would_have_begun(aiko, dai, host):
    request = asks(aiko, host.open_seats)
    late = at("18:00")

    assert refused(lambda: accept(request=request, by=dai, now=late)) == {"request_over"}
    assert refused(lambda: refuse(request=request, by=dai, reason="Too late.", now=late)) == {"request_over"}
    assert refused(lambda: withdraw(request=request, by=aiko, now=late)) == {"request_over"}
    assert request.is_unanswered_at(late)


def grants_no_more(aiko, host):
    Plan.objects.update(grants_visa=False)


def uses_up(aiko, host):
    for day in (0, 2, 3):
        take(aiko, host.open_seats, day=TUESDAY + day * DAY)


def fills(aiko, host):
    make_booking(host.open_seats, starts="19:00", ends="19:30", day=WEDNESDAY, seats=host.open_seats.capacity)


def closes(aiko, host):
    make_closure(host.space, WEDNESDAY)


def retires(aiko, host):
    type(host.open_seats).objects.filter(pk=host.open_seats.pk).update(retired_on=WEDNESDAY)


def sits_elsewhere(aiko, host):
    there = make_resource(make_space("there"))
    make_booking(there, user=aiko, starts="18:00", ends="19:00", day=WEDNESDAY)


@pytest.mark.parametrize(
    ("meanwhile", "code"),
    [
        (grants_no_more, "visa_not_granted"),
        (uses_up, "visa_days_used"),
        (fills, "full"),
        (closes, "closed"),
        (retires, "no_such_resource"),
        (sits_elsewhere, "overlaps_own"),
    ],
)
def test_what_happened_meanwhile_is_said_and_the_request_stays_open(aiko, dai, host, meanwhile, code):
    request = asks(aiko, host.open_seats, day=WEDNESDAY)
    meanwhile(aiko, host)

    assert refused(lambda: accept(request=request, by=dai, now=NOW)) == {code}

    request.refresh_from_db()
    assert request.answer == ""
    assert refuse(request=request, by=dai, reason="Sorry.", now=NOW).answer == "refused"


def test_visit_is_never_booked_for_more_than_it_was_asked_for(aiko, sam, koharubiyori):
    """A drop-in is sold here, and the visitor has never agreed to one."""
    Terms.objects.create(space=koharubiyori.space, opens=time(11), closes=time(18), percent_off=25)
    make_visited(aiko, koharubiyori.space)
    request = asks(aiko, koharubiyori.open_seats, "15:00", "21:00")
    for day in range(1, 4):
        take(aiko, koharubiyori.open_seats, day=TUESDAY + day * DAY)

    assert refused(lambda: accept(request=request, by=sam, now=NOW)) == {"costs_more"}

    Terms.objects.update(percent_off=0)
    assert refused(lambda: accept(request=request, by=sam, now=NOW)) == {"visa_days_used"}


def test_who_has_joined_the_host_meanwhile_needs_no_visa(aiko, sam, koharubiyori):
    Terms.objects.create(space=koharubiyori.space, opens=time(11), closes=time(18))
    request = asks(aiko, koharubiyori.open_seats, "15:00", "21:00")
    make_membership(aiko, koharubiyori.space.plans.get(kind="free_pass"))

    assert codes(why_unacceptable(request, now=NOW)) == {"book_outright"}


def test_host_that_gives_more_by_now_accepts_all_the_same(aiko, dai, host):
    request = asks(aiko, host.open_seats)
    Terms.objects.all().delete()

    assert against(request) == []
    assert why_unacceptable(request, now=NOW) is None
    assert accept(request=request, by=dai, now=NOW).basis == "visa"


def test_limits_of_a_space_stand_against_asking_and_not_against_the_host(aiko, dai, host):
    request = asks(aiko, host.open_seats)
    type(host.space).objects.filter(pk=host.space.pk).update(max_upcoming_bookings=1)
    host.space.refresh_from_db()
    take(aiko, host.open_seats)

    assert refused(lambda: asks(aiko, host.open_seats, day=WEDNESDAY)) == {"too_many_upcoming"}
    assert accept(request=request, by=dai, now=NOW).is_live


def test_notice_that_the_space_wants_stands_against_asking_and_not_against_the_host(aiko, dai, host):
    request = asks(aiko, host.open_seats)
    type(host.space).objects.filter(pk=host.space.pk).update(notice_minutes=120)
    host.space.refresh_from_db()

    assert refused(lambda: asks(aiko, host.open_seats, "17:00", "20:00", now=at("16:00"))) == {"too_short_notice"}
    assert accept(request=request, by=dai, now=at("17:00")).is_live


# A visa that is good no more


def revokes(membership):
    revoke(visa=membership.visa, by=membership.user, reason="Lent it out.", now=NOW)


def ends(membership):
    end(membership=membership, last=WEDNESDAY, by=membership.user, by_operator=True, now=NOW)


def pauses(membership):
    pause(membership=membership, first=WEDNESDAY + DAY, last=None, by=membership.user, by_operator=True, now=NOW)


def changes(membership):
    plan = make_plan(membership.space, make_resource(membership.space), kind="free_pass", name_en="Small", price=100)
    change_plan(membership=membership, plan=plan, day=TUESDAY, by=membership.user, by_operator=True, now=NOW)


@pytest.mark.parametrize("act", [revokes, ends, pauses, changes])
def test_requests_fall_with_the_visa(aiko, host, act):
    waiting = asks(aiko, host.open_seats, day=WEDNESDAY), asks(aiko, host.open_seats, day=WEDNESDAY + DAY)

    act(aiko.memberships.get())

    for request in waiting:
        request.refresh_from_db()
    fallen = waiting if act in (revokes, changes) else waiting[1:]
    assert [one for one in waiting if one.answer == "withdrawn"] == list(fallen)
    assert {(one.answered_at, one.answered_by) for one in fallen} == {(NOW, None)}
    assert set(VisaRequest.objects.told_at(NOW)) == set(waiting) - set(fallen)


def test_requests_of_others_and_those_that_are_answered_stay_when_a_visa_goes(aiko, chie, dai, host):
    make_membership(chie, aiko.memberships.get().space.plans.get(kind="free"))
    others = asks(chie, host.open_seats)
    refused_before = refuse(request=asks(aiko, host.open_seats), by=dai, reason="A party.", now=NOW)

    revokes(aiko.memberships.get())

    assert VisaRequest.objects.get(pk=others.pk).answer == ""
    assert VisaRequest.objects.get(pk=refused_before.pk).answer == "refused"


def test_looking_at_what_an_act_would_do_withdraws_nothing(aiko, host):
    request = asks(aiko, host.open_seats, day=WEDNESDAY + DAY)
    membership = aiko.memberships.get()

    preview(membership, lambda: end(membership=membership, last=WEDNESDAY, by=aiko, by_operator=True, now=NOW))

    request.refresh_from_db()
    assert request.answer == ""


# Two homes


@pytest.fixture
def other_home(aiko):
    """A second home of Aiko's, which grants a visa too."""
    home = make_space("second-home")
    return make_membership(aiko, make_plan(home, make_resource(home), kind="free_pass", price=100, grants_visa=True))


def test_request_is_about_the_visa_that_its_booking_draws_on(aiko, dai, host, other_home):
    """Asked with the one, whose days are used meanwhile; booked by the other."""
    request = asks(aiko, host.open_seats)
    first = request.visa
    for day in range(1, 4):
        make_booking(host.open_seats, user=aiko, day=TUESDAY + day * DAY, basis="visa", price=0, visa=first)

    booking = accept(request=request, by=dai, now=NOW)

    request.refresh_from_db()
    assert booking.visa != first
    assert request.visa == booking.visa
