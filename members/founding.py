"""Loading spaces from a file, with their hours, amenities, resources, plans and questions."""

import tomllib
from datetime import time
from pathlib import Path
from typing import Any

from django.db import transaction

from members.models import Plan, Question
from spaces.models import Amenity, OpeningHours, Resource, Space

FOUR_SPACES = Path(__file__).parent / "data" / "four_spaces.toml"
_PARTS = ("hours", "amenities", "resource", "plan", "question")


def load_spaces(path: Path = FOUR_SPACES) -> list[Space]:
    """Load the spaces of a TOML file that are not there yet; those that were made.

    A space that exists is left alone with all its rows: it is its operators' now.
    """
    made = []
    for position, entry in enumerate(tomllib.loads(path.read_text("utf-8"))["space"]):
        with transaction.atomic():
            fields = {key: value for key, value in entry.items() if key not in _PARTS}
            space, is_new = Space.objects.get_or_create(
                slug=fields.pop("slug"), defaults={"position": position, **fields}
            )
            if is_new:
                _furnish(space, entry)
                made.append(space)
    return made


def _furnish(space: Space, entry: dict[str, Any]) -> None:
    for hours in entry["hours"]:
        for weekday in hours["days"]:
            OpeningHours.objects.create(
                space=space,
                weekday=weekday,
                opens=time.fromisoformat(hours["opens"]),
                closes=time.fromisoformat(hours["closes"]),
                is_sample=hours.get("is_sample", False),
            )
    Amenity.objects.bulk_create(
        Amenity(space=space, name_ja=name_ja, name_en=name_en, position=position)
        for position, (name_ja, name_en) in enumerate(entry["amenities"])
    )
    resources: dict[str, list[Resource]] = {}
    for fields in entry["resource"]:
        key = fields.pop("key")
        resources[key] = _make_resources(space, len(resources), fields)
    for position, fields in enumerate(entry.get("question", [])):
        Question.objects.create(space=space, position=position, **fields)
    for position, fields in enumerate(entry["plan"]):
        opens = fields.pop("opens")
        plan = Plan.objects.create(space=space, position=position, **fields)
        plan.resources.set([resource for key in opens for resource in resources[key]])


def _make_resources(space: Space, position: int, fields: dict[str, Any]) -> list[Resource]:
    """As many resources as an entry counts; where it counts, its names say where the number goes."""
    count = fields.pop("count", 1)
    names = {key: fields.pop(key) for key in ("name_ja", "name_en")}
    return [
        Resource.objects.create(
            space=space,
            position=position,
            **{key: name.format(number=number) for key, name in names.items()},
            **fields,
        )
        for number in range(1, count + 1)
    ]
