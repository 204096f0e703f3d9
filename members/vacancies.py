"""How many booths of each plan are free, and how many people wait: two queries for any number of plans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from members.booths import tenancies_from
from members.models import BoothWait
from spaces.models import Resource


@dataclass(frozen=True)
class Vacancy:
    """The booths of one plan: how many there are, how many nobody has or is offered, how many people wait."""

    booths: int
    free: int
    waiting: int


def vacancies(booths: Mapping[int, Sequence[Resource]], day: date) -> dict[int, Vacancy]:
    """The vacancy of plans from `day` on, by the plan's key; `booths` are those that each plan lets.

    `members.booths.free_booths` asks one plan the same.
    """
    every = [booth for some in booths.values() for booth in some]
    taken = {let.booth_id for let in tenancies_from(every, day)}
    line = list(BoothWait.objects.open().filter(plan__in=booths).values_list("plan_id", "booth_id"))
    taken |= {booth for _plan, booth in line}
    return {
        plan: Vacancy(
            booths=len(some),
            free=sum(1 for booth in some if booth.pk not in taken),
            waiting=sum(1 for waits_for, booth in line if waits_for == plan and booth is None),
        )
        for plan, some in booths.items()
    }
