"""Receipts: one for a payment, and copies that say that they are."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st

from billing.charging import undo
from billing.invoicing import reissue, void
from billing.models import Charge, Invoice, Issuer, Receipt
from billing.paying import refund, take_back
from billing.receipts import MOST_COPIES, first_receipt, next_copy
from billing.tax import RateTotal, tax_in
from spaces.refusing import codes
from tests.billing.acts import (
    NOW,
    TODAY,
    make_charge,
    make_invoice,
    make_issuer,
    make_payment,
    make_receipt,
    rates_of,
    totals_of_payment,
)
from tests.factories import at, make_space, make_user
from tests.properties import examples, undone

NUMBER = "T5835678256246"


def refused(*args, **asked):
    with pytest.raises(ValidationError) as caught:
        make_receipt(*args, **asked)
    return codes(caught.value)


def make_mixed_invoice(space, payer):
    """1,000 yen at ten percent, 500 outside the tax."""
    make_charge(space, payer, 500, kind="cancellation", tax_rate=None)
    return make_invoice(space, payer, 1000)


def test_receipt_says_what_was_received_and_by_whom(space, payer):
    make_issuer(space, registration_number=NUMBER, address="札幌市中央区")
    make_invoice(space, payer, 1100)
    payment = make_payment(space, payer, 1100, received_on=date(2026, 11, 20))

    receipt = make_receipt(payment, addressee="株式会社花子")

    receipt.refresh_from_db()
    assert (receipt.code, receipt.copy, receipt.yen, receipt.issued_on) == ("R2026-0001", 0, 1100, TODAY)
    assert (receipt.addressee, receipt.issuer_name, receipt.issuer_address) == (
        "株式会社花子",
        "合同会社どこか",
        "札幌市中央区",
    )
    assert (receipt.registration_number, receipt.rate_totals) == (NUMBER, [{"rate": 10, "total": 1100, "tax": 100}])


def test_numbers_count_up_in_a_space_and_year(space, payer):
    new_year = at("00:00", date(2027, 1, 1))
    codes_ = [make_receipt(make_payment(space, payer)).code for _ in range(3)]

    assert codes_ == ["R2026-0001", "R2026-0002", "R2026-0003"]
    assert make_receipt(make_payment(make_space("elsewhere"), payer)).code == "R2026-0001"
    assert make_receipt(make_payment(space, payer), now=new_year).code == "R2027-0001"


def test_paper_stays_as_it_was_whatever_the_issuer_does_later(space, payer):
    make_issuer(space, registration_number=NUMBER)
    receipt = make_receipt(make_payment(space, payer))
    Issuer.objects.update(name="株式会社あと", registration_number="")

    receipt.refresh_from_db()
    copy = make_receipt(receipt.payment)

    for one in (receipt, copy):
        assert (one.issuer_name, one.registration_number) == ("合同会社どこか", NUMBER)


# To whom


@pytest.mark.parametrize("addressee", ["", " ", "　\t"])
def test_receipt_is_to_somebody(space, payer, addressee):
    assert refused(make_payment(space, payer), addressee) == {"no_addressee"}
    assert not Receipt.objects.exists()


def test_addressee_is_trimmed_and_cut_to_what_fits(space, payer):
    assert make_receipt(make_payment(space, payer), "  山田商店　").addressee == "山田商店"
    assert make_receipt(make_payment(space, payer), "あ" * 200).addressee == "あ" * 160


def test_addressee_can_be_another_than_the_invoice_is_to(space, payer):
    invoice = make_invoice(space, payer, addressee="山田 花子")
    payment = make_payment(space, payer, invoice=invoice)

    assert make_receipt(payment, "株式会社花子").addressee == "株式会社花子"


# Copies


def test_asked_for_again_it_is_a_copy_to_the_same_addressee(space, payer):
    payment = make_payment(space, payer)
    first = make_receipt(payment, "山田 花子")

    second = make_receipt(payment, "誰か 他の人", language="en", now=at("10:00", date(2027, 1, 5)))
    third = make_receipt(payment, "")

    assert [one.copy for one in (first, second, third)] == [0, 1, 2]
    assert {one.code for one in (first, second, third)} == {"R2026-0001"}
    assert {(one.addressee, one.language, one.yen, one.purpose) for one in (second, third)} == {
        (first.addressee, first.language, first.yen, first.purpose)
    }
    assert (second.issued_on, second.issued_at) == (date(2027, 1, 5), at("10:00", date(2027, 1, 5)))


def test_copy_takes_no_number(space, payer):
    payment = make_payment(space, payer)
    for _ in range(3):
        make_receipt(payment)

    assert make_receipt(make_payment(space, payer)).number == 2


# What has none


def test_refund_has_no_receipt(space, payer):
    make_payment(space, payer)
    given = refund(space=space, payer_id=payer.pk, method="cash", yen=500, given_on=TODAY, taken_by_id=payer.pk)

    assert refused(given) == {"no_receipt_for_refund"}


@pytest.mark.parametrize("issued_before", [False, True])
def test_payment_that_was_taken_back_has_no_receipt_and_no_copy(space, payer, issued_before):
    payment = make_payment(space, payer)
    if issued_before:
        make_receipt(payment)
    take_back(payment=payment, now=NOW)

    assert refused(payment) == {"receipt_without_payment"}


# What for


@pytest.mark.parametrize(("language", "seen_in"), [("en", "ja"), ("ja", "en")])
def test_purpose_is_in_the_language_of_the_paper(space, payer, language, seen_in):
    payment = make_payment(space, payer, invoice=make_invoice(space, payer))

    with translation.override(seen_in):
        receipt = make_receipt(payment, language=language)

    with translation.override(language):
        sentence = translation.gettext("Use of the coworking space (invoice %(code)s)")
    assert receipt.purpose == sentence % {"code": "2026-0001"}


def test_payment_that_means_no_invoice_names_none(space, payer):
    make_invoice(space, payer)

    assert make_receipt(make_payment(space, payer), language="en").purpose == "Use of the coworking space"


def test_receipt_names_the_invoice_that_was_issued_instead(space, payer):
    first = make_invoice(space, payer)
    payment = make_payment(space, payer, invoice=first)
    reissue(invoice=first, reason="", now=NOW)

    assert "2026-0002" in make_receipt(payment, language="en").purpose


def test_receipt_does_not_name_one_invoice_of_several_that_were_paid(space, payer):
    make_invoice(space, payer, 3000)
    young = make_invoice(space, payer, 1000)

    both = make_payment(space, payer, 4000, invoice=young)

    assert make_receipt(both, language="en").purpose == "Use of the coworking space"


def test_receipt_does_not_name_an_invoice_that_was_voided(space, payer):
    invoice = make_invoice(space, payer)
    payment = make_payment(space, payer, invoice=invoice)
    void(invoice=invoice, reason="", now=NOW)

    assert make_receipt(payment, language="en").purpose == "Payment in advance", "it is credit now"


# By rate


def test_payment_in_advance_is_outside_the_tax_which_the_invoice_that_it_pays_will_show(space, payer):
    payment = make_payment(space, payer, 1100)

    assert totals_of_payment(payment) == [RateTotal(None, 1100, 0)]
    assert make_receipt(payment).purpose == "お預かり金（前受金）として"


def test_what_is_paid_beyond_an_invoice_is_in_advance(space, payer):
    invoice = make_invoice(space, payer, 7000)
    receipt = make_receipt(make_payment(space, payer, 8000, invoice=invoice))

    assert receipt.rate_totals == [
        {"rate": 10, "total": 7000, "tax": 636},
        {"rate": None, "total": 1000, "tax": 0},
    ]
    assert invoice.code in receipt.purpose


def test_whole_payment_is_by_rate_as_its_invoice(space, payer):
    invoice = make_mixed_invoice(space, payer)

    assert totals_of_payment(make_payment(space, payer, 1500, invoice=invoice)) == rates_of(invoice)


def test_part_is_in_the_proportions_of_its_invoice(space, payer):
    invoice = make_mixed_invoice(space, payer)

    assert totals_of_payment(make_payment(space, payer, 300, invoice=invoice)) == [
        RateTotal(10, 200, 18),
        RateTotal(None, 100, 0),
    ]


def test_what_the_division_leaves_goes_to_the_greatest_part(space, payer):
    invoice = make_mixed_invoice(space, payer)

    assert totals_of_payment(make_payment(space, payer, 100, invoice=invoice)) == [
        RateTotal(10, 67, 6),
        RateTotal(None, 33, 0),
    ]


def test_what_an_invoice_gives_back_of_a_rate_is_no_part_of_what_was_paid(space, payer):
    make_charge(space, payer, -300, tax_rate=None)
    invoice = make_invoice(space, payer, 1000)

    assert totals_of_payment(make_payment(space, payer, 700, invoice=invoice)) == [RateTotal(10, 700, 63)]


def test_payment_that_means_an_invoice_of_nothing_is_in_advance(space, payer):
    invoice = make_invoice(space, payer, [1000, -1000])

    assert totals_of_payment(make_payment(space, payer, 1100, invoice=invoice)) == [RateTotal(None, 1100, 0)]


amounts = st.lists(
    st.tuples(st.integers(-50_000, 50_000).filter(bool), st.sampled_from([10, 8, None])), min_size=1, max_size=8
)


@given(amounts=amounts, yen=st.integers(1, 200_000))
@examples(40)
def test_shares_by_rate_sum_up_to_the_yen(db, amounts, yen):
    with undone():
        space, payer = make_space("here"), make_user("here@example.jp")
        for amount, rate in amounts:
            make_charge(space, payer, amount, tax_rate=rate)
        invoice = make_invoice(space, payer, [])

        receipt = make_receipt(make_payment(space, payer, yen, invoice=invoice))

        assert sum(one["total"] for one in receipt.rate_totals) == yen
        for one in receipt.rate_totals:
            assert one["total"] >= 0
            assert one["tax"] == (tax_in(one["total"], one["rate"]) if one["rate"] else 0)


@given(amounts=amounts)
@examples(30)
def test_receipt_of_a_whole_invoice_shows_its_tax(db, amounts):
    """Where no rate of the invoice gives back, the receipt of all of it says what the invoice says."""
    with undone():
        space, payer = make_space("here"), make_user("here@example.jp")
        for amount, rate in amounts:
            make_charge(space, payer, amount, tax_rate=rate)
        invoice = Invoice.objects.get(pk=make_invoice(space, payer, []).pk)
        assume(all(one.total > 0 for one in rates_of(invoice)))

        assert totals_of_payment(make_payment(space, payer, invoice.total, invoice=invoice)) == rates_of(invoice)


def test_payment_of_several_invoices_is_by_the_rates_of_each(space, payer):
    make_invoice(space, payer, 1100)
    make_charge(space, payer, 500, tax_rate=None)
    fee = make_invoice(space, payer, [])

    both = make_payment(space, payer, 1800, invoice=fee)

    assert totals_of_payment(both) == [RateTotal(10, 1100, 100), RateTotal(None, 700, 0)]


def test_payment_that_names_no_invoice_is_by_the_rates_of_those_that_it_paid(space, payer):
    make_charge(space, payer, 500, tax_rate=None)
    make_invoice(space, payer, [])
    make_invoice(space, payer, 1100)

    first, second = make_payment(space, payer, 800), make_payment(space, payer, 1000)

    assert totals_of_payment(first) == [RateTotal(10, 300, 27), RateTotal(None, 500, 0)]
    assert totals_of_payment(second) == [RateTotal(10, 800, 72), RateTotal(None, 200, 0)], "200 are in advance"


def test_later_payment_changes_nothing_of_what_an_earlier_one_paid(space, payer):
    make_charge(space, payer, 500, tax_rate=None)
    make_invoice(space, payer, [])
    payment = make_payment(space, payer, 500)

    make_payment(space, payer, 500)

    assert totals_of_payment(payment) == [RateTotal(None, 500, 0)]


def test_receipt_of_an_invoice_with_a_reversal_on_it(space, payer):
    charge = make_charge(space, payer, 1000)
    make_invoice(space, payer, [])
    undo(Charge.objects.get(pk=charge.pk), today=TODAY)
    invoice = make_invoice(space, payer, [3000])

    assert totals_of_payment(make_payment(space, payer, 2000, invoice=invoice)) == [RateTotal(10, 2000, 181)]


# Asked twice


def test_first_receipt_asked_for_twice_is_one(space, payer):
    payment = make_payment(space, payer)
    asked = {"payment": payment, "language": "ja", "now": NOW}

    first, again = first_receipt(addressee="山田 花子", **asked), first_receipt(addressee="誰か", **asked)

    assert (again, again.addressee, Receipt.objects.count()) == (first, "山田 花子", 1)


def test_copy_asked_for_twice_is_one(space, payer):
    payment = make_payment(space, payer)
    first = make_receipt(payment)

    copies = [next_copy(payment=payment, after=after, now=NOW) for after in (0, 0, 1)]

    assert [one.copy for one in copies] == [1, 1, 2]
    assert {one.addressee for one in copies} == {first.addressee}


def test_payment_that_was_taken_back_has_no_next_copy(space, payer):
    payment = make_payment(space, payer)
    make_receipt(payment)
    take_back(payment=payment, now=NOW)

    with pytest.raises(ValidationError) as caught:
        next_copy(payment=payment, after=0, now=NOW)
    assert codes(caught.value) == {"receipt_without_payment"}


def test_copies_have_an_end(space, payer):
    payment = make_payment(space, payer)
    for _ in range(1 + MOST_COPIES):
        make_receipt(payment)

    assert refused(payment) == {"copied_often_enough"}
    assert Receipt.objects.count() == 1 + MOST_COPIES
