"""Answering a reminder about a booking by its links: without an account, by one press, and nothing by looking."""

from datetime import date

import pytest
import time_machine
from django.test import Client

from bookings.attendance import check_in
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.coming_links import coming_token
from bookings.models import Booking
from bookings.moving import move
from coworking.discretion import discreet
from events.erasing import erase
from members.models import Membership
from notices.copying import without_keys
from notices.delivery import deliver_due
from tests.factories import at, make_booking, make_plan, make_room, span
from tests.pages.conftest import ENGLISH, JAPANESE
from tests.pages.crowd import queries
from tests.pages.passports import visit
from tests.pages.tickets import held_ticket
from tests.reading import Page
from visas.models import Visa

THURSDAY = date(2026, 11, 26)
EVENING = at("17:05", date(2026, 11, 25))
LATE = at("09:30", THURSDAY)


@pytest.fixture
def booking(koharubiyori, ben):
    return make_booking(koharubiyori.open_seats, day=THURSDAY, user=ben)


def keeps(booking) -> str:
    return f"/coming/{coming_token(booking)}/"


def frees(booking) -> str:
    return f"/not-coming/{coming_token(booking)}/"


@pytest.fixture(autouse=True)
def evening():
    with time_machine.travel(EVENING):
        yield


def press(browser, address, **changes):
    """Open a page and press its button; the answer."""
    page = Page(browser.get(address))
    [form] = [form for form in page.forms if not form.action]
    return page.submit(browser, form, **changes)


def test_looking_changes_nothing_however_often_and_by_whatever_program(visitor, booking):
    for address in (keeps(booking), frees(booking)):
        assert visitor.get(address).status_code == 200
        assert visitor.head(address).status_code == 200

    booking.refresh_from_db()
    assert (booking.coming_at, booking.is_live) == (None, True)


def test_one_press_keeps_the_seat_without_signing_in(visitor, booking):
    answer = press(visitor, keeps(booking))
    page = Page(visitor.get(answer.headers["Location"]))

    booking.refresh_from_db()
    assert answer.status_code == 303
    assert booking.coming_at
    assert page.headings == ["Good to know. See you there!"]
    assert page.link("I can't come") == frees(booking)


def test_pressing_twice_is_fine(visitor, booking):
    assert [visitor.post(keeps(booking)).status_code for _ in range(2)] == [303, 303]
    assert [visitor.post(frees(booking)).status_code for _ in range(2)] == [303, 303]


def test_one_press_frees_the_seat_and_the_page_says_first_that_it_costs_nothing(visitor, booking):
    page = Page(visitor.get(frees(booking)))
    answer = press(visitor, frees(booking))
    after = Page(visitor.get(answer.headers["Location"]))

    booking.refresh_from_db()
    assert "Cancelling costs nothing until Thu 26 Nov, 09:00." in page.main
    assert (booking.cancelled_by, booking.cancellation_fee) == ("person", 0)
    assert after.status == 200
    assert after.headings == ["Your seat is free for others"]
    assert after.link("Book again") == "/spaces/koharubiyori/"


def test_late_the_page_says_the_fee_before_anything_is_pressed(visitor, booking):
    with time_machine.travel(LATE):
        page = Page(visitor.get(frees(booking)))
        answer = press(visitor, frees(booking))
        after = Page(visitor.get(answer.headers["Location"]))

    booking.refresh_from_db()
    assert "Now the full price is due as a cancellation fee." in page.main
    assert [words for form in page.forms for words, _to in form.buttons if "¥800" in words]
    assert (booking.cancellation_fee, booking.cancelled_late) == (800, True)
    assert "¥800 is due as a cancellation fee." in after.main


def test_page_that_was_opened_in_time_and_sent_late_is_asked_again_with_the_fee(visitor, booking):
    page = Page(visitor.get(frees(booking)))
    [form] = [form for form in page.forms if not form.action]
    with time_machine.travel(LATE):
        again = Page(page.submit(visitor, form))
        booking.refresh_from_db()
        assert (again.status, booking.is_live) == (409, True)
        assert "Cancelling was free until Thu 26 Nov, 09:00." in again.alerts[0]
        [form] = [form for form in again.forms if not form.action]
        assert again.submit(visitor, form).status_code == 303

    booking.refresh_from_db()
    assert booking.cancellation_fee == 800


