"""What operators do with memberships: the acts of the pages, with what each asks and what it would cost."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
)

from bookings import uncovered
from bookings.models import Booking
from bookings.standing import Standing
from members import changing, costs, deciding, ending, pausing
from members.agreeing import agreed_on
from members.costs import Cost
from members.models import Membership, Plan, User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Wish = dict[str, Any]

# The first and the last year of all have no month before or after them to reckon with.
IN_OUR_TIME = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2199, 12, 31))]


class ActForm(forms.Form):
    """What an act asks; `rows` are the memberships that it is to be done with."""

    def __init__(self, *args: Any, rows: list[Membership], now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        self.now = now
        for field in self.fields.values():
            field.label = capfirst(field.label or "")

    @property
    def wish_at_first(self) -> Wish:
        """What the form says as it is opened, to show what would happen."""
        return {name: self.get_initial_for_field(field, name) for name, field in self.fields.items()}

    def is_enough(self, wish: Wish) -> bool:
        """Whether a wish says all that must be known to foresee what would happen."""
        return all(wish.get(name) is not None for name, field in self.fields.items() if field.required)


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("reason"),
        required=False,
        max_length=500,
        help_text=_("Kept in the history; the member does not see it."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )


def day_field(label: "_StrPromise", *, required: bool = True, help_text: "_StrPromise | str" = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        validators=IN_OUR_TIME,
        widget=UnfoldAdminSingleDateWidget(format="%Y-%m-%d"),
    )


class DecideForm(ActForm):
    message = forms.CharField(
        label=_("message to the applicant"),
        required=False,
        max_length=2000,
        help_text=_("It stands in the mail that tells the decision."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )


class PauseForm(ActForm):
    first = day_field(_("first day of the pause"))
    last = day_field(_("last day of the pause"), required=False, help_text=_("Empty: until it is resumed."))
    why = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("first", _first_today(self.rows, self.now))


class ResumeForm(ActForm):
    day = day_field(_("goes on from"), help_text=_("A pause that has not begun is taken back altogether."))
    why = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("day", _first_today(self.rows, self.now))


class EndForm(ActForm):
    when = forms.ChoiceField(
        label=_("last day"),
        choices=[
            ("month", _("The end of its running month")),
            ("at_once", _("At once: today is the last day")),
            ("day", _("Another day")),
        ],
        initial="month",
        widget=UnfoldAdminRadioSelectWidget(),
    )
    last = day_field(_("another day"), required=False)
    why = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if any(row.ends_on for row in self.rows):
            # Its month may end after the end that is planned.
            self.initial.setdefault("when", "day")

    def is_enough(self, wish: Wish) -> bool:
        return super().is_enough(wish) and (wish["when"] != "day" or wish.get("last") is not None)

    def clean(self) -> Wish:
        wish = super().clean() or self.cleaned_data
        if wish.get("when") == "day" and not wish.get("last") and "last" not in self.errors:
            self.add_error("last", ValidationError(_("Say which day."), code="required"))
        return wish


class ChangePlanForm(ActForm):
    plan: Any = forms.ModelChoiceField(
        label=_("new plan"), queryset=Plan.objects.none(), widget=UnfoldAdminSelectWidget()
    )
    when = forms.ChoiceField(
        label=_("from"),
        choices=[("renewal", _("The next renewal")), ("now", _("Today, with the difference prorated"))],
        initial="renewal",
        widget=UnfoldAdminRadioSelectWidget(),
    )
    why = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spaces = {row.space_id: row.space.today(self.now) for row in self.rows}
        plans = Plan.objects.none()
        for space, today in spaces.items():
            plans |= Plan.objects.sold_on(today).held().filter(space=space)
        plan = self.fields["plan"]
        assert isinstance(plan, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        plan.queryset = plans.select_related("space")


@dataclass(frozen=True)
class Act:
    """One thing that an operator may do with memberships.

    `offered` says whether a membership's own page shows the button; whether it can be done, the act itself decides.
    """

    name: str
    title: "_StrPromise"
    icon: str
    form: type[ActForm]
    offered: Callable[[Standing], bool]
    do: Callable[[Membership, Wish, User, datetime], list[Booking]]
    cost: Callable[[Membership, Wish, datetime], Cost | None] = lambda membership, wish, now: None
    ends_something: bool = False
    leads: bool = False


def _approve(membership: Membership, wish: Wish, by: User, now: datetime) -> list[Booking]:
    deciding.approve(membership=membership, by=by, message=wish.get("message") or "", now=now)
    return []


def _decline(membership: Membership, wish: Wish, by: User, now: datetime) -> list[Booking]:
    deciding.decline(membership=membership, by=by, message=wish.get("message") or "", now=now)
    return []


def _pause(membership: Membership, wish: Wish, by: User, now: datetime) -> list[Booking]:
    return uncovered.pause(
        membership=membership,
        first=wish["first"],
        last=wish.get("last"),
        by=by,
        why=wish.get("why") or "",
        by_operator=True,
        now=now,
    )


def _resume(membership: Membership, wish: Wish, by: User, now: datetime) -> list[Booking]:
    pausing.resume(membership=membership, day=wish["day"], by=by, why=wish.get("why") or "", now=now)
    return []


def _end(membership: Membership, wish: Wish, by: User, now: datetime) -> list[Booking]:
    last = _last_day(membership, wish, now)
    return uncovered.end(membership=membership, last=last, by=by, why=wish.get("why") or "", by_operator=True, now=now)


def _stay(membership: Membership, wish: Wish, by: User, now: datetime) -> list[Booking]:
    ending.stay(membership=membership, by=by, now=now)
    return []


def _change_plan(membership: Membership, wish: Wish, by: User, now: datetime) -> list[Booking]:
    return uncovered.change_plan(
        membership=membership,
        plan=wish["plan"],
        day=_change_day(membership, wish, now),
        by=by,
        why=wish.get("why") or "",
        by_operator=True,
        now=now,
    )


def _stay_on_plan(membership: Membership, wish: Wish, by: User, now: datetime) -> list[Booking]:
    return uncovered.stay_on_plan(membership=membership, by=by, now=now)


def _cost_of_approval(membership: Membership, wish: Wish, now: datetime) -> Cost | None:
    first = max(membership.starts_on, membership.space.today(now))
    return costs.starting(agreed_on(membership, first), first)


def _cost_of_pausing(membership: Membership, wish: Wish, now: datetime) -> Cost | None:
    return pausing.cost_of_pause(membership, wish["first"], wish.get("last"), now=now)


def _cost_of_resuming(membership: Membership, wish: Wish, now: datetime) -> Cost | None:
    return pausing.cost_of_resume(membership, wish["day"], now=now)


def _cost_of_ending(membership: Membership, wish: Wish, now: datetime) -> Cost | None:
    return ending.cost_of_end(membership, _last_day(membership, wish, now), now=now)


def _cost_of_change(membership: Membership, wish: Wish, now: datetime) -> Cost | None:
    if not wish["plan"]:
        return None
    return changing.cost_of_change(membership, wish["plan"], _change_day(membership, wish, now), now=now)


def _is_applied(one: Standing) -> bool:
    return one.is_applied


def _is_active(one: Standing) -> bool:
    return one.membership.status == Membership.Status.ACTIVE


def _runs(one: Standing) -> bool:
    return one.membership.status in (Membership.Status.ACTIVE, Membership.Status.PAUSED)


def _is_to_change(one: Standing) -> bool:
    return one.change is not None


def _is_to_end(one: Standing) -> bool:
    return _runs(one) and one.membership.ends_on is not None


ACTS = {
    act.name: act
    for act in (
        Act(
            "approve",
            _("Approve"),
            "check",
            DecideForm,
            _is_applied,
            _approve,
            _cost_of_approval,
            leads=True,
        ),
        Act(
            "decline",
            pgettext_lazy("by an operator", "Decline"),
            "block",
            DecideForm,
            _is_applied,
            _decline,
            ends_something=True,
        ),
        Act(
            "change_plan",
            _("Change plan"),
            "swap_horiz",
            ChangePlanForm,
            lambda one: _is_active(one) and one.change is None and one.pause is None,
            _change_plan,
            _cost_of_change,
        ),
        Act(
            "stay_on_plan",
            _("Take the change of plan back"),
            "undo",
            ActForm,
            _is_to_change,
            _stay_on_plan,
        ),
        Act(
            "pause",
            pgettext_lazy("by an operator", "Pause"),
            "pause",
            PauseForm,
            lambda one: _is_active(one) and one.pause is None,
            _pause,
            _cost_of_pausing,
        ),
        Act(
            "resume",
            _("Resume"),
            "play_arrow",
            ResumeForm,
            lambda one: _runs(one) and one.pause is not None,
            _resume,
            _cost_of_resuming,
            leads=True,
        ),
        Act(
            "stay",
            _("Take the end back"),
            "undo",
            ActForm,
            _is_to_end,
            _stay,
        ),
        Act(
            "end",
            pgettext_lazy("by an operator", "End"),
            "logout",
            EndForm,
            _runs,
            _end,
            _cost_of_ending,
            ends_something=True,
        ),
    )
}


def offered(standing: Standing) -> list[Act]:
    """The acts whose buttons a membership's page shows."""
    return [act for act in ACTS.values() if act.offered(standing)]


def _first_today(rows: list[Membership], now: datetime) -> date:
    return rows[0].space.today(now) if rows else now.date()


def _last_day(membership: Membership, wish: Wish, now: datetime) -> date:
    today = membership.space.today(now)
    if wish["when"] == "day":
        return wish["last"]
    if wish["when"] == "at_once":
        return today
    return membership.period_of(max(today, membership.starts_on)).last


def _change_day(membership: Membership, wish: Wish, now: datetime) -> date:
    today, renewal = changing.change_days(membership, now=now)
    return today if wish["when"] == "now" else renewal
