"""A space's standing facts as lines of its page."""

from datetime import date

import pytest
from django.utils import translation

from spaces.facts import furnishing_lines, hours_lines


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def test_week_has_a_line_for_each_day_monday_first(koharubiyori):
    lines = hours_lines(koharubiyori, date(2026, 11, 24))

    assert [line.name for line in lines] == [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
    ]  # fmt: skip
    assert [line.name for line in lines if line.is_today] == ["Tuesday"]
    assert [[f"{hours.opens:%H}-{hours.closes:%H}" for hours in line.spans] for line in lines] == [
        *[["11-21"]] * 5, ["11-18"], []
    ]  # fmt: skip


def test_weekdays_are_named_in_japanese(koharubiyori):
    with translation.override("ja"):
        lines = hours_lines(koharubiyori, date(2026, 11, 24))

    assert [line.name for line in lines] == ["月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日"]


def test_seats_and_rooms_have_a_line_each_and_booths_one_for_each_size(dorinoki):
    lines = [(line.name, line.text, line.is_sample) for line in furnishing_lines(dorinoki)]

    assert lines == [
        ("Flex area", "25 seats", False),
        ("Meeting room 1", "for 6 persons", True),
        ("Meeting room 2", "for 6 persons", True),
        ("Meeting room 3", "for 6 persons", True),
        ("Lecture room", "for 30 persons", True),
        ("Work booths (for 1 person)", "8 booths", False),
        ("Work booths (for 2 persons)", "17 booths", False),
        ("Work booths (for 3 persons)", "2 booths", False),
        ("Work booths (for 4 persons)", "1 booth", False),
    ]
