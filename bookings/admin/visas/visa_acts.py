"""Revoking a visa, with a reason and the visits that fall; and giving it another number."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from bookings.admin.asking import Question, QuestionForm, ask
from bookings.admin.scope import signed_in
from bookings.admin.spaces import say_cancelled
from bookings.admin.visas.visa_page import falling_days
from bookings.revoking import reissue, revoke
from spaces.templatetags.wording import plain_day
from visas.models import Visa

DAYS_SHOWN = 50


class RevokeForm(QuestionForm):
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=200,
        help_text=gettext_lazy("The holder gets this by mail."),
        widget=UnfoldAdminTextInputWidget(),
    )


def revoke_view(request: HttpRequest, visa: Visa) -> HttpResponse:
    """Say which visits fall, ask why, and revoke it."""
    form = RevokeForm(request.POST if request.method == "POST" else None)
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            fallen = revoke(visa=visa, by=signed_in(request), reason=reason, now=now)
        except ValidationError as problem:
            messages.warning(request, " ".join(problem.messages))
        else:
            said = _("The Coworking VISA %(number)s is revoked. Its holder is told by mail.")
            messages.success(request, said % {"number": visa.printed_number})
            say_cancelled(request, len(fallen))
        return redirect(_page(visa))
    if visa.revoked_at:
        return redirect(_page(visa))
    question = Question(
        title=_("Revoke a Coworking VISA"),
        button=_("Revoke"),
        icon="block",
        back=_page(visa),
        facts=_facts(visa),
        hints=[
            _("From now on it is no longer valid at any space. The membership goes on."),
            _("Upcoming visits by it are cancelled at no charge. To undo this, give it a new number."),
        ],
        ends_something=True,
    )
    days = falling_days(visa, now=now)
    more = {"days": days[:DAYS_SHOWN], "has_more": len(days) > DAYS_SHOWN}
    return ask(request, question, form, template="admin/visas/visa_revoke.html", **more)


def reissue_view(request: HttpRequest, visa: Visa) -> HttpResponse:
    """Say what a new number does, and give it."""
    if request.method == "POST":
        try:
            # Without what it showed a form asks for nothing.
            seen = request.POST.get("seen", "")
            renewed = reissue(visa=visa, by=signed_in(request), now=timezone.now(), seen=seen)
        except ValidationError as problem:
            messages.warning(request, " ".join(problem.messages))
        else:
            said = _("The new number is %(number)s. The holder is told by mail.")
            messages.success(request, said % {"number": renewed.printed_number})
        return redirect(_page(visa))
    hints = [
        _("It gets a new number. The old one, and what was printed or shown of it, no longer works."),
        _("Used days stay used, and visits stay booked."),
    ]
    if visa.revoked_at:
        hints.append(_("It is revoked now, and valid again with the new number. Cancelled visits stay cancelled."))
    question = Question(
        title=_("Give a Coworking VISA a new number"),
        button=_("Reissue"),
        icon="autorenew",
        back=_page(visa),
        facts=_facts(visa),
        hints=hints,
    )
    return ask(request, question, template="admin/visas/visa_reissue.html", seen=visa.number)


def _facts(visa: Visa) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        (_("number"), visa.printed_number),
        (_("person"), visa.membership.user),
        (_("home space"), visa.membership.space),
        (_("issued"), plain_day(visa.issued_at)),
    ]
    return [*facts, (_("why it is revoked"), visa.revoke_reason)] if visa.revoked_at else facts


def _page(visa: Visa) -> str:
    return reverse("admin:visas_visa_change", args=[visa.pk])
