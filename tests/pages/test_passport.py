"""The passport: whose it is, until when it is good, and what it is in every state."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import translation

from bookings.revoking import revoke
from bookings.uncovered import pause
from members.models import Plan
from tests.factories import TUESDAY, at, make_membership, make_plan, make_resource, make_space
from tests.look.test_outline import check
from tests.pages.conftest import ENGLISH, JAPANESE
from tests.pages.crowd import make_more_spaces, queries
from tests.pages.passports import JULY, PASSPORT, been, code_page, leave_the_federation, read, visit
from tests.reading import Page
from visas.models import Visa

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def visa(aiko):
    return Visa.objects.get()


def test_page_shows_whose_it_is_and_until_when(english, aiko, visa):
    page = read(english(aiko))

    assert page.headings == ["Passport"]
    for words in (
        "Name 伊藤 愛子",
        f"Number {visa.printed_number}",
        "Home space Garage labs",
        "Member since 1 January 2026",
        "Valid until as long as the membership",
        "Today Valid",
    ):
        assert words in page.main


def test_without_a_visa_it_says_which_plans_grant_one(english, ben, four_spaces):
    page = read(english(ben))

    granting = {plan.space.slug for plan in Plan.objects.filter(grants_visa=True).select_related("space")}
    assert "No passport yet." in page.main
    assert {href for words, href in page.links if href.endswith("/join/")} == {
        f"/spaces/{slug}/join/" for slug in granting
    }
    assert page.links_to("/passport/") == ["/passport/"]  # that in the head


def test_visa_that_rests_is_not_valid_today_but_will_be(english, aiko, visa):
    pause(membership=visa.membership, first=date(2026, 12, 1), last=date(2026, 12, 31), by=aiko, now=at("09:00"))
    assert "Valid until 30 November 2026" in read(english(aiko)).main

    visa.membership.pauses.update(starts_on=TUESDAY)
    page = read(english(aiko))

    assert "Not valid today" in page.main
    assert "The membership at Garage labs is paused on that day" in page.main
    assert "free days left" in page.main
    assert "Show at the desk" not in page.main
    assert "Book a visit" not in page.main


def test_visa_to_come_says_from_when(english, ben, four_spaces):
    make_membership(ben, four_spaces["garage-labs"].plans.get(kind="free"), starts_on=date(2026, 12, 1))

    page = read(english(ben))

    assert "The Coworking VISA of Garage labs is valid from 1 December 2026 on." in page.main
    assert "No passport yet." not in page.main
    assert "Show at the desk" not in page.main


def test_ended_visa_keeps_its_stamps_and_offers_nothing(english, aiko, visa, koharubiyori):
    been(koharubiyori.open_seats, visa, JULY)
    membership = visa.membership
    membership.status, membership.ends_on = "ended", TUESDAY - DAY
    membership.save()

    page = read(english(aiko))

    assert "The membership at Garage labs has ended, and the Coworking VISA with it." in page.main
    assert "2026.07.01" in page.main
    assert "free days left" not in page.main
    assert "Valid until" not in page.main
    assert "None of your visas is valid at the moment." in page.main


def test_revoked_visa_says_so(english, aiko, visa, sam):
    revoke(visa=visa, by=sam, reason="Lent to somebody", now=at("09:00"))

    page = read(english(aiko))

    assert "The Coworking VISA of Garage labs was revoked. Ask there." in page.main
    assert "Show at the desk" not in page.main


def test_valid_passport_stands_before_one_that_is_not(english, aiko, visa, koharubiyori):
    make_membership(aiko, koharubiyori.space.plans.get(kind="free_pass"))
    Visa.objects.filter(pk=visa.pk).update(revoked_at=at("09:00"))

    page = read(english(aiko))

    assert page.main.index("Home space Koharubiyori") < page.main.index("Home space Garage labs")


def test_home_that_has_left_lets_the_visa_hold_to_the_end_of_the_month(english, aiko, garage):
    leave_the_federation(garage.space, TUESDAY)

    page = read(english(aiko))

    assert "Valid until 30 November 2026" in page.main
    assert "Today Valid" in page.main


def test_page_costs_eight_queries_however_much_there_is(english, aiko, visa, koharubiyori, dorinoki):
    browser = english(aiko)
    few = queries(browser, PASSPORT)

    make_membership(aiko, dorinoki.space.plans.filter(grants_visa=True).first())
    make_more_spaces(5)
    for number in range(30):
        been(koharubiyori.open_seats, visa, TUESDAY - (number + 1) * 10 * DAY)
        visit(koharubiyori.open_seats, visa, TUESDAY + number * DAY, price=400)

    assert (few, queries(browser, PASSPORT)) == (8, 8)


def test_page_without_a_visa_costs_less(english, ben, four_spaces):
    assert queries(english(ben), PASSPORT) == 5


def test_page_is_japanese_for_who_reads_japanese(aiko, visa, koharubiyori):
    browser = Client(headers=JAPANESE)
    browser.force_login(aiko)
    been(koharubiyori.open_seats, visa, TUESDAY - DAY)

    with translation.override("ja"):
        page = Page(browser.get(PASSPORT))

    assert page.headings == ["パスポート"]
    assert "2026年11月の無料利用日は3日のうち残り2日" in page.main
    assert re.findall(r"\b[A-Za-z’']+ [a-z’']+ [a-z’']+\b", page.main) == []


def test_head_leads_to_the_passport(visitor, english, ben, four_spaces):
    assert "/passport/" in Page(english(ben).get("/")).html
    assert "/passport/" not in Page(visitor.get("/")).html


def test_plan_that_grants_no_visa_any_more_is_told(english, chie):
    space = make_space()
    plan = make_plan(space, make_resource(space), kind=Plan.Kind.FREE_PASS, grants_visa=True)
    make_membership(chie, plan)
    Plan.objects.filter(pk=plan.pk).update(grants_visa=False)

    page = read(english(chie))

    assert "The plan at Somewhere gives no Coworking VISA on that day." in page.main
    assert "Show at the desk" not in page.main


@pytest.mark.parametrize("language", ["ja", "en"])
def test_page_and_code_have_an_outline(language, aiko, visa, koharubiyori):
    browser = Client(headers=JAPANESE if language == "ja" else ENGLISH)
    browser.force_login(aiko)
    been(koharubiyori.open_seats, visa, TUESDAY - DAY)
    make_membership(aiko, koharubiyori.space.plans.get(kind="free_pass"))

    for page in (PASSPORT, code_page(visa)):
        check(browser.get(page).content.decode(), language)
