"""Issuing invoices, voiding them, and issuing them anew."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from billing.balances import open_charges
from billing.charging import undo
from billing.invoicing import issue, issuer_of, reissue, void
from billing.models import Charge, Counter, Invoice, InvoiceLine, Issuer
from billing.tax import RateTotal
from spaces.refusing import codes
from tests.billing.acts import NOW, TODAY, make_charge, make_invoice, make_issuer, make_payment, make_receipt, rates_of
from tests.factories import at, make_space, make_user
from tests.properties import examples, undone

NUMBER = "T5835678256246"


def issues(space, payer, **asked):
    asked = {"addressee": "山田 花子", "language": "ja", "now": NOW, **asked}
    return issue(space=space, payer_id=payer.pk, **asked)


def refused(act, *args, **asked):
    with pytest.raises(ValidationError) as caught:
        act(*args, **asked)
    return codes(caught.value)


def numbers(space):
    return list(Invoice.objects.filter(space=space).order_by("year", "number").values_list("year", "number"))


# What is gathered


def test_invoice_gathers_the_open_charges_of_a_payer_at_a_space(space, payer, other):
    mine = [make_charge(space, payer, 1000), make_charge(space, payer, -300)]
    theirs, elsewhere = make_charge(space, other), make_charge(make_space("elsewhere"), payer)
    voided = make_charge(space, payer, 700)
    undo(voided, today=TODAY)

    invoice = issues(space, payer)

    assert (set(invoice.charges.all()), invoice.total) == (set(mine), 700)
    assert set(Charge.objects.open()) == {theirs, elsewhere}


def test_lines_stand_by_day_and_say_what_the_charges_say(space, payer):
    make_charge(
        space, payer, 500, text="キャンセル料", kind="cancellation", tax_rate=None, arises_on=date(2026, 11, 20)
    )
    make_charge(space, payer, 1000, text="月額", arises_on=date(2026, 11, 1))
    make_charge(space, payer, 200, text="水", tax_rate=8, arises_on=date(2026, 11, 20))

    invoice = issues(space, payer)

    assert list(invoice.lines.values_list("position", "on", "text", "yen", "tax_rate")) == [
        (1, date(2026, 11, 1), "月額", 1000, 10),
        (2, date(2026, 11, 20), "キャンセル料", 500, None),
        (3, date(2026, 11, 20), "水", 200, 8),
    ]
    assert rates_of(invoice) == [RateTotal(10, 1000, 90), RateTotal(8, 200, 14), RateTotal(None, 500, 0)]


def test_invoice_of_a_month_leaves_what_arose_later(space, payer):
    october, last = make_charge(space, payer, arises_on=date(2026, 10, 1)), date(2026, 10, 31)
    on_the_last = make_charge(space, payer, arises_on=last)
    november = make_charge(space, payer, arises_on=date(2026, 11, 1))

    invoice = issues(space, payer, up_to=last)

    assert set(invoice.charges.all()) == {october, on_the_last}
    assert list(Charge.objects.open()) == [november]


def test_nothing_open_is_refused_and_takes_no_number(space, payer, other):
    make_charge(space, other)
    make_charge(space, payer, arises_on=date(2026, 11, 25))

    assert refused(issues, space, payer, up_to=TODAY) == {"nothing_open"}
    assert refused(issues, make_space("elsewhere"), payer) == {"nothing_open"}
    assert not Counter.objects.exists()


@pytest.mark.parametrize("addressee", ["", "  ", "　"])
def test_invoice_is_to_somebody(space, payer, addressee):
    """A qualified invoice names who receives it (消費税法 57条の4 1項 6号)."""
    make_charge(space, payer)

    assert refused(issues, space, payer, addressee=addressee) == {"no_addressee"}
    assert open_charges(space, payer.pk) == 1000


def test_long_addressee_is_cut_to_what_fits(space, payer):
    assert make_invoice(space, payer, addressee=" 株式会社" + "あ" * 200).addressee == "株式会社" + "あ" * 156


def test_invoice_of_what_cancels_out_is_a_paper_of_nothing(space, payer):
    assert make_invoice(space, payer, [1000, -1000]).total == 0


def test_what_is_given_back_alone_is_a_paper_below_zero(space, payer):
    invoice = make_invoice(space, payer, -1000)

    assert (invoice.total, rates_of(invoice)) == (-1000, [RateTotal(10, -1000, -90)])


amounts = st.lists(st.tuples(st.integers(-10_000, 10_000).filter(bool), st.sampled_from([10, 8, None])), min_size=1)


@given(amounts=amounts, days=st.lists(st.integers(1, 28), min_size=1))
@examples(25)
def test_lines_sum_up_to_the_total_and_by_rate(db, amounts, days):
    with undone():
        space, payer = make_space("here"), make_user("here@example.jp")
        for place, (yen, rate) in enumerate(amounts):
            make_charge(space, payer, yen, tax_rate=rate, arises_on=date(2026, 11, days[place % len(days)]))

        invoice = issues(space, payer)

        lines = list(invoice.lines.all())
        assert invoice.total == sum(line.yen for line in lines) == sum(yen for yen, _rate in amounts)
        assert sum(one.total for one in rates_of(invoice)) == invoice.total
        assert sorted(line.yen for line in lines) == sorted(yen for yen, _rate in amounts)
        assert [line.on for line in lines] == sorted(line.on for line in lines)
        assert [line.position for line in lines] == list(range(1, len(lines) + 1))


def test_invoice_costs_the_same_queries_for_one_charge_and_for_thirty(space, payer):
    def queries(count):
        for _ in range(count):
            make_charge(space, payer)
        with CaptureQueriesContext(connection) as caught:
            issues(space, payer)
        return len(caught)

    assert queries(1) == queries(30) <= 9


# Numbers


def test_numbers_count_up_in_each_space(space, payer, other):
    there = make_space("elsewhere")
    for where, who in ((space, payer), (space, other), (there, payer), (space, payer)):
        make_invoice(where, who)

    assert numbers(space) == [(2026, 1), (2026, 2), (2026, 3)]
    assert numbers(there) == [(2026, 1)]


def test_number_is_printed_with_its_year(space, payer):
    assert [make_invoice(space, payer).code for _ in range(2)] == ["2026-0001", "2026-0002"]
    assert str(Invoice(year=2027, number=12345)) == "2027-12345"


def test_numbers_begin_again_with_the_year_of_the_space(space, payer):
    """At 15:00 UTC of New Year's Eve the new year has begun in Japan."""
    old_year = datetime(2026, 12, 31, 14, 59, 59, tzinfo=ZoneInfo("UTC"))
    new_year = datetime(2026, 12, 31, 15, 0, tzinfo=ZoneInfo("UTC"))

    first, second = make_invoice(space, payer, now=old_year), make_invoice(space, payer, now=new_year)

    assert (first.code, first.issued_on) == ("2026-0001", date(2026, 12, 31))
    assert (second.code, second.issued_on) == ("2027-0001", date(2027, 1, 1))


