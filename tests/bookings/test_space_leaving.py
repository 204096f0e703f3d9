"""A space leaves the federation and nobody is hurt: visas hold to the month's end, tickets stay good, history stays."""

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from billing.models import Charge
from bookings.attendance import check_in
from bookings.leaving_foreseen import Basis, foresee
from bookings.models import Booking, FirstVisit
from bookings.redeeming import change_visit
from bookings.revoking import revoke
from bookings.space_leaving import leave, stay
from bookings.visa_requests import ask
from bookings.visits import left_of
from members.models import Membership, Pause
from notices.models import Notice
from spaces.models import Space
from tests.billing.acts import make_charge
from tests.bookings.taking import refused as refused_booking
from tests.bookings.taking import take
from tests.conftest import make_operator
from tests.factories import TUESDAY, at, make_booking, make_membership, make_user, make_visited, span
from tests.members.acts import refused
from tests.visas.acts import make_campaign, make_ticket, visit
from visas.holding import visa_of
from visas.models import Participation, Terms, Visa

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = at("09:00")
# Garage labs leaves in the middle of December: its members' visas hold until the end of it.
LEAVES, ENDS = date(2026, 12, 10), date(2026, 12, 31)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def owner(four_spaces):
    return make_operator("owner@example.jp", four_spaces["garage-labs"], "owner")


@pytest.fixture
def home(aiko, garage) -> Space:
    """Garage labs, of which Aiko is a member."""
    return garage.space


def leaves(space, by, left_on=LEAVES, now=NOW):
    return leave(space=space, left_on=left_on, by=by, now=now)


def told(kind):
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


# The space itself


def test_space_is_in_the_federation_until_the_day_before(home, owner):
    leaves(home, owner)

    assert home in Space.objects.in_federation(LEAVES - DAY)
    assert home not in Space.objects.in_federation(LEAVES)
    assert Space.history.filter(id=home.pk).latest().history_user == owner


@pytest.mark.parametrize(
    ("left_on", "code"),
    [
        (TUESDAY - DAY, "leaves_in_the_past"),
        (date(1, 1, 1), "leaves_in_the_past"),
        (date(2028, 11, 25), "leaves_too_late"),
        (date(9999, 12, 31), "leaves_too_late"),
    ],
)
def test_day_that_nobody_can_leave_on_is_refused(home, owner, left_on, code):
    assert refused(leave, space=home, left_on=left_on, by=owner, now=NOW) == {code}
    home.refresh_from_db()
    assert home.left_on is None


def test_space_that_joins_later_does_not_leave_before_that(home, owner):
    Space.objects.filter(pk=home.pk).update(joined_on=LEAVES)
    home.refresh_from_db()

    assert refused(leave, space=home, left_on=LEAVES - DAY, by=owner, now=NOW) == {"leaves_before_joining"}
    assert leaves(home, owner).left_on == LEAVES


def test_same_day_again_is_refused_and_does_nothing_twice(home, owner):
    leaves(home, owner)

    assert refused(leave, space=home, left_on=LEAVES, by=owner, now=NOW) == {"leaves_then_already"}
    assert len(told("space.leaves")) == 1


def test_space_that_has_left_neither_leaves_again_nor_comes_back(home, owner):
    leaves(home, owner)
    gone = at("09:00", LEAVES)

    assert refused(leave, space=home, left_on=LEAVES + DAY, by=owner, now=gone) == {"has_left"}
    assert refused(stay, space=home, by=owner, now=gone) == {"has_left"}


def test_space_that_does_not_leave_has_nothing_to_take_back(home, owner):
    assert refused(stay, space=home, by=owner, now=NOW) == {"leaves_not"}


# Bookings at the space


def test_bookings_from_the_day_on_are_cancelled_at_no_charge_and_the_people_told(home, owner, garage, aiko, ben):
    kept = make_booking(garage.open_seats, day=LEAVES - DAY, user=ben)
    own = make_booking(garage.open_seats, day=LEAVES, user=aiko, basis="plan", price=0)
    drop_in = make_booking(garage.open_seats, day=LEAVES + DAY, user=ben)
    nobodys = make_booking(garage.open_seats, day=LEAVES + DAY)

    found = leaves(home, owner)

    assert [one.pk for one in found.here] == [own.pk, drop_in.pk, nobodys.pk]
    cancelled = Booking.objects.exclude(cancelled_at=None)
    assert set(cancelled) == {own, drop_in, nobodys}
    assert set(cancelled.values_list("cancelled_by", "cancelled_late", "cancellation_fee")) == {("space", False, 0)}
    assert told("booking.cancelled") == ["aiko@example.jp", "ben@example.com"]
    kept.refresh_from_db()
    assert kept.is_live


