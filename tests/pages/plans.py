"""People with plans, for the pages that show them."""

from datetime import date

from django.db.models import QuerySet
from django.utils import translation

from members.models import BoothWait, Membership, Plan, User
from members.refusals import SENTENCES
from spaces.house import House
from spaces.models import Resource
from tests.factories import at, make_membership

FROM_OCTOBER = date(2026, 10, 1)


def plan_of(house: House, kind: str, persons: int | None = None) -> Plan:
    """The plan of a kind at a house; of booths the one for so many persons."""
    plans = house.space.plans.filter(kind=kind)
    if persons:
        plans = plans.filter(resources__persons=persons).distinct()
    return plans.get()


def booths(house: House, persons: int) -> QuerySet[Resource]:
    return house.space.resources.filter(kind="booth", persons=persons).order_by("position", "pk")


def make_tenant(user: User, house: House, persons: int = 2, **fields: object) -> Membership:
    """A member who has the first booth for so many persons."""
    fields = {"starts_on": FROM_OCTOBER, "booth": booths(house, persons)[0], **fields}
    return make_membership(user, plan_of(house, "booth", persons), **fields)


def make_place(user: User, plan: Plan, since: str = "08:00", **fields: object) -> BoothWait:
    """A place in the line for a booth."""
    return BoothWait.objects.create(user=user, plan=plan, since=at(since), **fields)


def sentence(code: str, **params: object) -> str:
    """A refusal in English."""
    with translation.override("en"):
        return str(SENTENCES[code]) % params
