"""What a person can choose to book at a space: the tabs above the week."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from bookings.pricelist import PriceList
from spaces.calendar import Span
from spaces.house import House
from spaces.models import Resource


@dataclass(frozen=True)
class Offer:
    """One thing on offer: a resource, and how long it is taken if nothing else is said.

    `minutes` is that length; None means until closing. `price` is in yen, a visit's or an hour's.
    """

    key: str
    resource: Resource
    label: str
    price: int
    minutes: int | None
    by_the_hour: bool = False
    is_sample: bool = False

    @property
    def by_visa(self) -> bool:
        return self.key.startswith("visa-")

    def span_from(self, starts_at: datetime, day_span: Span) -> Span:
        """The span that is booked when somebody comes at `starts_at` and closing cuts it short."""
        if self.minutes is None:
            return Span(starts_at, day_span.ends_at)
        return Span(starts_at, min(starts_at + timedelta(minutes=self.minutes), day_span.ends_at))


def offers(house: House, prices: PriceList, *, day: date) -> list[Offer]:
    """What a house offers the person of a price list on `day`: by plan, by visa, by the visit, rooms by the hour."""
    holding = prices.held_on(house.space.pk, day)
    found = [
        Offer(f"seat-{resource.pk}", resource, _("With your plan"), price=0, minutes=None)
        for resource in house.resources
        if resource.is_seats and any(agreed.opens(resource) for _held, agreed in holding)
    ]
    if any(visa.is_valid_on(day) for visa in prices.visas_at(house.space.pk, day).for_host(house.space)):
        found += [
            Offer(f"visa-{resource.pk}", resource, _("With your Coworking VISA"), price=0, minutes=None)
            for resource in house.resources
            if resource.is_seats
        ]
    for terms in prices.visits_at(house.space.pk):
        plan = terms.plan
        found += [
            Offer(f"plan-{plan.pk}", resource, plan.name, plan.price, plan.minutes, is_sample=plan.is_sample)
            for resource in house.resources
            if resource.pk in terms.opens
        ]
    found += [
        Offer(
            f"room-{resource.pk}",
            resource,
            resource.name,
            resource.price_per_hour or 0,
            minutes=60,
            by_the_hour=True,
            is_sample=resource.is_sample,
        )
        for resource in house.rooms
        if holding or not resource.members_only
    ]
    return found