def test_what_was_to_be_paid_is_not_and_a_first_visit_is_to_come_again(koharubiyori, owner, ben):
    room = take(ben, koharubiyori.rooms[0], day=LEAVES)
    first = take(ben, koharubiyori.open_seats, day=LEAVES)
    assert (room.price > 0, first.basis) == (True, "first_visit")
    assert Charge.objects.standing().get().yen == room.price

    leaves(koharubiyori.space, owner)

    assert not Charge.objects.standing().exists()
    assert not FirstVisit.objects.exists()


def test_who_is_there_on_the_very_day_stays(garage, home, owner, aiko, ben):
    inside = check_in(booking=make_booking(garage.open_seats, starts="08:00", user=ben), now=at("08:30"))
    begun = make_booking(garage.open_seats, starts="08:45", user=aiko)
    later = make_booking(garage.open_seats, starts="15:00", ends="16:00", user=make_user("later@example.jp"))

    leaves(home, owner, TUESDAY)

    assert set(Booking.objects.live()) == {inside, begun}
    later.refresh_from_db()
    assert later.cancelled_by == "space"


def test_nothing_is_booked_for_that_day_even_before_it_has_come(home, owner, garage, aiko, ben):
    leaves(home, owner)

    assert refused_booking(aiko, garage.open_seats, day=LEAVES) == {"leaves"}
    assert refused_booking(aiko, garage.open_seats, day=LEAVES, by_operator=True) == {"leaves"}
    assert take(aiko, garage.open_seats, day=LEAVES - DAY).is_live


# Visas


def test_visas_of_its_members_are_good_until_the_month_ends_and_not_after(home, owner, aiko, koharubiyori):
    leaves(home, owner)
    held = visa_of(Membership.objects.get(user=aiko))

    assert (held.is_valid_on(ENDS), held.is_valid_on(ENDS + DAY)) == (True, False)
    seats = koharubiyori.open_seats
    make_visited(aiko, koharubiyori.space)
    assert take(aiko, seats, day=date(2026, 12, 30)).basis == "visa"
    after = at("09:00", LEAVES + DAY)
    assert take(aiko, seats, day=date(2026, 12, 28), now=after).basis == "visa"
    assert take(aiko, seats, "11:00", "13:00", day=date(2027, 1, 8), now=after).basis != "visa"


def test_visits_elsewhere_after_the_last_day_are_cancelled_and_earlier_ones_stay(home, owner, aiko, koharubiyori):
    seats = koharubiyori.open_seats
    make_visited(aiko, koharubiyori.space)
    kept = take(aiko, seats, day=date(2026, 12, 28))
    fallen = take(aiko, seats, day=date(2027, 1, 8))
    assert (kept.basis, fallen.basis) == ("visa", "visa")

    found = leaves(home, owner)

    assert [one.pk for one in found.elsewhere] == [fallen.pk]
    kept.refresh_from_db()
    fallen.refresh_from_db()
    assert (kept.is_live, fallen.cancelled_by, fallen.cancellation_fee) == (True, "space", 0)
    assert told("booking.cancelled") == ["aiko@example.jp"]


def test_visit_that_a_guest_has_booked_there_gives_the_visa_day_back(owner, aiko, koharubiyori, sam):
    seats = koharubiyori.open_seats
    days = [date(2026, 12, 7) + n * DAY for n in range(3)]
    for day in days:
        take(aiko, seats, day=day)

    leaves(koharubiyori.space, sam, days[1])
    stay(space=koharubiyori.space, by=sam, now=NOW)

    assert take(aiko, seats, day=days[2]).price == 0
    assert take(aiko, seats, day=days[1]).price == 0


def test_members_with_a_visa_are_told_once_and_nobody_else_is(home, owner, aiko, ben, koharubiyori):
    make_membership(ben, koharubiyori.space.plans.get(kind="free_pass"))

    leaves(home, owner)

    assert told("space.leaves") == ["aiko@example.jp"]
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("how", ["ends before", "revoked", "ended"])
def test_who_loses_no_day_of_a_visa_is_told_nothing(home, owner, aiko, how):
    membership = Membership.objects.get(user=aiko)
    if how == "revoked":
        revoke(visa=Visa.objects.get(), by=owner, reason="x", now=NOW)
    else:
        last = ENDS if how == "ends before" else TUESDAY - DAY
        membership.ends_on = last
        membership.status = "active" if how == "ends before" else "ended"
        membership.save()
        membership.agreed_plans.update(ends_on=last)
    Notice.objects.all().delete()

    leaves(home, owner)

    assert told("space.leaves") == []


