"""What pages of an event show of the moment: counts for everybody, the wall for who comes."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.links import rsvp_token
from events.live import channel
from events.models import WallLine
from events.now import A_WALL, now_on
from events.saying import say
from tests.conftest import NOW
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.factories import at
from tests.reading import Page, english

DURING = at("13:05", FRIDAY)
AFTER = at("17:00", FRIDAY)


@pytest.fixture
def jelly(four_spaces):
    return make_event(four_spaces["koharubiyori"])


@pytest.fixture
def koharu(jelly, four_spaces):
    return make_venue(jelly, four_spaces["koharubiyori"])


@pytest.fixture
def dorinoki_venue(jelly, four_spaces):
    return make_venue(jelly, four_spaces["dorinoki"])


@pytest.fixture
def online(jelly):
    return make_venue(jelly, None, capacity=None)


@pytest.fixture(autouse=True)
def _it_is_on(settings):
    settings.LIVE_URL = "http://localhost:8001"
    with time_machine.travel(DURING, tick=False):
        yield


def part(event):
    return reverse("events:now", args=[event.reference])


def by_link(rsvp):
    return reverse("events:now_by_link", args=[rsvp_token(rsvp)])


def reader(looks):
    """What the process `live` knows of whoever opens this page."""
    return channel.reading(looks.live.partition("token=")[2].partition("&")[0].replace("%3A", ":"))


def test_counts_are_people_by_venue_in_the_order_of_the_spaces(jelly, online, koharu, dorinoki_venue, aiko, ben):
    make_rsvp(koharu, aiko, people=3, attended_at=DURING)
    make_rsvp(koharu, ben)
    make_rsvp(dorinoki_venue, name="飛入", is_walk_in=True, attended_at=DURING)
    make_rsvp(dorinoki_venue, name="待つ", going_at=None, queued_at=NOW)
    make_rsvp(dorinoki_venue, name="去る", left_at=NOW, left_by="person")

    looks = now_on(jelly, user=AnonymousUser(), now=DURING)

    counted = {one.venue: (one.here, one.expected) for one in looks.venues}
    assert counted == {koharu: (3, 4), dorinoki_venue: (1, 0), online: (0, 0)}
    assert looks.venues[-1].venue == online


def test_a_venue_that_was_asked_or_has_left_is_not_counted(jelly, koharu, four_spaces):
    make_venue(jelly, four_spaces["dorinoki"], agreed_at=None)
    make_venue(jelly, four_spaces["cafe-36"], left_at=NOW)

    assert [one.venue for one in now_on(jelly, user=None, now=DURING).venues] == [koharu]


@pytest.mark.parametrize(
    ("moment", "is_shown"),
    [
        (at("00:00", FRIDAY) - timedelta(seconds=1), False),
        (at("00:00", FRIDAY), True),
        (AFTER + timedelta(days=9), True),
    ],
)
def test_counts_are_shown_from_the_day_of_the_event_on(jelly, koharu, moment, is_shown):
    assert bool(now_on(jelly, user=None, now=moment).venues) == is_shown


def test_a_cancelled_event_counts_nobody(jelly, koharu):
    jelly.cancelled_at = NOW

    looks = now_on(jelly, user=None, now=DURING)

    assert (looks.venues, looks.follows, looks.live) == ([], False, "")


def test_who_has_a_place_and_hosts_see_the_wall(jelly, koharu, dorinoki_venue, aiko, ben, chie, sam, dai):
    rsvp = make_rsvp(koharu, aiko)
    waits = make_rsvp(koharu, ben, going_at=None, queued_at=NOW)
    say(event=jelly, rsvp=rsvp, text="はい", now=NOW)
    link = AnonymousUser()

    for moment in (NOW, DURING, AFTER + timedelta(days=30)):
        seen = {
            "going": now_on(jelly, user=aiko, now=moment),
            "by link": now_on(jelly, user=link, rsvp=rsvp, now=moment),
            "host": now_on(jelly, user=sam, now=moment),
            "venue": now_on(jelly, user=dai, now=moment),
            "waits": now_on(jelly, user=ben, now=moment),
            "waits by link": now_on(jelly, user=link, rsvp=waits, now=moment),
            "stranger": now_on(jelly, user=chie, now=moment),
            "visitor": now_on(jelly, user=link, now=moment),
        }
        assert {who for who, looks in seen.items() if looks.sees_wall} == {
            *("going", "by link", "waits", "waits by link", "host", "venue")
        }
        assert {who for who, looks in seen.items() if looks.may_hide} == {"host", "venue"}
        assert all([line.text for line in looks.lines] == ["はい"] * looks.sees_wall for looks in seen.values())
        assert {looks.may_write for looks in seen.values() if looks.sees_wall} == {moment < AFTER + timedelta(days=1)}


def test_the_stream_gives_no_more_than_the_page(jelly, koharu, aiko, chie):
    make_rsvp(koharu, aiko)

    assert reader(now_on(jelly, user=aiko, now=DURING)).sees_wall
    assert not reader(now_on(jelly, user=chie, now=DURING)).sees_wall


def test_a_page_follows_as_long_as_something_can_happen(jelly, koharu, aiko, chie):
    make_rsvp(koharu, aiko)
    closed = AFTER + timedelta(days=1)

    assert [now_on(jelly, user=aiko, now=moment).follows for moment in (NOW, DURING, closed)] == [True, True, False]
    assert [now_on(jelly, user=chie, now=moment).follows for moment in (NOW, DURING, closed)] == [False, True, False]


def test_without_a_process_live_there_is_no_address(jelly, koharu, settings):
    settings.LIVE_URL = ""

    looks = now_on(jelly, user=None, now=DURING)

    assert (looks.follows, looks.live) == (True, "")


def test_a_wall_is_cut_at_a_hundred_lines_the_newest_first(jelly, koharu, aiko):
    rsvp = make_rsvp(koharu, aiko)
    WallLine.objects.bulk_create(
        WallLine(event=jelly, rsvp=rsvp, venue=koharu, name="愛子", text=str(number), said_at=NOW)
        for number in range(A_WALL + 1)
    )

    looks = now_on(jelly, user=aiko, now=DURING)

    assert [line.text for line in looks.lines] == [str(number) for number in range(A_WALL, 0, -1)]
    assert looks.has_older


def test_everybody_sees_the_counts_and_nothing_else(jelly, koharu, aiko):
    say(event=jelly, rsvp=make_rsvp(koharu, aiko, attended_at=DURING), text="はい", now=DURING)

    page = Page(english(Client()).get(part(jelly)))

    assert f'data-here="{koharu.pk}">1<' in page.html
    assert "はい" not in page.text
    assert "愛子" not in page.text


def test_the_part_is_not_kept_on_the_way(jelly, koharu, aiko):
    rsvp = make_rsvp(koharu, aiko)

    assert "no-store" in Client().get(part(jelly)).headers["Cache-Control"]
    by_its_link = Client().get(by_link(rsvp))
    assert "no-store" in by_its_link.headers["Cache-Control"]
    assert by_its_link.headers["Referrer-Policy"] == "strict-origin"


def test_who_comes_by_their_link_sees_the_wall(jelly, koharu, aiko):
    rsvp = make_rsvp(koharu, name="訪問者", person="visitor@example.jp")
    say(event=jelly, rsvp=make_rsvp(koharu, aiko), text="はい", now=DURING)

    assert "はい" in Page(Client().get(by_link(rsvp))).text
    rsvp.link_version = 2
    rsvp.save()
    assert Client().get(reverse("events:now_by_link", args=["1-1.none"])).status_code == 404


def test_a_draft_is_its_hosts_alone(as_user, jelly, koharu, sam, aiko):
    rsvp = make_rsvp(koharu, aiko)
    type(jelly).objects.filter(pk=jelly.pk).update(published_at=None)

    assert Client().get(part(jelly)).status_code == 404
    assert as_user(sam).get(part(jelly)).status_code == 200
    assert Client().get(by_link(rsvp)).status_code == 404
    assert Client().post(part(jelly)).status_code == 405
    assert Client().get("/events/ZZZZZZZZ/now/").status_code == 404


@pytest.mark.parametrize("who", ["aiko", "sam", "nobody", "link"])
def test_it_asks_as_often_for_many_as_for_few(as_user, jelly, koharu, dorinoki_venue, aiko, sam, who):
    rsvp = make_rsvp(koharu, aiko)
    say(event=jelly, rsvp=rsvp, text="0", now=DURING)
    client = {"aiko": as_user(aiko), "sam": as_user(sam)}.get(who, Client())
    address = by_link(rsvp) if who == "link" else part(jelly)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    queries()
    few = queries()
    for number in range(8):
        other = make_rsvp(dorinoki_venue, name=str(number), attended_at=DURING)
        say(event=jelly, rsvp=other, text="はい", now=DURING)

    assert queries() == few
