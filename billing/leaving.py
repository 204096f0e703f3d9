"""A payer leaves: what is open is put on last invoices, while it is still known to whom they are addressed."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum

from billing.addressee import usual_addressee
from billing.invoicing import issue
from billing.models import Charge, Invoice
from spaces.models import Space


@transaction.atomic
def issue_last(payer: Any, *, now: datetime) -> list[Invoice]:
    """Issue to a payer, an account, one invoice at each space whose open charges come to more than nothing; those."""
    open_ = Charge.objects.open().filter(payer=payer).values("space").annotate(yen=Sum("yen")).filter(yen__gt=0)
    spaces = Space.objects.filter(pk__in=[row["space"] for row in open_]).order_by("pk")
    return [
        issue(space=space, payer_id=payer.pk, addressee=usual_addressee(payer), language=payer.language, now=now)
        for space in spaces
    ]
