"""Papers as a reader gets them: PDFs are opened again and read, pages are rendered."""

import dataclasses
import html
import io
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any

import pdfplumber
import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from billing.charging import charge, undo
from billing.glyphs import GETA, covered, legible, unprintable
from billing.honorific import honorific
from billing.invoicing import issue, reissue, void
from billing.models import Invoice, Issuer, Receipt
from billing.paying import pay, take_back
from billing.printing import Paper, invoice_paper, pdf, receipt_paper
from billing.receipts import issue_receipt
from members.models import User
from spaces.models import Space
from tests.properties import examples

NUMBER = "T7000012050002"
DAY = date(2026, 11, 24)
CODE = r"#evil[*x*] $y$ \<lab>@ref _a_ `c` // d /* e */ = ~ -- {{ g }} {% h %} <script>1</script> &"

Sold = tuple[str, int, int | None]
Invoiced = Callable[..., Invoice]
Received = Callable[..., Receipt]


@pytest.fixture
def dorinoki(four_spaces: dict[str, Space]) -> Space:
    """Dorinoki, whose operator is registered for qualified invoices."""
    space = four_spaces["dorinoki"]
    Issuer.objects.create(
        space=space,
        name="札幌大通まちづくり株式会社",
        address="札幌市中央区南1条西4丁目13",
        registration_number=NUMBER,
        bank_account="北海道銀行 大通支店\n普通 1234567",
    )
    return space


@pytest.fixture
def garage(four_spaces: dict[str, Space]) -> Space:
    """Garage labs, whose operator is not."""
    return four_spaces["garage-labs"]


@pytest.fixture
def keys() -> Iterator[str]:
    return (f"test:{number}" for number in range(10_000))


@pytest.fixture
def invoiced(aiko: User, now: datetime, keys: Iterator[str]) -> Invoiced:
    """Issue an invoice of what was sold: texts, yen and rates."""

    def issued(space: Space, *sold: Sold, addressee: str = "伊藤 愛子", language: str = "ja") -> Invoice:
        for text, yen, rate in sold:
            charge(
                space=space, payer_id=aiko.pk, kind="other", text=text, yen=yen, arises_on=DAY, source_key=next(keys),
                tax_rate=rate,
            )  # fmt: skip
        return issue(space=space, payer_id=aiko.pk, addressee=addressee, language=language, now=now)

    return issued


@pytest.fixture
def received(aiko: User, sam: User, now: datetime, invoiced: Invoiced) -> Received:
    """Note a payment, of an invoice of that sum if none is given, and issue its receipt."""

    def issued(
        space: Space, yen: int, *, addressee: str = "伊藤 愛子", language: str = "ja", invoice: Invoice | None = None
    ) -> Receipt:
        meant = invoice or invoiced(space, ("席の利用", yen, 10))
        payment = pay(
            space=space, payer_id=aiko.pk, method="cash", yen=yen, received_on=DAY, taken_by_id=sam.pk, invoice=meant
        )
        return issue_receipt(payment=payment, addressee=addressee, language=language, now=now)

    return issued


def rows_of(paper: Paper) -> list[str]:
    """What stands on a paper's PDF, row by row, without blanks."""
    with pdfplumber.open(io.BytesIO(pdf(paper))) as file:
        pages = [page.filter(lambda thing: not is_turned(thing)).extract_text(y_tolerance=5) for page in file.pages]
    return ["".join(row.split()) for row in "\n".join(pages).splitlines()]


def marks_of(paper: Paper) -> str:
    """What is written across a paper's PDF."""
    with pdfplumber.open(io.BytesIO(pdf(paper))) as file:
        return "".join(char["text"] for char in file.pages[0].chars if is_turned(char))


def is_turned(thing: dict[str, Any]) -> bool:
    return bool(thing.get("matrix") and thing["matrix"][1])


def page_of(paper: Paper) -> str:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return render_to_string(f"billing/{paper.kind}.html", {"paper": paper, "pdf_url": "/the.pdf"}, request)


def words_of(paper: Paper) -> str:
    """What is read on a paper's page, without blanks."""
    [article] = re.findall(r'<article class="paper".*?</article>', page_of(paper), re.DOTALL)
    return "".join(html.unescape(re.sub(r"<[^>]*>", "", article)).split())


# Invoices


