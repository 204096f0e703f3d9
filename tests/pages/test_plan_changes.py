"""The pages on which a plan is ended, paused, resumed and changed: what they show first, and what they do."""

from datetime import date

import pytest
import time_machine

from bookings.models import Booking
from members.models import Pause
from tests.factories import at, make_booking, make_membership, make_plan, make_room, make_user
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import queries
from tests.pages.plans import booths, make_place, make_tenant, plan_of, sentence
from tests.reading import Page


@pytest.fixture
def free_pass(koharubiyori):
    return plan_of(koharubiyori, "free_pass")


@pytest.fixture
def own(ben, free_pass):
    return make_membership(ben, free_pass)


@pytest.fixture
def flex(ben, dorinoki):
    return make_membership(ben, plan_of(dorinoki, "monthly"))


@pytest.fixture
def covered(ben, koharubiyori, own):
    """A seat in December that the plan covers."""
    return make_booking(koharubiyori.open_seats, day=date(2026, 12, 7), user=ben, membership=own, basis="plan", price=0)


def is_live(booking: Booking) -> bool:
    booking.refresh_from_db()
    return booking.is_live


# Ending


def test_end_is_offered_with_the_months_and_says_what_falls_away(english, ben, own, covered):
    page = Page(english(ben).get(f"/plans/{own.pk}/end/"))

    assert page.links_to("?last=") == ["?last=2026-11-30", "?last=2026-12-31", "?last=2027-01-31"]
    assert "The last day is Monday, 30 November 2026" in page.main
    assert "1 booking is cancelled with it" in page.main
    assert "Mon 7 Dec 11:00–13:00" in page.main
    assert is_live(covered)


def test_later_end_cancels_nothing_before_it(english, ben, own, covered):
    part = english(ben).get(f"/plans/{own.pk}/end/?last=2026-12-31", headers={"hx-request": "true"})

    assert "The last day is Thursday, 31 December 2026" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "cancelled with it" not in part.content.decode()


def test_member_ends_the_plan_and_can_take_it_back(english, ben, own, covered):
    browser = english(ben)
    page = Page(browser.get(f"/plans/{own.pk}/end/"))

    answer = page.submit(browser, page.form("last"))

    own.refresh_from_db()
    assert answer.headers["Location"] == "/plans/"
    assert (own.status, own.ends_on) == ("active", date(2026, 11, 30))
    assert not is_live(covered)
    after = Page(browser.get("/plans/"))
    assert "Your plan ends on Monday, 30 November 2026." in after.text
    assert [form for form in after.forms if form.action == f"/plans/{own.pk}/stay/"]


def test_looking_at_the_end_changes_nothing(english, ben, own, covered):
    english(ben).get(f"/plans/{own.pk}/end/")
    english(ben).head(f"/plans/{own.pk}/end/?last=2026-12-31")

    own.refresh_from_db()
    assert own.ends_on is None
    assert own.history.count() == 1


@pytest.mark.parametrize(
    ("last", "code", "params"),
    [("2026-12-15", "end_not_a_renewal", {"day": "Thu 31 Dec"}), ("2026-10-31", "ends_in_the_past", {})],
)
def test_end_on_another_day_is_refused_with_a_sentence(english, ben, own, last, code, params):
    address = f"/plans/{own.pk}/end/"

    before = Page(english(ben).get(address, {"last": last}))
    after = Page(english(ben).post(address, {"last": last}))

    assert (before.status, after.status) == (200, 409)
    assert sentence(code, **params) in before.alerts[0]
    assert sentence(code, **params) in after.alerts[0]


def test_tenant_is_told_of_the_booth_and_the_companions(english, ben, chie, dorinoki):
    own = make_tenant(ben, dorinoki, 2)
    own.companions.create(email=chie.email)

    page = Page(english(ben).get(f"/plans/{own.pk}/end/"))

    assert f"{own.agreed_plans.get().booth.name_en} goes to the next in line." in page.main
    assert "1 person can't use the booth any more." in page.main


def test_plan_that_has_not_begun_is_taken_back(english, ben, free_pass):
    own = make_membership(ben, free_pass, starts_on=date(2026, 12, 10))
    browser = english(ben)
    page = Page(browser.get(f"/plans/{own.pk}/end/"))

    page.submit(browser, page.form("last"))

    own.refresh_from_db()
    assert "It never begins" in page.main
    assert (own.status, own.ends_on) == ("ended", date(2026, 12, 9))


