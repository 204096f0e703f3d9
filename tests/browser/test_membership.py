"""From an application to a booked seat, and from joining to the end of the plan, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from bookings.models import Booking
from members.models import Membership
from tests.browser.conftest import DESKTOP, PHONE, sign_in, the_button, with_password
from tests.conftest import make_operator
from tests.pages.plans import plan_of

STATEMENT = "北海道の列車の旅を計画するアプリを作りたいです。"


@pytest.fixture
def keeper(four_spaces):
    """An operator of Garage labs."""
    return with_password(make_operator("keeper@example.jp", four_spaces["garage-labs"]))


def apply_at_garage_labs(page):
    """From the page of the space to the application that is sent."""
    page.goto("/spaces/garage-labs/")
    page.locator('main a[href="/spaces/garage-labs/join/"]').first.click()
    page.locator('main a[href^="/spaces/garage-labs/join/"]').first.click()
    page.locator("main textarea").fill(STATEMENT)
    page.locator("main input[type=checkbox]").check()
    the_button(page, "due").click()
    page.wait_for_url("**/plans/")


def approve_in_the_admin(page, keeper):
    """From the list of memberships to the one that is approved with a message."""
    page.goto("/admin/members/membership/")
    sign_in(page, keeper)
    page.goto("/admin/members/membership/?status__exact=applied")
    page.locator("input[name=_selected_action]").first.check()
    page.locator("select[name=action]").select_option("approve_selected")
    page.locator("button[name=index]").click()
    page.locator("textarea[name=message]").fill("ようこそ。お待ちしています。")
    page.locator("button[name=post]").click()
    page.wait_for_load_state()


def test_applicant_is_approved_in_the_admin_and_books_a_seat_at_no_cost(open_browser, ben, keeper):
    page, _ = open_browser(**PHONE)
    page.goto("/accounts/login/")
    sign_in(page, ben)
    apply_at_garage_labs(page)
    own = Membership.objects.get()
    assert (own.status, own.answers[0]["answer"]) == ("applied", STATEMENT)
    expect(page.locator("main")).to_contain_text(STATEMENT)

    desk, _ = open_browser(**DESKTOP)
    approve_in_the_admin(desk, keeper)
    own.refresh_from_db()
    assert (own.status, own.decision) == ("active", "ようこそ。お待ちしています。")
    assert own.history.first().history_user == keeper

    page.goto("/plans/")
    page.locator('main a[href="/spaces/garage-labs/#week"]').first.click()
    page.locator('a[href*="/booking/?"][href*="starts=2026-11-24T15:00"]').first.click()
    expect(page.locator("input[name=price]")).to_have_value("0")
    the_button(page, "price").click()
    page.wait_for_url("**/bookings/*/?new=1")
    booking = Booking.objects.get()
    assert (booking.price, booking.basis, booking.membership) == (0, "plan", own)


def join_and_end(page):
    """Join Koharubiyori's free pass from the sixteenth of December on, and end it with the year."""
    page.goto("/spaces/koharubiyori/join/")
    page.locator('main a[href^="/spaces/koharubiyori/join/"]').first.click()
    page.locator("input[name=starts]:visible").fill("2026-12-16")
    if page.get_by_role("button", name=re.compile("Show the cost|料金を表示")).is_visible():
        page.get_by_role("button", name=re.compile("Show the cost|料金を表示")).click()
    # Sixteen of thirty-one days of 9,700 yen, and 2,000 once.
    expect(page.locator("input[name=due]")).to_have_value("7006")
    the_button(page, "due").click()
    page.wait_for_url("**/plans/")
    own = Membership.objects.get()
    assert own.status == "active"

    page.locator(f'a[href="/plans/{own.pk}/end/"]').click()
    page.locator('a[href="?last=2026-12-31"]').click()
    expect(page.locator("input[name=last]")).to_have_value("2026-12-31")
    the_button(page, "last").click()
    page.wait_for_url("**/plans/")
    own.refresh_from_db()
    assert own.ends_on.isoformat() == "2026-12-31"


def test_coworker_joins_a_free_pass_sees_the_cost_and_ends_it_again(phone, ben):
    phone.goto("/accounts/login/")
    sign_in(phone, ben)
    join_and_end(phone)
    own = Membership.objects.get()

    phone.locator(f'form[action="/plans/{own.pk}/stay/"]').get_by_role("button").tap()

    expect(phone.locator(f'a[href="/plans/{own.pk}/end/"]')).to_be_visible()
    own.refresh_from_db()
    assert own.ends_on is None


def test_joining_and_ending_go_without_javascript(open_browser, ben):
    page, _ = open_browser(**DESKTOP, java_script_enabled=False)
    page.goto("/accounts/login/")
    sign_in(page, ben)

    join_and_end(page)


def test_visitor_comes_back_to_the_chosen_day_after_signing_in(desktop, ben, koharubiyori):
    plan = plan_of(koharubiyori, "free_pass")
    desktop.goto(f"/spaces/koharubiyori/join/{plan.pk}/?starts=2026-12-16")

    desktop.get_by_role("link", name="Sign in or sign up to go on").click()
    sign_in(desktop, ben)

    expect(desktop.locator("input[name=due]")).to_have_value("7006")


def test_plan_is_changed_by_choosing_in_place(desktop, ben, dorinoki):
    desktop.goto("/accounts/login/")
    sign_in(desktop, ben)
    flex, booth = plan_of(dorinoki, "monthly"), plan_of(dorinoki, "booth", 1)
    desktop.goto(f"/spaces/dorinoki/join/{flex.pk}/")
    the_button(desktop, "due").click()
    desktop.wait_for_url("**/plans/")
    own = Membership.objects.get()
    desktop.locator(f'a[href="/plans/{own.pk}/change/"]').click()

    desktop.locator(f'a[href$="plan={booth.pk}"]').click()
    expect(desktop.locator("input[name=plan]")).to_have_value(str(booth.pk))
    desktop.locator("nav.tabs a").first.click()
    expect(desktop.locator("input[name=day]")).to_have_value("2026-11-24")
    the_button(desktop, "due").click()
    desktop.wait_for_url("**/plans/")

    expect(desktop.locator("main")).to_contain_text("Work booth for 1")
    assert own.agreed_plans.get(booth__isnull=False).plan == booth
