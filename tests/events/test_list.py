"""The list of events: what is to come, by day, and what was."""

from datetime import date, timedelta

import pytest
from django.test import Client

from events.announcing import cancel
from events.finding import to_come
from events.models import Event
from spaces.models import Space
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.factories import TUESDAY, at, make_space, make_user
from tests.pages.conftest import JAPANESE
from tests.pages.conftest import english as english
from tests.pages.conftest import visitor as visitor
from tests.pages.crowd import queries
from tests.pages.test_every_page import ENGLISH_SENTENCE
from tests.reading import Page

HERE = "/events/"


@pytest.fixture
def k(four_spaces):
    return four_spaces["koharubiyori"]


@pytest.fixture
def d(four_spaces):
    return four_spaces["dorinoki"]


def on(space: Space, *spaces: Space | None, **fields: object) -> Event:
    """An event that a space holds, there and at others, or at them alone."""
    event = make_event(space, **fields)
    for venue in spaces or (space,):
        make_venue(event, venue, capacity=10 if venue else None)
    return event


def listed(page: Page) -> list[str]:
    """The references of the events on a page, in its order."""
    own = {event.reference for event in Event.objects.all()}
    return [last for link in page.links_to("/events/") if (last := link.strip("/").split("/")[-1]) in own]


def test_events_to_come_stand_by_day_the_next_first(visitor, k, d):
    later = on(k, day=date(2026, 12, 3))
    evening = on(d, starts="19:00", ends="21:00")
    afternoon = on(k)
    over = on(k, day=TUESDAY, starts="07:00", ends="09:00")
    running = on(k, day=TUESDAY, starts="08:00", ends="10:00")

    page = Page(visitor.get(HERE))

    assert page.status == 200
    assert listed(page) == [one.reference for one in (running, afternoon, evening, later)]
    assert over.reference not in page.html
    days = ("Tuesday, 24 November 2026 Today", "Friday, 27 November 2026", "Thursday, 3 December 2026")
    assert sorted(days, key=page.main.index) == list(days)
    assert page.main.count("November 2026") == 2


def test_row_says_kind_time_and_places_left_at_each_venue(visitor, k, d, four_spaces):
    event = make_event(k, kind="workshop")
    here, there = make_venue(event, k, capacity=3), make_venue(event, d, capacity=2)
    make_venue(event, None, capacity=None)
    make_venue(event, four_spaces["cafe-36"], agreed_at=None)
    make_rsvp(here, people=2)
    make_rsvp(there, people=2)

    page = Page(visitor.get(HERE)).main

    said = ("Workshop", "13:00", "–17:00", "Koharubiyori 1 place left", "Dorinoki Full, waiting list", "Online")
    assert [words for words in said if words not in page] == []
    assert "Cafe 36 " not in page.split("Friday Jelly")[1].split("Past events")[0]


def test_place_that_somebody_waits_for_is_nobodys_to_take(visitor, k):
    """Two wait together for the one place that is left."""
    event = make_event(k)
    here = make_venue(event, k, capacity=2)
    make_rsvp(here)
    make_rsvp(here, people=2, going_at=None, queued_at=at("08:00"))

    assert "Koharubiyori Full, waiting list" in Page(visitor.get(HERE)).main


def test_full_venue_has_no_line_once_the_event_has_begun(visitor, k):
    make_rsvp(make_venue(make_event(k, day=TUESDAY, starts="08:30", ends="12:00"), k, capacity=1))

    page = Page(visitor.get(HERE)).main
    assert "Koharubiyori Full" in page
    assert "waiting list" not in page


def test_own_sign_up_is_marked_and_nobody_elses(english, visitor, ben, chie, k):
    goes, waits, left = (on(k, day=FRIDAY + timedelta(days)) for days in range(3))
    make_rsvp(goes.venues.get(), ben)
    make_rsvp(waits.venues.get(), ben, going_at=None, queued_at=at("08:00"))
    make_rsvp(left.venues.get(), ben, left_at=at("08:00"), left_by="person")

    own = Page(english(ben).get(HERE)).main
    assert (own.count("Going"), own.count("On the waiting list"), own.count("Not coming")) == (1, 1, 0)
    for other in (english(chie), visitor):
        page = Page(other.get(HERE)).main
        assert ("Going" in page, "On the waiting list" in page) == (False, False)


