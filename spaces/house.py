"""Houses: all that a page must know of spaces, read in one query however many spaces there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Model, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from spaces.calendar import Calendar, SpecialDays, WeeklyHours
from spaces.models import Amenity, Closure, OpeningHours, Resource, Space, SpaceQuerySet

_RESOURCE_FIELDS = (
    "id",
    "space_id",
    "kind",
    "name_ja",
    "name_en",
    "capacity",
    "persons",
    "step_minutes",
    "price_per_hour",
    "members_only",
    "position",
    "is_sample",
)


@dataclass(frozen=True, eq=False)
class House:
    """A space with its calendar, its live resources and its amenities."""

    space: Space
    calendar: Calendar
    resources: tuple[Resource, ...]
    amenities: tuple[Amenity, ...]

    @cached_property
    def open_seats(self) -> Resource | None:
        """The open seats that stand for the space where one figure is shown: the first of them."""
        return next((resource for resource in self.resources if resource.is_seats), None)

    @cached_property
    def rooms(self) -> list[Resource]:
        """What is taken whole and by the hour."""
        return [resource for resource in self.resources if resource.is_sold_by_the_hour]

    @cached_property
    def booths(self) -> list[Resource]:
        """Work booths, let by the month."""
        return [resource for resource in self.resources if resource.kind == Resource.Kind.BOOTH]

    def resource(self, pk: int) -> Resource | None:
        """The live resource with this key, or None if the house has none such."""
        return next((resource for resource in self.resources if resource.pk == pk), None)


def houses(spaces: SpaceQuerySet, *, today: date) -> list[House]:
    """The houses of a queryset of spaces, in its order: one query.

    Closures that ended more than a week before `today` are left out; no page looks further back.
    """
    return [_house(space) for space in spaces.annotate(**_parts(today))]


def _parts(today: date) -> dict[str, ArraySubquery]:
    of_space = {"space": OuterRef("pk")}
    live = Q(retired_on__isnull=True) | Q(retired_on__gt=today)
    return {
        "hours_rows": _rows(
            _plain(OpeningHours).filter(**of_space).order_by("weekday", "opens"),
            "weekday", "opens", "closes", "is_sample",
        ),
        "closure_rows": _rows(
            _plain(Closure).filter(**of_space, ends_on__gte=today - timedelta(days=7)).order_by("starts_on"),
            "starts_on", "ends_on", "opens", "closes", "reason_ja", "reason_en",
        ),
        "resource_rows": _rows(
            _plain(Resource).filter(live, **of_space).order_by("position", "pk"), *_RESOURCE_FIELDS
        ),
        "amenity_rows": _rows(
            _plain(Amenity).filter(**of_space).order_by("position", "pk"), "id", "name_ja", "name_en"
        ),
    }  # fmt: skip


def _plain(model: type[Model]) -> QuerySet[Any]:
    # The translating manager would add the active language's columns to the one that an array may have.
    return QuerySet(model)


def _rows(queryset: QuerySet[Any], *fields: str) -> ArraySubquery:
    return ArraySubquery(queryset.values(row=JSONObject(**{field: F(field) for field in fields})))


def _house(space: Space) -> House:
    parts = vars(space)
    return House(
        space=space,
        calendar=Calendar(
            zone=space.zone,
            country=space.country,
            closed_on_holidays=space.closed_on_holidays,
            weekly=tuple(
                WeeklyHours(row["weekday"], _time(row["opens"]), _time(row["closes"]), row["is_sample"])
                for row in parts["hours_rows"]
            ),
            special=tuple(_special(row) for row in parts["closure_rows"]),
        ),
        resources=tuple(_resource(row, space) for row in parts["resource_rows"]),
        amenities=tuple(Amenity(**row) for row in parts["amenity_rows"]),
    )


def _special(row: Mapping[str, Any]) -> SpecialDays:
    return SpecialDays(
        starts_on=date.fromisoformat(row["starts_on"]),
        ends_on=date.fromisoformat(row["ends_on"]),
        opens=_time(row["opens"]) if row["opens"] else None,
        closes=_time(row["closes"]) if row["closes"] else None,
        reason_ja=row["reason_ja"] or "",
        reason_en=row["reason_en"] or "",
    )


def _resource(row: Mapping[str, Any], space: Space) -> Resource:
    resource = Resource(**row)
    resource._state.adding = False
    resource._state.db = space._state.db
    resource.space = space
    return resource


def _time(text: str) -> time:
    return time.fromisoformat(text)


def day_of(calendar: Calendar, moment: datetime) -> date:
    """The opening day that `moment` belongs to: at one in the night of an open bar, still the day before."""
    span = calendar.span_of(moment)
    return (span.starts_at if span else moment).astimezone(calendar.zone).date()
