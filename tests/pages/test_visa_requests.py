"""Asking a host for a visit by VISA in the page: from the quote, and on the list of one's bookings."""

from datetime import date, time

import pytest
import time_machine

from bookings.models import Booking, VisaRequest
from bookings.visa_requests import accept, refuse
from notices.models import Notice
from tests.bookings.taking import take
from tests.factories import at, make_booking, make_user
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import queries
from tests.pages.wishes import address, confirmation, is_bookable, quote, sentence, wish
from tests.reading import Page
from visas.models import Terms

ASK = "/visa/dorinoki/ask/"
MINE = "/bookings/"
EVENING = ("18:00", "20:00")


@pytest.fixture
def host(dorinoki):
    """Dorinoki, which takes visitors by visa until six, and sells no drop-in."""
    Terms.objects.create(space=dorinoki.space, opens=time(10), closes=time(18))
    return dorinoki


@pytest.fixture
def browser(english, aiko):
    return english(aiko)


def asking(browser, host, *times):
    """The page on which a host is asked, as it is reached from the quote."""
    page = quote(browser, host, *(times or EVENING))
    return Page(browser.get(page.link(f"Ask {host.space.name_en}")))


def send(browser, page, **changes):
    return page.submit(browser, page.form("resource", "starts"), **changes)


# The quote


def test_quote_that_is_refused_leads_to_asking_the_host(browser, host):
    page = quote(browser, host, *EVENING)

    assert not is_bookable(page)
    assert "The space can make an exception." in page.alerts[0]
    assert page.link("Ask Dorinoki").startswith(ASK)


def test_quote_at_a_price_leads_to_asking_for_a_free_day(browser, koharubiyori):
    Terms.objects.create(space=koharubiyori.space, opens=time(11), closes=time(18), notice_hours=2)

    page = quote(browser, koharubiyori, "15:00", "21:00")

    assert confirmation(page)
    assert page.link("Ask Koharubiyori").startswith("/visa/koharubiyori/ask/")


@pytest.mark.parametrize("full", [True, False])
def test_quote_offers_to_ask_only_where_that_would_help(english, aiko, ben, browser, host, full):
    if full:
        make_booking(host.open_seats, starts="19:00", ends="19:30", seats=host.open_seats.capacity)
        pages = [quote(browser, host, *EVENING)]
    else:
        pages = [
            quote(browser, host, "11:00", "13:00"),
            quote(browser, host, "18:00", "23:30"),
            quote(browser, host, *EVENING, seats=2),
            quote(english(ben), host, *EVENING),
        ]

    assert [page.links_to(ASK) for page in pages] == [[]] * len(pages)


def test_booking_that_is_moved_is_not_asked_for(browser, aiko, host):
    own = take(aiko, host.open_seats, day=date(2026, 11, 25))

    page = Page(browser.get(f"/bookings/{own.reference}/move/", wish(host, *EVENING, day=date(2026, 11, 25))))

    assert "from 10:00 to 18:00" in page.alerts[0]
    assert page.links_to(ASK) == []


# Asking


def test_member_asks_and_finds_it_among_the_bookings(browser, aiko, dai, host):
    page = asking(browser, host)
    assert page.status == 200
    assert "Dorinoki takes visitors by Coworking VISA from 10:00 to 18:00." in page.main
    assert "free" in page.main

    answer = send(browser, page, message="I bring cake.")

    request = VisaRequest.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, MINE)
    assert (request.starts_at, request.message) == (at("18:00"), "I bring cake.")
    assert [notice.recipient for notice in Notice.objects.all()] == [dai.email]
    listed = Page(browser.get(MINE))
    assert "You have asked Dorinoki for" in listed.text
    assert "18:00–20:00" in listed.main
    assert [form.action for form in listed.forms if "withdraw" in form.action] == [
        f"/visa/requests/{request.pk}/withdraw/"
    ]


def test_second_press_is_told_and_asks_nobody_twice(browser, dai, host):
    page = asking(browser, host)
    send(browser, page)

    again = Page(send(browser, page, message="Once more."))

    assert again.status == 409
    assert "You have asked Dorinoki for this visit already." in again.alerts[0]
    assert (VisaRequest.objects.count(), Notice.objects.count()) == (1, 1)
    assert "Once more." in again.main


def test_message_that_is_too_long_is_kept_and_told(browser, host):
    page = Page(send(browser, asking(browser, host), message="long " * 60))

    assert page.status == 400
    assert "long long" in page.main
    assert "Dorinoki takes visitors" in page.main
    assert not VisaRequest.objects.exists()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"message": "a\x00b"}, 400),
        ({"resource": "x"}, 400),
        ({"resource": str(2**70)}, 400),
        ({"resource": "999999"}, 400),
        ({"starts": "then"}, 400),
        ({"starts": ""}, 400),
        ({"seats": "2"}, 302),
        ({"starts": "2026-11-24T11:00", "ends": "2026-11-24T13:00"}, 409),
        ({"starts": "2026-11-23T18:00", "ends": "2026-11-23T20:00"}, 409),
    ],
)
def test_what_no_page_of_ours_sends_is_told(browser, host, changes, status):
    answer = send(browser, asking(browser, host), **changes)

    assert answer.status_code == status


