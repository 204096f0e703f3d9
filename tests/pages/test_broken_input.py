"""Every page fed what no person types: always an answer with a sentence, and nothing is written."""

from urllib.parse import quote, urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from bookings.models import Booking
from members.models import User
from notices.models import Notice
from tests.breaking import BROKEN, HUGE, NUMBERS, TEXTS, TIMES, check_answer, fields, quickly, texts
from tests.factories import make_booking, make_room, make_space

# A Sunday, on which Koharubiyori is closed: no value of one field can make of it what can be booked.
SUNDAY = {"starts": "2026-11-29T11:00", "ends": "2026-11-29T13:00", "seats": "1", "price": "500"}
LOOKED = {"day": "2026-11-24", "start": "14:00", "end": "17:00", "seats": "2"}
WISH = ("resource", "starts", "ends", "seats", "price")


@pytest.fixture
def booking(ben, koharubiyori):
    return make_booking(koharubiyori.open_seats, starts="13:00", ends="15:00", user=ben)


@pytest.fixture
def sunday(koharubiyori):
    return {"resource": str(koharubiyori.open_seats.pk), **SUNDAY}


@pytest.fixture(autouse=True)
def _nothing_is_written(db, request):
    """What is in the tables before a test is there after it, and nothing else."""
    for name in ("booking", "sam", "dai", "ben", "chie"):
        if name in request.fixturenames:
            request.getfixturevalue(name)
    before = written()
    yield
    assert written() == before


def written():
    people = User.objects.order_by("pk").values_list("pk", "email", "language", "password", "family_name")
    return list(Booking.objects.order_by("pk").values()), list(people), Notice.objects.count()


def broken(valid):
    """A form with every value in one of its fields, without each field, with each field twice, and with nothing.

    A field gets what is broken in its own way, and what is broken everywhere; hypothesis mixes the rest.
    """
    for name, good in valid.items():
        own = NUMBERS if good.isdecimal() else TIMES if good[:1].isdecimal() else ()
        for value in (*own, *TEXTS):
            yield {**valid, name: value}
        yield {other: value for other, value in valid.items() if other != name}
        yield {**valid, name: [good, "x"]}
        yield {**valid, name: ["x", good]}
        yield {**valid, f"{name}[]": good}
    yield {}


def test_question_of_the_first_pages(visitor, four_spaces):
    for number, value in enumerate(BROKEN):
        address = ("/", "/spaces/", "/find/", "/healthz")[number % 4]
        check_answer(visitor.get(address, {"day": value, value[:9]: "x"}), (address, value))


def test_question_of_a_space(visitor, koharubiyori):
    for asked in broken({"day": "2026-11-24", "offer": "plan-1"}):
        check_answer(visitor.get("/spaces/koharubiyori/", asked), asked)


def test_question_of_finding(visitor, four_spaces):
    for asked in broken(LOOKED):
        check_answer(visitor.get("/find/", asked), asked)


def test_wish_of_a_visitor(visitor, koharubiyori, sunday):
    for asked in broken(sunday):
        check_answer(visitor.get("/spaces/koharubiyori/booking/", asked), asked)


def test_wish_of_a_coworker(english, ben, koharubiyori, sunday):
    browser = english(ben)

    for asked in broken(sunday):
        assert check_answer(browser.post("/spaces/koharubiyori/booking/", asked), asked) in (400, 409)


def test_wish_for_every_resource_of_another_space(english, ben, koharubiyori, dorinoki, garage):
    browser = english(ben)

    for resource in (*dorinoki.resources, *garage.resources):
        asked = {"resource": resource.pk, "starts": "2026-11-24T11:00", "ends": "2026-11-24T13:00", "seats": 1}
        assert check_answer(browser.get("/spaces/koharubiyori/booking/", asked)) == 400
        assert check_answer(browser.post("/spaces/koharubiyori/booking/", asked)) == 400


def test_move(english, ben, booking, sunday):
    browser = english(ben)

    for asked in broken(sunday):
        assert check_answer(browser.post(f"/bookings/{booking.reference}/move/", asked), asked) in (400, 409)


def test_questions_of_the_own_pages(english, ben, booking):
    browser = english(ben)

    for asked in broken({"page": "1", "new": "1"}):
        for address in ("", f"{booking.reference}/"):
            assert check_answer(browser.get(f"/bookings/{address}", asked), asked) == 200


def test_reference_at_the_door(english, sam, booking):
    browser = english(sam)

    for asked in broken({"reference": "ZZZZZZZZ"}):
        assert check_answer(browser.post("/door/", asked), asked) == 400
        assert check_answer(browser.get("/door/", asked), asked) == 200


def test_language(english, visitor, ben):
    for browser in (visitor, english(ben)):
        for value in BROKEN:
            check_answer(browser.post("/language/", {"language": value, "next": "/"}), value)
            answer = browser.post("/language/", {"language": "xx", "next": value})
            check_answer(answer, value)
            assert not answer.headers.get("Location", "/").startswith(("//evil", "javascript:")), value


@pytest.mark.parametrize("language", ["de", "zh-hans", "fr", "EN", "ja-jp", "JA"])
def test_language_that_the_house_does_not_speak_is_not_kept(english, ben, language):
    english(ben).post("/language/", {"language": language})


