"""Moving a booking in the page."""

from datetime import date

import pytest
import time_machine

from bookings.attendance import check_in
from bookings.cancelling import cancel
from bookings.models import Booking
from members.models import Plan
from notices.models import Notice
from tests.factories import at, make_booking, make_visited
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import fill, queries
from tests.pages.wishes import confirmation, is_bookable, sentence, wish
from tests.reading import Page


@pytest.fixture
def ben(ben, koharubiyori):
    return make_visited(ben, koharubiyori.space)


@pytest.fixture
def booking(ben, koharubiyori):
    return make_booking(koharubiyori.open_seats, starts="13:00", ends="15:00", user=ben, price=500)


@pytest.fixture
def address(booking):
    return f"/bookings/{booking.reference}/move/"


def test_page_starts_with_the_time_as_it_is(english, ben, booking, address):
    page = Page(english(ben).get(address))

    assert page.status == 200
    assert confirmation(page).fields["starts"] == "2026-11-24T13:00"
    assert confirmation(page).fields["ends"] == "2026-11-24T15:00"
    assert f"/bookings/{booking.reference}/" in page.links_to("/bookings/")


def test_person_picks_another_time_sees_its_price_and_moves(english, ben, koharubiyori, booking, address):
    browser = english(ben)
    page = Page(browser.get(address, wish(koharubiyori, "16:00", "20:00", day=date(2026, 11, 25))))

    answer = page.submit(browser, confirmation(page))

    booking.refresh_from_db()
    assert "¥800" in page.main
    assert answer.headers["Location"] == f"/bookings/{booking.reference}/"
    assert (booking.starts_at, booking.ends_at) == (at("16:00", date(2026, 11, 25)), at("20:00", date(2026, 11, 25)))
    assert (booking.price, booking.sequence, Booking.objects.count()) == (800, 1, 1)
    assert {notice.kind for notice in Notice.objects.all()} == {"booking.changed", "booking.reminder"}


def test_own_seat_counts_as_free_while_it_is_moved(english, ben, koharubiyori, booking, address):
    make_booking(koharubiyori.open_seats, starts="13:00", ends="16:00", seats=14)
    browser = english(ben)

    page = Page(browser.get(address, wish(koharubiyori, "14:00", "16:00")))
    answer = page.submit(browser, confirmation(page))

    assert answer.status_code == 302
    booking.refresh_from_db()
    assert booking.starts_at == at("14:00")


def test_seat_can_be_moved_into_a_room(english, ben, koharubiyori, booking, address):
    browser = english(ben)
    page = Page(browser.get(address, wish(koharubiyori, "13:00", "15:00", resource=koharubiyori.rooms[0])))

    page.submit(browser, confirmation(page))

    booking.refresh_from_db()
    assert (booking.resource, booking.basis, booking.price) == (koharubiyori.rooms[0], "room", 1000)


def refused(browser, address, house, *times, **asked):
    before = Booking.objects.order_by("pk").values_list()[0]
    page = Page(browser.post(address, wish(house, *times, **asked)))
    assert page.status == 409
    assert Booking.objects.order_by("pk").values_list()[0] == before
    assert not Notice.objects.exists()
    return page


def test_full_time_is_refused_and_another_offered_that_can_be_had(english, ben, koharubiyori, booking, address):
    make_booking(koharubiyori.open_seats, starts="16:00", ends="18:00", seats=15)
    browser = english(ben)

    page = refused(browser, address, koharubiyori, "16:00", "18:00")

    assert sentence("full") in page.alerts[0]
    assert page.alert_links


def test_alternatives_of_a_move_move(english, ben, koharubiyori, booking, address):
    make_booking(koharubiyori.open_seats, starts="16:00", ends="18:00", seats=15)
    browser = english(ben)

    page = refused(browser, address, koharubiyori, "16:00", "18:00")

    for link in page.alert_links:
        offered = Page(browser.get(link))
        assert offered.address == address, link
        assert is_bookable(offered), link


@pytest.mark.parametrize(
    ("times", "day", "code", "params"),
    [
        (("08:00", "10:00"), date(2026, 11, 24), "past", {}),
        (("20:00", "22:00"), date(2026, 11, 24), "closed", {"space": "Koharubiyori"}),
        (("11:10", "13:10"), date(2026, 11, 24), "off_step", {"minutes": 30}),
        (("13:00", "11:00"), date(2026, 11, 24), "ends_before_start", {}),
    ],
)
def test_time_that_breaks_a_rule_is_refused(english, ben, koharubiyori, address, times, day, code, params):
    page = refused(english(ben), address, koharubiyori, *times, day=day)

    assert sentence(code, **params) in page.alerts[0]


