"""A plan grants visas no more: whose end with that, and which visits fall."""

from datetime import date, timedelta

import pytest

from bookings.models import Booking
from bookings.plan_visas import end_visas, falling_with_plan
from bookings.revoking import revoke
from bookings.uncovered import change_plan, end
from members.models import Plan
from notices.models import Notice
from tests.bookings.taking import refused, take
from tests.factories import TUESDAY, make_membership, make_plan
from tests.visas.acts import make_visa_request
from visas.models import Visa

DAY = timedelta(days=1)


@pytest.fixture
def plan(aiko) -> Plan:
    return aiko.memberships.get().agreed_plans.get().plan


def ungrant(plan: Plan, now) -> list[Booking]:
    plan.grants_visa = False
    plan.save()
    return end_visas(plan=plan, now=now)


def test_what_was_foreseen_falls_and_the_person_is_told(aiko, plan, dorinoki, now):
    visit = take(aiko, dorinoki.open_seats, day=TUESDAY + DAY)
    asked = make_visa_request(aiko, dorinoki.open_seats, TUESDAY + 2 * DAY)
    foreseen = falling_with_plan(plan, now=now)
    assert (foreseen.visas, foreseen.visits) == ({aiko.memberships.get().visa.pk}, (visit,))

    assert ungrant(plan, now) == [visit]

    visit.refresh_from_db()
    asked.refresh_from_db()
    assert (visit.cancelled_by, visit.cancellation_fee, asked.answer) == ("space", 0, "withdrawn")
    assert Notice.objects.filter(kind="booking.cancelled", recipient=aiko.email).count() == 1
    assert refused(aiko, dorinoki.open_seats) == {"visa_not_granted"}
    assert ungrant(plan, now) == []


def test_what_does_not_draw_on_the_visa_stays(aiko, ben, plan, garage, dorinoki, now):
    at_home = take(aiko, garage.open_seats, day=TUESDAY + DAY)
    other = make_membership(ben, make_plan(garage.space, kind="free_pass", grants_visa=True))
    elsewhere = take(ben, dorinoki.open_seats, day=TUESDAY + DAY)

    assert ungrant(plan, now) == []

    assert set(Booking.objects.live()) == {at_home, elsewhere}
    assert other.visa.pk not in falling_with_plan(plan, now=now).visas


def test_who_changes_to_a_plan_that_grants_one_keeps_what_comes_after(aiko, plan, garage, dorinoki, now):
    other = make_plan(garage.space, garage.open_seats, kind="free_pass", grants_visa=True)
    membership = aiko.memberships.get()
    change_plan(membership=membership, plan=other, day=date(2026, 12, 1), by=aiko, by_operator=True, now=now)
    before = take(aiko, dorinoki.open_seats, day=date(2026, 11, 30))
    after = take(aiko, dorinoki.open_seats, day=date(2026, 12, 1))

    assert ungrant(plan, now) == [before]
    assert set(Booking.objects.live()) == {after}


def test_visas_that_are_none_any_more_are_not_counted(aiko, plan, now):
    revoke(visa=Visa.objects.get(), by=aiko, reason="x", now=now)

    assert not falling_with_plan(plan, now=now)


def test_member_who_has_left_is_not_counted(aiko, plan, now):
    end(membership=aiko.memberships.get(), last=TUESDAY, by=aiko, by_operator=True, now=now)

    assert not falling_with_plan(plan, now=now)
