"""What events add to the operators' list of things to do (bookings/todo.py)."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from bookings.todo import Task, register
from events.models import Venue, VenueQuerySet

_RELATED = ("event__organiser", "space", "resource", "hold")


def asked(spaces: Iterable[int] | None, now: datetime) -> QuerySet[Venue]:
    """Announced events that ask a space to be a venue, the next first; of a series only the next date that does."""
    open_to_all = Venue.objects.asked(now).filter(event__published_at__isnull=False)
    before = open_to_all.filter(
        space=OuterRef("space"),
        event__series=OuterRef("event__series"),
        event__starts_at__lt=OuterRef("event__starts_at"),
    )
    rows = _at(spaces).asked(now).filter(~Exists(before), event__published_at__isnull=False, space__isnull=False)
    return rows.order_by("event__starts_at", "pk")


def without_hold(spaces: Iterable[int] | None, now: datetime) -> QuerySet[Venue]:
    """Venues that should hold seats or a room and do not, the next first."""
    return _at(spaces).without_hold(now).order_by("event__starts_at", "pk")


def register_tasks() -> None:
    """Add them; called when the app starts."""
    row = "admin/events/todo_venue.html"
    register(Task("events", _("Events that ask your space"), asked, "events.venue", _RELATED, row))
    register(Task("holds", _("Events without their seats"), without_hold, "events.venue", _RELATED, row))


def _at(spaces: Iterable[int] | None) -> VenueQuerySet:
    return Venue.objects.all() if spaces is None else Venue.objects.filter(space__in=spaces)