def test_a_qualified_invoice_says_what_the_law_asks(dorinoki: Space, invoiced: Invoiced):
    paper = invoice_paper(
        invoiced(dorinoki, ("入会金", 30_000, 10), ("キャンセル料", 500, None), ("コーヒー豆", 1_080, 8))
    )

    assert rows_of(paper) == [
        "ドリノキ",
        "請求書番号2026-0001",
        "発行日2026年11月24日",
        "お支払期限2026年12月8日",
        "伊藤愛子様札幌大通まちづくり株式会社",
        "札幌市中央区南1条西4丁目13",
        f"登録番号{NUMBER}",
        "下記のとおりご請求申し上げます。",
        "ご請求金額（税込）31,580円",
        "日付内容税率金額",
        "2026.11.24入会金10%30,000円",
        "2026.11.24キャンセル料対象外500円",
        "2026.11.24コーヒー豆8%※1,080円",
        "税率別内訳税込金額うち消費税",
        "10%対象30,000円2,727円",
        "8%対象※1,080円80円",
        "対象外500円—",
        "合計31,580円2,807円",
        "お振込先",
        "北海道銀行大通支店",
        "普通1234567",
        "※は軽減税率の対象です。",
        "札幌大通まちづくり株式会社請求書2026-00011/1",
    ]


def test_a_plain_invoice_can_not_be_taken_for_a_qualified_one(garage: Space, invoiced: Invoiced):
    paper = invoice_paper(invoiced(garage, ("入会金", 30_000, 10), ("キャンセル料", 500, None)))

    rows = rows_of(paper)
    assert rows[-4:-1] == ["10%対象30,000円", "対象外500円", "合計30,500円"]
    for text in ("".join(rows), words_of(paper)):
        assert "登録番号" not in text
        assert "消費税" not in text
        assert "2,727" not in text


def test_an_invoice_in_english(dorinoki: Space, invoiced: Invoiced):
    sold = [("Sign-up fee", 30_000, 10), ("Late", 500, None)]
    invoice = invoiced(dorinoki, *sold, addressee="Ben Miller", language="en")

    rows = rows_of(invoice_paper(invoice))
    assert rows[:4] == ["Dorinoki", "InvoiceNumber2026-0001", "Issuedon24November2026", "Tobepaidby8December2026"]
    assert "BenMiller札幌大通まちづくり株式会社" in rows
    assert f"Registrationno.{NUMBER}" in rows
    assert "Amountdue(taxincluded)¥30,500" in rows
    assert "2026.11.24Sign-upfee10%¥30,000" in rows
    assert "At10%¥30,000¥2,727" in rows
    assert "Nottaxed¥500—" in rows


def test_a_language_that_the_house_does_not_speak_is_japanese(dorinoki: Space, invoiced: Invoiced):
    assert invoice_paper(invoiced(dorinoki, ("x", 1, 10), language="xx")).title == "請求書"
    assert invoice_paper(invoiced(dorinoki, ("x", 1, 10), language="en-gb")).title == "Invoice"


def test_a_paper_is_in_its_own_language_whoever_looks(dorinoki: Space, invoiced: Invoiced):
    invoice = invoiced(dorinoki, ("入会金", 30_000, 10))

    with translation.override("en"):
        assert "請求書番号2026-0001" in rows_of(invoice_paper(invoice))
        assert "下記のとおりご請求申し上げます。" in words_of(invoice_paper(invoice))
        assert "Download as PDF" in page_of(invoice_paper(invoice))


def test_what_is_given_back_is_a_credit_note(dorinoki: Space, invoiced: Invoiced, now: datetime):
    first = invoiced(dorinoki, ("入会金", 30_000, 10))
    undo(first.charges.get(), today=DAY)

    paper = invoice_paper(invoiced(dorinoki, ("会議室", 550, 10)))
    rows = rows_of(paper)
    assert "返金明細書番号2026-0002" in rows
    assert "下記のとおりご返金申し上げます。" in rows
    assert "ご返金金額（税込）29,450円" in rows
    assert "2026.11.24会議室10%550円" in rows
    assert any(row.endswith("10%−30,000円") for row in rows)
    assert "10%対象−29,450円−2,677円" in rows
    assert "お支払期限" not in "".join(rows)
    assert "お振込先" not in "".join(rows)


def test_an_invoice_for_nothing_says_that_there_is_nothing_to_pay(dorinoki: Space, invoiced: Invoiced):
    first = invoiced(dorinoki, ("入会金", 30_000, 10))
    undo(first.charges.get(), today=DAY)

    rows = rows_of(invoice_paper(invoiced(dorinoki, ("会議室", 30_000, 10))))
    assert "ご請求金額（税込）0円" in rows
    assert "お支払いいただく金額はございません。" in rows
    assert "お振込先" not in "".join(rows)


