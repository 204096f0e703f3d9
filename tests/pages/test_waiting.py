"""The waiting list for booths, on the pages."""

from datetime import date

import pytest
import time_machine

from members.models import BoothWait, Membership
from tests.factories import at, make_membership
from tests.pages.plans import booths, make_place, make_tenant, plan_of, sentence
from tests.reading import Page


@pytest.fixture
def plan(dorinoki, dai):
    """The plan of the only booth for four, which is let to Dai."""
    make_tenant(dai, dorinoki, 4)
    return plan_of(dorinoki, "booth", 4)


@pytest.fixture
def offer(ben, dorinoki, plan):
    [booth] = booths(dorinoki, 4)
    booth.tenancies.update(ends_on=date(2026, 11, 30))
    return make_place(ben, plan, booth=booth, free_from=date(2026, 12, 1), lapses_at=at("10:00", date(2026, 11, 26)))


def test_person_gets_on_the_list_and_sees_the_number(english, ben, chie, plan):
    make_place(chie, plan)
    browser = english(ben)
    page = Page(browser.get("/spaces/dorinoki/join/"))
    [form] = [form for form in page.forms if form.action == f"/plans/waiting/{plan.pk}/"]

    answer = page.submit(browser, form)

    after = Page(browser.get("/plans/"))
    assert answer.headers["Location"] == "/plans/"
    assert "Dorinoki · Work booth for 4 Number 2 in line, since Tue 24 Nov" in after.main
    assert "You are number 2 in line." in Page(browser.get("/spaces/dorinoki/join/")).main


def test_person_leaves_the_list(english, ben, plan):
    place = make_place(ben, plan)

    answer = english(ben).post(f"/plans/waiting/{place.pk}/leave/")

    place.refresh_from_db()
    assert (answer.headers["Location"], place.outcome) == ("/plans/", "left")


def test_offer_says_until_when_it_stands_and_is_taken_by_joining(english, ben, dorinoki, offer):
    browser = english(ben)
    page = Page(browser.get("/plans/"))
    assert "A booth is free for you at Dorinoki" in page.main
    assert "It is kept for you until Thursday, 26 November 2026, 10:00." in page.main

    form_page = Page(browser.get(page.link("See the cost and take it")))
    answer = form_page.submit(browser, form_page.form("starts", "due", "price"))

    offer.refresh_from_db()
    own = Membership.objects.get(user=ben)
    assert answer.headers["Location"] == "/plans/"
    assert (own.starts_on, own.agreed_plans.get().booth) == (date(2026, 12, 1), booths(dorinoki, 4)[0])
    assert offer.outcome == "accepted"


def test_offered_booth_is_not_free_before_its_day(english, ben, offer):
    address = f"/spaces/dorinoki/join/{offer.plan_id}/"
    browser = english(ben)
    page = Page(browser.get(address))

    again = Page(page.submit(browser, page.form("starts", "due", "price")))

    assert "free from Tuesday, 1 December 2026 on" in page.main
    assert (again.status, sentence("booth_free_later", day="Tue 1 Dec") in again.alerts[0]) == (409, True)


def test_offered_booth_is_nobody_elses(english, visitor, chie, offer):
    page = Page(english(chie).get(f"/spaces/dorinoki/join/{offer.plan_id}/"))

    assert "The only booth is let" in page.main
    assert not any("due" in form.fields for form in page.forms)


def test_declined_offer_goes_to_the_next_in_line(english, ben, chie, offer):
    following = make_place(chie, offer.plan, since="08:30")

    english(ben).post(f"/plans/waiting/{offer.pk}/leave/")

    following.refresh_from_db()
    assert following.booth == offer.booth


@time_machine.travel(at("10:30", date(2026, 11, 26)), tick=False)
def test_offer_that_has_lapsed_leads_nowhere(english, ben, offer):
    page = Page(english(ben).get("/plans/"))

    assert "The offer has lapsed." in page.main
    assert "A booth is free for you" not in page.main


def test_refusals_say_why(english, ben, dai, koharubiyori, dorinoki, plan):
    browser = english(ben)
    browser.post(f"/plans/waiting/{plan.pk}/")

    for asked, code in (
        (plan, "waits_already"),
        (plan_of(koharubiyori, "free_pass"), "not_a_booth"),
        (plan_of(dorinoki, "booth", 1), "booths_are_free"),
    ):
        page = Page(browser.post(f"/plans/waiting/{asked.pk}/"))
        assert (page.status, sentence(code) in page.alerts[0]) == (409, True), code
    assert sentence("same_plan") in Page(english(dai).post(f"/plans/waiting/{plan.pk}/")).alerts[0]
    assert BoothWait.objects.count() == 1


def test_settled_place_stays_settled(english, ben, plan):
    place = make_place(ben, plan)
    english(ben).post(f"/plans/waiting/{place.pk}/leave/")

    page = Page(english(ben).post(f"/plans/waiting/{place.pk}/leave/"))

    assert (page.status, sentence("wait_settled") in page.alerts[0]) == (409, True)


def test_member_of_the_space_takes_the_offer_by_changing_the_plan(english, ben, dorinoki, offer):
    own = make_membership(ben, plan_of(dorinoki, "monthly"))

    page = Page(english(ben).get("/plans/"))

    assert page.link("See the cost and take it") == f"/plans/{own.pk}/change/?plan={offer.plan_id}&day=2026-12-01"


def test_place_is_ones_own_alone(english, visitor, ben, chie, plan):
    place = make_place(ben, plan)
    address = f"/plans/waiting/{place.pk}/leave/"

    assert english(chie).post(address).status_code == 404
    assert english(ben).get(address).status_code == 405
    assert english(ben).get(f"/plans/waiting/{plan.pk}/").status_code == 405
    assert english(ben).post("/plans/waiting/99999999999999999999/").status_code == 404
    assert visitor.post(address).headers["Location"] == f"/accounts/login/?next={address}"
    place.refresh_from_db()
    assert place.settled_at is None
