"""What a membership owes for its months: worked out from days, and written as charges until they agree.

Nobody keeps track of what was billed when. For each month that has begun, what the agreed plans and pauses say is due
is compared with the charges that stand, and only the difference is written. So the daily task may run twice, late, or
die in the middle; and every act on a membership brings its month in line by the same few lines.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.charging import WAIVER, charge, is_closed, undo, write_day
from billing.models import Charge
from billing.months import hold_open
from members.models import AgreedPlan, Membership, Pause
from members.models.membership import DAY
from members.periods import Period, period_of, prorated


@dataclass(frozen=True)
class Due:
    """What one agreed plan is due for its days of one month, in yen, tax included."""

    agreed: AgreedPlan
    days: int
    first: date
    last: date
    yen: int


@dataclass(frozen=True)
class Fee:
    """What is due once for a plan, in yen, tax included; `agreed` is what it was first due with."""

    agreed: AgreedPlan
    yen: int


def dues(agreed: Iterable[AgreedPlan], pauses: Iterable[Pause], period: Period) -> list[Due]:
    """What is due for a month: each agreed plan for the days on which it held and nothing rested. Pure."""
    rests = list(pauses)
    found = []
    for one in agreed:
        held = days_held(one, rests, period)
        if held:
            found.append(Due(one, len(held), held[0], held[-1], prorated(one.price, period, len(held))))
    return found


def days_held(agreed: AgreedPlan, pauses: Iterable[Pause], period: Period) -> list[date]:
    """The days of a month on which an agreed plan holds and nothing rests. Pure."""
    rests = list(pauses)
    days = (period.first + number * DAY for number in range(period.days))
    return [day for day in days if agreed.holds_on(day) and not any(rest.holds_on(day) for rest in rests)]


def bill(membership: Membership, *, today: date) -> list[Charge]:
    """Bring the charges of a locked membership in line with what its months say, up to the one that holds `today`.

    The charges that were written, corrections among them; what is undone by itself is not.
    """
    # Nothing may be invoiced or closed between what is read and what is written.
    hold_open(membership.space_id)
    agreed = list(membership.agreed_plans.select_related("plan").order_by("starts_on"))
    pauses = list(membership.pauses.all())
    standing = _standing(membership)
    with translation.override(membership.user.language):
        written = _charge_fees(membership, sign_up_fees(membership, agreed, today), today)
        for period in _begun(membership, standing, today):
            written += _bill_month(membership, period, dues(agreed, pauses, period), standing[period.first], today)
    return written


def _begun(membership: Membership, standing: "Standing", today: date) -> Iterable[Period]:
    """The months to look at: from the last that was billed, as nothing changes before it, to the one of today.

    The first month is billed when the membership comes to be, also where it is to begin later.
    """
    last = min(today, membership.ends_on) if membership.ends_on else today
    first = period_of(max(standing, default=membership.starts_on), membership.renewal_day)
    period = first
    while period == first or period.first <= last:
        if membership.is_billed_in(period):
            yield period
        period = period_of(period.next_first, membership.renewal_day)


# The charges for months that stand, by the first day of the month and the key of the agreed plan.
Standing = dict[date, dict[int, list[Charge]]]


def _standing(membership: Membership) -> Standing:
    found: Standing = defaultdict(lambda: defaultdict(list))
    charges = Charge.objects.standing().filter(source_key__startswith=f"month:{membership.pk}:")
    locked = charges.select_for_update(of=("self",), no_key=True).select_related("space", "reversed_by")
    for one in locked.order_by("pk"):
        _month, _membership, first, agreed, _number = one.source_key.split(":")
        found[date.fromisoformat(first)][int(agreed)].append(one)
    return found


def _bill_month(
    membership: Membership, period: Period, due: list[Due], standing: dict[int, list[Charge]], today: date
) -> list[Charge]:
    """Write what is missing of a month; what waits for an invoice is voided and written anew, rather than corrected."""
    wanted = {one.agreed.pk: one for one in due}
    written = []
    for agreed in sorted({*wanted, *standing}):
        mine, one = standing.get(agreed, []), wanted.get(agreed)
        yen = one.yen if one else 0
        if sum(each.yen for each in mine) == yen or any(_is_waived(each) for each in mine):
            continue
        kept = [each for each in mine if not _void(each, today)]
        billed = sum(each.yen for each in kept)
        # A closed month stays as it is: what it lacks arises today.
        arises_on = max(period.first, one.first) if one else period.first
        new = charge(
            space=membership.space,
            payer_id=membership.user_id,
            kind=Charge.Kind.PLAN,
            text=_text(one, period, kept),
            yen=yen - billed,
            arises_on=write_day(membership.space, arises_on, today=today),
            source_key=_next(month_key(membership, period, agreed)),
        )
        written += [new] if new else []
    return written


def is_for_membership(one: Charge) -> bool:
    """Whether a charge is a month or a fee of a membership: what is voided of these is written anew while it is due."""
    return one.source_key.startswith(("month:", "sign-up:"))


def _is_waived(one: Charge) -> bool:
    """Whether an operator has given a charge up for good: what else is due with it is settled by that."""
    return hasattr(one, "reversed_by") and one.reversed_by.source_key.startswith(WAIVER)


def is_given_up(membership: Membership, period: Period, agreed: int) -> bool:
    """Whether an operator has given up what a month costs on an agreed plan: one query."""
    written = Charge.objects.filter(source_key__startswith=month_key(membership, period, agreed))
    return written.filter(reversed_by__source_key__startswith=WAIVER).exists()


def _void(one: Charge, today: date) -> bool:
    """Void a charge that waits for an invoice in an open month; whether it was."""
    if one.invoice_id or is_closed(one.space, one.arises_on):
        return False
    undo(one, today=today)
    return True


def month_key(membership: Membership, period: Period, agreed: int) -> str:
    """What the sources of all charges for one month on one agreed plan begin with; a number, from 0 on, follows."""
    return f"month:{membership.pk}:{period.first}:{agreed}:"


def fee_key(membership: Membership, agreed: AgreedPlan) -> str:
    """What the sources of all charges for the sign-up fee of a plan begin with; a number, from 0 on, follows."""
    return f"sign-up:{membership.pk}:{agreed.plan_id}:"


def _next(before: str) -> str:
    return f"{before}{Charge.objects.filter(source_key__startswith=before).count()}"


def _text(one: Due | None, period: Period, kept: list[Charge]) -> str:
    if one is None or kept:
        return _("Correction: %(text)s") % {"text": kept[0].text if kept else ""}
    shown = {
        "plan": one.agreed.plan.name,
        "first": date_format(one.first, "MONTH_DAY_FORMAT"),
        "last": date_format(one.last, "MONTH_DAY_FORMAT"),
        "days": one.days,
        "all": period.days,
    }
    if one.days == period.days:
        return _("%(plan)s, %(first)s – %(last)s") % shown
    return _("%(plan)s, %(first)s – %(last)s (%(days)s of %(all)s days)") % shown


def sign_up_fees(membership: Membership, agreed: Iterable[AgreedPlan], today: date) -> dict[str, Fee]:
    """The fees of the plans that have begun by a day, of a later one only what goes beyond; by `fee_key`. Pure.

    The first plan's fee is due at once, also where it begins later; none for a plan that never began.
    """
    highest = 0
    found: dict[str, Fee] = {}
    for number, one in enumerate(agreed):
        begins = number == 0 or one.starts_on <= today
        if not begins or one.sign_up_fee <= highest or (one.ends_on and one.ends_on < one.starts_on):
            continue
        if membership.is_billed_in(membership.period_of(one.starts_on)):
            # Who comes back to a plan after its fee has risen owes the difference for the same plan once more.
            before = found.get(fee_key(membership, one))
            yen = one.sign_up_fee - highest
            found[fee_key(membership, one)] = Fee(before.agreed, before.yen + yen) if before else Fee(one, yen)
        highest = one.sign_up_fee
    return found


def _charge_fees(membership: Membership, wanted: dict[str, Fee], today: date) -> list[Charge]:
    """Write what is missing of the sign-up fees, and take back what is not due any more."""
    ever = Charge.objects.filter(source_key__startswith=f"sign-up:{membership.pk}:").order_by("pk")
    standing: dict[str, list[Charge]] = defaultdict(list)
    for one in ever.standing().select_related("reversed_by"):
        if _is_waived(one) or not hasattr(one, "reversed_by"):
            standing[one.source_key.rpartition(":")[0] + ":"].append(one)
    for key, charges in standing.items():
        if key not in wanted or sum(one.yen for one in charges) > wanted[key].yen:
            for one in charges:
                if not _is_waived(one):
                    undo(one, today=today)
            charges[:] = filter(_is_waived, charges)
    written = [
        charge(
            space=membership.space,
            payer_id=membership.user_id,
            kind=Charge.Kind.SIGN_UP,
            text=_("%(plan)s: sign-up fee") % {"plan": fee.agreed.plan.name},
            yen=max(fee.yen - sum(one.yen for one in standing[key]), 0),
            arises_on=today,
            source_key=_next(key),
        )
        for key, fee in wanted.items()
    ]
    return [one for one in written if one]
