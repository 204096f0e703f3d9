"""What holds for every page there is, found by walking the addresses of the house."""

import re
from datetime import date

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from billing.paying import take_back
from events.links import rsvp_address
from members.models import Plan
from notices.kinds import kinds
from notices.links import choice_token
from tests.billing.acts import NOW, make_charge, make_issuer, make_payment, make_receipt
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import make_booking, make_membership
from tests.pages.conftest import JAPANESE
from tests.pages.money import asking_page, invoice_on, invoice_page, receipt_page
from tests.pages.plans import make_place, make_tenant, plan_of
from tests.pages.tickets import held_ticket, visits_page, wished
from tests.pages.wishes import address, wish
from tests.reading import Page
from tests.visas.acts import make_ticket
from visas.codes import new_code

# Who is not signed in may see these; all others lead to sign-in, also those that somebody will add.
PUBLIC = {"bookings:home", "bookings:spaces", "bookings:space", "bookings:book", "bookings:find", "healthz"}
PUBLIC |= {"set_language", "plans:join", "plans:apply"}
# Machines that watch the house ask for these.
PUBLIC |= {"desk:readyz", "desk:metrics"}
# Who has a ticket or its link needs no account.
TICKETS = ("code", "ticket", "link", "visits", "another", "move", "cancellation", "calendar")
PUBLIC |= {f"tickets:{name}" for name in TICKETS}
PUBLIC |= {"visas:about", "visas:service_worker"}
# What is on is for everybody to find, and for programs to subscribe to.
PUBLIC |= {f"events:{name}" for name in ("list", "month", "jelly_week", "feed", "space_feed", "own_feed")}
PUBLIC |= {f"events:{name}" for name in ("event", "event_calendar", "picture", "card", "sign_up", "now", "wall")}
# A sign-up opens by the link in its mail.
SIGN_UPS = ("mine", "confirm", "move", "people", "leave", "calendar", "now_by_link", "wall_by_link")
PUBLIC |= {f"events:{name}" for name in SIGN_UPS}
# A reminder is answered by its links.
COMING = {f"{app}:{name}" for app in ("bookings", "events") for name in ("coming", "not_coming")}
PUBLIC |= COMING
# The digest is answered by its links.
PUBLIC |= {"desk:once"}
BEHIND_LINKS = ("/ticket/", "/visit/", "/sign-ups/", "/coming/", "/not-coming/", "/mails/")
BEHIND_LINKS += ("/events/coming/", "/events/not-coming/", "/desk/once/")
# What one is told opens by the link in each mail.
PUBLIC |= {"notices:choose"}
LINKS = {*COMING, "desk:once", "notices:choose"}
NAMES = {"slug": "koharubiyori", "reference": "ZZZZZZZZ", "act": "check-in", "pk": 1}
NAMES |= {"space": "koharubiyori", "code": "2026-0001", "copy": 1, "token": "1-0.none"}
NAMES |= {"year": 2027, "digest": "0" * 64, "rsvp_reference": "ZZZZZZZZ"}
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
    names = {**NAMES, "plan": Plan.objects.get(space__slug=NAMES["slug"], kind="free_pass").pk}
    return {name: reverse(name, kwargs={piece: names[piece] for piece in pieces}) for name, pieces in walked()}


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
            is_behind_a_link = (
                name in COMING or name == "desk:once" or name.startswith(("tickets:", "events:", "notices:"))
            )
            opens_nothing = is_behind_a_link and answer.status_code in (404, 429)
            assert answer.status_code in (400, 405) or opens_nothing or is_sent_to_sign_in(answer), name


def is_sent_to_sign_in(answer):
    return answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/login/?next=")


@pytest.mark.usefixtures("_four_spaces")
def test_every_page_has_a_strict_policy_and_nothing_that_would_need_a_loose_one(visitor, english, ben, koharubiyori):
    booking = make_booking(koharubiyori.open_seats, user=ben)
    browser = english(ben)
    own = make_membership(ben, plan_of(koharubiyori, "free_pass"))
    steps = [f"/plans/{own.pk}/{step}/" for step in ("end", "pause", "resume", "change")]
    pages = [
        *addresses().values(),
        *steps,
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/2fa/",
        "/accounts/email/",
    ]

    for page in (*pages, f"/bookings/{booking.reference}/", f"/bookings/{booking.reference}/move/", "/nowhere/"):
        answer = browser.get(page)
        policy, html = answer.headers["Content-Security-Policy"], answer.content.decode()
        assert "default-src 'none'" in policy, page
        assert "unsafe" not in policy, page
        assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|<style", html), page
        assert not re.search(r"<script(?![^>]*(?:\ssrc=|application/(?:ld\+)?json))", html), page
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html), page
        assert answer.headers["X-Content-Type-Options"] == "nosniff", page
        # The addresses of tickets give access: not even our own logs get them from the next page.
        told = "strict-origin" if page.startswith(BEHIND_LINKS) else "same-origin"
        assert answer.headers["Referrer-Policy"] == told, page


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
        *(
            visitor.get(page, headers=JAPANESE)
            for page in ("/", "/spaces/", "/find/", "/nowhere/", "/find/?day=x", "/visa/")
        ),
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


