"""Writing on the wall of an event, and hiding a line of it."""

from datetime import datetime, timedelta

from django.db import transaction

from bookings.models import NAME_LENGTH
from events.live import channel
from events.locks import locked_event
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

    Sent twice within a minute it is one line. Raises ValidationError.
    """
    text = " ".join(text.split())
    if not text:
        raise refusal("nothing_written")
    if len(text) > LINE_LENGTH:
        raise refusal("too_long_a_line", most=LINE_LENGTH)
    with transaction.atomic():
        # One after the other: lines appear in the order of their keys, and what is sent twice finds itself.
        event = locked_event(event)
        if not event.takes_lines_at(now):
            raise refusal("wall_closed")
        if host is None and (rsvp is None or not rsvp.is_standing or rsvp.event_id != event.pk):
            raise refusal("not_on_the_wall")
        lately = _lines_of(event, rsvp, host).filter(said_at__gt=now - WITHIN)
        sent_before = lately.filter(text=text).first()
        if sent_before:
            return sent_before
        if lately.count() >= MOST_LINES:
            raise refusal("too_many_lines")
        line = WallLine.objects.create(
            event=event,
            venue=rsvp.venue if rsvp else None,
            rsvp=rsvp,
            user=None if rsvp else host,
            name=rsvp.name if rsvp else host.display_name[:NAME_LENGTH] if host else "",
            text=text,
            said_at=now,
        )
        channel.publish(channel.line(event.reference, line.pk, html_by_language(line)))
    return line


def hide(*, line: WallLine, by: User, now: datetime) -> WallLine:
    """Take a line off the wall everywhere; hidden already, nothing changes."""
    with transaction.atomic():
        line = WallLine.objects.select_for_update(no_key=True, of=("self",)).select_related("event").get(pk=line.pk)
        if line.hidden_at is None:
            line.hidden_at, line.hidden_by = now, by
            line.save(update_fields=["hidden_at", "hidden_by"])
            channel.publish(channel.hidden(line.event.reference, line.pk))
    return line


def _lines_of(event: Event, rsvp: Rsvp | None, host: User | None) -> WallLineQuerySet:
    lines = WallLine.objects.filter(event=event)
    return lines.filter(rsvp=rsvp) if rsvp else lines.filter(user=host)