def test_a_void_invoice_is_marked_and_names_what_takes_its_place(dorinoki: Space, invoiced: Invoiced, now: datetime):
    first = invoiced(dorinoki, ("入会金", 30_000, 10))
    assert marks_of(invoice_paper(first)) == ""

    second = reissue(invoice=first, reason="宛名", addressee="株式会社いとう", now=now)
    first.refresh_from_db()
    paper = invoice_paper(first)
    assert marks_of(paper) == "無効"
    assert words_of(paper).startswith("無効")
    assert rows_of(paper)[-3:-1] == ["2026年11月24日に無効となりました。", "2026-0002が代わりとなります。"]
    assert "30,000円" in "".join(rows_of(paper))
    assert marks_of(invoice_paper(second)) == ""
    assert rows_of(invoice_paper(second))[-2] == "2026-0001に代わるものです。"
    assert rows_of(invoice_paper(second))[4] == "株式会社いとう御中札幌大通まちづくり株式会社"

    void(invoice=second, reason="", now=now)
    second.refresh_from_db()
    assert rows_of(invoice_paper(second))[-2] == "2026年11月24日に無効となりました。"


def test_a_long_list_goes_on_over_pages_with_its_head(dorinoki: Space, invoiced: Invoiced):
    sold = [(f"ドロップイン {number}回目 " + "会議室の利用 " * (number % 7), 800 + number, 10) for number in range(120)]
    paper = invoice_paper(invoiced(dorinoki, *sold))

    with pdfplumber.open(io.BytesIO(pdf(paper))) as file:
        pages = ["".join(page.extract_text().split()) for page in file.pages]
        edges = [(char["x0"], char["x1"], char["bottom"]) for page in file.pages for char in page.chars]
    assert len(pages) > 3
    assert [page.count("日付内容税率金額") for page in pages] == ["ドロップイン" in page for page in pages]
    assert [page.endswith(f"{at}/{len(pages)}") for at, page in enumerate(pages, 1)] == [True] * len(pages)
    for number in range(120):
        assert "".join(pages).count(f"ドロップイン{number}回目") == 1
    assert "10%対象103,140円9,376円" in "".join(pages)
    assert min(left for left, _, _ in edges) >= 56
    assert max(right for _, right, _ in edges) <= 540
    assert max(bottom for _, _, bottom in edges) <= 820


# Receipts


def test_a_receipt(dorinoki: Space, invoiced: Invoiced, received: Received):
    invoice = invoiced(dorinoki, ("入会金", 30_000, 10), ("キャンセル料", 500, None))
    paper = receipt_paper(received(dorinoki, 30_500, invoice=invoice, addressee="上様"))

    assert rows_of(paper) == [
        "ドリノキ",
        "領収書番号R2026-0001",
        "発行日2026年11月24日",
        "領収日2026年11月24日",
        "お支払方法現金",
        "上様",
        "30,500円",
        "領収金額（税込）",
        "但しコワーキングスペース利用料（請求書2026-0001）",
        "上記の金額を正に領収いたしました。",
        "札幌大通まちづくり株式会社",
        "税率別内訳税込金額うち消費税",
        "札幌市中央区南1条西4丁目13",
        "10%対象30,000円2,727円",
        f"登録番号{NUMBER}",
        "対象外500円—",
        "合計30,500円2,727円",
        "札幌大通まちづくり株式会社領収書R2026-00011/1",
    ]


def test_a_receipt_that_is_issued_again_says_so(dorinoki: Space, received: Received, now: datetime):
    first = received(dorinoki, 1_100)
    second = issue_receipt(payment=first.payment, addressee="", language="ja", now=now)

    assert "再発行" not in "".join(rows_of(receipt_paper(first))) + words_of(receipt_paper(first))
    assert {"再発行", "再発行日2026年11月24日"} <= set(rows_of(receipt_paper(second)))
    assert words_of(receipt_paper(second)).startswith("ドリノキ領収書再発行")


def test_a_receipt_of_a_payment_that_was_taken_back_is_void(dorinoki: Space, received: Received, now: datetime):
    receipt = received(dorinoki, 1_100)
    take_back(payment=receipt.payment, now=now)
    receipt.refresh_from_db()

    assert marks_of(receipt_paper(receipt)) == "無効"
    assert words_of(receipt_paper(receipt)).startswith("無効")


