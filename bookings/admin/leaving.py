"""Letting a space leave the federation: the day, who is affected, and doing it; and taking it back before that day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings.admin.asking import Question, QuestionForm, ask, day_widget
from bookings.admin.scope import may_at, signed_in
from bookings.leaving_foreseen import Foresight, foresee
from bookings.models import Booking
from bookings.space_leaving import check_leaves, check_not_gone, leave, leaving_day, stay
from members.models import Operator, User
from members.periods import DAY
from spaces.models import Space
from spaces.templatetags.wording import plain_day

SHOWN = 20


class LeaveForm(QuestionForm):
    day = forms.DateField(
        label=gettext_lazy("first day outside the federation"),
        widget=day_widget(),
        help_text=gettext_lazy("The day before it is the last on which the space can be booked here."),
    )
    # The day whose consequences the page shows: nobody confirms what they have not seen.
    seen = forms.DateField(required=False, widget=forms.HiddenInput)


@dataclass(frozen=True)
class Cut:
    """The first rows of a list, and how many more there are."""

    first: Sequence[Any]
    more: int

    @classmethod
    def of(cls, rows: Sequence[Any]) -> "Cut":
        return cls(rows[:SHOWN], max(len(rows) - SHOWN, 0))


def may_leave(request: HttpRequest, space: Space) -> bool:
    """Whether the person decides whether a space belongs to the federation: its owner, and who runs the house."""
    user = signed_in(request)
    return user.is_superuser or user.roles.get(space.pk) == Operator.Role.OWNER


def leaving_of(request: HttpRequest, space: Space) -> dict[str, Any]:
    """What the page of a space says about its leaving, and which button it has."""
    is_gone = space.left_on is not None and space.left_on <= space.today(timezone.now())
    return {
        "leaving": space,
        "has_left": is_gone,
        "may_leave": may_leave(request, space) and not is_gone,
    }


def leave_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a day and see who is affected; the same page confirms it. A fixed number of queries until then."""
    space, now = _space_or_404(request, pk), timezone.now()
    back = reverse("admin:spaces_space_change", args=[space.pk])
    try:
        check_not_gone(space, now=now)
    except ValidationError as problem:
        messages.info(request, " ".join(problem.messages))
        return redirect(back)
    sent = request.method == "POST"
    form = LeaveForm(request.POST if sent else None, initial={"day": _proposed(space, now)})
    day = form.cleaned_data["day"] if sent and form.is_valid() else None if sent else _proposed(space, now)
    foresight = None
    if day:
        try:
            check_leaves(space, day, now=now)
            if sent and "post" in request.POST and form.cleaned_data["seen"] == day:
                _say_done(request, leave(space=space, left_on=day, by=signed_in(request), now=now))
                return redirect(back)
            foresight = foresee(space, day, now=now)
        except ValidationError as problem:
            if sent:
                form.add_error("day", problem)
    question = Question(
        title=_("Leave the federation"),
        button=_("Leave on this day"),
        icon="logout",
        back=back,
        facts=[(_("space"), space), *([(_("leaves on"), plain_day(space.left_on))] if space.left_on else [])],
        hints=[
            _("Until then nothing changes. From that day on nobody can find or book the space here."),
            _("Your admin, your members, your books and all records stay yours, and stay as they are."),
            _("Until that day you can change your mind; cancelled bookings stay cancelled."),
        ],
        ends_something=True,
    )
    context = _shown(foresight) if foresight else {}
    return ask(
        request, question, form, template="admin/spaces/leave.html", foresight=foresight, seen_day=day, **context
    )


def stay_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a leaving back."""
    space, now = _space_or_404(request, pk), timezone.now()
    back = reverse("admin:spaces_space_change", args=[space.pk])
    try:
        if request.method == "POST":
            stay(space=space, by=signed_in(request), now=now)
            messages.success(request, _("%(space)s stays in the federation.") % {"space": space})
            return redirect(back)
        left_on = leaving_day(space, now=now)
    except ValidationError as problem:
        messages.warning(request, " ".join(problem.messages))
        return redirect(back)
    question = Question(
        title=_("Stay in the federation"),
        button=_("We stay"),
        icon="undo",
        back=back,
        facts=[(_("space"), space), (_("leaves on"), plain_day(left_on))],
        hints=[
            _("Members who were told that their Coworking VISA ends are told that it goes on."),
            _("Cancelled bookings and visits stay cancelled; people can book again."),
            _("Your space stays out of the campaigns that it left; on the page of each you can take part again."),
        ],
    )
    return ask(request, question)


def _space_or_404(request: HttpRequest, pk: int) -> Space:
    """A space that the person sees. Raises Http404, and PermissionDenied for who may not decide for it."""
    space = get_object_or_404(Space, pk=pk)
    if not may_at(request, space.pk, "view", "spaces.space"):
        return get_object_or_404(Space.objects.none())
    if not may_leave(request, space):
        raise PermissionDenied
    return space


def _proposed(space: Space, now: datetime) -> date:
    """The day that stands on the page at first: the one that is chosen already, else the first of the month after next.

    A leaving is told ahead, so that members can look for another space.
    """
    if space.left_on:
        return space.left_on
    month_after = (space.today(now).replace(day=1) + 62 * DAY).replace(day=1)
    return max(month_after, space.joined_on)


def _say_done(request: HttpRequest, found: Foresight) -> None:
    said = _("%(space)s is in the federation until %(day)s.") % {
        "space": found.space,
        "day": plain_day(found.last_day),
    }
    messages.success(request, said)
    if fallen := found.fallen:
        said = ngettext("%(count)s booking was cancelled.", "%(count)s bookings were cancelled.", len(fallen))
        messages.warning(request, said % {"count": len(fallen)})


def _shown(found: Foresight) -> dict[str, Any]:
    """What the page lists, cut short."""
    holders = list(User.objects.filter(pk__in=[held.membership.user_id for held in found.visas]))
    holders.sort(key=lambda one: (one.family_reading, one.given_reading, one.email))
    return {
        "here": Cut.of(_by_time(found.here)),
        "elsewhere": Cut.of(_by_time(found.elsewhere)),
        "holders": Cut.of(holders),
        "holder_count": len(holders),
        "stranded": [part for part in found.parts if part.is_stranded],
        "has_own": any(part.is_own for part in found.parts),
    }


def _by_time(bookings: Sequence[Booking]) -> list[Booking]:
    return sorted(bookings, key=lambda one: (one.starts_at, one.pk))
