"""Changing a series: from one of its events on, by another rule, or ending it. The core is in events/series.py."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from events import announcing
from events.holds import bring_in_line
from events.locks import lock_holds, lock_venues_of
from events.models import Event, Rsvp, Series, Venue
from events.refusals import refusal, refused_politely
from events.repeating import checked_rule, days, ended, remaining
from events.series import AHEAD, check_gives, extend

# By another rule an event moves at most so far: from Tuesday to Wednesday, and not to where the next date was.
NEAR = timedelta(days=6)


def drafts_after(event: Event, *, now: datetime) -> int:
    """How many later dates of its series nobody can see yet."""
    later = Event.objects.filter(series=event.series_id, occurs_on__gt=event.occurs_on)
    return later.filter(published_at=None, cancelled_at=None, ends_at__gt=now).count()


@transaction.atomic
def announce_following(*, event: Event, now: datetime) -> list[Event]:
    """Announce an event of a series, and those after it that nobody can see yet. Raises ValidationError."""
    _series, following = _following(event, now)
    drafts = [one for one in following if not one.is_announced]
    return [announcing.announce(event=one, asks=one == drafts[0], now=now) for one in drafts]


@transaction.atomic
def change_following(
    *, event: Event, values: Mapping[str, Any], rule: str | None = None, reason: str = "", now: datetime
) -> list[Event]:
    """Change an event of a series and those that follow; by another `rule` they come on its days from this one on.

    With another time all have it, by their own clocks, and what was moved alone before goes back to its day; without
    one each keeps its own. A date that the new rule gives as well stays, another moves to a day near it; one that
    is left is cancelled where somebody signed up, who reads the `reason`, and taken out where nobody did.
    Raises ValidationError.
    """
    series, following = _following(event, now)
    event = following[0]
    announcing.check_changeable(event, now=now)
    lock_holds(lock_venues_of(*following).values())
    zone = event.organiser.zone
    occurs_on = event.occurs_on or event.day
    starts_at, ends_at = values.get("starts_at", event.starts_at), values.get("ends_at", event.ends_at)
    day = starts_at.astimezone(zone).date()
    first = day if day != event.day else occurs_on
    kept = remaining(series.rule, series.starts_on, since=occurs_on)
    wanted = checked_rule(rule, first=first) if rule else kept
    if wanted == series.rule:
        wanted = kept  # so many times in all, as the form shows it: what has been, counts
    is_retimed = not announcing.TIMES.isdisjoint(values)
    moves: dict[int, date] = {}
    if wanted != kept or first != occurs_on:
        series, following, moves = _split(series, following, wanted, first, reason, now)
    plain = {name: value for name, value in values.items() if name not in announcing.TIMES}
    clock, lasts = starts_at.astimezone(zone).time(), ends_at - starts_at
    for one in _in_safe_order(following, moves):
        times = {}
        if is_retimed:
            own = day if one.pk == event.pk else one.occurs_on or one.day
            times = _times(datetime.combine(own, clock, zone), lasts)
            one.is_changed_alone = False
        elif one.pk in moves:
            begins = datetime.combine(moves[one.pk], one.starts_at.astimezone(zone).time(), zone)
            times = _times(begins, one.ends_at - one.starts_at)
        _change(one, {**plain, **times}, tells_venues=one.pk == event.pk, now=now)
    extend(series=series, now=now)
    return following


@transaction.atomic
def end(*, event: Event, reason: str, now: datetime) -> list[Event]:
    """End a series with the event before this one: this and those that follow are cancelled, or taken out unseen.

    Raises ValidationError once this one is over.
    """
    series, following = _following(event, now)
    announcing.check_changeable(following[0], now=now)
    lock_holds(lock_venues_of(*following).values())
    _end_before(series, following[0].occurs_on, now)
    _take_out(following, reason, now)
    return following


def _following(event: Event, now: datetime) -> tuple[Series, list[Event]]:
    """Lock a series, then an event of it and those after it that are not cancelled; this event is the first."""
    own = Event.objects.filter(pk=event.pk).order_by().values_list("series_id", "occurs_on")
    series, place = None, own.first()
    while place and place[0] and (series is None or series.pk != place[0]):
        # Once more where somebody has split the series meanwhile.
        series = Series.objects.select_for_update(no_key=True).get(pk=place[0])
        place = own.first()
    if series is None or place is None:
        raise refusal("not_a_series")
    later = Q(series=series, occurs_on__gt=place[1], cancelled_at=None, ends_at__gt=now)
    concerned = Event.objects.filter(Q(pk=event.pk) | later).order_by("pk")
    keys = list(concerned.select_for_update(no_key=True).values_list("pk", flat=True))
    rows = Event.objects.filter(pk__in=keys).select_related("organiser", "host", "series").order_by("occurs_on")
    return series, list(rows)


def _change(event: Event, values: Mapping[str, Any], *, tells_venues: bool, now: datetime) -> None:
    """Change one event of several that are locked; the spaces that take part are told by the first of them."""
    venues = lock_venues_of(event)
    before = announcing.apply(event, values, now=now)
    with refused_politely():
        event.save()
    announcing.follow(event, venues, before=before, tells_venues=tells_venues, now=now)


def _times(begins: datetime, lasts: timedelta) -> dict[str, datetime]:
    return {"starts_at": begins, "ends_at": begins + lasts}


def _split(
    series: Series, following: list[Event], rule: str, first: date, reason: str, now: datetime
) -> tuple[Series, list[Event], dict[int, date]]:
    """Another series with what follows of one; those events, and to which days some move. The rest is taken out.

    Dates that were cancelled don't come back.
    """
    check_gives(rule, first)
    event, *later = following
    cancelled = Event.objects.filter(series=series, occurs_on__gte=first, cancelled_at__isnull=False)
    out = (*series.left_out, *cancelled.values_list("occurs_on", flat=True))
    left_out = {day for day in out if day and day != first}
    new = Series.objects.create(
        organiser=series.organiser,
        rule=rule,
        starts_on=first,
        left_out=sorted(left_out),
        continues=series,
        created_at=now,
    )
    given = days(rule, first, until=first + AHEAD, left_out=left_out)
    places = {event.pk: first, **_days_of(later, given[1:])}
    kept = [one for one in following if one.pk in places]
    moves = {one.pk: places[one.pk] for one in kept if places[one.pk] != one.occurs_on}
    _end_before(series, event.occurs_on, now)
    _take_out([one for one in later if one.pk not in places], reason, now)
    for one in kept:
        one.series, one.occurs_on = new, places[one.pk]
        one.save(update_fields=["series", "occurs_on"])
    return new, kept, moves


def _days_of(events: list[Event], given: list[date]) -> dict[int, date]:
    """On which of the given days each event is: its own where that is one of them, else the nearest that is near."""
    free = set(given)
    found: dict[int, date] = {}
    for one in events:
        if one.occurs_on in free:
            found[one.pk] = one.occurs_on
            free.remove(one.occurs_on)
    for one in events:
        own = one.occurs_on
        near = [day for day in free if own and one.pk not in found and abs(day - own) <= NEAR]
        if own and near:
            found[one.pk] = min(near, key=lambda day: (abs(day - own), day))
            free.remove(found[one.pk])
    return found


def _in_safe_order(events: list[Event], moves: Mapping[int, date]) -> list[Event]:
    """Those that move forward from the last on, so that none finds its new day held by one that is still to move."""

    def moves_on(event: Event) -> bool:
        return event.pk in moves and moves[event.pk] > event.day

    forward = [one for one in events if moves_on(one)]
    return [*reversed(forward), *(one for one in events if not moves_on(one))]


def _end_before(series: Series, day: date | None, now: datetime) -> None:
    if day is None or day <= series.starts_on:
        series.ended_at = now
    else:
        series.rule = ended(series.rule, day - timedelta(days=1))
    series.save(update_fields=["rule", "ended_at"])


def _take_out(events: Iterable[Event], reason: str, now: datetime) -> None:
    """Cancel events; those that nobody could see, or nobody else had to do with, leave no trace.

    Spaces are told of the first that is cancelled.
    """
    told = False
    for event in events:
        if event.is_announced and (event.has_begun_at(now) or _concerns_others(event)):
            announcing.cancel(event=event, reason=reason, tells_venues=not told, now=now)
            told = True
            continue
        event.cancelled_at = now
        for venue in lock_venues_of(event).values():
            venue.event = event
            bring_in_line(venue, now=now)
        event.delete()


def _concerns_others(event: Event) -> bool:
    """Whether somebody signed up, or another space has said that it takes part."""
    others = Venue.objects.standing().filter(event=event, space__isnull=False).exclude(space=event.organiser_id)
    return Rsvp.objects.filter(event=event).exists() or others.exists()