def test_invoice_that_fails_gives_its_number_back(space, payer):
    with transaction.atomic():
        assert make_invoice(space, payer).number == 1
        transaction.set_rollback(True)

    assert make_invoice(space, payer).number == 1


def test_invoices_and_receipts_count_apart(space, payer):
    make_invoice(space, payer)
    receipt = make_receipt(make_payment(space, payer))

    assert (receipt.code, make_invoice(space, payer).code) == ("R2026-0001", "2026-0002")


# Who issues it


def test_issuer_is_the_space_until_its_operators_say_more(space):
    found = issuer_of(space)

    assert (found.name, found.address, found.registration_number) == ("どこか運営会", "北海道札幌市", "")
    assert not Issuer.objects.exists()


@pytest.mark.parametrize(
    ("names", "name"),
    [
        ({"operator_name": "運営会", "full_name": "どこか札幌", "name": "どこか"}, "運営会"),
        ({"operator_name": "", "full_name": "どこか札幌", "name": "どこか"}, "どこか札幌"),
        ({"operator_name": "", "full_name": "", "name": "どこか"}, "どこか"),
    ],
)
def test_issuer_has_the_fullest_name_that_the_space_gives(space, names, name):
    for field, value in names.items():
        setattr(space, field, value)

    assert issuer_of(space).name == name


@pytest.mark.parametrize(("language", "name"), [("ja", "どこか運営会"), ("en", "Somewhere Ltd.")])
@pytest.mark.parametrize("spoken", ["ja", "en"])
def test_name_of_the_space_on_a_paper_is_in_the_language_of_the_paper(space, payer, language, name, spoken):
    space.operator_name_en = "Somewhere Ltd."
    space.save()

    with override(spoken):
        invoice = make_invoice(space, payer, language=language)
        receipt = make_receipt(make_payment(space, payer), language=language)

    assert (invoice.issuer_name, receipt.issuer_name) == (name, name)


def test_registered_issuer_makes_a_qualified_invoice(space, payer):
    make_issuer(space, registration_number=NUMBER, bank_account="北洋銀行 普通 1234567", address="札幌市中央区")

    invoice = make_invoice(space, payer)

    assert (invoice.is_qualified, invoice.registration_number) == (True, NUMBER)
    assert (invoice.issuer_name, invoice.issuer_address) == ("合同会社どこか", "札幌市中央区")
    assert invoice.bank_account == "北洋銀行 普通 1234567"


def test_issuer_without_a_number_makes_a_plain_one(space, payer):
    make_issuer(space)

    assert not make_invoice(space, payer).is_qualified


def test_each_space_has_its_own_issuer(space, payer):
    make_issuer(space, registration_number=NUMBER)

    assert not make_invoice(make_space("elsewhere"), payer).is_qualified


