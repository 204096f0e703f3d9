"""The wall: who writes on it, who sees it, and what a host hides."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.links import rsvp_token
from events.live import channel
from events.models import WallLine
from events.saying import MOST_LINES, hide, say
from events.wall_html import html_by_language
from spaces.refusing import codes
from tests.conftest import make_operator
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.factories import at
from tests.reading import Page, english

DURING = at("13:05", FRIDAY)


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
def told(monkeypatch, django_capture_on_commit_callbacks):
    """What is told live within the block, once it is committed."""
    heard = []
    monkeypatch.setattr(channel, "_send", heard.append)
    return heard, django_capture_on_commit_callbacks


@pytest.fixture(autouse=True)
def _it_is_on():
    with time_machine.travel(DURING, tick=False):
        yield


def wall(event):
    return reverse("events:wall", args=[event.reference])


def hiding(line):
    return reverse("events:hide", args=[line.event.reference, line.pk])


def by_link(name, rsvp):
    return reverse(f"events:{name}_by_link", args=[rsvp_token(rsvp)])


def test_a_line_is_told_to_every_venue_in_both_languages(told, jelly, koharu, aiko):
    rsvp = make_rsvp(koharu, aiko)
    heard, committing = told

    with committing(execute=True):
        line = say(event=jelly, rsvp=rsvp, text="  お茶が\n入りました ", now=DURING)

    assert (line.text, line.name, line.venue) == ("お茶が 入りました", "伊藤 愛子", koharu)
    [message] = heard
    assert (message["kind"], message["event"], message["id"]) == ("line", jelly.reference, line.pk)
    assert koharu.space.name_ja in message["html"]["ja"]
    assert koharu.space.name_en in message["html"]["en"]
    assert all(f'id="line-{line.pk}"' in html for html in message["html"].values())


def test_what_is_told_is_what_pages_show(jelly, koharu, aiko, as_user):
    line = say(event=jelly, rsvp=make_rsvp(koharu, aiko), text="<b>&\"' お茶", now=DURING)

    html = html_by_language(WallLine.objects.get(pk=line.pk))["ja"]

    assert html.strip() in as_user(aiko).get(reverse("events:now", args=[jelly.reference])).content.decode()
    assert "&lt;b&gt;&amp;" in html
    assert "13:05" in html


@pytest.mark.parametrize("text", ["", "   ", "\u3000", "あ" * 141])
def test_a_line_says_something_and_not_too_much(jelly, koharu, aiko, text):
    with pytest.raises(ValidationError) as refused:
        say(event=jelly, rsvp=make_rsvp(koharu, aiko), text=text, now=DURING)

    assert codes(refused.value) <= {"nothing_written", "too_long_a_line"}


def test_a_line_that_is_sent_twice_stands_once(jelly, koharu, aiko):
    rsvp = make_rsvp(koharu, aiko)

    first, again = (say(event=jelly, rsvp=rsvp, text="はい", now=DURING) for _ in range(2))
    later = say(event=jelly, rsvp=rsvp, text="はい", now=DURING + timedelta(minutes=2))

    assert first == again != later


def test_who_writes_a_lot_at_once_is_asked_to_wait(jelly, koharu, aiko, ben):
    rsvp = make_rsvp(koharu, aiko)
    for number in range(MOST_LINES):
        say(event=jelly, rsvp=rsvp, text=str(number), now=DURING)

    with pytest.raises(ValidationError) as refused:
        say(event=jelly, rsvp=rsvp, text="more", now=DURING)
    say(event=jelly, rsvp=make_rsvp(koharu, ben), text="mine", now=DURING)
    say(event=jelly, rsvp=rsvp, text="more", now=DURING + timedelta(minutes=1))

    assert codes(refused.value) == {"too_many_lines"}


@pytest.mark.parametrize(
    ("fields", "moment"),
    [
        ({}, at("17:00", FRIDAY) + timedelta(days=1)),
        ({"cancelled_at": DURING}, DURING),
        ({"published_at": None}, DURING),
    ],
)
def test_the_wall_takes_lines_from_the_announcement_until_a_day_after(jelly, koharu, aiko, fields, moment):
    rsvp = make_rsvp(koharu, aiko)
    type(jelly).objects.filter(pk=jelly.pk).update(**fields)

    with pytest.raises(ValidationError) as refused:
        say(event=jelly, rsvp=rsvp, text="はい", now=moment)

    assert codes(refused.value) == {"wall_closed"}


@pytest.mark.parametrize(
    "fields",
    [
        {"going_at": None, "confirmed_at": None},
        {"left_at": DURING, "left_by": "person"},
    ],
)
def test_who_has_not_signed_up_neither_writes_nor_reads(as_user, jelly, koharu, aiko, fields):
    rsvp = make_rsvp(koharu, aiko, **fields)
    client = english(as_user(aiko))

    for address in (wall(jelly), by_link("wall", rsvp)):
        answer = client.post(address, {"text": "Hello"})
        assert answer.status_code == 409
        assert "Who has signed up can write on the wall." in Page(answer).text
        assert client.get(address).status_code == 404
    assert not WallLine.objects.exists()


def test_a_line_from_a_page_leads_back_to_it(as_user, jelly, koharu, aiko):
    rsvp = make_rsvp(koharu, aiko)
    client = as_user(aiko)

    signed_in = client.post(wall(jelly), {"text": "一"})
    linked = Client().post(by_link("wall", rsvp), {"text": "二"})

    assert (signed_in.status_code, signed_in.headers["Location"]) == (303, f"/events/{jelly.reference}/#wall")
    assert (linked.status_code, linked.headers["Location"]) == (303, f"/sign-ups/{rsvp_token(rsvp)}/#wall")
    assert [line.text for line in WallLine.objects.order_by("pk")] == ["一", "二"]


def test_a_host_writes_as_a_host(as_user, sam, jelly, koharu):
    as_user(sam).post(wall(jelly), {"text": "ようこそ"})

    line = WallLine.objects.get()
    assert (line.user, line.rsvp, line.venue) == (sam, None, None)
    assert "主催" in html_by_language(line)["ja"]


@pytest.mark.parametrize("text", ["", "あ" * 141, "a\x00b"])
def test_a_line_that_is_refused_is_still_there_to_be_mended(as_user, jelly, koharu, aiko, text):
    make_rsvp(koharu, aiko)

    page = Page(as_user(aiko).post(wall(jelly), {"text": text}))
    part = as_user(aiko).post(wall(jelly), {"text": text}, headers={"HX-Request": "true"})

    assert page.status == 409
    assert page.form("text").fields["text"] == text
    assert part.status_code == 200
    assert 'aria-invalid="true"' in part.content.decode()
    assert "HX-Trigger" not in part.headers


def test_with_htmx_the_form_comes_back_empty_and_the_page_is_told(as_user, jelly, koharu, aiko):
    make_rsvp(koharu, aiko)

    answer = as_user(aiko).post(wall(jelly), {"text": "はい"}, headers={"HX-Request": "true"})

    assert answer.headers["HX-Trigger"] == "said"
    assert Page.of(answer.content.decode()).form("text").fields["text"] == ""


def test_a_hidden_line_is_gone_from_every_page_and_told(told, as_user, sam, jelly, koharu, aiko):
    rsvp = make_rsvp(koharu, aiko)
    line = say(event=jelly, rsvp=rsvp, text="消える", now=DURING)
    say(event=jelly, rsvp=rsvp, text="残る", now=DURING)
    client = as_user(sam)
    heard, committing = told
    page = Page(client.get(wall(jelly)))
    assert "消える" in page.text

    with committing(execute=True):
        answer = client.post(hiding(line))
    with committing(execute=True):
        client.post(hiding(line))

    line.refresh_from_db()
    assert (answer.status_code, answer.headers["Location"]) == (302, wall(jelly))
    assert (line.hidden_at, line.hidden_by) == (DURING, sam)
    assert [(one["kind"], one["id"]) for one in heard] == [("hidden", line.pk)]
    for address in (wall(jelly), reverse("events:now", args=[jelly.reference]), by_link("now", rsvp)):
        text = Page(as_user(aiko).get(address)).text
        assert "消える" not in text
        assert "残る" in text


def test_only_hosts_hide_lines(as_user, jelly, koharu, dorinoki_venue, aiko, ben, dai, four_spaces):
    line = say(event=jelly, rsvp=make_rsvp(koharu, aiko), text="はい", now=DURING)
    other = make_operator("cafe@example.jp", four_spaces["cafe-36"])

    for user in (aiko, ben, other):
        assert as_user(user).post(hiding(line)).status_code == 404
    assert Client().post(hiding(line)).headers["Location"].startswith("/accounts/login/")
    assert as_user(dai).get(hiding(line)).status_code == 405
    elsewhere = make_event(four_spaces["dorinoki"])
    assert as_user(dai).post(reverse("events:hide", args=[elsewhere.reference, line.pk])).status_code == 404
    line.refresh_from_db()
    assert line.hidden_at is None
    assert as_user(dai).post(hiding(line)).status_code == 302


def test_the_whole_wall_is_for_who_comes(as_user, jelly, koharu, aiko, chie):
    rsvp = make_rsvp(koharu, aiko)
    say(event=jelly, rsvp=rsvp, text="はい", now=DURING)

    assert "はい" in Page(as_user(aiko).get(wall(jelly))).text
    assert "はい" in Page(Client().get(by_link("wall", rsvp))).text
    assert as_user(chie).get(wall(jelly)).status_code == 404
    assert Client().get(wall(jelly)).headers["Location"] == f"/accounts/login/?next={wall(jelly)}"
    assert Client().get(reverse("events:wall_by_link", args=["1-1.none"])).status_code == 404
    assert Client().get(wall(jelly).replace(jelly.reference, "ZZZZZZZZ")).status_code == 404


def test_it_stays_as_the_record_of_the_event(as_user, jelly, koharu, aiko):
    say(event=jelly, rsvp=make_rsvp(koharu, aiko), text="はい", now=DURING)

    with time_machine.travel(DURING + timedelta(days=300), tick=False):
        page = Page(as_user(aiko).get(reverse("events:now", args=[jelly.reference])))

    assert "はい" in page.text


def test_the_wall_asks_as_often_for_many_lines_as_for_few(as_user, sam, jelly, koharu, aiko):
    client = as_user(sam)
    rsvp = make_rsvp(koharu, aiko)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(wall(jelly)).status_code == 200
        return len(asked)

    hide(line=say(event=jelly, rsvp=rsvp, text="x", now=DURING), by=sam, now=DURING)
    say(event=jelly, rsvp=rsvp, text="0", now=DURING)
    queries()
    few = queries()
    WallLine.objects.bulk_create(
        WallLine(event=jelly, rsvp=rsvp, venue=koharu, name="愛子", text=str(number), said_at=DURING)
        for number in range(150)
    )

    assert queries() == few
    second = Page(client.get(wall(jelly), {"page": "2"}))
    assert "0" in second.text
    assert Page(client.get(wall(jelly), {"page": "abc"})).status == 200


def test_a_line_of_somebody_who_was_forgotten_is_a_visitors(jelly, koharu):
    line = WallLine(event=jelly, venue=koharu, name="", text="ありがとう", said_at=DURING)

    html = html_by_language(line)

    assert ("<b>来場者</b>" in html["ja"], "<b>A visitor</b>" in html["en"]) == (True, True)
