"""A space takes part in a series, or does no more: at one date, and at those that follow."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from events import taking_part
from events.locks import lock_holds, lock_venues_of
from events.models import Event, Series, Venue
from events.taking_part import Offer
from members.models import User


@transaction.atomic
def offer_following(*, venue: Venue, offer: Offer, by: User, now: datetime) -> list[tuple[Event, ValidationError]]:
    """Offer the same for a date of a series and those that follow; the later dates at which it can't be, and why.

    Where the space was asked, it agrees by it. Raises ValidationError where it can't be at the first date.
    """
    first, *later = _locked(venue, offer, now)
    _offer(first, offer, by, now)
    return [(one.event, refused) for one in later if (refused := _refusal(one, offer, by, now))]


@transaction.atomic
def leave_following(*, venue: Venue, now: datetime) -> list[tuple[Event, ValidationError]]:
    """Take no part in a date of a series and in those that follow; the later dates at which it can't be, and why.

    Raises ValidationError where it can't leave the first date.
    """
    first, *later = _locked(venue, None, now)
    taking_part.leave(venue=first, now=now)
    refused = []
    for one in later:
        try:
            taking_part.leave(venue=one, now=now)
        except ValidationError as problem:
            refused.append((one.event, problem))
    return refused


def _offer(venue: Venue, offer: Offer, by: User, now: datetime) -> None:
    if venue.agreed_at:
        taking_part.change_venue(venue=venue, offer=offer, now=now)
    else:
        taking_part.agree(venue=venue, offer=offer, by=by, now=now)


def _refusal(venue: Venue, offer: Offer, by: User, now: datetime) -> ValidationError | None:
    try:
        with transaction.atomic():
            _offer(venue, offer, by, now)
    except ValidationError as refused:
        return refused
    return None


def _locked(venue: Venue, offer: Offer | None, now: datetime) -> list[Venue]:
    """Lock a series, its dates from this one on, all their venues and what they hold, in the order of locks.

    The venues of the same space, the first date first; those that it has left already are out.
    """
    event = venue.event
    list(Series.objects.filter(pk=event.series_id or 0).select_for_update(no_key=True).values_list("pk"))
    rows = Event.objects.filter(series=event.series_id, occurs_on__gte=event.occurs_on, cancelled_at=None)
    following = rows.filter(ends_at__gt=now).order_by("pk")
    events = list(following.select_for_update(no_key=True).values_list("pk", flat=True))
    venues = lock_venues_of(*Event.objects.filter(pk__in=events))
    own = [one for one in venues.values() if one.space_id == venue.space_id and not one.left_at and one.pk != venue.pk]
    lock_holds([venue, *own], *([offer.resource.pk] if offer and offer.resource else []))
    return [venue, *sorted(own, key=lambda one: one.event.starts_at)]
