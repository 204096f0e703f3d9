"""Every act in every state of a membership: what design rule 4 does not allow is refused, and nothing is written.

What a constraint can refuse, PostgreSQL refuses as well: tests/members/test_constraints.py tries each pair of states.
"""

from datetime import date

import pytest

from members.changing import change_plan, stay_on_plan
from members.companions import invite
from members.deciding import approve, decline, withdraw
from members.ending import end, stay
from members.joining import join
from members.models import AgreedPlan, Companion, Membership, Pause
from members.pausing import pause, resume
from notices.models import Notice
from tests.factories import TUESDAY, make_membership, make_plan
from tests.members.acts import refused

DECEMBER = date(2026, 12, 1)
STATUSES = ("applied", "active", "paused", "ended", "declined")

# What each act leads to from the states in which it may be done; in all others it is refused with the code.
ACTS = {
    "approve": ("not_applied", {"applied": "active"}),
    "decline": ("not_applied", {"applied": "declined"}),
    "withdraw": ("not_applied", {"applied": "ended"}),
    "pause": ("not_active", {"active": "active"}),
    "pause at once": ("not_active", {"active": "paused"}),
    "resume": ("not_paused", {"paused": "active"}),
    "end": ("not_active", {"active": "active", "paused": "paused"}),
    "end at once": ("not_active", {"active": "ended", "paused": "ended"}),
    "stay": ("no_end_to_keep", {}),
    "change": ("not_active", {"active": "active"}),
    "stay on plan": ("not_active", {}),
    "invite": ("not_active", {}),
    "join": ("live_already", {"ended": "ended", "declined": "declined"}),
}
# Where an act is refused for a reason of its own.
OTHERWISE = {("stay on plan", "active"): "no_change_planned", ("invite", "active"): "no_booth"}


def doing(act, membership, flex, wide, operator, now):
    """The act and what it asks for."""
    by = {"membership": membership, "by": operator, "now": now}
    last = date(2026, 11, 30)
    return {
        "approve": (approve, by),
        "decline": (decline, by),
        "withdraw": (withdraw, {"membership": membership, "now": now}),
        "pause": (pause, {**by, "first": DECEMBER, "last": None}),
        "pause at once": (pause, {**by, "first": TUESDAY, "last": None, "by_operator": True}),
        "resume": (resume, {**by, "day": TUESDAY}),
        "end": (end, {**by, "last": last}),
        "end at once": (end, {**by, "last": TUESDAY, "by_operator": True}),
        "stay": (stay, by),
        "change": (change_plan, {**by, "plan": wide, "day": TUESDAY}),
        "stay on plan": (stay_on_plan, by),
        "invite": (invite, {"membership": membership, "email": "friend@example.jp", "now": now}),
        "join": (join, {"user": membership.user, "plan": flex, "starts_on": TUESDAY, "answers": {}, "now": now}),
    }[act]


def everything():
    """All that an act could have written."""
    return [list(model.objects.order_by("pk").values()) for model in (Membership, AgreedPlan, Pause, Companion, Notice)]


@pytest.fixture
def wide(space):
    return make_plan(space, kind="free_pass", price=20000)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("act", ACTS)
def test_act_leads_where_it_may_and_is_refused_elsewhere(person, flex, wide, operator, now, act, status):
    membership = make_membership(person, flex, status=status)
    done, asked = doing(act, membership, flex, wide, operator, now)
    code, leads_to = ACTS[act]
    before, written = everything(), membership.history.count()

    if status in leads_to:
        done(**asked)
        membership.refresh_from_db()
        assert membership.status == leads_to[status]
        moved = act != "join"
        assert membership.history.count() == written + moved
        assert not moved or membership.history.first().history_user in (operator, person)
    else:
        assert refused(done, **asked) == {OTHERWISE.get((act, status), code)}
        assert (everything(), membership.history.count()) == (before, written)


def test_each_allowed_move_has_an_act():
    """Active again is what `resume` does; paused on the day, and ended, is what midnight does too."""
    moves = {
        (before, after) for code, leads_to in ACTS.values() for before, after in leads_to.items() if before != after
    }
    assert moves == {(before, after) for before in Membership.MOVES for after in Membership.MOVES[before]}
