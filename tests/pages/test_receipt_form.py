"""Asking for the receipt of a payment: to whom it is addressed, and again as a copy."""

from datetime import date

import pytest

from billing.closing import close_month
from billing.models import Receipt
from billing.paying import refund, take_back
from billing.receipts import MOST_COPIES
from tests.billing.acts import NOW, TODAY, make_payment, make_receipt
from tests.factories import make_user
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import queries
from tests.pages.money import asking_page, receipt_page
from tests.reading import Page

HTMX = {"HX-Request": "true"}
NO_CHANGE = "you can't change its addressee any more"


@pytest.fixture
def sun(koharubiyori):
    return koharubiyori.space


@pytest.fixture
def payment(sun, ben):
    return make_payment(sun, ben, 3000)


def asked(browser, payment, **changes):
    page = Page(browser.get(asking_page(payment)))
    return page.submit(browser, page.form("addressee"), **changes)


def test_payer_says_to_whom_and_gets_the_receipt(english, ben, payment):
    browser = english(ben)
    page = Page(browser.get(asking_page(payment)))
    answer = asked(browser, payment, addressee="Miller Inc")

    receipt = Receipt.objects.get()
    assert (page.status, page.headings) == (200, ["Receipt for ¥3,000"])
    assert page.form("addressee").fields["addressee"] == "Ben Miller"
    assert "The receipt is in the language of your account: English." in page.main
    assert NO_CHANGE in page.main
    assert answer.headers["Location"] == receipt_page(receipt)
    assert (receipt.addressee, receipt.copy, receipt.language, receipt.payment) == ("Miller Inc", 0, "en", payment)
    assert "Here is your receipt." in Page(browser.get(receipt_page(receipt))).text


def test_receipt_is_in_the_language_of_the_account_whatever_the_page_is_in(english, chie, sun):
    payment = make_payment(sun, chie)

    page = Page(english(chie).get(asking_page(payment)))
    asked(english(chie), payment)

    assert page.lang == "en"
    assert "千葉 千絵 様" in page.main
    assert Receipt.objects.get().language == "ja"


@pytest.mark.parametrize(
    ("typed", "reads"),
    [("千葉 千絵", "千葉 千絵 様"), ("株式会社千葉", "株式会社千葉 御中"), ("上様", "上様 The receipt")],
)
def test_payer_sees_how_it_will_read_before_it_is_issued(english, chie, sun, typed, reads):
    payment = make_payment(sun, chie)
    whole = Page(english(chie).post(asking_page(payment), {"addressee": typed, "look": "1"}))
    part = english(chie).post(asking_page(payment), {"addressee": typed, "look": "1"}, headers=HTMX)

    assert reads in whole.main
    assert whole.form("addressee").fields["addressee"] == typed
    assert "<html" not in part.content.decode()
    assert reads in Page(part).text
    assert "HX-Request" in part.headers["Vary"]
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "This field is required."),
        ("　 \t", "This field is required."),
        ("あ" * 161, "at most 160 characters"),
        ("山\x00田", "Null characters are not allowed."),
        ("山\n田", "can't be seen"),
        ("山\x1b田", "can't be seen"),
        ("\u200b", "can't be seen"),
        ("abc\u202egnp", "can't be seen"),
        ("김철수 😀", "“김철수😀” can't be printed."),
    ],
)
def test_addressee_that_no_paper_can_say_is_refused_and_kept_in_the_form(english, ben, payment, typed, sentence):
    answer = asked(english(ben), payment, addressee=typed)
    part = english(ben).post(asking_page(payment), {"addressee": typed, "look": "1"}, headers=HTMX)

    page = Page(answer)
    assert page.status == 400
    assert page.main.count(sentence) == 1
    assert page.form("addressee").fields["addressee"] == typed
    assert (part.status_code, sentence in Page(part).text) == (200, True)
    assert not Receipt.objects.exists()


def test_payer_whose_own_name_can_not_be_printed_is_told_before_it_is_sent(english, sun):
    payer = make_user("chulsoo@example.kr", family_name="김", given_name="철수")

    page = Page(english(payer).get(asking_page(make_payment(sun, payer))))

    assert page.status == 200
    assert page.main.count("“김철수” can't be printed.") == 1


def test_addressee_that_is_not_sent_at_all_is_refused(english, ben, payment):
    assert english(ben).post(asking_page(payment)).status_code == 400


@pytest.mark.parametrize(
    ("typed", "addressed"),
    [("か\u3099く", "がく"), ("\ufa1b田", "\ufa1b田"), ("<b>&amp;", "<b>&amp;"), ("あ" * 160, "あ" * 160)],
)
def test_addressee_is_printed_as_it_was_meant(english, ben, payment, typed, addressed):
    answer = asked(english(ben), payment, addressee=f"  {typed} ")

    assert Receipt.objects.get().addressee == addressed
    assert addressed in Page(english(ben).get(answer.headers["Location"])).main


def test_form_that_is_sent_twice_issues_one_receipt(english, ben, payment):
    page = Page(english(ben).get(asking_page(payment)))

    answers = [page.submit(english(ben), page.form("addressee"), addressee="A") for _ in range(2)]

    issued = Receipt.objects.get()
    assert [answer.headers["Location"] for answer in answers] == [receipt_page(issued)] * 2
    assert issued.addressee == "A"


# Copies


