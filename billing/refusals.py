"""Every sentence with which something about money is refused, by its code; and what the database means."""

from django.utils.translation import gettext_lazy as _

from spaces.refusing import Refusals

SENTENCES = {
    "nothing_open": _("Nothing is open that could be invoiced."),
    "voided_already": _("This invoice was voided already."),
    "payment_voided_already": _("This payment was taken back already."),
    "reversed_already": _("This charge was reversed already."),
    "reversal_stands": _("What takes a charge back is not taken back itself. Write a new charge."),
    "billed_already": _("This was billed already."),
    "month_closed": _("That month is closed. Enter a correction on a day after it."),
    "month_closed_already": _("This month is closed already."),
    "month_moved": _("Something of this month was entered or taken back meanwhile. Look at the figures again."),
    "month_not_over": _("A month can be closed when it is over."),
    "nothing_to_pay": _("Say an amount above zero."),
    "not_open_any_more": _("Something of this was paid, invoiced or taken back meanwhile. Look at it again."),
    "leaves_an_older_one": _(
        "A payment goes to one invoice, and then to the oldest: these can't be paid at once. Take them one by one."
    ),
    "received_in_future": _("That day is still to come: note money on the day it changes hands."),
    "other_payer": _("This invoice is to another payer."),
    "noted_already": _("This line of the bank's list was noted already."),
    "form_sent_already": _("This form was sent already. It is noted once."),
    "refund_beyond_credit": _("The credit is %(credit)s yen; no more can be given back."),
    "no_receipt_for_refund": _("A receipt is for money that came in."),
    "receipt_without_payment": _("This payment was taken back; there is no receipt for it."),
    "copied_often_enough": _("It was issued again %(most)s times already. Ask the space."),
    "no_addressee": _("Say to whom it is addressed."),
    "counted_already": _("The box was counted on this day already."),
    "count_in_future": _("That day is still to come."),
    "count_of_yen": _("Say how many yen are in the box, 0 or more."),
    "box_moved": _("Cash came in or went out meanwhile. Look at the difference again."),
}

_BY_CONSTRAINT = {
    "billing_charge_source_key_key": "billed_already",
    "billing_of_one_payer": "other_payer",
    "payment_bank_line_once": "noted_already",
    "payment_form_sent_once": "form_sent_already",
    "billing_month_is_closed": "month_closed",
    "month_closed_once": "month_closed_already",
    "cash_counted_once_a_day": "counted_already",
}

_refusals = Refusals(SENTENCES, _BY_CONSTRAINT)
refusal = _refusals.refusal
refusal_of = _refusals.refusal_of
refused_politely = _refusals.refused_politely
