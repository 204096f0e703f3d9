"""Noting that money came in, from a person's page or a booking's: two clicks where everything is as it was proposed."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from billing.addressee import usual_addressee
from billing.amounts import to_name
from billing.models import Invoice, Payment, Receipt
from billing.receipts import first_receipt
from billing.refusals import SENTENCES, refusal
from billing.taking import take
from bookings.admin.asking import Question, ask, number_or_404
from bookings.admin.money.asking import CashForm, noted_already, payer_or_404, sent_before
from bookings.admin.money.listed import person_address
from bookings.admin.money.owed import Owed, owed_at
from bookings.admin.scope import signed_in
from bookings.models import Booking
from bookings.owing import charges_of
from members.models import User
from spaces.models import Space
from spaces.templatetags.wording import signed_yen

_GONE = {"invalid_choice": SENTENCES["not_open_any_more"]}


class TakeForm(CashForm):
    """What is paid for, ticked among what is open, and how."""

    invoices = forms.TypedMultipleChoiceField(coerce=int, required=False, error_messages=_GONE)
    charges = forms.TypedMultipleChoiceField(coerce=int, required=False, error_messages=_GONE)
    addressee = forms.CharField(
        label=gettext_lazy("addressee"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Of the invoice and of the receipt, where one is issued now."),
        widget=UnfoldAdminTextInputWidget(),
    )
    with_receipt = forms.BooleanField(
        label=gettext_lazy("issue the receipt with it"),
        required=False,
        help_text=gettext_lazy("Otherwise the payer can make it out, to the name they want."),
        widget=UnfoldBooleanWidget(),
    )

    def __init__(self, *args: Any, owed: Owed, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owed = owed
        self._offer("invoices", [one.invoice.pk for one in owed.invoices])
        self._offer("charges", [one.pk for one in owed.charges])

    def _offer(self, name: str, keys: list[int]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(key, str(key)) for key in keys]

    @property
    def ticked_invoices(self) -> set[str]:
        return {str(key) for key in self["invoices"].value() or []}

    @property
    def ticked_charges(self) -> set[str]:
        return {str(key) for key in self["charges"].value() or []}

    @property
    def unticked_fields(self) -> list[Any]:
        """The fields that are not ticked in a table."""
        return [field for field in self if field.name not in ("invoices", "charges")]


def take_view(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Ask for a payment of a person at a space, and note it. A form that is sent again leads to what was noted."""
    space, payer = payer_or_404(request, pk, slug, action="add", label="billing.payment")
    now = timezone.now()
    booking, invoice = _source(request, space, payer)
    back = _back(space, payer, booking, invoice)
    owed = owed_at(space, payer.pk, today=space.today(now))
    form = TakeForm(
        request.POST if request.method == "POST" else None,
        owed=owed,
        initial={
            **_proposed(owed, booking, invoice),
            "day": owed.today,
            "addressee": usual_addressee(payer),
            "form_key": uuid4(),
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            payment, receipt = _take(request, space, payer, form.cleaned_data, owed, now)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _said(payment, receipt, payer))
            return redirect(back)
    if request.method == "POST" and (noted := sent_before(request, space, payer)):
        return noted_already(request, noted)
    question = Question(
        title=_("Take a payment"),
        button=_("Note the payment"),
        icon="payments",
        back=back,
        facts=[(_("payer"), payer), (_("space"), space)],
        hints=_hints(owed),
    )
    return ask(request, question, form, owed=owed, template="admin/billing/take.html")


@transaction.atomic
def _take(
    request: HttpRequest, space: Space, payer: User, wish: dict[str, Any], owed: Owed, now: datetime
) -> tuple[Payment, Receipt | None]:
    try:
        named = to_name([one.invoice.pk for one in owed.invoices], wish["invoices"], is_new_named=bool(wish["charges"]))
    except ValueError:
        raise refusal("leaves_an_older_one") from None
    payment = take(
        space=space,
        payer_id=payer.pk,
        method=wish["method"],
        yen=wish["yen"],
        received_on=wish["day"],
        taken_by_id=signed_in(request).pk,
        charges=wish["charges"],
        invoice=next((one.invoice for one in owed.invoices if one.invoice.pk == named), None),
        addressee=wish["addressee"],
        language=payer.language,
        note=wish["note"],
        form_key=wish["form_key"],
        now=now,
    )
    if not wish["with_receipt"]:
        return payment, None
    return payment, first_receipt(payment=payment, addressee=wish["addressee"], language=payer.language, now=now)


def _source(request: HttpRequest, space: Space, payer: User) -> tuple[Booking | None, Invoice | None]:
    """The booking, or the invoice, from whose page the person came. Raises Http404 for one that is not the payer's."""
    booking = invoice = None
    if text := request.GET.get("booking"):
        booking = get_object_or_404(Booking, pk=number_or_404(text), user=payer, resource__space=space)
    elif text := request.GET.get("invoice"):
        invoice = get_object_or_404(Invoice, pk=number_or_404(text), payer=payer, space=space)
    return booking, invoice


def _back(space: Space, payer: User, booking: Booking | None, invoice: Invoice | None) -> str:
    if booking:
        return reverse("admin:bookings_booking_change", args=[booking.pk])
    if invoice:
        return reverse("admin:billing_invoice_change", args=[invoice.pk])
    return person_address(payer.pk, space)


def _proposed(owed: Owed, booking: Booking | None, invoice: Invoice | None) -> dict[str, Any]:
    """What is ticked as the page is opened: what the person came for, or all that is due; and what it comes to."""
    invoices, charges = owed.invoices, owed.due
    if booking:
        own = list(charges_of(booking))
        invoices = [one for one in invoices if one.invoice.pk in {charge.invoice_id for charge in own}]
        charges = [one for one in owed.charges if one in own]
    elif invoice:
        invoices, charges = [one for one in invoices if one.invoice == invoice], []
    sum_of = sum(one.open for one in invoices) + sum(one.yen for one in charges) - owed.credit
    return {
        "invoices": [one.invoice.pk for one in invoices],
        "charges": [one.pk for one in charges],
        "yen": sum_of if sum_of > 0 else None,
    }


def _hints(owed: Owed) -> list[str]:
    if not (owed.invoices or owed.charges):
        return [_("Nothing is open: what is paid now stays as credit, and pays what comes.")]
    hints = []
    if owed.charges:
        hints.append(_("Charges that are ticked are put on an invoice with the payment."))
    hints.append(
        _("Less than what is ticked is noted as a part of it. More pays what else is open, or stays as credit.")
    )
    if owed.credit > 0:
        hints.append(
            _("There is a credit of %(yen)s, which is used first: the amount is what it leaves.")
            % {"yen": signed_yen(owed.credit)}
        )
    return hints


def _said(payment: Payment, receipt: Receipt | None, payer: User) -> str:
    """That it is noted, with the way to its receipt."""
    noted = _("%(yen)s from %(name)s is noted.") % {"yen": signed_yen(payment.yen), "name": payer}
    if receipt:
        address, words = reverse("admin:billing_receipt_paper", args=[receipt.pk]), _("Receipt %(code)s")
        words = words % {"code": receipt.code}
    else:
        address, words = reverse("admin:billing_payment_receipt", args=[payment.pk]), _("Issue a receipt")
    return format_html('{} <a class="op-link" href="{}">{}</a>', noted, address, words)
