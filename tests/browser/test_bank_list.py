"""A bank's list on its whole way in a real browser: handed in, looked at, somebody else named, noted."""

import pytest
from playwright.sync_api import expect

from billing.models import Payment
from tests.billing.acts import make_invoice
from tests.browser.conftest import DESKTOP, PHONE, sign_in
from tests.factories import make_membership, make_user

TWO_COLUMNS = """\
日付,お取引内容,お引出し,お預入れ,残高
2026/11/20,ﾌﾘｺﾐ ﾁﾊﾞ ﾁｴ,,"5,500","105,500"
2026/11/21,デンリヨク,"12,340",,"93,160"
2026/11/22,ﾌﾘｺﾐ ﾐﾗ- ﾍﾞﾝ,,800,"93,960"
2026/11/23,ﾌﾘｺﾐ ｻﾄｳ ﾀﾛｳ,,"3,000","96,960"
"""
SIGNED = """\
取引日,入出金(円),残高(円),入出金先内容
20261120,5500,105500,チバ　チエ
20261121,-12340,93160,デンリヨク
20261122,800,93960,ミラー　ベン
20261123,3000,96960,サトウ　タロウ
"""


@pytest.fixture
def people(koharubiyori, chie, ben):
    """Chie and Taro have open invoices, Ben is a member whose reading nobody knows."""
    space = koharubiyori.space
    chie.family_reading, chie.given_reading = "ちば", "ちえ"
    chie.save()
    taro = make_user(
        "taro@example.jp", family_name="佐藤", given_name="太郎", family_reading="さとう", given_reading="たろう"
    )
    make_invoice(space, chie, 5500)
    make_invoice(space, taro, 9700)
    make_membership(ben, space.plans.get(kind="free_pass"))
    return chie, ben, taro


def hand_in_file(page, text):
    page.locator("input[type=file]").set_input_files(
        {"name": "明細.csv", "mimeType": "text/csv", "buffer": text.encode("cp932")}
    )


def paste(page, text):
    page.locator("textarea[name=text]").fill(text)


@pytest.mark.parametrize("text", [TWO_COLUMNS, SIGNED], ids=["two columns", "signed"])
@pytest.mark.parametrize("hand_in", [hand_in_file, paste])
@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_list_is_handed_in_looked_at_and_noted(open_browser, koharubiyori, sam, people, device, hand_in, text):
    chie, ben, taro = people
    page, _ = open_browser(**device)
    page.goto("/admin/billing/bank/")
    sign_in(page, sam)
    page.wait_for_url("**/admin/billing/bank/koharubiyori/")
    hand_in(page, text)
    page.locator("#content-main form button[type=submit]").click()
    rows = page.locator(".op-bank-row")
    expect(rows).to_have_count(3)
    # The script that ticks a row as its field is filled in comes with the rest of the page.
    page.wait_for_load_state()
    assert [row.locator("input[type=checkbox]").is_checked() for row in rows.all()] == [True, False, False]
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0

    # Nobody is proposed for the second row: its field is open. For the third somebody is, and it is not.
    rows.nth(1).locator("input[type=text]").fill("ben@example.com")
    rows.nth(1).locator("input[type=text]").blur()
    expect(rows.nth(1).locator("input[type=checkbox]")).to_be_checked()
    expect(rows.nth(2).locator("input[type=text]")).to_be_hidden()
    expect(page.locator("#ticked-yen")).to_contain_text("6,300")
    # The Enter key looks again, and notes nothing.
    rows.nth(1).locator("input[type=text]").press("Enter")
    expect(rows.nth(1).locator("select")).to_have_value(str(ben.pk))
    assert not Payment.objects.exists()
    rows.nth(2).locator("label").click()
    expect(page.locator("#ticked-yen")).to_contain_text("9,300")
    expect(page.locator("#ticked-count")).to_have_text("3")
    page.locator("button[name=note]").click()
    page.wait_for_url("**/noted/")

    expect(page.locator("#content-main tbody tr")).to_have_count(3)
    noted = Payment.objects.order_by("received_on").values_list("payer", "yen")
    assert list(noted) == [(chie.pk, 5500), (ben.pk, 800), (taro.pk, 3000)]