def test_stamp_tax_goes_by_the_sum_without_tax_where_the_paper_shows_it(
    dorinoki: Space, garage: Space, received: Received
):
    """印紙税法 別表第一 第17号の1: from 50,000 yen on, and what counts is the sum without tax if it is shown apart."""
    stamps = {
        (space.slug, yen): receipt_paper(received(space, yen)).stamp
        for space in (dorinoki, garage)
        for yen in (49_999, 50_000, 54_998, 54_999, 55_000, 1_100_000, 1_100_001)
    }

    assert [stamps["dorinoki", yen] for yen in (50_000, 54_998, 54_999, 55_000)] == ["", "", "200円", "200円"]
    assert [stamps["dorinoki", yen] for yen in (1_100_000, 1_100_001)] == ["200円", "400円"]
    assert [stamps["garage-labs", yen] for yen in (49_999, 50_000, 54_998)] == ["", "200円", "200円"]


def test_a_stamp_belongs_on_paper_and_not_in_a_file(dorinoki: Space, received: Received):
    paper, small = receipt_paper(received(dorinoki, 88_000)), receipt_paper(received(dorinoki, 8_800))

    assert "収入印紙200円紙で交付する場合" in words_of(paper)
    assert "電子発行" not in words_of(paper)
    assert "電子発行のため、収入印紙の貼付は不要です。" in rows_of(paper)
    assert "印紙" not in words_of(small) + "".join(rows_of(small))


def test_a_plain_receipt_shows_no_tax(garage: Space, received: Received):
    paper = receipt_paper(received(garage, 8_800))

    for text in ("".join(rows_of(paper)), words_of(paper)):
        assert "10%対象8,800円" in text
        assert "消費税" not in text
        assert "登録番号" not in text


def test_a_receipt_in_english(dorinoki: Space, received: Received):
    with translation.override("en"):
        receipt = received(dorinoki, 88_000, addressee="Ben Miller", language="en")

    rows = rows_of(receipt_paper(receipt))
    assert "BenMiller" in rows
    assert "Issuedon24November2026" in rows
    assert {"¥88,000", "Amountreceived(taxincluded)", "PaidbyCash", "At10%¥88,000¥8,000"} <= set(rows)
    assert "Issuedelectronically,soitneedsnorevenuestamp." in rows


# Page and file


def test_page_and_file_say_the_same(dorinoki: Space, invoiced: Invoiced, received: Received):
    invoice = invoiced(dorinoki, ("入会金", 30_000, 10), ("豆", 1_080, 8), ("キャンセル料", 500, None))
    for paper in (invoice_paper(invoice), receipt_paper(received(dorinoki, 31_580, invoice=invoice))):
        printed = {character for row in rows_of(paper)[:-1] for character in row}

        assert printed <= set(words_of(paper))
        for row in rows_of(paper):
            for figure in re.findall(r"[\d,]+円", row):
                assert figure in words_of(paper)


def test_a_page_holds_no_style_and_no_script_of_its_own(dorinoki: Space, invoiced: Invoiced):
    page = page_of(invoice_paper(invoiced(dorinoki, (CODE, 30_000, 10), addressee=CODE)))

    assert not re.search(r"\sstyle=|<style|<script>|\son\w+=", page)
    assert '<html lang="ja">' in page
    assert page.count("<h1") == 1


def test_the_letterhead_is_left_out_where_the_issuer_is_the_space(dorinoki: Space, invoiced: Invoiced):
    Issuer.objects.filter(space=dorinoki).update(name="コワーキング ドリノキ")

    assert invoice_paper(invoiced(dorinoki, ("x", 1, 10))).letterhead == ""


def test_the_same_paper_gives_the_same_bytes_from_any_thread(dorinoki: Space, invoiced: Invoiced):
    paper = invoice_paper(invoiced(dorinoki, ("入会金", 30_000, 10)))

    with ThreadPoolExecutor(8) as threads:
        files = set(threads.map(lambda _: pdf(paper), range(32)))
    assert len(files) == 1


def test_reading_a_paper_costs_a_fixed_number_of_queries(
    dorinoki: Space, invoiced: Invoiced, django_assert_num_queries: Callable[..., object]
):
    for count in (1, 9):
        invoice = invoiced(dorinoki, *[("入会金", 30_000, 10)] * count)
        invoice = Invoice.objects.select_related("space").get(pk=invoice.pk)
        with django_assert_num_queries(1):
            invoice_paper(invoice)


