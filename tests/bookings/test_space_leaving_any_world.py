"""Whatever is booked, by whom and how, when a space leaves: what falls is what must, and nothing else is touched."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from billing.models import Charge
from bookings.leaving_foreseen import foresee
from bookings.models import Booking
from bookings.space_leaving import leave
from bookings.used import visa_days
from bookings.visits import left_of
from members.models import Plan
from tests.bookings.taking import take
from tests.factories import TUESDAY, at, make_membership, make_plan, make_resource, make_room, make_space, make_user
from tests.properties import examples, undone
from tests.visas.acts import make_campaign, make_ticket, visit
from visas.models import Visa

NOW = at("09:00")
# Around the ends of two months, where visas end.
DAYS = [TUESDAY + n * timedelta(days=1) for n in (2, 5, 6, 7, 8, 21, 36, 37, 38, 39)]
PLACES, PEOPLE = 3, 4
wishes = st.lists(
    st.tuples(
        st.sampled_from(["seat", "room", "ticket"]),
        st.integers(0, PEOPLE - 1),
        st.integers(0, PLACES - 1),
        st.sampled_from(DAYS),
        st.sampled_from([10, 13, 16]),
    ),
    min_size=4,
    max_size=16,
)


@pytest.fixture
def places(db):
    """Three spaces with seats, a room, drop-in, and a plan that grants visas."""
    found = []
    for number in range(PLACES):
        seats = make_resource(make_space(f"place{number}"))
        room = make_room(seats.space)
        make_plan(seats.space, seats, room)
        make_plan(seats.space, seats, kind=Plan.Kind.FREE_PASS, price=0, grants_visa=True)
        found.append((seats, room))
    return found


@pytest.fixture
def people(places):
    """One member of each space, and somebody who is a member nowhere."""
    found = [make_user(f"{number}@example.jp") for number in range(PEOPLE)]
    for person, (seats, _room) in zip(found, places, strict=False):
        make_membership(person, seats.space.plans.get(kind="free_pass"))
    return found


def rows():
    kept = ("cancelled_at", "cancelled_by", "cancellation_fee", "cancelled_late", "starts_at", "price", "visa_id")
    return {row["pk"]: row for row in Booking.objects.values("pk", *kept)}


@given(wishes=wishes, left_on=st.sampled_from(DAYS[1:-1]))
@examples(30)
def test_only_what_must_falls_and_everybody_has_back_what_that_had_used(places, people, wishes, left_on):
    with undone():
        home = places[0][0].space
        campaign = make_campaign(*[seats.space for seats, _room in places], visits_in_all=3)
        tickets = [make_ticket(campaign) for _ in people]
        for what, who, where, day, hour in wishes:
            seats, room = places[where]
            person, hours = people[who], (f"{hour}:00", f"{hour + 1}:00")
            try:
                with transaction.atomic():
                    if what == "ticket":
                        visit(tickets[who], seats.space, day=day, email=f"guest{who}@example.jp")
                    else:
                        take(person, room if what == "room" else seats, *hours, day=day, now=NOW)
            except ValidationError:
                continue
        before, charged = rows(), standing_charges()
        visas_end = last_of_month(left_on - timedelta(days=1))
        booked = Booking.objects.select_related("resource__space", "visa__membership").in_bulk()
        must_fall = {
            pk
            for pk, one in booked.items()
            if (one.resource.space_id == home.pk and day_of(one) >= left_on)
            or (one.visa and one.visa.membership.space_id == home.pk and day_of(one) > visas_end)
        }
        assert {one.pk for one in foresee(home, left_on, now=NOW).fallen} == must_fall

        leave(space=home, left_on=left_on, by=people[3], now=NOW)

        after = rows()
        for pk, row in after.items():
            if pk in must_fall:
                assert (row["cancelled_by"], row["cancellation_fee"], row["cancelled_late"]) == ("space", 0, False)
            else:
                assert row == before[pk]
        assert standing_charges() == charged - {f"booking:{pk}:0" for pk in must_fall}
        for ticket in tickets:
            kept = sum(1 for pk, one in booked.items() if one.ticket_id == ticket.pk and pk not in must_fall)
            assert left_of(ticket).in_all == 3 - kept
        used = visa_days(list(Visa.objects.all()), [seats.space for seats, _room in places], now=NOW)
        for (visa, host), days in used.items():
            kept_days = {
                day_of(one)
                for pk, one in booked.items()
                if pk not in must_fall and one.visa_id == visa and one.resource.space_id == host
            }
            assert {one.day for one in days} == kept_days


def standing_charges() -> set[str]:
    rows = Charge.objects.standing().filter(reverses=None, reversed_by=None)
    return set(rows.values_list("source_key", flat=True))


def day_of(booking: Booking) -> date:
    return booking.resource.space.today(booking.starts_at)


def last_of_month(day: date) -> date:
    return next(day + n * timedelta(days=1) for n in range(31) if (day + (n + 1) * timedelta(days=1)).day == 1)
