"""A membership on a plan that grants a visa has one at once, and its number is one that can be told aloud."""

from datetime import date

import pytest
from stdnum.iso7064 import mod_97_10

from members.models import AgreedPlan, Plan
from tests.factories import make_membership, make_plan, make_resource, make_space
from visas.models import Visa
from visas.numbers import is_number, printed_number, read_number

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    space = make_space()
    return make_plan(space, make_resource(space), kind=Plan.Kind.FREE_PASS, grants_visa=True)


def test_membership_on_a_granting_plan_has_a_visa(chie, plan):
    assert make_membership(chie, plan).visa.revoked_at is None


def test_other_plans_grant_none(chie, plan):
    plan.grants_visa = False
    plan.save()

    make_membership(chie, plan)

    assert not Visa.objects.exists()


def test_application_gets_its_visa_when_it_is_approved(chie, plan):
    membership = make_membership(chie, plan, status="applied")
    assert not Visa.objects.exists()

    membership.status = "active"
    membership.save()

    assert Visa.objects.get().membership == membership


def test_plan_that_begins_to_grant_visas_gives_them_to_its_members(chie, ben, plan):
    plan.grants_visa = False
    plan.save()
    memberships = [make_membership(user, plan) for user in (chie, ben)]

    plan.grants_visa = True
    plan.save()

    assert {visa.membership for visa in Visa.objects.all()} == set(memberships)


def test_change_to_a_granting_plan_grants_one_and_another_change_no_second(chie, plan):
    other = make_plan(plan.space, kind=Plan.Kind.MONTHLY)
    membership = make_membership(chie, other)
    membership.agreed_plans.update(ends_on=date(2026, 11, 30))

    for first, last in ((date(2026, 12, 1), date(2026, 12, 31)), (date(2027, 1, 1), None)):
        AgreedPlan.of(plan, membership=membership, starts_on=first, ends_on=last).save(force_insert=True)

    assert Visa.objects.get().membership == membership


def test_numbers_of_the_database_are_numbers(plan, django_user_model):
    people = [django_user_model.objects.create_user(f"{n}@example.jp") for n in range(50)]
    numbers = {make_membership(user, plan).visa.number for user in people}

    assert len(numbers) == 50
    assert all(is_number(number) for number in numbers)


@pytest.mark.parametrize("typed", ["12345 67889", "１２３４５　６７８８９", "12345-67889", " 1234567889 "])
def test_number_is_read_however_it_is_typed(typed):
    assert read_number(typed) == "1234567889"


def test_every_slip_and_every_swap_of_neighbours_is_noticed():
    number = "12345678" + mod_97_10.calc_check_digits("12345678")
    assert is_number(number)

    slips = {number[:at] + digit + number[at + 1 :] for at in range(10) for digit in "0123456789"} - {number}
    swaps = {number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in range(9)} - {number}

    assert not any(is_number(each) for each in slips | swaps)


@pytest.mark.parametrize("typed", ["", "1", "12345678891", "１２３４５６７８８９", "12345678x2", "²2345678422"])
def test_what_is_no_number_is_none(typed):
    assert not is_number(typed)


def test_number_is_printed_in_two_groups():
    assert printed_number("1234567889") == "12345 67889"
