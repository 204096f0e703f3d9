"""The page of one's own spaces and plans."""

from datetime import date

import pytest

from members.models import AgreedPlan, Membership, Pause
from tests.factories import at, make_booking, make_membership, make_plan, make_resource, make_space
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import queries
from tests.pages.plans import booths, make_place, make_tenant, plan_of, sentence
from tests.reading import Page

ADDRESS = "/plans/"


@pytest.fixture
def free_pass(koharubiyori):
    return plan_of(koharubiyori, "free_pass")


def actions(page: Page, own: Membership) -> set[str]:
    """What can be done about a membership from its card."""
    links = [*page.links_to(f"/plans/{own.pk}/"), *(form.action for form in page.forms)]
    return {link.split("/")[3] for link in links if link.startswith(f"/plans/{own.pk}/")}


def test_who_holds_nothing_is_led_to_the_spaces(english, ben):
    page = Page(english(ben).get(ADDRESS))

    assert (page.status, page.headings) == (200, ["My spaces and plans"])
    assert "No plan yet." in page.main
    assert page.links_to("/spaces/")


def test_member_sees_plan_price_and_renewal(english, ben, free_pass):
    own = make_membership(ben, free_pass, starts_on=date(2026, 10, 15))

    page = Page(english(ben).get(ADDRESS))

    assert "Koharubiyori" in page.main
    assert "¥9,700 a month" in page.main
    assert "Member since 15 October 2026 · renews on Tuesday, 1 December 2026 for ¥9,700" in page.main
    assert "Open seats, whenever the space is open" in page.main
    assert actions(page, own) == {"change", "pause", "end"}


def test_page_says_what_is_used_this_month_and_what_is_booked(english, ben, koharubiyori, free_pass):
    free_pass.room_minutes = 300
    free_pass.save()
    own = make_membership(ben, free_pass)
    seats = koharubiyori.open_seats
    for day in (date(2026, 11, 2), date(2026, 11, 9), date(2026, 10, 30)):
        make_booking(seats, day=day, user=ben, checked_in_at=at("11:00", day))
    make_booking(seats, day=date(2026, 11, 5), user=ben)
    make_booking(
        koharubiyori.rooms[0], starts="17:00", ends="18:30", user=ben, membership=own, basis="plan", plan_minutes=90
    )

    page = Page(english(ben).get(ADDRESS))

    assert "2 visits" in page.main
    assert "210 minutes of 5 hours of meeting rooms left" in page.main
    assert "1 booking to come" in page.main


def test_page_says_what_is_next(english, ben, dorinoki):
    own = make_membership(ben, plan_of(dorinoki, "monthly"))
    own.agreed_plans.update(ends_on=date(2026, 11, 30))
    later = AgreedPlan.of(plan_of(dorinoki, "booth", 1), membership=own, starts_on=date(2026, 12, 1))
    later.booth = booths(dorinoki, 1)[0]
    later.save()

    page = Page(english(ben).get(ADDRESS))

    assert "From Tue 1 Dec: Work booth for 1, ¥30,000" in page.main
    assert "renews on Tuesday, 1 December 2026 for ¥30,000" in page.main
    assert actions(page, own) == {"keep-plan", "end"}


def test_new_price_stands_with_the_day_on_which_one_was_told(english, ben, free_pass):
    own = make_membership(ben, free_pass)
    own.agreed_plans.update(ends_on=date(2026, 12, 31))
    told = {"told_at": at("10:00", date(2026, 11, 20)), "starts_on": date(2027, 1, 1)}
    later = AgreedPlan.of(free_pass, membership=own, **told)
    later.price = 10500
    later.save()

    page = Page(english(ben).get(ADDRESS))

    assert "From Fri 1 Jan it costs ¥10,500 a month. You were told on Fri 20 Nov." in page.main
    assert "renews on Tuesday, 1 December 2026 for ¥9,700" in page.main
    assert actions(page, own) == {"change", "pause", "end"}


def test_paused_member_can_resume_or_end(english, ben, free_pass):
    own = make_membership(ben, free_pass, status="paused")

    page = Page(english(ben).get(ADDRESS))

    assert "until you resume it" in page.main
    assert "renews on" not in page.main
    assert actions(page, own) == {"resume", "end"}


