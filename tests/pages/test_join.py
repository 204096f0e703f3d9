"""How a space is joined: its page, and the form to do it."""

from datetime import date

import pytest

from members import deciding
from members.models import Membership
from notices.models import Notice
from tests.factories import make_membership, make_user
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import queries
from tests.pages.plans import booths, make_place, make_tenant, plan_of, sentence
from tests.reading import Page

PASS = "Free Pass"


def form_of(page: Page):
    return page.form("starts", "due", "price")


@pytest.fixture
def free_pass(koharubiyori):
    return plan_of(koharubiyori, "free_pass")


@pytest.fixture
def address(free_pass):
    return f"/spaces/koharubiyori/join/{free_pass.pk}/"


@pytest.fixture
def registration(garage):
    return plan_of(garage, "free")


@pytest.fixture
def at_garage(registration):
    return f"/spaces/garage-labs/join/{registration.pk}/"


def answers_of(registration, *, statement="I build a rail planner.", agrees=True):
    wants, agreement = registration.space.questions.order_by("position", "pk")
    given = {f"answer_{wants.pk}": statement}
    return given | ({f"answer_{agreement.pk}": "on"} if agrees else {})


def test_everybody_sees_how_a_space_is_joined_what_it_costs_and_what_it_gives(visitor, free_pass):
    page = Page(visitor.get("/spaces/koharubiyori/join/"))

    assert page.status == 200
    assert "Join at once" in page.main
    assert "¥9,700 a month" in page.main
    assert "plus ¥2,000 once at joining" in page.main
    assert "whenever the space is open" in page.main
    assert page.links_to(f"/spaces/koharubiyori/join/{free_pass.pk}/")
    assert "Drop-in" not in page.main


def test_space_that_decides_says_so(visitor, at_garage):
    page = Page(visitor.get("/spaces/garage-labs/join/"))

    assert "An operator decides" in page.main
    assert "free of charge" in page.main
    assert [text for text, href in page.links if href == at_garage] == ["Apply Registered member"]


def test_page_counts_the_booths_that_are_free_and_the_people_who_wait(visitor, dorinoki, ben, chie):
    make_tenant(ben, dorinoki, 4)
    make_place(chie, plan_of(dorinoki, "booth", 4))

    page = Page(visitor.get("/spaces/dorinoki/join/"))

    assert "8 of 8 booths free" in page.main
    assert "17 of 17 booths free" in page.main
    assert "The only booth is let 1 person waits" in page.main


def test_space_that_sells_visits_only_has_nothing_to_join(visitor, four_spaces):
    four_spaces["koharubiyori"].plans.filter(kind="free_pass").update(retired_on=date(2026, 11, 1))

    page = Page(visitor.get("/spaces/koharubiyori/join/"))

    assert "Nothing needs joining here." in page.main


def test_member_sees_their_plan_and_how_to_change_it(english, ben, free_pass):
    own = make_membership(ben, free_pass)

    page = Page(english(ben).get("/spaces/koharubiyori/join/"))

    assert "You are a member of Koharubiyori" in page.main
    assert "This is your plan." in page.main
    assert page.links_to(f"/plans/{own.pk}/change/")
    assert page.links_to("/spaces/koharubiyori/join/") == []


def test_applicant_sees_where_it_stands_and_can_take_it_back(english, ben, registration):
    own = make_membership(ben, registration, status="applied")
    browser = english(ben)

    page = Page(browser.get("/spaces/garage-labs/join/"))
    [form] = [form for form in page.forms if form.action == f"/plans/{own.pk}/withdraw/"]
    answer = page.submit(browser, form)

    own.refresh_from_db()
    assert "Your application is being looked at" in page.main
    assert answer.headers["Location"] == "/plans/"
    assert own.status == "ended"


def test_space_that_is_not_in_the_federation_is_not_found(visitor, koharubiyori, address):
    koharubiyori.space.left_on = date(2026, 11, 24)
    koharubiyori.space.save()

    assert visitor.get("/spaces/koharubiyori/join/").status_code == 404
    assert visitor.get(address).status_code == 404
    assert visitor.get("/spaces/nowhere/join/").status_code == 404


def test_cost_follows_the_chosen_day(visitor, address):
    page = Page(visitor.get(address, {"starts": "2026-12-16"}))

    # Sixteen of December's thirty-one days of 9,700 yen, and the registration of 2,000.
    assert "¥2,000" in page.main
    assert "¥5,006" in page.main
    assert "¥7,006" in page.main
    assert "Then ¥9,700 a month, for the first time on Friday, 1 January 2027." in page.main
    assert "Pay at the desk, or by the invoice that you get." in page.main


