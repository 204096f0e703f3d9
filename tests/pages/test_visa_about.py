"""The public page of the Coworking VISA: what each host gives and honours, who gets one, and the balance of days."""

from datetime import date, timedelta

import pytest

from members.models import Plan
from spaces.models import Space
from tests.factories import at, make_booking, make_membership, make_plan, make_resource, make_space, make_user
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import queries
from tests.reading import Page
from visas.models import Visa
from visas.offering import write_terms

HERE = "/visa/"
BEFORE = date(2026, 11, 10)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _four_spaces(four_spaces):
    pass


def visit(house, visa, day=BEFORE, **fields):
    fields = {"basis": "visa", "price": 500, "visa": visa, **fields}
    return make_booking(house.open_seats, user=visa.membership.user, day=day, **fields)


def test_page_says_what_each_space_gives_and_who_gets_a_visa(visitor, koharubiyori):
    write_terms(space=koharubiyori.space, by=None, now=at("09:00", BEFORE), days_free=4, percent_off=25)

    page = Page(visitor.get(HERE))

    assert (page.status, page.headings) == (200, ["Coworking VISA"])
    assert (
        "Koharubiyori For members of the other spaces: 4 days a month free of charge, then 25% off the drop-in. "
        "Nobody has come by Coworking VISA within the last 12 months. Confirmed by the space on 10 November 2026."
    ) in page.main
    assert page.main.count("not yet confirmed by this one") == 3
    assert page.link("Koharubiyori") == "/spaces/koharubiyori/#visa"
    granting = koharubiyori.space.plans.get(kind="free_pass")
    assert f"/spaces/koharubiyori/join/{granting.pk}/" in page.links_to("/spaces/koharubiyori/join/")


def test_space_whose_plans_grant_no_visa_says_so(visitor):
    Plan.objects.filter(space__slug="cafe-36").update(grants_visa=False)

    assert "Cafe 36 No plan here comes with one." in Page(visitor.get(HERE)).main


def test_plan_that_is_sold_no_more_is_not_offered(visitor, koharubiyori):
    Plan.objects.filter(space=koharubiyori.space, grants_visa=True).update(retired_on=date(2026, 11, 24))

    assert "Koharubiyori No plan here comes with one." in Page(visitor.get(HERE)).main


def test_days_of_the_last_twelve_months_are_told_as_a_table_and_a_picture(visitor, aiko, koharubiyori, dorinoki):
    visa = Visa.objects.get()
    visit(koharubiyori, visa)
    visit(koharubiyori, visa, BEFORE + DAY)
    visit(dorinoki, visa, BEFORE + 2 * DAY)
    visit(dorinoki, visa, BEFORE + 3 * DAY, missed_at=at("12:00"))

    page = Page(visitor.get(HERE))

    assert "Garage labs – 1 2 0 3" in page.main
    assert "given 0 1 2 0 3" in page.main
    assert "Members of Garage labs at Koharubiyori: 2 days" in page.html
    assert page.html.count('class="visa-flow__band"') == 2


def test_nobody_has_been_anywhere_yet(visitor):
    page = Page(visitor.get(HERE))

    assert "No days within the last 12 months yet." in page.main
    assert "<table" not in page.html


def test_federation_without_a_space_does_no_harm(visitor):
    Space.objects.update(joined_on=date(2026, 1, 1), left_on=date(2026, 11, 1))

    page = Page(visitor.get(HERE))

    assert (page.status, "No space has joined yet." in page.main) == (200, True)


def test_space_that_has_left_keeps_its_days_and_is_no_host_any_more(visitor, aiko, koharubiyori):
    visit(koharubiyori, Visa.objects.get())
    Space.objects.filter(pk=koharubiyori.space.pk).update(joined_on=BEFORE, left_on=date(2026, 11, 20))

    page = Page(visitor.get(HERE))

    assert "Members of Garage labs at Koharubiyori: 1 day" in page.html
    assert page.links_to("/spaces/koharubiyori/") == []


@pytest.mark.parametrize("spaces", [1, 12])
@pytest.mark.parametrize("visits", [1, 40])
def test_page_asks_the_same_however_much_there_is(visitor, english, ben, aiko, koharubiyori, spaces, visits):
    for number in range(spaces):
        space = make_space(f"house-{number}", name_en=f"House {number}", name_ja=f"{number}号館")
        plan = make_plan(space, make_resource(space), kind="free_pass", grants_visa=True)
        visa = make_membership(make_user(f"{number}@example.jp"), plan).visa
        for past in range(visits):
            visit(koharubiyori, visa, BEFORE - past * DAY)

    assert queries(visitor, HERE) == 4
    assert queries(english(ben), HERE) == 6


def test_page_reads_in_japanese(visitor, aiko, koharubiyori):
    visit(koharubiyori, Visa.objects.get())

    page = Page(visitor.get(HERE, headers=JAPANESE))

    assert page.lang == "ja"
    assert "各スペースの受け入れ条件" in page.main
    assert "の会員が小春日和で1日" in page.html


def test_who_is_signed_in_is_led_to_the_passport(visitor, english, ben):
    assert Page(english(ben).get(HERE)).link("Open my passport") == "/passport/"
    assert "Open my passport" not in Page(visitor.get(HERE)).main


def test_every_page_leads_to_it(visitor):
    assert "/visa/" in Page(visitor.get("/")).links_to("/visa/")


def test_page_takes_no_post(visitor):
    assert visitor.post(HERE).status_code == 405
