"""The page of one space: what it is, and its week."""

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from tests.factories import at, make_booking, make_closure, make_membership, make_resource, make_room, make_space
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import fill, queries
from tests.reading import Page
from visas.offering import write_terms

HERE = "/spaces/koharubiyori/"
BOOK = f"{HERE}booking/"


@pytest.fixture(autouse=True)
def _four_spaces(four_spaces):
    pass


def spans(page):
    """The starts and ends that the week offers, as the wall clock has them."""
    asked = [parse_qs(urlsplit(link).query) for link in page.links_to(BOOK)]
    return [(one["starts"][0], one["ends"][0]) for one in asked]


def test_visitor_reads_what_a_newcomer_wants_to_know(visitor):
    page = Page(visitor.get(HERE))

    said = (
        "Coworking Space Koharubiyori",
        "“Anyone is OK”",
        "Closed, opens today 11:00",
        "18-18 Hachiman-cho, Hakodate",
        "Projector",
        "Drop-in",
        "¥800",
        "Mini drop-in",
        "2 hours; a first visit to try",
        "Meeting room",
        "¥500",
        "Free pass",
        "¥9,700",
        "plus ¥2,000 once at joining",
        "11:00–21:00",
        "sample",
    )
    assert page.status == 200
    assert [words for words in said if words not in page.main] == []
    assert page.headings == ["Coworking Space Koharubiyori"]


def test_week_leads_to_a_quote_for_each_hour_that_is_free(visitor):
    page = Page(visitor.get(HERE))

    assert min(spans(page)) == ("2026-11-24T11:00", "2026-11-24T21:00")
    assert len(spans(page)) == 4 * 10 + 7 + 10  # Tuesday to Friday, Saturday, Monday
    assert Page(visitor.get(page.links_to(BOOK)[0])).status == 200


def test_every_link_of_the_week_can_be_booked(visitor, koharubiyori):
    make_booking(koharubiyori.open_seats, starts="13:00", ends="14:30", seats=15)
    mini = visitor.get(HERE)
    offer = Page(mini).link("Mini drop-in")

    page = Page(visitor.get(HERE + offer))

    for link in page.links_to(BOOK)[:12]:
        assert "That can't be booked." not in Page(visitor.get(link)).main, link


def test_hour_that_is_full_leads_nowhere(visitor, koharubiyori):
    make_booking(koharubiyori.open_seats, starts="13:00", ends="21:00", seats=15)

    page = Page(visitor.get(HERE))

    assert not [span for span in spans(page) if span[0].startswith("2026-11-24")]
    assert [span for span in spans(page) if span[0].startswith("2026-11-25")]


@time_machine.travel(at("15:10"), tick=False)
def test_hours_that_are_past_lead_nowhere(visitor):
    page = Page(visitor.get(HERE))

    assert min(spans(page)) == ("2026-11-24T15:30", "2026-11-24T21:00")


def test_week_can_be_turned_as_far_as_bookings_go(visitor):
    page, first_days = Page(visitor.get(HERE)), []
    for _ in range(20):
        later = [href for words, href in page.links if words == "Next week"]
        if not later:
            break
        first_days.append(parse_qs(urlsplit(later[0]).query)["day"][0])
        page = Page(visitor.get(HERE + later[0]))

    assert first_days[0] == "2026-12-01"
    assert date.fromisoformat(first_days[-1]) <= date(2026, 11, 24) + timedelta(days=60)
    assert "Previous week" in page.main
    assert page.status == 200


def test_closure_is_said_with_its_reason(visitor, four_spaces):
    make_closure(four_spaces["koharubiyori"], date(2026, 11, 25), reason_ja="大雪", reason_en="Heavy snow")

    page = Page(visitor.get(HERE))

    assert "Heavy snow" in page.main
    assert not [span for span in spans(page) if span[0].startswith("2026-11-25")]


