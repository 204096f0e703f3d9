"""Quiet hours: what can wait does not wake anybody."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

NIGHT_FROM = time(21)
NIGHT_TO = time(7)


def is_night(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether people in a time zone sleep, or would like to."""
    clock = moment.astimezone(zone).time()
    return clock >= NIGHT_FROM or clock < NIGHT_TO


def day_from(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself by day, and at night the morning that follows."""
    there = moment.astimezone(zone)
    if not is_night(moment, zone):
        return moment
    day = there.date() + timedelta(days=there.time() >= NIGHT_FROM)
    return datetime.combine(day, NIGHT_TO, zone)