def test_ended_plan_has_no_end_to_choose(english, ben, free_pass):
    own = make_membership(ben, free_pass, ends_on=date(2026, 5, 31), status="ended")

    before = Page(english(ben).get(f"/plans/{own.pk}/end/"))
    after = Page(english(ben).post(f"/plans/{own.pk}/end/", {"last": "2026-11-30"}))

    assert (before.status, after.status) == (200, 409)
    assert sentence("not_active", status="Ended") in before.alerts[0]


def test_change_today_tells_the_fee_of_a_late_booking_and_charges_it(english, ben, flex, dorinoki):
    late = make_booking(
        make_room(dorinoki.space), starts="10:00", ends="12:00", user=ben, membership=flex, basis="plan",
        plan_minutes=60, price=500,
    )  # fmt: skip
    browser, other = english(ben), make_plan(dorinoki.space, kind="monthly", price=3000)
    page = Page(browser.get(f"/plans/{flex.pk}/change/", {"day": "2026-11-24", "plan": other.pk}))
    [form] = [form for form in page.forms if "due" in form.fields]

    page.submit(browser, form)

    late.refresh_from_db()
    assert "¥500 in all is due for cancelling late." in page.main
    assert "Now the full price is due as a cancellation fee." in page.main
    assert (late.cancelled_by, late.cancellation_fee) == ("person", 500)


# Pausing and resuming


def test_pause_begins_with_a_month_and_says_what_falls_away(english, ben, own, covered):
    page = Page(english(ben).get(f"/plans/{own.pk}/pause/"))

    assert page.links_to("?first=") == ["?first=2026-12-01", "?first=2027-01-01", "?first=2027-02-01"]
    assert "It rests from Tuesday, 1 December 2026 until you resume it" in page.main
    assert "1 booking is cancelled with it" in page.main
    assert not Pause.objects.exists()


def test_member_pauses_with_a_last_day(english, ben, own, covered):
    browser = english(ben)
    page = Page(browser.get(f"/plans/{own.pk}/pause/", {"first": "2026-12-01", "last": "2027-01-31"}))
    [form] = [form for form in page.forms if form.method == "post" and "first" in form.fields]

    answer = page.submit(browser, form)

    rest = Pause.objects.get()
    assert answer.headers["Location"] == "/plans/"
    assert (rest.starts_on, rest.ends_on) == (date(2026, 12, 1), date(2027, 1, 31))
    assert not is_live(covered)


def test_pause_that_ends_within_a_month_says_what_is_due_when_it_is_over(english, ben, own):
    page = Page(english(ben).get(f"/plans/{own.pk}/pause/", {"first": "2026-12-01", "last": "2026-12-15"}))

    assert "It goes on from Wednesday, 16 December 2026" in page.main
    assert "16 of 31 days, 16–31 Dec" in page.main
    assert "¥5,006" in page.main
    assert "Then ¥9,700 a month, for the first time on Friday, 1 January 2027." in page.main


def test_pause_up_to_the_end_of_the_plan_names_nothing_that_is_due_after_it(english, ben, free_pass):
    own = make_membership(ben, free_pass, ends_on=date(2026, 12, 31))

    page = Page(english(ben).get(f"/plans/{own.pk}/pause/", {"first": "2026-12-01", "last": "2026-12-31"}))

    assert "It goes on" not in page.main
    assert "After it the plan goes on" not in page.main


@pytest.mark.parametrize(
    ("first", "last", "code", "params"),
    [
        ("2026-11-24", "", "pause_starts_at_renewal", {"day": "Tue 1 Dec"}),
        ("2026-12-01", "2026-11-30", "pause_ends_before_it_starts", {}),
    ],
)
def test_pause_that_does_not_go_is_refused_with_a_sentence(english, ben, own, first, last, code, params):
    address, asked = f"/plans/{own.pk}/pause/", {"first": first, "last": last}

    before, after = Page(english(ben).get(address, asked)), Page(english(ben).post(address, asked))

    assert (before.status, after.status) == (200, 409)
    assert sentence(code, **params) in before.alerts[0]
    assert not Pause.objects.exists()


def test_booth_is_not_paused(english, ben, dorinoki):
    own = make_tenant(ben, dorinoki, 1)

    page = Page(english(ben).get(f"/plans/{own.pk}/pause/"))

    assert sentence("booth_cannot_pause") in page.alerts[0]


def test_pause_that_has_not_begun_is_taken_back_at_no_cost(english, ben, own):
    Pause.objects.create(membership=own, starts_on=date(2026, 12, 1))
    browser = english(ben)
    page = Page(browser.get(f"/plans/{own.pk}/resume/"))

    answer = page.submit(browser, page.form("due"))

    assert "The pause has not begun" in page.main
    assert answer.headers["Location"] == "/plans/"
    assert not Pause.objects.exists()


