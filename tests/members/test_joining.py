"""Joining: at once where a space is open, by an application where an operator decides; every reason against it."""

from datetime import date, timedelta

import pytest

from members.booths import wait
from members.deciding import decline, withdraw
from members.ending import end
from members.joining import ANSWER_LENGTH, join
from members.models import BoothWait, Membership, Question
from tests.conftest import make_operator
from tests.factories import TUESDAY, make_membership, make_plan, make_resource, make_space, make_user
from tests.members.acts import agreed, history, refused, told


@pytest.fixture
def guarded(db):
    """A space where an operator decides."""
    return make_space("guarded", admission="application", renewal_day=1)


@pytest.fixture
def free(guarded):
    return make_plan(guarded, kind="free", price=0)


@pytest.fixture
def guarded_booth(guarded):
    return make_plan(guarded, make_resource(guarded, kind="booth", capacity=1, persons=2), kind="booth", price=50000)


@pytest.fixture
def questions(guarded):
    wish = Question.objects.create(space=guarded, kind="statement", text_ja="何をしたいですか？", text_en="What for?")
    purpose = Question.objects.create(space=guarded, kind="agreement", text_ja="賛同します。", text_en="I agree.")
    return wish, purpose


def test_open_space_takes_a_member_at_once(person, flex, now):
    membership = join(user=person, plan=flex, starts_on=TUESDAY, answers={}, now=now)

    membership.refresh_from_db()
    assert (membership.status, membership.starts_on, membership.ends_on) == ("active", TUESDAY, None)
    assert (membership.renewal_day, membership.applied_at, membership.decided_at) == (1, now, None)
    row = membership.agreed_plans.get()
    assert (row.plan, row.price, row.sign_up_fee, row.room_minutes) == (flex, 12000, 30000, 0)
    assert (row.starts_on, row.ends_on, row.booth, row.told_at) == (TUESDAY, None, None, now)
    assert history(membership) == [("active", person, "")]
    assert told("membership.joined") == ["person@example.jp"]
    assert told("membership.applied") == []


def test_space_without_a_day_of_its_own_renews_on_the_day_of_the_start(person, flex, space, now):
    space.renewal_day = None
    space.save()

    membership = join(user=person, plan=flex, starts_on=date(2027, 1, 31), answers={}, now=now)

    assert membership.renewal_day == 31


def test_later_price_of_the_plan_changes_nothing_that_was_agreed(person, flex, now):
    membership = join(user=person, plan=flex, starts_on=TUESDAY, answers={}, now=now)
    flex.price, flex.sign_up_fee = 99000, 0
    flex.save()

    row = membership.agreed_plans.get()
    assert (row.price, row.sign_up_fee) == (12000, 30000)


def test_application_waits_for_an_operator_and_tells_those_who_decide(person, guarded, free, questions, now):
    for role in ("owner", "operator", "desk"):
        make_operator(f"{role}@example.jp", guarded, role)
    make_operator("elsewhere@example.jp", make_space("elsewhere"))
    away = make_operator("away@example.jp", guarded)
    away.is_active = False
    away.save()
    wish, purpose = questions

    membership = join(
        user=person, plan=free, starts_on=TUESDAY, answers={wish.pk: "店を開きたい", purpose.pk: True}, now=now
    )

    membership.refresh_from_db()
    assert membership.status == "applied"
    assert membership.answered == [("何をしたいですか？", "店を開きたい"), ("賛同します。", True)]
    assert agreed(membership) == [("free", TUESDAY, None)]
    assert told("membership.applied") == ["operator@example.jp", "owner@example.jp"]
    assert told("membership.joined") == []


def test_answers_stay_with_the_questions_as_they_were_asked(person, free, questions, now):
    wish, purpose = questions
    membership = join(user=person, plan=free, starts_on=TUESDAY, answers={wish.pk: "働く", purpose.pk: True}, now=now)
    wish.text_ja = "ほかの質問"
    wish.save()
    purpose.delete()

    membership.refresh_from_db()
    assert [asked for asked, _answer in membership.answered] == ["何をしたいですか？", "賛同します。"]