def test_own_other_seat_refuses(english, ben, koharubiyori, booking, address):
    make_booking(koharubiyori.open_seats, starts="17:00", ends="18:00", user=ben)

    page = refused(english(ben), address, koharubiyori, "16:00", "18:00")

    assert sentence("overlaps_own") in page.alerts[0]


def test_price_that_has_changed_is_refused_and_the_new_one_can_be_confirmed(
    english, ben, koharubiyori, booking, address
):
    browser = english(ben)
    page = Page(browser.get(address, wish(koharubiyori, "16:00", "18:00")))
    Plan.objects.filter(space=koharubiyori.space, kind="mini_drop_in").update(price=600)

    again = Page(page.submit(browser, confirmation(page)))
    answer = again.submit(browser, confirmation(again))

    assert again.status == 409
    assert sentence("price_changed", price="600") in again.alerts[0]
    assert answer.status_code == 302


@pytest.mark.parametrize(("clock", "code"), [("11:01", "move_too_late"), ("13:00", "begun")])
def test_late_it_can_not_be_moved(english, ben, koharubiyori, booking, address, clock, code):
    with time_machine.travel(at(clock), tick=False):
        browser = english(ben)
        shown = Page(browser.get(address))
        page = refused(browser, address, koharubiyori, "16:00", "18:00")

    assert not is_bookable(shown)
    assert sentence(code, until="Tue 24 Nov, 11:00") in page.alerts[0]


def test_cancelled_or_checked_in_it_can_not_be_moved(english, ben, koharubiyori, booking, address, now):
    check_in(booking=booking, now=now)
    browser = english(ben)
    assert sentence("begun") in refused(browser, address, koharubiyori, "16:00", "18:00").alerts[0]

    Booking.objects.update(checked_in_at=None)
    cancel(booking=booking, by="space", now=now)
    Notice.objects.all().delete()
    assert sentence("not_live") in refused(browser, address, koharubiyori, "16:00", "18:00").alerts[0]


def test_room_of_another_space_is_refused(english, ben, koharubiyori, dorinoki, booking, address):
    asked = wish(koharubiyori, "16:00", "18:00", resource=dorinoki.rooms[0])
    browser = english(ben)

    for answer in (browser.get(address, asked), browser.post(address, asked)):
        page = Page(answer)
        assert page.status == 400
        assert sentence("no_such_resource") in page.main
    booking.refresh_from_db()
    assert booking.resource == koharubiyori.open_seats


def test_visitor_is_sent_to_sign_in_and_nothing_moves(visitor, koharubiyori, booking, address):
    assert visitor.get(address).headers["Location"] == f"/accounts/login/?next={address}"
    assert visitor.post(address, wish(koharubiyori, "16:00", "18:00")).status_code == 302
    booking.refresh_from_db()
    assert booking.starts_at == at("13:00")


def test_visitor_who_asks_by_htmx_is_led_to_sign_in_with_the_whole_page(visitor, address):
    answer = visitor.get(address, headers={"hx-request": "true", "hx-current-url": f"http://testserver{address}"})

    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == f"/accounts/login/?next={address}"


def test_stranger_and_operator_find_nothing_there(english, chie, sam, koharubiyori, booking, address):
    for person in (chie, sam):
        assert english(person).get(address).status_code == 404
        assert english(person).post(address, wish(koharubiyori, "16:00", "18:00")).status_code == 404
    booking.refresh_from_db()
    assert booking.starts_at == at("13:00")


def test_what_is_asked_for_by_htmx_is_the_choice_alone(english, ben, koharubiyori, address):
    part = english(ben).get(address, wish(koharubiyori, "16:00", "18:00"), headers={"hx-request": "true"})

    assert "<html" not in part.content.decode()
    assert confirmation(Page(part)).fields["starts"] == "2026-11-24T16:00"
    assert "HX-Request" in part.headers["Vary"]


def test_page_reads_in_japanese(english, ben, address):
    page = Page(english(ben).get(address, headers=JAPANESE))

    assert (page.status, page.lang) == (200, "ja")


def test_page_asks_the_same_with_many_bookings(english, ben, koharubiyori, booking, address):
    browser = english(ben)
    first = queries(browser, address)
    fill(koharubiyori.open_seats, 300)

    assert queries(browser, address) == first <= 9


def test_missing_fields_are_said(english, ben, address):
    page = Page(english(ben).post(address))

    assert page.status == 400
    assert page.alerts
