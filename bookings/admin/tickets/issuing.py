"""Issuing tickets of a campaign: how many, and where they are given out."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from bookings.admin.asking import Question, QuestionForm, ask
from bookings.admin.tickets.reach import TICKET, campaign_or_404
from bookings.admin.tickets.words import facts_of
from visas.issuing import MOST_AT_ONCE, issue_tickets
from visas.models import Ticket
from visas.sheet import A_SHEET


class IssueForm(QuestionForm):
    count = forms.IntegerField(
        label=gettext_lazy("How many"),
        min_value=1,
        max_value=MOST_AT_ONCE,
        initial=A_SHEET,
        help_text=gettext_lazy("Ten fill a sheet. At most 1,000 at a time."),
        widget=UnfoldAdminIntegerFieldWidget(attrs={"inputmode": "numeric", "min": 1, "max": MOST_AT_ONCE}),
    )
    label = forms.CharField(
        label=Ticket._meta.get_field("label").verbose_name,
        help_text=Ticket._meta.get_field("label").help_text,
        max_length=60,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
    )


def issue_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask how many, issue them, and lead to their sheet."""
    campaign = campaign_or_404(request, pk, "add", TICKET)
    back = reverse("admin:visas_campaign_change", args=[campaign.pk])
    sent = request.method == "POST"
    form = IssueForm(request.POST if sent else None)
    if sent and form.is_valid():
        try:
            issued = issue_tickets(campaign=campaign, **form.cleaned_data, now=timezone.now())
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            said = ngettext("%(count)s ticket is issued.", "%(count)s tickets are issued.", len(issued))
            address = f"{reverse('admin:visas_campaign_sheet', args=[campaign.pk])}?batch={issued[0].pk}"
            link = '{} <a class="op-link" href="{}">{}</a>'
            messages.success(
                request, format_html(link, said % {"count": len(issued)}, address, _("Sheet for printing"))
            )
            return redirect(back)
    question = Question(
        title=_("Issue tickets"),
        button=_("Issue them"),
        icon="confirmation_number",
        back=back,
        facts=facts_of(campaign),
        hints=[
            _("Each ticket has a code of its own. Then you get them as a sheet for printing, and as a list."),
            _("Once tickets are issued the campaign can be extended, but nothing can be taken from it."),
        ],
    )
    return ask(request, question, form)
