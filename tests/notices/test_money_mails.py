"""What the mails about money say, in both languages, with the paper attached; and not when it is no longer so."""

import io
from datetime import date, timedelta

import pdfplumber
import pytest
import time_machine
from django.core import mail

from billing.invoicing import void
from billing.notices import invoiced
from billing.printing import invoice_paper
from billing.reminding import remind
from members.models import User
from notices.delivery import deliver_due
from notices.models import Notice
from notices.outbox import tell
from tests.billing.acts import NOW, make_invoice, make_issuer, make_payment
from tests.factories import at, make_space, make_user

pytestmark = pytest.mark.usefixtures("letters_apart")

BANK = "どこか銀行 大通支店\n普通 1234567"


@pytest.fixture
def space(db):
    return make_space(name_ja="小さな家", name_en="Little & House")


@pytest.fixture
def payer(db, language) -> User:
    return make_user("ben@example.com", family_name="山田", given_name="太郎", language=language)


@pytest.fixture
def invoice(space, payer, language):
    make_issuer(space, due_days=14, reminder_days=[3], bank_account=BANK)
    return make_invoice(space, payer, 5500, language=language)


def delivered(now=NOW):
    with time_machine.travel(now):
        deliver_due(until=now + timedelta(hours=1))
    return mail.outbox


LATER = at("09:00", date(2026, 12, 8) + timedelta(days=3))


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        (
            "ja",
            "【小さな家】請求書 2026-0001",
            ["2026年12月8日", "までにお支払い", "5,500円", "お振り込み", "普通 1234567"],
        ),
        (
            "en",
            "Little & House: invoice 2026-0001",
            ["Please pay it by Tuesday, 8 December 2026", "¥5,500", "by bank transfer", "普通 1234567"],
        ),
    ],
)
def test_invoice_goes_out_with_the_paper_the_sum_the_day_and_how_to_pay(invoice, subject, words):
    tell(invoiced(invoice, now=NOW))

    [sent] = delivered()

    assert sent.subject == subject
    html = sent.alternatives[0].content
    for word in words:
        assert word in sent.body, word
        assert word in html.replace("<br>", "\n"), word
    assert f"/invoices/{invoice.space.slug}/2026-0001/" in sent.body
    [(name, content, kind)] = sent.attachments
    assert (name, kind) == (f"{invoice_paper(invoice).file_name()}.pdf", "application/pdf")
    assert "5,500" in pdfplumber.open(io.BytesIO(content)).pages[0].extract_text()


@pytest.mark.parametrize("language", ["en"])
def test_mail_says_what_is_left_where_a_part_is_paid_and_that_nothing_is(invoice, space, payer):
    make_payment(space, payer, 2000)
    tell(invoiced(invoice, now=NOW))
    [sent] = delivered()
    assert "Still to pay: ¥3,500" in sent.body

    make_payment(space, payer, 3500)
    Notice.objects.update(state="waiting", settled_at=None)
    sent = delivered()[-1]
    assert "It is paid already." in sent.body
    assert "bank transfer" not in sent.body


@pytest.mark.parametrize(
    ("language", "subject", "word"),
    [
        ("ja", "【小さな家】請求書 2026-0001 のお支払いについて", "まだ全額のご入金を確認できていません"),
        ("en", "Little & House: invoice 2026-0001 is still open", "we have not seen all of it yet"),
    ],
)
def test_reminder_says_what_is_still_open(invoice, space, payer, subject, word):
    make_payment(space, payer, 500)
    remind(now=LATER)

    [sent] = delivered(LATER)

    assert sent.subject == subject
    assert word in sent.body
    assert "5,000" in sent.body
    assert len(sent.attachments) == 1


@pytest.mark.parametrize("language", ["ja"])
def test_nothing_is_sent_of_what_was_voided_or_paid_before_it_went_out(invoice, space, payer):
    tell(invoiced(invoice, now=NOW))
    void(invoice=invoice, reason="誤り", now=NOW)
    make_invoice(space, payer, [])
    remind(now=LATER)
    make_payment(space, payer, 5500)

    assert delivered(LATER) == []
    assert set(Notice.objects.values_list("state", flat=True)) == {"dropped"}


@pytest.mark.parametrize("language", ["en"])
def test_credit_note_says_that_it_gives_back(invoice, space, payer):
    make_payment(space, payer, 5500)
    tell(invoiced(make_invoice(space, payer, -700, language="en"), now=NOW))

    [sent] = delivered()

    assert "It gives money back" in sent.body
    assert "Total: −¥700" in sent.body
