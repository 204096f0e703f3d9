"""The page of one sign-up by its link, and the list of one's own."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from icalendar import Calendar

from bookings.qr import qr_svg
from coworking.logs import Line
from events.links import rsvp_address, rsvp_token
from events.models import Event, Rsvp, Venue
from events.views.sign_up import door_address
from tests.conftest import NOW
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.factories import at, make_space, make_user
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import queries
from tests.reading import Page

CODE = re.compile(r"/sign-ups/[^/]+/")


@pytest.fixture
def jelly(four_spaces):
    return make_event(four_spaces["koharubiyori"])


@pytest.fixture
def here(jelly, four_spaces):
    return make_venue(jelly, four_spaces["koharubiyori"], capacity=2)


@pytest.fixture
def there(jelly, four_spaces):
    return make_venue(jelly, four_spaces["dorinoki"], capacity=2)


@pytest.fixture
def online(jelly):
    return make_venue(jelly, None, capacity=None, online_url="https://meet.example.jp/secret")


@pytest.fixture
def guest(here):
    return make_rsvp(here, person="guest@example.jp", name="客野 一")


def waiting(venue: Venue, **fields) -> Rsvp:
    return make_rsvp(venue, going_at=None, queued_at=NOW, **fields)


def moved_up(venue: Venue, **fields) -> Rsvp:
    until = NOW + timedelta(hours=24)
    return make_rsvp(venue, queued_at=NOW, promoted_at=NOW, decline_by=until, **fields)


def read(client, rsvp: Rsvp, query: str = "") -> Page:
    return Page(client.get(rsvp_address(rsvp) + query))


def press(client, page: Page, words: str):
    """Send the form that has this button, with the button's own field."""
    [form] = [form for form in page.forms if any(words in said for said, _ in form.buttons)]
    return page.submit(client, form)


def test_page_shows_the_code_for_the_door_and_the_reference(visitor, guest):
    page = read(visitor, guest)

    assert (page.status, page.headings) == (200, ["You have a place."])
    assert str(qr_svg(door_address(guest))) in page.html
    assert urlsplit(door_address(guest)).path == f"/events/{guest.event.reference}/door/{guest.reference}/"
    for words in (
        f"{guest.reference[:4]} {guest.reference[4:]}",
        "客野 一",
        "Friday, 27 November 2026",
        "Koharubiyori",
    ):
        assert words in page.main


def test_who_waits_reads_their_number(visitor, here):
    make_rsvp(here, people=2)
    waiting(here, person="first@example.jp")
    second = waiting(here, person="second@example.jp")

    page = read(visitor, second)

    assert page.headings == ["You are number 2 on the waiting list."]
    assert "Leave the waiting list" in page.main


def test_link_to_take_part_is_for_who_comes_online(visitor, online, guest):
    comes, waits = make_rsvp(online, person="o@example.jp"), waiting(online, person="w@example.jp")
    left = make_rsvp(online, person="l@example.jp", left_at=NOW, left_by="person")

    assert "https://meet.example.jp/secret" in read(visitor, comes).html
    for other in (waits, left, guest):
        assert "secret" not in read(visitor, other).html
    with time_machine.travel(at("17:00", FRIDAY)):
        assert "secret" not in read(visitor, comes).html


def test_who_moved_up_comes_or_declines(visitor, here):
    rsvp = moved_up(here, person="up@example.jp")
    page = read(visitor, rsvp)
    assert page.headings == ["A place has come free, and it is yours."]
    assert "Say so by Wed 25 Nov, 09:00." in page.main

    thanks = read(visitor, rsvp, "?coming=1")
    rsvp.refresh_from_db()
    assert ("See you there!" in thanks.main, rsvp.is_going) == (True, True)

    press(visitor, page, "No, thanks")
    rsvp.refresh_from_db()
    assert (rsvp.declined, rsvp.left_by) == (True, "person")
    assert read(visitor, rsvp).headings == ["You have declined."]


