"""The list of things to do: each entry is derived, so it closes itself when its fact appears."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.template import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.charging import undo
from billing.closing import close_month
from billing.models import Charge
from bookings import todo
from members.booths import lapse_offers
from members.deciding import approve
from members.ending import stay
from members.models import BoothWait, Membership, Operator, Plan, User
from members.papers import note_today
from spaces.models import Space
from tests.billing.acts import make_charge, make_invoice, make_payment
from tests.conftest import make_operator
from tests.factories import at, make_membership, make_user
from tests.reading import Page
from visas.models import Terms
from visas.models.terms import CONFIRMED_FOR
from visas.offering import confirm_terms

TODO = "admin:members_todo"


@pytest.fixture(autouse=True)
def confirmed_terms(four_spaces, now) -> None:
    """What every host has to say once a year is said."""
    for space in four_spaces.values():
        confirm_terms(space=space, by=None, now=now)


@pytest.fixture
def desk(dai, as_user) -> Client:
    client = as_user(dai)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def flex(dorinoki) -> Plan:
    return dorinoki.space.plans.get(kind="monthly")


@pytest.fixture
def booth_plan(dorinoki) -> Plan:
    return dorinoki.space.plans.get(name_en="Work booth for 4")


def names(space, now) -> dict[str, int]:
    """What waits at a space, by kind."""
    found = {task.name: task.rows([space.pk], now).count() for task in todo.tasks()}
    assert todo.count(lambda _task: [space.pk], now) == sum(found.values())
    return {name: count for name, count in found.items() if count}


def test_application_is_to_do_until_it_is_decided(flex, chie, now):
    application = make_membership(chie, flex, status="applied", starts_on=date(2026, 11, 24))
    assert names(flex.space, now) == {"applications": 1}

    approve(membership=application, by=None, now=now)

    assert names(flex.space, now) == {}


def test_offer_is_to_do_until_it_is_answered_or_lapses(booth_plan, chie, now):
    BoothWait.objects.create(
        user=chie,
        plan=booth_plan,
        booth=booth_plan.resources.get(),
        free_from=date(2026, 12, 1),
        lapses_at=now + timedelta(hours=20),
    )
    assert names(booth_plan.space, now) == {"offers": 1}

    lapse_offers(now=now + timedelta(hours=21))

    assert names(booth_plan.space, now) == {}


@pytest.mark.parametrize(("days", "entries"), [(0, 1), (14, 1), (15, 0)])
def test_end_is_to_do_within_two_weeks(flex, chie, now, days, entries):
    make_membership(chie, flex, ends_on=date(2026, 11, 24) + timedelta(days=days))

    assert names(flex.space, now).get("ending", 0) == entries


def test_end_that_is_taken_back_is_not_to_do(flex, chie, now):
    membership = make_membership(chie, flex, ends_on=date(2026, 11, 30))
    assert names(flex.space, now) == {"ending": 1}

    stay(membership=membership, by=None, now=now)

    assert "ending" not in names(flex.space, now)


def test_agreement_and_key_are_to_do_until_they_are_there(booth_plan, chie, now):
    membership = make_membership(chie, booth_plan, booth=booth_plan.resources.get())
    assert names(booth_plan.space, now) == {"agreements": 1, "keys": 1}

    note_today(membership=membership, fact="agreement", by=None, now=now)
    assert names(booth_plan.space, now) == {"keys": 1}
    note_today(membership=membership, fact="key_given", by=None, now=now)
    assert names(booth_plan.space, now) == {}


def test_agreement_is_asked_of_the_plan_of_today_only(booth_plan, flex, chie, now):
    membership = make_membership(chie, flex)
    assert names(flex.space, now) == {}

    membership.agreed_plans.update(ends_on=date(2026, 11, 30))
    membership.agreed_plans.create(plan=booth_plan, price=1, starts_on=date(2026, 12, 1))

    assert names(flex.space, now) == {}
    assert names(flex.space, now + timedelta(days=7)) == {"agreements": 1, "keys": 1}


def test_key_of_who_has_left_is_to_do_until_it_is_back(flex, chie, now):
    membership = make_membership(chie, flex, status="ended", ends_on=date(2026, 10, 31), key_given_on=date(2026, 1, 1))
    assert names(flex.space, now) == {"returns": 1}

    note_today(membership=membership, fact="key_returned", by=None, now=now)

    assert names(flex.space, now) == {}


def test_day_is_the_spaces_own(flex, chie, now):
    """At nine in the morning in Hokkaido it is still the day before on Hawaii."""
    make_membership(chie, flex, ends_on=date(2026, 11, 23))
    assert names(flex.space, now) == {}

    flex.space.timezone = "Pacific/Honolulu"
    flex.space.save()

    assert names(flex.space, now) == {"ending": 1}


def test_page_lists_what_waits_and_the_menu_counts_it(desk, flex, booth_plan, chie, ben):
    make_membership(chie, flex, status="applied")
    make_membership(ben, booth_plan, booth=booth_plan.resources.get())

    answer = desk.get(reverse(TODO))
    page = Page(answer)

    for words in ("Applications to decide", "千葉 千絵", "Agreements to be signed", "Keys to hand over", "Ben Miller"):
        assert words in page.text
    assert "To do 3" in page.text
    assert page.link("Approve").endswith("/act/approve/?back=todo")


def test_entry_is_closed_from_the_page(desk, booth_plan, chie):
    make_membership(chie, booth_plan, booth=booth_plan.resources.get())
    page = Page(desk.get(reverse(TODO)))
    [form] = [form for form in page.forms if form.action.endswith("/note/key_given/")]

    answer = page.submit(desk, form)

    assert answer.url == reverse(TODO)
    assert Membership.objects.get(user=chie).key_given_on == date(2026, 11, 24)
    assert "Keys to hand over" not in Page(desk.get(reverse(TODO))).text


def test_nothing_to_do_is_said(desk, dorinoki):
    page = Page(desk.get(reverse(TODO)))

    assert "All done" in page.text
    assert "To do 0" not in page.text


def test_other_spaces_things_are_not_listed(desk, koharubiyori, chie):
    make_membership(chie, koharubiyori.space.plans.get(kind="free_pass"), status="applied")

    page = Page(desk.get(reverse(TODO)))

    assert "All done" in page.text
    assert "千葉" not in page.text


def test_desk_role_sees_the_list_without_buttons(dorinoki, flex, as_user, chie):
    make_membership(chie, flex, status="applied")
    client = as_user(make_operator("desk@example.jp", dorinoki.space, Operator.Role.DESK))

    page = Page(client.get(reverse(TODO)))

    assert "千葉 千絵" in page.text
    assert not [href for _words, href in page.links if "/act/" in href]


def test_superuser_sees_every_space(db, flex, koharubiyori, as_user, chie, ben):
    make_membership(chie, flex, status="applied")
    make_membership(ben, koharubiyori.space.plans.get(kind="free_pass"), status="applied")
    root = as_user(User.objects.create_superuser("root@example.jp", family_name="Root"))

    assert "Ben Miller" in Page(root.get(reverse(TODO))).text
    assert "千葉 千絵" in Page(root.get(reverse(TODO))).text


def test_cost_in_queries_does_not_grow(desk, flex, booth_plan, chie):
    make_membership(chie, flex, status="applied")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(reverse(TODO)).status_code == 200
        return len(queries)

    count()
    few = count()
    for number in range(5):
        make_membership(make_user(f"a{number}@example.jp"), flex, status="applied")
        make_membership(make_user(f"e{number}@example.jp"), flex, ends_on=date(2026, 11, 30))
        make_membership(make_user(f"b{number}@example.jp"), booth_plan)

    assert count() == few


def test_charges_of_a_month_that_is_over_are_to_do_until_they_are_invoiced(flex, chie, now):
    make_charge(flex.space, chie, arises_on=date(2026, 11, 1))
    assert names(flex.space, now) == {}

    make_charge(flex.space, chie, arises_on=date(2026, 10, 31))
    assert names(flex.space, now) == {"invoicing": 1, "months": 1}

    make_invoice(flex.space, chie, [])
    assert names(flex.space, now) == {"months": 1}


@pytest.mark.parametrize("for_good", [False, True])
def test_charge_that_was_given_up_is_not_to_be_invoiced(flex, chie, ben, now, for_good):
    given_up = make_charge(flex.space, chie, arises_on=date(2026, 10, 5))
    close_month(space=flex.space, first_on=date(2026, 10, 1), by_id=None, now=now)
    assert names(flex.space, now) == {"invoicing": 1}

    undo(given_up, today=date(2026, 11, 24), for_good=for_good)
    assert Charge.objects.open().count() == 2
    assert names(flex.space, now) == {}

    # Nor is it by what somebody else owes of this month.
    make_charge(flex.space, ben, 500, arises_on=date(2026, 11, 2))
    assert names(flex.space, now) == {}


def test_charges_of_a_closed_account_are_not_to_be_invoiced(flex, chie, now):
    make_charge(flex.space, chie, arises_on=date(2026, 9, 5))
    assert names(flex.space, now) == {"invoicing": 1}

    User.objects.filter(pk=chie.pk).update(is_active=False)

    assert names(flex.space, now) == {}


@pytest.mark.parametrize("make", [make_charge, make_payment])
def test_last_month_is_to_do_until_it_is_closed(flex, chie, now, make):
    make(flex.space, chie, **{"arises_on" if make is make_charge else "received_on": date(2026, 10, 1)})
    assert names(flex.space, now)["months"] == 1
    assert names(flex.space, now - timedelta(days=31)).get("months", 0) == 0

    close_month(space=flex.space, first_on=date(2026, 10, 1), by_id=None, now=now)

    assert "months" not in names(flex.space, now)


def test_month_in_which_nothing_happened_is_not_to_do(flex, chie, koharubiyori, now):
    make_payment(flex.space, chie, received_on=date(2026, 9, 30))
    make_payment(flex.space, chie, received_on=date(2026, 11, 1))
    make_payment(koharubiyori.space, chie, received_on=date(2026, 10, 1))

    assert names(flex.space, now) == {}


def test_month_turns_by_the_spaces_own_clock(flex, chie):
    """In the first hours of November in Hokkaido it is still October on Hawaii."""
    make_charge(flex.space, chie, arises_on=date(2026, 10, 5))
    turned = at("01:00", date(2026, 11, 1))
    assert names(flex.space, turned) == {"invoicing": 1, "months": 1}

    flex.space.timezone = "Pacific/Honolulu"
    flex.space.save()

    assert names(flex.space, turned) == {}


def test_money_to_do_is_listed_for_who_may_see_it(desk, dorinoki, chie, as_user):
    make_charge(dorinoki.space, chie, arises_on=date(2026, 10, 5))

    page = Page(desk.get(reverse(TODO)))

    assert "To do 2" in page.text
    assert page.link("Look at its figures") == "/admin/billing/months/dorinoki/2026-10/"
    whose = page.link("See whose they are")
    assert "千葉 千絵" in Page(desk.get(whose)).text
    at_the_desk = as_user(make_operator("desk@example.jp", dorinoki.space, Operator.Role.DESK))
    at_the_desk.cookies["django_language"] = "en"
    seen = Page(at_the_desk.get(reverse(TODO)))
    assert "To do 1" in seen.text
    assert "Last month waits to be closed" not in seen.text


def test_menu_counts_in_one_query(flex, chie, now, django_assert_num_queries):
    make_charge(flex.space, chie, arises_on=date(2026, 10, 5))

    with django_assert_num_queries(1):
        assert todo.count(lambda _task: None, now) == 2


def test_terms_are_to_do_once_a_year_until_they_are_confirmed(desk, dorinoki, now):
    assert names(dorinoki.space, now) == {}
    Terms.objects.filter(space=dorinoki.space).update(confirmed_at=now - CONFIRMED_FOR)

    page = Page(desk.get(reverse(TODO)))
    assert "Terms of the VISA to confirm" in page.text
    assert page.link("Look at the terms") == reverse("admin:visas_terms_at", args=["dorinoki"])

    confirm_terms(space=dorinoki.space, by=None, now=now)
    assert names(dorinoki.space, now) == {}


def test_host_that_never_said_what_it_offers_is_asked_while_it_is_in_the_federation(dorinoki, now):
    Terms.objects.all().delete()
    assert names(dorinoki.space, now) == {"terms": 1}

    type(dorinoki.space).objects.update(left_on=now.date())
    assert names(dorinoki.space, now) == {}


@pytest.fixture
def birthdays(monkeypatch) -> todo.Task:
    """A task as an app above registers it: spaces that joined on a day like today."""

    def rows(spaces, now):
        return Space.objects.filter(pk__in=spaces, joined_on__day=now.day).order_by("slug")

    task = todo.Task(
        "birthdays",
        "Birthdays of spaces",
        rows,
        "spaces.space",
        related=(),
        row_template=Template("<tr><td>Cake for {{ row.name }}</td></tr>"),
    )
    monkeypatch.setattr(todo, "_registered", dict(todo._registered))
    todo.register(task)
    return task


def test_apps_above_add_tasks_of_their_own(desk, dorinoki, koharubiyori, birthdays, now):
    Space.objects.update(joined_on=date(2026, 1, 24))

    page = Page(desk.get(reverse(TODO)))

    assert "Birthdays of spaces" in page.text
    assert "Cake for Dorinoki" in page.text
    assert "Cake for Koharubiyori" not in page.text
    assert "To do 1" in page.text
    assert names(dorinoki.space, now) == {"birthdays": 1}


def test_registering_once_more_changes_nothing_and_two_do_not_share_a_name(birthdays):
    todo.register(birthdays)
    assert todo.tasks().count(birthdays) == 1

    for name in ("birthdays", "keys"):
        with pytest.raises(ValueError, match=name):
            todo.register(replace(birthdays, name=name, title="Another"))
