"""The pages of the hosts in a passport: what they offer, what is left of it, visits to come, and stamps."""

import re
from datetime import date, time, timedelta

import pytest

from bookings.passport import STAMPS_SHOWN
from tests.factories import TUESDAY, at, make_booking, make_membership, make_resource, make_space
from tests.pages.passports import JULY, been, leave_the_federation, read, visit
from tests.reading import Page
from visas.models import Terms, Visa

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def visa(aiko):
    return Visa.objects.get()


def test_each_host_says_what_it_offers_and_home_has_no_page(english, aiko, koharubiyori):
    Terms.objects.create(space=koharubiyori.space, percent_off=25, opens=time(11), closes=time(18))

    page = read(english(aiko))

    assert "3 days a month free of charge, then 25% off the drop-in, from 11:00 to 18:00." in page.main
    assert "In the words of Koharubiyori, confirmed on 24 November 2026." in page.main
    assert "The terms that all spaces share; not yet confirmed by Cafe 36." in page.main
    assert page.main.count("Book a visit") == 3
    assert page.links_to("/spaces/garage-labs/?") == []
    assert page.link("Book a visit: Koharubiyori") == f"/spaces/koharubiyori/?offer=visa-{koharubiyori.open_seats.pk}"


def test_book_a_visit_leads_to_a_week_by_visa(english, aiko, koharubiyori):
    browser = english(aiko)

    week = Page(browser.get(read(browser).link("Book a visit: Koharubiyori")))

    assert "With your Coworking VISA" in week.main


def test_terms_that_were_confirmed_long_ago_say_so(english, aiko, dorinoki):
    Terms.objects.create(space=dorinoki.space, confirmed_at=at("09:00", TUESDAY - 365 * DAY))

    assert "Dorinoki has not confirmed this since 24 November 2025." in read(english(aiko)).main


def test_days_left_are_those_of_the_month_and_visits_to_come_count(english, aiko, visa, koharubiyori):
    seats = koharubiyori.open_seats
    been(seats, visa, TUESDAY - 30 * DAY)
    been(seats, visa, TUESDAY - 3 * DAY)
    booking = visit(seats, visa, TUESDAY + 2 * DAY)
    visit(seats, visa, TUESDAY + 9 * DAY)

    page = read(english(aiko))

    assert "Koharubiyori 1 of 3 free days left in November 2026" in page.main
    assert "Dorinoki 3 of 3 free days left in November 2026" in page.main
    assert page.link("Thu 26 Nov 11:00–13:00") == booking.get_absolute_url()


def test_stamps_are_for_days_on_which_the_holder_came(english, aiko, visa, koharubiyori, dorinoki):
    been(koharubiyori.open_seats, visa, TUESDAY - DAY)
    been(koharubiyori.open_seats, visa, TUESDAY - DAY, starts="15:00", ends="16:00")
    been(dorinoki.open_seats, visa, TUESDAY - 2 * DAY)
    visit(dorinoki.open_seats, visa, TUESDAY - 3 * DAY, missed_at=at("12:00", TUESDAY - 3 * DAY))
    make_booking(dorinoki.open_seats, day=TUESDAY - 4 * DAY, user=aiko, checked_in_at=at("11:00", TUESDAY - 4 * DAY))

    page = read(english(aiko))

    assert re.findall(r"\d{4}\.\d\d\.\d\d", page.main) == ["2026.11.22", "2026.11.23"]
    assert page.main.count("No stamp yet.") == 1


def test_many_stamps_are_the_last_ones_and_a_count(english, aiko, visa, dorinoki):
    for number in range(STAMPS_SHOWN + 2):
        been(dorinoki.open_seats, visa, TUESDAY - (number + 1) * 11 * DAY)

    page = read(english(aiko))

    days = re.findall(r"\d{4}\.\d\d\.\d\d", page.main)
    assert len(days) == STAMPS_SHOWN
    assert days[0] == "2026.11.13"
    assert days == sorted(days, reverse=True)
    assert "and 2 more" in page.main


def test_stamp_bears_the_day_of_the_host(english, aiko, visa):
    far = make_space("far", name_en="Far", timezone="America/New_York", opens="00:00", closes="23:30")
    been(make_resource(far), visa, date(2026, 11, 10), starts="01:00", ends="02:00")

    # One in the morning in Japan is eleven the morning before in New York.
    assert "2026.11.09" in read(english(aiko)).main


def test_what_stands_against_every_visit_is_said(english, aiko, dorinoki):
    Terms.objects.create(space=dorinoki.space, not_from_nearby=True, notice_hours=24, once_a_week=True)

    page = read(english(aiko))

    assert "Dorinoki keeps its Coworking VISA days for people from outside Garage labs's town." in page.main
    assert "asks for visits by Coworking VISA to be booked" not in page.main


def test_two_homes_are_two_passports_and_neither_home_is_a_host(english, aiko, koharubiyori):
    make_membership(aiko, koharubiyori.space.plans.get(kind="free_pass"))

    page = read(english(aiko))

    assert all(visa.printed_number in page.main for visa in Visa.objects.all())
    assert page.main.count("Show at the desk") == 2
    assert {words for words, _href in page.links if words.startswith("Book a visit")} == {
        "Book a visit: Dorinoki",
        "Book a visit: Cafe 36",
    }


def test_space_that_has_left_keeps_its_stamps_alone(english, aiko, visa, koharubiyori, dorinoki):
    been(koharubiyori.open_seats, visa, JULY)
    for house in (koharubiyori, dorinoki):
        leave_the_federation(house.space, TUESDAY)

    page = read(english(aiko))

    assert "Koharubiyori has left the federation. The stamps stay." in page.main
    assert "2026.07.01" in page.main
    assert "Dorinoki" not in page.main
    assert page.main.count("Book a visit") == 1