PATHS = ("/", "/spaces/{}/", "/spaces/{}/booking/", "/bookings/{}/", "/bookings/{}/calendar.ics", "/bookings/{}/move/")
PATHS += ("/bookings/{}/cancellation/", "/door/{}/", "/door/{}/check-in/", "/door/ZZZZZZZZ/{}/", "/{}", "/{}/")
RAW = (
    "%00",
    "%ff",
    "%C0%80",
    "%ED%A0%80",
    "%2e%2e",
    "%2F",
    "..%2f..",
    "%0d%0aX-Injected:%20yes",
    "%E2%80%AE",
    "%25",
    "%",
)
RAW += ("-", "a" * 100_000, "💺", "..;", "a b", "?", "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "﻿")


@pytest.mark.parametrize("who", ["visitor", "sam"])
def test_pieces_of_addresses(request, visitor, english, booking, sam, who):
    browser = visitor if who == "visitor" else english(request.getfixturevalue(who))

    for path in PATHS:
        for piece in RAW:
            for ask in (browser.get, browser.post) if who != "visitor" else (browser.get,):
                check_answer(ask(path.format(piece)), (path, piece))


def test_other_peoples_references(english, chie, dai, booking):
    for person in (chie, dai):
        browser = english(person)
        for reference in (booking.reference, booking.reference.lower(), booking.spaced_reference):
            for page in ("", "calendar.ics", "move/", "cancellation/"):
                address = f"/bookings/{reference}/{page}"
                assert check_answer(browser.get(address), address) == 404
            for page in ("move/", "cancellation/"):
                assert check_answer(browser.post(f"/bookings/{reference}/{page}", SUNDAY)) == 404
            for act in ("check-in", "check-out", "absence", "undo"):
                assert check_answer(browser.post(f"/door/{reference}/{act}/")) == 404


@pytest.mark.parametrize("path", ["/spaces/koharubiyori/booking/", "/door/", "/language/"])
def test_bodies_that_are_no_form(english, sam, koharubiyori, path):
    browser = english(sam)
    bodies = [
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"resource=1", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"resource=%ff%fe&starts=%00", "application/x-www-form-urlencoded"),
        (b"&" * 2000, "application/x-www-form-urlencoded"),
        ("&".join(f"f{number}=1" for number in range(1100)).encode(), "application/x-www-form-urlencoded"),
        (b"x" * 3_000_000, "application/x-www-form-urlencoded"),
        (b"nothing", "multipart/form-data"),
        (b"nothing", "multipart/form-data; boundary=" + "b" * 500),
        (b'--b\r\nContent-Disposition: form-data; name="resource"\r\n\r\n', "multipart/form-data; boundary=b"),
        (b'{"resource": 1}', "application/json"),
        (b"[" * 10_000, "application/json"),
        (b"<a/>", "text/xml"),
        (b"", ""),
    ]

    for body, kind in bodies:
        assert 300 <= check_answer(browser.post(path, body, content_type=kind), (kind, body[:50])) < 500


def test_file_where_a_field_is_asked_for(english, ben, sunday):
    for name in WISH[:4]:
        asked = {**sunday, name: SimpleUploadedFile("x.txt", b"1")}
        assert check_answer(english(ben).post("/spaces/koharubiyori/booking/", asked)) == 400


def test_headers_and_cookies(four_spaces):
    for value in (*(value for value in BROKEN if value.isprintable() and value.isascii()), "x" * 5000, ";,q=", "*"):
        short = value[:8000]
        headers = {"accept-language": short, "hx-request": short, "hx-target": short, "hx-current-url": short}
        browser = Client(headers={**headers, "referer": short, "x-forwarded-for": short})
        for name in ("sessionid", "csrftoken", "messages", "django_language"):
            browser.cookies[name] = short
        check_answer(browser.get("/"), value)
        check_answer(browser.get("/bookings/"), value)


def test_address_of_another_house_is_refused(visitor, db):
    for host in ("evil.example", "testserver.evil.example", "[::1", "a b"):
        assert check_answer(visitor.get("/", headers={"host": host}), host) == 400


@pytest.mark.parametrize("zone", ["Europe/Lisbon", "Australia/Lord_Howe"])
def test_times_in_a_zone_with_clock_changes(english, ben, zone):
    house = make_space("elsewhere", opens="00:00", closes="00:00", timezone=zone, horizon_days=366)
    room = make_room(house)
    browser = english(ben)
    clocks = ("2027-03-28T01:30", "2027-03-14T02:30", "2027-10-31T01:30", "2027-04-04T01:45", "2026-11-29T00:00")

    for starts in (*clocks, *(f"{clock}+0000" for clock in clocks)):
        for ends in (*clocks[::2], "2027-03-28T02:00"):
            asked = {"resource": room.pk, "starts": starts, "ends": ends, "seats": 1}
            check_answer(browser.get("/spaces/elsewhere/booking/", asked), asked)


@quickly
@given(st.sampled_from(["/spaces/koharubiyori/", "/find/", "/bookings/", "/"]), fields("day", "offer", "start", "end"))
def test_any_question(english, ben, koharubiyori, address, asked):
    check_answer(english(ben).get(f"{address}?{urlencode(asked, doseq=True)}"), (address, asked))


@quickly
@given(fields(*WISH))
def test_any_wish(visitor, english, ben, koharubiyori, sunday, booking, asked):
    browser = english(ben)
    for address in ("/spaces/koharubiyori/booking/", f"/bookings/{booking.reference}/move/"):
        check_answer(browser.get(address, asked), asked)
        check_answer(browser.get(address, {**sunday, **asked}), asked)
        check_answer(browser.post(address, {**asked, "seats": "9999"}), asked)


@quickly
@given(texts(60))
def test_any_reference(english, sam, booking, typed):
    browser = english(sam)
    check_answer(browser.post("/door/", {"reference": typed}), typed)
    check_answer(browser.get(f"/door/{quote(typed)}/"), typed)
    check_answer(browser.get(f"/bookings/{quote(typed)}/"), typed)


def test_long_lists_of_fields(english, ben, koharubiyori):
    asked = {f"field{number}": "x" for number in range(900)} | {"day": HUGE}

    assert check_answer(english(ben).get("/spaces/koharubiyori/", asked)) == 400
