"""Switching the language."""

from datetime import date

import pytest
import time_machine
from django.core import mail
from django.test import Client

from bookings.booking import book
from notices.delivery import deliver_due
from tests.factories import at, span
from tests.reading import Page


def test_visitor_switches_and_stays_where_they_were(visitor, four_spaces):
    page = Page(visitor.get("/find/?day=2026-11-24&start=11:00&end=13:00&seats=1"))
    [form] = [form for form in page.forms if form.action == "/language/"]

    answer = page.submit(visitor, form, language="ja")

    assert answer.headers["Location"] == "/find/?day=2026-11-24&start=11:00&end=13:00&seats=1"
    assert Page(visitor.get("/")).lang == "ja"


def test_choice_lasts_a_year(visitor, db):
    cookie = visitor.post("/language/", {"language": "ja"}).cookies["django_language"]

    assert (cookie.value, cookie["max-age"], cookie["samesite"]) == ("ja", 60 * 60 * 24 * 365, "Lax")


def test_signed_in_person_gets_their_mails_in_it_too(as_user, ben):
    browser = as_user(ben)

    browser.post("/language/", {"language": "ja"})

    ben.refresh_from_db()
    assert ben.language == "ja"
    assert Page(browser.get("/bookings/")).lang == "ja"


def test_reminder_that_waits_comes_in_the_language_of_now(letters_apart, as_user, ben, koharubiyori, now):
    thursday = date(2026, 11, 26)
    seats = koharubiyori.open_seats.pk
    book(user=ben, space=koharubiyori.space, resource_id=seats, span=span("11:00", "13:00", thursday), now=now)

    as_user(ben).post("/language/", {"language": "ja"})
    with time_machine.travel(at("17:00", date(2026, 11, 25))):
        deliver_due(until=at("18:00", date(2026, 11, 25)))

    assert ["小春日和" in letter.subject for letter in mail.outbox] == [True, True]


@pytest.mark.parametrize("language", ["de", "xx", "", "EN", "ja-JP"])
def test_language_that_the_house_does_not_speak_changes_nothing(as_user, ben, language):
    answer = as_user(ben).post("/language/", {"language": language, "next": "/find/"})

    ben.refresh_from_db()
    assert answer.headers["Location"] == "/find/"
    assert ben.language == "en"


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_house(visitor, db, place):
    assert visitor.post("/language/", {"language": "ja", "next": place}).headers["Location"] == "/"


def test_language_is_switched_by_a_button_only(visitor, db):
    assert visitor.get("/language/?language=ja").status_code == 405


def test_browser_that_asks_for_neither_language_reads_japanese(db):
    assert Page(Client(headers={"accept-language": "fr"}).get("/accounts/login/")).lang == "ja"
