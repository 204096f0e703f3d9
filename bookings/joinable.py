"""The plans of a space that are held as a membership, as the page of joining and the one of changing show them."""

from dataclasses import dataclass
from datetime import date, datetime

from bookings.gives import Gift, gives
from bookings.pricelist import PlanTerms, price_list
from members.booths import places_of
from members.models import BoothWait, Plan
from members.requests import Viewer
from members.vacancies import Vacancy, vacancies
from spaces.house import House
from spaces.models import Resource


@dataclass(frozen=True)
class Joinable:
    """A plan that can be joined and what it gives; for booths how many are free, and the viewer's place in line."""

    plan: Plan
    gives: tuple[Gift, ...]
    vacancy: Vacancy | None = None
    place: BoothWait | None = None
    offer: BoothWait | None = None

    @property
    def is_all_let(self) -> bool:
        """Whether the viewer would have to wait for a booth."""
        return self.vacancy is not None and not self.vacancy.free and self.offer is None


def joinable_plans(house: House, user: Viewer, *, day: date, now: datetime) -> list[Joinable]:
    """The plans that a space sells by the month, with the booths that are free from `day` on.

    Three queries, and one more for who is signed in.
    """
    space = house.space
    sold = price_list([space.pk], None, today=space.today(now)).sold_at(space.pk)
    held = [terms for terms in sold if not terms.plan.is_visit]
    free = vacancies({terms.plan.pk: _booths(house, terms) for terms in held if _lets_booths(terms)}, day)
    places = places_of(user) if user and user.is_authenticated else []
    found = []
    for terms in held:
        plan, opened = terms.plan, [resource for resource in house.resources if resource.pk in terms.opens]
        plan.space = space
        place = next((place for place in places if place.plan_id == plan.pk), None)
        offer = place if place and place.stands_at(now) else None
        gifts = tuple(gives(plan, opened, plan.room_minutes))
        found.append(Joinable(plan, gifts, free.get(plan.pk), place, offer))
    return found


def _lets_booths(terms: PlanTerms) -> bool:
    return terms.plan.kind == Plan.Kind.BOOTH


def _booths(house: House, terms: PlanTerms) -> list[Resource]:
    return [booth for booth in house.booths if booth.pk in terms.opens and booth.retired_on is None]
