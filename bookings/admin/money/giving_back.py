"""Taking a payment back that was noted by mistake, and giving credit back."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.balances import standing_of
from billing.models import Payment
from billing.paying import refund, take_back
from billing.taking import check_has_come
from bookings.admin.asking import Question, ask
from bookings.admin.money.asking import CashForm, noted_already, payer_or_404, sent_before
from bookings.admin.money.listed import person_address
from bookings.admin.scope import signed_in
from spaces.templatetags.wording import plain_day, signed_yen


def take_back_view(request: HttpRequest, payment: Payment) -> HttpResponse:
    """Ask whether a payment was noted by mistake, and take it back."""
    refused: list[str] = []
    if request.method == "POST":
        try:
            take_back(payment=payment, now=timezone.now())
        except ValidationError as problem:
            refused = problem.messages
        else:
            messages.success(request, _("The payment is taken back."))
            return redirect("admin:billing_payment_change", payment.pk)
    codes = [one.code for one in payment.receipts.all() if not one.copy]
    question = Question(
        title=_("Take a payment back"),
        button=pgettext("money", "Take it back"),
        icon="undo",
        back=reverse("admin:billing_payment_change", args=[payment.pk]),
        facts=[
            (_("payer"), payment.payer),
            (_("amount"), signed_yen(payment.yen)),
            (_("received on"), plain_day(payment.received_on)),
        ],
        hints=[
            _(
                "For what was noted by mistake: it counts nowhere any more. Money that is handed back is noted by "
                "“Give credit back” on the person's page; what was paid for an invoice is credit once that is void."
            )
        ],
        warnings=[
            *refused,
            *(_("Receipt %(code)s was issued for it: ask for the paper back.") % {"code": code} for code in codes),
        ],
        ends_something=True,
    )
    return ask(request, question)


def refund_view(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Ask how much of a person's credit goes back, and note it. A form that is sent again leads to what was noted."""
    space, payer = payer_or_404(request, pk, slug, action="change", label="billing.payment")
    now = timezone.now()
    sent = request.method == "POST"
    credit = standing_of(space, payer.pk).credit
    initial = {"yen": credit if credit > 0 else None, "day": space.today(now), "form_key": uuid4()}
    form = CashForm(request.POST if sent else None, initial=initial)
    if sent and form.is_valid():
        wish: dict[str, Any] = form.cleaned_data
        try:
            check_has_come(space, wish["day"], now=now)
            given = refund(
                space=space,
                payer_id=payer.pk,
                method=wish["method"],
                yen=wish["yen"],
                given_on=wish["day"],
                taken_by_id=signed_in(request).pk,
                note=wish["note"],
                form_key=wish["form_key"],
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            said = _("A refund of %(yen)s to %(name)s is noted.") % {"yen": signed_yen(-given.yen), "name": payer}
            messages.success(request, said)
            return redirect(person_address(payer.pk, space))
    if sent and (noted := sent_before(request, space, payer)):
        return noted_already(request, noted)
    question = Question(
        title=_("Give credit back"),
        button=_("Note the refund"),
        icon="currency_exchange",
        back=person_address(payer.pk, space),
        facts=[(_("payer"), payer), (_("space"), space), (_("credit"), signed_yen(max(credit, 0)))],
        hints=[] if credit > 0 else [_("There is no credit that could be given back.")],
        can_be_done=credit > 0 or sent,
    )
    return ask(request, question, form)