def test_resuming_shows_its_cost_and_lets_the_plan_go_on(english, ben, free_pass):
    own = make_membership(ben, free_pass, status="paused")
    browser = english(ben)
    page = Page(browser.get(f"/plans/{own.pk}/resume/"))

    answer = page.submit(browser, page.form("due"))

    own.refresh_from_db()
    # Seven of November's thirty days.
    assert "¥2,263" in page.main
    assert answer.headers["Location"] == "/plans/"
    assert own.status == "active"


def test_resuming_at_a_cost_that_was_not_shown_is_refused(english, ben, free_pass):
    own = make_membership(ben, free_pass, status="paused")

    page = Page(english(ben).post(f"/plans/{own.pk}/resume/", {"starts": "2026-11-24", "due": 1, "price": 1}))

    own.refresh_from_db()
    assert (page.status, own.status) == (409, "paused")
    assert sentence("cost_changed") in page.alerts[0]


def test_what_rests_not_is_not_resumed(english, ben, own):
    page = Page(english(ben).get(f"/plans/{own.pk}/resume/"))

    assert sentence("not_paused") in page.alerts[0]


# Changing


def test_plans_of_the_space_stand_with_their_price_and_their_booths(english, ben, flex):
    page = Page(english(ben).get(f"/plans/{flex.pk}/change/"))

    assert "This is your plan." in page.main
    assert "8 of 8 booths free" in page.main
    assert "¥100,000 a month" in page.main
    assert len([link for link in page.links_to("?day=") if "plan=" in link]) == 4


def test_change_shows_what_is_due_and_given_back(english, ben, dorinoki, flex):
    booth = plan_of(dorinoki, "booth", 1)

    page = Page(english(ben).get(f"/plans/{flex.pk}/change/", {"plan": booth.pk, "day": "2026-11-24"}))

    # Seven of thirty days of 30,000, less what is left of 12,500 that was paid for all of November.
    assert "¥7,000" in page.main
    assert "−¥2,917" in page.main
    assert "¥4,083" in page.main
    assert "Then ¥30,000 a month, for the first time on Tuesday, 1 December 2026." in page.main
    assert flex.agreed_plans.count() == 1


def test_member_changes_the_plan_when_it_renews_and_can_take_it_back(english, ben, dorinoki, flex):
    booth = plan_of(dorinoki, "booth", 1)
    browser = english(ben)
    page = Page(browser.get(f"/plans/{flex.pk}/change/", {"plan": booth.pk}))

    answer = page.submit(browser, page.form("plan", "day", "due", "price"))

    later = flex.agreed_plans.get(plan=booth)
    assert answer.headers["Location"] == "/plans/"
    assert (later.starts_on, later.booth) == (date(2026, 12, 1), booths(dorinoki, 1)[0])

    back = browser.post(f"/plans/{flex.pk}/keep-plan/")

    assert back.headers["Location"] == "/plans/"
    assert [row.plan.kind for row in flex.agreed_plans.all()] == ["monthly"]


def test_booking_that_the_new_plan_does_not_cover_is_named_and_cancelled(english, ben, dorinoki, flex):
    seat = make_booking(dorinoki.open_seats, day=date(2026, 12, 7), user=ben, membership=flex, basis="plan", price=0)
    browser = english(ben)
    page = Page(browser.get(f"/plans/{flex.pk}/change/", {"plan": plan_of(dorinoki, "booth", 2).pk}))
    assert "1 booking is cancelled with it" in page.main
    assert is_live(seat)

    page.submit(browser, page.form("plan", "day", "due", "price"))

    assert not is_live(seat)


def test_change_at_a_cost_that_was_not_shown_is_refused(english, ben, dorinoki, flex):
    booth = plan_of(dorinoki, "booth", 1)
    asked = {"plan": booth.pk, "day": "2026-12-01", "due": 1, "price": 1}

    page = Page(english(ben).post(f"/plans/{flex.pk}/change/", asked))

    assert (page.status, sentence("cost_changed") in page.alerts[0]) == (409, True)
    assert flex.agreed_plans.count() == 1


def test_change_on_another_day_is_refused(english, ben, dorinoki, flex):
    asked = {"plan": plan_of(dorinoki, "booth", 1).pk, "day": "2026-12-15"}

    page = Page(english(ben).get(f"/plans/{flex.pk}/change/", asked))

    assert sentence("change_not_then", day="Tue 1 Dec") in page.alerts[0]


def test_booths_that_are_all_let_lead_to_the_waiting_list(english, ben, chie, dorinoki, flex):
    make_tenant(chie, dorinoki, 4)
    plan = plan_of(dorinoki, "booth", 4)

    page = Page(english(ben).get(f"/plans/{flex.pk}/change/", {"plan": plan.pk}))

    assert sentence("all_let") in page.alerts[0]
    assert f"/plans/waiting/{plan.pk}/" in {form.action for form in page.forms}


