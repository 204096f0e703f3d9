"""The visits of a ticket by their link: the QR for the desk, the calendar, moving, cancelling, the next."""

from datetime import date

import pytest
import time_machine
from icalendar import Calendar

from bookings.attendance import miss
from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.qr import door_address, qr_svg
from notices.models import Notice
from tests.factories import at, make_booking
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import queries
from tests.pages.tickets import THURSDAY, WEDNESDAY, held_ticket, visits_page
from tests.pages.wishes import sentence
from tests.reading import Page
from tests.visas.acts import make_ticket, visit
from visas.issuing import block
from visas.models import Campaign, Participation, Ticket
from visas.refusals import SENTENCES
from visas.taking_part import stop

ON_WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def held(koharubiyori):
    return held_ticket(koharubiyori.space)


@pytest.fixture
def ticket(held):
    return held[0]


@pytest.fixture
def booking(held):
    return held[1]


@pytest.fixture
def address(ticket):
    return visits_page(ticket)


def test_page_shows_what_the_desk_wants_to_see(visitor, address, booking):
    page = Page(visitor.get(address))

    assert page.status == 200
    for words in (booking.spaced_reference.replace("-", " "), "21:00", "客野 一", "Koharubiyori"):
        assert words in page.main
    assert str(qr_svg(door_address(booking))) in page.html
    assert "1 visit is left." in page.main


def test_calendar_file_does_not_tell_the_link(visitor, address, booking):
    answer = visitor.get(f"{address}{booking.reference}/calendar.ics")

    event = Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert event["DTSTART"].dt == at("11:00", ON_WEDNESDAY)
    assert b"/visit/" not in answer.content
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_visit_moves_to_another_space_and_day(visitor, address, ticket, booking, four_spaces):
    page = Page(visitor.get(f"{address}{booking.reference}/move/", {"space": "cafe-36", "day": "2026-11-27"}))

    answer = page.submit(visitor, page.form("space", "day"))

    booking.refresh_from_db()
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    assert booking.resource.space == four_spaces["cafe-36"]
    assert booking.starts_at == at("10:00", date(2026, 11, 27))
    assert Notice.objects.filter(kind="booking.changed").count() == 1


def test_where_the_visit_is_now_is_no_place_to_move_to_but_others_of_that_day_are(visitor, address, booking):
    page = Page(visitor.get(f"{address}{booking.reference}/move/", {"space": "koharubiyori"}))

    assert f"?space=koharubiyori&day={WEDNESDAY}" not in page.links_to("?")
    assert f"?space=koharubiyori&day={THURSDAY}" in page.links_to("?")
    page = Page(visitor.get(f"{address}{booking.reference}/move/", {"space": "cafe-36"}))
    assert f"?space=cafe-36&day={WEDNESDAY}" in page.links_to("?")


def test_refused_move_says_why_and_the_visit_stays(visitor, address, booking, ticket, four_spaces):
    Participation.objects.update(seats_a_day=1)
    visit(make_ticket(ticket.campaign), four_spaces["cafe-36"], day=date(2026, 11, 27), email="x@example.jp")
    move = f"{address}{booking.reference}/move/"

    for sent, status in (
        ({"space": "cafe-36", "day": "2026-11-27"}, 409),
        ({"space": "nowhere", "day": "2026-11-27"}, 409),
        ({"space": "cafe-36", "day": "x"}, 400),
        ({"space": "cafe-36"}, 400),
        ({}, 400),
    ):
        page = Page(visitor.post(move, sent))
        assert (page.status, len(page.alerts)) == (status, 1), sent

    before = booking.starts_at
    booking.refresh_from_db()
    assert (booking.starts_at, booking.resource.space.slug) == (before, "koharubiyori")


@time_machine.travel(at("10:59", ON_WEDNESDAY), tick=False)
def test_late_visit_is_not_moved_and_cancelling_says_what_is_lost(visitor, address, booking):
    before, tried = (ask(f"{address}{booking.reference}/move/") for ask in (visitor.get, visitor.post))
    page = Page(visitor.get(f"{address}{booking.reference}/cancellation/"))

    assert (before.status_code, tried.status_code) == (200, 409)
    assert "Move" not in Page(visitor.get(address)).main
    assert "counts as used" in page.main
    assert "Wed 25 Nov, 09:00" in page.main

    visitor.post(f"{address}{booking.reference}/cancellation/")

    booking.refresh_from_db()
    assert (booking.cancelled_late, booking.cancellation_fee) == (True, 0)
    assert "the visit is used" in Page(visitor.get(address)).main


