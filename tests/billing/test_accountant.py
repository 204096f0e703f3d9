"""The accountant's CSV: stable columns, every yen once, tax that adds up to that of the papers, no formulas."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.accountant import COLUMNS, WORDS, accountant_csv, shared_tax
from billing.charging import undo
from billing.models import Charge, Payment
from billing.paying import refund, take_back
from billing.tax import by_rate
from tests.billing.acts import NOW, TODAY, make_charge, make_invoice, make_payment, make_receipt
from tests.factories import make_space, make_user
from tests.properties import examples

DOCS = Path(__file__).parents[2] / "docs" / "accounting.md"


def table(space, first=TODAY, last=TODAY, **fields):
    text = accountant_csv(space, first, last, **fields).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_columns_are_those_that_the_documentation_tells():
    told = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", DOCS.read_text(), flags=re.MULTILINE)

    assert told == list(COLUMNS)


def test_every_kind_and_method_has_its_word():
    assert {*Charge.Kind.values, *Payment.Method.values} <= {str(key) for key in WORDS}


def test_file_is_as_excel_wants_it(space, payer):
    make_charge(space, payer, text="席\n二行")

    content = accountant_csv(space, TODAY, TODAY)

    assert content.startswith(b"\xef\xbb\xbf" + "日付,区分,種類,内容,支払者,宛名,税込金額,税率,うち消費税,".encode())
    assert content.count(b"\r\n") == 2
    assert content.endswith(b"\r\n")


def test_charge_on_an_invoice(space, payer):
    invoice = make_invoice(space, payer, 5500, addressee="合同会社ヤマダ")

    assert table(space) == [
        {
            "日付": "2026-11-24",
            "区分": "売上",
            "種類": "料金プラン",
            "内容": "月額",
            "支払者": "山田 花子",
            "宛名": "合同会社ヤマダ",
            "税込金額": "5500",
            "税率": "10%",
            "うち消費税": "500",
            "請求書番号": invoice.code,
            "領収書番号": "",
            "支払方法": "",
            "担当者": "",
            "記録番号": f"C{invoice.charges.get().pk}",
        }
    ]


def test_payment_with_its_receipt(space, payer, other):
    invoice = make_invoice(space, other, 5500)
    payment = make_payment(space, other, 5500, invoice=invoice, method="transfer", taken_by_id=payer.pk, note="振込")
    receipt = make_receipt(payment, addressee="佐藤商店")
    make_receipt(payment)

    assert table(space)[1] == {
        "日付": "2026-11-24",
        "区分": "入金",
        "種類": "",
        "内容": "振込",
        "支払者": "佐藤 太郎",
        "宛名": "佐藤商店",
        "税込金額": "5500",
        "税率": "",
        "うち消費税": "",
        "請求書番号": invoice.code,
        "領収書番号": receipt.code,
        "支払方法": "振込",
        "担当者": "山田 花子",
        "記録番号": f"P{payment.pk}",
    }


def test_reversals_refunds_and_what_is_outside_the_tax(space, payer):
    undo(make_invoice(space, payer, 5500).charges.get(), today=TODAY)
    make_charge(space, payer, 800, kind="cancellation", tax_rate=None)
    make_payment(space, payer, 6000)
    refund(space=space, payer_id=payer.pk, method="cash", yen=400, given_on=TODAY, taken_by_id=payer.pk)

    assert [
        (row["区分"], row["種類"], row["税込金額"], row["税率"], row["うち消費税"], row["支払方法"])
        for row in table(space)
    ] == [
        ("売上", "料金プラン", "5500", "10%", "500", ""),
        ("売上取消", "料金プラン", "-5500", "10%", "-500", ""),
        ("売上", "キャンセル料", "800", "対象外", "0", ""),
        ("入金", "", "6000", "", "", "現金"),
        ("返金", "", "-400", "", "", "現金"),
    ]


def test_english_file_has_the_same_rows(space, payer):
    make_invoice(space, payer, 5500)
    make_payment(space, payer, 5500)

    rows = table(space, language="en")

    assert list(rows[0]) == [english for _japanese, english in COLUMNS]
    assert [(row["Entry"], row["Kind"], row["Method"]) for row in rows] == [
        ("sale", "plan", ""),
        ("payment", "", "cash"),
    ]


def test_span_holds_both_its_days_and_nothing_else(space, payer):
    days = [TODAY + timedelta(days=number) for number in range(-2, 3)]
    for day in days:
        make_charge(space, payer, arises_on=day)
        make_payment(space, payer, received_on=day)
    make_charge(make_space("elsewhere"), payer)
    undo(make_charge(space, payer), today=TODAY)
    take_back(payment=make_payment(space, payer), now=NOW)

    rows = table(space, days[1], days[3])

    assert [row["日付"] for row in rows] == [str(day) for day in days[1:4] for _twice in range(2)]
    assert [row["区分"] for row in rows] == ["売上", "入金"] * 3


def test_tax_of_an_invoice_over_two_months_is_shared_out_once(space, payer):
    yesterday = TODAY - timedelta(days=1)
    make_charge(space, payer, 105, arises_on=yesterday)
    make_invoice(space, payer, [105, 105])

    before, after = table(space, yesterday, yesterday), table(space)

    # 105 yen hold 9 yen of tax, 315 hold 28: once rounded, not three times.
    assert [row["うち消費税"] for row in before + after] == ["9", "10", "9"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(space, start):
    bad = f"{start}HYPERLINK(1)"
    person = make_user("bad@example.jp", family_name=bad, given_name="")
    make_charge(space, person, text=bad)
    make_invoice(space, person, 1, addressee=bad)
    make_payment(space, person, note=bad)

    rows = table(space)

    assert {row["内容"] for row in rows} == {f"'{bad}", "月額"}
    for row in rows:
        cells = [cell for name, cell in row.items() if name not in ("税込金額", "うち消費税")]
        assert not any(cell.startswith(start) for cell in cells)


def test_queries_do_not_grow_with_the_rows(space, django_assert_num_queries):
    for count in (1, 8):
        for number in range(count):
            person = make_user(f"{count}-{number}@example.jp")
            make_invoice(space, person, [5500, 800])
            make_receipt(make_payment(space, person))
        with django_assert_num_queries(3):
            table(space)


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from([10, 8, None]), st.integers(-3000, 30000).filter(bool)),
        max_size=20,
    )
)
@examples(500)
def test_shares_add_up_to_the_tax_of_each_paper(charges):
    taxes = shared_tax(charges)

    for paper in {paper for paper, _rate, _yen in charges}:
        for total in by_rate((yen, rate) for of, rate, yen in charges if of == paper):
            of_it = [
                tax for (of, rate, _yen), tax in zip(charges, taxes, strict=True) if (of, rate) == (paper, total.rate)
            ]
            assert sum(of_it) == total.tax
    for (_paper, rate, yen), tax in zip(charges, taxes, strict=True):
        exact = yen * (rate or 0) / (100 + (rate or 0))
        # Rounding toward zero moves by one yen on either side of it.
        assert abs(tax - exact) < 2