@pytest.mark.parametrize(
    ("statement", "tick", "codes"),
    [
        ("", True, {"unanswered"}),
        (" 　\n", True, {"unanswered"}),
        ("働く", False, {"not_agreed"}),
        ("働く", "yes", {"not_agreed"}),
        ("", False, {"unanswered", "not_agreed"}),
        ("あ" * (ANSWER_LENGTH + 1), True, {"answer_too_long"}),
    ],
)
def test_questions_must_be_answered(person, free, questions, now, statement, tick, codes):
    wish, purpose = questions

    answers = {wish.pk: statement, purpose.pk: tick}
    assert refused(join, user=person, plan=free, starts_on=TUESDAY, answers=answers, now=now) == codes
    assert not Membership.objects.exists()


def test_answer_may_be_as_long_as_it_says(person, free, questions, now):
    wish, purpose = questions

    join(user=person, plan=free, starts_on=TUESDAY, answers={wish.pk: "あ" * ANSWER_LENGTH, purpose.pk: True}, now=now)


def test_question_that_need_not_be_answered_may_stay_open(person, free, questions, now):
    Question.objects.update(is_required=False)

    membership = join(user=person, plan=free, starts_on=TUESDAY, answers={}, now=now)

    assert [answer for _asked, answer in membership.answered] == ["", ""]


@pytest.mark.parametrize(("ahead", "code"), [(-1, "starts_in_the_past"), (91, "starts_too_late")])
def test_membership_begins_between_today_and_ninety_days_on(person, flex, now, ahead, code):
    day = TUESDAY + timedelta(days=ahead)

    assert refused(join, user=person, plan=flex, starts_on=day, answers={}, now=now) == {code}


@pytest.mark.parametrize("ahead", [0, 90])
def test_both_ends_of_that_time_are_fine(person, flex, now, ahead):
    day = TUESDAY + timedelta(days=ahead)

    assert join(user=person, plan=flex, starts_on=day, answers={}, now=now).starts_on == day


def test_today_is_the_spaces_own(person, flex, space, now):
    """At nine in the morning in Hokkaido it is still yesterday in Honolulu."""
    space.timezone = "Pacific/Honolulu"
    space.save()
    flex.refresh_from_db()
    yesterday = TUESDAY - timedelta(days=1)

    assert join(user=person, plan=flex, starts_on=yesterday, answers={}, now=now).starts_on == yesterday


def test_what_is_sold_by_the_visit_needs_no_joining(person, space, now):
    for kind, fields in (("drop_in", {}), ("mini_drop_in", {"minutes": 120})):
        plan = make_plan(space, kind=kind, **fields)
        assert refused(join, user=person, plan=plan, starts_on=TUESDAY, answers={}, now=now) == {"by_the_visit"}


@pytest.mark.parametrize("gone", [{"retired_on": TUESDAY}, {"is_public": False}])
def test_plan_that_is_off_the_price_list_cannot_be_joined(person, space, now, gone):
    plan = make_plan(space, kind="monthly", **gone)

    assert refused(join, user=person, plan=plan, starts_on=TUESDAY, answers={}, now=now) == {"not_sold"}


def test_plan_that_retires_tomorrow_can_be_joined_today(person, space, now):
    plan = make_plan(space, kind="monthly", retired_on=TUESDAY + timedelta(days=1))

    assert join(user=person, plan=plan, starts_on=TUESDAY, answers={}, now=now).is_live


def test_space_that_has_left_the_federation_takes_nobody(person, flex, space, now):
    space.left_on = TUESDAY
    space.save()

    assert refused(join, user=person, plan=flex, starts_on=TUESDAY, answers={}, now=now) == {"left_federation"}


def test_membership_begins_before_the_space_leaves(person, flex, space, now):
    space.left_on = TUESDAY + timedelta(days=7)
    space.save()

    after = {"user": person, "plan": flex, "answers": {}, "now": now}
    assert refused(join, starts_on=space.left_on, **after) == {"starts_after_leaving"}
    assert join(starts_on=space.left_on - timedelta(days=1), **after).is_live


def test_every_reason_is_said_at_once(person, free, questions, now):
    free.retired_on = TUESDAY
    free.save()

    codes = refused(join, user=person, plan=free, starts_on=date(2020, 1, 1), answers={}, now=now)

    assert codes == {"not_sold", "starts_in_the_past", "unanswered", "not_agreed"}


@pytest.mark.parametrize("status", ["applied", "active", "paused"])
def test_who_has_a_live_membership_joins_no_second_time(person, flex, now, status):
    make_membership(person, flex, status=status)

    assert refused(join, user=person, plan=flex, starts_on=TUESDAY, answers={}, now=now) == {"live_already"}
    assert Membership.objects.count() == 1


