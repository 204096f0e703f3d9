"""Booking in the page, from the quote to the ticket, with every way in which it can be refused."""

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from bookings.models import Booking
from members.models import Plan
from notices.models import Notice
from tests.factories import at, make_booking, make_closure, make_membership, make_room, make_space, make_visited
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import fill, queries
from tests.pages.wishes import address, confirmation, is_bookable, quote, sentence, wish
from tests.reading import Page

SATURDAY, SUNDAY, LAST_DAY = date(2026, 11, 28), date(2026, 11, 29), date(2027, 1, 23)


@pytest.fixture
def ben(ben, koharubiyori):
    return make_visited(ben, koharubiyori.space)


def alternatives(page):
    """The addresses of the quotes that a refusal offers instead."""
    return [link for link in page.alert_links if "/booking/?" in link]


def test_visitor_sees_the_price_and_why_and_the_other_prices(visitor, koharubiyori):
    page = quote(visitor, koharubiyori, "11:00", "13:00")

    assert page.status == 200
    assert "¥500" in page.main
    assert "Mini drop-in: up to 120 minutes." in page.main
    assert "Drop-in: one day. ¥800" in page.main
    assert confirmation(page).fields["price"] == "500"
    assert len(page.headings) == 1


def test_day_costs_the_day_price_and_no_shorter_one_is_shown(visitor, koharubiyori):
    page = quote(visitor, koharubiyori, "11:00", "21:00")

    assert "¥800" in page.main
    assert "Mini drop-in" not in page.main


def test_price_counts_each_person(visitor, koharubiyori):
    page = quote(visitor, koharubiyori, "11:00", "13:00", seats=3)

    assert "Mini drop-in: up to 120 minutes. For 3 persons." in page.main
    assert confirmation(page).fields["price"] == "1500"


def test_member_reads_that_the_plan_covers_it(english, aiko, garage):
    page = quote(english(aiko), garage, "11:00", "22:00")

    assert "Covered by your plan: Registered member." in page.main
    assert confirmation(page).fields["price"] == "0"


def test_page_says_how_many_seats_are_free(visitor, koharubiyori):
    make_booking(koharubiyori.open_seats, starts="12:00", ends="14:00", seats=4)

    assert "11 seats" in quote(visitor, koharubiyori, "11:00", "13:00").main


def test_coworker_books_and_is_shown_the_ticket(english, ben, koharubiyori):
    browser = english(ben)
    page = quote(browser, koharubiyori, "11:00", "13:00")

    answer = page.submit(browser, confirmation(page))

    booking = Booking.objects.get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/bookings/{booking.reference}/?new=1"
    assert (booking.user, booking.price, booking.starts_at, booking.ends_at) == (ben, 500, at("11:00"), at("13:00"))
    assert [notice.kind for notice in Notice.objects.all()] == ["booking.confirmed"]
    assert booking.spaced_reference.split("-")[0] in Page(browser.get(answer.headers["Location"])).main


def test_times_of_the_page_can_be_picked_and_booked(english, ben, koharubiyori):
    browser = english(ben)
    page = quote(browser, koharubiyori, "11:00", "13:00")

    later = Page(page.submit(browser, page.forms[-2], starts="2026-11-24T15:30", ends="2026-11-24T17:00"))
    later.submit(browser, confirmation(later))

    assert Booking.objects.get().starts_at == at("15:30")


def test_day_of_the_strip_keeps_the_hours(visitor, koharubiyori):
    page = quote(visitor, koharubiyori, "12:00", "14:00")

    days = [parse_qs(urlsplit(link).query) for link in page.links_to("?")]
    assert [day["starts"][0] for day in days[:3]] == ["2026-11-24T12:00", "2026-11-25T12:00", "2026-11-26T12:00"]
    for link in page.links_to("?"):
        assert is_bookable(Page(visitor.get(address(koharubiyori) + link))), link


def test_visitor_who_confirms_is_sent_to_sign_in_and_back_to_the_same_quote(visitor, koharubiyori, ben):
    page = quote(visitor, koharubiyori, "11:00", "13:00", seats=2)

    answer = page.submit(visitor, confirmation(page))
    [back] = parse_qs(urlsplit(answer.headers["Location"]).query)["next"]
    visitor.force_login(ben)
    again = Page(visitor.get(back))

    assert answer.status_code == 302
    assert urlsplit(answer.headers["Location"]).path == "/accounts/login/"
    assert confirmation(again).fields == {**confirmation(page).fields, "csrfmiddlewaretoken": again_token(again)}
    assert not Booking.objects.exists()


def again_token(page):
    return confirmation(page).fields["csrfmiddlewaretoken"]


