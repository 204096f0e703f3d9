"""What PostgreSQL refuses of people and plans, whoever writes the rows."""

from datetime import date

import pytest

from members.models import AgreedPlan, BoothWait, Companion, Membership, Pause
from tests.conftest import make_operator
from tests.factories import at, make_membership, make_plan, make_resource, make_space, make_user
from tests.postgres import change, copy, named_without_a_test, refused, refused_copy

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture
def space(db):
    return make_space()


@pytest.fixture
def booth(space):
    return make_resource(space, kind="booth", capacity=1, persons=3)


@pytest.fixture
def plan(space, booth):
    return make_plan(space, booth, kind="booth", price=30000)


@pytest.fixture
def membership(plan):
    return make_membership(make_user(), plan, starts_on=NOVEMBER)


@pytest.fixture
def agreed(membership):
    return membership.agreed_plans.get()


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


def test_plan_visit_includes_no_room(space):
    for kind, fields in (("drop_in", {}), ("mini_drop_in", {"minutes": 120})):
        visit = make_plan(space, kind=kind, **fields)
        for included in ({"room_minutes": 60}, {"wants_agreement": True}, {"hands_key": True}):
            assert refused(visit, **included) == "plan_visit_includes_no_room"


def test_membership_one_live_at_a_space(space):
    plan = make_plan(space, kind="monthly")
    past, live = make_user("past@example.jp"), make_user("live@example.jp")
    for status in ("ended", "declined", "ended", "declined"):
        make_membership(past, plan, status=status)
        make_membership(live, plan, status=status)
    [membership] = [make_membership(live, plan, status="applied")]

    for status in ("applied", "active"):
        assert refused_copy(membership, status=status) == "membership_one_live_at_a_space"
    change(membership, status="active")
    assert refused_copy(membership, status="applied") == "membership_one_live_at_a_space"
    change(membership, status="paused")
    assert refused_copy(membership, status="active") == "membership_one_live_at_a_space"
    copy(membership, status="active", user_id=make_user("other@example.jp").pk)
    copy(membership, status="active", space_id=make_space("elsewhere").pk)


def test_membership_ends_after_it_starts(membership):
    change(membership, ends_on=NOVEMBER)
    change(membership, ends_on=date(2026, 10, 31))

    assert refused(membership, ends_on=date(2026, 10, 30)) == "membership_ends_after_it_starts"


def test_membership_ended_on_a_day(membership, space):
    applied = make_membership(make_user("b@example.jp"), space.plans.get(), status="applied")

    assert refused(membership, status="ended") == "membership_ended_on_a_day"
    assert refused(applied, status="declined", decided_at=at("09:00")) == "membership_ended_on_a_day"
    change(membership, status="ended", ends_on=NOVEMBER)


def test_membership_declined_by_someone(plan):
    applied = make_membership(make_user(), plan, status="applied")

    assert refused(applied, status="declined", ends_on=NOVEMBER) == "membership_declined_by_someone"
    change(applied, status="declined", ends_on=applied.starts_on, decided_at=at("09:00"))


def test_membership_renewal_day_of_a_month(membership):
    for day in (1, 31):
        change(membership, renewal_day=day)

    assert refused(membership, renewal_day=0) == "membership_renewal_day_of_a_month"
    assert refused(membership, renewal_day=32) == "membership_renewal_day_of_a_month"


def test_membership_key_comes_back_after_it_went(membership):
    assert refused(membership, key_returned_on=NOVEMBER) == "membership_key_comes_back_after_it_went"
    change(membership, key_given_on=NOVEMBER, key_returned_on=NOVEMBER)
    assert refused(membership, key_returned_on=date(2026, 10, 31)) == "membership_key_comes_back_after_it_went"


STATUSES = ("applied", "active", "paused", "ended", "declined")
ALLOWED = {
    ("applied", "active"),
    ("applied", "declined"),
    ("applied", "ended"),
    ("active", "paused"),
    ("active", "ended"),
    ("paused", "active"),
    ("paused", "ended"),
}


@pytest.mark.parametrize("before", STATUSES)
@pytest.mark.parametrize("after", STATUSES)
def test_status_moves_only_as_design_rule_4_allows(plan, before, after):
    membership = make_membership(make_user(), plan, status=before)
    facts = {"status": after, "ends_on": membership.starts_on, "decided_at": at("09:00")}

    if before == after or (before, after) in ALLOWED:
        change(membership, **facts)
    else:
        assert refused(membership, **facts) == "membership_moves"


def test_moves_that_the_acts_know_are_those_of_the_database():
    assert {(before, after) for before in Membership.MOVES for after in Membership.MOVES[before]} == ALLOWED


@pytest.mark.parametrize("status", STATUSES)
def test_membership_begins_as_applied_or_active(membership, status):
    facts = {
        "status": status,
        "user_id": make_user("next@example.jp").pk,
        "ends_on": NOVEMBER,
        "decided_at": at("09:00"),
    }

    if status in ("applied", "active"):
        copy(membership, **facts)
    else:
        assert refused_copy(membership, **facts) == "membership_moves"


def test_agreed_plan_ends_after_it_starts(agreed):
    change(agreed, ends_on=NOVEMBER)
    # A plan that held on no day.
    change(agreed, ends_on=date(2026, 10, 31))

    assert refused(agreed, ends_on=date(2026, 10, 30)) == "agreed_plan_ends_after_it_starts"


