"""Issuing invoices, voiding them, and issuing them anew."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.utils.translation import override

from billing.models import Charge, Counter, Invoice, InvoiceLine, Issuer
from billing.months import hold_alone
from billing.numbering import next_number
from billing.refusals import refusal
from spaces.models import Space


def issuer_of(space: Space) -> Issuer:
    """Who a space's papers are from; until its operators say so, the space with its own name and address."""
    found = Issuer.objects.filter(space=space).first()
    return found or Issuer(
        space=space, name=space.operator_name or space.full_name or space.name, address=space.address
    )


@transaction.atomic
def issue(
    *,
    space: Space,
    payer_id: int,
    addressee: str,
    language: str,
    up_to: date | None = None,
    only: Collection[int] | None = None,
    now: datetime,
) -> Invoice:
    """Gather a payer's open charges at a space on one invoice: all, those that arose by `up_to`, or `only` some.

    Raises ValidationError.
    """
    hold_alone(space.pk)
    charges = Charge.objects.open().filter(space=space, payer_id=payer_id)
    if up_to:
        charges = charges.filter(arises_on__lte=up_to)
    if only is not None:
        charges = charges.filter(pk__in=only)
    return _issue(space, payer_id, list(_locked(charges)), addressee=addressee, language=language, now=now)


@transaction.atomic
def void(*, invoice: Invoice, reason: str, now: datetime) -> list[Charge]:
    """Void an invoice; its charges are open again, those. Raises ValidationError."""
    hold_alone(invoice.space_id)
    invoice = Invoice.objects.select_for_update(no_key=True).get(pk=invoice.pk)
    if invoice.voided_at:
        raise refusal("voided_already")
    invoice.voided_at, invoice.void_reason = now, reason
    invoice.save(update_fields=["voided_at", "void_reason"])
    charges = list(_locked(Charge.objects.filter(invoice=invoice)))
    Charge.objects.filter(pk__in=[one.pk for one in charges]).update(invoice=None)
    return charges


@transaction.atomic
def reissue(*, invoice: Invoice, reason: str, addressee: str = "", now: datetime) -> Invoice:
    """Void an invoice and issue its charges on a new one, to another addressee if one is given.

    Raises ValidationError.
    """
    charges = void(invoice=invoice, reason=reason, now=now)
    return _issue(
        invoice.space,
        invoice.payer_id,
        charges,
        addressee=addressee or invoice.addressee,
        language=invoice.language,
        replaces=invoice,
        now=now,
    )


def _locked(charges: "models.QuerySet[Charge]") -> "models.QuerySet[Charge]":
    return charges.select_for_update(no_key=True).order_by("pk")


def _issue(
    space: Space,
    payer_id: int,
    charges: list[Charge],
    *,
    addressee: str,
    language: str,
    replaces: Invoice | None = None,
    now: datetime,
) -> Invoice:
    if not charges:
        raise refusal("nothing_open")
    if not addressee.strip():
        raise refusal("no_addressee")
    # A space without an issuer has its name in the language of the paper, whoever issues it.
    with override(language):
        issuer, today = issuer_of(space), space.today(now)
    invoice = Invoice.objects.create(
        space=space,
        payer_id=payer_id,
        year=today.year,
        number=next_number(space.pk, Counter.Paper.INVOICE, today.year),
        issued_on=today,
        due_on=today + timedelta(days=issuer.due_days),
        total=sum(one.yen for one in charges),
        addressee=addressee.strip()[:160],
        issuer_name=issuer.name,
        issuer_address=issuer.address,
        registration_number=issuer.registration_number,
        bank_account=issuer.bank_account,
        language=language,
        replaces=replaces,
        issued_at=now,
    )
    charges.sort(key=lambda one: (one.arises_on, one.pk))
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice, position=position, on=one.arises_on, text=one.text, yen=one.yen, tax_rate=one.tax_rate
        )
        for position, one in enumerate(charges, start=1)
    )
    Charge.objects.filter(pk__in=[one.pk for one in charges]).update(invoice=invoice)
    return invoice
