"""Writing charges and taking them back."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from billing.balances import open_charges
from billing.charging import charge, undo
from billing.closing import close_month
from billing.invoicing import void
from billing.models import Charge
from billing.refusals import refused_politely
from spaces.refusing import codes
from tests.billing.acts import NOW, TODAY, make_charge, make_invoice
from tests.factories import make_space

OCTOBER = date(2026, 10, 1)


def writes(space, payer, **asked):
    asked = {"kind": "room", "text": "会議室", "yen": 1500, "arises_on": TODAY, "source_key": "booking:1", **asked}
    return charge(space=space, payer_id=payer.pk, **asked)


def test_charge_is_written_as_it_was_asked_for(space, payer):
    written = Charge.objects.get(pk=writes(space, payer).pk)

    assert (written.space, written.payer, written.kind, written.text) == (space, payer, "room", "会議室")
    assert (written.yen, written.tax_rate, written.arises_on, written.source_key) == (1500, 10, TODAY, "booking:1")
    assert (written.invoice, written.voided_at, written.reverses) == (None, None, None)


def test_charge_may_be_outside_the_tax_or_at_the_reduced_rate(space, payer):
    assert writes(space, payer, tax_rate=None).tax_rate is None
    assert writes(space, payer, tax_rate=8, source_key="booking:2").tax_rate == 8


def test_nothing_is_written_for_nothing(space, payer):
    assert writes(space, payer, yen=0) is None
    assert not Charge.objects.exists()


def test_long_text_is_cut_to_what_fits(space, payer):
    assert writes(space, payer, text="あ" * 300).text == "あ" * 200


def test_same_source_is_never_billed_twice(space, payer, other):
    writes(space, payer)

    for again in ({}, {"yen": 1}, {"text": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            writes(space, other, **again)
    assert Charge.objects.count() == 1


def test_same_source_twice_has_a_sentence_for_people(space, payer):
    writes(space, payer)

    with pytest.raises(ValidationError) as caught, refused_politely(), transaction.atomic():
        writes(space, payer)

    assert codes(caught.value) == {"billed_already"}


def test_what_no_invoice_asked_for_is_counted(space, payer, other):
    make_charge(space, payer, 1000)
    make_charge(space, payer, -200)
    make_charge(space, other, 5000)
    make_charge(make_space("elsewhere"), payer, 7000)

    assert open_charges(space, payer.pk) == 800
    undo(Charge.objects.get(yen=1000), today=TODAY)
    assert open_charges(space, payer.pk) == -200
    make_invoice(space, payer, 300)
    assert open_charges(space, payer.pk) == 0


# Taking back


def test_charge_that_waits_for_an_invoice_is_voided(space, payer):
    written = make_charge(space, payer)

    assert undo(written, today=TODAY) is None

    written.refresh_from_db()
    assert written.voided_at is not None
    assert list(Charge.objects.standing()) == []


def test_charge_on_an_invoice_is_reversed_by_another(space, payer):
    written = make_charge(space, payer, 1500, kind="room", tax_rate=None, arises_on=date(2026, 11, 2))
    make_invoice(space, payer, [])

    reversal = undo(written, today=TODAY)

    written.refresh_from_db()
    assert (written.voided_at, written.reversed_by) == (None, reversal)
    assert (reversal.yen, reversal.tax_rate, reversal.kind, reversal.arises_on) == (-1500, None, "room", TODAY)
    assert (reversal.payer, reversal.space, reversal.invoice) == (payer, space, None)
    assert open_charges(space, payer.pk) == -1500


def test_charge_of_a_closed_month_is_reversed_though_no_invoice_names_it(space, payer):
    written = make_charge(space, payer, arises_on=date(2026, 10, 31))
    close_month(space=space, first_on=OCTOBER, by_id=None, now=NOW)

    reversal = undo(written, today=TODAY)

    assert (reversal.yen, reversal.arises_on) == (-1000, TODAY)
    assert open_charges(space, payer.pk) == 0


@pytest.mark.parametrize("for_good", [False, True])
def test_what_an_invoice_asks_for_before_its_day_is_given_back_at_once(space, payer, for_good):
    written = make_charge(space, payer, arises_on=TODAY + timedelta(days=9))
    make_invoice(space, payer, [])

    assert undo(written, today=TODAY, for_good=for_good).arises_on == TODAY


@pytest.mark.parametrize("days", [-9, 0, 9])
def test_what_no_invoice_asks_for_is_not_given_back_before_it_is_due(space, payer, days):
    written = make_charge(space, payer, arises_on=TODAY + timedelta(days=days))

    reversal = undo(written, today=TODAY, for_good=True)

    assert reversal.arises_on == max(TODAY, written.arises_on)
    assert (reversal.yen, reversal.reverses) == (-1000, written)


def test_charge_whose_invoice_was_voided_is_voided(space, payer):
    invoice = make_invoice(space, payer)
    void(invoice=invoice, reason="", now=NOW)

    assert undo(Charge.objects.get(), today=TODAY) is None


def test_what_is_given_back_is_taken_back_the_same_way(space, payer):
    written = make_charge(space, payer, -300)
    make_invoice(space, payer, 1000)

    assert undo(written, today=TODAY).yen == 300


@pytest.mark.parametrize("invoiced", [False, True])
def test_charge_is_taken_back_once(space, payer, invoiced):
    written = make_charge(space, payer)
    if invoiced:
        make_invoice(space, payer, [])
    undo(written, today=TODAY)

    with pytest.raises(ValidationError) as caught:
        undo(written, today=TODAY)

    assert codes(caught.value) == {"reversed_already"}
    assert Charge.objects.count() == (2 if invoiced else 1)


@pytest.mark.parametrize("invoiced", [False, True])
def test_reversal_is_not_taken_back(space, payer, invoiced):
    """Else the first charge would stand again, with nothing left by which it could be reversed."""
    make_invoice(space, payer)
    reversal = undo(Charge.objects.get(), today=TODAY)
    if invoiced:
        make_invoice(space, payer, 400)

    with pytest.raises(ValidationError) as caught:
        undo(reversal, today=TODAY)

    assert codes(caught.value) == {"reversal_stands"}


def test_charge_is_read_anew_before_it_is_taken_back(space, payer):
    seen_open = make_charge(space, payer)
    make_invoice(space, payer, [])

    assert undo(seen_open, today=TODAY).reverses == seen_open


def test_reversal_says_what_it_takes_back(space, payer):
    make_invoice(space, payer)

    with translation.override("en"):
        reversal = undo(Charge.objects.get(), today=TODAY)

    assert reversal.text == "取り消し（2026年11月24日）：月額", "in the payer's language, with the day of the sale"


def test_reversal_of_a_long_text_fits(space, payer):
    make_charge(space, payer, text="あ" * 200)
    make_invoice(space, payer, [])

    assert len(undo(Charge.objects.get(), today=TODAY).text) == 200
