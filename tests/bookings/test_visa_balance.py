"""Days that hosts gave to members of other spaces by Coworking VISA, by month, and their picture."""

import re
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from bookings.visa_balance import Balance, Given, Stand, balance, last_months
from bookings.visa_picture import NODE_WIDTH, WIDTH, picture
from spaces.models import Space
from tests.factories import TUESDAY, at, make_booking, make_membership, make_plan, make_resource, make_space, make_user
from tests.properties import examples, undone
from visas.models import Visa

DAY = timedelta(days=1)
NOW = at("09:00")
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture
def visa(aiko):
    return Visa.objects.get()


def visit(seats, visa, day, starts="11:00", ends="13:00", **fields):
    fields = {"basis": "visa", "price": 500, "visa": visa, **fields}
    return make_booking(seats, user=visa.membership.user, day=day, starts=starts, ends=ends, **fields)


def days(first=OCTOBER, last=date(2026, 11, 30), now=NOW):
    """What was given, with the spaces by their names in links."""
    slugs = dict(Space.objects.values_list("pk", "slug"))
    found = balance(Space.objects.all(), first, last, now=now).given
    return [(slugs[one.home], slugs[one.host], f"{one.month:%Y-%m}", one.days) for one in found]


def test_days_are_counted_by_home_host_and_month(visa, dorinoki, koharubiyori):
    visit(dorinoki.open_seats, visa, date(2026, 10, 31))
    visit(dorinoki.open_seats, visa, date(2026, 11, 2), price=0)
    visit(dorinoki.open_seats, visa, date(2026, 11, 3), checked_in_at=at("11:00", date(2026, 11, 3)))
    visit(koharubiyori.open_seats, visa, date(2026, 11, 4))

    assert days() == [
        ("garage-labs", "dorinoki", "2026-10", 1),
        ("garage-labs", "dorinoki", "2026-11", 2),
        ("garage-labs", "koharubiyori", "2026-11", 1),
    ]
    assert days(last=date(2026, 10, 31)) == [("garage-labs", "dorinoki", "2026-10", 1)]
    assert days(first=date(2026, 11, 3), last=date(2026, 11, 3)) == [("garage-labs", "dorinoki", "2026-11", 1)]


def test_several_visits_of_a_person_on_a_day_are_one_day(visa, dorinoki):
    visit(dorinoki.open_seats, visa, NOVEMBER)
    visit(dorinoki.open_seats, visa, NOVEMBER, "15:00", "16:00")

    assert days() == [("garage-labs", "dorinoki", "2026-11", 1)]


def test_two_persons_on_a_day_are_two_days(visa, ben, garage, dorinoki):
    other = make_membership(ben, garage.space.plans.get(kind="free")).visa
    visit(dorinoki.open_seats, visa, NOVEMBER)
    visit(dorinoki.open_seats, other, NOVEMBER)

    assert days() == [("garage-labs", "dorinoki", "2026-11", 2)]


@pytest.mark.parametrize(
    "fields",
    [
        {"missed_at": NOW},
        {"cancelled_at": NOW, "cancelled_by": "space"},
        {"cancelled_at": NOW, "cancelled_by": "person"},
        {"cancelled_at": NOW, "cancelled_by": "person", "cancelled_late": True},
        {"day": TUESDAY},
    ],
)
def test_who_was_not_there_was_given_no_day(visa, dorinoki, fields):
    visit(dorinoki.open_seats, visa, **{"day": NOVEMBER, **fields})

    assert days() == []


def test_visits_by_other_means_are_no_days(aiko, dorinoki):
    make_booking(dorinoki.open_seats, user=aiko, day=NOVEMBER)

    assert days() == []


def test_day_and_month_are_those_of_the_host(visa):
    lisbon = make_resource(make_space("lisbon", timezone="Europe/Lisbon", country="PT"))
    visit(lisbon, visa, NOVEMBER, "08:30", "08:45")  # 23:30 on the last of October there
    visit(lisbon, visa, NOVEMBER, "09:00", "09:45")

    assert days() == [("garage-labs", "lisbon", "2026-10", 1), ("garage-labs", "lisbon", "2026-11", 1)]


def test_space_that_has_left_is_in_it_while_it_has_days(visa, dorinoki, koharubiyori):
    visit(dorinoki.open_seats, visa, NOVEMBER)
    gone = [dorinoki.space.pk, koharubiyori.space.pk]
    Space.objects.filter(pk__in=gone).update(joined_on=OCTOBER, left_on=date(2026, 11, 20))

    found = balance(Space.objects.all(), NOVEMBER, TUESDAY, now=NOW)

    assert [space.slug for space in found.spaces] == ["garage-labs", "dorinoki", "cafe-36"]


