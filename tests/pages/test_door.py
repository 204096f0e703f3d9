"""At the door: an operator finds a booking and notes that somebody came, left or did not come."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from bookings.attendance import check_in, check_out, miss
from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.owing import charge_new
from members.models import Operator, User
from tests.billing.acts import make_invoice, make_payment
from tests.conftest import make_operator
from tests.factories import at, make_booking
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import fill, queries
from tests.pages.wishes import sentence
from tests.reading import Page


@pytest.fixture
def booking(ben, koharubiyori):
    return make_booking(koharubiyori.open_seats, starts="11:00", ends="13:00", user=ben)


@pytest.fixture
def address(booking):
    return f"/door/{booking.reference}/"


def noted(booking):
    """What has been noted of a booking."""
    booking.refresh_from_db()
    fields = ("checked_in_at", "checked_out_at", "missed_at")
    return {field: getattr(booking, field) for field in fields if getattr(booking, field)}


# Finding a booking


def test_operator_types_a_reference_and_arrives_at_the_booking(english, sam, booking, address):
    browser = english(sam)
    page = Page(browser.get("/door/"))

    answer = page.submit(browser, page.form("reference"), reference=booking.spaced_reference.lower())

    assert page.status == 200
    assert answer.headers["Location"] == address


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1}-{2}", "{1} {2}", "{1}–{2}", "full-width"])
def test_reference_is_read_however_it_is_typed(english, sam, booking, address, typed):
    reference = booking.reference
    wide = "".join(chr(ord(character) + 0xFEE0) for character in reference)
    typed = wide if typed == "full-width" else typed.format(reference, reference[:4], reference[4:])

    assert english(sam).post("/door/", {"reference": typed}).headers["Location"] == address


def test_page_shows_nobody_before_a_reference_is_typed(english, sam, booking):
    page = Page(english(sam).get("/door/"))

    assert "Ben" not in page.main
    assert booking.reference[:4] not in page.main


@pytest.mark.parametrize("typed", ["", "   ", "ZZZZZZZZ", "-", "💺", "a\x00b", "x" * 41, "x" * 1_000_000])
def test_reference_that_is_not_there_is_said(english, sam, booking, typed):
    page = Page(english(sam).post("/door/", {"reference": typed}))

    assert page.status == 400
    assert "reference" in page.form("reference").fields
    assert "." in page.main


def test_reference_of_another_space_is_not_there(english, dai, booking):
    page = Page(english(dai).post("/door/", {"reference": booking.reference}))

    assert page.status == 400
    assert "There is no booking with this reference at your space." in page.main


# Who may see it


def test_operator_sees_who_comes_and_what_was_agreed(english, sam, address):
    page = Page(english(sam).get(address))

    said = ("Ben Miller", "Open seats", "11:00–13:00", "¥800")
    assert page.status == 200
    assert [words for words in said if words not in page.main] == []


@pytest.mark.parametrize("role", Operator.Role.values)
def test_every_role_at_the_space_may(english, four_spaces, booking, address, role):
    person = make_operator("eve@example.jp", four_spaces["koharubiyori"], role)

    assert english(person).get(address).status_code == 200
    assert english(person).post(f"{address}check-in/").status_code == 302


def test_who_runs_everything_may(english, address):
    root = User.objects.create_superuser("root@example.jp", family_name="根本")

    assert english(root).get(address).status_code == 200


@pytest.mark.parametrize("person", ["dai", "aiko", "ben", "chie"])
def test_others_find_nothing_there(request, english, booking, address, person):
    browser = english(request.getfixturevalue(person))

    assert browser.get(address).status_code == 404
    assert [browser.post(f"{address}{act}/").status_code for act in ("check-in", "check-out", "absence", "undo")] == [
        404
    ] * 4
    assert noted(booking) == {}


@pytest.mark.parametrize("person", ["aiko", "ben", "chie"])
def test_others_find_no_door(request, english, booking, person):
    browser = english(request.getfixturevalue(person))

    assert browser.get("/door/").status_code == 404
    assert browser.post("/door/", {"reference": booking.reference}).status_code == 404


def test_visitor_is_sent_to_sign_in_and_back(visitor, booking, address):
    assert visitor.get("/door/").headers["Location"] == "/accounts/login/?next=/door/"
    assert visitor.get(address).headers["Location"] == f"/accounts/login/?next={address}"
    assert visitor.post(f"{address}check-in/").status_code == 302
    assert noted(booking) == {}


def test_operator_who_is_no_longer_active_is_nobody(english, sam, address):
    browser = english(sam)
    sam.is_active = False
    sam.save()

    assert browser.get(address).status_code == 302


def test_role_that_was_taken_away_ends_at_once(english, sam, address):
    browser = english(sam)
    Operator.objects.all().delete()

    assert browser.get(address).status_code == 404


# Who has still to pay


@pytest.mark.parametrize("role", Operator.Role.values)
def test_who_has_still_to_pay_can_do_so_at_the_door(english, four_spaces, booking, address, role):
    person = make_operator("eve@example.jp", four_spaces["koharubiyori"], role)
    charge_new(booking)

    page = Page(english(person).get(address))
    form = Page(english(person).get(page.link("Take a payment"))).form("yen")

    assert "Still to pay ¥800" in page.main
    assert form.fields["yen"] == "800"


def test_what_is_paid_is_not_asked_for_at_the_door(english, sam, ben, koharubiyori, booking, address):
    charge_new(booking)
    make_invoice(koharubiyori.space, ben, [])
    assert "Still to pay ¥800" in Page(english(sam).get(address)).main

    make_payment(koharubiyori.space, ben, 800)

    assert "Still to pay" not in Page(english(sam).get(address)).main


# What is noted, and the way back


def press(browser, address, act):
    """Find the button on the page that sends to an act, and press it."""
    page = Page(browser.get(address))
    [form] = [form for form in page.forms if any(f"/{act}/" in target for _, target in form.buttons)]
    [target] = [target for _, target in form.buttons if f"/{act}/" in target]
    return browser.post(target, form.fields)


def offered(browser, address):
    """The acts that the page offers."""
    page = Page(browser.get(address))
    targets = [target for form in page.forms for _, target in form.buttons if target.startswith("/door/")]
    return [target.strip("/").split("/")[-1] for target in targets]


@time_machine.travel(at("11:05"), tick=False)
def test_operator_checks_in_then_out_and_takes_both_back(english, sam, booking, address):
    browser, seen = english(sam), []
    for act in ("check-in", "check-out", "undo", "undo"):
        assert press(browser, address, act).headers["Location"] == address
        seen.append(set(noted(booking)))

    assert seen == [{"checked_in_at"}, {"checked_in_at", "checked_out_at"}, {"checked_in_at"}, set()]


@time_machine.travel(at("11:30"), tick=False)
def test_operator_notes_that_nobody_came_and_takes_it_back(english, sam, booking, address):
    browser = english(sam)

    press(browser, address, "absence")
    assert noted(booking) == {"missed_at": at("11:30")}
    press(browser, address, "undo")
    assert noted(booking) == {}


@time_machine.travel(at("11:30"), tick=False)
def test_page_offers_only_what_makes_sense(english, sam, booking, address):
    browser, seen = english(sam), [offered(english(sam), address)]
    for act in ("check-in", "check-out"):
        browser.post(f"{address}{act}/")
        seen.append(offered(browser, address))

    assert seen == [["check-in", "absence"], ["check-out", "undo"], ["undo"]]


@pytest.mark.parametrize(
    ("clock", "before", "act", "code", "params"),
    [
        ("11:30", [check_in], "check-in", "checked_in", {"time": "Tue 24 Nov, 11:30"}),
        ("11:30", [check_in, check_out], "check-out", "checked_out", {"time": "Tue 24 Nov, 11:30"}),
        ("11:30", [], "check-out", "not_in", {}),
        ("11:30", [check_in], "absence", "checked_in", {"time": "Tue 24 Nov, 11:30"}),
        ("10:55", [], "absence", "not_begun", {}),
        ("13:00", [], "check-in", "ended", {}),
        ("11:30", [miss], "check-in", "missed", {}),
        ("11:30", [miss], "check-out", "missed", {}),
    ],
)
def test_act_that_makes_no_sense_is_refused_with_a_sentence(
    english, sam, booking, address, clock, before, act, code, params
):
    with time_machine.travel(at(clock), tick=False):
        for earlier in before:
            earlier(booking=booking, now=at(clock))
        was = noted(booking)

        page = Page(english(sam).post(f"{address}{act}/"))

    assert page.status == 409
    assert sentence(code, **params) in page.alerts[0]
    assert noted(booking) == was


def test_cancelled_booking_can_not_be_checked_in(english, sam, booking, address, now):
    cancel(booking=booking, by="person", now=now)

    page = Page(english(sam).post(f"{address}check-in/"))

    assert page.status == 409
    assert sentence("not_live") in page.alerts[0]
    assert offered(english(sam), address) == []


def test_booking_of_another_day_can_not_be_checked_in(english, sam, ben, koharubiyori):
    tomorrow = make_booking(koharubiyori.open_seats, user=ben, day=date(2026, 11, 25))

    page = Page(english(sam).post(f"/door/{tomorrow.reference}/check-in/"))

    assert page.status == 409
    assert "25" in page.alerts[0]


@time_machine.travel(at("11:30"), tick=False)
def test_absence_can_not_be_taken_back_once_the_seat_is_taken(english, sam, koharubiyori, booking, address):
    browser = english(sam)
    browser.post(f"{address}absence/")
    make_booking(koharubiyori.open_seats, starts="11:30", ends="13:00", seats=15)

    page = Page(browser.post(f"{address}undo/"))

    assert page.status == 409
    assert sentence("full") in page.alerts[0]
    assert set(noted(booking)) == {"missed_at"}


def test_nothing_to_take_back_does_no_harm(english, sam, booking, address):
    assert english(sam).post(f"{address}undo/").status_code == 302
    assert noted(booking) == {}


def test_guest_without_an_account_is_checked_in_like_anybody(english, sam, koharubiyori):
    guest = make_booking(koharubiyori.open_seats, name="佐藤 花子")
    browser = english(sam)

    assert "佐藤 花子" in Page(browser.get(f"/door/{guest.reference}/")).main
    assert browser.post(f"/door/{guest.reference}/check-in/").status_code == 302


def test_act_that_nobody_knows_is_not_there(english, sam, booking, address):
    assert english(sam).post(f"{address}eject/").status_code == 404
    assert noted(booking) == {}


def test_act_is_noted_only_when_it_is_posted(english, sam, booking, address):
    browser = english(sam)

    assert [browser.get(f"{address}{act}/").status_code for act in ("check-in", "check-out", "absence", "undo")] == [
        405
    ] * 4
    assert browser.post(address).status_code == 405
    assert noted(booking) == {}


def test_act_without_the_forms_token_is_refused(sam, booking, address):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    browser.force_login(sam)

    page = Page(browser.post(f"{address}check-in/"))

    assert page.status == 403
    assert "The form had grown too old" in page.main
    assert noted(booking) == {}


def test_times_are_those_of_the_space(english, sam, koharubiyori, booking, address):
    koharubiyori.space.timezone = "Europe/Lisbon"
    koharubiyori.space.save()

    assert "02:00–04:00" in Page(english(sam).get(address)).main


def test_door_reads_in_japanese(english, sam, address):
    for page in (Page(english(sam).get("/door/", headers=JAPANESE)), Page(english(sam).get(address, headers=JAPANESE))):
        assert (page.status, page.lang) == (200, "ja")


def test_door_asks_the_same_with_many_bookings(english, sam, koharubiyori, address):
    browser = english(sam)
    first = queries(browser, address)
    fill(koharubiyori.open_seats, 300)

    assert queries(browser, address) == first == 4
    assert Booking.objects.count() == 301


def test_early_comer_is_let_in_when_the_operator_says_so(koharubiyori, sam, as_user, chie):
    booking = make_booking(koharubiyori.open_seats, user=chie, day=date(2026, 11, 26))
    door = as_user(sam)

    refused = door.post(reverse("bookings:door_act", args=[booking.reference, "check-in"]))
    assert refused.status_code == 409
    early = reverse("bookings:door_act", args=[booking.reference, "early-check-in"])
    assert early in refused.content.decode()

    assert door.post(early).status_code == 302
    booking.refresh_from_db()
    assert booking.checked_in_at is not None