def test_renewal_waits_for_the_end_of_a_pause(english, ben, free_pass):
    own = make_membership(ben, free_pass)
    Pause.objects.create(membership=own, starts_on=date(2026, 12, 1), ends_on=date(2027, 1, 15))

    page = Page(english(ben).get(ADDRESS))

    assert "Paused from Tue 1 Dec to Fri 15 Jan" in page.main
    # 16 of January's 31 days, to be paid before the renewal on the first of February.
    assert "goes on from Saturday, 16 January 2027 for ¥5,006" in page.main
    assert "renews on" not in page.main


def test_pause_that_lasts_to_a_renewal_goes_on_with_it(english, ben, free_pass):
    own = make_membership(ben, free_pass)
    Pause.objects.create(membership=own, starts_on=date(2026, 12, 1), ends_on=date(2027, 1, 31))

    page = Page(english(ben).get(ADDRESS))

    assert "renews on Monday, 1 February 2027 for ¥9,700" in page.main


def test_pause_within_a_month_goes_on_before_the_renewal(english, ben, free_pass):
    own = make_membership(ben, free_pass, ends_on=date(2026, 11, 29))
    Pause.objects.create(membership=own, starts_on=date(2026, 11, 23), ends_on=date(2026, 11, 26))

    page = Page(english(ben).get(ADDRESS))

    # The three days up to the end.
    assert "goes on from Friday, 27 November 2026 for ¥970" in page.main


def test_last_renewal_costs_the_days_up_to_the_end(english, ben, free_pass):
    make_membership(ben, free_pass, ends_on=date(2026, 12, 10))

    page = Page(english(ben).get(ADDRESS))

    assert "renews on Tuesday, 1 December 2026 for ¥3,129" in page.main


def test_plan_that_ends_says_when_and_can_be_kept(english, ben, free_pass):
    own = make_membership(ben, free_pass, ends_on=date(2026, 12, 31))
    browser = english(ben)

    page = Page(browser.get(ADDRESS))
    [form] = [form for form in page.forms if form.action == f"/plans/{own.pk}/stay/"]
    answer = page.submit(browser, form)

    own.refresh_from_db()
    assert "It ends on Thursday, 31 December 2026." in page.main
    assert actions(page, own) == {"stay", "change", "pause"}
    assert (answer.headers["Location"], own.ends_on) == (ADDRESS, None)
    assert "The end is taken back." in Page(browser.get(ADDRESS)).text


def test_plan_that_begins_later_says_when(english, ben, free_pass):
    make_membership(ben, free_pass, starts_on=date(2026, 12, 10))

    page = Page(english(ben).get(ADDRESS))

    assert "It begins on Thursday, 10 December 2026" in page.main
    assert "renews on Friday, 1 January 2027" in page.main


def test_free_plan_and_booth_offer_no_pause(english, ben, garage, dorinoki):
    free = make_membership(ben, plan_of(garage, "free"))
    booth = make_tenant(ben, dorinoki, 1)

    page = Page(english(ben).get(ADDRESS))

    assert actions(page, free) == actions(page, booth) == {"change", "end"}


def test_applicant_sees_the_answers_and_can_take_the_application_back(english, ben, garage):
    answers = [
        {"kind": "statement", "asked": "What do you want to do here?", "answer": "A <b>rail</b> planner."},
        {"kind": "agreement", "asked": "I agree.", "answer": True},
    ]
    own = make_membership(ben, plan_of(garage, "free"), status="applied", answers=answers)
    browser = english(ben)

    page = Page(browser.get(ADDRESS))
    answer = browser.post(f"/plans/{own.pk}/withdraw/")

    own.refresh_from_db()
    assert "A <b>rail</b> planner." in page.main
    assert "I agree. Yes" in page.main
    assert actions(page, own) == {"withdraw"}
    assert (answer.status_code, own.status) == (302, "ended")
    assert "Your application is taken back." in Page(browser.get(ADDRESS)).text


def test_declined_applicant_reads_the_message_and_may_apply_again(english, ben, garage):
    make_membership(ben, plan_of(garage, "free"), status="declined", decision="Not this time.\nDo come to a Jelly.")

    page = Page(english(ben).get(ADDRESS))

    assert "Not this time. Do come to a Jelly." in page.main
    assert page.links_to("/spaces/garage-labs/join/")