def test_no_english_sentence_is_left_on_the_japanese_pages_of_plans(
    visitor, english, ben, chie, sam, koharubiyori, garage, dorinoki
):
    free_pass, free, booth = plan_of(koharubiyori, "free_pass"), plan_of(garage, "free"), plan_of(dorinoki, "booth", 4)
    own = make_membership(ben, free_pass)
    make_membership(ben, free, status="applied")
    tenant = make_tenant(ben, dorinoki, 4)
    tenant.companions.create(email=chie.email)
    make_place(chie, booth)
    paused = make_membership(sam, free_pass, status="paused")
    steps = [f"/plans/{own.pk}/{step}/" for step in ("end", "pause", "resume", "change", "companions", "keep-plan")]
    opened = [
        *(visitor.get(f"/spaces/{slug}/join/", headers=JAPANESE) for slug in ("garage-labs", "dorinoki", "cafe-36")),
        *(
            visitor.get(f"/spaces/{plan.space.slug}/join/{plan.pk}/", headers=JAPANESE)
            for plan in (free, booth, plan_of(koharubiyori, "drop_in"))
        ),
        english(chie).post(f"/spaces/garage-labs/join/{free.pk}/", {"starts": "2026-11-24"}, headers=JAPANESE),
        *(english(person).get("/plans/", headers=JAPANESE) for person in (ben, chie, sam)),
        *(english(ben).get(step, headers=JAPANESE) for step in steps[:4]),
        *(english(ben).post(step, {"last": "2026-11-25", "email": "x"}, headers=JAPANESE) for step in steps),
        english(ben).get(f"/plans/{tenant.pk}/end/", headers=JAPANESE),
        english(ben).get(
            f"/plans/{tenant.pk}/change/",
            {"plan": plan_of(dorinoki, "booth", 1).pk, "day": "2026-11-24"},
            headers=JAPANESE,
        ),
        english(sam).get(f"/plans/{paused.pk}/resume/", headers=JAPANESE),
    ]

    left = {(page.address, words) for page in map(Page, opened) for words in ENGLISH_SENTENCE.findall(page.text)}
    assert left == set()


def test_no_english_sentence_is_left_on_the_japanese_pages_of_choosing(visitor, english, ben, sam):
    """With every kind that there is."""
    token = choice_token("chie@example.jp", [kind.name for kind in kinds()])
    opened = [
        *(visitor.get(page, headers=JAPANESE) for page in (f"/mails/{token}/", "/mails/x/")),
        visitor.post(f"/mails/{token}/", {"act": "off"}, headers=JAPANESE, follow=True),
        visitor.get(f"/mails/{token}/?saved=1", headers=JAPANESE),
        *(english(person).get("/accounts/mails/", headers=JAPANESE) for person in (ben, sam)),
        english(sam).post("/accounts/mails/", {"among": "booking.reminder"}, headers=JAPANESE, follow=True),
    ]

    left = {(page.address, words) for page in map(Page, opened) for words in ENGLISH_SENTENCE.findall(page.text)}
    assert left == set()


def test_no_english_sentence_is_left_on_the_japanese_pages_of_tickets(visitor, koharubiyori):
    held, booking = held_ticket(koharubiyori.space)
    fresh, visits = make_ticket(held.campaign), visits_page(held)
    pages = ["/ticket/", "/ticket/x/", f"/ticket/{new_code()}/", f"/ticket/{fresh.code}/?space=koharubiyori"]
    pages += [f"/ticket/{held.code}/", f"/ticket/{held.code}/?sent=1", "/visit/x/", f"{visits}?new=1", f"{visits}next/"]
    pages += [f"{visits}{booking.reference}/{page}/?space=cafe-36" for page in ("move", "cancellation")]
    opened = [
        *(visitor.get(page, headers=JAPANESE) for page in pages),
        visitor.post(f"/ticket/{fresh.code}/", {"space": "koharubiyori"}, headers=JAPANESE),
        visitor.post(f"/ticket/{fresh.code}/", wished(day="2026-11-29"), headers=JAPANESE),
        visitor.post(f"/ticket/{fresh.code}/", wished(), headers=JAPANESE),
        visitor.post(f"/ticket/{fresh.code}/", wished(form_key="x"), headers=JAPANESE),
    ]

    left = {(page.address, words) for page in map(Page, opened) for words in ENGLISH_SENTENCE.findall(page.text)}
    assert left == set()


