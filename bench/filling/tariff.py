"""By which plan each resource is taken, and for how much: the price list, shortened to one line a resource."""

from dataclasses import dataclass
from datetime import timedelta

from bookings.models import Booking
from members.models import Plan
from spaces.models import Resource

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Line:
    """What one booking of a resource is based on."""

    basis: str
    plan_id: int | None
    price: int


class Tariff:
    """The lines of every resource, read once."""

    def __init__(self) -> None:
        self._by_resource: dict[int, Line] = {}
        for plan in Plan.objects.prefetch_related("resources").order_by("-position", "-pk"):
            basis = Booking.Basis.DROP_IN if plan.is_visit else Booking.Basis.PLAN
            line = Line(basis, plan.pk, plan.price if plan.is_visit else 0)
            self._by_resource |= {resource.pk: line for resource in plan.resources.all()}

    def line(self, resource: Resource, length: timedelta) -> Line:
        if resource.is_seats and resource.pk in self._by_resource:
            return self._by_resource[resource.pk]
        return Line(Booking.Basis.ROOM, None, int((resource.price_per_hour or 0) * (length / HOUR)))
