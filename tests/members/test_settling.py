"""Midnight: pauses begin and are over, and memberships end, each in its own space's night."""

from datetime import date, timedelta

import pytest

from members.models import Membership, Pause
from members.settling import settle_due
from members.tasks import lapse_offers
from members.tasks import settle_due as task
from tests.factories import TUESDAY, at, make_membership, make_plan, make_space, make_user
from tests.members.acts import history

DAY = timedelta(days=1)
# From fourteen hours ahead of UTC to eleven behind.
ZONES = ["Pacific/Kiritimati", "Asia/Tokyo", "UTC", "Pacific/Honolulu", "Pacific/Pago_Pago"]


def member_at(zone="Asia/Tokyo", **fields):
    space = make_space(zone.lower().replace("/", "-").replace("_", "-"), timezone=zone)
    return make_membership(make_user(f"{space.slug}@example.jp"), make_plan(space, kind="monthly"), **fields)


def status_of(membership):
    membership.refresh_from_db()
    return membership.status


def test_membership_ends_after_its_last_day(member, now):
    Membership.objects.update(ends_on=TUESDAY)

    assert settle_due(now=at("23:59")) == 0
    assert settle_due(now=at("00:00", TUESDAY + DAY)) == 1
    assert status_of(member) == "ended"
    assert history(member)[-1] == ("ended", None, "")


@pytest.mark.parametrize("zone", ZONES)
def test_each_space_has_its_own_midnight(db, zone):
    member, elsewhere = member_at(zone), member_at("Europe/Lisbon", starts_on=date(2027, 1, 1))
    Membership.objects.filter(pk=member.pk).update(ends_on=TUESDAY)
    Pause.objects.create(membership=member, starts_on=TUESDAY)
    midnight = at("00:00", TUESDAY, member.space.zone)

    settle_due(now=midnight - timedelta(minutes=1))
    assert status_of(member) == "active"
    settle_due(now=midnight)
    assert status_of(member) == "paused"
    settle_due(now=midnight + timedelta(hours=23, minutes=59))
    assert status_of(member) == "paused"
    settle_due(now=midnight + timedelta(hours=24))
    assert (status_of(member), status_of(elsewhere)) == ("ended", "active")


@pytest.mark.parametrize("hour", range(0, 24, 3))
@pytest.mark.parametrize("zone", ZONES)
def test_pause_of_a_single_day_is_seen_at_whatever_hour_somebody_looks(db, zone, hour):
    member = member_at(zone)
    Pause.objects.create(membership=member, starts_on=TUESDAY, ends_on=TUESDAY)

    settle_due(now=at(f"{hour:02}:30", TUESDAY, member.space.zone))

    assert status_of(member) == "paused"


def test_doing_it_twice_does_no_harm(member, now):
    Membership.objects.update(ends_on=TUESDAY - DAY)

    assert settle_due(now=now) == 1
    written = member.history.count()
    assert settle_due(now=now) == 0
    assert member.history.count() == written


def test_outage_of_days_is_made_good(person, flex, now):
    """The pause began, was over, and the membership ended while nobody looked."""
    member = make_membership(person, flex)
    Pause.objects.create(membership=member, starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 10))
    Membership.objects.update(ends_on=date(2026, 11, 20))

    settle_due(now=now)

    assert status_of(member) == "ended"


def test_pause_that_came_and_went_in_an_outage_leaves_no_mark(member, now):
    Pause.objects.create(membership=member, starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 10))

    assert settle_due(now=now) == 0
    assert status_of(member) == "active"


def test_one_pause_may_follow_upon_another(person, flex):
    member = make_membership(person, flex)
    Pause.objects.create(membership=member, starts_on=TUESDAY, ends_on=TUESDAY)
    Pause.objects.create(membership=member, starts_on=TUESDAY + DAY)

    for moment in (at("00:10"), at("00:10", TUESDAY + DAY)):
        settle_due(now=moment)
        assert status_of(member) == "paused"


def test_pause_waits_for_the_first_day(person, flex, now):
    member = make_membership(person, flex, starts_on=TUESDAY + DAY)
    Pause.objects.create(membership=member, starts_on=TUESDAY)

    assert settle_due(now=now) == 0
    assert settle_due(now=at("00:10", TUESDAY + DAY)) == 1


@pytest.mark.parametrize("status", ["applied", "ended", "declined"])
def test_what_is_not_in_force_is_left_alone(person, flex, now, status):
    member = make_membership(person, flex, status=status)
    Pause.objects.create(membership=member, starts_on=TUESDAY)
    if status == "applied":
        Membership.objects.update(ends_on=TUESDAY - DAY)

    assert settle_due(now=now) == 0
    assert status_of(member) == status


def test_one_look_is_a_few_queries_for_those_that_are_due_and_none_for_others(
    person, flex, django_assert_max_num_queries, now
):
    for number in range(30):
        make_membership(make_user(f"{number}@example.jp"), flex)
    due = make_membership(person, flex)
    Membership.objects.filter(pk=due.pk).update(ends_on=TUESDAY - DAY)

    with django_assert_max_num_queries(12):
        assert settle_due(now=now) == 1


def test_tasks_do_what_they_are_called(member):
    Membership.objects.update(ends_on=TUESDAY - DAY)

    task()
    lapse_offers()

    assert status_of(member) == "ended"
