"""Making out the receipt of a payment at the desk, and copies of one that is lost."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from billing.addressee import usual_addressee
from billing.models import Payment, Receipt
from billing.receipts import first_receipt, next_copy
from bookings.admin.asking import Question, ask
from bookings.admin.money.asking import AddresseeForm
from spaces.templatetags.wording import plain_day, signed_yen


def make_out_view(request: HttpRequest, payment: Payment) -> HttpResponse:
    """Ask to whom the receipt of a payment is addressed, and issue it; one that is there already is shown."""
    issued = next(iter(payment.receipts.all()), None)
    if issued:
        return redirect("admin:billing_receipt_change", issued.pk)
    addressee = payment.invoice.addressee if payment.invoice else usual_addressee(payment.payer)
    form = AddresseeForm(request.POST if request.method == "POST" else None, initial={"addressee": addressee})
    if request.method == "POST" and form.is_valid():
        try:
            receipt = first_receipt(
                payment=payment,
                addressee=form.cleaned_data["addressee"],
                language=payment.payer.language,
                now=timezone.now(),
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _issued(receipt))
            return redirect("admin:billing_receipt_change", receipt.pk)
    question = Question(
        title=_("Issue a receipt"),
        button=_("Issue the receipt"),
        icon="receipt",
        back=reverse("admin:billing_payment_change", args=[payment.pk]),
        facts=[
            (_("payer"), payment.payer),
            (_("amount"), signed_yen(payment.yen)),
            (_("received on"), plain_day(payment.received_on)),
        ],
        hints=[_("The addressee can't be changed once it is issued. What is issued again says so.")],
    )
    return ask(request, question, form)


def copy_view(request: HttpRequest, receipt: Receipt) -> HttpResponse:
    """Issue a receipt again, marked as such: of a form that is sent twice one copy."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        again = next_copy(payment=receipt.payment, after=receipt.copy, now=timezone.now())
    except ValidationError as problem:
        messages.warning(request, " ".join(problem.messages))
        return redirect("admin:billing_receipt_change", receipt.pk)
    messages.success(request, _issued(again))
    return redirect("admin:billing_receipt_change", again.pk)


def _issued(receipt: Receipt) -> str:
    address = reverse("admin:billing_receipt_paper", args=[receipt.pk])
    said = _("Receipt %(code)s is issued.") % {"code": receipt.code}
    return format_html('{} <a class="op-link" href="{}">{}</a>', said, address, _("Open the paper"))
