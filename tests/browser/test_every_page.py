"""What must hold on every page: nothing blocked or broken, one heading, a language, no scrolling sideways, keys."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.billing.acts import make_charge, make_invoice, make_issuer, make_payment, make_receipt
from tests.browser.conftest import DESKTOP, PHONE, sign_in
from tests.factories import at, make_booking, make_membership, make_plan, make_space
from tests.pages.plans import make_place, make_tenant, plan_of

FACTS = """() => ({
  lang: document.documentElement.lang,
  headings: document.querySelectorAll("h1").length,
  title: document.title,
  unnamed: [...document.querySelectorAll("a, button, input:not([type=hidden]), select")].filter((thing) =>
    thing.checkVisibility() && !thing.textContent.trim() && !thing.ariaLabel && !thing.labels?.length
    && !thing.getAttribute("aria-labelledby")).map((thing) => thing.outerHTML),
})"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
PUBLIC = (
    "/",
    "/spaces/",
    "/spaces/garage-labs/",
    "/spaces/dorinoki/",
    "/spaces/koharubiyori/",
    "/spaces/cafe-36/",
    "/find/",
    "/find/?day=2026-11-24&start=14:00&end=17:00&seats=2",
    "/spaces/koharubiyori/booking/?resource={seats}&starts=2026-11-24T15:00&ends=2026-11-24T17:00&seats=1",
    "/spaces/koharubiyori/booking/?resource={seats}&starts=2026-11-29T15:00&ends=2026-11-29T17:00&seats=1",
    "/ticket/",
    "/visa/",
    "/events/",
    "/events/month/",
    "/events/jelly-week/",
    "/spaces/garage-labs/join/",
    "/spaces/dorinoki/join/",
    "/spaces/koharubiyori/join/{free_pass}/?starts=2026-12-16",
    "/spaces/dorinoki/join/{booth}/",
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/signup/",
    "/accounts/password/reset/",
)
OWN = (
    "/bookings/",
    "/bookings/{reference}/",
    "/bookings/{reference}/?new=1",
    "/bookings/{reference}/move/",
    "/bookings/{reference}/cancellation/",
    "/calendar/",
    "/plans/",
    "/plans/{own}/end/",
    "/plans/{own}/pause/",
    "/plans/{own}/change/",
    "/plans/{tenant}/end/",
    "/plans/{tenant}/change/?plan={flex}&day=2026-11-24",
    "/plans/{resting}/resume/",
    "/spaces/dorinoki/join/",
    "/spaces/cafe-36/join/",
    "/money/",
    "/money/charges/koharubiyori/",
    "/money/invoices/koharubiyori/2026-0001/",
    "/money/payments/{paid}/receipt/",
    "/money/receipts/koharubiyori/R2026-0001/",
    "/money/receipts/koharubiyori/R2026-0001/copies/1/",
    "/money/payments/{received}/receipt/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/accounts/2fa/",
)
DOOR = ("/door/", "/door/{reference}/")
WRONG = ("/nowhere/", "/spaces/nowhere/", "/spaces/koharubiyori/?day=x", "/bookings/ZZZZZZZZ/")


def look_at(page, addresses, **names):
    """Open each page at two widths, and say what is not as it must be."""
    for address in addresses:
        page.goto(address.format(**names))
        facts = page.evaluate(FACTS)
        assert facts["headings"] == 1, address
        assert facts["lang"] == page.evaluate("navigator.language").split("-")[0], address
        assert facts["title"], address
        assert facts["unnamed"] == [], address
        if page.viewport_size["width"] < 500:
            for width in (390, 320):
                page.set_viewport_size({"width": width, "height": 844})
                assert page.evaluate(SIDEWAYS) <= 0, f"{address} at {width}"


@pytest.fixture
def names(koharubiyori, ben, plans, payments):
    booking = make_booking(koharubiyori.open_seats, starts="15:00", ends="17:00", user=ben)
    make_booking(koharubiyori.open_seats, starts="18:00", ends="19:00", user=ben)
    return {"seats": koharubiyori.open_seats.pk, "reference": booking.reference, **plans, **payments}


