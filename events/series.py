"""Series: an event that comes again by a rule. Each time is an event of its own, written ahead by a task."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from events import announcing
from events.holds import bring_in_line
from events.locks import lock_holds, lock_venues_of, locked_event
from events.models import Event, Rsvp, Series, Venue
from events.refusals import refusal, refused_politely
from events.repeating import checked_rule, days, ended, remaining

# So far ahead the events of a series are written: the next of one that comes once a year is always there.
AHEAD = timedelta(days=400)

# What each event of a series has of the one that it is written after.
_COPIED = (*sorted(announcing.FIELDS), "organiser")
_VENUE_COPIED = (
    "space",
    "capacity",
    "host",
    "note_ja",
    "note_en",
    "online_url",
    "resource",
    "held_seats",
    "agreed_at",
    "agreed_by",
)


@transaction.atomic
def repeat(*, event: Event, rule: str, left_out: Collection[date] = (), now: datetime) -> Series:
    """Let an event come again by a rule (RFC 5545) from its own day on, but not on the days `left_out`.

    Raises ValidationError for a rule that can't be read, or does not give the event's own day.
    """
    event = locked_event(event)
    announcing.check_changeable(event, now=now)
    if event.series_id:
        raise refusal("series_already")
    rule = checked_rule(rule, first=event.day)
    _check_gives(rule, event.day)
    series = Series.objects.create(
        organiser=event.organiser, rule=rule, starts_on=event.day, left_out=sorted(left_out), created_at=now
    )
    event.series, event.occurs_on = series, event.day
    event.save(update_fields=["series", "occurs_on"])
    extend(series=series, now=now)
    return series


@transaction.atomic
def extend(*, series: Series, now: datetime) -> list[Event]:
    """Write the events of a series that are missing from tomorrow on; those that were written.

    They are as the last one that nobody changed alone, announced if that is. Where people's bookings stand in the way
    of a hold, the event comes without it, and is on the operators' list of things to do.
    """
    series = Series.objects.select_for_update(no_key=True).get(pk=series.pk)
    model = _model_of(series)
    if series.ended_at or model is None:
        return []
    today = model.organiser.today(now)
    known = set(Event.objects.filter(series=series).values_list("occurs_on", flat=True))
    found = days(
        series.rule, series.starts_on, since=today + timedelta(days=1), until=today + AHEAD, left_out=series.left_out
    )
    return [
        _written_after(model, day, now=now)
        for day in found
        if day not in known and model.organiser.is_in_federation(day)
    ]


def extend_all(*, now: datetime) -> int:
    """Write ahead every series that goes on; how many events were written."""
    going_on = Series.objects.filter(ended_at__isnull=True).order_by("pk")
    return sum(len(extend(series=series, now=now)) for series in going_on)


def drafts_after(event: Event, *, now: datetime) -> int:
    """How many later dates of its series nobody can see yet."""
    later = Event.objects.filter(series=event.series_id, occurs_on__gt=event.occurs_on)
    return later.filter(published_at=None, cancelled_at=None, ends_at__gt=now).count()


@transaction.atomic
def announce_following(*, event: Event, now: datetime) -> list[Event]:
    """Announce an event of a series, and those after it that nobody can see yet; spaces are asked once for all.

    Raises ValidationError.
    """
    _series, following = _following(event, now)
    drafts = [one for one in following if not one.is_announced]
    return [announcing.announce(event=one, asks=one == drafts[0], now=now) for one in drafts]


@transaction.atomic
def change_following(
    *, event: Event, values: Mapping[str, Any], rule: str | None = None, reason: str = "", now: datetime
) -> list[Event]:
    """Change an event of a series and those that follow; by another `rule` they come on its days from this one on.

    Times of day are those of `event` by its own clocks. What was changed alone before is changed too. Days that a new
    rule no longer gives are cancelled where somebody signed up, who reads the `reason`, and taken out where nobody did.
    Raises ValidationError.
    """
    series, following = _following(event, now)
    event = following[0]
    announcing.check_changeable(event, now=now)
    starts_at, ends_at = values.get("starts_at", event.starts_at), values.get("ends_at", event.ends_at)
    lock_holds(lock_venues_of(*following).values())
    zone = event.organiser.zone
    first = starts_at.astimezone(zone).date()
    kept = remaining(series.rule, series.starts_on, since=event.occurs_on or first)
    rule = checked_rule(rule, first=first) if rule else kept
    if rule == series.rule:
        rule = kept  # so many times in all, as the form shows it: what has been, counts
    if rule != kept or first != event.occurs_on:
        series = _split(series, following, rule, first, reason, now)
        following = [one for one in following if one.series_id == series.pk]
    plain = {name: value for name, value in values.items() if name not in announcing.TIMES}
    clock, lasts = starts_at.astimezone(zone).time(), ends_at - starts_at
    for one in following:
        venues = lock_venues_of(one)
        begins = datetime.combine(one.occurs_on or first, clock, zone)
        before = announcing.apply(one, {**plain, "starts_at": begins, "ends_at": begins + lasts}, now=now)
        one.is_changed_alone = False
        with refused_politely():
            one.save()
        announcing.follow(one, venues, before=before, now=now)
    extend(series=series, now=now)
    return following


@transaction.atomic
def end(*, event: Event, reason: str, now: datetime) -> list[Event]:
    """End a series with the event before this one: this and those that follow are cancelled, or taken out unseen."""
    series, following = _following(event, now)
    lock_holds(lock_venues_of(*following).values())
    _end_before(series, event.occurs_on, now)
    _take_out(following, reason, now)
    return following


def _following(event: Event, now: datetime) -> tuple[Series, list[Event]]:
    """Lock a series, then an event of it and those after it that are not cancelled; this event is the first."""
    while True:
        of_series = Event.objects.values_list("series_id", flat=True).get(pk=event.pk)
        if of_series is None:
            raise refusal("not_a_series")
        series = Series.objects.select_for_update(no_key=True).get(pk=of_series)
        event = locked_event(event)
        if event.series_id == of_series:  # nobody has split the series meanwhile
            break
    later = Event.objects.filter(series=series, occurs_on__gt=event.occurs_on, cancelled_at=None, ends_at__gt=now)
    keys = later.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True)
    rows = Event.objects.filter(pk__in=list(keys)).select_related("organiser", "host").order_by("occurs_on")
    return series, [event, *rows]


def _split(series: Series, following: list[Event], rule: str, first: date, reason: str, now: datetime) -> Series:
    """Another series with what follows of one, each on a day of the new rule in their order; the rest is taken out."""
    new = Series.objects.create(
        organiser=series.organiser, rule=rule, starts_on=first, left_out=series.left_out, created_at=now
    )
    _check_gives(rule, first)
    given = days(rule, first, until=first + AHEAD, left_out=[day for day in series.left_out if day != first])
    if following[0].occurs_on is not None:
        _end_before(series, following[0].occurs_on, now)
    for event, day in zip(following, given, strict=False):
        event.series, event.occurs_on = new, day
        event.save(update_fields=["series", "occurs_on"])
    _take_out(following[len(given) :], reason, now)
    return new


def _check_gives(rule: str, day: date) -> None:
    if days(rule, day, until=day) != [day]:
        raise refusal("rule_misses_day")


def _end_before(series: Series, day: date | None, now: datetime) -> None:
    if day is None or day <= series.starts_on:
        series.ended_at = now
    else:
        series.rule = ended(series.rule, day - timedelta(days=1))
    series.save(update_fields=["rule", "ended_at"])


def _take_out(events: Iterable[Event], reason: str, now: datetime) -> None:
    """Cancel events; those that nobody could see or nobody signed up for leave no trace."""
    for event in events:
        if event.is_announced and Rsvp.objects.filter(event=event).exists():
            announcing.cancel(event=event, reason=reason, now=now)
            continue
        event.cancelled_at = now
        for venue in lock_venues_of(event).values():
            venue.event = event
            bring_in_line(venue, now=now)
        event.delete()


def _model_of(series: Series) -> Event | None:
    """The event that the next ones of a series are written after: the last that nobody changed alone or cancelled."""
    rows = Event.objects.filter(series=series).select_related("organiser")
    standing_first = F("cancelled_at").asc(nulls_first=True)
    return rows.order_by("is_changed_alone", standing_first, "-occurs_on").first()


def _written_after(model: Event, day: date, *, now: datetime) -> Event:
    zone = model.organiser.zone
    clock = model.starts_at.astimezone(zone).time()
    begins = datetime.combine(day, clock, zone)
    known = Venue.objects.filter(event=model, left_at=None).select_related("space", "resource__space")
    venues = [one for one in known if one.space is None or one.space.is_in_federation(day)]
    is_announced = model.is_announced and not model.cancelled_at and any(one.stands for one in venues)
    event = Event(
        **{name: getattr(model, name) for name in _COPIED},
        series_id=model.series_id,
        occurs_on=day,
        starts_at=begins,
        ends_at=begins + (model.ends_at - model.starts_at),
        published_at=now if is_announced else None,
        created_at=now,
        changed_at=now,
    )
    event.save(force_insert=True)
    for venue in venues:
        copy = Venue(event=event, **{name: getattr(venue, name) for name in _VENUE_COPIED})
        copy.save(force_insert=True)
        _hold_if_free(copy, now)
    return event


def _hold_if_free(venue: Venue, now: datetime) -> None:
    try:
        with transaction.atomic():
            bring_in_line(venue, now=now)
    except ValidationError:
        # It stays wanted: `VenueQuerySet.without_hold` lists it for the operators.
        venue.hold = None