def test_cancelled_event_stays_with_the_word_until_its_day_is_over(visitor, k, now):
    early = on(k, day=TUESDAY, starts="06:00", ends="08:00", cancelled_at=at("05:00"))
    later = on(k)
    yesterday = on(k, day=TUESDAY - timedelta(1), cancelled_at=at("05:00"))
    make_rsvp(later.venues.get())
    cancel(event=later, reason="Snow", now=now)

    page = Page(visitor.get(HERE))

    assert listed(page) == [early.reference, later.reference]
    assert page.main.count("Cancelled") == 2
    assert "left" not in page.main
    assert yesterday.reference not in page.html


def test_drafts_and_what_no_space_of_the_federation_holds_are_not_shown(visitor, k, d):
    on(k, published_at=None)
    gone = make_space("gone", left_on=TUESDAY)
    on(gone)
    on(gone, None)
    moved = on(gone, gone, k)
    Event.objects.get(pk=on(d).pk).venues.update(left_at=at("08:00"))

    assert listed(Page(visitor.get(HERE))) == [moved.reference]


def test_filters_are_a_form_that_works_by_itself(visitor, k, d):
    at_both, elsewhere, talk = on(k, k, d), on(k), on(d, kind="talk", day=date(2026, 11, 30))

    page = Page(visitor.get(HERE))
    both = page.submit(visitor, page.form("space", "kind"), space="dorinoki")
    one = page.submit(visitor, page.form("space", "kind"), space="dorinoki", kind="talk")

    assert listed(Page(both)) == [at_both.reference, talk.reference]
    assert listed(Page(one)) == [talk.reference]
    assert elsewhere.reference not in both.content.decode()
    assert Page(one).form("space", "kind").fields == {"space": "dorinoki", "kind": "talk"}


def test_what_a_space_holds_elsewhere_is_found_under_it(visitor, k, d):
    event = on(k, d)

    assert listed(Page(visitor.get(HERE, {"space": "koharubiyori"}))) == [event.reference]


@pytest.mark.parametrize(
    "asked", [{"space": "nowhere"}, {"space": "\x00"}, {"kind": "x"}, {"kind": "\x00"}, {"space": "9" * 5000}]
)
def test_filter_that_is_none_says_so_and_shows_the_rest(visitor, k, asked):
    event = on(k)

    answer = visitor.get(HERE, asked)

    page = Page(answer)
    assert answer.status_code == 400
    assert ("There is no such space." in page.main) == ("space" in asked)
    assert ("There is no such kind of event." in page.main) == ("kind" in asked)
    assert listed(page) == [event.reference]


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "\x00", "9" * 40])
def test_page_that_is_not_there_shows_one_that_is(visitor, k, page):
    event = on(k)

    assert listed(Page(visitor.get(HERE, {"page": page}))) == [event.reference]


def test_long_list_comes_in_pages_that_keep_the_filter(visitor, k):
    own = [on(k, day=FRIDAY + timedelta(days)) for days in range(25)]

    first = Page(visitor.get(HERE, {"space": "koharubiyori"}))
    second = Page(visitor.get(HERE + first.link("Next")))

    assert listed(first) == [one.reference for one in own[:20]]
    assert listed(second) == [one.reference for one in own[20:]]
    assert "space=koharubiyori" in first.link("Next")


def test_past_stands_the_latest_first_with_that_of_spaces_that_have_left(visitor, k):
    gone = make_space("gone", left_on=TUESDAY)
    old, new = on(gone, day=date(2026, 10, 1)), on(k, day=date(2026, 11, 1))
    cancelled = on(k, day=date(2026, 11, 2), cancelled_at=at("08:00"))
    to_come = on(k)

    page = Page(visitor.get(HERE))
    past = Page(visitor.get(HERE + page.link("Past events").removeprefix("/events/")))

    assert listed(past) == [new.reference, old.reference]
    assert cancelled.reference not in past.html
    assert to_come.reference not in past.html
    assert listed(Page(visitor.get(HERE, {"past": "1", "space": "gone"}))) == [old.reference]
    assert "left" not in past.main