def test_news_of_a_declined_application_stand_open_for_a_month(english, ben, garage, free_pass):
    make_membership(ben, free_pass)
    own = make_membership(ben, plan_of(garage, "free"), status="declined", decided_at=at("08:00"))
    first = english(ben).get(ADDRESS).content.decode()
    Membership.objects.filter(pk=own.pk).update(decided_at=at("08:00", date(2026, 10, 20)))

    assert "<details" in first
    assert " open>" in first
    assert " open>" not in english(ben).get(ADDRESS).content.decode()


def test_plan_that_is_over_stays_among_the_former(english, ben, free_pass):
    own = make_membership(ben, free_pass, starts_on=date(2026, 3, 1), ends_on=date(2026, 5, 31), status="ended")

    page = Page(english(ben).get(ADDRESS))

    assert "Former plans and applications" in page.main
    assert "From 1 March 2026 to 31 May 2026" in page.main
    assert actions(page, own) == set()


def test_decided_application_can_not_be_taken_back(english, ben, garage):
    own = make_membership(ben, plan_of(garage, "free"))

    page = Page(english(ben).post(f"/plans/{own.pk}/withdraw/"))

    own.refresh_from_db()
    assert (page.status, own.status) == (409, "active")
    assert "decided already" in page.alerts[0]


def test_end_that_is_not_planned_can_not_be_taken_back(english, ben, free_pass):
    own = make_membership(ben, free_pass)

    page = Page(english(ben).post(f"/plans/{own.pk}/stay/"))

    assert (page.status, sentence("no_end_to_keep") in page.alerts[0]) == (409, True)


def test_nobody_sees_anothers_plan(english, ben, chie, free_pass):
    make_membership(ben, free_pass)

    assert "Koharubiyori" not in Page(english(chie).get(ADDRESS)).main


def test_page_costs_the_same_with_many_plans(english, ben, koharubiyori, dorinoki, free_pass):
    browser = english(ben)
    free_pass.room_minutes = 300
    free_pass.save()
    make_booking(koharubiyori.open_seats, user=ben)
    make_tenant(ben, dorinoki, 2)
    make_membership(ben, free_pass)
    make_place(ben, plan_of(dorinoki, "booth", 3))
    first = queries(browser, ADDRESS)
    for number in range(3):
        space = make_space(f"house-{number}")
        plan = make_plan(space, make_resource(space), kind="monthly", room_minutes=60)
        make_membership(ben, plan)
        make_place(ben, make_plan(space, kind="booth"))
        other = make_plan(make_space(f"past-{number}"), kind="monthly")
        make_membership(ben, other, starts_on=date(2026, 3, 1), ends_on=date(2026, 5, 31), status="ended")

    assert queries(browser, ADDRESS) == first == 11


def test_page_reads_in_japanese(english, ben, free_pass):
    make_membership(ben, free_pass)

    page = Page(english(ben).get(ADDRESS, headers=JAPANESE))

    assert (page.lang, "休会する" in page.main) == ("ja", True)


def test_menu_leads_to_ones_plans_once_signed_in(visitor, english, ben, four_spaces):
    assert Page(english(ben).get("/")).links_to(ADDRESS)
    assert not Page(visitor.get("/")).links_to(ADDRESS)


@pytest.mark.parametrize("act", ["withdraw", "stay", "keep-plan", "end", "pause", "resume", "change", "companions"])
def test_acts_are_ones_own_alone(english, visitor, ben, chie, sam, free_pass, act):
    own = make_membership(ben, free_pass)
    address = f"/plans/{own.pk}/{act}/"

    for person in (chie, sam):
        assert english(person).post(address).status_code == 404
    assert visitor.post(address).headers["Location"] == f"/accounts/login/?next={address}"
    assert english(ben).post(f"/plans/99999999999999999999/{act}/").status_code == 404
    assert english(ben).put(address).status_code == 405
    before = own
    own.refresh_from_db()
    assert (own.status, own.ends_on) == (before.status, None)


@pytest.mark.parametrize("act", ["withdraw", "stay", "keep-plan", "companions"])
def test_acts_without_a_page_are_posted(english, ben, free_pass, act):
    own = make_membership(ben, free_pass)

    assert english(ben).get(f"/plans/{own.pk}/{act}/").status_code == 405


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_page_takes_no_other_method(english, ben, method):
    assert getattr(english(ben), method)(ADDRESS).status_code == 405
