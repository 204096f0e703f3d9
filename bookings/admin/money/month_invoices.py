"""Invoices of the month: who would get one at a space, and how much it asks for; then all of them are issued."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from billing.monthly import issue_monthly, payers_to_invoice
from bookings.admin.acts import IN_OUR_TIME
from bookings.admin.asking import QuestionForm, day_widget
from bookings.admin.money.places import MONTH_INVOICES, space_or_404
from bookings.admin.scope import may_at
from spaces.templatetags.wording import signed_yen

PAYERS_SHOWN = 300


class UpToForm(QuestionForm):
    up_to = forms.DateField(
        label=gettext_lazy("charges up to"),
        validators=IN_OUR_TIME,
        help_text=gettext_lazy("What arises later waits for the next invoice."),
        widget=day_widget(),
    )


def month_invoices_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who gets an invoice over what arose by a day, and issue them all."""
    space = space_or_404(request, MONTH_INVOICES, slug)
    if not may_at(request, space.pk, "add", MONTH_INVOICES.label):
        raise PermissionDenied
    now = timezone.now()
    sent = request.POST if request.method == "POST" else request.GET
    form = UpToForm(sent if "up_to" in sent else {"up_to": space.today(now)})
    if request.method == "POST" and form.is_valid():
        issued = issue_monthly(space, form.cleaned_data["up_to"], now)
        said = ngettext(
            "%(count)s invoice was issued, %(yen)s in all.",
            "%(count)s invoices were issued, %(yen)s in all.",
            len(issued),
        )
        yen = signed_yen(sum(one.total for one in issued))
        (messages.success if issued else messages.warning)(request, said % {"count": len(issued), "yen": yen})
        return redirect(f"{reverse('admin:billing_invoice_changelist')}?space__id__exact={space.pk}")
    waiting = payers_to_invoice(space, form.cleaned_data["up_to"]) if form.is_valid() else []
    context = {
        **admin.site.each_context(request),
        "title": MONTH_INVOICES.title,
        "subtitle": space.name,
        "space": space,
        "form": form,
        "rows": waiting[:PAYERS_SHOWN],
        "more": max(len(waiting) - PAYERS_SHOWN, 0),
        "count": len(waiting),
        "yen": sum(one.yen for one in waiting),
    }
    return TemplateResponse(request, "admin/billing/month_invoices.html", context)
