"""Invoices for everybody at once: one to each payer of a space who owes it something by a day."""

import logging
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import Count, Min, OuterRef, QuerySet, Sum

from billing.addressee import usual_addressee
from billing.invoicing import issue
from billing.models import Charge, Invoice, Issuer
from billing.notices import invoiced, is_time_to_write
from billing.refusals import refusal
from notices.outbox import tell
from spaces.models import Space
from spaces.refusing import codes

logger = logging.getLogger(__name__)

UNISSUED = "No invoice could be issued to payer %s at %s."


@dataclass(frozen=True)
class ToInvoice:
    """What one payer's open charges come to, in yen; `addressee` and `language` are those of the payer's account."""

    payer_id: int
    addressee: str
    language: str
    charges: int
    yen: int


def sums_to_invoice(space: Space | OuterRef, up_to: date | OuterRef) -> QuerySet[Any, Any]:
    """Whose charges that arose at a space by `up_to` are to be invoiced: `payer`, `charges`, `yen`, and `since`.

    `since` is the day of the first of these charges. Who would get nothing back but a paper, because the sum is zero,
    and whom the space owes, wait until there is something to pay. An account that is closed is nobody's to write to.
    """
    charges = Charge.objects.open().filter(space=space, arises_on__lte=up_to, payer__is_active=True).order_by("payer")
    sums = charges.values("payer").annotate(charges=Count("pk"), yen=Sum("yen"), since=Min("arises_on"))
    return sums.filter(yen__gt=0)


def payers_to_invoice(space: Space, up_to: date) -> list[ToInvoice]:
    """Who gets an invoice at a space over what arose by `up_to`, in the order of names: two queries."""
    found = {row["payer"]: row for row in sums_to_invoice(space, up_to)}
    payers = get_user_model().objects.filter(pk__in=found)
    return [
        ToInvoice(one.pk, usual_addressee(one), one.language, found[one.pk]["charges"], found[one.pk]["yen"])
        for one in payers
    ]


def issue_monthly(space: Space, up_to: date, now: datetime) -> list[Invoice]:
    """Issue to all of `payers_to_invoice`, each in a transaction of its own; the invoices that were issued.

    Called again, or by two workers at once, it issues what is still open then: each charge is on one invoice. One that
    can't be issued keeps nobody else's waiting; the log says whose, and the next call tries it again.
    """
    issued = []
    for one in payers_to_invoice(space, up_to):
        try:
            issued.append(_issue_to(space, one, up_to, now))
        except ValidationError as problem:
            # Somebody else has invoiced it since the payers were read.
            if codes(problem) != {"nothing_open"}:
                logger.exception(UNISSUED, one.payer_id, space.slug)
        except DatabaseError:
            logger.exception(UNISSUED, one.payer_id, space.slug)
    return issued


def issue_due(*, now: datetime) -> int:
    """Issue the invoices of the spaces that have set a day for them; how many. For the hourly task.

    What arose by that day is invoiced from that morning on, also when the house stood still on the day itself; what
    was written about such a day later is invoiced when it is written.
    """
    issued = 0
    for issuer in Issuer.objects.filter(invoice_day__isnull=False).select_related("space").order_by("space"):
        if is_time_to_write(issuer.space, now):
            issued += len(issue_monthly(issuer.space, issuer.last_invoice_day(issuer.space.today(now)), now))
    return issued


@transaction.atomic
def _issue_to(space: Space, one: ToInvoice, up_to: date, now: datetime) -> Invoice:
    invoice = issue(
        space=space, payer_id=one.payer_id, addressee=one.addressee, language=one.language, up_to=up_to, now=now
    )
    if invoice.total <= 0:
        raise refusal("nothing_open")
    tell(invoiced(invoice, now=now))
    return invoice
