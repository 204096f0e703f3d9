"""Blocking a ticket, taking the block back, letting it be good for longer, and making its old links open nothing."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from unfold.widgets import UnfoldAdminTextInputWidget

from bookings.admin.acts import IN_OUR_TIME
from bookings.admin.asking import Question, QuestionForm, ask, day_widget
from bookings.ticket_states import State
from spaces.templatetags.wording import plain_day
from visas.issuing import MOST_AT_ONCE, block, extend, renew_links, unblock


class BlockForm(QuestionForm):
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=200,
        help_text=gettext_lazy("Kept with the ticket; who tries to use it does not see it."),
        widget=UnfoldAdminTextInputWidget(),
    )


class ExtendForm(QuestionForm):
    last = forms.DateField(label=gettext_lazy("good until"), validators=IN_OUR_TIME, widget=day_widget())


def block_view(request: HttpRequest, ticket: Any) -> HttpResponse:
    """Ask why, and block it."""
    form = BlockForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            block(ticket=ticket, reason=form.cleaned_data["reason"], now=timezone.now())
        except ValidationError:
            messages.info(request, _("This ticket is blocked already."))
        else:
            messages.success(request, _("Ticket %(code)s is blocked.") % {"code": ticket.printed_code})
        return redirect(_page(ticket))
    question = Question(
        title=_("Block a ticket"),
        button=_("Block"),
        icon="block",
        back=_page(ticket),
        facts=_facts(ticket),
        hints=[_("Nobody can book with it any more. Visits that are booked stay.")],
        ends_something=True,
    )
    return ask(request, question, form)


def block_several_view(request: HttpRequest, tickets: QuerySet[Any]) -> HttpResponse | None:
    """Ask why, and block those that the list had ticked; those that are blocked already stay as they are."""
    keys = list(tickets.filter(blocked_at__isnull=True).order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if not keys or len(keys) > MOST_AT_ONCE:
        said = _("At most %(most)s tickets at a time.") if keys else _("None of these tickets is yours to block.")
        messages.warning(request, said % {"most": MOST_AT_ONCE} if keys else said)
        return None
    form = BlockForm(request.POST if "reason" in request.POST else None)
    if "reason" in request.POST and form.is_valid():
        done = sum(_is_blocked_now(ticket, form.cleaned_data["reason"]) for ticket in tickets.filter(pk__in=keys))
        said = ngettext("%(count)s ticket is blocked.", "%(count)s tickets are blocked.", done)
        messages.success(request, said % {"count": done})
        return None
    question = Question(
        title=_("Block tickets"),
        button=_("Block"),
        icon="block",
        back=request.get_full_path(),
        facts=[(_("tickets"), len(keys))],
        hints=[_("Nobody can book with them any more. Visits that are booked stay.")],
        ends_something=True,
    )
    sent = {
        "action": "block_selected",
        "select_across": request.POST.get("select_across", ""),
        "selected": request.POST.getlist("_selected_action"),
    }
    return ask(request, question, form, template="admin/tickets/ask_from_list.html", sent=sent)


def unblock_view(request: HttpRequest, ticket: Any) -> HttpResponse:
    if request.method == "POST":
        unblock(ticket=ticket)
        messages.success(request, _("Ticket %(code)s can be used again.") % {"code": ticket.printed_code})
        return redirect(_page(ticket))
    if not ticket.blocked_at:
        return redirect(_page(ticket))
    question = Question(
        title=_("Take a block back"),
        button=_("Unblock"),
        icon="lock_open",
        back=_page(ticket),
        facts=[*_facts(ticket), (_("why it is blocked"), ticket.block_reason)],
        hints=[_("The ticket can be used again, as long as it is valid.")],
    )
    return ask(request, question)


def extend_view(request: HttpRequest, ticket: Any) -> HttpResponse:
    """Ask for a later last day."""
    form = ExtendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            extend(ticket=ticket, last=form.cleaned_data["last"], until=ticket.last_day)
        except ValidationError as problem:
            form.add_error("last", problem)
        else:
            said = _("Ticket %(code)s is good until %(day)s.")
            day = plain_day(form.cleaned_data["last"])
            messages.success(request, said % {"code": ticket.printed_code, "day": day})
            return redirect(_page(ticket))
    question = Question(
        title=_("Let a ticket be good for longer"),
        button=pgettext("a ticket", "Extend"),
        icon="event_upcoming",
        back=_page(ticket),
        facts=_facts(ticket),
    )
    return ask(request, question, form)


def new_link_view(request: HttpRequest, ticket: Any) -> HttpResponse:
    """Let the links to its visits that were mailed so far open nothing."""
    if request.method == "POST":
        renew_links(ticket=ticket)
        messages.success(request, _("Old links to the visits of %(code)s open nothing any more.") % {"code": ticket})
        return redirect(_page(ticket))
    question = Question(
        title=_("Make old links open nothing"),
        button=_("Renew the link"),
        icon="link_off",
        back=_page(ticket),
        facts=_facts(ticket),
        hints=[
            _("For when a mail with the link to the visits got into wrong hands. The code stays as it is."),
            _("Its holder opens the ticket by its code and asks for the new link, which goes to the same address."),
        ],
        ends_something=True,
    )
    return ask(request, question)


def _is_blocked_now(ticket: Any, reason: str) -> bool:
    try:
        block(ticket=ticket, reason=reason, now=timezone.now())
    except ValidationError:
        return False
    return True


def _facts(ticket: Any) -> list[tuple[str, Any]]:
    return [
        (_("code"), ticket.printed_code),
        (_("campaign"), ticket.campaign),
        (_("state"), State(ticket.state).label),
        (_("good until"), plain_day(ticket.last_day)),
    ]


def _page(ticket: Any) -> str:
    return reverse("admin:visas_ticket_change", args=[ticket.pk])
