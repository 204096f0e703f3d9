"""Typing a code: read however it is typed, told from a slip, and guessing stops."""

import logging
from urllib.parse import quote

import pytest

from coworking.logs import Line
from tests.breaking import BROKEN, check_answer
from tests.factories import at
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import queries
from tests.pages.tickets import ticket_of_all
from tests.reading import Page
from visas.codes import new_code, printed
from visas.issuing import block
from visas.lockout import LIMITS
from visas.models import WrongCodes
from visas.refusals import SENTENCES


@pytest.fixture
def ticket(four_spaces):
    return ticket_of_all()


def type_in(browser, code, **headers):
    page = Page(browser.get("/ticket/"))
    return page.submit(browser, page.form("code"), code=code) if not headers else browser.post("/ticket/", **headers)


def test_code_is_typed_in_any_way_and_leads_to_the_ticket(visitor, ticket):
    wide = "".join(chr(ord(character) + 0xFEE0) for character in ticket.code)

    for typed in (ticket.code, printed(ticket.code).lower(), f"  {printed(ticket.code).replace('-', ' ')} ", wide):
        answer = type_in(visitor, typed)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/ticket/{ticket.code}/")


@pytest.mark.parametrize("typed", ["", "K7M", "0OIL10OIL", "ねこ", "a\x00b", "x" * 100_000])
def test_slip_is_a_400_that_says_how_codes_look_and_is_not_counted(visitor, ticket, typed):
    page = Page(type_in(visitor, typed))

    assert (page.status, page.alerts) == (400, [SENTENCES["mistyped"]])
    assert page.form("code")
    assert not WrongCodes.objects.exists()


def test_code_that_nobody_has_is_a_404_and_is_counted(visitor, ticket):
    for answer in (type_in(visitor, new_code()), visitor.get(f"/ticket/{new_code()}/")):
        page = Page(answer)
        assert (page.status, page.alerts) == (404, [SENTENCES["unknown"]])

    assert WrongCodes.objects.get(kind="address").wrong == 2


def test_who_guesses_is_told_to_wait_and_every_code_is_answered_alike(visitor, ticket):
    for _guess in range(LIMITS["address"].wrong):
        type_in(visitor, new_code())

    answers = [
        type_in(visitor, new_code()),
        type_in(visitor, ticket.code),
        visitor.get(f"/ticket/{ticket.code}/"),
        visitor.post(f"/ticket/{ticket.code}/", {}),
        visitor.post(f"/ticket/{ticket.code}/link/"),
        visitor.get("/ticket/slip/"),
    ]

    assert {answer.status_code for answer in answers} == {429}
    assert len({Page(answer).main for answer in answers}) == 1
    assert 3500 < int(answers[0].headers["Retry-After"]) <= 3600
    assert "Try again after 10:" in Page(answers[0]).alerts[0]
    assert visitor.get(f"/ticket/{ticket.code}/", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_guesser_is_known_behind_trusted_proxies_and_makes_up_no_address(visitor, ticket, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for guess in range(LIMITS["address"].wrong):
        visitor.get(f"/ticket/{new_code()}/", headers={"x-forwarded-for": f"10.0.0.{guess}, 203.0.113.7"})

    assert WrongCodes.objects.get(kind="address").place == "203.0.113.7"
    refused = visitor.get(f"/ticket/{ticket.code}/", headers={"x-forwarded-for": "198.51.100.1, 203.0.113.7"})
    assert refused.status_code == 429


def test_made_up_header_is_nothing_without_a_proxy(visitor, ticket):
    for guess in range(LIMITS["address"].wrong):
        visitor.get(f"/ticket/{new_code()}/", headers={"x-forwarded-for": f"203.0.113.{guess}"})

    assert WrongCodes.objects.get(kind="address").place == "127.0.0.1"
    assert visitor.get(f"/ticket/{ticket.code}/").status_code == 429


def test_neighbours_in_ipv4_are_no_network_because_a_socket_writes_them_as_ipv6(visitor, ticket):
    for guess in range(LIMITS["network"].wrong):
        visitor.get(f"/ticket/{new_code()}/", REMOTE_ADDR=f"::ffff:203.0.{guess}.7")

    assert not WrongCodes.objects.filter(locked_until__isnull=False).exists()
    assert WrongCodes.objects.filter(place="203.0.0.0/24").exists()


def test_who_hides_the_address_is_refused(visitor, ticket):
    assert visitor.get(f"/ticket/{ticket.code}/", REMOTE_ADDR="").status_code == 403


def test_blocked_ticket_is_told_from_one_that_does_not_exist(visitor, ticket):
    block(ticket=ticket, reason="x", now=at("09:00"))

    assert visitor.get(f"/ticket/{ticket.code}/").status_code == 403


def test_pages_read_in_japanese(visitor, ticket):
    for answer in (visitor.get("/ticket/", headers=JAPANESE), visitor.get("/ticket/x/", headers=JAPANESE)):
        assert Page(answer).lang == "ja"


def test_page_to_type_a_code_asks_the_database_nothing(visitor, db):
    assert queries(visitor, "/ticket/") == 0


def test_broken_codes_and_links(visitor, ticket):
    for value in BROKEN:
        short = quote(value[:2000], safe="")
        for path in (f"/ticket/{short}/", f"/visit/{short}/", f"/visit/{short}/next/", f"/visit/x/{short}/move/"):
            check_answer(visitor.get(path), path)
        check_answer(visitor.post("/ticket/", {"code": value}), value)
    assert not WrongCodes.objects.exists()


def test_codes_and_links_do_not_stand_in_logs(visitor, ticket, caplog):
    visitor.get(f"/ticket/{new_code()}/")
    visitor.get("/visit/secret/")
    logging.getLogger("django.request").error("Internal Server Error: %s", "/visit/secret/abc/move/")

    said = [Line().format(record) for record in caplog.records if record.name == "django.request"]
    assert [line.split(maxsplit=4)[-1] for line in said] == [
        "Not Found: /ticket/…/",
        "Not Found: /visit/…/",
        "Internal Server Error: /visit/…/abc/move/",
    ]


def test_way_to_the_page_stands_on_the_first_page_and_at_the_foot(visitor, four_spaces):
    assert Page(visitor.get("/")).links_to("/ticket/") == ["/ticket/", "/ticket/"]
    assert Page(visitor.get("/spaces/")).links_to("/ticket/") == ["/ticket/"]