def test_agreed_plan_one_a_day(agreed):
    assert refused_copy(agreed) == "agreed_plan_one_a_day"
    assert refused_copy(agreed, starts_on=date(2099, 1, 1)) == "agreed_plan_one_a_day"
    change(agreed, ends_on=date(2026, 11, 30))
    assert refused_copy(agreed, starts_on=date(2026, 11, 30), ends_on=None) == "agreed_plan_one_a_day"
    assert refused_copy(agreed, starts_on=date(2026, 10, 1), ends_on=NOVEMBER) == "agreed_plan_one_a_day"

    copy(agreed, starts_on=DECEMBER, ends_on=None)
    # Days that are none do not overlap.
    copy(agreed, starts_on=date(2026, 11, 10), ends_on=date(2026, 11, 9))


def test_agreed_plan_booth_has_one_tenant(agreed, booth, plan):
    change(agreed, booth_id=booth.pk, ends_on=date(2026, 11, 30))
    other = make_membership(make_user("other@example.jp"), plan, starts_on=NOVEMBER).agreed_plans.get()

    assert refused(other, booth_id=booth.pk) == "agreed_plan_booth_has_one_tenant"
    assert refused(other, booth_id=booth.pk, starts_on=date(2026, 11, 30)) == "agreed_plan_booth_has_one_tenant"
    assert (
        refused(other, booth_id=booth.pk, starts_on=date(2026, 10, 1), ends_on=NOVEMBER)
        == "agreed_plan_booth_has_one_tenant"
    )
    change(other, booth_id=booth.pk, starts_on=DECEMBER)


def test_pause_ends_after_it_starts(membership):
    rest = Pause.objects.create(membership=membership, starts_on=DECEMBER, ends_on=DECEMBER)

    assert refused(rest, ends_on=date(2026, 11, 30)) == "pause_ends_after_it_starts"


def test_pause_one_a_day(membership, plan):
    rest = Pause.objects.create(membership=membership, starts_on=DECEMBER, ends_on=date(2026, 12, 31))

    assert refused_copy(rest, starts_on=date(2026, 12, 31), ends_on=None) == "pause_one_a_day"
    assert refused_copy(rest, starts_on=NOVEMBER, ends_on=DECEMBER) == "pause_one_a_day"
    copy(rest, starts_on=date(2027, 1, 1), ends_on=None)
    copy(rest, membership_id=make_membership(make_user("other@example.jp"), plan).pk)


def test_companion_invited_once(membership):
    companion = Companion.objects.create(membership=membership, email="friend@example.jp")

    assert refused_copy(companion) == "companion_invited_once"
    change(companion, left_at=at("09:00"))
    copy(companion)
    copy(companion, left_at=None, email="another@example.jp")


def test_companion_email_in_lower_case(membership):
    companion = Companion.objects.create(membership=membership, email="friend@example.jp")

    assert refused(companion, email="Friend@example.jp") == "companion_email_in_lower_case"


def test_companion_accepted_by_someone(membership):
    companion = Companion.objects.create(membership=membership, email="friend@example.jp")
    friend = make_user("friend@example.jp")

    assert refused(companion, accepted_at=at("09:00")) == "companion_accepted_by_someone"
    assert refused(companion, user_id=friend.pk) == "companion_accepted_by_someone"
    change(companion, user_id=friend.pk, accepted_at=at("09:00"))


def test_booth_wait_once(plan):
    place = BoothWait.objects.create(user=make_user(), plan=plan)

    assert refused_copy(place) == "booth_wait_once"
    change(place, settled_at=at("09:00"), outcome="left")
    copy(place, settled_at=None, outcome="")
    copy(place)


def test_booth_wait_one_offer_a_booth(plan, booth):
    offer = {"booth_id": booth.pk, "free_from": DECEMBER, "lapses_at": at("09:00")}
    place = BoothWait.objects.create(user=make_user(), plan=plan, **offer)
    other = BoothWait.objects.create(user=make_user("other@example.jp"), plan=plan)

    assert refused(other, **offer) == "booth_wait_one_offer_a_booth"
    change(place, settled_at=at("09:00"), outcome="lapsed")
    change(other, **offer)


def test_booth_wait_offer_is_whole(plan, booth):
    place = BoothWait.objects.create(user=make_user(), plan=plan)
    offer = {"booth_id": booth.pk, "free_from": DECEMBER, "lapses_at": at("09:00")}

    for column in offer:
        part = {name: value for name, value in offer.items() if name != column}
        assert refused(place, **part) == "booth_wait_offer_is_whole"
        assert refused(place, **{column: offer[column]}) == "booth_wait_offer_is_whole"
    change(place, **offer)


def test_booth_wait_settled_somehow(plan):
    place = BoothWait.objects.create(user=make_user(), plan=plan)

    assert refused(place, settled_at=at("09:00")) == "booth_wait_settled_somehow"
    assert refused(place, outcome="left") == "booth_wait_settled_somehow"
    assert refused(place, settled_at=at("09:00"), outcome="lost") == "booth_wait_settled_somehow"
    for outcome in BoothWait.Outcome:
        change(place, settled_at=at("09:00"), outcome=outcome)


def test_negative_yen_are_refused(space, agreed):
    assert refused(make_plan(space), price=-1) == "members_plan_price_check"
    assert refused(make_plan(space), sign_up_fee=-1) == "members_plan_sign_up_fee_check"
    assert refused(make_plan(space), room_minutes=-1) == "members_plan_room_minutes_check"
    assert refused(agreed, price=-1) == "members_agreedplan_price_check"
    assert refused(agreed, sign_up_fee=-1) == "members_agreedplan_sign_up_fee_check"
    assert refused(agreed, room_minutes=-1) == "members_agreedplan_room_minutes_check"


def test_agreed_terms_are_a_copy_of_the_plan(plan):
    agreed = AgreedPlan.of(plan)
    plan.price, plan.sign_up_fee, plan.room_minutes = 1, 2, 3

    assert (agreed.price, agreed.sign_up_fee, agreed.room_minutes) == (30000, 0, 0)