def test_who_is_a_member_elsewhere_may_join(person, member, free, now):
    assert join(user=person, plan=free, starts_on=TUESDAY, answers={}, now=now).status == "applied"


def test_who_was_declined_may_apply_again(person, free, operator, now):
    first = join(user=person, plan=free, starts_on=TUESDAY, answers={}, now=now)
    decline(membership=first, by=operator, message="まだ", now=now)

    assert join(user=person, plan=free, starts_on=TUESDAY, answers={}, now=now).status == "applied"


def test_who_withdrew_may_apply_again(person, free, now):
    withdraw(membership=join(user=person, plan=free, starts_on=TUESDAY, answers={}, now=now), now=now)

    assert join(user=person, plan=free, starts_on=TUESDAY, answers={}, now=now).status == "applied"


def test_who_was_ended_at_once_may_join_again_the_same_day(person, member, flex, operator, now):
    end(membership=member, last=TUESDAY, by=operator, by_operator=True, now=now)

    assert join(user=person, plan=flex, starts_on=TUESDAY, answers={}, now=now).status == "active"


def test_membership_that_is_over_stands_in_nobodys_way_before_midnights_work_is_done(person, member, flex, now):
    """Coverage follows the days, and so does this: the status may be an hour late."""
    Membership.objects.filter(pk=member.pk).update(ends_on=TUESDAY - timedelta(days=1))

    assert join(user=person, plan=flex, starts_on=TUESDAY, answers={}, now=now).status == "active"
    member.refresh_from_db()
    assert member.status == "ended"


def test_booth_is_let_with_the_membership(person, booth_plan, booths, now):
    membership = join(user=person, plan=booth_plan, starts_on=TUESDAY, answers={}, now=now)

    assert membership.agreed_plans.get().booth == booths[0]


def test_each_tenant_has_a_booth_of_their_own_until_all_are_let(booth_plan, booths, now):
    people = [make_user(f"{number}@example.jp") for number in range(3)]
    let = [
        join(user=each, plan=booth_plan, starts_on=TUESDAY, answers={}, now=now).agreed_plans.get().booth
        for each in people[:2]
    ]

    assert let == booths
    assert refused(join, user=people[2], plan=booth_plan, starts_on=TUESDAY, answers={}, now=now) == {"all_let"}
    assert not Membership.objects.filter(user=people[2]).exists()


def test_booth_that_is_let_from_a_later_day_is_not_let_before(person, other, booth_plan, booths, now):
    make_membership(make_user(), booth_plan, booth=booths[1])
    make_membership(other, booth_plan, booth=booths[0], starts_on=date(2027, 2, 1))

    assert refused(join, user=person, plan=booth_plan, starts_on=TUESDAY, answers={}, now=now) == {"all_let"}


def test_booth_that_is_offered_to_somebody_is_nobody_elses(person, other, tenant, booth_plan, booths, now):
    leaving = make_membership(make_user(), booth_plan, booth=booths[1])
    waiting = make_user("waiting@example.jp")
    wait(user=waiting, plan=booth_plan, now=now)
    end(membership=leaving, last=date(2026, 11, 30), by=leaving.user, now=now)
    december = date(2026, 12, 1)

    assert refused(join, user=person, plan=booth_plan, starts_on=december, answers={}, now=now) == {"all_let"}
    early = date(2026, 11, 30)
    assert refused(join, user=waiting, plan=booth_plan, starts_on=early, answers={}, now=now) == {"booth_free_later"}
    membership = join(user=waiting, plan=booth_plan, starts_on=december, answers={}, now=now)
    assert membership.agreed_plans.get().booth == booths[1]
    assert BoothWait.objects.get().outcome == "accepted"


def test_applicant_has_no_booth_yet(person, guarded_booth, now):
    membership = join(user=person, plan=guarded_booth, starts_on=TUESDAY, answers={}, now=now)

    assert membership.agreed_plans.get().booth is None


def test_applicant_to_whom_a_booth_is_offered_has_it_reserved(person, guarded_booth, now):
    plan = guarded_booth
    leaving = make_membership(make_user(), plan, booth=plan.resources.get())
    wait(user=person, plan=plan, now=now)
    end(membership=leaving, last=date(2026, 11, 30), by=leaving.user, now=now)

    membership = join(user=person, plan=plan, starts_on=date(2026, 12, 1), answers={}, now=now)

    assert (membership.status, membership.agreed_plans.get().booth) == ("applied", plan.resources.get())
    assert BoothWait.objects.get().outcome == "accepted"
