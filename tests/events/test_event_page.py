"""The page of an event: what is on, where there are places, and what only some see."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.cache import cache
from icalendar import Calendar
from PIL import Image

from events.links import rsvp_address
from events.models import Event, Picture, Rsvp, Series, Venue, WallLine
from tests.conftest import NOW
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.factories import at, make_space, make_user
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import queries
from tests.reading import Page


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def jelly(four_spaces):
    return make_event(four_spaces["koharubiyori"], most_guests=0)


@pytest.fixture
def here(jelly, four_spaces):
    return make_venue(jelly, four_spaces["koharubiyori"], capacity=8, note_en="Upstairs", note_ja="2階")


@pytest.fixture
def full(jelly, four_spaces):
    venue = make_venue(jelly, four_spaces["dorinoki"], capacity=2)
    make_rsvp(venue, people=2)
    make_rsvp(venue, going_at=None, queued_at=NOW, person="first@example.jp")
    return venue


@pytest.fixture
def online(jelly):
    return make_venue(jelly, None, capacity=None, online_url="https://meet.example.jp/secret")


def test_page_shows_what_is_on_and_all_venues_side_by_side(visitor, jelly, here, full, online, sam):
    Event.objects.update(text_en="Bring **tea**.", supporter_en="Hokuyo Bank", host=sam)

    page = Page(visitor.get(jelly.get_absolute_url()))

    assert page.status == 200
    assert page.headings == ["Friday Jelly"]
    for words in ("Friday, 27 November 2026 13:00–17:00", "Hokuyo Bank", "Held by Koharubiyori", sam.display_name):
        assert words in page.main
    for words in ("Upstairs", "8 places left", "Full 1 on the waiting list", "Room for everybody", "Dorinoki"):
        assert words in page.main
    assert "<strong>tea</strong>" in page.html
    assert page.link("Join the waiting list as number 2") == f"/events/{jelly.reference}/venues/{full.pk}/sign-up/"
    assert page.links_to(f"/events/{jelly.reference}/venues/{here.pk}/")


def test_venue_that_was_only_asked_or_has_left_is_not_shown(visitor, jelly, here, four_spaces):
    make_venue(jelly, four_spaces["garage-labs"], agreed_at=None)
    make_venue(jelly, four_spaces["cafe-36"], left_at=NOW)

    page = Page(visitor.get(jelly.get_absolute_url()))

    assert len(page.links_to("/events/") and [href for href in page.links_to("/events/") if "/venues/" in href]) == 1


def test_who_is_signed_in_signs_up_in_one_click(browser, ben, jelly, here):
    client = browser(ben)
    page = Page(client.get(jelly.get_absolute_url()))
    [form] = [form for form in page.forms if form.action.endswith(f"/venues/{here.pk}/sign-up/")]

    answer = page.submit(client, form)

    rsvp = Rsvp.objects.get()
    assert (rsvp.user, rsvp.venue, rsvp.is_going, rsvp.people) == (ben, here, True, 1)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{rsvp_address(rsvp)}?new=1")


def test_number_of_people_and_the_answer_are_asked_only_where_the_event_wants_them(browser, ben, jelly, here):
    client = browser(ben)
    plain = Page(client.get(jelly.get_absolute_url()))
    Event.objects.update(most_guests=2, question_en="Any allergies?")
    asked = Page(client.get(jelly.get_absolute_url()))

    assert not any({"people", "answer"} & set(form.fields) for form in plain.forms)
    assert asked.form("people").fields["people"] == "1"
    assert "Any allergies?" in asked.main
    assert "Me and 2 guests" in asked.main


def test_own_sign_up_stands_on_top(browser, visitor, ben, jelly, here, full, online):
    going = make_rsvp(online, ben)
    page = Page(browser(ben).get(jelly.get_absolute_url()))

    assert "You have a place at Online." in page.main
    assert rsvp_address(going) in page.links_to("/sign-ups/")
    assert "https://meet.example.jp/secret" in page.html
    assert "https://meet.example.jp/secret" not in visitor.get(jelly.get_absolute_url()).content.decode()


def test_link_to_take_part_is_not_for_who_waits(browser, ben, jelly, online):
    Venue.objects.filter(pk=online.pk).update(capacity=1)
    make_rsvp(online)
    make_rsvp(online, ben, going_at=None, queued_at=NOW)

    page = Page(browser(ben).get(jelly.get_absolute_url()))

    assert "You are number 1 on the waiting list of Online." in page.main
    assert "secret" not in page.html


def test_stream_is_for_everybody_from_doors_open_until_the_end(visitor, jelly, here):
    Event.objects.update(stream_url="https://stream.example.jp/live")
    times = [at("10:59", FRIDAY), at("11:00", FRIDAY), at("16:59", FRIDAY), at("17:00", FRIDAY)]

    shown = []
    for moment in times:
        with time_machine.travel(moment, tick=False):
            shown.append("stream.example.jp" in visitor.get(jelly.get_absolute_url()).content.decode())

    assert shown == [False, True, True, False]


def test_draft_is_there_for_who_holds_it_only(browser, visitor, ben, chie, sam, dai, jelly, here, full):
    Event.objects.update(published_at=None, host=chie)
    address = jelly.get_absolute_url()

    # Dai runs a venue only: it is shown the event once that is announced.
    strangers = (visitor, browser(ben), browser(dai))
    assert [one.get(address).status_code for one in strangers] == [404, 404, 404]
    for host in (sam, chie):
        page = Page(browser(host).get(address))
        assert (page.status, "A draft" in page.main) == (200, True)
    assert visitor.get(f"/events/{jelly.reference}/event.ics").status_code == 404


def test_cancelled_event_says_why_and_takes_nobody(browser, ben, jelly, here):
    Event.objects.update(cancelled_at=NOW, cancel_reason="大雪のため")

    page = Page(browser(ben).get(jelly.get_absolute_url()))

    assert page.alerts == ["This event is cancelled. 大雪のため Other events"]
    assert [form for form in page.forms if "/venues/" in form.action] == []


def test_past_event_says_thanks_and_shows_photos(visitor, jelly, here):
    Event.objects.update(thanks="Lovely **day**", photos_url="https://photos.example.jp/", thanked_at=NOW)

    with time_machine.travel(at("18:00", FRIDAY)):
        page = Page(visitor.get(jelly.get_absolute_url()))

    assert "Lovely day" in page.main
    assert page.link("Photos and notes") == "https://photos.example.jp/"
    assert not any("sign-up" in href for _, href in page.links)
    assert "This event is over." in page.main


def test_once_it_has_begun_a_full_venue_has_no_line(visitor, jelly, here, full):
    with time_machine.travel(at("13:00", FRIDAY)):
        page = Page(visitor.get(jelly.get_absolute_url()))

    assert "Just come, and ask at the door for a place." in page.main
    assert not any("waiting list as" in words for words, _ in page.links)


def test_other_days_of_its_series_are_told(visitor, jelly, here, four_spaces):
    series = Series.objects.create(organiser=jelly.organiser, rule="FREQ=WEEKLY", starts_on=FRIDAY)
    days = [FRIDAY + timedelta(days=7 * number) for number in range(10)]
    Event.objects.filter(pk=jelly.pk).update(series=series, occurs_on=FRIDAY)
    others = [make_event(jelly.organiser, day=day, series=series, occurs_on=day) for day in days[1:]]
    Event.objects.filter(pk=others[0].pk).update(cancelled_at=NOW)
    Event.objects.filter(pk=others[1].pk).update(published_at=None)

    page = Page(visitor.get(jelly.get_absolute_url()))

    told = [href for href in page.links_to("/events/") if href in {one.get_absolute_url() for one in others}]
    assert told == [one.get_absolute_url() for one in others[2:8]]


def test_event_goes_into_any_calendar(visitor, jelly, here, online):
    answer = visitor.get(f"/events/{jelly.reference}/event.ics")

    [entry] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert entry["UID"] == f"event-{jelly.reference.lower()}@localhost"
    assert (entry["SUMMARY"], entry["STATUS"], entry["LOCATION"]) == (
        "Friday Jelly",
        "CONFIRMED",
        "Koharubiyori / Online",
    )
    assert entry["DTSTART"].dt == jelly.starts_at
    assert b"secret" not in answer.content


def test_text_of_an_event_harms_nobody(visitor, jelly, here):
    Event.objects.update(text_en="<script>alert(1)</script>", title_en="<img src=x>", supporter_en='"><b>')

    html = visitor.get(jelly.get_absolute_url()).content.decode()

    assert "<script>alert" not in html
    assert "<img src=x>" not in html
    assert '"><b>' not in html


@pytest.mark.parametrize("address", ["ZZZZZZZZ", "x", "-", "a" * 200])
def test_unknown_event_is_not_found(visitor, db, address):
    assert visitor.get(f"/events/{address}/").status_code == 404


def test_page_is_only_read(browser, ben, jelly, here):
    assert browser(ben).post(jelly.get_absolute_url()).status_code == 405
    assert browser(ben).post(f"/events/{jelly.reference}/event.ics").status_code == 405


def test_page_reads_in_japanese(visitor, jelly, here):
    page = Page(visitor.get(jelly.get_absolute_url(), headers=JAPANESE))

    assert (page.lang, page.headings) == ("ja", ["金曜のJelly"])
    assert "あと8名" in page.main


@pytest.mark.parametrize("moment", [NOW, at("13:05", FRIDAY)])
def test_page_costs_the_same_with_many(browser, visitor, ben, jelly, here, full, online, moment):
    series = Series.objects.create(organiser=jelly.organiser, rule="FREQ=WEEKLY", starts_on=FRIDAY)
    Event.objects.filter(pk=jelly.pk).update(series=series, occurs_on=FRIDAY)
    mine = make_rsvp(here, ben)
    address = jelly.get_absolute_url()
    client = browser(ben)
    with time_machine.travel(moment, tick=False):
        few = queries(client, address), queries(visitor, address)
        for number in range(12):
            user = make_user(f"p{number}@example.jp")
            host = make_user(f"h{number}@example.jp")
            venue = make_venue(jelly, make_space(f"more-{number}"), host=host)
            make_rsvp(venue, user)
            make_rsvp(full, going_at=None, queued_at=NOW, person=f"w{number}@example.jp")
            WallLine.objects.create(event=jelly, venue=venue, rsvp=mine, user=user, name="x", text="y", said_at=NOW)
            day = FRIDAY + timedelta(days=7 * (number + 1))
            make_event(jelly.organiser, day=day, series=series, occurs_on=day)

        assert (queries(client, address), queries(visitor, address)) == few
    assert few[0] <= 16
    assert few[1] <= 8


def make_picture(kind: str = "WEBP") -> Picture:
    parts = []
    for size in ((1600, 1000), (640, 400)):
        file = BytesIO()
        Image.new("RGB", size, "red").save(file, kind)
        parts.append(file.getvalue())
    fields = {"width": 1600, "height": 1000, "card_width": 640, "card_height": 400}
    return Picture.objects.create(digest="ab12" * 16, content=parts[0], card=parts[1], **fields)


@pytest.mark.parametrize(("kind", "type_"), [("WEBP", "image/webp"), ("JPEG", "image/jpeg")])
def test_picture_is_kept_by_browsers_for_good(visitor, db, kind, type_):
    picture = make_picture(kind)

    for address, width in ((picture.get_absolute_url(), 1600), (picture.card_url, 640)):
        answer = visitor.get(address)
        again = visitor.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, type_)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert Image.open(BytesIO(answer.content)).width == width
        assert (again.status_code, again.content) == (304, b"")
        assert visitor.post(address).status_code == 405


def test_picture_is_shown_without_reading_it(visitor, jelly, here, django_assert_max_num_queries):
    Event.objects.update(picture=make_picture())

    rsvp = make_rsvp(here, person="guest@example.jp")

    with django_assert_max_num_queries(20) as asked:
        page = Page(visitor.get(jelly.get_absolute_url()))
        visitor.get(rsvp_address(rsvp))

    assert f'src="/events/pictures/{"ab12" * 16}/"' in page.html
    assert not any('"content"' in one["sql"] for one in asked.captured_queries)


@pytest.mark.parametrize("digest", ["0" * 64, "x"])
def test_unknown_picture_is_not_found(visitor, db, digest):
    assert visitor.get(f"/events/pictures/{digest}/").status_code == 404
    assert visitor.get(f"/events/pictures/{digest}/card/").status_code == 404