def test_week_without_an_open_hour_says_so(visitor, four_spaces):
    make_closure(four_spaces["koharubiyori"], last=date(2026, 12, 31))

    page = Page(visitor.get(HERE))

    assert "Closed all week." in page.main
    assert spans(page) == []


def test_garage_labs_says_that_it_sells_no_drop_in_and_how_to_join(visitor):
    page = Page(visitor.get("/spaces/garage-labs/"))

    assert "Garage labs sells no drop-in: a seat here comes with a membership." in page.main
    assert page.link("How to join") == "/spaces/garage-labs/join/"
    assert page.links_to("/spaces/garage-labs/booking/") == []


def test_member_is_offered_the_seat_of_their_plan(english, aiko):
    page = Page(english(aiko).get("/spaces/garage-labs/"))

    assert "With your plan" in page.main
    assert "sells no drop-in" not in page.main
    assert page.links_to("/spaces/garage-labs/booking/")


@pytest.mark.parametrize("status", ["applied", "paused", "ended", "declined"])
def test_membership_that_is_not_active_offers_nothing(english, ben, four_spaces, status):
    make_membership(ben, four_spaces["garage-labs"].plans.get(), status=status)

    assert Page(english(ben).get("/spaces/garage-labs/")).links_to("/spaces/garage-labs/booking/") == []


def test_room_is_offered_by_the_hour(visitor):
    page = Page(visitor.get(HERE))

    room = Page(visitor.get(HERE + page.link("Meeting room ¥500 an hour")))

    assert min(spans(room)) == ("2026-11-24T11:00", "2026-11-24T12:00")


def test_what_is_asked_for_by_htmx_is_the_week_alone(visitor):
    whole = visitor.get(HERE)
    part = visitor.get(HERE, headers={"hx-request": "true"})

    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert spans(Page(part)) == spans(Page(whole))
    assert "HX-Request" in part.headers["Vary"]
    assert "HX-Request" in whole.headers["Vary"]


def test_space_reads_in_japanese(visitor):
    page = Page(visitor.get(HERE, headers=JAPANESE))

    assert page.lang == "ja"
    assert "コワーキングスペース 小春日和" in page.main
    assert "函館市八幡町18-18" in page.main