def refused(client, house, *times, **asked):
    """The answer to a wish that was confirmed though it can't be had; nothing is written and the form is kept."""
    asked_for = wish(house, *times, **asked)
    booked = Booking.objects.count()
    page = Page(client.post(address(house), asked_for))
    assert page.status == 409
    assert Booking.objects.count() == booked
    assert not Notice.objects.exists()
    if not is_bookable(page):
        kept = page.forms[-1].fields
        assert kept["resource"] == str(asked_for["resource"])
        assert kept["seats"] == str(asked_for["seats"])
    return page


def test_full_house_is_refused_and_the_nearest_free_time_can_be_booked(english, ben, koharubiyori):
    make_booking(koharubiyori.open_seats, starts="12:00", ends="12:30", seats=15)
    browser = english(ben)

    page = refused(browser, koharubiyori, "11:00", "13:00", price=500)
    nearest = Page(browser.get(alternatives(page)[0]))
    answer = nearest.submit(browser, confirmation(nearest))

    assert sentence("full") in page.alerts[0]
    assert answer.status_code == 302
    assert Booking.objects.get(user=ben).starts_at == at("12:30")


def test_every_alternative_can_be_booked(english, ben, koharubiyori):
    make_booking(koharubiyori.open_seats, starts="12:00", ends="12:30", seats=15)
    browser = english(ben)
    page = refused(browser, koharubiyori, "11:00", "13:00")

    offered = alternatives(page)
    assert len(offered) == 3
    for link in offered:
        quoted = Page(browser.get(link))
        answer = quoted.submit(browser, confirmation(quoted))
        assert answer.status_code == 302, link
        Booking.objects.filter(user=ben).delete()


def test_other_space_is_offered_at_the_same_time(english, ben, koharubiyori):
    make_booking(koharubiyori.open_seats, starts="11:00", ends="21:00", seats=15)

    page = refused(english(ben), koharubiyori, "11:00", "13:00")

    [elsewhere] = [link for link in alternatives(page) if "cafe-36" in link]
    assert "starts=2026-11-24T11:00" in elsewhere


def test_more_seats_than_are_free_are_refused(english, ben, koharubiyori):
    make_booking(koharubiyori.open_seats, starts="11:00", ends="13:00", seats=13)

    page = refused(english(ben), koharubiyori, "11:00", "13:00", seats=3)

    assert sentence("full") in page.alerts[0]
    assert all("seats=3" in link for link in alternatives(page))


def test_taken_room_is_refused_with_the_next_free_hours(english, ben, koharubiyori):
    [room] = koharubiyori.rooms
    make_booking(room, starts="12:00", ends="14:00")

    page = refused(english(ben), koharubiyori, "13:00", "15:00", resource=room)

    assert sentence("taken", resource="Meeting room") in page.alerts[0]
    assert "starts=2026-11-24T14:00" in alternatives(page)[0]


@pytest.mark.parametrize(
    ("times", "day", "code", "params"),
    [
        (("08:00", "10:00"), date(2026, 11, 24), "past", {}),
        (("10:00", "12:00"), date(2026, 11, 24), "closed", {"space": "Koharubiyori"}),
        (("20:00", "22:00"), date(2026, 11, 24), "closed", {"space": "Koharubiyori"}),
        (("11:00", "13:00"), SUNDAY, "closed", {"space": "Koharubiyori"}),
        (("11:00", "13:00"), date(2027, 1, 11), "closed", {"space": "Koharubiyori"}),
        (("11:10", "13:10"), date(2026, 11, 24), "off_step", {"minutes": 30}),
        (("11:10", "13:00"), date(2026, 11, 24), "off_step", {"minutes": 30}),
        (("13:00", "11:00"), date(2026, 11, 24), "ends_before_start", {}),
    ],
)
def test_time_that_breaks_a_rule_is_refused(english, ben, koharubiyori, times, day, code, params):
    browser = english(ben)

    page = refused(browser, koharubiyori, *times, day=day)

    assert sentence(code, **params) in page.alerts[0]
    assert bool(alternatives(page)) == (code != "ends_before_start")
    for link in alternatives(page):
        assert is_bookable(Page(browser.get(link))), link


def test_day_beyond_the_horizon_is_refused_and_days_within_are_offered(english, ben, koharubiyori):
    browser = english(ben)

    page = refused(browser, koharubiyori, "11:00", "13:00", day=LAST_DAY + timedelta(days=2))

    assert "Koharubiyori takes bookings up to Jan. 23, 2027." in page.alerts[0]
    nearest = Page(browser.get(alternatives(page)[0]))
    assert is_bookable(nearest)


