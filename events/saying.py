"""Writing on the wall of an event, and hiding a line of it."""

from datetime import datetime, timedelta

from django.db import transaction

from events.live import channel
from events.models import LINE_LENGTH, Event, Rsvp, WallLine
from events.models.wall import WallLineQuerySet
from events.refusals import refusal
from events.wall_html import html_by_language
from members.models import User

# So many lines a person may write within a minute.
MOST_LINES = 6
WITHIN = timedelta(minutes=1)


def say(*, event: Event, rsvp: Rsvp | None = None, host: User | None = None, text: str, now: datetime) -> WallLine:
    """Write a line, by who has signed up or by a host; it appears at once in every venue.

    Raises ValidationError.
    """
    text = " ".join(text.split())
    if not text:
        raise refusal("nothing_written")
    if len(text) > LINE_LENGTH:
        raise refusal("too_long_a_line", most=LINE_LENGTH)
    if not event.takes_lines_at(now):
        raise refusal("wall_closed")
    if host is None and (rsvp is None or not rsvp.is_going or rsvp.event_id != event.pk):
        raise refusal("not_on_the_wall")
    own = _lines_of(event, rsvp, host).filter(said_at__gt=now - WITHIN)
    if own.count() >= MOST_LINES:
        raise refusal("too_many_lines")
    venue = rsvp.venue if rsvp else None
    name = rsvp.name if rsvp else host.display_name if host else ""
    with transaction.atomic():
        line = WallLine.objects.create(
            event=event, venue=venue, rsvp=rsvp, user=None if rsvp else host, name=name, text=text, said_at=now
        )
        channel.publish(channel.line(event.reference, line.pk, html_by_language(line)))
    return line


def hide(*, line: WallLine, by: User, now: datetime) -> WallLine:
    """Take a line off the wall everywhere; hidden already, nothing changes."""
    with transaction.atomic():
        line = WallLine.objects.select_for_update(no_key=True).select_related("event").get(pk=line.pk)
        if line.hidden_at is None:
            line.hidden_at, line.hidden_by = now, by
            line.save(update_fields=["hidden_at", "hidden_by"])
            channel.publish(channel.hidden(line.event.reference, line.pk))
    return line


def _lines_of(event: Event, rsvp: Rsvp | None, host: User | None) -> WallLineQuerySet:
    lines = WallLine.objects.filter(event=event)
    return lines.filter(rsvp=rsvp) if rsvp else lines.filter(user=host)
