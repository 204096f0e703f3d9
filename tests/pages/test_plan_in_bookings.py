"""What a plan, a first visit and a space's limits do to the pages of a booking: quote, ticket, cancelling."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from bookings.booking import book
from bookings.models import Booking, FirstVisit
from members.models import Pause
from notices.kinds import kind_of
from notices.models import Notice
from spaces.house import House
from tests.conftest import house as read_house
from tests.factories import (
    TUESDAY,
    at,
    make_booking,
    make_companion,
    make_membership,
    make_plan,
    make_resource,
    make_room,
    make_space,
    make_user,
    make_visited,
    span,
)
from tests.pages.crowd import fill, queries
from tests.pages.wishes import address, confirmation, is_bookable, quote, wish
from tests.reading import Page

WEDNESDAY, THURSDAY, NEXT_MONTH = date(2026, 11, 25), date(2026, 11, 26), date(2026, 12, 1)


@pytest.fixture
def space(db):
    """A house with everything that a quote has to count: seats with a free first visit, rooms, limits, a plan."""
    space = make_space(renewal_day=1, max_upcoming_bookings=5, max_hours_a_week=20)
    seats = make_resource(space)
    make_room(space, price_per_hour=600)
    make_plan(space, seats, kind="mini_drop_in", minutes=120, price=500, first_visit_free=True, name_en="Mini")
    make_plan(space, seats, kind="monthly", price=12500, room_minutes=300, name_en="Office")
    return space


@pytest.fixture
def office(space):
    return space.plans.get(kind="monthly")


@pytest.fixture
def here(space, now) -> House:
    return read_house("somewhere", now)


def booked(user, resource, starts="13:00", ends="15:00", day=TUESDAY):
    return book(user=user, space=resource.space, resource_id=resource.pk, span=span(starts, ends, day), now=at("09:00"))


def test_newcomer_reads_that_the_first_visit_is_free_and_books_it(english, ben, koharubiyori):
    browser = english(ben)

    page = quote(browser, koharubiyori, "13:00", "15:00")
    ticket = Page(browser.get(page.submit(browser, confirmation(page)).headers["Location"]))

    assert "Your first visit at Koharubiyori is free of charge." in page.main
    assert "Mini drop-in: up to 120 minutes. ¥500" in page.main
    assert "Until Tue 24 Nov, 11:00 you get it back; then it counts as used." in page.main
    assert Booking.objects.get().basis == "first_visit"
    assert "First visit" in ticket.main


def test_visitor_reads_that_signing_in_may_be_cheaper(visitor, koharubiyori):
    tip = "The first visit to Koharubiyori can be free of charge: sign in to see."

    assert tip in quote(visitor, koharubiyori, "13:00", "15:00").main
    assert tip not in quote(visitor, koharubiyori, "13:00", "15:00", seats=2).main


@time_machine.travel(at("12:00"), tick=False)
def test_so_close_to_the_start_a_first_visit_is_used_at_once(english, ben, koharubiyori):
    assert "So close to the start it counts as used." in quote(english(ben), koharubiyori, "13:00", "15:00").main


def test_double_click_on_a_first_visit_is_told_of_the_seat_and_no_price(english, ben, koharubiyori):
    browser = english(ben)
    page = quote(browser, koharubiyori, "13:00", "15:00")

    page.submit(browser, confirmation(page))
    again = Page(page.submit(browser, confirmation(page)))

    assert again.status == 409
    assert "You have a seat at that time already." in again.alerts[0]
    assert not is_bookable(again)


def test_tips_stand_under_the_price(english, ben, here, office):
    make_visited(ben, here.space)
    make_membership(ben, office, starts_on=THURSDAY)

    page = quote(english(ben), here, "13:00", "15:00")

    for tip in (
        "Your plan at Somewhere begins on Nov. 26, 2026. It covers no booking before that.",
        "With this you hold 1 of 5 upcoming bookings at Somewhere.",
        "With this you have booked 2 of 20 hours in that week at Somewhere.",
    ):
        assert tip in page.main


def test_limit_that_is_reached_refuses_with_its_sentence(english, ben, here):
    make_visited(ben, here.space)
    for number in range(5):
        booked(ben, here.open_seats, "13:00", "14:00", TUESDAY + timedelta(days=number))
    browser = english(ben)

    answer = browser.post(address(here), wish(here, "16:00", "17:00", day=NEXT_MONTH, price=500))

    page = Page(answer)
    assert page.status == 409
    assert "Somewhere lets one person hold 5 upcoming bookings, and you do. Cancel one first." in page.alerts[0]
    assert Booking.objects.count() == 5


def test_room_hours_are_counted_down_on_the_quote_and_written_on_the_ticket(english, ben, here, office):
    make_membership(ben, office)
    browser = english(ben)

    page = quote(browser, here, "13:00", "15:00", resource=here.rooms[0])
    ticket = Page(browser.get(page.submit(browser, confirmation(page)).headers["Location"]))

    assert "From the room hours of your plan: 2 h; 3 h are left until November 30." in page.main
    assert confirmation(page).fields["price"] == "0"
    assert "From your plan 2 hours" in ticket.main
    assert Booking.objects.get().plan_minutes == 120


def test_more_than_the_hours_costs_both_when_it_is_cancelled_late(english, ben, here, office):
    make_membership(ben, office)

    page = quote(english(ben), here, "12:00", "19:00", resource=here.rooms[0])

    assert "5 h; 0 h are left until November 30. The rest is 2 h at 600 yen an hour." in page.main
    assert "then the full price is due. The hours of your plan are used then, too." in page.main


def test_ticket_that_draws_no_hours_says_nothing_of_them(english, ben, here, office):
    booking = booked(make_visited(ben, here.space), here.open_seats)

    assert "From your plan" not in Page(english(ben).get(booking.get_absolute_url())).main


def test_mail_says_what_was_drawn_on_the_plan(ben, here, office):
    make_membership(ben, office)
    booked(ben, here.rooms[0], day=THURSDAY)

    notices = Notice.objects.filter(recipient=ben.email)
    assert {notice.kind for notice in notices} == {"booking.confirmed", "booking.reminder"}
    for notice in notices:
        with translation.override("en"):
            letter = kind_of(notice).render(notice)
        assert "From your plan" in letter.text
        assert "2 hours" in letter.html
        if notice.kind == "booking.reminder":
            assert "cancelling is free until Thu 26 Nov, 11:00" in letter.text


@pytest.mark.parametrize(
    ("clock", "said"),
    [("11:00", "The room hours of your plan (2 hours) are given back."), ("11:01", "(2 hours) stay used.")],
)
def test_cancelling_says_what_becomes_of_the_hours(english, ben, here, office, clock, said):
    make_membership(ben, office)
    booking = booked(ben, here.rooms[0])

    with time_machine.travel(at(clock), tick=False):
        page = Page(english(ben).get(f"{booking.get_absolute_url()}cancellation/"))

    assert said in page.main


@pytest.mark.parametrize(
    ("clock", "said"), [("11:00", "Your first visit is given back."), ("11:01", "Your first visit stays used.")]
)
def test_cancelling_says_what_becomes_of_a_first_visit(english, ben, koharubiyori, clock, said):
    booking = booked(ben, koharubiyori.open_seats)

    with time_machine.travel(at(clock), tick=False):
        browser = english(ben)
        page = Page(browser.get(f"{booking.get_absolute_url()}cancellation/"))
        browser.post(f"{booking.get_absolute_url()}cancellation/")

    assert said in page.main
    assert FirstVisit.objects.exists() == ("stays" in said)


def test_seat_by_the_plan_is_cancelled_for_nothing_and_nothing_is_said_of_hours(english, ben, here, office):
    office.resources.add(here.open_seats)
    make_membership(ben, office)
    booking = booked(ben, here.open_seats)

    page = Page(english(ben).get(f"{booking.get_absolute_url()}cancellation/"))

    assert "Cancelling costs nothing." in page.main
    assert "used" not in page.main


def test_flex_member_reads_why_a_booth_is_not_theirs(english, ben, dorinoki):
    make_membership(ben, dorinoki.space.plans.get(kind="monthly"))

    page = quote(english(ben), dorinoki, "13:00", "15:00", resource=dorinoki.booths[0])

    assert "is let by the month, not by the hour." in page.alerts[0]
    assert not is_bookable(page)


def test_price_list_leads_to_the_plans_that_can_be_joined_and_to_no_visit(visitor, koharubiyori):
    plans = {plan.kind: plan.pk for plan in koharubiyori.space.plans.all()}

    links = Page(visitor.get("/spaces/koharubiyori/")).links_to("/spaces/koharubiyori/join/")

    assert f"/spaces/koharubiyori/join/{plans['free_pass']}/" in links
    assert not {f"/spaces/koharubiyori/join/{plans[kind]}/" for kind in ("drop_in", "mini_drop_in")} & set(links)


def crowded(user, house, count):
    """A life at a space: so many bookings of the person's own, some that draw on the plan, and everybody else's."""
    membership = make_membership(user, house.space.plans.get(kind="monthly"))
    for number in range(min(count, 3)):
        Pause.objects.create(
            membership=membership, starts_on=date(2027, 1 + 2 * number, 1), ends_on=date(2027, 1 + 2 * number, 31)
        )
    tenancy = make_membership(make_user("tenant@example.jp"), house.space.plans.get(kind="monthly"))
    make_companion(tenancy, user)
    for number in range(count):
        make_booking(
            house.rooms[0],
            user=user,
            day=date(2026, 11, 1 + number),
            basis=Booking.Basis.PLAN,
            membership=membership,
            plan_minutes=5,
            price=0,
        )
    fill(house.open_seats, 20 * count)


@pytest.mark.parametrize("count", [1, 23])
def test_space_page_asks_six_times_of_a_member_as_of_anybody(english, ben, here, count):
    crowded(ben, here, count)
    browser = english(ben)

    # Session, person, house, price list, what is taken; how the host honours visits by visa.
    assert queries(browser, "/spaces/somewhere/") == 6


@pytest.mark.parametrize("count", [1, 23])
def test_quote_asks_the_same_however_much_there_is_to_count(english, ben, here, count):
    crowded(ben, here, count)
    asked = "&".join(f"{name}={value}" for name, value in wish(here, "18:00", "19:00").items())

    # The session, the person, the house, what is taken, the seats of their own, the price list;
    # then first visits, what the limits count, and what was drawn on memberships.
    assert queries(english(ben), f"{address(here)}?{asked}") == 9


@pytest.mark.parametrize("count", [1, 23])
def test_booking_asks_the_same_however_much_there_is_to_count(english, ben, here, count):
    crowded(ben, here, count)
    browser = english(ben)

    with CaptureQueriesContext(connection) as asked:
        answer = browser.post(address(here), wish(here, "18:00", "19:00", resource=here.rooms[0], price=0))

    assert answer.status_code == 302
    # Session, person and house; a savepoint, the lock, the house and the price list under it, a lock for the person and
    # one for each membership that counts hours, the three counts of a quote; the booking, its notices, the savepoint.
    assert len(asked) == 16