@time_machine.travel(at("12:00"), tick=False)
def test_past_time_is_refused_and_a_later_one_offered(english, ben, koharubiyori):
    browser = english(ben)

    page = refused(browser, koharubiyori, "11:00", "13:00")

    assert sentence("past") in page.alerts[0]
    assert "starts=2026-11-24T12:00" in alternatives(page)[0]
    assert is_bookable(Page(browser.get(alternatives(page)[0])))


def test_short_notice_is_refused_with_the_first_time_that_can_be_had(english, ben, koharubiyori):
    koharubiyori.space.notice_minutes = 180
    koharubiyori.space.save()
    browser = english(ben)

    page = refused(browser, koharubiyori, "11:00", "13:00")

    assert sentence("too_short_notice", space="Koharubiyori", minutes=180) in page.alerts[0]
    for link in alternatives(page):
        assert is_bookable(Page(browser.get(link))), link


def test_closure_is_refused_and_the_day_after_offered(english, ben, koharubiyori):
    make_closure(koharubiyori.space)

    page = refused(english(ben), koharubiyori, "11:00", "13:00")

    assert "starts=2026-11-25T11:00" in alternatives(page)[0]


def test_own_seat_at_the_same_time_is_refused_here_and_elsewhere(english, ben, koharubiyori, four_spaces):
    cafe = four_spaces["cafe-36"].resources.get()
    make_booking(cafe, starts="12:00", ends="14:00", user=ben)
    browser = english(ben)

    page = refused(browser, koharubiyori, "11:00", "13:00")

    assert sentence("overlaps_own") in page.alerts[0]
    assert alternatives(page)
    for link in alternatives(page):
        assert is_bookable(Page(browser.get(link))), link


def test_seat_that_is_sold_to_members_only_is_refused_with_the_way_to_join(english, ben, garage):
    page = refused(english(ben), garage, "11:00", "13:00")

    assert sentence("no_drop_in", space="Garage labs") in page.alerts[0]
    assert page.links_to("/spaces/garage-labs/")
    assert [link for link in alternatives(page) if "koharubiyori" in link]


def test_room_for_members_is_refused_to_others(english, ben, garage):
    page = refused(english(ben), garage, "11:00", "13:00", resource=garage.rooms[0])

    assert sentence("members_only", resource="Meeting room", space="Garage labs") in page.alerts[0]


def test_booth_by_the_month_is_refused(english, ben, dorinoki):
    page = refused(english(ben), dorinoki, "11:00", "13:00", resource=dorinoki.booths[0])

    assert sentence("by_the_month", resource="Booth for 1, no. 1") in page.alerts[0]
    assert page.link("How to join") == "/spaces/dorinoki/join/"


def test_price_that_has_changed_is_refused_and_the_new_one_can_be_confirmed(english, ben, koharubiyori):
    browser = english(ben)
    page = quote(browser, koharubiyori, "11:00", "13:00")
    Plan.objects.filter(space=koharubiyori.space, kind="mini_drop_in").update(price=600)

    again = Page(page.submit(browser, confirmation(page)))
    answer = again.submit(browser, confirmation(again))

    assert again.status == 409
    assert sentence("price_changed", price="600") in again.alerts[0]
    assert answer.status_code == 302
    assert Booking.objects.get().price == 600


def test_every_reason_is_said(english, ben, koharubiyori):
    page = refused(english(ben), koharubiyori, "07:00", "08:00", seats=16)

    said = (sentence("past"), sentence("closed", space="Koharubiyori"), sentence("too_many_seats", capacity=15))
    assert [words for words in said if words not in page.alerts[0]] == []


def test_wish_that_can_not_be_had_is_said_before_it_is_tried(visitor, koharubiyori):
    make_booking(koharubiyori.open_seats, starts="11:00", ends="13:00", seats=15)

    page = quote(visitor, koharubiyori, "11:00", "13:00")

    assert page.status == 200
    assert sentence("full") in page.alerts[0]
    assert not is_bookable(page)
    assert alternatives(page)


def test_visitor_reads_how_to_join_where_nothing_is_sold(visitor, dorinoki):
    page = quote(visitor, dorinoki, "11:00", "13:00")

    assert sentence("no_drop_in", space="Dorinoki") in page.alerts[0]


def test_second_click_books_no_second_seat(english, ben, koharubiyori):
    browser = english(ben)
    page = quote(browser, koharubiyori, "11:00", "13:00")

    page.submit(browser, confirmation(page))
    again = Page(page.submit(browser, confirmation(page)))

    assert again.status == 409
    assert sentence("overlaps_own") in again.alerts[0]
    assert Booking.objects.count() == 1


