"""Houses: all that a page must know of spaces, read in one query however many spaces there are."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import TextField
from django.db.models.expressions import RawSQL

from notices.prepared import Prepared
from spaces.calendar import Calendar, SpecialDays, WeeklyHours
from spaces.models import Amenity, Resource, Space, SpaceQuerySet
from spaces.rows import made, own_copy

# No page looks further back than a week.
CLOSURES_KEPT = timedelta(days=7)

# A space with its rows as one JSON text, for `spaces.rows` to remember by. Written by hand because Django takes longer
# to put such a statement together than PostgreSQL takes to answer it.
_HOUSE = """
jsonb_build_object(
    'space', to_jsonb(spaces_space),
    'hours', (SELECT coalesce(jsonb_agg(to_jsonb(hours) ORDER BY weekday, opens), '[]')
              FROM spaces_openinghours hours WHERE hours.space_id = spaces_space.id),
    'closures', (SELECT coalesce(jsonb_agg(to_jsonb(closure) ORDER BY starts_on), '[]')
                 FROM spaces_closure closure WHERE closure.space_id = spaces_space.id AND ends_on >= %s),
    'resources', (SELECT coalesce(jsonb_agg(to_jsonb(resource) ORDER BY position, id), '[]')
                  FROM spaces_resource resource
                  WHERE resource.space_id = spaces_space.id AND (retired_on IS NULL OR retired_on > %s)),
    'amenities', (SELECT coalesce(jsonb_agg(to_jsonb(amenity) ORDER BY position, id), '[]')
                  FROM spaces_amenity amenity WHERE amenity.space_id = spaces_space.id)
)::text
"""


_IN_FEDERATION = "slug = $1 AND joined_on <= $2 AND (left_on IS NULL OR left_on > $2)"
_WHOLE = _HOUSE.replace("%s", "{}")
_SPACE_AT = Prepared(
    "space_at",
    f"SELECT to_jsonb(spaces_space)::text FROM spaces_space WHERE {_IN_FEDERATION}",  # noqa: S608 - our own text
    ["text", "date"],
)
_HOUSE_AT = Prepared(
    "house_at",
    f"SELECT {_WHOLE.format('$3', '$2')} FROM spaces_space WHERE {_IN_FEDERATION}",  # noqa: S608 - our own text
    ["text", "date", "date"],
)
_HOUSE_OF = Prepared(
    "house_of",
    f"SELECT {_WHOLE.format('$3', '$2')} FROM spaces_space WHERE id = $1",  # noqa: S608 - our own text
    ["bigint", "date", "date"],
)


@dataclass(frozen=True, eq=False)
class House:
    """A space with its calendar, its live resources and its amenities."""

    space: Space
    calendar: Calendar
    resources: tuple[Resource, ...]
    amenities: tuple[Amenity, ...]
    # What all of it was made of: a key for what is remembered of the house.
    text: str

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
    """The houses of a queryset of spaces, in its order, with what is not retired on `today`: one query."""
    whole = RawSQL(_HOUSE, [today - CLOSURES_KEPT, today], output_field=TextField())  # noqa: S611 - our own text
    return [_own(_house(text)) for text in spaces.annotate(house=whole).values_list("house", flat=True)]


def house_at(slug: str, *, today: date) -> House | None:
    """The house of a space that is in the federation on `today`, or None: one query."""
    return _first(_HOUSE_AT.rows(slug, today, today - CLOSURES_KEPT))


def space_at(slug: str, *, today: date) -> Space | None:
    """A space that is in the federation on `today`, without what belongs to it, or None: one query."""
    rows = _SPACE_AT.rows(slug, today)
    return own_copy(_space(rows[0][0])) if rows else None


def house_of(space: Space, *, today: date) -> House:
    """The house of a space, in the federation or not, as the database has it now: one query."""
    found = _first(_HOUSE_OF.rows(space.pk, today, today - CLOSURES_KEPT))
    if found is None:
        raise Space.DoesNotExist
    return found


def _first(rows: list[tuple[str]]) -> House | None:
    return _own(_house(rows[0][0])) if rows else None


@lru_cache(maxsize=512)
def _space(text: str) -> Space:
    return made(Space, json.loads(text))


@lru_cache(maxsize=512)
def _house(text: str) -> House:
    """The house that a text describes; remembered, so `_own` copies what callers may set fields on."""
    parts = json.loads(text)
    space = made(Space, parts["space"])
    return House(
        space=space,
        calendar=Calendar(
            zone=space.zone,
            country=space.country,
            closed_on_holidays=space.closed_on_holidays,
            weekly=tuple(
                WeeklyHours(row["weekday"], _time(row["opens"]), _time(row["closes"]), row["is_sample"])
                for row in parts["hours"]
            ),
            special=tuple(_special(row) for row in parts["closures"]),
        ),
        resources=tuple(made(Resource, row) for row in parts["resources"]),
        amenities=tuple(made(Amenity, row) for row in parts["amenities"]),
        text=text,
    )


def _own(house: House) -> House:
    space = own_copy(house.space)
    resources = tuple(own_copy(resource) for resource in house.resources)
    for resource in resources:
        resource.space = space
    return House(space, house.calendar, resources, house.amenities, house.text)


def _special(row: dict[str, Any]) -> SpecialDays:
    return SpecialDays(
        starts_on=date.fromisoformat(row["starts_on"]),
        ends_on=date.fromisoformat(row["ends_on"]),
        opens=_time(row["opens"]) if row["opens"] else None,
        closes=_time(row["closes"]) if row["closes"] else None,
        reason_ja=row["reason_ja"] or "",
        reason_en=row["reason_en"] or "",
    )


def _time(text: str) -> time:
    return time.fromisoformat(text)


def day_of(calendar: Calendar, moment: datetime) -> date:
    """The opening day that `moment` belongs to: at one in the night of an open bar, still the day before."""
    span = calendar.span_of(moment)
    return (span.starts_at if span else moment).astimezone(calendar.zone).date()