def test_visit_that_is_cancelled_in_time_is_given_back(visitor, address, booking):
    page = Page(visitor.get(f"{address}{booking.reference}/cancellation/"))
    assert "You get the visit back." in page.main

    answer = page.submit(visitor, page.forms[-1])

    booking.refresh_from_db()
    assert (answer.status_code, booking.cancelled_by, booking.cancelled_late) == (303, "person", False)
    page = Page(visitor.get(address))
    assert "2 visits are left." in page.main
    assert "the visit was given back" in page.main


def test_second_press_cancels_nothing_more(visitor, address, booking):
    visitor.post(f"{address}{booking.reference}/cancellation/")

    page = Page(visitor.post(f"{address}{booking.reference}/cancellation/"))

    assert page.status == 409
    assert sentence("not_live") in page.alerts[0]
    assert Notice.objects.filter(kind="booking.cancelled").count() == 1


def test_next_visit_is_booked_without_typing_anything(visitor, address, ticket, booking):
    page = Page(visitor.get(f"{address}next/", {"space": "dorinoki", "day": "2026-11-27"}))
    assert "?space=koharubiyori" not in page.links_to("?"), "the visit there is used"

    answers = [page.submit(visitor, page.form("space", "day")) for _ in range(2)]

    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {(303, f"{address}?new=1")}
    own = Booking.objects.exclude(pk=booking.pk).get()
    assert (own.resource.space.slug, own.name, own.person) == ("dorinoki", "客野 一", "guest@example.jp")


def test_day_on_which_the_person_has_a_seat_already_is_not_offered(visitor, address, chie, dorinoki):
    make_booking(dorinoki.open_seats, day=date(2026, 11, 27), person="guest@example.jp")

    page = Page(visitor.get(f"{address}next/", {"space": "dorinoki"}))

    assert f"?space=dorinoki&day={WEDNESDAY}" not in page.links_to("?"), "at Koharubiyori then"
    assert "?space=dorinoki&day=2026-11-27" not in page.links_to("?")
    assert "?space=dorinoki&day=2026-11-28" in page.links_to("?")


def test_used_ticket_offers_no_more(visitor, address, ticket, four_spaces):
    visit(ticket, four_spaces["dorinoki"], day=date(2026, 11, 27))

    assert "Choose a space and a day" not in Page(visitor.get(address)).main
    page = Page(visitor.get(f"{address}next/"))
    assert (page.status, str(SENTENCES["visits_used"]) in page.alerts[0]) == (410, True)
    assert visitor.post(f"{address}next/", {"space": "cafe-36", "day": THURSDAY}).status_code == 409


def test_blocked_ticket_and_stopped_campaign_leave_the_visit_and_give_no_next(visitor, address, ticket):
    block(ticket=ticket, reason="x", now=at("09:00"))
    assert (visitor.get(address).status_code, visitor.get(f"{address}next/").status_code) == (200, 403)

    Ticket.objects.update(blocked_at=None, block_reason="")
    stop(campaign=ticket.campaign, now=at("09:00"))
    assert (visitor.get(address).status_code, visitor.get(f"{address}next/").status_code) == (200, 410)
    assert "Your seat" not in Page(visitor.get(address)).main


def ends(ticket, how):
    """Let a ticket give no further visit."""
    if how == "blocked":
        block(ticket=ticket, reason="x", now=at("09:00"))
    elif how == "stopped":
        stop(campaign=ticket.campaign, now=at("09:00"))
    else:
        Campaign.objects.update(ends_on=date(2026, 11, 23))


