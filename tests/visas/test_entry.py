"""What a visa gives for one visit by any terms on any day, against tables written by hand."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.models import Membership
from spaces.calendar import Span
from spaces.models import Space
from tests.factories import JAPAN, TUESDAY, at, span
from tests.properties import examples
from visas.entry import WAIVABLE, Entry, UsedDay, entry
from visas.holding import HeldVisa
from visas.models import Terms, Visa

DAY = timedelta(days=1)
LONG_BEFORE = at("09:00", date(2020, 1, 1))
LISBON, SAO_PAULO = ZoneInfo("Europe/Lisbon"), ZoneInfo("America/Sao_Paulo")


def held(*, since: date = date(2020, 1, 1), town: str = "札幌市", status: str = "active") -> HeldVisa:
    """A visa of a membership that holds on every day from the first on; no database knows it."""
    home = Space(pk=1, slug="home", name_ja="家", name_en="Home", town=town)
    membership = Membership(pk=1, space=home, status=status, starts_on=since)
    return HeldVisa(Visa(pk=1, membership=membership, number="1234567889"), ((since, None),), ())


def judged(
    when: Span,
    *,
    of: HeldVisa | None = None,
    free: list[date] | None = None,
    paid: list[date] | None = None,
    zone: ZoneInfo = JAPAN,
    town: str = "",
    sells_drop_in: bool = True,
    now: datetime = LONG_BEFORE,
    waived: bool = False,
    **terms: object,
) -> Entry:
    # As the house has spans: of moments in UTC.
    when = Span(*(moment.astimezone(UTC) for moment in when))
    host = Space(pk=2, slug="host", name_ja="宿", name_en="Host", timezone=zone.key, town=town)
    used = [UsedDay(day, True) for day in free or []] + [UsedDay(day, False) for day in paid or []]
    return entry(
        of or held(),
        Terms(space=host, **terms),
        host,
        when,
        used=used,
        sells_drop_in=sells_drop_in,
        now=now,
        waived=waived,
    )


def codes(one: Entry) -> list[str]:
    return [problem.code for problem in one.problems]


NOVEMBER = [date(2026, 11, day) for day in range(1, 31)]


@pytest.mark.parametrize(
    ("free", "days_free", "is_free", "left"),
    [
        ([], 3, True, 2),
        (NOVEMBER[:2], 3, True, 0),
        (NOVEMBER[:3], 3, False, 0),
        (NOVEMBER[:3], 4, True, 0),
        # The same day again is no other day.
        ([TUESDAY], 3, True, 2),
        ([TUESDAY, TUESDAY, TUESDAY], 3, True, 2),
        ([*NOVEMBER[:2], TUESDAY], 3, True, 0),
        # Days of other months, before and after, and of the same month a year ago.
        ([date(2026, 10, 31), date(2026, 12, 1), date(2025, 11, 24)], 3, True, 2),
        # More are used than are given by now: what is agreed stays, and a day that is used is used once.
        ([*NOVEMBER[:4], TUESDAY], 3, True, 0),
        (NOVEMBER[:5], 3, False, 0),
        (NOVEMBER[:23], 31, True, 7),
    ],
)
def test_free_days_of_the_month(free, days_free, is_free, left):
    one = judged(span("11:00", "13:00"), free=free, days_free=days_free, percent_off=10)

    assert (one.is_free, one.days_left, codes(one)) == (is_free, left, [])


def test_days_that_were_paid_for_use_no_free_one():
    assert judged(span("11:00", "13:00"), paid=NOVEMBER[:9]).days_left == 2


@pytest.mark.parametrize(
    ("percent", "sells_drop_in", "refusals"),
    [(0, True, ["visa_days_used"]), (50, True, []), (50, False, ["visa_days_used"]), (0, False, ["visa_days_used"])],
)
def test_after_the_free_days(percent, sells_drop_in, refusals):
    one = judged(span("11:00", "13:00"), free=NOVEMBER[:3], percent_off=percent, sells_drop_in=sells_drop_in)

    assert (one.is_free, codes(one)) == (False, refusals)
    assert not one.can_be_waived


@pytest.mark.parametrize(
    ("used", "day", "is_refused"),
    [
        # Monday and Sunday of one week, Sunday and Monday of two.
        (date(2026, 11, 23), date(2026, 11, 29), True),
        (date(2026, 11, 29), date(2026, 11, 23), True),
        (date(2026, 11, 22), date(2026, 11, 23), False),
        # The last week of 2026 reaches to Sunday, 3 January 2027; the first of 2025 began on 30 December 2024.
        (date(2026, 12, 28), date(2027, 1, 3), True),
        (date(2026, 12, 31), date(2027, 1, 1), True),
        (date(2027, 1, 3), date(2027, 1, 4), False),
        (date(2024, 12, 30), date(2025, 1, 5), True),
        (date(2024, 12, 29), date(2024, 12, 30), False),
        # Week 53 of one year and of another, and the same number of week a year apart.
        (date(2026, 1, 1), date(2026, 12, 31), False),
        (date(2025, 11, 24), date(2026, 11, 24), False),
        # The day itself is one day.
        (TUESDAY, TUESDAY, False),
    ],
)
@pytest.mark.parametrize("kind", ["free", "paid"])
def test_once_a_week_from_monday_to_sunday(used, day, is_refused, kind):
    one = judged(span("11:00", "13:00", day), once_a_week=True, days_free=31, **{kind: [used]})

    assert codes(one) == ["visa_twice_a_week"] * is_refused


@pytest.mark.parametrize(
    ("since", "months", "first"),
    [
        (date(2026, 1, 15), 1, date(2026, 2, 15)),
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 11, 30), 13, date(2027, 12, 30)),
        # Where the last month has no such day, it is full when it is over.
        (date(2026, 1, 31), 1, date(2026, 3, 1)),
        (date(2024, 1, 30), 1, date(2024, 3, 1)),
        (date(2024, 1, 29), 1, date(2024, 2, 29)),
        (date(2026, 8, 31), 3, date(2026, 12, 1)),
        (date(2024, 2, 29), 12, date(2025, 3, 1)),
        (date(2024, 2, 29), 24, date(2026, 3, 1)),
    ],
)
def test_months_of_membership(since, months, first):
    of = held(since=since)

    before = judged(span("11:00", "13:00", first - DAY), of=of, months_of_membership=months)
    on_it = judged(span("11:00", "13:00", first), of=of, months_of_membership=months)

    assert (codes(before), codes(on_it)) == (["visa_too_new"], [])


@pytest.mark.parametrize(
    ("starts", "ends", "opens", "closes", "is_refused"),
    [
        ("10:00", "18:00", "10:00", "18:00", False),
        ("09:59", "18:00", "10:00", "18:00", True),
        ("10:00", "18:01", "10:00", "18:00", True),
        ("17:30", "18:00", "10:00", "18:00", False),
        # Over midnight, and until it.
        ("22:00", "01:00", "10:00", "23:59", True),
        ("22:00", "00:00", "10:00", "23:59", True),
        ("00:00", "02:00", "00:00", "06:00", False),
    ],
)
def test_hours_for_visitors(starts, ends, opens, closes, is_refused):
    one = judged(span(starts, ends), opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))

    assert codes(one) == ["visa_hours"] * is_refused


def test_without_hours_a_night_is_a_visit_on_the_day_on_which_it_begins():
    one = judged(span("22:00", "02:00", date(2026, 11, 30)), free=NOVEMBER[:2])

    assert (one.day, one.days_left, codes(one)) == (date(2026, 11, 30), 0, [])


@pytest.mark.parametrize(
    ("zone", "day", "wall"),
    [
        # The night on which the clock goes forward, and the one on which it goes back.
        (LISBON, date(2026, 3, 29), "09:00"),
        (LISBON, date(2026, 10, 25), "09:00"),
        (SAO_PAULO, date(2018, 11, 4), "09:00"),
    ],
)
def test_hours_and_days_are_of_the_clock_on_the_hosts_wall(zone, day, wall):
    hours = {"opens": time(9), "closes": time(18)}
    when = span(wall, "18:00", day, zone)
    of = held(since=date(2015, 1, 1))

    one = judged(when, of=of, zone=zone, now=at("09:00", date(2015, 1, 1)), **hours)
    early = judged(Span(when.starts_at - timedelta(minutes=1), when.ends_at), of=of, zone=zone, **hours)

    assert (one.day, codes(one)) == (day, [])
    assert "visa_hours" in codes(early)


def test_month_is_of_the_hosts_calendar():
    """Half past eight in the morning of the first of December in Japan is an evening of November in São Paulo."""
    when = Span(at("08:30", date(2026, 12, 1)), at("10:00", date(2026, 12, 1)))
    full = {"free": NOVEMBER[:3], "percent_off": 10}

    assert judged(when, zone=SAO_PAULO, **full).day == date(2026, 11, 30)
    assert not judged(when, zone=SAO_PAULO, **full).is_free
    assert judged(when, zone=JAPAN, **full).is_free


@pytest.mark.parametrize(("before", "is_refused"), [(timedelta(0), False), (timedelta(microseconds=1), True)])
def test_notice_is_kept_to_the_moment(before, is_refused):
    now = at("11:00", TUESDAY - DAY) + before

    assert codes(judged(span("11:00", "13:00"), notice_hours=24, now=now)) == ["visa_notice"] * is_refused


def test_notice_is_counted_in_hours_that_pass():
    """On the night on which the clock goes forward, ten in the morning is 23 hours after ten in the morning."""
    when = span("10:00", "12:00", date(2026, 3, 29), LISBON)

    at_ten = judged(when, zone=LISBON, notice_hours=24, now=at("10:00", date(2026, 3, 28), LISBON))
    at_nine = judged(when, zone=LISBON, notice_hours=24, now=at("09:00", date(2026, 3, 28), LISBON))

    assert (codes(at_ten), codes(at_nine)) == (["visa_notice"], [])


@pytest.mark.parametrize(
    ("home", "host", "wanted", "is_refused"),
    [
        ("札幌市", "札幌市", True, True),
        ("札幌市", "札幌市", False, False),
        ("江別市", "札幌市", True, False),
        # Nobody knows where: then nobody is a neighbour.
        ("", "", True, False),
    ],
)
def test_neighbours_are_of_one_town(home, host, wanted, is_refused):
    one = judged(span("11:00", "13:00"), of=held(town=home), town=host, not_from_nearby=wanted)

    assert codes(one) == ["visa_nearby"] * is_refused


ANY_TERMS = st.fixed_dictionaries(
    {
        "days_free": st.integers(3, 31),
        "percent_off": st.sampled_from([0, 1, 50, 90]),
        "notice_hours": st.sampled_from([0, 1, 24, 336]),
        "once_a_week": st.booleans(),
        "not_from_nearby": st.booleans(),
        "months_of_membership": st.integers(0, 24),
    }
)
ANY_DAY = st.dates(date(2026, 10, 1), date(2027, 1, 31))


@given(
    terms=ANY_TERMS,
    hours=st.none() | st.tuples(st.integers(0, 11), st.integers(12, 23)),
    day=ANY_DAY,
    free=st.lists(ANY_DAY, max_size=40),
    paid=st.lists(ANY_DAY, max_size=3),
    since=st.dates(date(2024, 11, 1), date(2026, 11, 30)),
    status=st.sampled_from(["active", "paused", "ended"]),
    sells=st.booleans(),
)
@examples(300)
def test_what_a_host_waives_is_what_it_wishes_and_no_more(terms, hours, day, free, paid, since, status, sells):
    if hours:
        terms = {**terms, "opens": time(hours[0]), "closes": time(hours[1])}
    asked = {
        "of": held(since=since, status=status),
        "free": free,
        "paid": paid,
        "town": "札幌市",
        "sells_drop_in": sells,
        "now": at("09:00", date(2026, 11, 1)),
        **terms,
    }
    when = span("10:00", "14:00", day)

    one, waived = judged(when, **asked), judged(when, waived=True, **asked)

    # What is refused either way is that the visa is not good, or that nothing is left.
    hard = {code for code in codes(one) if code not in WAIVABLE}
    assert set(codes(waived)) == hard
    assert one.can_be_waived == (bool(one.problems) and not hard)
    assert len(set(codes(one))) == len(one.problems)
    # The month, day by day.
    used = {each for each in free if (each.year, each.month) == (day.year, day.month)}
    fits = day in used or len(used) < terms["days_free"]
    assert one.is_free == waived.is_free == fits
    assert one.days_left == (max(terms["days_free"] - len(used | {day}), 0) if fits else 0)
    assert ("visa_days_used" in hard) == (not fits and not (terms["percent_off"] and sells))
    assert (hard - {"visa_days_used"} == set()) == (status != "ended" and day >= since)
    assert all(problem.messages[0] for problem in one.problems)
