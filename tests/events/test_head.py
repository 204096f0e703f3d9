"""What the head of an event's page tells search engines and what shows links."""

import json
import re
from html import unescape

import pytest
from django.contrib.staticfiles import finders
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from events.models import Event, Picture
from events.schema_org import head_of
from events.templatetags.event_head import as_json, event_head
from tests.events.making import make_event, make_venue
from tests.factories import at
from tests.pages.conftest import JAPANESE
from tests.properties import examples

HOME = "http://localhost:8000"
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture
def k(four_spaces):
    return four_spaces["koharubiyori"]


@pytest.fixture
def event(k):
    event = make_event(k, text_en="# Hello\nBring a **mug**.", text_ja="マグカップ持参")
    make_venue(event, k, capacity=10)
    return event


def schema(answer):
    [found] = DATA.findall(answer.content.decode())
    return json.loads(found)


def meta(answer):
    html = answer.content.decode()
    found = re.findall(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)">', html)
    assert len(dict(found)) == len(found)
    return {name: unescape(content) for name, content in found}


def test_event_is_told_as_schema_org_has_it(visitor, event):
    assert schema(visitor.get(event.get_absolute_url())) == {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": "Friday Jelly",
        "url": HOME + event.get_absolute_url(),
        "startDate": "2026-11-27T13:00+09:00",
        "endDate": "2026-11-27T17:00+09:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": [
            {
                "@type": "Place",
                "name": "Coworking Space Koharubiyori",
                "address": {
                    "@type": "PostalAddress",
                    "streetAddress": "18-18 Hachiman-cho, Hakodate",
                    "addressLocality": event.organiser.town,
                    "addressCountry": "JP",
                },
            }
        ],
        "organizer": {
            "@type": "Organization",
            "name": "Coworking Space Koharubiyori",
            "url": f"{HOME}/spaces/koharubiyori/",
        },
        "description": "Hello Bring a mug.",
        "maximumAttendeeCapacity": 10,
    }


def test_online_is_told_by_the_page_and_never_by_the_link_to_take_part(visitor, event, four_spaces):
    make_venue(event, None, capacity=None, online_url="https://meet.example/secret")
    make_venue(event, four_spaces["dorinoki"], capacity=5)
    make_venue(event, four_spaces["cafe-36"], agreed_at=None)

    answer = visitor.get(event.get_absolute_url())
    told = schema(answer)

    assert told["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert [one["@type"] for one in told["location"]] == ["Place", "Place", "VirtualLocation"]
    assert told["location"][2]["url"] == HOME + event.get_absolute_url()
    assert "maximumAttendeeCapacity" not in told
    assert "meet.example" not in answer.content.decode()


def test_event_that_is_only_online_says_so_and_how_many_can_come(k):
    event = make_event(k)
    venue = make_venue(event, None, capacity=50)

    told = head_of(event, [venue]).schema
    assert told["eventAttendanceMode"] == "https://schema.org/OnlineEventAttendanceMode"
    assert told["maximumAttendeeCapacity"] == 50
    assert "isAccessibleForFree" not in told


def test_cancelled_event_is_told_as_such(visitor, event):
    Event.objects.update(cancelled_at=at("08:00"), cancel_reason="Snow")

    answer = visitor.get(event.get_absolute_url())
    assert schema(answer)["eventStatus"] == "https://schema.org/EventCancelled"
    assert meta(answer)["og:description"].startswith("Cancelled · Fri 27 Nov 13:00–17:00 · ")


def test_link_shows_title_day_place_and_the_picture_of_the_house(visitor, event):
    shown = meta(visitor.get(event.get_absolute_url()))

    assert shown == {
        "og:type": "website",
        "og:site_name": "Coworking Hokkaido",
        "og:title": "Friday Jelly",
        "og:description": "Fri 27 Nov 13:00–17:00 · Koharubiyori · Hello Bring a mug.",
        "og:url": HOME + event.get_absolute_url(),
        "og:locale": "en_US",
        "og:image": f"{HOME}/static/events/card.png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "twitter:card": "summary_large_image",
    }
    with Image.open(finders.find("events/card.png")) as picture:
        assert picture.size == (1200, 630)


def test_link_shows_the_events_own_picture(visitor, event):
    own = Picture.objects.create(
        digest="0" * 64, content=b"x", width=800, height=450, card=b"x", card_width=400, card_height=225
    )
    Event.objects.update(picture=own)

    answer = visitor.get(event.get_absolute_url())
    shown = meta(answer)
    image = HOME + own.get_absolute_url()
    assert (shown["og:image"], shown["og:image:width"], shown["og:image:height"]) == (image, "800", "450")
    assert schema(answer)["image"] == image


def test_head_speaks_the_readers_language(visitor, event):
    answer = visitor.get(event.get_absolute_url(), headers=JAPANESE)

    assert (schema(answer)["name"], meta(answer)["og:locale"]) == ("金曜のJelly", "ja_JP")


def test_times_are_told_with_the_offset_of_the_space(visitor, event):
    event.organiser.timezone = "Asia/Kathmandu"
    event.organiser.save()

    answer = visitor.get(event.get_absolute_url())
    assert schema(answer)["startDate"] == "2026-11-27T09:45+05:45"
    assert "09:45–13:45" in meta(answer)["og:description"]


def test_draft_tells_nothing_and_is_not_to_be_found(browser, sam, event):
    Event.objects.update(published_at=None)

    html = browser(sam).get(event.get_absolute_url()).content.decode()
    assert "ld+json" not in html
    assert "og:" not in html
    assert '<meta name="robots" content="noindex">' in html


def test_hostile_title_stays_a_title(visitor, event):
    title = "</script><script>alert(1)</script>&\"'\\ <!-- ]]> \u2028"
    Event.objects.update(title_en=title, text_en=title)

    answer = visitor.get(event.get_absolute_url())

    assert schema(answer)["name"] == title
    assert meta(answer)["og:title"] == title
    assert "<script>alert" not in answer.content.decode()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
@example("</SCRIPT ><!--<script>")
@examples(200)
def test_any_text_reads_back_from_the_json_and_ends_nothing(text):
    written = as_json({"name": text})

    assert json.loads(written) == {"name": text}
    assert not set(written) & set("<>&")


def test_head_is_one_query_whatever_the_venues(event, four_spaces, django_assert_num_queries):
    for slug in ("dorinoki", "garage-labs", "cafe-36"):
        make_venue(event, four_spaces[slug])
    found = Event.objects.select_related("organiser", "picture").get()

    with django_assert_num_queries(1):
        assert len(event_head(found).schema["location"]) == 4
