"""Nobody is woken by what can wait."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from notices import kinds
from notices.delivery import deliver_due
from notices.kinds import Kind, Topic
from notices.quiet import NIGHT_TO, day_from, is_night
from tests.conftest import JAPAN
from tests.factories import at
from tests.notices.conftest import make_notice, render, still_wanted
from tests.properties import examples

ZONES = ["Asia/Tokyo", "America/New_York", "Europe/Paris", "Asia/Kathmandu", "Australia/Lord_Howe"]


@pytest.fixture(autouse=True)
def _quiet_kind(monkeypatch):
    kind = Kind("test.quiet", "quiet", still_wanted, render, topic=Topic.BOOKINGS, quiet=True)
    monkeypatch.setitem(kinds._kinds, kind.name, kind)


def deliver(moment):
    mail.outbox.clear()
    with time_machine.travel(moment):
        deliver_due(until=moment + timedelta(minutes=1))
    return [letter.to[0] for letter in mail.outbox]


@pytest.mark.parametrize(
    ("clock", "night"),
    [("20:59", False), ("21:00", True), ("23:59", True), ("00:00", True), ("06:59", True), ("07:00", False)],
)
def test_night_is_from_nine_to_seven(clock, night):
    assert is_night(at(clock), JAPAN) is night


@examples(300)
@given(
    moment=st.integers(0, 730 * 1440).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
def test_morning_is_the_first_moment_that_is_no_night(moment, zone):
    morning = day_from(moment, zone)

    assert not is_night(morning, zone)
    assert morning >= moment
    assert morning - moment <= timedelta(hours=11)
    if is_night(moment, zone):
        assert morning.astimezone(zone).time() == NIGHT_TO
        assert all(is_night(moment + (morning - moment) * part / 10, zone) for part in range(10))
    else:
        assert morning == moment


def test_what_is_late_waits_for_the_morning_by_the_clocks_of_who_reads_it(db):
    here = make_notice("here", kind="test.quiet", due_at=at("17:00"))
    make_notice("abroad", kind="test.quiet", due_at=at("17:00"), timezone="Europe/Paris")
    make_notice("urgent", due_at=at("17:00"))

    assert deliver(at("23:30")) == ["abroad@example.jp", "urgent@example.jp"]
    here.refresh_from_db()
    assert (here.state, here.attempts, here.try_at) == ("waiting", 0, at("07:00") + timedelta(days=1))
    assert deliver(at("06:59") + timedelta(days=1)) == []
    assert deliver(at("07:00") + timedelta(days=1)) == ["here@example.jp"]


def test_what_is_useless_in_the_morning_is_dropped_then_and_wakes_nobody(db):
    notice = make_notice("early", kind="test.quiet", due_at=at("17:00"), useful_until=at("06:30") + timedelta(days=1))

    assert deliver(at("23:30")) == []
    assert deliver(at("07:00") + timedelta(days=1)) == []
    notice.refresh_from_db()
    assert (notice.state, notice.last_error) == ("dropped", "Too late to be useful.")


def test_clocks_that_change_at_night_change_nothing():
    paris = ZoneInfo("Europe/Paris")
    spring, autumn = datetime(2027, 3, 27, 23, tzinfo=paris), datetime(2026, 10, 24, 23, tzinfo=paris)

    for evening in (spring, autumn):
        assert day_from(evening, paris) == datetime.combine(evening.date() + timedelta(days=1), time(7), paris)
