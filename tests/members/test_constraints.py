"""What PostgreSQL refuses of people and plans, whoever writes the rows."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members.models import Membership
from tests.conftest import make_operator
from tests.factories import make_membership, make_plan, make_space, make_user
from tests.postgres import change, copy, named_without_a_test, refused, refused_copy


@pytest.fixture
def space(db):
    return make_space()


def test_every_constraint_has_a_test_named_like_it():
    assert named_without_a_test("members", tests=globals()) == set()


def test_user_email_in_lower_case(db):
    assert refused(make_user(), email="Someone@example.jp") == "user_email_in_lower_case"


def test_members_user_email_is_unique(db):
    assert refused_copy(make_user()) == "members_user_email_key"


def test_operator_once_at_a_space(space):
    operator = make_operator("sam@example.jp", space).operator_set.get()
    copy(operator, space_id=make_space("elsewhere").pk)

    assert refused_copy(operator, role="desk") == "operator_once_at_a_space"


def test_plan_minutes_for_mini_drop_in(space):
    mini = make_plan(space, kind="mini_drop_in", minutes=120)

    assert refused(mini, minutes=None) == "plan_minutes_for_mini_drop_in"
    assert refused(mini, kind="drop_in") == "plan_minutes_for_mini_drop_in"


def test_plan_free_costs_nothing(space):
    free = make_plan(space, kind="free", price=0)

    assert refused(free, price=1) == "plan_free_costs_nothing"
    assert refused(free, sign_up_fee=1) == "plan_free_costs_nothing"


def test_membership_one_live_at_a_space(space):
    membership = make_membership(make_user(), make_plan(space, kind="monthly"), status="applied")
    for status in ("ended", "declined"):
        copy(membership, status=status)
        copy(membership, status=status)

    for status in ("applied", "active", "paused"):
        assert refused_copy(membership, status=status) == "membership_one_live_at_a_space"


def test_membership_ends_after_it_starts(space):
    membership = make_membership(make_user(), make_plan(space, kind="monthly"), starts_on=date(2026, 11, 1))
    change(membership, ends_on=date(2026, 11, 1))

    assert refused(membership, ends_on=date(2026, 10, 31)) == "membership_ends_after_it_starts"


def test_negative_yen_are_refused(space):
    assert refused(make_plan(space), price=-1) == "members_plan_price_check"
    assert refused(make_plan(space), sign_up_fee=-1) == "members_plan_sign_up_fee_check"


def test_plan_of_another_space_is_refused_with_a_code(space):
    elsewhere = make_plan(make_space("elsewhere"), kind="monthly")
    membership = Membership(user=make_user(), space=space, plan=elsewhere, starts_on=date(2026, 11, 1))

    with pytest.raises(ValidationError) as caught:
        membership.full_clean()

    assert [error.code for error in caught.value.error_dict["plan"]] == ["plan_elsewhere"]


def test_plan_of_the_same_space_is_fine(space):
    plan = make_plan(space, kind="monthly")

    Membership(user=make_user(), space=space, plan=plan, starts_on=date(2026, 11, 1)).full_clean()
