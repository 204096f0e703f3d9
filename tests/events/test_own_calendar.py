"""The address of one's own calendar: made, shown once, renewed, taken back."""

import hashlib
import re

import pytest
from django.test import Client

from events.models import CalendarFeed
from events.own_calendar import owner_of, renew, revoke
from tests.pages.conftest import JAPANESE
from tests.pages.conftest import english as english
from tests.pages.conftest import visitor as visitor
from tests.pages.test_every_page import ENGLISH_SENTENCE
from tests.reading import Page

HERE = "/calendar/"
ADDRESS = re.compile(r"http://localhost:8000(/calendar/[\w-]{32}\.ics)")


def address_on(answer):
    [found] = set(ADDRESS.findall(answer.content.decode()))
    return found


def test_visitor_is_sent_to_sign_in(visitor, db):
    assert visitor.get(HERE).headers["Location"] == f"/accounts/login/?next={HERE}"


def test_person_makes_an_address_that_is_shown_once_and_opens_the_calendar(english, ben):
    browser = english(ben)
    before = Page(browser.get(HERE))

    made = browser.post(HERE)
    after = browser.get(HERE)

    assert "Make an address" in before.main
    assert made.status_code == 200
    assert Client().get(address_on(made)).status_code == 200
    assert f"webcal://localhost:8000{address_on(made)}" in made.content.decode()
    assert ADDRESS.search(after.content.decode()) is None
    assert "has had an address since 24 November 2026" in Page(after).main
    assert "no-store" in made.headers["Cache-Control"]


def test_only_a_hash_of_the_secret_is_kept(ben, now):
    token = renew(user=ben, now=now)

    [row] = CalendarFeed.objects.values()
    assert row["token_hash"] == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(row)
    assert len(token) * 6 >= 128


def test_new_address_ends_the_old_one_at_once(english, ben):
    browser = english(ben)
    old = address_on(browser.post(HERE))
    new = address_on(browser.post(HERE))

    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200
    assert CalendarFeed.objects.filter(revoked_at=None).count() == 1


def test_address_that_is_taken_back_opens_nothing_and_another_can_be_made(english, ben):
    browser = english(ben)
    address = address_on(browser.post(HERE))

    answer = browser.post(HERE, {"revoke": "1"}, follow=True)

    assert "opens nothing any more" in Page(answer).text
    assert "Make an address" in Page(answer).main
    assert Client().get(address).status_code == 404
    assert browser.post(HERE, {"revoke": "1"}).status_code == 302
    assert Client().get(address_on(browser.post(HERE))).status_code == 200


def test_address_that_is_none_looks_like_one_that_was_taken_back(ben, now):
    taken = renew(user=ben, now=now)
    revoke(user=ben, now=now)

    answers = [Client().get(f"/calendar/{token}.ics") for token in (taken, "x", "x" * 3000, "%00", "%FF", "あ")]

    assert {answer.status_code for answer in answers} == {404}
    assert len({Page(answer).text for answer in answers}) == 1


def test_nobody_else_is_touched(ben, chie, now):
    his, hers = renew(user=ben, now=now), renew(user=chie, now=now)

    revoke(user=ben, now=now)

    assert (owner_of(his), owner_of(hers)) == (None, chie)


def test_account_that_is_shut_opens_no_calendar(ben, now):
    token = renew(user=ben, now=now)
    ben.is_active = False
    ben.save()

    assert owner_of(token) is None


def test_own_calendar_is_kept_and_searched_by_nobody(ben, now):
    answer = Client().get(f"/calendar/{renew(user=ben, now=now)}.ics")

    assert "private" in answer.headers["Cache-Control"]
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("made", [False, True])
def test_page_reads_in_japanese_without_english_sentences(english, chie, now, made):
    browser = english(chie)
    if made:
        renew(user=chie, now=now)

    for answer in (browser.get(HERE, headers=JAPANESE), browser.post(HERE, headers=JAPANESE)):
        page = Page(answer)
        assert (page.status, page.lang, ENGLISH_SENTENCE.findall(page.text)) == (200, "ja", [])


def test_page_takes_no_put(english, ben):
    assert english(ben).put(HERE).status_code == 405
