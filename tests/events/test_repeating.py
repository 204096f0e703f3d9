"""The days of a series: by hand, and against a reckoning of each single day."""

import time
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st
from icalendar import vRecur

from events.repeating import MOST, Pattern, checked_rule, days, ended, in_words, jelly_week, rule_of
from events.rule_text import MOST_CHARACTERS
from spaces.refusing import codes
from tests.events.reckoning import reckoned
from tests.properties import examples

TUESDAY = date(2026, 11, 24)
FAR = date(2036, 1, 1)


def day_list(*written: str) -> list[date]:
    return [date.fromisoformat(day) for day in written]


@pytest.mark.parametrize(
    ("pattern", "first", "expected"),
    [
        (Pattern.WEEKLY, "2026-12-22", ["2026-12-22", "2026-12-29", "2027-01-05"]),
        (Pattern.FORTNIGHTLY, "2026-12-22", ["2026-12-22", "2027-01-05", "2027-01-19"]),
        (Pattern.MONTHLY_WEEKDAY, "2026-11-10", ["2026-11-10", "2026-12-08", "2027-01-12"]),
        (Pattern.MONTHLY_WEEKDAY, "2026-11-24", ["2026-11-24", "2026-12-22", "2027-01-26"]),
        # A fifth weekday is the last one of its month.
        (Pattern.MONTHLY_WEEKDAY, "2026-12-29", ["2026-12-29", "2027-01-26", "2027-02-23"]),
        (Pattern.MONTHLY_DAY, "2026-11-15", ["2026-11-15", "2026-12-15", "2027-01-15"]),
        (Pattern.MONTHLY_DAY, "2027-12-28", ["2027-12-28", "2028-01-28", "2028-02-28"]),
        # Days that a month has not are its last.
        (Pattern.MONTHLY_DAY, "2027-12-29", ["2027-12-29", "2028-01-29", "2028-02-29"]),
        (Pattern.MONTHLY_DAY, "2026-12-29", ["2026-12-29", "2027-01-29", "2027-02-28"]),
        (Pattern.MONTHLY_DAY, "2026-12-30", ["2026-12-30", "2027-01-30", "2027-02-28", "2027-03-30"]),
        (Pattern.MONTHLY_DAY, "2027-01-31", ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
        # The two Jelly Weeks that are documented, and a year that begins within the 53rd week of the one before.
        (Pattern.JELLY_WEEK, "2012-01-17", ["2012-01-17", "2013-01-15", "2014-01-14"]),
        (Pattern.JELLY_WEEK, "2026-01-18", ["2026-01-18", "2027-01-24", "2028-01-23"]),
    ],
)
def test_named_patterns_give_the_days_that_people_mean(pattern, first, expected):
    first = date.fromisoformat(first)

    assert days(rule_of(pattern, first), first, until=FAR)[: len(expected)] == day_list(*expected)


@pytest.mark.parametrize(
    ("rule", "first", "until", "expected"),
    [
        ("FREQ=MONTHLY;BYDAY=5TU", "2026-11-24", "2027-04-01", ["2026-12-29", "2027-03-30"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2027-01-31", "2027-05-31", ["2027-01-31", "2027-03-31", "2027-05-31"]),
        ("FREQ=YEARLY", "2024-02-29", "2033-01-01", ["2024-02-29", "2028-02-29", "2032-02-29"]),
        ("FREQ=YEARLY;BYDAY=1MO;BYMONTH=9", "2026-11-24", "2028-12-31", ["2027-09-06", "2028-09-04"]),
        # Week 1 of 2025 begins in 2024; 2026 has a week 53 that ends in 2027.
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2024-12-01", "2026-01-31", ["2024-12-30", "2025-12-29"]),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=SU", "2026-01-01", "2034-01-01", ["2027-01-03", "2033-01-02"]),
        ("FREQ=YEARLY;BYWEEKNO=3", "2026-11-24", "2028-12-31", ["2027-01-19", "2028-01-18"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "2026-11-24", "2026-12-20", ["2026-11-26", "2026-12-07", "2026-12-10"]),
        ("FREQ=MONTHLY;BYDAY=TH,1TU", "2026-11-24", "2026-12-05", ["2026-11-26", "2026-12-01", "2026-12-03"]),
        ("FREQ=DAILY;COUNT=3", "2026-12-30", "2027-12-31", ["2026-12-30", "2026-12-31", "2027-01-01"]),
        ("FREQ=WEEKLY;UNTIL=20261208", "2026-11-24", "2027-12-31", ["2026-11-24", "2026-12-01", "2026-12-08"]),
        ("FREQ=MONTHLY;BYDAY=FR,SA,SU;BYSETPOS=-1", "2026-11-24", "2026-12-31", ["2026-11-29", "2026-12-27"]),
    ],
)  # fmt: skip
def test_own_rules_give_the_days_that_rfc_5545_gives(rule, first, until, expected):
    assert days(rule, date.fromisoformat(first), until=date.fromisoformat(until)) == day_list(*expected)


def test_first_and_last_day_are_included():
    assert days("FREQ=WEEKLY", TUESDAY, until=date(2026, 12, 1)) == day_list("2026-11-24", "2026-12-01")
    assert days("FREQ=WEEKLY", TUESDAY, until=TUESDAY) == [TUESDAY]
    assert days("FREQ=WEEKLY", TUESDAY, until=date(2026, 11, 23)) == []


def test_what_is_left_out_is_left_out_and_counted():
    left_out = {date(2026, 12, 1)}

    assert days("FREQ=WEEKLY;COUNT=3", TUESDAY, until=FAR, left_out=left_out) == day_list("2026-11-24", "2026-12-08")


def test_a_call_gives_only_so_many_days():
    given = days("FREQ=DAILY", TUESDAY, until=date.max)

    assert given == [TUESDAY + timedelta(at) for at in range(MOST)]


def test_a_series_that_has_run_for_long_goes_on_in_its_own_step():
    """Two hundred fortnights on; counted from its first day, of which a call gives only the first sixty."""
    since = TUESDAY + timedelta(200 * 14 + 1)

    assert days("FREQ=WEEKLY;INTERVAL=2", TUESDAY, since=since, until=since + timedelta(20)) == [
        TUESDAY + timedelta(201 * 14)
    ]
    assert days("FREQ=WEEKLY;COUNT=100", TUESDAY, since=since, until=FAR) == []


def test_end_of_the_calendar_gives_no_days():
    assert days("FREQ=WEEKLY;BYDAY=FR,SA", date.max, until=date.max) == []


@pytest.mark.parametrize("year", [2012, 2013])
def test_jelly_weeks_are_those_that_are_documented(year):
    documented = {2012: day_list("2012-01-16", "2012-01-22"), 2013: day_list("2013-01-14", "2013-01-20")}

    assert list(jelly_week(year)) == documented[year]


@examples(100)
@given(st.integers(1, 9998))
def test_jelly_week_lies_in_january_from_monday_to_sunday(year):
    monday, sunday = jelly_week(year)

    assert (monday.year, monday.month, monday.weekday(), (sunday - monday).days) == (year, 1, 0, 6)
    assert days(rule_of(Pattern.JELLY_WEEK, monday), monday, until=sunday) in ([monday], [])


first_days = st.dates(date(2019, 1, 1), date(2029, 12, 31))
spans = st.integers(0, 1500)
named = st.sampled_from([pattern for pattern in Pattern if pattern != Pattern.OWN])


@examples(200)
@given(named, first_days, spans, st.sets(st.integers(0, 400), max_size=20), st.one_of(st.none(), spans))
def test_named_patterns_agree_with_a_reckoning_of_each_day(pattern, first, span, left_out, ends):
    until = first + timedelta(span)
    left_out = {first + timedelta(day) for day in left_out}
    rule = rule_of(pattern, first, until=None if ends is None else first + timedelta(ends))

    expected = [day for day in reckoned(rule, first, until) if day not in left_out]

    assert days(rule, first, until=until, left_out=left_out) == expected[:MOST]


def listed(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[str]:
    return st.lists(numbers, min_size=1, max_size=4, unique=True).map(lambda some: ",".join(map(str, some)))


def either_way(most: int) -> st.SearchStrategy[int]:
    return st.one_of(st.integers(1, most), st.integers(-most, -1))


weekday = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])


def weekday_of(most: int) -> st.SearchStrategy[str]:
    return st.one_of(weekday, st.tuples(either_way(most), weekday).map(lambda pair: f"{pair[0]}{pair[1]}"))


months = st.one_of(st.just(""), listed(st.integers(1, 12)))


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Any rule that RFC 5545 allows for days, but for weeks of the year at its edges together with an interval."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {"FREQ": frequency, "INTERVAL": str(draw(st.integers(1, 14))), "BYMONTH": draw(months)}
    by_week = frequency == "YEARLY" and draw(st.booleans())
    if by_week:
        parts["BYWEEKNO"] = draw(listed(either_way(53)))
        parts["INTERVAL"] = ""
    if frequency == "YEARLY" and draw(st.booleans()):
        parts["BYYEARDAY"] = draw(listed(either_way(366)))
    if frequency != "WEEKLY" and draw(st.booleans()):
        parts["BYMONTHDAY"] = draw(listed(either_way(31)))
    if draw(st.booleans()):
        counted = frequency in ("MONTHLY", "YEARLY") and not by_week
        of_year = frequency == "YEARLY" and not parts["BYMONTH"]
        some = st.lists(weekday_of(53 if of_year else 5) if counted else weekday, min_size=1, max_size=3, unique=True)
        parts["BYDAY"] = ",".join(draw(some))
    chooses = any(parts.get(name) for name in ("BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY"))
    # Where the year of a week begins, the nth of its days is a matter of taste.
    if frequency in ("MONTHLY", "YEARLY") and chooses and not by_week and draw(st.booleans()):
        parts["BYSETPOS"] = draw(listed(either_way(6)))
    end = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if end == "COUNT":
        parts["COUNT"] = str(draw(st.integers(1, 70)))
    if end == "UNTIL":
        parts["UNTIL"] = draw(first_days).isoformat().replace("-", "")
    return ";".join(f"{name}={value}" for name, value in parts.items() if value)


@examples(600)
@given(rules(), first_days, st.integers(0, 4000))
def test_any_rule_agrees_with_a_reckoning_of_each_day(rule, first, span):
    until = first + timedelta(span)

    assert days(rule, first, until=until) == reckoned(rule, first, until)[:MOST]


@examples(300)
@given(rules(), first_days)
def test_rule_is_the_same_after_it_is_read_again_here_and_by_icalendar(rule, first):
    try:
        stored = checked_rule(rule)
    except ValidationError:
        assume(False)

    assert checked_rule(stored) == stored
    assert len(stored) <= MOST_CHARACTERS
    again = vRecur.from_ical(stored).to_ical().decode()
    assert dict(part.split("=") for part in again.split(";")) == dict(part.split("=") for part in stored.split(";"))
    assert days(stored, first, until=FAR) == days(rule, first, until=FAR)


@examples(200)
@given(rules(), first_days)
def test_series_may_as_well_begin_with_its_first_day_by_the_rule(rule, first):
    given_days = days(rule, first, until=FAR)

    for day in given_days[:1]:
        assert days(rule, day, until=FAR) == given_days


@examples(200)
@given(rules(), first_days, spans)
def test_two_halves_of_a_series_are_the_whole(rule, first, span):
    last = first + timedelta(span)
    whole = days(rule, first, until=FAR)

    ending = ended(rule, last)

    assert "COUNT" not in ending
    if "COUNT" not in rule and "UNTIL" not in rule:
        assert days(ending, first, until=FAR) == [day for day in whole if day <= last]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("RRULE:FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;BYDAY=TU"),
        (" freq=monthly; byday=+2tu ;", "FREQ=MONTHLY;BYDAY=2TU"),
        ("ＦＲＥＱ＝ＷＥＥＫＬＹ；ＢＹＤＡＹ＝ＴＵ，ＴＨ", "FREQ=WEEKLY;BYDAY=TU,TH"),
        ("BYDAY=TH,TU,TH;INTERVAL=1;FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=TU,TH"),
        ("FREQ=WEEKLY;UNTIL=20270131T100000", "FREQ=WEEKLY;UNTIL=20270131"),
        # Calendars write the end of a day in Japan in UTC; a morning of Japan is the evening before there.
        ("FREQ=WEEKLY;UNTIL=20270131T145959Z", "FREQ=WEEKLY;UNTIL=20270131"),
        ("FREQ=WEEKLY;UNTIL=20270130T230000Z", "FREQ=WEEKLY;UNTIL=20270131"),
        ("FREQ=MONTHLY;COUNT=012;BYMONTHDAY=-1,1", "FREQ=MONTHLY;BYMONTHDAY=-1,1;COUNT=12"),
    ],
)
def test_own_rule_is_stored_in_one_form(typed, stored):
    assert checked_rule(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "", ";", "=", "every Tuesday", "FREQ", "FREQ=", "FREQ=TUESDAY", "BYDAY=TU", "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=2TU", "FREQ=DAILY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=6TU", "FREQ=MONTHLY;BYDAY=0TU", "FREQ=YEARLY;BYDAY=54TU", "FREQ=YEARLY;BYMONTH=1;BYDAY=6TU",
        "FREQ=YEARLY;BYWEEKNO=3;BYDAY=1TU", "FREQ=MONTHLY;BYWEEKNO=3", "FREQ=WEEKLY;BYMONTHDAY=3",
        "FREQ=DAILY;BYYEARDAY=3",
        "FREQ=MONTHLY;BYMONTH=-1", "FREQ=MONTHLY;BYMONTH=13", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYSETPOS=1", "FREQ=WEEKLY;BYDAY=TU,TH;BYSETPOS=1", "FREQ=YEARLY;BYEASTER=0", "FREQ=WEEKLY;X-A=1",
        "FREQ=WEEKLY;INTERVAL=0", "FREQ=WEEKLY;INTERVAL=-1", "FREQ=WEEKLY;INTERVAL=1000", "FREQ=WEEKLY;INTERVAL=1.5",
        "FREQ=WEEKLY;COUNT=0", "FREQ=WEEKLY;COUNT=1000000000000", "FREQ=WEEKLY;COUNT=3;UNTIL=20270131",
        "FREQ=WEEKLY;UNTIL=20270231", "FREQ=WEEKLY;UNTIL=tomorrow", "FREQ=WEEKLY;UNTIL=99991231T235959Z",
        "FREQ=WEEKLY;UNTIL=00000101", "FREQ=WEEKLY;UNTIL=20270101T990000Z", "FREQ=WEEKLY;WKST=1", "FREQ=WEEKLY\x00",
        "FREQ=WEEKLY;BYDAY=TU;" + " " * 300, "FREQ=YEARLY;BYYEARDAY=" + ",".join(map(str, range(100, 160))),
        "①" * 50_000,
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused_with_what_was_not_understood(typed):
    with pytest.raises(ValidationError) as refused:
        checked_rule(typed)

    assert codes(refused.value) == {"rule_unreadable"}
    assert len(refused.value.messages[0]) < 200


def test_rule_that_is_too_long_only_when_it_is_written_plainly_is_refused():
    days_of_year = [f"{sign}{chr(number)}" for sign in ("", "-") for number in range(ord("㊱"), ord("㊿") + 1)]
    days_of_year += [f"{sign}{chr(number)}" for sign in ("", "-") for number in range(ord("㉑"), ord("㉟") + 1)]
    typed = "FREQ=YEARLY;BYYEARDAY=" + ",".join(days_of_year)
    assert len(typed) < MOST_CHARACTERS

    with pytest.raises(ValidationError) as refused:
        checked_rule(typed)

    assert codes(refused.value) == {"rule_unreadable"}


@pytest.mark.parametrize(
    "typed",
    ["FREQ=HOURLY", "FREQ=MINUTELY", "FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=9,13", "FREQ=WEEKLY;BYMINUTE=0", "BYSECOND=1"],
)
def test_more_than_once_a_day_is_refused(typed):
    with pytest.raises(ValidationError) as refused:
        checked_rule(typed)

    assert codes(refused.value) == {"rule_too_dense"}


@pytest.mark.parametrize(
    "typed",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30,31",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31;INTERVAL=999",
        "FREQ=YEARLY;BYWEEKNO=3;BYMONTH=7",
        "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1;COUNT=999",
    ],
)
def test_rule_that_never_gives_a_day_is_refused_soon(typed):
    began = time.process_time()
    with pytest.raises(ValidationError) as refused:
        checked_rule(typed)
    given_days = days(typed, TUESDAY, until=date.max)

    assert codes(refused.value) == {"rule_never"}
    assert given_days == []
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "typed",
    [
        "FREQ=DAILY;INTERVAL=7;BYDAY=WE",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=3",
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=WEEKLY;UNTIL=20261123",
    ],
)
def test_rule_that_gives_no_day_from_its_first_is_refused_where_that_is_known(typed):
    began = time.process_time()
    first = date(2027, 11, 23) if "YEARLY" in typed else TUESDAY
    with pytest.raises(ValidationError) as refused:
        checked_rule(typed, first=first)
    given_days = days(typed, first, until=date.max)

    assert codes(refused.value) == {"rule_never"}
    assert given_days == []
    assert checked_rule(typed) == typed
    assert time.process_time() - began < 1


