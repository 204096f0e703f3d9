"""From a bank's list to payments: proposals out of the database, and noting them all or none."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from billing.balances import standing_of
from billing.bank_list import read
from billing.closing import close_month
from billing.matching import Certainty, Payer
from billing.models import Payment
from billing.noting import Chosen, note_all, proposals
from billing.paying import take_back
from spaces.refusing import codes
from tests.billing.acts import NOW, TODAY, make_charge, make_invoice
from tests.factories import make_space, make_user

LIST = """\
日付,お取引内容,お引出し,お預入れ,残高
2026/11/20,ﾌﾘｺﾐ ﾔﾏﾀﾞ ﾊﾅｺ,,"5,500","105,500"
2026/11/21,デンリヨク,"12,340",,"93,160"
2026/11/22,ﾌﾘｺﾐ ｻﾄｳ ﾀﾛｳ,,800,"93,960"
"""


@pytest.fixture
def payers(payer, other):
    return [Payer(payer.pk, "山田 花子", "やまだ はなこ"), Payer(other.pk, "佐藤 太郎", "さとう たろう")]


@pytest.fixture
def rows():
    return read(LIST.encode()).rows


@pytest.fixture
def taker(db):
    return make_user("desk@example.jp")


def refused(space, chosen, taker):
    with pytest.raises(ValidationError) as caught:
        note_all(space=space, chosen=chosen, taken_by_id=taker.pk, now=NOW)
    return caught.value


def test_list_becomes_payments_that_settle_the_invoices(space, payer, other, payers, rows, taker):
    invoice, small = make_invoice(space, payer, 5500), make_invoice(space, other, 800)

    found = proposals(space, rows, payers, today=TODAY)
    noted = note_all(
        space=space, chosen=[Chosen(one.row, one.payer, one.invoice) for one in found], taken_by_id=taker.pk, now=NOW
    )

    assert [one.certainty for one in found] == [Certainty.SURE, Certainty.SURE]
    assert [(one.payer, one.invoice, one.yen, one.received_on) for one in noted] == [
        (payer, invoice, 5500, date(2026, 11, 20)),
        (other, small, 800, date(2026, 11, 22)),
    ]
    assert {(one.method, one.taken_by) for one in noted} == {("transfer", taker)}
    assert noted[0].note == "ﾌﾘｺﾐ ﾔﾏﾀﾞ ﾊﾅｺ"
    assert standing_of(space, payer.pk).open_in_all == standing_of(space, other.pk).open_in_all == 0


def test_same_list_again_adds_nothing(space, payer, payers, rows, taker):
    make_invoice(space, payer, 5500)
    chosen = [Chosen(rows[0], payer.pk)]
    note_all(space=space, chosen=chosen, taken_by_id=taker.pk, now=NOW)

    again = proposals(space, read(LIST.encode("cp932")).rows, payers, today=TODAY)
    error = refused(space, chosen, taker)

    assert [one.noted for one in again] == [True, False]
    assert codes(error) == {"noted_already"}
    assert Payment.objects.count() == 1


def test_row_whose_payment_was_taken_back_can_be_noted_again(space, payer, other, payers, rows, taker):
    [wrong] = note_all(space=space, chosen=[Chosen(rows[0], other.pk)], taken_by_id=taker.pk, now=NOW)
    take_back(payment=wrong, now=NOW)

    assert not proposals(space, rows, payers, today=TODAY)[0].noted
    [right] = note_all(space=space, chosen=[Chosen(rows[0], payer.pk)], taken_by_id=taker.pk, now=NOW)

    assert right.payer == payer


def test_another_space_may_have_an_equal_row(space, payer, rows, taker):
    for place in (space, make_space("elsewhere")):
        assert len(note_all(space=place, chosen=[Chosen(rows[0], payer.pk)], taken_by_id=taker.pk, now=NOW)) == 1


def test_every_line_that_is_refused_is_told_and_nothing_is_noted(space, payer, other, rows, taker):
    note_all(space=space, chosen=[Chosen(rows[0], payer.pk)], taken_by_id=taker.pk, now=NOW)
    theirs = make_invoice(space, payer, 5500)
    elsewhere = make_invoice(make_space("elsewhere"), other, 800)
    october = read("取引日,入出金,内容\n20261009,300,ヤマダ\n20261010,400,ヤマダ\n20261123,500,ヤマダ\n".encode()).rows
    close_month(space=space, first_on=date(2026, 10, 1), by_id=taker.pk, now=NOW)

    error = refused(
        space,
        [
            Chosen(rows[0], payer.pk),
            Chosen(rows[1], other.pk, theirs.pk),
            Chosen(october[0], payer.pk),
            Chosen(october[1], other.pk, elsewhere.pk),
            Chosen(october[2], payer.pk),
            Chosen(october[2], payer.pk),
        ],
        taker,
    )

    assert [(one.code, one.params["line"]) for one in error.error_list] == [
        *(("noted_already", 2), ("other_payer", 4), ("month_closed", 2), ("other_payer", 3), ("noted_already", 4)),
    ]
    assert Payment.objects.count() == 1


def test_refusals_are_whole_sentences(space, payer, rows, taker):
    note_all(space=space, chosen=[Chosen(rows[0], payer.pk)], taken_by_id=taker.pk, now=NOW)

    with translation.override("en"):
        error = refused(space, [Chosen(rows[0], payer.pk)], taker)
        assert error.messages == ["Line 2: This line of the bank's list was noted already."]


def test_row_of_a_day_to_come_is_refused_by_its_line(space, payer, taker):
    rows = read("取引日,入出金,内容\n20261124,300,ヤマダ\n20261125,400,ヤマダ\n".encode()).rows

    error = refused(space, [Chosen(row, payer.pk) for row in rows], taker)

    assert [(one.code, one.params["line"]) for one in error.error_list] == [("received_in_future", 3)]
    assert not Payment.objects.exists()


def test_nothing_chosen_notes_nothing(space, taker):
    assert note_all(space=space, chosen=[], taken_by_id=taker.pk, now=NOW) == []


def test_company_that_an_open_invoice_is_addressed_to_pays_it(space, payer, other, payers):
    invoice = make_invoice(space, payer, 5500, addressee="株式会社ドリノキ")
    make_invoice(space, other, 800, addressee="佐藤 太郎")
    rows = read("取引日,入出金,内容\n20261120,5500,カ）ドリノキ\n".encode()).rows

    [found] = proposals(space, rows, payers, today=TODAY)

    assert (found.certainty, found.payer, found.invoice) == (Certainty.SURE, payer.pk, invoice.pk)


def test_company_of_two_payers_is_not_sure_by_its_name(space, payer, other, payers):
    for one in (payer, other):
        make_invoice(space, one, 5500, addressee="株式会社ドリノキ")
    rows = read("取引日,入出金,内容\n20261120,5500,カ）ドリノキ\n".encode()).rows

    [found] = proposals(space, rows, payers, today=TODAY)

    assert (found.certainty, found.could_be) == (Certainty.NONE, (payer.pk, other.pk))


def test_addressee_who_is_a_payer_too_makes_neither_sure(space, payer, other, payers):
    make_invoice(space, payer, 5500, addressee="サトウ タロウ")
    make_invoice(space, other, 5500, addressee="佐藤 太郎")
    rows = read("取引日,入出金,内容\n20261120,5500,サトウ　タロウ\n".encode()).rows

    [found] = proposals(space, rows, payers, today=TODAY)

    assert found.certainty is Certainty.NONE


def test_row_that_would_be_refused_has_no_proposal_and_pays_nothing_of_the_next(space, payer, payers, taker):
    make_invoice(space, payer, 5500)
    text = "取引日,入出金,内容\n20261020,500,ヤマダ ハナコ\n20261120,5500,ヤマダ ハナコ\n20261125,500,ヤマダ ハナコ\n"
    close_month(space=space, first_on=date(2026, 10, 1), by_id=taker.pk, now=NOW)

    with translation.override("en"):
        closed, paid, to_come = proposals(space, read(text.encode()).rows, payers, today=TODAY)

    assert (closed.refused, closed.payer, closed.why) == (
        True,
        None,
        ("That month is closed. Enter a correction on a day after it.",),
    )
    assert (paid.certainty, paid.refused) == (Certainty.SURE, False)
    assert to_come.refused
    assert to_come.why == ("That day is still to come: note money on the day it changes hands.",)


def test_row_that_was_noted_is_known_in_a_closed_month_too(space, payer, payers, taker):
    rows = read("取引日,入出金,内容\n20261020,500,ヤマダ ハナコ\n".encode()).rows
    note_all(space=space, chosen=[Chosen(rows[0], payer.pk)], taken_by_id=taker.pk, now=NOW)
    close_month(space=space, first_on=date(2026, 10, 1), by_id=taker.pk, now=NOW)

    [found] = proposals(space, rows, payers, today=TODAY)

    assert (found.noted, found.refused) == (True, False)


def test_what_is_not_invoiced_yet_is_not_proposed(space, payer, payers, rows):
    make_charge(space, payer, 5500)

    found = proposals(space, rows, payers, today=TODAY)[0]

    assert (found.certainty, found.covers) == (Certainty.LIKELY, ())


def test_queries_do_not_grow_with_the_rows(space, payer, payers, rows, django_assert_num_queries):
    for count in (1, 5):
        for number in range(count):
            make_invoice(space, make_user(f"{count}-{number}@example.jp"), 5500)
        with django_assert_num_queries(6):
            proposals(space, rows[: count + 1], payers, today=TODAY)
