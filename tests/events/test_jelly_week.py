"""Worldwide Jelly Week: a page that gathers the Jellies of all spaces."""

from datetime import date, timedelta

import pytest
import time_machine

from events.jelly_weeks import coming_year
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import at
from tests.pages.conftest import JAPANESE
from tests.pages.conftest import english as english
from tests.pages.conftest import visitor as visitor
from tests.pages.crowd import queries
from tests.pages.test_every_page import ENGLISH_SENTENCE
from tests.reading import Page

HERE = "/events/jelly-week/"
MONDAY = date(2027, 1, 18)
SUNDAY = date(2027, 1, 24)


@pytest.fixture
def k(four_spaces):
    return four_spaces["koharubiyori"]


@pytest.fixture
def d(four_spaces):
    return four_spaces["dorinoki"]


def jelly(space, *others, day=MONDAY, **fields):
    event = make_event(space, day=day, **fields)
    for venue in (space, *others):
        make_venue(event, venue, capacity=10 if venue else None)
    return event


@pytest.mark.parametrize(
    ("today", "year"),
    [
        (date(2026, 1, 1), 2026),
        (date(2026, 1, 18), 2026),
        (date(2026, 1, 19), 2027),
        (date(2026, 11, 24), 2027),
        (SUNDAY, 2027),
        (SUNDAY + timedelta(1), 2028),
    ],
)
def test_coming_week_is_the_one_that_is_not_over(today, year):
    assert coming_year(today) == year


def test_page_gathers_the_jellies_of_the_week_of_all_spaces(visitor, k, d):
    first, last = jelly(k, d, None), jelly(d, day=SUNDAY, starts="20:00", ends="23:00")
    off = jelly(k, day=MONDAY + timedelta(2), cancelled_at=at("08:00"))
    before, after = jelly(k, day=MONDAY - timedelta(1)), jelly(k, day=SUNDAY + timedelta(1))
    talk, draft = jelly(k, kind="talk"), jelly(k, published_at=None)

    page = Page(visitor.get(HERE))

    shown = [one for one in (first, last, off, before, after, talk, draft) if one.reference in page.html]
    assert shown == [first, last, off]
    assert "Worldwide Jelly Week 2027" in page.main
    assert "18–24 Jan" in page.main
    assert "2 Jellies 2 spaces" in page.main
    assert page.main.count("Cancelled") == 1


def test_page_has_a_feed_and_an_invitation(visitor, english, sam, k):
    page = Page(visitor.get(HERE))

    assert page.link("Subscribe").endswith("/events/calendar.ics?jelly_week=2027&lang=en")
    assert page.link("Ask a space") == "/spaces/"
    assert "No Jelly is announced for this week yet." in page.main
    assert Page(english(sam).get(HERE)).link("Announce a Jelly") == "/admin/events/event/add/"


def test_years_before_stay_and_are_a_link_away(visitor, k):
    old = jelly(k, day=date(2025, 1, 14))
    jelly(k, day=date(2024, 1, 17), cancelled_at=at("08:00"))
    jelly(k, day=date(2026, 2, 3))
    jelly(k)

    page = Page(visitor.get(HERE))
    past = Page(visitor.get(page.link("2025")))

    assert [link for link in page.links_to(HERE) if link != HERE] == [f"{HERE}2025/"]
    assert old.reference in past.html
    assert "Hold one, too" not in past.main
    assert past.link("2027") == f"{HERE}2027/"


def test_week_without_jellies_says_so(visitor, four_spaces):
    assert "No Jelly was on in this week." in Page(visitor.get(f"{HERE}2013/")).main


@pytest.mark.parametrize("year", ["2011", "2031", "0", "10000", "9" * 40, "x", "-1"])
def test_year_without_a_week_is_not_there(visitor, four_spaces, year):
    assert visitor.get(f"{HERE}{year}/").status_code == 404


def test_week_that_is_on_is_the_coming_one_until_its_sunday_is_over(visitor, k):
    event = jelly(k, day=SUNDAY)
    for moment, year in ((at("23:59", SUNDAY), 2027), (at("00:00", SUNDAY + timedelta(1)), 2028)):
        with time_machine.travel(moment, tick=False):
            page = Page(visitor.get(HERE))
            assert f"Worldwide Jelly Week {year}" in page.main
            assert (event.reference in page.html) == (year == 2027)


def test_page_reads_in_japanese_without_english_sentences(visitor, k):
    jelly(k)

    for year in ("", "2028/", "2013/"):
        page = Page(visitor.get(HERE + year, headers=JAPANESE))
        assert (page.status, page.lang, ENGLISH_SENTENCE.findall(page.text)) == (200, "ja", [])


def test_page_asks_the_same_however_many_jellies_and_years(english, visitor, ben, k, d):
    counts = [set(), set()]
    for more in (1, 2, 20):
        for number in range(more):
            make_rsvp(jelly(k, d, None).venues.first(), ben)
            jelly(k, day=date.fromisocalendar(2020 + number % 5, 3, 2))
        for asked, client in zip(counts, (english(ben), visitor), strict=True):
            asked.add(queries(client, HERE))

    assert [len(asked) for asked in counts] == [1, 1]


def test_page_takes_no_post(visitor, four_spaces):
    assert visitor.post(HERE).status_code == 405
