"""The sample people of one's own machine."""

from datetime import date

from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate

from members.models import AgreedPlan, Membership, Operator, User
from members.samples import load_people, load_visitors
from tests.factories import TUESDAY


def test_each_space_has_an_operator_and_there_are_a_member_and_a_coworker(four_spaces):
    accounts = load_people()

    assert [account.user.email for account in accounts] == [
        "operator@garage-labs.example",
        "operator@dorinoki.example",
        "operator@koharubiyori.example",
        "operator@cafe-36.example",
        "member@example.jp",
        "coworker@example.jp",
    ]
    assert [operator.space.slug for operator in Operator.objects.order_by("pk")] == [
        "garage-labs", "dorinoki", "koharubiyori", "cafe-36"
    ]  # fmt: skip
    membership = Membership.objects.get()
    assert (membership.user.email, membership.space.slug, membership.status) == (
        "member@example.jp", "garage-labs", "active"
    )  # fmt: skip
    [agreed] = membership.agreed_plans.on(TUESDAY)
    assert (agreed.plan.kind, agreed.price, agreed.ends_on) == ("free", 0, None)


def test_printed_password_signs_in(four_spaces, rf):
    account = load_people()[-1]

    assert authenticate(rf.get("/"), email="coworker@example.jp", password=account.password) == account.user
    assert EmailAddress.objects.get(user=account.user).verified


def test_passwords_differ_and_stay(four_spaces):
    first, again = load_people(), load_people()

    assert [account.password for account in first] == [account.password for account in again]
    assert len({account.password for account in first}) == 6


def test_loading_again_leaves_people_as_they_are(four_spaces):
    load_people()
    User.objects.filter(email="member@example.jp").update(given_name="別人")
    Membership.objects.update(status="ended", ends_on=date(2026, 11, 23))
    tables = User, Operator, Membership, AgreedPlan, EmailAddress
    before = [list(model.objects.order_by("pk").values()) for model in tables]

    load_people()

    assert [list(model.objects.order_by("pk").values()) for model in tables] == before


def test_people_are_loaded_without_the_spaces_too(db):
    assert [account.user.email for account in load_people()] == ["member@example.jp", "coworker@example.jp"]
    assert not Membership.objects.exists()


def test_visitors_can_not_sign_in_and_are_made_once(db):
    first, again = load_visitors(), load_visitors()

    assert [visitor.pk for visitor in first] == [visitor.pk for visitor in again]
    assert (len(first), any(visitor.has_usable_password() for visitor in first)) == (12, False)