def test_forms_are_guarded_and_need_nothing_that_was_kept_before(booking):
    browser = Client(headers=ENGLISH, enforce_csrf_checks=True)

    assert browser.post(keeps(booking)).status_code == 403
    assert press(browser, keeps(booking)).status_code == 303


def test_page_tells_little(visitor, koharubiyori, booking, ben):
    other = make_booking(koharubiyori.open_seats, starts="15:00", ends="17:00", day=THURSDAY, user=ben)

    for address in (keeps(booking), frees(booking)):
        page = Page(visitor.get(address))
        assert "11:00–13:00" in page.main
        assert "Koharubiyori" in page.main
        for told in (booking.reference, booking.spaced_reference, ben.email, ben.display_name, "Miller", "15:00"):
            assert told not in page.html.replace(address, ""), told
        assert other.reference not in page.html


def test_addresses_stand_in_no_log_line_no_copy_and_no_referrer(visitor, booking, settings):
    for address in (keeps(booking), frees(booking)):
        token = address.split("/")[2]
        answer = visitor.get(address)
        assert token not in discreet(f"GET {address} 200")
        assert token.rpartition(".")[2] not in discreet(f"GET {address} 200")
        assert token not in without_keys(f"<a href='{settings.SITE_URL}{address}'>")
        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert answer.headers["Cache-Control"] == "no-store, private"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("page", [keeps, frees])
def test_moved_booking_says_how_it_is_now_and_that_this_link_is_not_about_it(visitor, booking, koharubiyori, now, page):
    address = page(booking)
    seats = koharubiyori.open_seats.pk
    move(booking=booking, resource_id=seats, span=span("14:00", "16:00", THURSDAY), seats=1, now=now)

    seen, sent = Page(visitor.get(address)), visitor.post(address, {"late": "1"})

    booking.refresh_from_db()
    assert (seen.status, sent.status_code) == (200, 409)
    assert seen.headings == ["This booking has changed"]
    assert "14:00–16:00" in seen.main
    assert not [form for form in seen.forms if not form.action]
    assert seen.link("Open the booking") == f"/bookings/{booking.reference}/"
    assert (booking.is_live, booking.coming_at) == (True, None)


@pytest.mark.parametrize("page", [keeps, frees])
@pytest.mark.parametrize(
    ("happens", "moment", "heading"),
    [
        (lambda one: cancel(booking=one, by="space", now=EVENING), EVENING, "This booking is cancelled."),
        (lambda one: check_in(booking=one, now=at("10:55", THURSDAY)), at("10:56", THURSDAY), "You are checked in."),
        (lambda one: None, at("11:00", THURSDAY), "This booking has begun"),
        (lambda one: None, at("13:00", THURSDAY), "This booking is over."),
    ],
    ids=["cancelled", "here", "begun", "over"],
)
def test_what_can_not_be_answered_any_more_says_why_and_leads_on(visitor, booking, page, happens, moment, heading):
    address = page(booking)
    happens(booking)

    with time_machine.travel(moment):
        seen, sent = Page(visitor.get(address)), Page(visitor.post(address, {"late": "1"}))

    assert (seen.status, sent.status) == (200, 409)
    assert seen.headings == sent.headings == [heading]
    assert "/spaces/koharubiyori/" in [href for _words, href in seen.links]


@pytest.mark.parametrize("start", ["/coming/", "/not-coming/"])
@pytest.mark.parametrize("token", ["x", "1-0.none", "%00", "1-0-é.x", "9" * 300])
def test_link_that_nobody_signed_opens_nothing(visitor, start, token):
    for answer in (visitor.get(f"{start}{token}/"), visitor.post(f"{start}{token}/")):
        assert answer.status_code == 404
        assert Page(answer).headings == ["This link opens nothing"]
        assert answer.headers["Referrer-Policy"] == "strict-origin"


def test_link_of_who_has_deleted_the_account_opens_nothing(visitor, booking, ben, now):
    address = keeps(booking)
    erase(user=ben, typed=ben.email, now=now)

    assert visitor.get(address).status_code == 404
    assert visitor.post(address).status_code == 404


def test_visitor_by_ticket_has_the_visit_back_and_is_told_so(visitor, koharubiyori):
    ticket, seat = held_ticket(koharubiyori.space)
    Booking.objects.filter(pk=seat.pk).update(starts_at=at("10:00", THURSDAY), ends_at=at("21:00", THURSDAY))

    page = Page(visitor.get(frees(seat)))
    press(visitor, frees(seat))

    seat.refresh_from_db()
    assert "You get the visit back." in page.main
    assert ticket.code not in page.html
    assert "/visit/" not in page.html
    assert (seat.cancelled_by, seat.cancelled_late) == ("person", False)


