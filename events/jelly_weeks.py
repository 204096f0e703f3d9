"""Worldwide Jelly Week, year by year."""

from datetime import date, datetime

from django.db.models.functions import ExtractIsoYear, ExtractWeek

from events.finding import between, shown, with_venues
from events.models import Event
from events.repeating import jelly_week
from events.rule_words import JELLY_WEEK

# The first of the weeks that are documented: 16 to 22 January 2012.
FIRST = 2012


def coming_year(today: date) -> int:
    """The year whose Jelly Week is on, or comes next."""
    return today.year if today <= jelly_week(today.year)[1] else today.year + 1


def jellies_of(year: int, now: datetime) -> list[Event]:
    """Announced Jellies that begin in that week by the clocks of who holds them, with their venues: two queries."""
    first, last = jelly_week(year)
    near = with_venues(between(shown(now), first, last).filter(kind=Event.Kind.JELLY))
    return [event for event in near if first <= event.day <= last]


def years_with_jellies() -> list[int]:
    """Years in whose week Jellies were announced, the latest first."""
    jellies = Event.objects.announced().filter(kind=Event.Kind.JELLY, cancelled_at__isnull=True)
    of_weeks = jellies.annotate(year=ExtractIsoYear("starts_at"), week=ExtractWeek("starts_at")).filter(week=JELLY_WEEK)
    return list(of_weeks.order_by("-year").values_list("year", flat=True).distinct())
