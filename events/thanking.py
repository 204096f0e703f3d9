"""Saying thank you after an event: on its page for everybody, and once by mail to who came."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from events import notices
from events.locks import locked_event
from events.models import Event, Rsvp
from events.models.event import is_web_address
from events.refusals import refusal
from notices.outbox import tell


@transaction.atomic
def thank(*, event: Event, text: str, photos_url: str = "", now: datetime) -> Event:
    """Write thanks, and where photos or notes are, on the page of an event, and mail them to who came; once.

    Who walked in without an address gets no mail. Raises ValidationError while it is not over, where it was cancelled
    or never announced, and for a link that leads nowhere.
    """
    event = locked_event(event)
    if event.cancelled_at:
        raise refusal("cancelled_already")
    if not event.is_announced or not event.is_over_at(now):
        raise refusal("not_yet_over")
    if event.thanked_at:
        raise refusal("thanked_already")
    if not text.strip():
        raise refusal("no_thanks")
    if photos_url:
        try:
            is_web_address(photos_url)
        except ValidationError as wrong:
            raise refusal("no_web_address") from wrong
    event.thanks, event.photos_url = text.strip(), photos_url
    event.thanked_at = event.changed_at = now
    event.save(update_fields=["thanks", "photos_url", "thanked_at", "changed_at"])
    tell(notices.thanks(event, who_came(event), now=now))
    return event


def who_came(event: Event) -> list[Rsvp]:
    """The sign-ups of who came, walk-ins too, with what telling them needs."""
    rows = Rsvp.objects.filter(event=event, attended_at__isnull=False).select_related("user", "venue__space")
    for rsvp in rows:
        rsvp.event = rsvp.venue.event = event
    return list(rows)