def test_offered_booth_is_taken_on_the_day_on_which_it_is_free(english, ben, dorinoki, flex):
    plan, [booth] = plan_of(dorinoki, "booth", 4), booths(dorinoki, 4)
    day = date(2027, 2, 10)
    make_place(ben, plan, booth=booth, free_from=day, lapses_at=at("09:00", date(2026, 11, 26)))
    browser = english(ben)
    [way] = Page(browser.get("/plans/")).links_to(f"/plans/{flex.pk}/change/?")
    page = Page(browser.get(way))

    answer = page.submit(browser, page.form("plan", "day", "due", "price"))

    assert answer.headers["Location"] == "/plans/"
    later = flex.agreed_plans.get(plan=plan)
    assert (later.booth, later.starts_on) == (booth, day)


def test_companions_that_are_too_many_are_named(english, ben, dorinoki):
    own = make_tenant(ben, dorinoki, 3)
    for number in range(2):
        own.companions.create(email=f"friend{number}@example.jp")

    page = Page(english(ben).get(f"/plans/{own.pk}/change/", {"plan": plan_of(dorinoki, "booth", 2).pk}))

    assert sentence("too_many_companions", count=1) in page.alerts[0]


@pytest.mark.parametrize("plan", ["999999", "99999999999999999", "other", "visit"])
def test_plan_that_can_not_be_held_here_is_not_found(english, ben, own, garage, koharubiyori, plan):
    keys = {"other": plan_of(garage, "free").pk, "visit": plan_of(koharubiyori, "drop_in").pk}
    address = f"/plans/{own.pk}/change/"

    assert english(ben).get(address, {"plan": keys.get(plan, plan)}).status_code == 404
    assert english(ben).post(address, {"plan": keys.get(plan, plan)}).status_code == 404
    assert english(ben).post(address).status_code == 404


def test_no_change_is_taken_back_where_none_is_planned(english, ben, own):
    page = Page(english(ben).post(f"/plans/{own.pk}/keep-plan/"))

    assert (page.status, sentence("no_change_planned") in page.alerts[0]) == (409, True)


# All of them


@pytest.mark.parametrize(
    "asked",
    [
        *("end/?last=x", "end/?last=9999-01-01", "end/?last=", "pause/?first=x", "pause/?first=", "pause/?last=x"),
        *("resume/?starts=x", "change/?day=x", "change/?plan=x", "change/?plan=-1", "change/?plan=9" + 30 * "9"),
    ],
)
def test_what_can_not_be_read_gets_a_sentence(english, ben, own, asked):
    page = Page(english(ben).get(f"/plans/{own.pk}/{asked}"))

    assert page.status == 400
    assert page.alerts[0]


@pytest.mark.parametrize("act", ["end", "pause", "resume", "change"])
def test_post_that_says_nothing_gets_a_sentence(english, ben, own, act):
    page = Page(english(ben).post(f"/plans/{own.pk}/{act}/"))

    assert page.status == (404 if act == "change" else 400)


@pytest.mark.parametrize("act", ["end", "pause", "resume", "change"])
def test_pages_read_in_japanese(english, ben, own, act):
    page = Page(english(ben).get(f"/plans/{own.pk}/{act}/", headers=JAPANESE))

    assert (page.status, page.lang) == (200, "ja")


@time_machine.travel(at("00:30", date(2026, 12, 1)), tick=False)
def test_day_is_the_spaces_own_in_the_night(english, ben, own):
    page = Page(english(ben).get(f"/plans/{own.pk}/end/"))

    assert page.links_to("?last=")[0] == "?last=2026-12-31"


def test_pages_cost_the_same_with_many_bookings_and_members(english, ben, dorinoki, flex):
    browser = english(ben)
    plan, seats = plan_of(dorinoki, "booth", 1), dorinoki.open_seats
    make_booking(seats, day=date(2026, 12, 5), user=ben, membership=flex, basis="plan")
    pages = [f"/plans/{flex.pk}/{page}" for page in ("pause/", "end/", "change/", f"change/?plan={plan.pk}")]
    first = [queries(browser, page) for page in pages]
    for number, booth in enumerate(booths(dorinoki, 1)[1:4]):
        make_tenant(make_user(f"tenant{number}@example.jp"), dorinoki, persons=1, booth=booth)
        make_place(make_user(f"waits{number}@example.jp"), plan)
        make_booking(seats, day=date(2026, 12, 1 + number), user=ben, membership=flex, basis="plan")

    assert [queries(browser, page) for page in pages] == first
