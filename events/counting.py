"""How many people have places at venues, and wait for one, in one query; `events.line` counts at one venue."""

from typing import Any

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from events.models import Rsvp, Venue


def with_counts(venues: QuerySet[Venue]) -> QuerySet[Any]:
    """Venues with `going` and `waiting`: people, guests counted."""
    own = Rsvp.objects.filter(venue=OuterRef("pk"))
    return venues.annotate(going=people_in(own.going()), waiting=people_in(own.waiting()))


def people_in(rows: QuerySet[Rsvp]) -> Coalesce:
    """How many people sign-ups of one venue are, guests counted, beside that venue."""
    summed = rows.order_by().values("venue").annotate(people_in_all=Sum("people")).values("people_in_all")
    return Coalesce(Subquery(summed, output_field=IntegerField()), 0)
