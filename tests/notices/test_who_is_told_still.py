"""Who runs a space no more is not told about its people, whenever the letter was written."""

import pytest
from django.core import mail

from events.taking_part import Offer, add
from members.joining import join
from members.models import Membership, Operator
from notices.delivery import deliver_due
from notices.models import Notice
from spaces.models import Space
from tests.conftest import make_operator
from tests.events.making import make_event, make_venue
from tests.factories import TUESDAY, at, make_plan, make_resource, make_space, make_user

LATER = at("23:59")


@pytest.fixture
def space(db):
    return make_space(admission=Space.Admission.BY_APPLICATION)


@pytest.fixture
def boss(space):
    return make_operator("boss@example.jp", space, Operator.Role.OWNER)


def applied(space, boss, now):
    plan = make_plan(space, make_resource(space), kind="monthly", price=3300)
    join(user=make_user("new@example.jp"), plan=plan, starts_on=TUESDAY, answers={}, now=now)
    assert Membership.objects.get().status == "applied"
    return "membership.applied"


def asked(space, boss, now):
    organiser = make_space("other")
    event = make_event(organiser)
    make_venue(event, organiser)
    add(event=event, space=space, offer=Offer(capacity=5), by=make_user("host@example.jp"), now=now)
    return "event.asked"


@pytest.mark.parametrize("act", [applied, asked])
@pytest.mark.parametrize("still_runs_it", [True, False])
def test_letter_to_an_operator_goes_to_who_still_decides_there(space, boss, now, act, still_runs_it):
    kind = act(space, boss, now)
    if not still_runs_it:
        Operator.objects.filter(user=boss).update(role=Operator.Role.DESK)

    deliver_due(until=LATER)

    notice = Notice.objects.get(kind=kind, recipient=boss.email)
    assert notice.state == ("sent" if still_runs_it else "dropped")
    assert (boss.email in [letter.to[0] for letter in mail.outbox]) is still_runs_it
