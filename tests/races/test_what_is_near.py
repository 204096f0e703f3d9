"""Two beats at once: what is near by now is told once, whichever worker finds it."""

from datetime import date

import pytest
import time_machine
from django.conf import settings

from bookings.attendance import check_in
from bookings.tasks import tell_of_ticket_expiry, tell_of_visa_ends, write_after_trials
from members.models import AgreedPlan
from members.tasks import tell_of_renewals
from notices.models import Notice
from tests.factories import TUESDAY, at, make_membership, make_plan, make_resource, make_space, make_user
from tests.races.connections import at_once, deadlocks, outcomes
from tests.visas.acts import make_campaign, make_ticket, visit

PEOPLE = 12
ENDS = date(2026, 11, 30)


def members_that_renew():
    plan = make_plan(make_space(renewal_day=1), kind="monthly", price=12500)
    for number in range(PEOPLE):
        make_membership(make_user(f"one{number}@example.jp"), plan)
    AgreedPlan.objects.update(told_at=at("12:00", date(2026, 1, 1)))


def visas_that_end():
    plan = make_plan(make_space(), kind="monthly", grants_visa=True)
    for number in range(PEOPLE):
        make_membership(make_user(f"one{number}@example.jp"), plan, ends_on=ENDS)


def visitors():
    space = make_space(address="北海道札幌市1")
    make_resource(space, capacity=PEOPLE)
    campaign = make_campaign(space, seats_a_day=PEOPLE, visits_in_all=2, visits_at_each=2, ends_on=ENDS)
    for number in range(PEOPLE):
        came = visit(make_ticket(campaign), space, email=f"one{number}@example.jp")
        check_in(booking=came, now=came.starts_at)
    Notice.objects.all().delete()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("made", "task", "moment"),
    [
        (members_that_renew, tell_of_renewals, at("12:00", date(2026, 11, 26))),
        (visas_that_end, tell_of_visa_ends, at("12:00", TUESDAY)),
        (visitors, tell_of_ticket_expiry, at("12:00", date(2026, 11, 28))),
        (visitors, write_after_trials, at("10:00", date(2026, 11, 25))),
        (visitors, write_after_trials, at("10:00", date(2026, 12, 24))),
    ],
)
def test_three_workers_at_once_tell_each_person_once(made, task, moment):
    made()
    before = deadlocks()

    with time_machine.travel(moment):
        _done, refused = outcomes(at_once(*[task] * 3))

    assert (refused, deadlocks()) == ([], before)
    told = sorted(Notice.objects.values_list("recipient", flat=True))
    assert told == sorted(f"one{number}@example.jp" for number in range(PEOPLE))


@pytest.mark.parametrize("task", [tell_of_renewals, tell_of_visa_ends, tell_of_ticket_expiry, write_after_trials])
def test_beat_looks_for_it_each_hour(task):
    [entry] = [entry for entry in settings.CELERY_BEAT_SCHEDULE.values() if entry["task"] == task.name]

    assert entry["schedule"] == 3600
