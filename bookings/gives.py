"""What a plan gives, in a line for each thing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import Plan
from spaces.models import Resource


@dataclass(frozen=True)
class Gift:
    """One thing that a plan gives, with the icon that stands beside its words."""

    icon: str
    text: str


def gives(plan: Plan, opened: Iterable[Resource], room_minutes: int) -> Iterator[Gift]:
    """What comes with a plan that opens these resources and includes so many minutes of rooms a month."""
    opened = list(opened)
    yield from opens(opened)
    persons = max((booth.persons for booth in opened if booth.kind == Resource.Kind.BOOTH), default=1)
    if persons > 1:
        text = ngettext(
            "You may invite %(count)s companion to use it with you",
            "You may invite %(count)s companions to use it with you",
            persons - 1,
        )
        yield Gift("person", text % {"count": persons - 1})
    if room_minutes:
        yield Gift("clock", _("%(hours)s hours of meeting rooms a month") % {"hours": f"{room_minutes / 60:g}"})
    if plan.grants_visa:
        yield Gift("book", _("A Coworking VISA for the other spaces"))
    if plan.hands_key:
        yield Gift("key", _("A key of your own"))


def opens(opened: Iterable[Resource]) -> Iterator[Gift]:
    """What one may use with a plan that opens these resources; a companion of a booth may too."""
    opened = list(opened)
    booths = [resource for resource in opened if resource.kind == Resource.Kind.BOOTH]
    if booths:
        persons = max(booth.persons for booth in booths)
        text = ngettext(
            "A work booth of your own, for %(count)s person",
            "A work booth of your own, for %(count)s persons",
            persons,
        )
        yield Gift("door", text % {"count": persons})
    for name in dict.fromkeys(resource.name for resource in opened if resource.is_seats):
        yield Gift("seat", _("%(name)s, whenever the space is open") % {"name": name})
    for name in dict.fromkeys(resource.name for resource in opened if resource.is_sold_by_the_hour):
        yield Gift("clock", _("%(name)s, free of charge") % {"name": name})