@pytest.mark.parametrize("how", ["blocked", "stopped", "expired"])
def test_visit_of_a_ticket_that_is_good_no_more_is_kept_or_given_up_but_not_moved(
    visitor, address, ticket, booking, how
):
    move, cancellation = (f"{address}{booking.reference}/{page}/" for page in ("move", "cancellation"))
    assert "Another space or day" in Page(visitor.get(address)).main
    assert "You can use it at another space or on another day." in Page(visitor.get(cancellation)).main

    ends(ticket, how)

    page = Page(visitor.get(address))
    assert ("Another space or day" in page.main, "Cancel the visit" in page.main) == (False, True)
    wished = {"space": "cafe-36", "day": "2026-11-27"}
    asked, tried = Page(visitor.get(move, wished)), Page(visitor.post(move, wished))
    assert (asked.status, tried.status) == (200, 409)
    for page in (asked, tried):
        assert "It can't be moved." in page.alerts[0]
        assert str(SENTENCES[how]).split("%")[0] in page.alerts[0]
    page = Page(visitor.get(cancellation))
    assert "You get the visit back." in page.main
    assert "You can use it" not in page.main

    before = booking.starts_at
    booking.refresh_from_db()
    assert booking.starts_at == before


def test_visit_is_moved_before_its_campaign_begins(visitor, address, booking):
    Campaign.objects.update(starts_on=ON_WEDNESDAY)

    assert "Another space or day" in Page(visitor.get(address)).main
    assert f"?space=cafe-36&day={THURSDAY}" in Page(
        visitor.get(f"{address}{booking.reference}/move/", {"space": "cafe-36"})
    ).links_to("?")


def test_day_that_the_space_had_to_cancel_is_given_back(visitor, address, booking):
    cancel(booking=booking, by=Booking.Side.SPACE, now=at("09:00"))

    page = Page(visitor.get(address))

    assert "2 visits are left." in page.main


def test_missed_visit_stands_among_those_before(visitor, address, booking):
    miss(booking=booking, now=at("12:00", ON_WEDNESDAY))

    assert "the visit is used" in Page(visitor.get(address)).main


@pytest.mark.parametrize("page", ["", "next/", "{}/move/", "{}/cancellation/", "{}/calendar.ics"])
def test_link_that_was_tampered_with_or_renewed_opens_nothing(visitor, ticket, booking, address, page):
    page, token = page.format(booking.reference), address.split("/")[2]
    number, _dot, signature = token.partition(".")
    other = f"{ticket.pk + 1}-0.{signature}"
    for tried in (number, other, f"{number}.{signature[:-1]}x", f"{number}.", "x", f"{ticket.pk}-1.{signature}"):
        for ask in (visitor.get, visitor.post):
            assert ask(f"/visit/{tried}/{page}").status_code in (404, 405), tried

    Ticket.objects.update(link_version=1)

    answer = Page(visitor.get(f"{address}{page}"))
    assert (answer.status, answer.headings) == (404, ["This link opens nothing"])
    booking.refresh_from_db()
    assert booking.is_live


def test_signature_has_256_bits(address):
    assert len(address.split("/")[2].partition(".")[2]) == 43


def test_link_opens_the_visits_of_its_ticket_only(visitor, address, ben, koharubiyori, ticket):
    own = make_booking(koharubiyori.open_seats, user=ben)
    other = visit(make_ticket(ticket.campaign), koharubiyori.space, day=date(2026, 11, 26), email="x@example.jp")

    for booking in (own, other):
        for page in ("move/", "cancellation/", "calendar.ics"):
            assert visitor.get(f"{address}{booking.reference}/{page}").status_code == 404


def test_reading_changes_nothing(visitor, address, booking):
    for page in ("", "next/", f"{booking.reference}/move/", f"{booking.reference}/cancellation/"):
        visitor.get(f"{address}{page}", {"space": "cafe-36", "day": THURSDAY})
        visitor.head(f"{address}{page}")

    before = booking.starts_at
    booking.refresh_from_db()
    assert (booking.starts_at, booking.is_live, Booking.objects.count()) == (before, True, 1)


def test_pages_read_in_japanese(visitor, address, booking):
    for page in ("", "next/", f"{booking.reference}/move/", f"{booking.reference}/cancellation/"):
        assert Page(visitor.get(f"{address}{page}", headers=JAPANESE)).lang == "ja"


def test_page_costs_the_same_with_many_visits(visitor, address, ticket, four_spaces):
    ticket.campaign.visits_in_all = ticket.campaign.visits_at_each = 20
    ticket.campaign.save()
    first = queries(visitor, address)
    for day in (26, 27, 28):
        cancel(booking=visit(ticket, four_spaces["cafe-36"], day=date(2026, 11, day)), by="person", now=at("09:00"))
        visit(ticket, four_spaces["garage-labs"], day=date(2026, 11, day))

    assert queries(visitor, address) == first == 5