def test_time_to_decline_over_it_is_plain_leaving(visitor, here):
    rsvp = moved_up(here, person="up@example.jp")

    with time_machine.travel(NOW + timedelta(hours=24, minutes=1)):
        page = read(visitor, rsvp)
        press(visitor, page, "Take the sign-up back")

    rsvp.refresh_from_db()
    assert page.headings == ["You have a place."]
    assert (rsvp.is_live, rsvp.declined) == (False, False)
    assert read(visitor, rsvp).headings == ["You have taken your sign-up back."]


def test_leaving_gives_the_place_to_the_next_and_a_second_press_changes_nothing(visitor, here, guest):
    make_rsvp(here)
    following = waiting(here, person="next@example.jp")
    page = read(visitor, guest)

    answers = [press(visitor, page, "Take the sign-up back") for _ in range(2)]

    following.refresh_from_db()
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {(303, rsvp_address(guest))}
    assert following.is_going


def test_who_left_or_lost_the_venue_is_led_to_others(visitor, here, there, guest):
    Rsvp.objects.update(left_at=NOW, left_by="host")
    Venue.objects.filter(pk=here.pk).update(left_at=NOW)

    page = read(visitor, guest)

    assert page.headings == ["The event does not take place at Koharubiyori any more."]
    assert f"/events/{here.event.reference}/venues/{there.pk}/sign-up/" in page.links_to("/events/")
    assert "Take the sign-up back" not in page.main


def test_cancelled_event_says_why(visitor, guest):
    Event.objects.update(cancelled_at=NOW, cancel_reason="大雪のため")

    page = read(visitor, guest)

    assert page.headings == ["This event is cancelled."]
    assert "大雪のため" in page.main
    assert [form for form in page.forms if "/sign-ups/" in form.action] == []


def test_place_moves_to_another_venue_with_room(visitor, there, guest):
    answer = visitor.post(f"{rsvp_address(guest)}move/", {"venue": there.pk})

    guest.refresh_from_db()
    assert (answer.status_code, guest.venue, guest.is_going) == (303, there, True)


def test_place_is_kept_where_the_other_venue_is_full(visitor, here, there, guest):
    make_rsvp(there, people=2)
    page = read(visitor, guest)
    assert "Go to Dorinoki" not in page.main

    tried = Page(visitor.post(f"{rsvp_address(guest)}move/", {"venue": there.pk, "waits": "1"}))

    guest.refresh_from_db()
    assert (tried.status, "You keep your place at Koharubiyori." in tried.alerts[0]) == (409, True)
    assert (guest.venue, guest.is_going) == (here, True)


def test_who_waits_goes_where_there_is_room_or_to_another_line(visitor, here, there, online):
    make_rsvp(here, people=2)
    make_rsvp(there, people=2)
    rsvp = waiting(here, person="w@example.jp")
    page = read(visitor, rsvp)
    assert "Wait there as number 1" in page.main

    visitor.post(f"{rsvp_address(rsvp)}move/", {"venue": there.pk, "waits": "1"})
    rsvp.refresh_from_db()
    assert (rsvp.venue, rsvp.is_waiting) == (there, True)

    visitor.post(f"{rsvp_address(rsvp)}move/", {"venue": online.pk})
    rsvp.refresh_from_db()
    assert (rsvp.venue, rsvp.is_going) == (online, True)


def test_moving_elsewhere_than_to_a_venue_of_the_event_is_refused(visitor, here, guest, four_spaces):
    other = make_venue(make_event(four_spaces["dorinoki"]), four_spaces["dorinoki"])
    move = f"{rsvp_address(guest)}move/"

    statuses = [visitor.post(move, {"venue": venue}).status_code for venue in (other.pk, "x", "", 2**70, "1\x00")]
    same = Page(visitor.post(move, {"venue": here.pk}))

    assert statuses == [404, 400, 400, 400, 400]
    assert (same.status, "You are signed up at Koharubiyori already." in same.alerts[0]) == (409, True)


def test_people_and_answer_are_changed(visitor, guest):
    Event.objects.update(question_en="Any allergies?")
    page = read(visitor, guest)

    answer = page.submit(visitor, page.form("people"), people="2", answer="nuts")

    guest.refresh_from_db()
    assert (guest.people, guest.answer) == (2, "nuts")
    assert "Noted." in Page(visitor.get(answer.headers["Location"])).main


