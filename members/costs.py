"""What a step of a membership costs, shown before anybody agrees to it: yen, tax included. Pure but for the names."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from members.models import AgreedPlan, Plan
from members.periods import DAY, Period, period_of, prorated
from spaces.templatetags.wording import day_range


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


def renewal_day_of(plan: Plan, starts_on: date) -> int:
    """On which day of the month a membership renews that starts on a day: the space's, or else its own."""
    return plan.space.renewal_day or starts_on.day


def starting(plan: Plan, starts_on: date) -> Cost:
    """What joining a plan costs: the sign-up fee, and the days up to the first renewal."""
    period = period_of(starts_on, renewal_day_of(plan, starts_on))
    lines = [Line(_("Sign-up fee, once"), plan.sign_up_fee)] if plan.sign_up_fee else []
    if plan.price:
        lines.append(_days(plan.price, period, starts_on))
    return Cost(tuple(lines), period.next_first, plan.price)


def resuming(agreed: AgreedPlan, renewal_day: int, day: date) -> Cost:
    """What coming back from a pause on a day costs: the days up to the next renewal."""
    period = period_of(day, renewal_day)
    lines = (_days(agreed.price, period, day),) if agreed.price else ()
    return Cost(lines, period.next_first, agreed.price)


def changing(old: AgreedPlan, new: Plan, renewal_day: int, day: date, *, paid_from: date, fee_paid: int) -> Cost:
    """What changing from an agreed plan to another on a day costs: the difference for the days that are left.

    `paid_from` is the first day of the period that was paid on the old plan; `fee_paid` the highest sign-up fee of the
    membership so far, as only more is due.
    """
    period = period_of(day, renewal_day)
    lines = []
    fee = max(new.sign_up_fee - fee_paid, 0)
    if fee:
        lines.append(Line(_("Sign-up fee, once"), fee))
    lines += _unused(old, period, paid_from, day - DAY)
    if new.price:
        lines.append(_days(new.price, period, day))
    return Cost(tuple(lines), period.next_first, new.price)


def ending(agreed: AgreedPlan, period: Period, last: date, *, paid_from: date) -> Cost:
    """What ending, or resting, after a last day gives back of a period that is paid: nothing where it ends with it."""
    return Cost(tuple(_unused(agreed, period, paid_from, last)), None, 0)


def _unused(agreed: AgreedPlan, period: Period, paid_from: date, last_used: date) -> list[Line]:
    """What was paid for a period less what the used days cost, so that no yen is lost between two roundings."""
    paid = prorated(agreed.price, period, paid_from, period.last)
    unused = paid - prorated(agreed.price, period, paid_from, last_used)
    return [Line(_("%(plan)s: the days not used") % {"plan": agreed.plan.name}, -unused)] if unused else []


def _days(price: int, period: Period, first: date) -> Line:
    text = _("A month, %(dates)s") if first == period.first else _("%(days)s of %(all)s days, %(dates)s")
    shown = {
        "days": (period.last - first).days + 1,
        "all": period.days,
        "dates": day_range(first, period.last),
    }
    return Line(text % shown, prorated(price, period, first, period.last))