def test_visit_by_ticket_that_is_freed_late_counts_and_the_page_says_so(visitor, koharubiyori):
    _ticket, seat = held_ticket(koharubiyori.space)
    Booking.objects.filter(pk=seat.pk).update(starts_at=at("10:00", THURSDAY), ends_at=at("21:00", THURSDAY))

    with time_machine.travel(LATE):
        page = Page(visitor.get(frees(seat)))
        press(visitor, frees(seat))

    seat.refresh_from_db()
    assert "The visit counts as used." in page.main
    assert seat.cancelled_late


@pytest.mark.parametrize(("moment", "said"), [(EVENING, "no longer counts"), (LATE, "still counts")])
def test_day_of_a_visa_is_told_of(visitor, koharubiyori, aiko, moment, said):
    free_day = visit(koharubiyori.open_seats, Visa.objects.get(membership__user=aiko), THURSDAY)

    with time_machine.travel(moment):
        page = Page(visitor.get(frees(free_day)))

    assert f"It {said} as a day of your Coworking VISA." in page.main


@pytest.mark.parametrize(("moment", "said"), [(EVENING, "are given back"), (LATE, "stay used")])
def test_room_hours_of_a_plan_are_told_of_and_the_button_speaks_of_no_seat(visitor, koharubiyori, aiko, moment, said):
    room = make_room(koharubiyori.space)
    held = make_booking(
        room,
        day=THURSDAY,
        user=aiko,
        basis="plan",
        plan=make_plan(koharubiyori.space),
        membership=Membership.objects.get(user=aiko),
        plan_minutes=120,
        price=0,
    )

    with time_machine.travel(moment):
        page = Page(visitor.get(frees(held)))

    assert f"The room hours of your plan (2 hours) {said}." in page.main
    assert page.headings == ["Cancel the booking of the room?"]
    assert [words for form in page.forms for words, _to in form.buttons if words == "Cancel the booking"]


def test_all_seats_of_a_booking_go_at_once_and_the_button_says_so(visitor, koharubiyori, ben):
    wide = make_booking(koharubiyori.open_seats, day=THURSDAY, user=ben, seats=3)

    page = Page(visitor.get(frees(wide)))

    assert [words for form in page.forms for words, _to in form.buttons if words == "Free all 3 seats"]


def test_door_says_who_has_said_so(english, sam, booking):
    path = f"/door/{booking.reference}/"
    assert "said “I'm coming”" not in Page(english(sam).get(path)).main

    Booking.objects.update(coming_at=EVENING)

    assert "said “I'm coming”" in Page(english(sam).get(path)).main


def test_reminder_leads_to_both_pages(visitor, koharubiyori, ben, mailoutbox):
    with time_machine.travel(at("09:00")):
        book(
            user=ben,
            space=koharubiyori.space,
            resource_id=koharubiyori.open_seats.pk,
            span=span("11:00", "13:00", THURSDAY),
            now=at("09:00"),
        )
        deliver_due(until=at("09:10"))
    deliver_due(until=at("18:00", date(2026, 11, 25)))

    reminder = mailoutbox[-1]
    html = Page.of(reminder.alternatives[0][0])
    for words, heading in (("I'm coming", "Are you coming?"), ("Free my seat", "Free your seat?")):
        address = html.link(words)
        assert f"{words}\n{address}" in reminder.body
        assert Page(visitor.get(address.removeprefix("http://localhost:8000"))).headings == [heading]


def test_queries_do_not_grow(visitor, koharubiyori, booking, ben):
    few = queries(visitor, frees(booking))
    for hour in range(14, 20):
        make_booking(koharubiyori.open_seats, starts=f"{hour}:00", ends=f"{hour}:30", day=THURSDAY, user=ben)

    assert queries(visitor, frees(booking)) == few


def test_pages_are_japanese_for_who_reads_japanese(visitor, booking):
    assert Page(visitor.get(keeps(booking), headers=JAPANESE)).headings == ["ご予定どおりお越しになりますか？"]
    assert Page(visitor.get(frees(booking), headers=JAPANESE)).headings == ["席を空けますか？"]