def test_payer_is_asked_before_a_copy_is_issued(english, ben, payment):
    first = make_receipt(payment, "Miller Inc", "en")
    browser = english(ben)

    page = Page(browser.get(asking_page(payment)))
    answer = page.submit(browser, page.form("after"))

    assert receipt_page(first) in page.links_to("/money/receipts/")
    assert "such a copy says “Issued again” beside its title" in page.main
    assert answer.headers["Location"] == f"{receipt_page(first)}copies/1/"
    assert [one.copy for one in payment.receipts.order_by("copy")] == [0, 1]
    after = Page(browser.get(asking_page(payment)))
    assert "Issued on 24 November 2026" in after.main
    assert "Issued again on 24 November 2026" in after.main


def test_copy_that_is_asked_for_twice_is_one(english, ben, payment):
    make_receipt(payment)
    page = Page(english(ben).get(asking_page(payment)))

    answers = [page.submit(english(ben), page.form("after")) for _ in range(2)]

    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert payment.receipts.count() == 2


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 30, "1e3", "\x00"])
def test_copy_after_nonsense_is_refused(english, ben, payment, after):
    make_receipt(payment)

    page = Page(english(ben).post(f"{asking_page(payment)}copies/", {"after": after}))

    assert (page.status, page.alerts) == (400, ["That did not work. That did not come through"])
    assert payment.receipts.count() == 1


def test_copy_of_what_was_never_issued_leads_to_the_form(english, ben, payment):
    answer = english(ben).post(f"{asking_page(payment)}copies/", {"after": "0"})

    assert answer.headers["Location"] == asking_page(payment)
    assert not Receipt.objects.exists()


def test_copies_have_an_end(english, ben, payment):
    for _ in range(1 + MOST_COPIES):
        make_receipt(payment)

    answer = english(ben).post(f"{asking_page(payment)}copies/", {"after": str(MOST_COPIES)})

    assert answer.status_code == 409
    assert f"It was issued again {MOST_COPIES} times already." in Page(answer).main


# What has none


def test_refund_has_no_receipt(english, ben, sun, payment):
    given = refund(space=sun, payer_id=ben.pk, method="cash", yen=100, given_on=TODAY, taken_by_id=ben.pk)

    page, sent = (Page(english(ben).get(asking_page(given))), english(ben).post(asking_page(given), {"addressee": "A"}))

    assert (page.status, sent.status_code) == (200, 409)
    assert "A receipt is for money that came in." in page.main
    assert not Receipt.objects.exists()


def test_payment_that_was_taken_back_has_no_receipt(english, ben, payment):
    page = Page(english(ben).get(asking_page(payment)))
    take_back(payment=payment, now=NOW)

    answer = page.submit(english(ben), page.form("addressee"))

    assert answer.status_code == 409
    assert "This payment was taken back; there is no receipt for it." in Page(answer).main


def test_payment_that_was_taken_back_has_no_copy(english, ben, payment):
    make_receipt(payment)
    browser = english(ben)
    page = Page(browser.get(asking_page(payment)))
    take_back(payment=payment, now=NOW)

    answer = page.submit(browser, page.form("after"))

    assert answer.status_code == 409
    assert "there is no receipt for it" in Page(answer).main
    assert [one.fields for one in Page(browser.get(asking_page(payment))).forms if "after" in one.fields] == []


def test_payment_of_a_closed_month_has_a_receipt(english, ben, sun):
    payment = make_payment(sun, ben, received_on=date(2026, 10, 5))
    close_month(space=sun, first_on=date(2026, 10, 1), by_id=None, now=NOW)

    assert asked(english(ben), payment).status_code == 302
    assert Receipt.objects.get().issued_on == TODAY


# Whose


def test_others_payments_do_not_exist(english, chie, sam, payment):
    for person in (chie, sam):
        for address in (asking_page(payment), f"{asking_page(payment)}copies/"):
            assert english(person).post(address, {"addressee": "A", "after": "0"}).status_code == 404
        assert english(person).get(asking_page(payment)).status_code == 404
    assert not Receipt.objects.exists()


def test_visitor_is_asked_to_sign_in(visitor, payment):
    for answer in (visitor.get(asking_page(payment)), visitor.post(f"{asking_page(payment)}copies/")):
        assert answer.headers["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("key", ["0", "99999999", "9" * 40, "x", "-1", "%00"])
def test_payment_that_is_not_there_is_not_found(english, ben, key):
    assert english(ben).get(f"/money/payments/{key}/receipt/").status_code == 404


def test_wrong_methods_are_refused(english, ben, payment):
    assert english(ben).put(asking_page(payment)).status_code == 405
    assert english(ben).get(f"{asking_page(payment)}copies/").status_code == 405


def test_page_asks_the_same_with_one_copy_and_with_many(english, ben, payment):
    make_receipt(payment)
    few = queries(english(ben), asking_page(payment))
    for _ in range(10):
        make_receipt(payment)

    assert queries(english(ben), asking_page(payment)) == few


def test_form_reads_in_japanese(english, chie, sun):
    payment = make_payment(sun, chie)

    page = Page(english(chie).get(asking_page(payment), headers=JAPANESE))
    issued = asked(english(chie), payment)
    copies = Page(english(chie).get(asking_page(payment), headers=JAPANESE))

    assert (page.lang, page.headings) == ("ja", ["1,000円の領収書"])
    assert "領収書の宛名 千葉 千絵 様" in page.main
    assert "発行後は、ご自身で宛名を変更できません。" in page.main
    assert issued.status_code == 302
    assert "発行済みの領収書は、何度でも開いて印刷・ダウンロードできます。" in copies.main