def test_paper_stays_as_it_was_whatever_the_issuer_does_later(space, payer):
    issuer = make_issuer(space, registration_number=NUMBER, bank_account="古い口座", due_days=10)
    before = make_invoice(space, payer)
    Issuer.objects.update(name="株式会社あと", registration_number="", bank_account="新しい口座", due_days=30)
    payer.family_name = "鈴木"
    payer.save()
    space.operator_name = "別の会"
    space.save()

    after, before = make_invoice(space, payer), Invoice.objects.get(pk=before.pk)

    assert (before.issuer_name, before.registration_number, before.bank_account) == (issuer.name, NUMBER, "古い口座")
    assert (before.due_on, before.addressee) == (date(2026, 12, 4), "山田 花子")
    assert (after.issuer_name, after.is_qualified, after.due_on) == ("株式会社あと", False, date(2026, 12, 24))


def test_invoice_is_due_fourteen_days_later_unless_the_issuer_says_else(space, payer):
    assert make_invoice(space, payer).due_on == date(2026, 12, 8)
    make_issuer(space, due_days=0)
    assert make_invoice(space, payer).due_on == TODAY


def test_invoice_is_overdue_from_the_day_after(space, payer):
    invoice = make_invoice(space, payer)

    assert not invoice.is_overdue_on(date(2026, 12, 8))
    assert invoice.is_overdue_on(date(2026, 12, 9))
    void(invoice=invoice, reason="", now=NOW)
    invoice.refresh_from_db()
    assert not invoice.is_overdue_on(date(2026, 12, 9))


def test_invoice_keeps_its_language(space, payer):
    assert make_invoice(space, payer, language="en").language == "en"


# Voiding and issuing anew


def test_voided_invoice_opens_its_charges_again(space, payer):
    charges = {make_charge(space, payer, 1000), make_charge(space, payer, 500)}
    invoice = issues(space, payer)

    freed = void(invoice=invoice, reason="宛名違い", now=at("10:00"))

    invoice.refresh_from_db()
    assert (set(freed), set(Charge.objects.open())) == (charges, charges)
    assert (invoice.voided_at, invoice.void_reason) == (at("10:00"), "宛名違い")
    assert (invoice.total, invoice.lines.count()) == (1500, 2)
    assert list(Invoice.objects.standing()) == []


def test_invoice_is_voided_once(space, payer):
    invoice = make_invoice(space, payer)
    void(invoice=invoice, reason="", now=NOW)

    assert refused(void, invoice=invoice, reason="", now=NOW) == {"voided_already"}
    assert refused(reissue, invoice=invoice, reason="", now=NOW) == {"voided_already"}


def test_reissue_puts_the_same_charges_on_a_new_paper(space, payer):
    first = make_invoice(space, payer, [1000, 500], language="en")
    make_charge(space, payer, 9999)

    second = reissue(invoice=first, reason="宛名違い", addressee="株式会社花子", now=at("10:00", date(2026, 12, 1)))

    first.refresh_from_db()
    assert (first.void_reason, second.number, second.replaces, second.total) == ("宛名違い", 2, first, 1500)
    assert (second.addressee, second.language, second.issued_on) == ("株式会社花子", "en", date(2026, 12, 1))
    assert second.due_on == date(2026, 12, 15)
    assert [(line.text, line.yen) for line in second.lines.all()] == [
        (line.text, line.yen) for line in first.lines.all()
    ]
    assert open_charges(space, payer.pk) == 9999


def test_reissue_keeps_the_addressee_if_none_is_given(space, payer):
    first = make_invoice(space, payer, addressee="山田商店")

    assert reissue(invoice=first, reason="", now=NOW).addressee == "山田商店"


def test_papers_that_replace_each_other_are_a_chain(space, payer):
    papers = [make_invoice(space, payer)]
    for _ in range(3):
        papers.append(reissue(invoice=papers[-1], reason="", now=NOW))

    assert [paper.replaces for paper in papers] == [None, *papers[:-1]]
    assert {paper.latest for paper in papers} == {papers[-1]}
    assert list(Invoice.objects.standing()) == [papers[-1]]
    assert numbers(space) == [(2026, number) for number in (1, 2, 3, 4)]


def test_voided_charges_can_be_gathered_with_others(space, payer):
    first = make_invoice(space, payer)
    void(invoice=first, reason="", now=NOW)

    second = make_invoice(space, payer, 500)

    assert (second.total, second.replaces, first.latest) == (1500, None, first)


def test_reversal_stays_open_when_its_invoice_is_issued_anew(space, payer):
    first = make_invoice(space, payer)
    undo(Charge.objects.get(), today=TODAY)

    second = reissue(invoice=first, reason="", now=NOW)

    assert (second.total, open_charges(space, payer.pk)) == (1000, -1000)
    assert issues(space, payer).total == -1000


def test_reissue_that_is_refused_voids_nothing(space, payer):
    invoice = make_invoice(space, payer)

    with pytest.raises(ValidationError):
        reissue(invoice=invoice, reason="", addressee="　", now=NOW)

    invoice.refresh_from_db()
    assert invoice.voided_at is None
    assert InvoiceLine.objects.count() == 1