def test_htmx_gets_the_cost_alone(visitor, address):
    part = visitor.get(address, {"starts": "2026-12-01"}, headers={"hx-request": "true"})

    assert "<html" not in part.content.decode()
    assert "¥11,700" in part.content.decode()
    assert "HX-Request" in part.headers["Vary"]


def test_visitor_sees_the_cost_and_the_questions_and_signs_in_to_answer(visitor, at_garage):
    page = Page(visitor.get(at_garage, {"starts": "2026-12-01"}))

    assert "What do you want to do here?" in page.main
    assert "You answer once you are signed in." in page.main
    [sign_in] = {href for text, href in page.links if text == "Sign in or sign up to go on"}
    assert sign_in.startswith("/accounts/login/?next=")
    assert "starts%3D2026-12-01" in sign_in


def test_visitor_who_posts_is_asked_to_sign_in_and_comes_back_to_their_day(visitor, address):
    answer = visitor.post(address, {"starts": "2026-12-01"})

    assert answer.headers["Location"].startswith("/accounts/login/?next=")
    assert "2026-12-01" in answer.headers["Location"]
    assert not Membership.objects.exists()


def test_person_joins_an_open_space_at_once(english, ben, address, free_pass):
    browser = english(ben)
    page = Page(browser.get(address))

    answer = page.submit(browser, form_of(page))

    own = Membership.objects.get()
    assert answer.headers["Location"] == "/plans/"
    assert (own.status, own.starts_on, own.user) == ("active", date(2026, 11, 24), ben)
    assert own.agreed_plans.get().plan == free_pass
    assert "Welcome to Koharubiyori!" in Page(browser.get("/plans/")).text
    assert [notice.kind for notice in Notice.objects.all()] == ["membership.joined"]


def test_person_applies_where_an_operator_decides(english, ben, at_garage, registration):
    browser = english(ben)
    page = Page(browser.get(at_garage))

    answer = page.submit(browser, form_of(page), **answers_of(registration))

    own = Membership.objects.get(user=ben)
    assert answer.headers["Location"] == "/plans/"
    assert own.status == "applied"
    assert [given for _asked, given in own.answered] == ["I build a rail planner.", True]
    assert "Your application is with Garage labs." in Page(browser.get("/plans/")).text


def test_refused_application_keeps_what_was_typed(english, ben, at_garage, registration):
    browser = english(ben)
    page = Page(browser.get(at_garage))

    again = Page(page.submit(browser, form_of(page), **answers_of(registration, agrees=False)))

    assert again.status == 409
    assert "asks you to agree" in again.alerts[0]
    assert "I build a rail planner." in again.main
    assert not Membership.objects.filter(user=ben).exists()


def test_statement_that_is_missing_is_asked_for(english, ben, at_garage, registration):
    browser = english(ben)
    page = Page(browser.get(at_garage))

    again = Page(page.submit(browser, form_of(page), **answers_of(registration, statement=" ")))

    assert (again.status, again.alerts) == (
        409,
        ["That did not work yet. " + sentence("unanswered", question="What do you want to do here?")],
    )


@pytest.mark.parametrize(
    ("starts", "code", "params"),
    [
        ("2026-11-23", "starts_in_the_past", {}),
        ("2027-02-23", "starts_too_late", {"day": "Mon 22 Feb"}),
    ],
)
def test_day_that_does_not_go_is_said_before_and_after(english, ben, address, starts, code, params):
    browser = english(ben)

    before = Page(browser.get(address, {"starts": starts}))
    after = Page(browser.post(address, {"starts": starts, "due": 0, "price": 9700}))

    assert (before.status, after.status) == (200, 409)
    assert sentence(code, **params) in before.alerts[0]
    assert not any("due" in form.fields for form in before.forms)
    assert after.alerts


@pytest.mark.parametrize("starts", ["x", "2026-13-01", "9999-12-31", "0001-01-01"])
def test_day_that_is_none_gets_a_sentence(english, ben, address, starts):
    page = Page(english(ben).get(address, {"starts": starts}))

    assert page.status == 400
    assert page.alerts


def test_answer_with_a_character_that_nothing_can_keep_gets_a_sentence(english, ben, at_garage, registration):
    given = answers_of(registration, statement="a\0b")

    page = Page(english(ben).post(at_garage, {"starts": "2026-11-24", **given}))

    assert page.status == 400
    assert page.alerts


def test_price_that_has_changed_meanwhile_is_asked_about_again(english, ben, address, free_pass):
    browser = english(ben)
    page = Page(browser.get(address))
    free_pass.price = 12000
    free_pass.save()

    again = Page(page.submit(browser, form_of(page)))
    done = again.submit(browser, form_of(again))

    assert (again.status, sentence("cost_changed") in again.alerts[0]) == (409, True)
    assert done.headers["Location"] == "/plans/"
    assert Membership.objects.get().agreed_plans.get().price == 12000