# What people type


@pytest.fixture
def everywhere(dorinoki: Space, invoiced: Invoiced, received: Received) -> list[Paper]:
    """An invoice and a receipt with the same words in each field that somebody types."""
    Issuer.objects.update(name=CODE, address=CODE, bank_account=CODE)
    papers = [
        invoice_paper(invoiced(dorinoki, (CODE, 30_000, 10), addressee=CODE)),
        receipt_paper(received(dorinoki, 30_000, addressee=CODE)),
    ]
    return [dataclasses.replace(paper, letterhead=CODE, purpose=CODE) for paper in papers]


def test_what_people_type_is_no_code(everywhere: list[Paper]):
    typed = "".join(CODE.split())
    for paper, times in zip(everywhere, (6, 4), strict=True):
        assert "".join(rows_of(paper)).count("#evil[*x*]$y$") >= times
        assert words_of(paper).count(typed) >= times - 1
        assert "<script>1" not in page_of(paper)


def with_words(paper: Paper, words: str) -> Paper:
    return dataclasses.replace(
        paper, addressee=words, issuer=words, issuer_address=words, letterhead=words, bank_account=words,
        purpose=words, lines=[dataclasses.replace(line, text=words) for line in paper.lines],
    )  # fmt: skip


def test_any_words_make_a_paper(everywhere: list[Paper]):
    @examples(40)
    @given(st.text(st.characters(exclude_categories=["Cs"]), max_size=160), st.sampled_from(everywhere))
    def holds(words: str, paper: Paper) -> None:
        assert pdf(with_words(paper, words)).startswith(b"%PDF-1.7")

    holds()


def test_every_character_of_the_font_prints_in_both_weights(everywhere: list[Paper]):
    """PDF/A refuses a character that a font lacks; the addressee is bold, the address is not."""
    _, receipt = everywhere
    characters = "".join(map(chr, sorted(covered())))

    for start in range(0, len(characters), 160):
        pdf(with_words(receipt, characters[start : start + 160]))


def test_a_word_that_can_not_be_broken_stays_inside_the_page(everywhere: list[Paper]):
    for paper in everywhere:
        with pdfplumber.open(io.BytesIO(pdf(with_words(paper, "W" * 160)))) as file:
            assert max(char["x1"] for char in file.pages[0].chars if not is_turned(char)) <= 540


def test_a_name_that_the_font_lacks(dorinoki: Space, invoiced: Invoiced):
    rows = rows_of(invoice_paper(invoiced(dorinoki, ("😀", 30_000, 10), addressee="𠮷田 김 髙﨑")))

    assert "吉田〓髙﨑様札幌大通まちづくり株式会社" in rows
    assert "2026.11.24〓10%30,000円" in rows


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("伊藤 愛子", "伊藤 愛子"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("𣘺本", "橋本"),
        ("a\u2011b", "a\u2010b"),
        ("👨\u200d👩\ufe0f", GETA * 2),
        ("김", GETA),
        ("\ue000", GETA),
        ("a\tb\x00c\u2028d\ne", "a b c d\ne"),
        ("\u202eabc\ufeff", "abc"),
    ],
)
def test_what_the_font_lacks_is_replaced(typed: str, printed: str):
    assert legible(typed) == printed


def test_what_can_not_be_printed_is_told():
    assert unprintable("𠮷田 김 〓 髙﨑 😀김\t") == "김😀"


def test_the_font_has_what_japanese_names_and_papers_need():
    assert covered().issuperset(map(ord, "亜熙髙﨑濵ゞヶ々〆①㈱ｱﾞ￥¥−—※円〓éŁЖ"))
    assert len(covered()) > 11_000


@pytest.mark.parametrize(
    ("addressee", "word"),
    [
        ("伊藤 愛子", "様"),
        ("株式会社いとう", "御中"),
        ("いとう（株）", "御中"),
        ("NPO法人 北の暮らし", "御中"),
        ("Ito Co., Ltd.", "御中"),
        ("Coco Miller", "様"),
        ("上様", ""),
        ("株式会社いとう 伊藤様 ", ""),
        ("経理部御中", ""),
    ],
)
def test_honorifics(addressee: str, word: str):
    assert honorific(addressee, "ja") == word
    assert honorific(addressee, "en") == ""
