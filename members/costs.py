"""What a step of a membership costs, shown before anybody agrees to it: yen, tax included. Pure but for the names."""

from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from members.models import AgreedPlan, Membership, Plan
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


def as_billed(cost: Cost, membership: Membership, day: date) -> Cost:
    """What is billed here of a cost that arises on a day: of a month that was settled elsewhere nothing."""
    return cost if membership.is_billed_in(membership.period_of(day)) else replace(cost, lines=())


def renewal_day_of(plan: Plan, starts_on: date) -> int:
    """On which day of the month a membership renews that starts on a day: the space's, or else its own."""
    return plan.space.renewal_day or starts_on.day


def starting(agreed: AgreedPlan, starts_on: date) -> Cost:
    """What joining on agreed terms costs: the sign-up fee, and the days up to the first renewal."""
    period = period_of(starts_on, renewal_day_of(agreed.plan, starts_on))
    lines = [Line(_("Sign-up fee, once"), agreed.sign_up_fee)] if agreed.sign_up_fee else []
    return _and_on(lines, agreed.price, period, starts_on, None)


def resuming(agreed: AgreedPlan, renewal_day: int, day: date, *, before: int, ends_on: date | None) -> Cost:
    """What coming back from a pause on a day costs: the days up to the next renewal, or the membership's end.

    `before` days of that month it was held before the pause.
    """
    return _and_on([], agreed.price, period_of(day, renewal_day), day, ends_on, before=before)


def changing(
    old: AgreedPlan,
    new: Plan,
    renewal_day: int,
    day: date,
    *,
    paid_from: date,
    before: int,
    fee_paid: int,
    ends_on: date | None,
) -> Cost:
    """What changing from an agreed plan to another on a day costs: the difference for the days that are left.

    `paid_from` is the first day of the period that was paid on the old plan, `before` how many days of it were held and
    settled before; `fee_paid` the highest sign-up fee of the membership so far, as only more is due. After the
    membership's last day, `ends_on`, nothing was paid, nor is due.
    """
    period = period_of(day, renewal_day)
    lines = []
    fee = max(new.sign_up_fee - fee_paid, 0)
    if fee:
        lines.append(Line(_("Sign-up fee, once"), fee))
    lines += _unused(old, period, paid_from, before, day - DAY, ends_on)
    return _and_on(lines, new.price, period, day, ends_on)


def ending(
    agreed: AgreedPlan, period: Period, last: date, *, paid_from: date, before: int = 0, ends_on: date | None = None
) -> Cost:
    """What ending, or resting, after a last day gives back of a period that is paid: nothing where it ends with it.

    `before` days of it were held and settled before `paid_from`. `ends_on` is the last day that the membership had so
    far: what comes after it was never paid, or given back.
    """
    return Cost(tuple(_unused(agreed, period, paid_from, before, last, ends_on)), None, 0)


def _unused(
    agreed: AgreedPlan, period: Period, paid_from: date, before: int, last_used: date, ends_on: date | None
) -> list[Line]:
    """What was paid for a period less what the used days cost, so that no yen is lost between two roundings."""
    last = _last_of(period, ends_on)
    paid = prorated(agreed.price, period, paid_from, last, before=before)
    unused = paid - prorated(agreed.price, period, paid_from, min(last_used, last), before=before)
    return [Line(_("%(plan)s: the days not used") % {"plan": agreed.plan.name}, -unused)] if unused else []


def _and_on(
    lines: list[Line], price: int, period: Period, first: date, ends_on: date | None, *, before: int = 0
) -> Cost:
    """The lines, the days of a period from `first` to its end or the membership's, and what comes at its renewal."""
    last = _last_of(period, ends_on)
    if price and first <= last:
        lines = [*lines, _days(price, period, first, last, before)]
    if ends_on and ends_on < period.next_first:
        return Cost(tuple(lines), None, 0)
    return Cost(tuple(lines), period.next_first, price)


def _last_of(period: Period, ends_on: date | None) -> date:
    return min(period.last, ends_on or period.last)


def _days(price: int, period: Period, first: date, last: date, before: int) -> Line:
    is_whole = (first, last) == (period.first, period.last)
    text = _("A month, %(dates)s") if is_whole else _("%(days)s of %(all)s days, %(dates)s")
    shown = {
        "days": (last - first).days + 1,
        "all": period.days,
        "dates": day_range(first, last),
    }
    return Line(text % shown, prorated(price, period, first, last, before=before))
