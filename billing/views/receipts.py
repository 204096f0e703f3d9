"""Asking for the receipt of a payment: once to whom the payer wishes, and again as copies."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from billing.addressee import usual_addressee
from billing.forms import AddresseeForm, CopyForm
from billing.honorific import honorific
from billing.models import Payment
from billing.receipts import check_has_receipt, first_receipt, next_copy
from billing.requests import PayerRequest
from billing.views.papers import address


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@vary_on_headers("HX-Request")
def payment_receipt(request: PayerRequest, pk: int) -> HttpResponse:
    """Say to whom the receipt of a payment is addressed, and see how it reads; or ask for a copy of it."""
    own = own_payment_or_404(request, pk)
    issued = own.receipts.filter(copy=0).select_related("space").first()
    if issued:
        # A form that was sent twice leads where it led at first.
        return redirect(address(issued)) if request.method == "POST" else issued_page(request, own)
    try:
        check_has_receipt(own)
    except ValidationError as error:
        return form_page(request, own, AddresseeForm(), refused=error)
    if request.method != "POST":
        return form_page(request, own, AddresseeForm({"addressee": usual_addressee(own.payer)}))
    form = AddresseeForm(request.POST)
    if "look" in request.POST or not form.is_valid():
        return form_page(request, own, form)
    wished = form.cleaned_data["addressee"]
    try:
        issued = first_receipt(payment=own, addressee=wished, language=own.payer.language, now=timezone.now())
    except ValidationError as error:
        return form_page(request, own, form, refused=error)
    messages.success(request, _("Here is your receipt."))
    return redirect(address(issued))


@require_POST
@never_cache
def receipt_copies(request: PayerRequest, pk: int) -> HttpResponse:
    """Issue a copy of a receipt."""
    own = own_payment_or_404(request, pk)
    form = CopyForm(request.POST)
    if not own.receipts.exists():
        return redirect("billing:payment_receipt", pk=own.pk)
    if not form.is_valid():
        return issued_page(request, own, refused=ValidationError(_("That did not come through")), status=400)
    try:
        issued = next_copy(payment=own, after=form.cleaned_data["after"], now=timezone.now())
    except ValidationError as error:
        return issued_page(request, own, refused=error, status=409)
    messages.success(request, _("Issued again. The copy says so."))
    return redirect(address(issued))


def own_payment_or_404(request: PayerRequest, pk: int) -> Payment:
    payments = Payment.objects.select_related("space", "payer")
    return get_object_or_404(payments, pk=pk, payer_id=request.user.pk)


def form_page(
    request: PayerRequest, own: Payment, form: AddresseeForm, *, refused: ValidationError | None = None
) -> HttpResponse:
    """The form with how the receipt will read: 409 if it was refused, 400 if what was typed can't be printed."""
    readable = form.is_bound and form.is_valid()
    wished = form.cleaned_data["addressee"] if readable else ""
    context = {
        "payment": own,
        "space": own.space,
        "form": form,
        "refused": refused,
        "wished": wished,
        "honorific": honorific(wished, own.payer.language),
        "language": own.payer.get_language_display(),
    }
    # htmx shows no answer that is an error; the part that it asks for says what is wrong with the name.
    if request.htmx:
        return render(request, "billing/payment_receipt.html#preview", context)
    is_wrong = request.method == "POST" and not readable
    status = 409 if refused and request.method == "POST" else 400 if is_wrong else 200
    return render(request, "billing/payment_receipt.html", context, status=status)


def issued_page(
    request: PayerRequest, own: Payment, *, refused: ValidationError | None = None, status: int = 200
) -> HttpResponse:
    """What was issued for a payment, and the asking for a copy, if there may be another."""
    try:
        check_has_receipt(own)
    except ValidationError as error:
        refused = error
    issued = list(own.receipts.select_related("space").order_by("copy"))
    context = {
        "payment": own,
        "space": own.space,
        "first": issued[0],
        "issued": [(one, address(one)) for one in issued],
        "after": issued[-1].copy,
        "refused": refused,
    }
    return render(request, "billing/receipt_copies.html", context, status=status)
