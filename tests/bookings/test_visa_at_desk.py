"""At a host's desk: who shows a visa is let in with a booking that is made now, or turned away, and both are noted."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from billing.models import Charge
from bookings.attendance import check_out
from bookings.models import Booking, VisaRequest
from bookings.revoking import revoke
from bookings.visa_answers import REASON_LENGTH
from bookings.visa_at_desk import admit, turn_away
from bookings.visa_shown import look_at
from members.models import Membership
from notices.models import Notice
from spaces.house import houses
from spaces.models import Resource, Space
from spaces.refusing import codes
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
)
from tests.visas.acts import make_campaign, make_ticket, visit
from visas.models import Showing, Terms, Visa

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOON = at("12:10")


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def showing(aiko, dai) -> Showing:
    return Showing.objects.create(visa=Visa.objects.get(), shown_to=dai, shown_at=NOON)


@pytest.fixture
def host(dorinoki) -> Space:
    return dorinoki.space


@pytest.fixture
def let_in(showing, host, dai):
    """Let the visitor in at ten past noon, at Dorinoki unless another host is named."""

    def act(**asked):
        return admit(**{"showing": showing, "space": host, "by": dai, "now": NOON, **asked})

    return act


@pytest.fixture
def sent_away(showing, host, dai):
    def act(reason="No seat was left.", **asked):
        return turn_away(**{"showing": showing, "space": host, "by": dai, "now": NOON, "reason": reason, **asked})

    return act


def refused(act, **asked):
    """The codes of a refusal; nothing is written."""
    before = (Booking.objects.count(), VisaRequest.objects.count(), Notice.objects.count())
    with pytest.raises(ValidationError) as caught:
        act(**asked)
    assert (Booking.objects.count(), VisaRequest.objects.count(), Notice.objects.count()) == before
    return codes(caught.value)


def use_days(user, resource, count):
    """Use so many free days before today."""
    for number in range(count):
        day = TUESDAY - (number + 1) * DAY
        make_booking(resource, user=user, day=day, basis="visa", price=0, visa=Visa.objects.get())


def shown_at(showing, *slugs, now=NOON):
    found = houses(Space.objects.filter(slug__in=slugs).order_by("position"), today=now.date())
    return look_at(showing, found, now=now)


# Letting in


def test_visitor_is_checked_in_with_a_seat_from_the_next_step_until_closing(let_in, aiko, host):
    booking = let_in()

    assert (booking.user, booking.resource.space, booking.basis, booking.price) == (aiko, host, "visa", 0)
    assert (booking.starts_at, booking.ends_at) == (at("12:30"), at("23:00"))
    assert (booking.visa, booking.checked_in_at) == (Visa.objects.get(), NOON)
    assert not VisaRequest.objects.exists()
    assert Notice.objects.get(kind="booking.confirmed").recipient == aiko.email


def test_before_opening_the_visit_begins_when_the_house_opens(let_in, dorinoki):
    [opening] = dorinoki.calendar.spans_on(TUESDAY)

    assert let_in(now=opening.starts_at - timedelta(hours=2)).starts_at == opening.starts_at


def test_letting_in_twice_makes_one_booking(let_in):
    assert let_in() == let_in()

    assert Booking.objects.count() == 1


@pytest.mark.parametrize("basis", ["visa", "drop_in", "plan"])
def test_who_has_booked_for_today_is_checked_in_with_that(let_in, aiko, dorinoki, basis):
    visa = Visa.objects.get() if basis == "visa" else None
    booked = make_booking(dorinoki.open_seats, user=aiko, starts="15:00", ends="17:00", basis=basis, price=0, visa=visa)

    assert let_in() == booked

    assert Booking.objects.get().checked_in_at == NOON


def test_booking_by_ticket_is_checked_in_too(let_in, aiko, host):
    booked = visit(make_ticket(make_campaign(host)), host, email=aiko.email)

    assert let_in() == booked


def test_booking_of_another_day_or_one_that_is_cancelled_or_over_is_not(let_in, aiko, dorinoki):
    seats = dorinoki.open_seats
    others = [
        make_booking(seats, user=aiko, day=TUESDAY + DAY, basis="drop_in"),
        make_booking(seats, user=aiko, starts="14:00", ends="15:00", cancelled_at=at("09:00"), cancelled_by="person"),
        make_booking(seats, user=aiko, starts="10:00", ends="12:00", basis="drop_in"),
    ]

    assert let_in() not in others


def test_seat_comes_before_a_room_that_is_booked_for_today(let_in, aiko, dorinoki):
    make_booking(dorinoki.rooms[0], user=aiko, starts="12:00", ends="13:00", basis="room")
    seat = make_booking(dorinoki.open_seats, user=aiko, starts="15:00", ends="17:00", basis="drop_in")

    assert let_in() == seat


def test_who_has_left_again_is_checked_out_and_nothing_is_made(let_in):
    booking = let_in()
    check_out(booking=booking, now=at("13:00"))

    assert refused(let_in, now=at("14:00")) == {"checked_in"}


def test_visit_ends_with_the_hosts_hours_for_visitors_on_a_step(let_in, host):
    Terms.objects.create(space=host, opens=time(10), closes=time(17, 45))

    assert let_in().ends_at == at("17:30")


def test_visit_ends_where_the_visitor_has_a_seat_at_another_place(let_in, aiko, koharubiyori):
    make_booking(koharubiyori.open_seats, user=aiko, starts="16:15", ends="18:00")

    assert let_in().ends_at == at("16:00")


def test_visit_ends_where_the_seats_are_booked_by_others(let_in, dorinoki):
    make_booking(dorinoki.open_seats, starts="15:00", ends="16:00", seats=dorinoki.open_seats.capacity)

    assert let_in().ends_at == at("15:00")


def test_visit_takes_the_seats_that_are_free_for_longest(let_in, dorinoki):
    more = Resource.objects.create(
        space=dorinoki.space, kind="open_seats", name_ja="奥", name_en="Back", capacity=2, persons=2, position=99
    )
    make_booking(dorinoki.open_seats, starts="12:30", ends="13:00", seats=dorinoki.open_seats.capacity)

    assert let_in().resource == more


def test_who_has_a_seat_elsewhere_now_is_refused_politely(let_in, aiko, koharubiyori):
    make_booking(koharubiyori.open_seats, user=aiko, starts="12:00", ends="14:00")

    assert refused(let_in) == {"visitor_elsewhere"}


def test_where_no_seat_is_left_nobody_is_let_in(let_in, dorinoki):
    make_booking(dorinoki.open_seats, starts="12:00", ends="23:00", seats=dorinoki.open_seats.capacity)

    assert refused(let_in) == {"full"}


@pytest.mark.parametrize("when", ["closing", "closed"])
def test_where_the_house_is_closed_or_about_to_be_nobody_is_let_in(let_in, host, when):
    if when == "closed":
        make_closure(host)

    assert refused(let_in, now=at("22:45") if when == "closing" else NOON) == {"no_visit_today"}


# What the visa gives


def test_at_home_the_plan_counts(let_in, showing, garage, aiko):
    assert refused(let_in, space=garage.space, now=at("12:10")) == {"visa_at_home"}
    assert shown_at(showing, "garage-labs").is_at_home

    booked = make_booking(garage.open_seats, user=aiko, basis="plan", price=0, membership=aiko.memberships.get())
    assert let_in(space=garage.space) == booked


def test_where_the_visitor_is_a_member_too_no_visa_is_used(let_in, aiko, koharubiyori):
    make_membership(aiko, koharubiyori.space.plans.get(kind="free_pass"))

    assert refused(let_in, space=koharubiyori.space) == {"visa_at_home"}


@pytest.mark.parametrize("dates", [{"starts_on": TUESDAY + DAY}, {"ends_on": TUESDAY - DAY}])
def test_membership_at_the_host_that_does_not_run_today_is_not_home(let_in, aiko, koharubiyori, dates):
    fields = {"starts_on": TUESDAY - 30 * DAY, **dates}
    make_membership(aiko, koharubiyori.space.plans.get(kind="free_pass"), **fields)

    assert let_in(space=koharubiyori.space).basis in ("visa", "first_visit")


@pytest.mark.parametrize("what", ["revoked", "ended", "paused", "no_longer_granted"])
def test_visa_that_is_not_valid_lets_nobody_in_and_is_not_turned_away(let_in, sent_away, dai, aiko, what):
    membership = aiko.memberships.get()
    if what == "revoked":
        revoke(visa=membership.visa, by=dai, reason="Lent.", now=NOON)
    elif what == "ended":
        Membership.objects.filter(pk=membership.pk).update(status="ended", ends_on=TUESDAY - DAY)
    elif what == "paused":
        membership.pauses.create(starts_on=TUESDAY - DAY)
    else:
        membership.agreed_plans.get().plan.__class__.objects.update(grants_visa=False)

    code = {"paused": "visa_rests", "no_longer_granted": "visa_not_granted"}.get(what, f"visa_{what}")
    assert refused(let_in) == {code}
    assert refused(sent_away) == {code}


def test_last_free_day_is_taken(let_in, aiko, dorinoki, showing):
    use_days(aiko, dorinoki.open_seats, 2)
    assert shown_at(showing, "dorinoki").days_left == 1

    assert let_in().price == 0

    assert shown_at(showing, "dorinoki").days_left == 0


def test_used_days_are_said_where_no_drop_in_is_sold(let_in, aiko, dorinoki):
    use_days(aiko, dorinoki.open_seats, 3)

    assert refused(let_in) == {"visa_days_used"}


def test_percentage_is_paid_once_it_is_agreed_to(let_in, aiko, koharubiyori):
    host = koharubiyori.space
    Terms.objects.create(space=host, percent_off=25)
    make_visited(aiko, host)
    use_days(aiko, koharubiyori.open_seats, 3)

    assert refused(let_in, space=host) == {"price_changed"}
    booking = let_in(space=host, agreed_price=600)

    assert (booking.basis, booking.price) == ("visa", 600)
    assert Charge.objects.get().yen == 600


def test_drop_in_is_sold_once_the_days_are_used(let_in, aiko, koharubiyori):
    make_visited(aiko, koharubiyori.space)
    use_days(aiko, koharubiyori.open_seats, 3)

    assert let_in(space=koharubiyori.space, agreed_price=800).basis == "drop_in"


# What the host wishes


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"opens": time(13), "closes": time(18)}, "visa_hours"),
        ({"opens": time(9), "closes": time(12)}, "visa_hours"),
        ({"not_from_nearby": True}, "visa_nearby"),
        ({"months_of_membership": 12}, "visa_too_new"),
        ({"once_a_week": True}, "visa_twice_a_week"),
    ],
)
def test_what_a_host_wishes_stands_in_the_way_until_it_waives_it(let_in, aiko, dai, dorinoki, fields, code):
    Terms.objects.create(space=dorinoki.space, **fields)
    use_days(aiko, dorinoki.open_seats, 1)

    assert refused(let_in) == {code}
    booking = let_in(waived=True)

    assert (booking.basis, booking.checked_in_at) == ("visa", NOON)
    request = VisaRequest.objects.get()
    assert (request.answer, request.booking, request.at_desk, request.answered_by) == ("accepted", booking, True, dai)
    assert (request.asked_at, request.answered_at) == (NOON, NOON)


def test_notice_is_not_asked_of_who_stands_there(let_in, host):
    Terms.objects.create(space=host, notice_hours=24)

    assert let_in().basis == "visa"
    assert not VisaRequest.objects.exists()


@pytest.mark.parametrize("minutes", [120, 24 * 60])
def test_notice_of_the_space_is_not_asked_of_who_stands_there_either(let_in, host, minutes):
    Space.objects.filter(pk=host.pk).update(notice_minutes=minutes)

    assert let_in().starts_at == at("12:30")


def test_waiving_where_nothing_stands_in_the_way_is_letting_in(let_in):
    assert let_in(waived=True)

    assert not VisaRequest.objects.exists()


def test_what_a_visa_is_can_not_be_waived(let_in, aiko, dorinoki):
    use_days(aiko, dorinoki.open_seats, 3)

    assert refused(let_in, waived=True) == {"visa_days_used"}


def test_request_that_waits_for_an_answer_is_answered_by_letting_in(let_in, showing, dorinoki, dai):
    request = VisaRequest.objects.create(
        visa=showing.visa,
        resource=dorinoki.open_seats,
        starts_at=at("14:00"),
        ends_at=at("18:00"),
        asked_at=at("08:00"),
    )

    booking = let_in()

    request.refresh_from_db()
    assert (request.answer, request.booking, request.at_desk) == ("accepted", booking, False)
    assert request.starts_at == booking.starts_at


@pytest.fixture
def other_visa(aiko, showing):
    """The visa of a second home of the visitor."""
    home = make_space("second-home")
    make_membership(aiko, make_plan(home, make_resource(home), kind="free_pass", price=100, grants_visa=True))
    return Visa.objects.exclude(pk=showing.visa.pk).get()


def test_days_left_are_those_of_the_visa_that_the_visit_draws_on(let_in, aiko, dorinoki, showing, other_visa):
    for number in range(3):
        day = TUESDAY - (number + 1) * DAY
        make_booking(dorinoki.open_seats, user=aiko, day=day, basis="visa", price=0, visa=showing.visa)
    assert shown_at(showing, "dorinoki").days_left == 3

    assert let_in().visa == other_visa
    assert shown_at(showing, "dorinoki").days_left == 2


def test_request_by_the_other_visa_is_answered_by_letting_in_too(let_in, showing, dorinoki, other_visa):
    request = VisaRequest.objects.create(
        visa=other_visa, resource=dorinoki.open_seats, starts_at=at("14:00"), ends_at=at("18:00"), asked_at=at("08:00")
    )

    booking = let_in()

    request.refresh_from_db()
    assert (request.answer, request.booking, request.visa) == ("accepted", booking, booking.visa)


def test_request_by_the_other_visa_is_turned_away_once(sent_away, dorinoki, other_visa):
    VisaRequest.objects.create(
        visa=other_visa, resource=dorinoki.open_seats, starts_at=at("12:00", TUESDAY), ends_at=at("18:00")
    )
    sent_away()

    assert refused(sent_away) == {"turned_away"}


# Turning away


def test_who_is_turned_away_is_noted_with_the_reason_and_by_whom(sent_away, showing, dorinoki, dai):
    request = sent_away("  No seat was left. ")

    assert VisaRequest.objects.get() == request
    assert (request.visa, request.resource, request.at_desk) == (showing.visa, dorinoki.open_seats, True)
    assert (request.answer, request.reason, request.answered_by) == ("refused", "No seat was left.", dai)
    assert (request.starts_at, request.ends_at, request.answered_at) == (NOON, at("23:00"), NOON)
    assert not Booking.objects.exists()


def test_nobody_is_turned_away_without_a_reason(sent_away):
    assert refused(sent_away, reason=" ") == {"unexplained"}


def test_reason_that_is_too_long_is_cut_off(sent_away):
    assert len(sent_away("x" * 500).reason) == REASON_LENGTH


@pytest.mark.parametrize("sells_drop_in", [False, True])
def test_host_whose_days_are_used_owes_nothing_that_it_could_refuse(
    sent_away, aiko, dorinoki, koharubiyori, sells_drop_in
):
    house = koharubiyori if sells_drop_in else dorinoki
    make_visited(aiko, house.space)
    use_days(aiko, house.open_seats, 3)

    assert refused(sent_away, space=house.space) == {"visa_days_used"}


def test_host_refuses_nobody_who_has_a_seat_elsewhere(sent_away, aiko, koharubiyori):
    make_booking(koharubiyori.open_seats, user=aiko, starts="12:00", ends="14:00")

    assert refused(sent_away) == {"visitor_elsewhere"}


def test_one_visit_is_turned_away_once(sent_away, showing, dai):
    sent_away()
    assert refused(sent_away) == {"turned_away"}

    again = Showing.objects.create(visa=showing.visa, shown_to=dai, shown_at=at("15:00"))
    assert sent_away(showing=again, now=at("15:01"))


def test_who_has_a_seat_booked_is_not_turned_away_like_that(sent_away, let_in):
    let_in()

    assert refused(sent_away) == {"visit_is_booked"}


def test_host_that_thinks_better_of_it_lets_in_and_has_refused_nobody(sent_away, let_in):
    sent_away()

    booking = let_in()

    request = VisaRequest.objects.get()
    assert (request.answer, request.reason, request.booking) == ("accepted", "", booking)


def test_where_it_is_full_or_closed_turning_away_is_noted_too(sent_away, dorinoki):
    make_booking(dorinoki.open_seats, starts="12:00", ends="23:00", seats=dorinoki.open_seats.capacity)
    assert sent_away().ends_at == at("13:10")

    later = at("23:30")
    assert sent_away(
        now=later,
        showing=Showing.objects.create(
            visa=Visa.objects.get(), shown_to=VisaRequest.objects.get().answered_by, shown_at=later
        ),
    ).ends_at == at("00:30", TUESDAY + DAY)


def test_request_that_waits_is_answered_by_turning_away(sent_away, showing, dorinoki):
    request = VisaRequest.objects.create(
        visa=showing.visa, resource=dorinoki.open_seats, starts_at=at("12:30"), ends_at=at("18:00")
    )

    assert sent_away() == request
    assert VisaRequest.objects.get().answer == "refused"


# What the desk sees


def test_desk_looks_at_the_space_where_the_visitor_has_booked_today_and_else_not_at_home(showing, aiko, koharubiyori):
    assert shown_at(showing, "garage-labs", "koharubiyori", "dorinoki").space.slug != "garage-labs"
    assert shown_at(showing, "garage-labs").space.slug == "garage-labs"

    make_booking(koharubiyori.open_seats, user=aiko, starts="14:00", ends="15:00")
    assert shown_at(showing, "dorinoki", "koharubiyori").space.slug == "koharubiyori"


def test_used_days_of_other_months_and_of_other_hosts_are_not_counted(showing, aiko, dorinoki, koharubiyori):
    visa = Visa.objects.get()
    make_booking(dorinoki.open_seats, user=aiko, day=date(2026, 10, 30), basis="visa", price=0, visa=visa)
    make_booking(koharubiyori.open_seats, user=aiko, day=TUESDAY - DAY, basis="visa", price=0, visa=visa)

    assert shown_at(showing, "dorinoki").days_left == 3


def test_what_is_offered_is_what_letting_in_books(let_in, showing, aiko, dorinoki):
    make_booking(dorinoki.open_seats, starts="17:00", ends="18:00", seats=dorinoki.open_seats.capacity)
    offered = shown_at(showing, "dorinoki").found

    booking = let_in(agreed_price=offered.offer.price)

    assert (booking.starts_at, booking.ends_at) == offered.wish.span
    assert booking.basis == offered.offer.best.basis
