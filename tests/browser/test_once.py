"""An operator on a phone opens the links of the digest, without signing in, and answers with one press each."""

import os

import pytest
from playwright.sync_api import Page, expect

from desk.digest.links import link_token
from desk.models import UsedLink
from members.models import Membership
from tests.desk.digests import make_morning
from tests.factories import TUESDAY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def morning(koharubiyori, dorinoki, aiko):
    return make_morning(koharubiyori.space, dorinoki.space, aiko)


def fits(page: Page) -> bool:
    """Nothing is wider than the phone."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def shot(page: Page, name: str) -> None:
    if os.environ.get("SHOTS"):
        page.screenshot(path=f"{os.environ['SHOTS']}-{name}.png", full_page=True)


def test_an_operator_answers_from_the_mail_on_a_phone(phone, morning, sam):
    def path(act: str, pk: int) -> str:
        return f"/desk/once/{link_token(act, pk, by=sam, space=morning.space, day=TUESDAY)}/"

    phone.goto(path("refuse", morning.request.pk))
    shot(phone, "refuse")
    assert fits(phone)
    phone.get_by_role("textbox").fill("ごめんなさい、夕方は貸し切りです。")
    button = phone.get_by_role("button", name="断る")
    assert button.bounding_box()["height"] >= 44
    button.click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("お断りしました。")

    phone.goto(path("approve", morning.application.pk))
    shot(phone, "approve")
    assert fits(phone)
    phone.get_by_role("button", name="承認する").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("承認しました。")
    expect(phone.get_by_role("status")).to_contain_text("このリンクは使用済みです。")
    shot(phone, "approved")
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("承認しました。")

    phone.goto(path("decline", morning.application.pk))
    expect(phone.get_by_role("alert")).to_contain_text("有効")
    expect(phone.get_by_role("button", name="見送る")).to_have_count(0)
    shot(phone, "decided")
    phone.emulate_media(color_scheme="dark")
    phone.goto(path("take_part", morning.asked.pk))
    shot(phone, "take_part-dark")
    phone.goto(path("check_in", morning.drop_in.pk))
    shot(phone, "check_in-dark")
    phone.get_by_role("button", name="チェックイン").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("チェックインを記録しました。")

    assert Membership.objects.get(pk=morning.application.pk).status == "active"
    assert UsedLink.objects.count() == 3


def test_it_reads_well_on_a_desk_in_english(desktop, morning, sam):
    sam.language = "en"
    sam.save()
    desktop.goto(f"/desk/once/{link_token('accept', morning.request.pk, by=sam, space=morning.space, day=TUESDAY)}/")
    shot(desktop, "accept-desktop")
    desktop.get_by_role("button", name="Accept").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Accepted. 伊藤 愛子 is sent a confirmation.")
    expect(desktop.get_by_role("link", name="Manage")).to_have_count(0)