@pytest.mark.parametrize("slug", ["garage-labs", "dorinoki", "koharubiyori", "cafe-36"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_of_the_four_can_be_read_in_both_languages(visitor, slug, language):
    page = Page(visitor.get(f"/spaces/{slug}/", headers={"accept-language": language}))

    assert (page.status, page.lang) == (200, language)


def test_times_are_those_of_the_space(visitor):
    lisbon = make_space("lisbon", opens="09:00", closes="18:00", timezone="Europe/Lisbon", country="PT")
    make_room(lisbon)

    page = Page(visitor.get("/spaces/lisbon/"))
    links = page.links_to("/spaces/lisbon/booking/")

    assert "Closed, opens today 09:00" in page.main
    assert "starts=2026-11-24T09:00" in links[0]
    assert "09:00–10:00" in Page(visitor.get(links[0])).main


def test_space_with_nothing_to_book_does_no_harm(visitor):
    make_space("empty")

    assert Page(visitor.get("/spaces/empty/")).status == 200


def test_space_that_nobody_knows_is_not_there(visitor):
    page = Page(visitor.get("/spaces/nowhere/"))

    assert page.status == 404
    assert "There is no such page" in page.main


def test_space_that_has_left_or_not_yet_joined_is_not_there(visitor, four_spaces):
    four_spaces["cafe-36"].left_on = date(2026, 11, 24)
    four_spaces["cafe-36"].save()
    late = make_space("late")
    late.joined_on = date(2026, 11, 25)
    late.save()

    assert visitor.get("/spaces/cafe-36/").status_code == 404
    assert visitor.get("/spaces/late/").status_code == 404


@pytest.mark.parametrize("day", ["2026-02-30", "yesterday", "0001-01-01", "9999-12-31", "2030-01-01"])
def test_day_that_makes_no_sense_is_said_with_the_way_back(visitor, day):
    page = Page(visitor.get(HERE, {"day": day}))

    assert page.status == 400
    assert "That did not come through" in page.main
    assert page.link("Back to Koharubiyori") == HERE


def test_day_that_is_past_shows_the_week_from_today(visitor):
    page = Page(visitor.get(HERE, {"day": "2025-11-24"}))

    assert min(spans(page)) == ("2026-11-24T11:00", "2026-11-24T21:00")


@time_machine.travel(at("08:00"), tick=False)
def test_room_that_is_retired_today_is_gone_before_breakfast(visitor, koharubiyori):
    [room] = koharubiyori.rooms
    room.retired_on = date(2026, 11, 24)
    room.save()

    assert [words for words, _ in Page(visitor.get(HERE)).links if "Meeting room" in words] == []


def test_offer_that_is_gone_shows_the_first_one(visitor):
    page = Page(visitor.get(HERE, {"offer": "plan-999999"}))

    assert page.status == 200
    assert min(spans(page)) == ("2026-11-24T11:00", "2026-11-24T21:00")


@pytest.mark.parametrize("bookings", [1, 500])
@pytest.mark.parametrize("rooms", [1, 30])
def test_space_and_its_week_ask_six_times_at_most(visitor, english, ben, koharubiyori, bookings, rooms):
    for number in range(rooms):
        make_resource(koharubiyori.space, kind="meeting_room", capacity=1, price_per_hour=500, name_en=f"R{number}")
    fill(koharubiyori.open_seats, bookings)
    browser = english(ben)

    # One of them asks how visits by visa were honoured, which the week alone does not show.
    assert queries(visitor, HERE) == 4
    assert queries(visitor, f"{HERE}?day=2026-12-08", **{"hx-request": "true"}) == 3
    assert queries(browser, HERE) == 6
    assert queries(browser, f"{HERE}?day=2026-12-08", **{"hx-request": "true"}) == 5


def test_space_says_what_it_gives_by_visa_and_that_nobody_came_yet(visitor, four_spaces):
    page = Page(visitor.get(HERE))

    assert (
        "By Coworking VISA What is that? For members of the other spaces: 3 days a month free of charge. "
        "Nobody has come by Coworking VISA within the last 12 months. "
        "The terms that all spaces share; not yet confirmed by this one."
    ) in page.main
    assert page.link("What is that?") == "/visa/"


def test_space_says_how_it_honours_visas(visitor, koharubiyori, aiko):
    write_terms(space=koharubiyori.space, by=None, now=at("09:00", date(2026, 11, 3)), percent_off=25)
    for day in (10, 11, 12):
        visit = {"basis": "visa", "price": 0, "visa": aiko.memberships.get().visa}
        make_booking(koharubiyori.open_seats, user=aiko, day=date(2026, 11, day), **visit)

    page = Page(visitor.get(HERE))

    assert (
        "3 days a month free of charge, then 25% off the drop-in. "
        "100% Honoured 3 of 3 visits within the last 12 months. Visits were booked at once: nobody had to ask. "
        "Confirmed by the space on 3 November 2026."
    ) in page.main


def test_space_says_when_its_terms_were_confirmed_too_long_ago(visitor, koharubiyori):
    write_terms(space=koharubiyori.space, by=None, now=at("09:00", date(2025, 11, 3)), percent_off=25)

    page = Page(visitor.get(HERE))

    assert "Last confirmed by the space on 3 November 2025, more than a year ago." in page.main


def test_space_that_sells_no_drop_in_says_nothing_of_a_percentage(visitor, dorinoki):
    write_terms(space=dorinoki.space, by=None, now=at("09:00"), percent_off=25)

    assert "3 days a month free of charge. Nobody" in Page(visitor.get("/spaces/dorinoki/")).main


def test_space_takes_no_post(visitor):
    assert visitor.post(HERE).status_code == 405
