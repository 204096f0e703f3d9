"""Series: an event that comes again by a rule. Each time is an event of its own, written ahead by a task."""

import logging
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import F

from events import announcing, notices
from events.holds import hold_if_free
from events.locks import lock_holds, locked_event
from events.models import Event, Series, Venue
from events.refusals import refusal
from events.repeating import checked_rule, days
from notices.outbox import tell

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

logger = logging.getLogger(__name__)


@transaction.atomic
def repeat(*, event: Event, rule: str, left_out: Collection[date] = (), now: datetime) -> Series:
    """Let an event come again by a rule (RFC 5545) from its own day on, but not on the days `left_out`.

    Another space has agreed to the one event only: for the dates that follow it is asked, once. Raises ValidationError
    for a rule that can't be read, or does not give the event's own day.
    """
    event = locked_event(event)
    announcing.check_changeable(event, now=now)
    if event.series_id:
        raise refusal("series_already")
    rule = checked_rule(rule, first=event.day)
    check_gives(rule, event.day)
    series = Series.objects.create(
        organiser=event.organiser, rule=rule, starts_on=event.day, left_out=sorted(left_out), created_at=now
    )
    event.series, event.occurs_on = series, event.day
    event.save(update_fields=["series", "occurs_on"])
    written = _write_ahead(series, agreed_by_others=False, now=now)
    if event.is_announced and written:
        for venue in Venue.objects.filter(event=written[0], agreed_at=None, left_at=None).select_related("space"):
            venue.event = written[0]
            tell(notices.asked(venue, now=now))
    return series


@transaction.atomic
def extend(*, series: Series, now: datetime) -> list[Event]:
    """Write the events of a series that are missing from tomorrow on; those that were written.

    They are as the last one that nobody changed alone, announced if that is. Where people's bookings stand in the way
    of a hold, the event comes without it, and is on the operators' list of things to do.
    """
    series = Series.objects.select_for_update(no_key=True).get(pk=series.pk)
    return _write_ahead(series, agreed_by_others=True, now=now)


def extend_all(*, now: datetime) -> int:
    """Write ahead every series that goes on; how many events were written. One that can't be stops no other."""
    written = 0
    for series in Series.objects.filter(ended_at__isnull=True).order_by("pk"):
        try:
            written += len(extend(series=series, now=now))
        except (ValidationError, DatabaseError):
            logger.exception("Series %s could not be written ahead; the next round tries again.", series.pk)
    return written


def check_gives(rule: str, day: date) -> None:
    """Raise ValidationError if a rule that begins on a day does not give that day."""
    if days(rule, day, until=day) != [day]:
        raise refusal("rule_misses_day")


def _write_ahead(series: Series, *, agreed_by_others: bool, now: datetime) -> list[Event]:
    model = _model_of(series)
    if series.ended_at or model is None:
        return []
    today = model.organiser.today(now)
    known = set(Event.objects.filter(series=series).values_list("occurs_on", flat=True))
    first, last = today + timedelta(days=1), today + AHEAD
    given = days(series.rule, series.starts_on, since=first, until=last, left_out=series.left_out)
    venues = list(Venue.objects.filter(event=model, left_at=None).select_related("space", "resource__space"))
    lock_holds(venues)
    missing = [day for day in given if day not in known and model.organiser.is_in_federation(day)]
    return [_written_after(model, venues, day, agreed_by_others=agreed_by_others, now=now) for day in missing]


def _model_of(series: Series) -> Event | None:
    """The event that the next ones of a series are written after: the last that nobody changed alone or cancelled."""
    rows = Event.objects.filter(series=series).select_related("organiser")
    standing_first = F("cancelled_at").asc(nulls_first=True)
    return rows.order_by("is_changed_alone", standing_first, "-occurs_on").first()


def _written_after(model: Event, venues: list[Venue], day: date, *, agreed_by_others: bool, now: datetime) -> Event:
    zone = model.organiser.zone
    clock = model.starts_at.astimezone(zone).time()
    begins = datetime.combine(day, clock, zone)
    copies = [
        _copy(venue, keeps_word=agreed_by_others or venue.space_id in (None, model.organiser_id))
        for venue in venues
        if venue.space is None or venue.space.is_in_federation(day)
    ]
    is_announced = model.is_announced and not model.cancelled_at and any(copy.stands for copy in copies)
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
    for copy in copies:
        copy.event = event
        copy.save(force_insert=True)
        hold_if_free(copy, now=now)
    return event


def _copy(venue: Venue, *, keeps_word: bool) -> Venue:
    """A venue like this one; of a space that has not given its word for it, one that is asked."""
    copy = Venue(**{name: getattr(venue, name) for name in _VENUE_COPIED})
    if not keeps_word:
        copy.agreed_at = copy.agreed_by = None
    return copy