def test_balance_is_one_query(visa, dorinoki):
    visit(dorinoki.open_seats, visa, NOVEMBER)
    spaces = list(Space.objects.all())

    with CaptureQueriesContext(connection) as asked:
        found = balance(spaces, OCTOBER, TUESDAY, now=NOW)
        assert (found.total, len(found.rows), len(found.stands)) == (1, 4, 4)

    assert len(asked) == 1


@pytest.mark.parametrize(("given_days", "received", "shown"), [(5, 2, "+3"), (2, 5, "−3"), (2, 2, "0")])
def test_difference_is_shown_with_its_sign(given_days, received, shown):
    assert Stand(Space(), given_days, received).signed_difference == shown


def test_last_months_begin_with_this_one():
    assert last_months(date(2026, 1, 31), 3) == [date(2026, 1, 1), date(2025, 12, 1), date(2025, 11, 1)]


KINDS = {
    "stands": {},
    "came": {"checked_in_at": at("23:00", date(2026, 11, 23))},
    "missed": {"missed_at": NOW},
    "cancelled": {"cancelled_at": NOW, "cancelled_by": "space"},
}
VISITS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 40), st.sampled_from(sorted(KINDS))), max_size=20
)


@pytest.mark.django_db
@given(visits=VISITS)
@examples(40)
def test_balance_of_any_visits_is_that_of_a_reckoning_by_hand(visits):
    with undone():
        spaces = [make_space(f"space-{number}") for number in range(3)]
        seats = [make_resource(space) for space in spaces]
        plans = [make_plan(space, kind="free_pass", grants_visa=True) for space in spaces]
        visas = [make_membership(make_user(f"{plan.pk}@example.jp"), plan).visa for plan in plans]
        expected = Counter()
        known = set()
        for number, (home, host, back, kind) in enumerate(visits):
            if home == host:
                continue
            day = date(2026, 11, 23) - back * DAY
            # Each at a time of its own, as nobody sits on two seats at once.
            half = 18 + number
            starts, ends = (f"{one // 2:02}:{30 * (one % 2):02}" for one in (half, half + 1))
            visit(seats[host], visas[home], day, starts, ends, **KINDS[kind])
            if kind in ("stands", "came") and (home, host, day) not in known:
                known.add((home, host, day))
                expected[spaces[home].pk, spaces[host].pk, day.replace(day=1)] += 1

        found = balance(spaces, OCTOBER, TUESDAY, now=NOW)

        assert {(one.home, one.host, one.month): one.days for one in found.given} == expected
        assert found.total == expected.total()
        assert sum(row.received for row in found.rows) == sum(stand.given for stand in found.stands) == found.total
        assert sum(stand.difference for stand in found.stands) == 0
        for row in found.rows:
            assert sum(count or 0 for _host, count in row.cells) == row.received
            assert [host for host, count in row.cells if count is None] == [row.home]


NAMES = ["Garage labs", "ドリノキ", "A space with a name that goes on and on", "さっぽろ大通コワーキングスペース"]
DAYS = st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(1, 400))


def drawn(between):
    spaces = tuple(Space(pk=number, slug=f"s{number}", name_ja=name) for number, name in enumerate(NAMES))
    given_days = tuple(Given(*pair, NOVEMBER, count) for pair, count in between.items() if pair[0] != pair[1])
    return given_days, picture(Balance(spaces, given_days))


def test_there_is_no_picture_of_nothing():
    assert drawn({})[1] is None


@given(between=DAYS)
@examples(100)
def test_picture_has_a_band_for_all_days_between_two_spaces_and_nothing_is_outside(between):
    given_days, found = drawn(between)
    if found is None:
        assert given_days == ()
        return

    assert {(band.home.pk, band.host.pk, band.days) for band in found.bands} == {
        (one.home, one.host, one.days) for one in given_days
    }
    for node in found.nodes:
        assert node.y >= 0
        assert node.y + node.height <= found.height + 0.2
        assert node.x in (0, WIDTH - NODE_WIDTH)
        assert len(node.name) <= 22
    heights = [float(number) for band in found.bands for number in re.findall(r" (\d+\.\d)", band.path)]
    assert all(0 <= height <= found.height + 0.2 for height in heights)
    for side in (False, True):
        nodes = [node for node in found.nodes if node.is_host == side]
        assert all(above.y + above.height < below.y for above, below in pairwise(nodes))
        assert sum(node.days for node in nodes) == sum(one.days for one in given_days)