def test_member_who_comes_to_the_form_is_led_to_their_plan(english, ben, free_pass, address):
    make_membership(ben, free_pass)
    browser = english(ben)

    page = Page(browser.get(address))
    again = Page(browser.post(address, {"starts": "2026-11-24", "due": 4263, "price": 9700}))

    assert "You are a member of Koharubiyori" in page.main
    assert not any("due" in form.fields for form in page.forms)
    assert again.status == 409
    assert Membership.objects.count() == 1


def test_declined_person_may_apply_again(english, ben, sam, at_garage, registration):
    own = make_membership(ben, registration, status="applied")
    deciding.decline(membership=own, by=sam, now=own.applied_at)

    assert form_of(Page(english(ben).get(at_garage)))


@pytest.mark.parametrize("kind", ["drop_in", "mini_drop_in"])
def test_visit_is_not_joined(english, ben, koharubiyori, kind):
    plan = plan_of(koharubiyori, kind)
    address = f"/spaces/koharubiyori/join/{plan.pk}/"

    before = Page(english(ben).get(address))
    after = Page(english(ben).post(address, {"starts": "2026-11-24"}))

    assert (before.status, after.status) == (200, 409)
    assert sentence("by_the_visit", plan=plan.name_en) in before.alerts[0]
    assert not Membership.objects.exists()


def test_plan_that_is_sold_no_more_says_so(english, ben, free_pass, address):
    free_pass.retired_on = date(2026, 11, 1)
    free_pass.save()

    assert sentence("not_sold", plan=PASS).lower() in Page(english(ben).get(address)).alerts[0].lower()


@pytest.mark.parametrize("key", ["999999", "99999999999999999999"])
def test_plan_that_is_none_is_not_found(english, ben, koharubiyori, registration, key):
    assert english(ben).get(f"/spaces/koharubiyori/join/{key}/").status_code == 404
    assert english(ben).get(f"/spaces/koharubiyori/join/{registration.pk}/").status_code == 404


def test_booth_is_taken_with_the_plan(english, ben, dorinoki):
    plan = plan_of(dorinoki, "booth", 3)
    browser = english(ben)
    page = Page(browser.get(f"/spaces/dorinoki/join/{plan.pk}/"))

    page.submit(browser, form_of(page))

    assert Membership.objects.get().agreed_plans.get().booth in booths(dorinoki, 3)


def test_booths_that_are_all_let_lead_to_the_waiting_list(english, visitor, ben, chie, dorinoki):
    plan = plan_of(dorinoki, "booth", 4)
    make_tenant(chie, dorinoki, 4)
    address = f"/spaces/dorinoki/join/{plan.pk}/"

    own, visited = Page(english(ben).get(address)), Page(visitor.get(address))

    assert ("Put me on the waiting list", f"/plans/waiting/{plan.pk}/") in own.forms[-1].buttons
    assert "Sign in to wait" in visited.main
    assert not any("due" in form.fields for form in own.forms)


def test_pages_cost_the_same_with_many_members_and_people_who_wait(english, ben, dorinoki):
    browser = english(ben)
    plan = plan_of(dorinoki, "booth", 2)
    pages = ("/spaces/dorinoki/join/", f"/spaces/dorinoki/join/{plan.pk}/")
    first = [queries(browser, page) for page in pages]
    for number, booth in enumerate(booths(dorinoki, 2)):
        make_tenant(make_user(f"tenant{number}@example.jp"), dorinoki, booth=booth)
        make_place(make_user(f"waits{number}@example.jp"), plan)

    assert [queries(browser, page) for page in pages] == first
    assert first == [8, 9]


def test_pages_read_in_japanese(visitor, address):
    for page in ("/spaces/koharubiyori/join/", address):
        assert Page(visitor.get(page, headers=JAPANESE)).lang == "ja"


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_pages_take_no_other_method(english, ben, address, method):
    assert getattr(english(ben), method)(address).status_code == 405
    assert getattr(english(ben), method)("/spaces/koharubiyori/join/").status_code == 405
    assert english(ben).post("/spaces/koharubiyori/join/").status_code == 405


def test_booth_of_a_space_that_decides_is_applied_for_also_while_all_are_let(english, ben, dorinoki, chie):
    dorinoki.space.admission = "application"
    dorinoki.space.save()
    make_tenant(chie, dorinoki, 4)
    plan = plan_of(dorinoki, "booth", 4)
    browser = english(ben)
    assert "Apply Work booth for 4" in [text for text, _ in Page(browser.get("/spaces/dorinoki/join/")).links]

    page = Page(browser.get(f"/spaces/dorinoki/join/{plan.pk}/"))
    page.submit(browser, form_of(page))

    own = Membership.objects.get(user=ben)
    assert "The only booth is let" in page.main
    assert (own.status, own.agreed_plans.get().booth) == ("applied", None)
