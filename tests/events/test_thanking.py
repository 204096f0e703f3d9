"""Saying thank you: after the event, once, to who came."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from events.models import Event
from events.thanking import thank
from notices.models import Notice
from spaces.refusing import codes
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue


@pytest.fixture
def jelly(koharubiyori) -> Event:
    return make_event(koharubiyori.space)


@pytest.fixture
def after(jelly):
    return jelly.ends_at + timedelta(hours=1)


def test_who_came_is_thanked_and_nobody_else(jelly, after, aiko, ben, chie):
    venue = make_venue(jelly, jelly.organiser)
    make_rsvp(venue, aiko, attended_at=NOW, people=3)
    make_rsvp(venue, ben)
    make_rsvp(venue, chie, left_at=NOW, left_by="person")
    make_rsvp(venue, name="Walk-in", is_walk_in=True, attended_at=NOW)
    make_rsvp(venue, name="Walk-in", person="walked@example.jp", is_walk_in=True, attended_at=NOW)

    event = thank(event=jelly, text=" It was good. ", photos_url="https://photos.example/1", now=after)

    assert (event.thanks, event.photos_url, event.thanked_at) == ("It was good.", "https://photos.example/1", after)
    told = Notice.objects.filter(kind="event.thanks").order_by("recipient")
    assert list(told.values_list("recipient", flat=True)) == ["aiko@example.jp", "walked@example.jp"]


def refused(event: Event, now, **said: str) -> set[str]:
    with pytest.raises(ValidationError) as error:
        thank(event=event, **{"text": "Thank you", **said}, now=now)
    return codes(error.value)


def test_thanks_go_out_once(jelly, after):
    thank(event=jelly, text="Thank you", now=after)

    assert refused(jelly, after) == {"thanked_already"}


def test_thanks_wait_for_the_end(jelly):
    assert refused(jelly, jelly.ends_at - timedelta(seconds=1)) == {"not_yet_over"}
    thank(event=jelly, text="Thank you", now=jelly.ends_at)


def test_there_is_no_thanks_for_what_was_not_held_or_without_a_word(jelly, after, koharubiyori):
    assert refused(jelly, after, text=" ") == {"no_thanks"}
    assert refused(jelly, after, photos_url="javascript:alert(1)") == {"no_web_address"}
    assert refused(make_event(koharubiyori.space, cancelled_at=NOW), after) == {"cancelled_already"}
    assert refused(make_event(koharubiyori.space, published_at=None), after) == {"not_yet_over"}
    assert not Notice.objects.exists()