def test_more_people_than_places_are_refused_and_nothing_typed_is_lost(visitor, here, guest):
    Event.objects.update(question_en="Any allergies?")
    make_rsvp(here)

    page = Page(visitor.post(f"{rsvp_address(guest)}people/", {"people": "2", "answer": "nuts & soy"}))

    guest.refresh_from_db()
    assert (page.status, guest.people) == (409, 1)
    assert page.form("people").fields["people"] == "2"
    assert "nuts &amp; soy" in page.html


@pytest.mark.parametrize("bad", [{"people": "x"}, {"people": "0"}, {"answer": "a\x00"}, {"answer": "x" * 501}])
def test_what_cannot_be_read_is_said(visitor, guest, bad):
    Event.objects.update(question_en="Any allergies?")

    page = Page(visitor.post(f"{rsvp_address(guest)}people/", {"people": "1", "answer": "", **bad}))

    assert (page.status, "errorlist" in page.html) == (400, True)


def test_who_is_checked_in_changes_nothing_by_the_link(visitor, here, there, guest):
    Rsvp.objects.update(attended_at=NOW)
    address = rsvp_address(guest)

    page = read(visitor, guest)
    statuses = [
        visitor.post(f"{address}{act}/", sent).status_code
        for act, sent in (("leaving", {}), ("move", {"venue": there.pk}), ("people", {"people": "2"}))
    ]

    assert page.headings == ["You are checked in."]
    assert [form for form in page.forms if "/leaving/" in form.action] == []
    assert statuses == [409] * 3


def test_event_that_is_over_thanks_who_came(visitor, here, guest):
    came = make_rsvp(here, person="came@example.jp", attended_at=NOW)

    with time_machine.travel(at("17:00", FRIDAY)):
        assert read(visitor, came).headings == ["Thank you for coming"]
        page = read(visitor, guest)
        left = visitor.post(f"{rsvp_address(guest)}leaving/")

    assert page.headings == ["This event is over."]
    assert "Take the sign-up back" not in page.main
    assert left.status_code == 409


@pytest.mark.parametrize(
    ("state", "status", "method_sequence"),
    [
        ({}, "CONFIRMED", 5),
        ({"going_at": None, "queued_at": NOW}, "TENTATIVE", 5),
        ({"left_at": NOW, "left_by": "person"}, "CANCELLED", 5),
    ],
)
def test_calendar_file_says_how_it_stands_and_not_the_link(visitor, here, state, status, method_sequence):
    Event.objects.update(sequence=2, text_en="Bring **tea**, and a friend.")
    rsvp = make_rsvp(here, person="guest@example.jp", sequence=3, **state)

    answer = visitor.get(f"{rsvp_address(rsvp)}calendar.ics")

    [entry] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (entry["STATUS"], entry["SEQUENCE"]) == (status, method_sequence)
    assert entry["UID"] == f"event-{here.event.reference.lower()}@localhost"
    assert entry["LOCATION"].startswith("Koharubiyori, ")
    assert entry["DESCRIPTION"] == "Bring tea, and a friend."
    assert b"sign-ups" not in answer.content
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_link_opens_one_sign_up_only_and_none_when_it_is_renewed(visitor, guest):
    number, _dot, signature = rsvp_token(guest).partition(".")
    address = rsvp_address(guest)
    pages = ("", "confirmation/", "move/", "people/", "leaving/", "calendar.ics")
    for tried in (number, f"{guest.pk + 1}-1.{signature}", f"{number}.{signature[:-1]}x", "x", "1-1.é"):
        for page in pages:
            for ask in (visitor.get, visitor.post):
                assert ask(f"/sign-ups/{tried}/{page}").status_code in (404, 405)

    Rsvp.objects.update(link_version=2)

    assert [visitor.get(f"{address}{page}").status_code for page in ("", "confirmation/", "calendar.ics")] == [404] * 3
    assert len(signature) == 43


def test_draft_opens_by_no_link(visitor, guest):
    Event.objects.update(published_at=None)

    assert visitor.get(rsvp_address(guest)).status_code == 404