def test_seat_of_another_space_is_not_asked_for_here(browser, host, koharubiyori):
    answer = send(browser, asking(browser, host), resource=koharubiyori.open_seats.pk)

    assert answer.status_code == 400
    assert not VisaRequest.objects.exists()


def test_page_says_why_nothing_can_be_asked(browser, english, ben, host):
    fitting = Page(browser.get(ASK, wish(host, "11:00", "13:00")))
    stranger = Page(english(ben).get(ASK, wish(host, *EVENING)))

    assert (fitting.status, stranger.status) == (200, 200)
    assert sentence("book_outright") in fitting.alerts[0]
    assert sentence("no_drop_in", space="Dorinoki") in stranger.alerts[0]
    assert not any("resource" in form.fields for form in (*fitting.forms, *stranger.forms))
    assert fitting.link("Back to the quote").startswith(address(host))


def test_visitor_signs_in_first(visitor, host):
    answer = visitor.get(ASK, wish(host, *EVENING))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("slug", ["nowhere", "dorinoki-2"])
def test_space_that_is_not_there_is_not_asked(browser, host, slug):
    assert browser.get(f"/visa/{slug}/ask/", wish(host, *EVENING)).status_code == 404


# The list of bookings


def test_request_is_withdrawn_with_a_press(browser, host):
    send(browser, asking(browser, host))
    page = Page(browser.get(MINE))
    [form] = [form for form in page.forms if "withdraw" in form.action]

    answer = page.submit(browser, form)
    again = Page(page.submit(browser, form))

    assert answer.headers["Location"] == MINE
    assert VisaRequest.objects.get().answer == "withdrawn"
    assert (again.status, again.alerts) == (409, ["It can't be withdrawn. This request was withdrawn."])
    assert "withdraw/" not in Page(browser.get(MINE)).html


def test_refusal_stands_there_with_its_reason(browser, dai, host, now):
    send(browser, asking(browser, host))
    refuse(request=VisaRequest.objects.get(), by=dai, reason="A party <b>here</b>.", now=now)

    page = Page(browser.get(MINE))

    assert "Refused" in page.main
    assert "“A party <b>here</b>.”" in page.main
    assert "withdraw/" not in page.html


def test_request_that_nobody_answered_says_so_for_a_week(browser, host):
    send(browser, asking(browser, host))

    with time_machine.travel(at("18:30"), tick=True):
        assert "Unanswered" in Page(browser.get(MINE)).main
    with time_machine.travel(at("18:30", date(2026, 12, 1)), tick=True):
        assert "Unanswered" not in Page(browser.get(MINE)).main


def test_accepted_request_is_a_booking_as_any_other(browser, dai, host, now):
    send(browser, asking(browser, host))
    booking = accept(request=VisaRequest.objects.get(), by=dai, now=now)

    page = Page(browser.get(MINE))

    assert f"/bookings/{booking.reference}/" in page.links_to("/bookings/")
    assert "withdraw/" not in page.html


def test_nobody_sees_or_withdraws_the_requests_of_others(browser, english, chie, host):
    send(browser, asking(browser, host))
    request = VisaRequest.objects.get()

    assert "18:00–20:00" not in Page(english(chie).get(MINE)).main
    assert english(chie).post(f"/visa/requests/{request.pk}/withdraw/").status_code == 404
    assert browser.get(f"/visa/requests/{request.pk}/withdraw/").status_code == 405
    request.refresh_from_db()
    assert request.answer == ""


@pytest.mark.parametrize("page", ["ask", "mine"])
def test_pages_read_in_japanese(browser, host, page):
    send(browser, asking(browser, host))
    asked = wish(host, "19:00", "20:00") if page == "ask" else {}

    shown = Page(browser.get(ASK if page == "ask" else MINE, asked, headers=JAPANESE))

    assert (shown.status, shown.lang) == (200, "ja")
    for words in ("Ask", "Asked", "Withdraw", "against", "message"):
        assert words not in shown.main


# What it costs


def test_pages_cost_the_same_with_few_and_many_requests(browser, aiko, host, garage):
    asked = f"{ASK}?" + "&".join(f"{name}={value}" for name, value in wish(host, "19:00", "20:00").items())
    quoted = asked.replace(ASK, address(host))
    browser.get(MINE)
    few = [queries(browser, page) for page in (asked, quoted, MINE)]
    visa = aiko.memberships.get().visa
    for number in range(20):
        VisaRequest.objects.create(
            visa=visa,
            resource=host.open_seats,
            starts_at=at("10:00", date(2026, 12, 1 + number)),
            ends_at=at("12:00", date(2026, 12, 1 + number)),
            **({"answer": "refused", "reason": "No.", "answered_at": at("08:00")} if number > 3 else {}),
        )
        make_booking(host.open_seats, starts="08:30", ends="09:00", user=make_user(f"{number}@example.jp"))

    assert [queries(browser, page) for page in (asked, quoted, MINE)] == few
    assert few[0] <= 9


def test_who_holds_no_visa_pays_nothing_on_the_quote(english, ben, koharubiyori):
    Terms.objects.create(space=koharubiyori.space, opens=time(11), closes=time(18))
    asked = "&".join(f"{name}={value}" for name, value in wish(koharubiyori, "15:00", "21:00").items())

    assert queries(english(ben), f"{address(koharubiyori)}?{asked}") <= 7
    assert not Booking.objects.exists()