def test_space_that_has_left_leads_to_its_past(visitor, k):
    make_space("gone", left_on=TUESDAY)

    page = Page(visitor.get("/spaces/gone/"))

    assert page.status == 404
    assert page.link("Past events") == "/events/?past=1&space=gone"


def test_empty_list_leads_on(visitor, k):
    bare, narrowed = Page(visitor.get(HERE)), Page(visitor.get(HERE, {"kind": "party"}))

    assert "Nothing is announced at the moment." in bare.main
    assert "webcal://" in bare.link("Subscribe")
    assert "Nothing of this kind here." in narrowed.main
    assert narrowed.link("See all events") == HERE
    assert "Nothing has been on yet." in Page(visitor.get(HERE, {"past": "1"})).main


def test_times_and_days_are_those_of_the_space_that_holds_it(visitor, k):
    k.timezone = "Asia/Kathmandu"  # three hours and a quarter behind
    k.save()
    on(k, day=TUESDAY, starts="10:00", ends="12:00")

    assert "06:45–08:45" in Page(visitor.get(HERE)).main


def test_list_offers_the_feed_of_what_it_shows_in_its_language(visitor, k, settings):
    home = settings.SITE_URL.split(":", 1)[1]

    assert Page(visitor.get(HERE)).link("Subscribe") == f"webcal:{home}/events/calendar.ics?lang=en"
    at_k = Page(visitor.get(HERE, {"space": "koharubiyori"}))
    assert at_k.link("Subscribe") == f"webcal:{home}/spaces/koharubiyori/events.ics?lang=en"
    assert "/events/calendar.ics" in Page(visitor.get(HERE, headers=JAPANESE)).html


def test_other_pages_lead_to_the_list(visitor, k):
    assert "/events/" in Page(visitor.get("/")).links_to("/events/")
    assert "/events/?space=koharubiyori" in Page(visitor.get("/spaces/koharubiyori/")).links_to("/events/")


def test_list_reads_in_japanese_without_english_sentences(visitor, english, ben, k, d):
    event = on(k, k, d, None, title_en="Quite an English title here")
    make_rsvp(event.venues.first(), ben)
    on(k, day=date(2026, 10, 1))
    on(k, day=FRIDAY, cancelled_at=at("08:00"))
    asked = ({}, {"past": "1"}, {"kind": "party"}, {"kind": "party", "past": "1"}, {"kind": "x", "space": "x"})

    pages = [Page(client.get(HERE, one, headers=JAPANESE)) for one in asked for client in (visitor, english(ben))]

    assert {page.lang for page in pages} == {"ja"}
    assert [words for page in pages for words in ENGLISH_SENTENCE.findall(page.text)] == []
    assert "金曜のJelly" in pages[0].main


@pytest.mark.parametrize("address", [HERE, HERE + "?past=1", HERE + "?space=koharubiyori&kind=jelly"])
def test_list_asks_the_same_however_much_there_is(english, visitor, ben, k, d, address):
    clients: tuple[Client, ...] = (english(ben), visitor)
    day = date(2026, 11, 1) if "past" in address else FRIDAY
    counts: list[set[int]] = [set(), set()]
    for more in (1, 2, 15):
        for _ in range(more):
            event = on(k, k, d, None, day=day)
            make_rsvp(event.venues.first(), ben)
            make_rsvp(event.venues.last(), make_user(f"someone-{event.pk}@example.jp"))
        for asked, client in zip(counts, clients, strict=True):
            asked.add(queries(client, address))

    assert [len(asked) for asked in counts] == [1, 1]


def test_list_takes_no_post_and_asks_nobody_to_sign_in(visitor, four_spaces):
    assert visitor.post(HERE).status_code == 405
    assert visitor.get(HERE).status_code == 200


def test_day_of_a_cancelled_event_is_over_at_midnight(k, now):
    event = on(k, day=TUESDAY, starts="06:00", ends="08:00", cancelled_at=at("05:00"))

    assert list(to_come(at("23:59"))) == [event]
    assert list(to_come(at("00:00", TUESDAY + timedelta(1)))) == []