def test_who_rests_is_told_too(home, owner, aiko):
    membership = Membership.objects.get(user=aiko)
    Pause.objects.create(membership=membership, starts_on=TUESDAY, ends_on=date(2027, 1, 31))

    leaves(home, owner)

    assert told("space.leaves") == ["aiko@example.jp"]


def test_another_day_of_the_same_month_is_told_nobody_and_one_of_another_month_is(home, owner):
    leaves(home, owner)
    leaves(home, owner, LEAVES + 5 * DAY, now=at("10:00"))
    assert len(told("space.leaves")) == 1

    leaves(home, owner, date(2027, 1, 15), now=at("11:00"))
    assert len(told("space.leaves")) == 2


def test_earlier_day_cancels_more_and_a_later_one_brings_nothing_back(home, owner, garage, ben):
    first = make_booking(garage.open_seats, day=LEAVES, user=ben)
    leaves(home, owner)
    between = make_booking(garage.open_seats, day=LEAVES - DAY, user=ben)

    leaves(home, owner, LEAVES - 2 * DAY)
    leaves(home, owner, LEAVES + 2 * DAY)

    for one in (first, between):
        one.refresh_from_db()
        assert one.cancelled_by == "space"


def test_space_that_stays_after_all_tells_those_who_were_told(home, owner, garage, aiko):
    leaves(home, owner)

    stay(space=home, by=owner, now=at("10:00"))

    home.refresh_from_db()
    assert home.left_on is None
    assert told("space.stays") == ["aiko@example.jp"]
    assert take(aiko, garage.open_seats, day=LEAVES).is_live


# Requests


def asks(user, house, day):
    return ask(
        user=user,
        space=house.space,
        resource_id=house.open_seats.pk,
        span=span("18:00", "19:00", day),
        message="",
        now=NOW,
    )


@pytest.fixture
def early_host(aiko, koharubiyori):
    """A host that takes visitors by visa until six, so that Aiko, who was there before, asks for the evening."""
    make_visited(aiko, koharubiyori.space)
    Terms.objects.create(space=koharubiyori.space, opens=time(10), closes=time(18), not_from_nearby=False)
    return koharubiyori


def test_requests_from_that_day_on_are_refused_with_the_reason_and_earlier_ones_wait(aiko, early_host, sam):
    waits, gone = (asks(aiko, early_host, day) for day in (LEAVES - DAY, LEAVES))

    found = leaves(early_host.space, sam)

    assert found.requests_here == (gone,)
    for one in (waits, gone):
        one.refresh_from_db()
    assert (waits.answer, gone.answer, gone.answered_by) == ("", "refused", sam)
    assert gone.reason == "このスペースは加盟を終えます。", "Aiko reads Japanese"


def test_requests_of_members_for_days_without_a_visa_are_withdrawn(home, owner, aiko, early_host):
    waits, gone = (asks(aiko, early_host, day) for day in (date(2026, 12, 28), date(2027, 1, 8)))

    leaves(home, owner)

    for one in (waits, gone):
        one.refresh_from_db()
    assert (waits.answer, gone.answer) == ("", "withdrawn")


# Tickets


def test_visit_by_ticket_is_given_back_and_the_ticket_is_good_elsewhere(home, owner, koharubiyori):
    campaign = make_campaign(home, koharubiyori.space, visits_in_all=1, visits_at_each=1)
    ticket = make_ticket(campaign)
    booked = visit(ticket, home, day=date(2026, 12, 11))

    leaves(home, owner)

    booked.refresh_from_db()
    assert booked.cancelled_by == "space"
    assert left_of(ticket).in_all == 1
    assert refused(visit, ticket=ticket, space=home, day=date(2026, 12, 8)) == {"not_taking_part"}
    assert visit(ticket, koharubiyori.space, day=date(2026, 12, 11)).is_live


