"""Writing an event: its texts and times, where it takes place, which spaces are asked, and when it comes again."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from events import series, taking_part
from events.announcing import FIELDS, TIMES
from events.models import Event
from events.refusals import refusal, refused_politely
from events.taking_part import Offer
from members.models import User
from spaces.models import Space

# What a space that is asked starts from; it says itself how many it takes.
PROPOSED_PLACES = 10


@dataclass(frozen=True)
class Repeats:
    """By which rule (RFC 5545) an event comes again, and the days on which it does not."""

    rule: str
    left_out: Collection[date] = ()


@transaction.atomic
def draft(
    *,
    organiser: Space,
    values: Mapping[str, Any],
    here: Offer | None = None,
    online: Offer | None = None,
    asked: Iterable[Space] = (),
    repeats: Repeats | None = None,
    by: User,
    now: datetime,
) -> Event:
    """Write an event that nobody sees yet: `here` is what its own space offers; what that holds is held at once.

    `values` are of announcing.FIELDS, and both of its TIMES. With `repeats` its next dates are written as drafts too.
    Raises ValidationError, also with the bookings that a hold would displace.
    """
    unknown = set(values) - FIELDS - TIMES
    if unknown:
        raise ValueError(f"Not to be written so: {', '.join(sorted(unknown))}.")
    if values["ends_at"] <= values["starts_at"]:
        raise refusal("ends_before_start")
    if values["ends_at"] <= now:
        raise refusal("past")
    with refused_politely():
        event = Event.objects.create(organiser=organiser, created_at=now, changed_at=now, **values)
    if here:
        taking_part.add(event=event, space=organiser, offer=here, by=by, now=now)
    if online:
        taking_part.add(event=event, space=None, offer=online, by=by, now=now)
    for space in asked:
        taking_part.add(event=event, space=space, offer=Offer(capacity=PROPOSED_PLACES), by=by, now=now)
    if repeats:
        series.repeat(event=event, rule=repeats.rule, left_out=repeats.left_out, now=now)
    return event
