"""How much one person may hold at a space: told before it is hit, and refused when it would be passed."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bookings.refusals import refusal
from bookings.used import Used
from spaces.calendar import Span
from spaces.models import Space

HOUR = timedelta(hours=1)


def limit_problems(space: Space, used: Used, span: Span, now: datetime) -> Iterator[ValidationError]:
    """What a space's limits have against one more booking of a person's."""
    most = space.max_upcoming_bookings
    if most is not None and upcoming(space, used, now) >= most:
        yield refusal("too_many_upcoming", space=space.name, most=most)
    hours = space.max_hours_a_week
    if hours is not None and in_week(space, used, span) + length(span) > hours * HOUR:
        left = max(hours * HOUR - in_week(space, used, span), timedelta(0)) / HOUR
        yield refusal("too_many_hours", space=space.name, hours=hours, left=f"{left:g}")


def limit_tips(space: Space, used: Used, span: Span, now: datetime) -> Iterator[str]:
    """How far the limits are reached with one more booking."""
    most = space.max_upcoming_bookings
    if most is not None:
        yield _("With this you hold %(count)s of %(most)s upcoming bookings at %(space)s.") % {
            "count": upcoming(space, used, now) + 1,
            "most": most,
            "space": space.name,
        }
    hours = space.max_hours_a_week
    if hours is not None:
        yield _("With this you have booked %(hours)s of %(most)s hours in that week at %(space)s.") % {
            "hours": f"{(in_week(space, used, span) + length(span)) / HOUR:g}",
            "most": hours,
            "space": space.name,
        }


def upcoming(space: Space, used: Used, now: datetime) -> int:
    """How many bookings a person holds at a space that have not ended."""
    return sum(1 for one in used.taken if one.space_id == space.pk and one.is_live and one.ends_at > now)


def in_week(space: Space, used: Used, span: Span) -> timedelta:
    """How long a person has booked at a space in the week, Monday to Sunday, in which a span starts."""
    week = _monday(space, span.starts_at)
    here = (one for one in used.taken if one.space_id == space.pk and _monday(space, one.starts_at) == week)
    return sum((one.ends_at - one.starts_at for one in here), timedelta(0))


def length(span: Span) -> timedelta:
    """How long a span is."""
    return span.ends_at - span.starts_at


def _monday(space: Space, moment: datetime) -> date:
    day = space.today(moment)
    return day - timedelta(days=day.weekday())
