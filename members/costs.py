"""What a step of a membership costs, shown before anybody agrees to it: yen, tax included.

It is what is due after the step less what is due before it, by the rules that bill it (members/dues.py): a page can't
show another sum than the one that is charged.
"""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

from django.utils.translation import gettext as _

from members.dues import days_held, is_given_up, sign_up_fees
from members.models import AgreedPlan, Membership, Pause, Plan
from members.periods import DAY, Period, period_of, prorated
from spaces.templatetags.wording import day_range

_Row = TypeVar("_Row", AgreedPlan, Pause)


@dataclass(frozen=True)
class Line:
    """One thing that is due, or given back where `yen` is below zero."""

    text: str
    yen: int


@dataclass(frozen=True)
class Cost:
    """What is due now, and what comes at the next renewal: `price` on the day `renews_on`, None if nothing comes."""

    lines: tuple[Line, ...]
    renews_on: date | None
    price: int

    @property
    def total(self) -> int:
        """What is due now; below zero it is given back."""
        return sum(line.yen for line in self.lines)


NOTHING = Cost((), None, 0)


class Course(NamedTuple):
    """What is agreed for which days of a membership, and when it rests; agreed plans by their first days."""

    agreed: Sequence[AgreedPlan]
    pauses: Sequence[Pause]

    @classmethod
    def of(cls, membership: Membership) -> "Course":
        """The course that a membership is on: two queries, if it was not read with both."""
        agreed = sorted(membership.agreed_plans.all(), key=lambda one: one.starts_on)
        return cls(agreed, list(membership.pauses.all()))

    def until(self, last: date) -> "Course":
        """The same up to a last day, and nothing after it."""
        return Course([_ending(one, last) for one in self.agreed if one.starts_on <= last], self.pauses)

    def then(self, new: AgreedPlan) -> "Course":
        """The same up to the day on which another agreed plan begins, and that one from then on."""
        return Course([*self.until(new.starts_on - DAY).agreed, new], self.pauses)

    def resting(self, rest: Pause) -> "Course":
        """The same with one more pause."""
        return Course(self.agreed, [*self.pauses, rest])

    def resumed(self, rest: Pause, day: date) -> "Course":
        """The same with a pause that is over on a day."""
        others = [one for one in self.pauses if one.pk != rest.pk]
        return Course(self.agreed, [*others, _ending(rest, day - DAY)] if rest.starts_on < day else others)


def renewal_day_of(plan: Plan, starts_on: date) -> int:
    """On which day of the month a membership renews that starts on a day: the space's, or else its own."""
    return plan.space.renewal_day or starts_on.day


def starting(agreed: AgreedPlan, starts_on: date) -> Cost:
    """What joining on agreed terms costs: the sign-up fee, and the days up to the first renewal."""
    period = period_of(starts_on, renewal_day_of(agreed.plan, starts_on))
    first = copy(agreed)
    first.starts_on, first.ends_on = starts_on, None
    lines = [*_fee(agreed.sign_up_fee), *month_lines(Course([], []), Course([first], []), period)]
    return going_on(lines, period, agreed.price, None)


def lines_of_step(
    membership: Membership, day: date, before: Course, after: Course, *, today: date, fees_by: date | None = None
) -> list[Line]:
    """What a step costs that changes a membership's course from a day on: fees, and the rest of the month of that day.

    Of a month that is not billed yet it is what that month will cost from the day on. Fees are those that are due
    today, or by a later day.
    """
    by = fees_by or today
    fees = [sum(fee.yen for fee in sign_up_fees(membership, one.agreed, by).values()) for one in (before, after)]
    lines = _fee(fees[1] - fees[0])
    period = membership.period_of(day)
    if not membership.is_billed_in(period):
        return lines
    if not is_begun(membership, period, today=today):
        before = after.until(day - DAY)
    return [*lines, *month_lines(before, after, period, but=lambda key: is_given_up(membership, period, key))]


def cost_of_renewal(membership: Membership, day: date) -> Cost:
    """What is due on a renewal to come: its month, and what goes beyond earlier fees of a plan that begins then.

    Nothing where the month is not billed here, or no day of it is held.
    """
    course, period = Course.of(membership), membership.period_of(day)
    held = [one for one in course.agreed if days_held(one, course.pauses, period)]
    if not held or not membership.is_billed_in(period):
        return NOTHING
    fees = [sum(fee.yen for fee in sign_up_fees(membership, course.agreed, by).values()) for by in (day - DAY, day)]
    lines = [*_fee(fees[1] - fees[0]), *month_lines(course.until(day - DAY), course, period)]
    return going_on(lines, period, held[-1].price, membership.ends_on)


def is_begun(membership: Membership, period: Period, *, today: date) -> bool:
    """Whether a month is billed already: it has begun, or is the membership's first."""
    return period.first <= max(today, membership.starts_on)


def month_lines(
    before: Course, after: Course, period: Period, *, but: Callable[[int], bool] = lambda _key: False
) -> list[Line]:
    """The difference that a month makes between two courses, what is given back first.

    Left out are agreed plans of which `but`, asked by their keys, says that the month was given up.
    """
    return sorted(_differences(before, after, period, but), key=lambda line: line.yen > 0)


def going_on(lines: Sequence[Line], period: Period, price: int, ends_on: date | None) -> Cost:
    """A cost with these lines, after which the membership renews with the month that follows, unless it ends before."""
    if ends_on and ends_on < period.next_first:
        return Cost(tuple(lines), None, 0)
    return Cost(tuple(lines), period.next_first, price)


def _differences(before: Course, after: Course, period: Period, but: Callable[[int], bool]) -> Iterator[Line]:
    for key, agreed in {one.pk: one for one in (*before.agreed, *after.agreed)}.items():
        was, is_now = (
            {day for one in course.agreed if one.pk == key for day in days_held(one, course.pauses, period)}
            for course in (before, after)
        )
        yen = prorated(agreed.price, period, len(is_now)) - prorated(agreed.price, period, len(was))
        if not yen or (key and but(key)):
            continue
        if yen < 0:
            yield Line(_("%(plan)s: the days not used") % {"plan": agreed.plan.name}, yen)
        else:
            yield _days(sorted(is_now - was), period, yen)


def _days(days: Sequence[date], period: Period, yen: int) -> Line:
    text = _("A month, %(dates)s") if len(days) == period.days else _("%(days)s of %(all)s days, %(dates)s")
    shown = {"days": len(days), "all": period.days, "dates": day_range(days[0], days[-1])}
    return Line(text % shown, yen)


def _fee(yen: int) -> list[Line]:
    text = _("Sign-up fee, once") if yen > 0 else _("Sign-up fee, given back")
    return [Line(text, yen)] if yen else []


def _ending(row: _Row, last: date) -> _Row:
    """A row as it would be if it ended on a day at the latest."""
    if row.ends_on is not None and row.ends_on <= last:
        return row
    cut = copy(row)
    cut.ends_on = last
    return cut
