"""What holds for every page there is, found by walking the addresses of the house."""

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories import make_booking
from tests.pages.conftest import JAPANESE
from tests.pages.wishes import address, wish
from tests.reading import Page

# Who is not signed in may see these; all others lead to sign-in, also those that somebody will add.
PUBLIC = {"bookings:home", "bookings:spaces", "bookings:space", "bookings:book", "bookings:find", "healthz"}
PUBLIC |= {"set_language"}
NAMES = {"slug": "koharubiyori", "reference": "ZZZZZZZZ", "act": "check-in"}
ENGLISH_SENTENCE = re.compile(r"\b[A-Za-z’']+ [a-z’']+ [a-z’']+\b")


def named(patterns, namespace=""):
    """Every named address of the house with the names of its pieces, without the admin's and allauth's own."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace not in ("admin", "mailbox"):
                yield from named(pattern.url_patterns, pattern.namespace or namespace)
        elif isinstance(pattern, URLPattern) and pattern.name:
            full = f"{namespace}:{pattern.name}" if namespace else pattern.name
            if not full.startswith(("account_", "mfa_")):
                yield full, sorted(pattern.pattern.converters)


def addresses():
    return {name: reverse(name, kwargs={piece: NAMES[piece] for piece in pieces}) for name, pieces in walked()}


def walked():
    return list(named(get_resolver().url_patterns))


@pytest.fixture
def _four_spaces(four_spaces):
    pass


@pytest.mark.usefixtures("_four_spaces")
def test_visitor_sees_what_is_public_and_is_asked_to_sign_in_for_all_else(visitor):
    asked = {name for name, path in addresses().items() if is_sent_to_sign_in(visitor.get(path))}

    assert set(addresses()) - asked == PUBLIC


@pytest.mark.usefixtures("_four_spaces")
def test_visitor_changes_nothing_without_signing_in(visitor):
    for name, path in addresses().items():
        if name != "set_language":
            answer = visitor.post(path, {})
            assert answer.status_code in (400, 405) or is_sent_to_sign_in(answer), name


def is_sent_to_sign_in(answer):
    return answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/login/?next=")


@pytest.mark.usefixtures("_four_spaces")
def test_every_page_has_a_strict_policy_and_nothing_that_would_need_a_loose_one(visitor, english, ben, koharubiyori):
    booking = make_booking(koharubiyori.open_seats, user=ben)
    browser = english(ben)
    pages = [*addresses().values(), "/accounts/login/", "/accounts/signup/", "/accounts/2fa/", "/accounts/email/"]

    for page in (*pages, f"/bookings/{booking.reference}/", f"/bookings/{booking.reference}/move/", "/nowhere/"):
        answer = browser.get(page)
        policy, html = answer.headers["Content-Security-Policy"], answer.content.decode()
        assert "default-src 'none'" in policy, page
        assert "unsafe" not in policy, page
        assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|<style", html), page
        assert not re.search(r"<script(?![^>]*(?:\ssrc=|application/json))", html), page
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html), page
        assert answer.headers["X-Content-Type-Options"] == "nosniff", page
        assert answer.headers["Referrer-Policy"] == "same-origin", page


@pytest.mark.usefixtures("_four_spaces")
def test_every_page_answers_head_as_it_answers_get(english, ben):
    browser = english(ben)

    for name, path in addresses().items():
        assert browser.head(path).status_code == browser.get(path).status_code, name


@pytest.mark.usefixtures("_four_spaces")
def test_page_of_a_person_is_kept_by_nobody_on_the_way(english, ben, koharubiyori):
    booking = make_booking(koharubiyori.open_seats, user=ben)

    for page in ("/bookings/", f"/bookings/{booking.reference}/", "/"):
        assert "Cookie" in english(ben).get(page).headers["Vary"], page


@pytest.mark.usefixtures("_four_spaces")
def test_no_english_sentence_is_left_on_a_japanese_page(visitor, english, ben, sam, koharubiyori):
    booking = make_booking(koharubiyori.open_seats, starts="15:00", ends="17:00", user=ben)
    own, asked = f"/bookings/{booking.reference}/", wish(koharubiyori, "15:00", "17:00")
    opened = [
        *(visitor.get(page, headers=JAPANESE) for page in ("/", "/spaces/", "/find/", "/nowhere/", "/find/?day=x")),
        *(visitor.get(f"/spaces/{slug}/", headers=JAPANESE) for slug in ("garage-labs", "dorinoki", "koharubiyori")),
        *(visitor.get(f"/accounts/{page}/", headers=JAPANESE) for page in ("login", "signup", "password/reset")),
        visitor.get("/find/", {"day": "2026-11-24", "start": "14:00", "end": "17:00", "seats": 2}, headers=JAPANESE),
        visitor.get(address(koharubiyori), asked, headers=JAPANESE),
        visitor.get(address(koharubiyori), {"resource": "x"}, headers=JAPANESE),
        *(
            english(ben).get(page, headers=JAPANESE)
            for page in ("/bookings/", own, f"{own}move/", f"{own}cancellation/")
        ),
        english(ben).post(address(koharubiyori), asked, headers=JAPANESE),
        *(english(sam).get(page, headers=JAPANESE) for page in ("/door/", f"/door/{booking.reference}/")),
        english(sam).post("/door/", {"reference": "ZZZZ"}, headers=JAPANESE),
    ]

    left = {(page.address, words) for page in map(Page, opened) for words in ENGLISH_SENTENCE.findall(page.text)}
    assert left == set()