def test_resource_of_another_space_is_refused(english, ben, koharubiyori, four_spaces):
    cafe = four_spaces["cafe-36"].resources.get()
    browser = english(ben)

    for answer in (
        browser.get(address(koharubiyori), wish(koharubiyori, resource=cafe)),
        browser.post(address(koharubiyori), wish(koharubiyori, resource=cafe)),
    ):
        page = Page(answer)
        assert page.status == 400
        assert sentence("no_such_resource") in page.main
    assert not Booking.objects.exists()


def test_resource_that_is_retired_is_refused(english, ben, koharubiyori):
    [room] = koharubiyori.rooms
    room.retired_on = date(2026, 11, 24)
    room.save()

    page = Page(english(ben).post(address(koharubiyori), wish(koharubiyori, resource=room)))

    assert page.status == 400
    assert sentence("no_such_resource") in page.main


def test_plan_of_a_membership_that_has_ended_covers_nothing(english, ben, garage):
    make_membership(ben, garage.space.plans.get(), status="ended", ends_on=date(2026, 11, 23))

    assert sentence("no_drop_in", space="Garage labs") in quote(english(ben), garage, "11:00", "13:00").alerts[0]


def test_plan_covers_no_day_after_its_last(english, ben, garage):
    make_membership(ben, garage.space.plans.get(), ends_on=date(2026, 11, 24))
    browser = english(ben)

    assert is_bookable(quote(browser, garage, "11:00", "13:00"))
    assert not is_bookable(quote(browser, garage, "11:00", "13:00", day=date(2026, 11, 25)))


def test_room_beside_an_own_seat_can_be_booked(english, ben, koharubiyori):
    make_booking(koharubiyori.open_seats, starts="11:00", ends="13:00", user=ben)
    browser = english(ben)

    page = quote(browser, koharubiyori, "11:00", "13:00", resource=koharubiyori.rooms[0])

    assert page.submit(browser, confirmation(page)).status_code == 302


def test_times_are_those_of_the_space(english, ben, now):
    lisbon = make_space("lisbon", opens="09:00", closes="18:00", timezone="Europe/Lisbon", country="PT")
    room = make_room(lisbon)
    browser = english(ben)

    asked = {"resource": room.pk, "starts": "2026-11-24T10:00", "ends": "2026-11-24T11:00", "seats": 1}
    page = Page(browser.get("/spaces/lisbon/booking/", asked))
    page.submit(browser, confirmation(page))

    assert "10:00–11:00" in page.main
    assert Booking.objects.get().starts_at == at("19:00")


def test_what_is_asked_for_by_htmx_is_the_choice_alone(visitor, koharubiyori):
    part = visitor.get(address(koharubiyori), wish(koharubiyori), headers={"hx-request": "true"})

    assert "<html" not in part.content.decode()
    assert confirmation(Page(part)).fields["price"] == "500"
    assert "HX-Request" in part.headers["Vary"]


def test_quote_reads_in_japanese(visitor, koharubiyori):
    page = Page(visitor.get(address(koharubiyori), wish(koharubiyori), headers=JAPANESE))

    assert (page.status, page.lang) == (200, "ja")
    assert "ミニドロップイン" in page.main


def test_name_of_the_longest_kind_can_book(english, ben, koharubiyori):
    ben.family_name, ben.given_name = "あ" * 60, "い" * 60
    ben.save()

    assert english(ben).post(address(koharubiyori), wish(koharubiyori)).status_code == 302


@pytest.mark.parametrize("bookings", [1, 500])
def test_quote_asks_six_times_at_most(visitor, english, ben, koharubiyori, bookings):
    fill(koharubiyori.open_seats, bookings)
    asked = "&".join(f"{name}={value}" for name, value in wish(koharubiyori, "18:00", "20:00").items())

    assert queries(visitor, f"{address(koharubiyori)}?{asked}") == 3
    assert queries(english(ben), f"{address(koharubiyori)}?{asked}") <= 7


def test_space_that_nobody_knows_has_no_quotes(visitor, koharubiyori):
    assert visitor.get("/spaces/nowhere/booking/", wish(koharubiyori)).status_code == 404
    assert visitor.post("/spaces/nowhere/booking/", wish(koharubiyori)).status_code == 404


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_quote_takes_no_other_method(visitor, koharubiyori, method):
    assert getattr(visitor, method)(address(koharubiyori)).status_code == 405


def test_start_picked_after_the_end_keeps_a_length(visitor, koharubiyori):
    address = f"/spaces/koharubiyori/booking/?resource={koharubiyori.open_seats.pk}&seats=1"

    answer = visitor.get(f"{address}&starts=2026-11-25T20:00&ends=2026-11-25T13:00", headers={"HX-Request": "true"})

    assert answer.status_code == 302
    assert "starts=2026-11-25T20%3A00&ends=2026-11-25T21%3A00" in answer["Location"]
    assert visitor.get(answer["Location"], headers={"HX-Request": "true"}).status_code == 200