def test_reading_changes_nothing_and_acts_are_posted(visitor, guest):
    address = rsvp_address(guest)
    for page in ("", "?new=1", "?coming=1", "calendar.ics"):
        visitor.get(f"{address}{page}")
        visitor.head(f"{address}{page}")

    assert [visitor.get(f"{address}{act}/").status_code for act in ("move", "people", "leaving")] == [405] * 3
    assert visitor.post(address).status_code == 405
    guest.refresh_from_db()
    assert guest.is_going


def test_page_is_kept_and_told_by_nobody(visitor, guest, caplog):
    answer = visitor.get(rsvp_address(guest))

    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"

    caplog.clear()
    visitor.get(f"{rsvp_address(guest)}leaving/")
    assert CODE.findall("\n".join(Line().format(record) for record in caplog.records)) == ["/sign-ups/…/"]


def test_pages_read_in_japanese(visitor, browser, ben, here, guest):
    waits = waiting(here, person="w@example.jp")
    pages = [visitor.get(rsvp_address(rsvp), headers=JAPANESE) for rsvp in (guest, waits)]
    pages.append(browser(ben).get("/my/events/", headers=JAPANESE))

    assert {Page(page).lang for page in pages} == {"ja"}


def test_page_costs_the_same_with_many(visitor, jelly, here, guest):
    few = queries(visitor, rsvp_address(guest))
    for number in range(8):
        make_rsvp(make_venue(jelly, make_space(f"more-{number}")), make_user(f"p{number}@example.jp"))
        waiting(here, person=f"w{number}@example.jp")

    assert queries(visitor, rsvp_address(guest)) == few <= 8


def test_list_shows_what_comes_and_what_was(browser, ben, chie, four_spaces):
    def sign_up(title: str, **fields) -> Rsvp:
        event = make_event(four_spaces["koharubiyori"], title_en=title, **fields.pop("event", {}))
        return make_rsvp(make_venue(event, four_spaces["dorinoki"]), fields.pop("user", ben), **fields)

    yesterday = NOW.date() - timedelta(days=1)
    going, waits = sign_up("Going"), sign_up("Waits", going_at=None, queued_at=NOW)
    sign_up("Left", left_at=NOW, left_by="person")
    sign_up("Was", event={"day": yesterday})
    sign_up("Off", event={"cancelled_at": NOW})
    sign_up("Unconfirmed", confirmed_at=None, going_at=None)
    sign_up("Stranger's", user=chie)

    page = Page(browser(ben).get("/my/events/"))

    coming, _, before = page.main.partition("Before")
    assert [word in coming for word in ("Going", "Waits", "Number 1 in line", "Off", "Cancelled")] == [True] * 5
    assert ["Left" in before, "Was" in before] == [True, True]
    assert ["Unconfirmed" in page.main, "Stranger" in page.main] == [False, False]
    assert {rsvp_address(going), rsvp_address(waits)} <= set(page.links_to("/sign-ups/"))


def test_empty_list_leads_to_the_events(browser, visitor, ben):
    page = Page(browser(ben).get("/my/events/"))

    assert page.link("See the events") == "/events/"
    assert visitor.get("/my/events/").headers["Location"] == "/accounts/login/?next=/my/events/"
    assert browser(ben).post("/my/events/").status_code == 405


def test_list_is_in_pages_and_costs_the_same_with_many(browser, ben, four_spaces):
    def some(count: int, first: int) -> None:
        for number in range(first, first + count):
            for day in (FRIDAY + timedelta(days=number), NOW.date() - timedelta(days=number + 1)):
                event = make_event(four_spaces["koharubiyori"], day=day)
                venue = make_venue(event, four_spaces["dorinoki"])
                make_rsvp(venue, ben, going_at=None, queued_at=NOW)

    client = browser(ben)
    some(1, 0)
    few = queries(client, "/my/events/")
    some(22, 1)

    assert queries(client, "/my/events/") == few <= 7
    assert "Page 1 of 2" in Page(client.get("/my/events/")).main
    for page in ("2", "abc", "99", "-1", "1\x00"):
        assert client.get("/my/events/", {"page": page}).status_code == 200


def test_bookings_lead_to_events(browser, ben):
    assert Page(browser(ben).get("/bookings/")).link("My events") == "/my/events/"
