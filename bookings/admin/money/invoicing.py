"""Issuing an invoice to one person at once; voiding one, and issuing it anew."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldBooleanWidget

from billing.addressee import usual_addressee
from billing.invoicing import issue, reissue, void
from billing.models import Invoice
from billing.notices import invoiced
from billing.refusals import SENTENCES, refusal
from bookings.admin.asking import Question, ask
from bookings.admin.money.asking import AddresseeForm, ReasonForm, payer_or_404
from bookings.admin.money.listed import person_address
from bookings.admin.money.owed import Owed, owed_at
from notices.outbox import tell
from spaces.templatetags.wording import signed_yen


class SentForm(AddresseeForm):
    """To whom an invoice is addressed, and whether the payer gets it by mail at once."""

    send = forms.BooleanField(
        label=gettext_lazy("send it by e-mail"), required=False, initial=True, widget=UnfoldBooleanWidget()
    )


class InvoiceNowForm(SentForm):
    """Which charges, and to whom."""

    charges = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={
            "invalid_choice": SENTENCES["not_open_any_more"],
            "required": gettext_lazy("Tick what the invoice is to ask for."),
        },
    )

    def __init__(self, *args: Any, owed: Owed, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["charges"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(one.pk, str(one.pk)) for one in owed.charges]

    @property
    def ticked_charges(self) -> set[str]:
        return {str(key) for key in self["charges"].value() or []}

    @property
    def unticked_fields(self) -> list[Any]:
        """The fields that are not ticked in a table."""
        return [self["addressee"], self["send"]]


class ReissueForm(ReasonForm, SentForm):
    """Why it is issued anew, and to whom."""


def invoice_now_view(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Ask which of a person's charges an invoice is for, and issue it."""
    space, payer = payer_or_404(request, pk, slug, action="add", label="billing.invoice")
    now = timezone.now()
    owed = owed_at(space, payer.pk, today=space.today(now))
    sent = request.method == "POST"
    initial = {"charges": [one.pk for one in owed.due], "addressee": usual_addressee(payer)}
    form = InvoiceNowForm(request.POST if sent else None, owed=owed, initial=initial)
    if sent and form.is_valid():
        wish = form.cleaned_data
        try:
            with transaction.atomic():
                invoice = issue(
                    space=space,
                    payer_id=payer.pk,
                    addressee=wish["addressee"],
                    language=payer.language,
                    only=wish["charges"],
                    now=now,
                )
                tell(invoiced(invoice, now=now) if wish["send"] else [])
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _issued(invoice))
            return redirect("admin:billing_invoice_change", invoice.pk)
    question = Question(
        title=_("Invoice now"),
        button=_("Issue the invoice"),
        icon="receipt_long",
        back=person_address(payer.pk, space),
        facts=[(_("payer"), payer), (_("space"), space)],
        hints=[_("It is numbered and can't be edited afterwards, only voided and issued anew.")]
        if owed.charges
        else [refusal("nothing_open").messages[0]],
        can_be_done=bool(owed.charges),
    )
    return ask(request, question, form, owed=owed, template="admin/billing/take.html")


def void_view(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    """Ask why an invoice is void, and void it."""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            void(invoice=invoice, reason=form.cleaned_data["reason"], now=timezone.now())
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("Invoice %(code)s is void.") % {"code": invoice.code})
            return redirect("admin:billing_invoice_change", invoice.pk)
    question = Question(
        title=_("Void invoice %(code)s") % {"code": invoice.code},
        button=_("Void it"),
        icon="block",
        back=reverse("admin:billing_invoice_change", args=[invoice.pk]),
        facts=_facts(invoice),
        hints=[
            _("Its number stays, and the paper says that it is void. Its charges wait for another invoice."),
            _("What was paid for it pays other invoices, or stays as credit."),
        ],
        ends_something=True,
    )
    return ask(request, question, form)


def reissue_view(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    """Ask why an invoice is issued anew, and to whom; void it and issue it."""
    now, sent = timezone.now(), request.method == "POST"
    form = ReissueForm(request.POST if sent else None, initial={"addressee": invoice.addressee})
    if sent and form.is_valid():
        wish = form.cleaned_data
        try:
            with transaction.atomic():
                again = reissue(invoice=invoice, reason=wish["reason"], addressee=wish["addressee"], now=now)
                tell(invoiced(again, now=now) if wish["send"] else [])
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _issued(again))
            return redirect("admin:billing_invoice_change", again.pk)
    question = Question(
        title=_("Issue invoice %(code)s anew") % {"code": invoice.code},
        button=_("Void it and issue it anew"),
        icon="autorenew",
        back=reverse("admin:billing_invoice_change", args=[invoice.pk]),
        facts=_facts(invoice),
        hints=[_("The same charges are put on a new invoice with a new number and due day. What was paid stays paid.")],
    )
    return ask(request, question, form)


def _facts(invoice: Invoice) -> list[tuple[Any, Any]]:
    return [
        (_("payer"), invoice.payer),
        (_("addressee"), invoice.addressee),
        (_("total"), signed_yen(invoice.total)),
    ]


def _issued(invoice: Invoice) -> str:
    address = reverse("admin:billing_invoice_paper", args=[invoice.pk])
    said = _("Invoice %(code)s is issued.") % {"code": invoice.code}
    return format_html('{} <a class="op-link" href="{}">{}</a>', said, address, _("Open the paper"))