def test_visit_before_the_day_stays_though_the_campaign_is_left(home, owner, koharubiyori):
    campaign = make_campaign(home, koharubiyori.space, visits_in_all=2)
    booked = visit(make_ticket(campaign), home, day=date(2026, 12, 8))

    leaves(home, owner)

    booked.refresh_from_db()
    assert booked.is_live
    assert Participation.objects.get(space=home).left_at == NOW
    assert Participation.objects.get(space=koharubiyori.space).stands
    assert change_visit(booking=booked, space=koharubiyori.space, day=date(2026, 12, 14), now=NOW).is_live


def test_campaign_that_is_over_or_was_left_before_is_not_touched(home, owner):
    over = make_campaign(home, ends_on=TUESDAY - DAY)
    before = Participation.objects.filter(campaign=make_campaign(home))
    before.update(left_at=at("08:00"))

    found = leaves(home, owner)

    assert Participation.objects.get(campaign=over).left_at is None
    assert before.get().left_at == at("08:00")
    assert [part.ends for part in found.parts] == [None], "it is still the one that the space has begun"


# What is said before


def test_foresight_counts_by_basis_rooms_apart(home, owner, garage, aiko, ben):
    seats, room = garage.open_seats, garage.rooms[0]
    make_booking(seats, day=LEAVES, user=aiko, basis="plan", price=0)
    make_booking(seats, day=LEAVES + DAY, user=aiko, basis="plan", price=0)
    make_booking(seats, day=LEAVES, user=ben)
    make_booking(room, day=LEAVES, user=ben, basis="room")

    found = foresee(home, LEAVES, now=NOW)

    assert sorted(found.by_basis, key=lambda one: one.name) == [
        Basis("Drop-in", 1, 1),
        Basis("Plan", 2, 1),
        Basis("Rooms", 1, 1),
    ]


def test_foresight_of_campaigns_says_where_unused_tickets_stay_good(home, owner, koharubiyori, dorinoki):
    shared = make_campaign(koharubiyori.space, home, dorinoki.space)
    alone = make_campaign(home)
    used = make_ticket(shared)
    visit(used, koharubiyori.space)
    for campaign in (shared, shared, alone):
        make_ticket(campaign)

    parts = {part.campaign: part for part in foresee(home, LEAVES, now=NOW).parts}

    assert (parts[shared].is_own, parts[shared].unused, parts[shared].others) == (False, 2, 2)
    assert (parts[alone].is_own, parts[alone].unused, parts[alone].is_stranded) == (True, 1, True)
    assert not parts[shared].is_stranded


def test_foresight_of_memberships_and_money(home, owner, aiko, ben, chie):
    plan = home.plans.get(kind="free")
    make_membership(ben, plan, ends_on=LEAVES - DAY)
    make_membership(chie, plan, status="applied")
    make_charge(home, aiko, yen=1200, arises_on=TUESDAY)

    found = foresee(home, LEAVES, now=NOW)

    counted = found.memberships
    assert (counted.going_on, counted.ending, counted.applied) == (1, 1, 1)
    assert (found.money.waiting, found.money.open, found.money.months) == (1200, 0, (date(2026, 11, 1),))


def test_foresight_asks_as_often_for_many_as_for_one(home, owner, garage, koharubiyori, aiko):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            found = foresee(home, LEAVES, now=NOW)
            assert found.by_basis
            assert found.fallen
        return len(seen)

    plan = home.plans.get(kind="free")
    make_booking(garage.open_seats, day=LEAVES, user=aiko)
    make_ticket(make_campaign(home, koharubiyori.space))
    take(aiko, koharubiyori.open_seats, day=date(2027, 1, 8))
    few = queries()
    for number in range(5):
        person = make_user(f"{number}@example.jp")
        make_membership(person, plan)
        make_booking(garage.open_seats, day=LEAVES + number * DAY, user=person)
        make_ticket(make_campaign(home, koharubiyori.space))
        take(person, koharubiyori.open_seats, day=date(2027, 1, 8))

    assert queries() == few
    assert few <= 14


def test_what_was_foreseen_is_what_is_done(home, owner, garage, koharubiyori, aiko, ben):
    make_booking(garage.open_seats, day=LEAVES, user=ben)
    take(aiko, koharubiyori.open_seats, day=date(2027, 1, 8))
    make_ticket(make_campaign(home, koharubiyori.space))
    seen = foresee(home, LEAVES, now=NOW)

    done = leaves(home, owner)

    assert ({one.pk for one in seen.fallen}, seen.parts, seen.visas_until) == (
        {one.pk for one in Booking.objects.exclude(cancelled_at=None)},
        done.parts,
        ENDS,
    )
