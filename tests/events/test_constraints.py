"""What PostgreSQL refuses of events, whoever writes the rows; at the same time: tests/races/test_sign_ups.py."""

from datetime import timedelta

import pytest
from django.db import connection

from events.models import CalendarFeed, Picture, Series, WallLine
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import make_resource, make_space, make_user
from tests.postgres import change, copy, named_without_a_test, refused, refused_copy

LATER = NOW + timedelta(days=30)


@pytest.fixture
def here(db):
    return make_resource(make_space("here")).space


@pytest.fixture
def event(here):
    return make_event(here)


@pytest.fixture
def venue(event, here):
    return make_venue(event, here, capacity=2)


@pytest.fixture
def online(event):
    return make_venue(event, None, capacity=None)


@pytest.fixture
def rsvp(venue):
    return make_rsvp(venue, make_user("guest@example.jp"))


@pytest.fixture
def waiting(venue):
    return make_rsvp(venue, make_user("waits@example.jp"), going_at=None, queued_at=NOW)


def test_every_constraint_has_a_test_named_like_it():
    assert named_without_a_test("events", tests=globals()) == set()


def test_every_trigger_of_events_has_a_test_named_like_it(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgfoid::regproc::text LIKE 'events_%%'"
        )
        names = {name for (name,) in cursor.fetchall()}

    assert len(names) >= 4
    assert {name for name in names if f"test_{name}" not in globals()} == set()


def test_event_ends_after_it_starts(event):
    assert refused(event, ends_at=event.starts_at) == "event_ends_after_it_starts"


def test_event_within_a_day(event):
    assert refused(event, ends_at=event.starts_at + timedelta(hours=25, seconds=1)) == "event_within_a_day"
    change(event, ends_at=event.starts_at + timedelta(hours=25))


def test_event_day_of_its_series(event, here):
    series = Series.objects.create(organiser=here, rule="FREQ=WEEKLY", starts_on=event.day)

    assert refused(event, series_id=series.pk) == "event_day_of_its_series"
    assert refused(event, occurs_on=event.day) == "event_day_of_its_series"


def test_event_once_a_day_of_a_series(event, here):
    series = Series.objects.create(organiser=here, rule="FREQ=WEEKLY", starts_on=event.day)
    change(event, series_id=series.pk, occurs_on=event.day)

    assert refused_copy(event, reference="ANOTHER1") == "event_once_a_day_of_a_series"


def test_venue_once(venue, online):
    assert refused_copy(venue) == "venue_once"
    assert refused_copy(online) == "venue_once"


def test_venue_has_a_place(venue, online):
    assert refused(venue, capacity=0) == "venue_has_a_place"
    assert refused(venue, capacity=None) == "venue_has_a_place"
    change(online, capacity=None)


def test_venue_link_is_online(venue):
    assert refused(venue, online_url="https://meet.example.jp/x") == "venue_link_is_online"


def test_venue_holds_at_a_space(venue, online, here):
    assert refused(online, resource_id=here.resources.get().pk) == "venue_holds_at_a_space"
    assert refused(venue, held_seats=2) == "venue_holds_at_a_space"


def test_venue_holds_a_seat(venue, here):
    assert refused(venue, resource_id=here.resources.get().pk, held_seats=0) == "venue_holds_a_seat"


def test_venue_places_cover_sign_ups(venue, online, rsvp):
    change(rsvp, people=2)
    make_rsvp(online, people=3)

    assert refused(venue, capacity=1) == "venue_places_cover_sign_ups"
    assert refused(online, capacity=2) == "venue_places_cover_sign_ups"
    change(online, capacity=3)


def test_rsvp_once_an_event(rsvp, online):
    assert refused_copy(rsvp, reference="ANOTHER1") == "rsvp_once_an_event"
    assert refused_copy(rsvp, reference="ANOTHER1", venue_id=online.pk) == "rsvp_once_an_event"
    change(rsvp, left_at=NOW, left_by="person")
    copy(rsvp, reference="ANOTHER1", left_at=None, left_by="")


