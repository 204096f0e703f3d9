"""What is agreed from a day on: the one place where the agreed plans of a membership are rewritten."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from members.models import AgreedPlan, Membership
from members.models.membership import DAY


def agreed_on(membership: Membership, day: date) -> AgreedPlan:
    """The plan that is agreed for a day: the one that holds then, else the first to come, else the last there was."""
    return agreed_among(list(membership.agreed_plans.select_related("plan__space", "booth").order_by("starts_on")), day)


def agreed_among(rows: Sequence[AgreedPlan], day: date) -> AgreedPlan:
    """`agreed_on` among the agreed plans of a membership that were read already, by their first days."""
    holding = [row for row in rows if row.holds_on(day)]
    coming = [row for row in rows if row.starts_on > day]
    return (holding or coming or list(rows[-1:]))[0]


def agree_from(membership: Membership, day: date, new: AgreedPlan, *, until: AgreedPlan | None = None) -> None:
    """Let another agreed plan hold from `day` on, in place of all that was agreed from then to the membership's end, or
    `until` one that stays."""
    rows, last = membership.agreed_plans.all(), membership.ends_on
    if until:
        rows, last = rows.filter(starts_on__lt=until.starts_on), until.starts_on - DAY
    _cut(rows, day - DAY)
    new.membership, new.starts_on, new.ends_on = membership, day, last
    new.save(force_insert=True)


def cut_off(membership: Membership, last: date) -> None:
    """Let no plan hold after `last`: later ones go, one that lasts longer ends then.

    Pauses may last longer, or come later: should the end be taken back, the membership rests as it was to.
    """
    _cut(membership.agreed_plans, last)


def never_begin(membership: Membership) -> date:
    """Let a membership hold on no day at all: only the plan that it was to begin with stays, for the record; its last
    day, which is the one before its first."""
    last = membership.starts_on - DAY
    membership.agreed_plans.filter(starts_on__gt=membership.starts_on).delete()
    membership.agreed_plans.update(ends_on=last)
    membership.pauses.all().delete()
    return last


def _cut(rows: Any, last: date) -> None:
    rows.filter(starts_on__gt=last).delete()
    rows.exclude(ends_on__lte=last).update(ends_on=last)


def go_on(membership: Membership) -> None:
    """Let the last agreed plan go on to the membership's end, or without one."""
    last = membership.agreed_plans.order_by("-starts_on").first()
    if last:
        last.ends_on = membership.ends_on
        last.save(update_fields=["ends_on"])