def test_rarest_rule_that_comes_again_is_taken():
    rule = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO"

    assert checked_rule(rule, first=date(2072, 3, 1)) == rule
    assert days(rule, date(2072, 3, 1), until=date(2200, 1, 1)) == [date(2112, 2, 29)]


def test_own_pattern_has_no_rule_of_ours():
    with pytest.raises(KeyError):
        rule_of(Pattern.OWN, TUESDAY)


@pytest.mark.parametrize(
    ("rule", "english", "japanese"),
    [
        ("FREQ=DAILY", "Every day", "毎日"),
        ("FREQ=WEEKLY", "Every Tuesday", "毎週火曜日"),
        ("FREQ=WEEKLY;BYDAY=TU,TH", "Every Tuesday, Thursday", "毎週火曜日・木曜日"),
        ("FREQ=WEEKLY;INTERVAL=2", "Every other Tuesday", "隔週火曜日"),
        ("FREQ=MONTHLY;BYDAY=2TU", "Every second Tuesday of the month", "毎月第2火曜日"),
        ("FREQ=MONTHLY;BYDAY=-1TU", "Every last Tuesday of the month", "毎月最終火曜日"),
        ("FREQ=MONTHLY", "Every month on the 24th", "毎月24日"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "Every month on its last day", "毎月末日"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
            "Every month on the 30th, or on the last day of a shorter one",
            "毎月30日（ない月は末日）",
        ),
        (
            "FREQ=YEARLY;BYWEEKNO=3;BYDAY=TU",
            "Every year on the Tuesday of Worldwide Jelly Week",
            "毎年、Worldwide Jelly Week（1月第3週）の火曜日",
        ),
        (
            "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270131",
            "Every Tuesday, until 31 January 2027",
            "毎週火曜日（2027年1月31日まで）",
        ),
        ("FREQ=WEEKLY;COUNT=10", "Every Tuesday, 10 times", "毎週火曜日（全10回）"),
        ("FREQ=WEEKLY;COUNT=1", "Every Tuesday, once", "毎週火曜日（全1回）"),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=TU", *["FREQ=WEEKLY;INTERVAL=3;BYDAY=TU"] * 2),
        ("FREQ=MONTHLY;BYDAY=2TU,3TU", *["FREQ=MONTHLY;BYDAY=2TU,3TU"] * 2),
        ("FREQ=YEARLY;BYDAY=20MO", *["FREQ=YEARLY;BYDAY=20MO"] * 2),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15;UNTIL=20270131", *["FREQ=MONTHLY;BYMONTHDAY=1,15;UNTIL=20270131"] * 2),
    ],
)
def test_rule_is_said_in_words_where_there_are_words_for_it(rule, english, japanese):
    with translation.override("en"):
        assert in_words(rule, TUESDAY) == english
    with translation.override("ja"):
        assert in_words(rule, TUESDAY) == japanese


@examples(200)
@given(rules(), first_days)
def test_any_rule_has_words_or_stays_as_it_is(rule, first):
    said = in_words(rule, first)

    assert said
    assert "%(" not in said


@pytest.mark.parametrize("pattern", [pattern for pattern in Pattern if pattern != Pattern.OWN])
@pytest.mark.parametrize("day", range(1, 32))
def test_every_named_pattern_has_words(pattern, day):
    first = date(2027, 1, day)

    assert "FREQ" not in in_words(rule_of(pattern, first, until=FAR), first)
