"""Taking money at the desk: for what is open, which is invoiced with it, for an invoice, or in advance."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from billing.invoicing import issue
from billing.models import Invoice, Payment
from billing.paying import pay
from billing.refusals import refusal
from spaces.models import Space


@transaction.atomic
def take(
    *,
    space: Space,
    payer_id: int,
    method: str,
    yen: int,
    received_on: date,
    taken_by_id: int,
    charges: Collection[int] = (),
    invoice: Invoice | None = None,
    addressee: str = "",
    language: str = "ja",
    note: str = "",
    form_key: UUID | None = None,
    now: datetime,
) -> Payment:
    """Note money of a payer. Open `charges`, by their keys, are put on an invoice to the `addressee` that it pays.

    `form_key` is the key of the form that was sent: one form is one payment. Sent again it is refused, where it has
    charges because these are not open any more.

    Raises ValidationError: a day to come, charges that are not open any more, and all that `pay` refuses.
    """
    check_has_come(space, received_on, now=now)
    if charges:
        invoice = issue(space=space, payer_id=payer_id, addressee=addressee, language=language, only=charges, now=now)
        if invoice.lines.count() != len(set(charges)):
            raise refusal("not_open_any_more")
    return pay(
        space=space,
        payer_id=payer_id,
        method=method,
        yen=yen,
        received_on=received_on,
        taken_by_id=taken_by_id,
        invoice=invoice,
        note=note,
        form_key=form_key,
    )


def check_has_come(space: Space, day: date, *, now: datetime) -> None:
    """Raise ValidationError if money would be noted on a day that is still to come at a space."""
    if day > space.today(now):
        raise refusal("received_in_future")
