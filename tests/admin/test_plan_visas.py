"""Taking the visa off a plan in the admin: what ends is said first, and done when that is meant."""

import pytest
from django.test import Client
from django.urls import reverse

from members.models import Plan
from tests.bookings.taking import take
from tests.conftest import make_operator
from tests.factories import TUESDAY, make_plan
from tests.reading import Page, english


@pytest.fixture
def plan(aiko) -> Plan:
    return aiko.memberships.get().agreed_plans.get().plan


@pytest.fixture
def operator(as_user, plan) -> Client:
    return english(as_user(make_operator("boss@example.jp", plan.space)))


def address(plan: Plan) -> str:
    return reverse("admin:members_plan_change", args=[plan.pk])


def form_of(page: Page) -> dict[str, str]:
    return {name: value for name, value in page.form("price").fields.items() if not name.startswith("_")}


def without_visa(client: Client, plan: Plan) -> dict[str, str]:
    fields = form_of(Page(client.get(address(plan))))
    assert fields.pop("grants_visa") == "on"
    assert "visas_end" not in fields
    return fields


def grants(plan: Plan) -> bool:
    return Plan.objects.get(pk=plan.pk).grants_visa


def test_first_press_says_what_ends_and_saves_nothing(operator, aiko, plan, dorinoki):
    visit = take(aiko, dorinoki.open_seats, day=TUESDAY)

    answer = operator.post(address(plan), {**without_visa(operator, plan), "name_en": "Fewer"})

    assert answer.status_code == 200
    page = Page(answer)
    assert "Coworking VISAs of members that would end at once: 1." in page.text
    assert "be cancelled, at no charge: 1." in page.text
    assert form_of(page)["name_en"] == "Fewer"
    assert grants(plan)
    visit.refresh_from_db()
    assert visit.is_live


def test_second_press_with_the_box_ends_them_and_cancels(operator, aiko, plan, dorinoki):
    visit = take(aiko, dorinoki.open_seats, day=TUESDAY)
    page = Page(operator.post(address(plan), without_visa(operator, plan)))

    answer = operator.post(address(plan), {**form_of(page), "visas_end": "on"}, follow=True)

    assert "1 booking was cancelled." in Page(answer).text
    assert not grants(plan)
    visit.refresh_from_db()
    assert (visit.cancelled_by, visit.cancellation_fee) == ("space", 0)
    assert "visas_end" not in form_of(Page(operator.get(address(plan))))


def test_second_press_without_the_box_asks_again(operator, plan):
    for _again in range(2):
        answer = operator.post(address(plan), without_visa(operator, plan))

        assert answer.status_code == 200
        assert grants(plan)


def test_plan_that_nobody_is_on_is_saved_at_once(operator, plan):
    other = make_plan(plan.space, kind="free_pass", grants_visa=True)

    assert operator.post(address(other), without_visa(operator, other)).status_code == 302
    assert not grants(other)


def test_other_changes_ask_nothing(operator, plan):
    fields = form_of(Page(operator.get(address(plan))))

    assert operator.post(address(plan), {**fields, "name_en": "Other", "visas_end": "on"}).status_code == 302
    assert grants(plan)
