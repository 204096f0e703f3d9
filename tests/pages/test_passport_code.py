"""The code that a passport shows at a desk, and the worker that keeps the passport but never a code."""

import re

import pytest
from django.conf import settings

from tests.factories import at
from tests.pages.crowd import queries
from tests.pages.passports import PASSPORT, code_page
from tests.qr_reader import read_qr
from tests.reading import Page
from visas.models import Visa
from visas.showing import scan

pytestmark = pytest.mark.django_db
QR = re.compile(r'<svg viewBox="0 0 \d+ \d+"><path.*?</svg>')


@pytest.fixture
def visa(aiko):
    return Visa.objects.get()


def code_on(page):
    """The code in the address that a camera finds in the QR on a page."""
    [drawn] = QR.findall(page.html)
    start, address = f"{settings.SITE_URL}/door/visa/c/", read_qr(drawn)
    assert address.startswith(start)
    return address.removeprefix(start).removesuffix("/")


def test_page_never_holds_a_code(english, aiko):
    assert QR.findall(english(aiko).get(PASSPORT).content.decode()) == []


@pytest.mark.parametrize("asked", [{}, {"HX-Request": "true"}], ids=["page", "part"])
def test_code_is_another_each_time_and_opens_the_visa(english, aiko, sam, visa, asked):
    browser = english(aiko)

    pages = [Page(browser.get(code_page(visa), headers=asked)) for _ in range(2)]

    first, second = map(code_on, pages)
    assert first != second
    assert scan(first, by=sam, now=at("09:00")).visa == visa
    assert all(re.search(r"Valid once, until 09:01:3\d\.", page.text) for page in pages)
    assert (visa.printed_number in pages[0].text) is not bool(asked)


def test_code_is_kept_by_nobody(english, aiko, visa):
    answer = english(aiko).get(code_page(visa))

    assert "no-store" in answer.headers["Cache-Control"]
    assert "HX-Request" in answer.headers["Vary"]


def test_code_of_a_visa_that_is_not_valid_is_the_reason(english, aiko, visa):
    Visa.objects.update(revoked_at=at("09:00"))

    page = Page(english(aiko).get(code_page(visa)))

    assert page.alerts == ["The Coworking VISA of Garage labs was revoked. Ask there."]
    assert "Valid once" not in page.main


@pytest.mark.parametrize("pk", ["other", "0", "99999999999999999999999"])
def test_code_of_a_visa_of_somebody_else_is_nowhere(english, ben, visa, pk):
    assert english(ben).get(f"/passport/{visa.pk if pk == 'other' else pk}/code/").status_code == 404


def test_code_costs_three_queries(english, aiko, visa):
    assert queries(english(aiko), code_page(visa)) == 3


def test_code_after_the_session_ended_leads_to_sign_in(visitor, visa):
    answer = visitor.get(code_page(visa), headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"].startswith("/accounts/login/")


def test_worker_is_a_script_for_the_passport_alone(visitor):
    answer = visitor.get("/passport/worker.js")

    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "Service-Worker-Allowed" not in answer.headers
    assert 'new URL("/passport/"' in answer.content.decode()
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_every_page_says_whether_somebody_is_signed_in(visitor, english, ben, four_spaces):
    assert "data-signed-out" in visitor.get("/").content.decode()
    assert "data-signed-out" not in english(ben).get("/").content.decode()
