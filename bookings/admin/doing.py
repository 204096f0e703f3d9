"""The page between an act's button and the act: it shows the rows, asks what it must know, and says what would come."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.admin.acts import Act, Wish
from bookings.admin.scope import OwnSpacesAdmin, signed_in
from bookings.models import Booking
from bookings.standing import Standing
from bookings.uncovered import preview
from members.costs import Cost
from members.models import Membership, User

ROWS_SHOWN = 50
NAMES_SAID = 10


@dataclass(frozen=True)
class Foresight:
    """What an act would do to one membership: what it costs and which bookings fall away, or why it is refused."""

    cost: Cost | None = None
    fallen: list[Booking] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def ask_and_do(
    admin: OwnSpacesAdmin, request: HttpRequest, act: Act, rows: QuerySet[Membership], *, back: str, action: str = ""
) -> HttpResponse:
    """Show the page of an act for some memberships, or do it with each once it is confirmed, and go `back`.

    `action` is the list's name of the act, where the page was called from the list.
    """
    now = timezone.now()
    by = signed_in(request)
    chosen = admin.within(rows, request, "change").select_related("user", "space").order_by("pk")
    chosen = chosen.prefetch_related("agreed_plans__plan", "agreed_plans__booth", "pauses")
    memberships = list(chosen)
    answered = request.method == "POST" and ("post" in request.POST or "look" in request.POST)
    form = act.form(request.POST if answered else None, rows=memberships, now=now)
    if answered and form.is_valid() and "post" in request.POST:
        do_with_each(request, act, memberships, form.cleaned_data, by, now)
        return redirect(back)
    wish = form.wish_at_first if not answered else form.cleaned_data if form.is_valid() else None
    foresight = None
    if wish and len(memberships) == 1 and form.is_enough(wish):
        foresight = _foresee(act, memberships[0], wish, by, now)
    context = {
        **admin.admin_site.each_context(request),
        "title": act.title,
        "act": act,
        "form": form,
        "media": admin.media + form.media,
        "back": back,
        "action": action,
        "selected": request.POST.getlist("_selected_action") if action else [],
        "select_across": request.POST.get("select_across", "") if action else "",
        "standings": [Standing(one, now) for one in memberships[:ROWS_SHOWN]],
        "more": max(len(memberships) - ROWS_SHOWN, 0),
        "foresight": foresight,
    }
    return TemplateResponse(request, "admin/members/act.html", context)


def do_with_each(
    request: HttpRequest, act: Act, memberships: Iterable[Membership], wish: Wish, by: User, now: datetime
) -> None:
    """Do an act row by row; say how often it was done, and which rows were skipped and why."""
    done, fallen = 0, 0
    skipped: dict[str, list[str]] = defaultdict(list)
    for membership in memberships:
        try:
            fallen += len(act.do(membership, wish, by, now))
            done += 1
        except ValidationError as error:
            skipped[" ".join(error.messages)].append(membership.user.display_name)
    said = ngettext("%(act)s: done for %(count)s membership.", "%(act)s: done for %(count)s memberships.", done)
    (messages.success if done else messages.warning)(request, said % {"act": act.title, "count": done})
    if fallen:
        said = ngettext("%(count)s booking was cancelled.", "%(count)s bookings were cancelled.", fallen)
        messages.warning(request, said % {"count": fallen})
    for reason, names in skipped.items():
        messages.warning(request, _("Skipped: %(names)s. %(reason)s") % {"names": _named(names), "reason": reason})


def _named(names: list[str]) -> str:
    shown = _(", ").join(names[:NAMES_SAID])
    more = len(names) - NAMES_SAID
    if more <= 0:
        return shown
    return ngettext("%(names)s and %(count)s more", "%(names)s and %(count)s more", more) % {
        "names": shown,
        "count": more,
    }


def _foresee(act: Act, membership: Membership, wish: Wish, by: User, now: datetime) -> Foresight:
    try:
        cost = act.cost(membership, wish, now)
        fallen: list[Any] = preview(membership, lambda: act.do(membership, wish, by, now))
    except ValidationError as error:
        return Foresight(refused=error.messages)
    return Foresight(cost, fallen)
