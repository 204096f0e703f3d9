"""What is agreed from a day on: the one place where the agreed plans of a membership are rewritten."""

from datetime import date
from typing import Any

from members.models import AgreedPlan, Membership, Pause
from members.models.membership import DAY
from members.periods import Period


def agreed_on(membership: Membership, day: date) -> AgreedPlan:
    """The plan that is agreed for a day: the one that holds then, else the first to come, else the last there was."""
    rows = list(membership.agreed_plans.select_related("plan__space", "booth").order_by("starts_on"))
    holding = [row for row in rows if row.holds_on(day)]
    coming = [row for row in rows if row.starts_on > day]
    return (holding or coming or rows[-1:])[0]


def agree_from(membership: Membership, day: date, new: AgreedPlan) -> None:
    """Let another agreed plan hold from `day` to the membership's end, in place of all that was agreed from then on."""
    _cut(membership.agreed_plans, day - DAY)
    new.membership, new.starts_on, new.ends_on = membership, day, membership.ends_on
    new.save(force_insert=True)


def cut_off(membership: Membership, last: date) -> None:
    """Let nothing hold after `last`: later plans and pauses go, what lasts longer ends then."""
    _cut(membership.agreed_plans, last)
    _cut(membership.pauses, last)


def _cut(rows: Any, last: date) -> None:
    rows.filter(starts_on__gt=last).delete()
    rows.exclude(ends_on__lte=last).update(ends_on=last)


def go_on(membership: Membership) -> None:
    """Let the last agreed plan go on to the membership's end, or without one."""
    last = membership.agreed_plans.order_by("-starts_on").first()
    if last:
        last.ends_on = membership.ends_on
        last.save(update_fields=["ends_on"])


def paid_from(membership: Membership, agreed: AgreedPlan, period: Period) -> date:
    """The first day of a period that was to be paid on an agreed plan: its own first, or the one after a pause."""
    first = max(agreed.starts_on, period.first)
    rests = Pause.objects.filter(membership=membership, ends_on__gte=first, ends_on__lt=period.last)
    return max([first, *(rest.ends_on + DAY for rest in rests if rest.ends_on)])