def test_no_english_sentence_is_left_on_the_japanese_pages_of_events(visitor, english, ben, koharubiyori, dorinoki):
    event = make_event(koharubiyori.space, question_ja="アレルギーは？", text_ja="お茶を飲みます。")
    here = make_venue(event, koharubiyori.space, capacity=5)
    full, online = make_venue(event, dorinoki.space, capacity=1), make_venue(event, None, capacity=None)
    names = {"name": "客野 一", "language": "ja"}
    mine, going = make_rsvp(here, ben, name="山田"), make_rsvp(full, person="a@example.jp", **names)
    waits = make_rsvp(full, going_at=None, queued_at=NOW, person="b@example.jp", **names)
    asked = [make_rsvp(one, going_at=None, confirmed_at=None, person=f"{one.pk}@x.jp", **names) for one in (here, full)]
    left = make_rsvp(online, left_at=NOW, left_by="person", person="c@example.jp", **names)
    up = make_rsvp(online, queued_at=NOW, promoted_at=NOW, decline_by=event.starts_at, person="d@example.jp", **names)
    own = [rsvp_address(rsvp) for rsvp in (mine, going, waits, left, up)]
    sign_up = [f"/events/{event.reference}/venues/{venue.pk}/sign-up/" for venue in (here, full, online)]
    confirm = [f"{rsvp_address(rsvp)}confirmation/" for rsvp in asked]
    opened = [
        *(english(ben).get(page, headers=JAPANESE) for page in (event.get_absolute_url(), "/my/events/", sign_up[1])),
        english(ben).post(sign_up[1], {"people": 1}, headers=JAPANESE),
        *(visitor.get(page, headers=JAPANESE) for page in (event.get_absolute_url(), *sign_up, *own, *confirm)),
        *(visitor.get(f"{page}?new=1&coming=1&noted=1", headers=JAPANESE) for page in own),
        visitor.get(f"{sign_up[0]}?sent=1", headers=JAPANESE),
        visitor.post(sign_up[0], {"people": "x", "email": "x"}, headers=JAPANESE),
        *(visitor.post(f"{own[0]}{act}/", {"venue": full.pk, "people": 9}, headers=JAPANESE) for act in SIGN_UPS[2:4]),
        visitor.post(confirm[1], headers=JAPANESE),
        visitor.get("/sign-ups/x/", headers=JAPANESE),
    ]

    left_over = {(page.address, words) for page in map(Page, opened) for words in ENGLISH_SENTENCE.findall(page.text)}
    assert left_over == set()


def test_no_english_sentence_is_left_on_the_japanese_pages_of_money(english, ben, chie, koharubiyori):
    space, browser = koharubiyori.space, english(ben)
    make_issuer(space, name="小春日和")
    late = invoice_on(date(2026, 10, 1), space, ben, addressee="山田 花子", language="ja")
    received, paid, again = (make_payment(space, ben, 500) for _ in range(3))
    receipt = make_receipt(received)
    taken = make_payment(space, ben)
    make_receipt(taken)
    take_back(payment=taken, now=NOW)
    make_charge(space, ben)
    credit = make_payment(space, chie, 5000)
    opened = [
        *(english(person).get("/money/", headers=JAPANESE) for person in (ben, chie)),
        *(
            browser.get(page, headers=JAPANESE)
            for page in (
                "/money/charges/koharubiyori/",
                invoice_page(late),
                receipt_page(receipt),
                *(asking_page(one) for one in (received, paid, taken)),
            )
        ),
        *(browser.post(asking_page(again), {"addressee": name}, headers=JAPANESE) for name in ("", "a\tb", "김")),
        browser.post(f"{asking_page(received)}copies/", {"after": "x"}, headers=JAPANESE),
        browser.get(asking_page(credit), headers=JAPANESE),
    ]

    own = {"Ben Miller"}
    left = {(page.address, words) for page in map(Page, opened) for words in ENGLISH_SENTENCE.findall(page.text)}
    assert {words for _address, words in left} - own == set()


def test_every_page_of_money_has_a_strict_policy(english, ben, koharubiyori):
    payment = make_payment(koharubiyori.space, ben)
    pages = ["/money/", asking_page(payment), receipt_page(make_receipt(payment)), asking_page(payment)]

    for page in pages:
        answer = english(ben).get(page)
        html = answer.content.decode()
        assert answer.status_code == 200
        assert "unsafe" not in answer.headers["Content-Security-Policy"], page
        assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|<style", html), page
