"""Hypothesis strategies for opening hours: any hours, or such as a space with its wits about it would have."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from spaces.calendar import Calendar, SpecialDays, WeeklyHours

# A zone, and a day near one on which its clocks change: an hour forward or back, half an hour on Lord Howe.
CLOCK_CHANGES = [
    (ZoneInfo("America/New_York"), date(2026, 3, 8)),
    (ZoneInfo("America/New_York"), date(2026, 11, 1)),
    (ZoneInfo("Australia/Lord_Howe"), date(2026, 4, 5)),
    (ZoneInfo("Australia/Lord_Howe"), date(2026, 10, 4)),
    (ZoneInfo("Europe/Berlin"), date(2026, 3, 29)),
    (ZoneInfo("Europe/Berlin"), date(2026, 10, 25)),
    (ZoneInfo("Asia/Tokyo"), date(2026, 11, 23)),
]
COUNTRIES = {"America/New_York": "US", "Australia/Lord_Howe": "AU", "Europe/Berlin": "DE", "Asia/Tokyo": "JP"}

near_a_change = st.sampled_from([time(hour, minute) for hour in range(4) for minute in (0, 15, 30, 45)])
quarters = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
times = st.one_of(near_a_change, quarters, st.times().map(lambda each: each.replace(second=0, microsecond=0, fold=0)))
midnight = st.just(time())


@st.composite
def calendars(draw: st.DrawFn, zone: ZoneInfo, day: date) -> Calendar:
    """Any opening hours at all, closures and special hours near a day; overlapping ones too."""
    weekly = draw(
        st.lists(
            st.builds(WeeklyHours, st.integers(0, 6), times | midnight, times | midnight),
            max_size=12,
            unique_by=lambda hours: (hours.weekday, hours.opens),
        )
    )
    offsets = draw(st.lists(st.integers(-4, 4), max_size=3, unique=True))
    special = tuple(draw(_special(day + timedelta(days=offset))) for offset in offsets)
    return Calendar(zone, COUNTRIES[zone.key], draw(st.booleans()), tuple(weekly), special)


@st.composite
def _special(draw: st.DrawFn, day: date) -> SpecialDays:
    if draw(st.booleans()):
        return SpecialDays(day, day, None, None)
    return SpecialDays(day, day, draw(times), draw(times))


mornings = st.sampled_from([time(hour, minute) for hour in range(6, 13) for minute in (0, 10, 15, 30)])
evenings = st.sampled_from([time(hour, minute) for hour in range(17, 24) for minute in (0, 15, 30, 40)])
nights = st.sampled_from([time(hour, minute) for hour in range(5) for minute in (0, 30)])


@st.composite
def orderly_calendars(draw: st.DrawFn, zone: ZoneInfo, day: date) -> Calendar:
    """Hours of which no two overlap: closed days, split days, nights, day and night; closures and special hours."""
    if draw(st.integers(0, 5)) == 0:
        weekly = [WeeklyHours(weekday, time(), time()) for weekday in range(7)]
        special = [SpecialDays(day, day, None, None)] if draw(st.booleans()) else []
        return Calendar(zone, COUNTRIES[zone.key], draw(st.booleans()), tuple(weekly), tuple(special))
    weekly = [
        WeeklyHours(weekday, *stretch)
        for weekday in range(7)
        for stretch in draw(
            st.one_of(
                st.just([]),
                st.tuples(mornings, evenings).map(lambda pair: [pair]),
                st.tuples(mornings, nights).map(lambda pair: [pair]),
                st.tuples(mornings, evenings, nights).map(lambda t: [(t[0], time(13)), (time(13, 30), t[1])]),
                st.tuples(mornings, evenings, nights).map(lambda t: [(t[0], time(15)), (t[1], t[2])]),
            )
        )
    ]
    offsets = draw(st.lists(st.integers(-2, 3), max_size=2, unique=True))
    closed = st.just((None, None))
    special = [
        SpecialDays(on, on, *draw(closed | st.tuples(mornings, st.just(time(16))) | st.tuples(mornings, nights)))
        for on in (day + timedelta(days=offset) for offset in offsets)
    ]
    return Calendar(zone, COUNTRIES[zone.key], draw(st.booleans()), tuple(weekly), tuple(special))