@pytest.fixture
def payments(koharubiyori, ben):
    """The keys of Ben's payments: one with a receipt and a copy of it, and one without."""
    space = koharubiyori.space
    make_issuer(space, bank_account="北洋銀行 函館支店\n普通 1234567 コハルビヨリ")
    make_invoice(space, ben, 12_345_678, now=at("09:00", date(2026, 9, 1)))
    make_charge(space, ben, text="W" * 120)
    received, paid = make_payment(space, ben, 9_876_543), make_payment(space, ben)
    for _ in range(2):
        make_receipt(received, "株式会社" + "長い名前の" * 20)
    return {"received": received.pk, "paid": paid.pk}


@pytest.fixture
def plans(koharubiyori, dorinoki, garage, ben, chie):
    """The keys of Ben's plans, of which each has something else to show."""
    free_pass, booth, flex = (
        plan_of(koharubiyori, "free_pass"),
        plan_of(dorinoki, "booth", 4),
        plan_of(dorinoki, "monthly"),
    )
    free_pass.room_minutes = 600
    free_pass.save()
    own = make_membership(ben, free_pass)
    make_membership(ben, plan_of(garage, "free"), status="declined", decision="また来てください。")
    make_membership(ben, plan_of(garage, "free"), status="applied", answers=[{"asked": "何を？", "answer": "仕事"}])
    tenant = make_tenant(ben, dorinoki, 4)
    tenant.companions.create(email="somebody-with-a-long-name@a-very-long-host-name.example.jp")
    make_tenant(chie, dorinoki, 3).companions.create(email=ben.email)
    make_place(ben, plan_of(dorinoki, "booth", 3))
    resting = make_membership(ben, make_plan(make_space(), kind="monthly"), status="paused")
    keys = {"own": own, "tenant": tenant, "resting": resting, "free_pass": free_pass, "booth": booth, "flex": flex}
    return {name: row.pk for name, row in keys.items()}


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_pages_of_visitors(open_browser, names, device):
    page, watched = open_browser(**device)

    look_at(page, PUBLIC, **names)
    watched.check(page)


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_pages_of_ones_own(open_browser, names, ben, device):
    page, watched = open_browser(**device)
    page.goto("/accounts/login/")
    sign_in(page, ben)

    look_at(page, OWN, **names)
    watched.check(page)


def test_pages_of_the_door(phone, names, sam):
    phone.goto("/accounts/login/")
    sign_in(phone, sam)

    look_at(phone, DOOR, **names)


def test_pages_that_say_that_something_is_wrong(open_browser, names, ben):
    page, watched = open_browser(**PHONE)
    watched.forgiven = ("status of 404", "status of 400")
    page.goto("/accounts/login/")
    sign_in(page, ben)

    look_at(page, WRONG)


def test_keyboard_reaches_the_grid_and_books(desktop):
    desktop.goto("/spaces/koharubiyori/")
    focused = "() => document.activeElement.getAttribute('href') || ''"
    desktop.keyboard.press("Tab")
    assert desktop.evaluate(focused) == "#main"

    steps = 1
    while "/booking/?" not in desktop.evaluate(focused) and steps < 60:
        desktop.keyboard.press("Tab")
        steps += 1
    has_ring = "() => getComputedStyle(document.activeElement).outlineStyle !== 'none'"
    assert "/booking/?" in desktop.evaluate(focused)
    assert desktop.evaluate(has_ring)
    desktop.keyboard.press("Enter")

    desktop.wait_for_url("**/booking/?**")
    expect(desktop.locator("input[name=price]")).to_have_value("800")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_hold_in_light_and_dark_and_without_motion(open_browser, names, scheme):
    page, watched = open_browser(**PHONE, color_scheme=scheme, reduced_motion="reduce", forced_colors="active")

    look_at(page, PUBLIC[:5], **names)
    watched.check(page)
