"""Closing, other hours, fewer seats: what becomes of the bookings that no longer fit (design rules 1, 2 and 10)."""

from dataclasses import replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.notices import local_time
from bookings.occupancy import occupancy
from bookings.rules import retires_before
from spaces.calendar import Calendar, Span, SpecialDays, WeeklyHours
from spaces.house import houses
from spaces.locks import lock_resources, lock_space
from spaces.models import Closure, OpeningHours, Resource, Space

SHOWN = 5


def with_hours(space: Space, hours: list[OpeningHours]) -> Calendar:
    """The calendar that a space would have with its own fields as they are now, and these weekly hours."""
    weekly = tuple(WeeklyHours(each.weekday, each.opens, each.closes) for each in hours)
    return replace(
        calendar_of(space),
        zone=space.zone,
        country=space.country,
        closed_on_holidays=space.closed_on_holidays,
        weekly=weekly,
    )


def with_closure(closure: Closure, *, removed: bool = False) -> Calendar:
    """The calendar that a space would have with a closure as it is now, or without it."""
    calendar = calendar_of(closure.space)
    kept = Closure.objects.filter(space=closure.space).exclude(pk=closure.pk)
    rows = list(kept) if removed else [*kept, closure]
    special = tuple(SpecialDays(each.starts_on, each.ends_on, each.opens, each.closes) for each in rows)
    return replace(calendar, special=special)


def calendar_of(space: Space) -> Calendar:
    """The calendar of a space as the database has it."""
    [house] = houses(Space.objects.filter(pk=space.pk), today=space.today(datetime.now(space.zone)))
    return house.calendar


def misfits(space: Space, calendar: Calendar, *, now: datetime) -> list[Booking]:
    """The live bookings, not checked in, that a calendar would leave outside opening hours; the next first."""
    upcoming = Booking.objects.upcoming(now).filter(resource__space=space, checked_in_at__isnull=True)
    return [
        booking
        for booking in upcoming.select_related("resource__space", "user")
        if not calendar.holds(booking.starts_at, booking.ends_at)
    ]


def check_fit(space: Space, calendar: Calendar, *, now: datetime) -> None:
    """Raise ValidationError with the bookings that a new calendar would leave outside; locks the space first."""
    lock_space(space)
    found = misfits(space, calendar, now=now)
    if found:
        sentence = ngettext_lazy(
            "%(count)s booking would be outside the hours: %(list)s. Tick the box to cancel it and tell the person.",
            "%(count)s bookings would be outside the hours: %(list)s. Tick the box to cancel them and tell the people.",
            len(found),
        )
        raise ValidationError(sentence, code="misfits", params={"count": len(found), "list": named(found)})


def cancel_misfits(space: Space, *, now: datetime) -> int:
    """Cancel, as the space, what the saved hours and closures leave outside, and tell the people; how many."""
    lock_space(space)
    keys = [booking.pk for booking in misfits(space, calendar_of(space), now=now)]
    # All of them before the first is cancelled, in the order of their keys. Until the lock is there somebody may have
    # cancelled one, or have come; who ends a membership elsewhere cancels visits by visa without the space's lock.
    standing = Booking.objects.live().filter(pk__in=keys, checked_in_at=None).order_by("pk")
    found = list(standing.select_for_update(no_key=True))
    for booking in found:
        cancel(booking=booking, by=Booking.Side.SPACE, now=now)
    return len(found)


def check_capacity(resource: Resource, capacity: int, *, now: datetime) -> None:
    """Raise ValidationError if more seats are booked at some moment to come; the database refuses it as well."""
    lock_resources([resource.pk])
    last = Booking.objects.live().filter(resource=resource).order_by("-ends_at").first()
    if last is None or last.ends_at <= now:
        return
    peak = occupancy([resource.pk], now, last.ends_at)[resource.pk].peak(now, last.ends_at)
    if peak > capacity:
        sentence = _("%(peak)s are booked already at some time to come. Cancel or move bookings first.")
        raise ValidationError(sentence, code="capacity", params={"peak": peak})


def check_retirement(resource: Resource, *, now: datetime) -> None:
    """Raise ValidationError if a resource is to retire while it is booked from that day on."""
    lock_resources([resource.pk])
    upcoming = Booking.objects.upcoming(now).filter(resource=resource).select_related("resource__space", "user")
    found = [one for one in upcoming if retires_before(resource, Span(one.starts_at, one.ends_at))]
    if found:
        sentence = _("It is booked on or after that day: %(list)s. Cancel or move these first.")
        raise ValidationError(sentence, code="retired", params={"list": named(found)})


def named(found: list[Booking], *, with_holders: bool = True) -> str:
    """The first few of some bookings as a refusal lists them: reference, who comes, and when at the space."""
    shown = [
        f"{one.spaced_reference}{f' {one.holder}' if with_holders else ''} ({local_time(one, one.starts_at)})"
        for one in found[:SHOWN]
    ]
    return ", ".join([*shown, "…"] if len(found) > SHOWN else shown)
