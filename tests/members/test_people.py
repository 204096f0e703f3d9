"""People: their names, their login, their roles."""

from datetime import date

import pytest

from members.models import Membership, Operator, Plan, User
from tests.conftest import make_operator
from tests.factories import TUESDAY, make_membership, make_plan, make_space, make_user


@pytest.mark.parametrize(
    ("family", "given", "shown"),
    [
        ("伊藤", "愛子", "伊藤 愛子"),
        ("Miller", "Ben", "Ben Miller"),
        ("伊藤", "", "伊藤"),
        ("Miller", "", "Miller"),
        ("Müller", "Ben", "Müller Ben"),
    ],
)
def test_name_has_the_order_of_its_own_script(family, given, shown):
    person = User(email="someone@example.jp", family_name=family, given_name=given)

    assert (person.display_name, person.get_full_name(), str(person)) == (shown, shown, shown)
    assert person.get_short_name() == family


def test_person_without_a_name_is_called_by_the_address():
    assert str(User(email="someone@example.jp")) == "someone@example.jp"


def test_address_is_kept_in_lower_case_and_found_in_any(db):
    person = make_user("  Someone@Example.JP ")

    assert person.email == "someone@example.jp"
    assert User.objects.get_by_natural_key(" SOMEONE@example.jp") == person
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(None)


def test_person_without_a_password_signs_in_by_code_only(db):
    assert make_user("code@example.jp").has_usable_password() is False
    assert make_user("password@example.jp", password="a secret").check_password("a secret")


def test_superuser_runs_every_space(db):
    person = User.objects.create_superuser("all@example.jp", "a secret", family_name="全")

    assert (person.is_superuser, person.is_operator, person.is_staff, person.roles) == (True, True, True, {})


def test_people_are_listed_by_the_reading_of_their_names(db):
    make_user("1@example.jp", family_name="渡辺", family_reading="わたなべ")
    make_user("2@example.jp", family_name="東", family_reading="あずま")
    make_user("3@example.jp", family_name="佐々木", family_reading="ささき", given_reading="りょう")
    make_user("4@example.jp", family_name="佐々木", family_reading="ささき", given_reading="あい")

    assert [person.email[0] for person in User.objects.all()] == ["2", "4", "3", "1"]


def test_operator_has_a_role_at_each_of_their_spaces(db):
    first, second, other = (make_space(slug) for slug in ("first", "second", "other"))
    sam = make_operator("sam@example.jp", first, Operator.Role.OWNER)
    Operator.objects.create(user=sam, space=second, role=Operator.Role.DESK)
    make_operator("dai@example.jp", other)

    assert sam.roles == {first.pk: "owner", second.pk: "desk"}
    assert (sam.is_operator, sam.is_staff) == (True, True)


def test_roles_come_with_the_person_in_one_query(db, django_assert_num_queries):
    sam = make_operator("sam@example.jp", make_space("first"))
    Operator.objects.create(user=sam, space=make_space("second"), role=Operator.Role.DESK)

    with django_assert_num_queries(1):
        found = User.objects.with_roles(sam.pk)
        assert sorted(found.roles.values()) == ["desk", "operator"]
        assert found.is_operator


def test_who_runs_nothing_or_is_no_longer_active_is_no_operator(db):
    sam = make_operator("sam@example.jp", make_space())
    sam.is_active = False

    assert (sam.is_operator, make_user().is_operator, make_user("two@example.jp").roles) == (False, False, {})


def test_rows_are_called_by_what_people_know_them_by(db):
    space = make_space(name_ja="どこか")
    plan = make_plan(space, name_ja="フリーパス", kind="free_pass")
    person = make_user(family_name="伊藤")

    assert str(plan) == "どこか · フリーパス"
    membership = make_membership(person, plan)
    assert str(membership) == "伊藤 · どこか"
    assert str(membership.agreed_plans.get()) == "どこか · フリーパス"
    assert str(make_operator("sam@example.jp", space).operator_set.get()).startswith("山田 · どこか · ")


def test_membership_counts_from_its_first_day_to_its_last(db):
    plan = make_plan(make_space(), kind="monthly")
    make_membership(make_user(), plan, starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 30))

    days = [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1)]

    assert [Membership.objects.active_on(day).exists() for day in days] == [False, True, True, False]


def test_membership_without_an_end_goes_on(db):
    make_membership(make_user(), make_plan(make_space(), kind="monthly"), starts_on=date(2026, 11, 1))

    assert Membership.objects.active_on(date(2126, 1, 1)).exists()


@pytest.mark.parametrize("status", ["applied", "paused", "ended", "declined"])
def test_membership_that_is_not_active_lets_nobody_in(db, status):
    make_membership(make_user(), make_plan(make_space(), kind="monthly"), status=status)

    assert not Membership.objects.active_on(TUESDAY).exists()


def test_price_list_holds_public_plans_until_the_day_before_they_retire(db):
    space = make_space()
    make_plan(space, name_ja="今も", retired_on=date(2026, 11, 25))
    make_plan(space, name_ja="昨日まで", retired_on=TUESDAY)
    make_plan(space, name_ja="内緒", is_public=False)
    make_plan(space, name_ja="いつも")

    assert {plan.name_ja for plan in Plan.objects.sold_on(TUESDAY)} == {"今も", "いつも"}


def test_drop_ins_are_sold_by_the_visit(db):
    space = make_space()

    visits = [plan.kind for plan in (
        make_plan(space, kind="drop_in"),
        make_plan(space, kind="mini_drop_in", minutes=120),
        make_plan(space, kind="monthly"),
        make_plan(space, kind="free", price=0),
    ) if plan.is_visit]  # fmt: skip

    assert visits == ["drop_in", "mini_drop_in"]
