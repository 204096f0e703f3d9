"""What events know of a person: taken away with their data, and forgotten with their account."""

import json
from datetime import date

import pytest
from allauth.account.models import EmailAddress

from events.models import CalendarFeed, Rsvp, Venue, WallLine
from notices.models import Notice
from tests.accounts.test_delete_account import everything_in_the_database
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import at
from tests.reading import Page

FILE, DELETE = "/accounts/data/my-data.json", "/accounts/delete/"
LAST_WEEK = date(2026, 11, 17)


@pytest.fixture
def jelly(koharubiyori):
    return make_event(koharubiyori.space, title_en="Winter Jelly", title_ja="冬のJelly")


@pytest.fixture
def venue(jelly, koharubiyori):
    return make_venue(jelly, koharubiyori.space, capacity=1)


@pytest.fixture
def hers(venue, chie, ben):
    """Chie comes on Friday, with Ben in line behind her; came last week, without an account; and holds both."""
    EmailAddress.objects.create(user=chie, email=chie.email, primary=True, verified=True)
    going = make_rsvp(venue, chie, answer="千絵は編み物")
    make_rsvp(venue, ben, going_at=None, queued_at=NOW)
    before = make_event(venue.space, day=LAST_WEEK, host=chie)
    there = make_venue(before, venue.space, host=chie)
    came = make_rsvp(there, name=chie.display_name, person=chie.email, attended_at=at("13:00", LAST_WEEK))
    WallLine.objects.create(event=before, venue=there, rsvp=came, name=chie.display_name, text="hello", said_at=NOW)
    WallLine.objects.create(event=venue.event, user=chie, name=chie.display_name, text="welcome", said_at=NOW)
    CalendarFeed.objects.create(user=chie, token_hash="0" * 64, made_at=NOW)
    return going


def test_file_holds_sign_ups_lines_and_events_of_the_person(as_user, hers, chie):
    data = json.loads(as_user(chie).get(FILE).content)

    assert [(one["space"], one["people"], one["answer"]) for one in data["sign_ups"]] == [
        ("koharubiyori", 1, "千絵は編み物"),
        ("koharubiyori", 1, ""),
    ]
    assert sorted(one["text"] for one in data["wall_lines"]) == ["hello", "welcome"]
    assert [one["starts_at"] for one in data["host_of"]] == ["2026-11-17T04:00:00+00:00"]
    assert len(data["calendar_feeds"]) == 1
    assert "0000" not in json.dumps(data["calendar_feeds"])


def test_file_of_somebody_else_says_nothing_of_it(as_user, hers, sam):
    data = json.loads(as_user(sam).get(FILE).content)

    assert [data[part] for part in ("sign_ups", "wall_lines", "host_of", "calendar_feeds")] == [[], [], [], []]


@pytest.mark.parametrize("count", [1, 5])
def test_file_costs_the_same_however_many_sign_ups(as_user, koharubiyori, chie, django_assert_num_queries, count):
    for day in range(1, count + 1):
        event = make_event(koharubiyori.space, day=date(2026, 12, day), host=chie)
        rsvp = make_rsvp(make_venue(event, koharubiyori.space), chie)
        WallLine.objects.create(event=event, rsvp=rsvp, name="n", text="t", said_at=NOW)
    browser = as_user(chie)

    with django_assert_num_queries(23):
        browser.get(FILE)


def test_page_says_which_sign_ups_are_taken_back(as_user, hers, chie):
    page = Page(as_user(chie).get(DELETE, headers={"accept-language": "ja"}))

    assert page.main.count("参加申込を取り消します") == 1
    assert "冬のJelly" in page.main


def test_place_goes_to_the_next_in_line_with_the_account(as_user, hers, venue, chie, ben):
    as_user(chie).post(DELETE, {"email": chie.email})

    hers.refresh_from_db()
    assert (hers.left_by, hers.name, hers.person, hers.answer) == ("person", "", None, "")
    assert Rsvp.objects.going().get(venue=venue).user == ben
    assert Notice.objects.filter(recipient=ben.email, kind="event.moved_up").exists()
    assert not Notice.objects.filter(recipient=chie.email).exists()


def test_nobody_reads_the_name_any_more_and_the_event_stays(as_user, hers, chie):
    as_user(chie).post(DELETE, {"email": chie.email})

    assert [mark for mark in ("千葉", "千絵", "chie@") if mark in everything_in_the_database()] == []
    assert Rsvp.objects.filter(attended_at__isnull=False).count() == 1
    assert not WallLine.objects.exists(), "what somebody wrote goes with them"
    assert not Venue.objects.filter(host__isnull=False).exists()
    assert not CalendarFeed.objects.exists()


def test_wrong_address_changes_nothing(as_user, hers, chie):
    assert as_user(chie).post(DELETE, {"email": "ben@example.com"}).status_code == 409

    hers.refresh_from_db()
    assert hers.is_going
    assert WallLine.objects.count() == 2