def test_rsvp_is_somebody(rsvp):
    assert refused(rsvp, people=0) == "rsvp_is_somebody"


def test_rsvp_confirmed_before_place_or_line(rsvp):
    assert refused(rsvp, confirmed_at=None) == "rsvp_confirmed_before_place_or_line"


def test_rsvp_place_or_line(rsvp):
    assert refused(rsvp, going_at=None) == "rsvp_place_or_line"


def test_rsvp_came_with_a_place(rsvp, waiting):
    assert refused(waiting, attended_at=NOW) == "rsvp_came_with_a_place"
    change(rsvp, attended_at=NOW)
    assert refused(rsvp, left_at=NOW, left_by="host") == "rsvp_came_with_a_place"


def test_rsvp_comes_with_a_place(rsvp, waiting):
    assert refused(waiting, coming_at=NOW) == "rsvp_comes_with_a_place"

    change(rsvp, coming_at=NOW)


def test_rsvp_moved_up_from_the_line(rsvp, waiting):
    assert refused(rsvp, promoted_at=NOW, decline_by=NOW) == "rsvp_moved_up_from_the_line"
    assert refused(waiting, going_at=NOW, promoted_at=NOW) == "rsvp_moved_up_from_the_line"
    change(waiting, going_at=NOW, promoted_at=NOW, decline_by=NOW)


def test_rsvp_left_by_someone(rsvp):
    assert refused(rsvp, left_at=NOW) == "rsvp_left_by_someone"
    assert refused(rsvp, declined=True) == "rsvp_left_by_someone"


def test_rsvp_within_places_insert(rsvp):
    copy(rsvp, reference="ANOTHER1", person="other@example.jp")

    assert refused_copy(rsvp, reference="ANOTHER2", person="third@example.jp") == "rsvp_within_places"


def test_rsvp_within_places_update(rsvp, waiting, venue):
    assert refused(rsvp, people=3) == "rsvp_within_places"
    change(rsvp, people=2)

    assert refused(waiting, going_at=NOW) == "rsvp_within_places"
    gone = make_rsvp(venue, left_at=NOW, left_by="person")
    assert refused(gone, left_at=None, left_by="") == "rsvp_within_places"


def test_a_sign_up_is_at_a_venue_of_its_event(rsvp, here):
    elsewhere = make_venue(make_event(here, starts="18:00", ends="19:00"), here)

    assert refused(rsvp, venue_id=elsewhere.pk) == "rsvp_at_a_venue_of_the_event"
    assert refused(rsvp, event_id=elsewhere.event_id) == "rsvp_at_a_venue_of_the_event"


def test_rsvp_moved_up_before_the_start(waiting, event):
    start = event.starts_at
    moved_up = {"going_at": start, "promoted_at": start, "decline_by": start}

    assert refused(waiting, **moved_up) == "rsvp_moved_up_before_the_start"
    change(waiting, **dict.fromkeys(moved_up, start - timedelta(seconds=1)))


def test_wall_line_says_something(rsvp):
    line = WallLine.objects.create(event=rsvp.event, rsvp=rsvp, name="A", text="Hello", said_at=NOW)

    assert refused(line, text="") == "wall_line_says_something"


def test_wall_line_by_someone(rsvp):
    line = WallLine.objects.create(event=rsvp.event, rsvp=rsvp, name="A", text="Hello", said_at=NOW)

    assert refused(line, rsvp_id=None) == "wall_line_by_someone"


def test_calendar_feed_one_a_person(db):
    feed = CalendarFeed.objects.create(user=make_user(), token_hash="a" * 64, made_at=NOW)

    assert refused_copy(feed, token_hash="b" * 64) == "calendar_feed_one_a_person"
    change(feed, revoked_at=NOW)
    copy(feed, token_hash="b" * 64, revoked_at=None)


def test_one_picture_is_kept_once(db):
    picture = Picture.objects.create(
        digest="d" * 64, content=b"1", width=1, height=1, card=b"1", card_width=1, card_height=1
    )

    assert "digest" in refused_copy(picture)
