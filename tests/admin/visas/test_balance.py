"""The balance of days between the spaces, as operators see it."""

import csv
import io
import re
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.models import Operator
from spaces.look import Colour
from tests.conftest import make_operator
from tests.factories import make_booking, make_membership
from tests.reading import Page, english
from visas.models import Visa

STATIC = Path(__file__).parents[3] / "static"
ADDRESS = "/admin/visas/balance/"
FILE = "/admin/visas/balance.csv"


@pytest.fixture
def desk(dorinoki, as_user):
    return english(as_user(make_operator("desk@example.jp", dorinoki.space, Operator.Role.DESK)))


@pytest.fixture
def visits(aiko, koharubiyori, dorinoki):
    """Two days of November and one of October at Koharubiyori, one of last December at Dorinoki."""
    visa = Visa.objects.get()
    for house, day in (
        (koharubiyori, date(2026, 11, 10)),
        (koharubiyori, date(2026, 11, 11)),
        (koharubiyori, date(2026, 10, 31)),
        (dorinoki, date(2026, 1, 20)),
    ):
        make_booking(house.open_seats, user=aiko, day=day, basis="visa", price=500, visa=visa)


def lines(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.usefixtures("visits")
def test_everybody_at_a_desk_sees_the_days_of_this_month_between_all_spaces(desk):
    page = Page(desk.get(ADDRESS))

    assert page.status == 200
    assert "November 2026" in page.text
    assert "Garage labs – 0 2 0 2" in page.text
    assert "Koharubiyori 2 0 +2" in page.text
    assert "Garage labs 0 2 −2" in page.text
    assert "Members of Garage labs at Koharubiyori: 2 days" in page.html
    assert "伊藤" not in page.html


@pytest.mark.usefixtures("visits")
def test_another_month_or_the_whole_year_can_be_chosen(desk):
    assert "Garage labs – 0 1 0 1" in Page(desk.get(ADDRESS, {"month": "2026-10"})).text
    year = Page(desk.get(ADDRESS, {"month": "year"})).text
    assert "The last 12 months" in year
    assert "Garage labs – 1 3 0 4" in year


def test_month_without_visits_says_so(desk):
    page = Page(desk.get(ADDRESS))

    assert "No visits by Coworking VISA in this time." in page.text
    assert '<svg class="visa-flow' not in page.html


@pytest.mark.parametrize("month", ["", "2026-13", "0000-00", "1999-01", "x", "2026-11-01", "\x00", "9" * 500])
@pytest.mark.parametrize("address", [ADDRESS, FILE])
def test_month_that_there_is_not_is_said(desk, address, month):
    page = Page(desk.get(address, {"month": month}))

    assert page.status == 400
    assert "November 2026" in page.text


@pytest.mark.usefixtures("visits")
def test_file_has_a_line_for_each_month_home_and_host(desk):
    answer = desk.get(FILE, {"month": "year"})

    assert lines(answer) == [
        ["month", "members of", "at", "days"],
        ["2026-01", "Garage labs", "Dorinoki", "1"],
        ["2026-10", "Garage labs", "Koharubiyori", "1"],
        ["2026-11", "Garage labs", "Koharubiyori", "2"],
    ]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="visa-2025-12_2026-11.csv"'
    assert lines(desk.get(FILE))[1:] == [["2026-11", "Garage labs", "Koharubiyori", "2"]]


@pytest.mark.usefixtures("visits")
def test_name_that_a_spreadsheet_would_run_is_harmless(desk, koharubiyori):
    type(koharubiyori.space).objects.filter(pk=koharubiyori.space.pk).update(name_en="=1+1")

    assert lines(desk.get(FILE))[1][2] == "'=1+1"


def test_who_runs_no_space_is_sent_away(client, as_user, aiko):
    assert client.get(ADDRESS).status_code == 302
    for address in (ADDRESS, FILE):
        answer = as_user(aiko).get(address)
        assert (answer.status_code, "/admin/login/" in answer.headers["Location"]) == (302, True)


def test_page_asks_the_same_however_many_days_there_are(desk, aiko, garage, koharubiyori, ben, chie):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(ADDRESS, {"month": "year"}).status_code == 200
        return len(queries)

    before = asked()
    plan = garage.space.plans.get(kind="free")
    for person in (ben, chie):
        visa = make_membership(person, plan).visa
        for day in range(1, 20):
            make_booking(
                koharubiyori.open_seats, user=person, day=date(2026, 11, day), basis="visa", price=500, visa=visa
            )

    assert asked() == before


@pytest.mark.usefixtures("visits")
def test_page_reads_in_japanese_and_stands_in_the_menu(as_user, dai):
    browser = as_user(dai)
    browser.cookies["django_language"] = "ja"

    page = Page(browser.get(ADDRESS))

    assert page.link("VISAの受け入れバランス") == reverse("admin:visas_balance")
    assert "2026年11月" in page.text
    assert "どこの会員がどこを利用したか" in page.text


def test_picture_has_the_tones_of_the_pages_by_day_and_by_night():
    light, dark = (STATIC / "css" / "tokens.css").read_text().split("@media screen and (prefers-color-scheme: dark)")
    ours = (STATIC / "operators" / "visa-balance.css").read_text()

    for tone in Colour.values:
        for where, prefix in ((light, ""), (dark, ".dark ")):
            [colour] = re.findall(rf"--{tone}: (#[0-9a-f]{{6}});", where)
            assert f"\n{prefix}.tone-{tone} {{ --tone: {colour}; }}" in ours
