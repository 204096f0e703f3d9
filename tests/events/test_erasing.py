"""Deleting the account of somebody who signed up for events: nothing says who it was, and nobody's place is lost."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError

from events.erasing import erase, farewell
from events.leaving import leave
from events.links import rsvp_of, rsvp_token
from events.models import CalendarFeed, Rsvp, WallLine
from events.saying import say
from events.signing_up import ask_to_confirm, sign_up
from notices.models import Notice
from spaces.refusing import codes
from tests.accounts.test_delete_account import everything_in_the_database
from tests.conftest import NOW
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.factories import TUESDAY, at
from tests.reading import Page

LAST_WEEK = TUESDAY.replace(day=17)


@pytest.fixture
def jelly(four_spaces):
    return make_event(four_spaces["koharubiyori"], title_en="Winter Jelly", title_ja="冬のJelly")


@pytest.fixture
def venue(jelly, four_spaces):
    return make_venue(jelly, four_spaces["koharubiyori"], capacity=1)


@pytest.fixture
def full_of_life(jelly, venue, four_spaces, chie, ben, sam, now):
    """Chie goes, is waited for, came, left, wished, wrote, hosts and subscribes; operators worked with her rows."""
    EmailAddress.objects.create(user=chie, email=chie.email, primary=True, verified=True)
    EmailAddress.objects.create(user=chie, email="chie2@example.jp", verified=True)
    going = sign_up(venue=venue, user=chie, answer="千絵は編み物", now=now)
    sign_up(venue=venue, user=ben, waits=True, now=now)
    line = say(event=jelly, rsvp=going, text="千絵です", now=now)
    past = make_event(four_spaces["dorinoki"], day=LAST_WEEK, host=chie)
    there = make_venue(past, four_spaces["dorinoki"], host=chie)
    came = make_rsvp(there, name="千葉 千絵", person="chie2@example.jp", attended_at=at("13:00", LAST_WEEK))
    WallLine.objects.create(event=past, user=chie, name="千葉 千絵", text="ようこそ、千絵より", said_at=NOW)
    left = make_event(four_spaces["garage-labs"], day=FRIDAY)
    leave(rsvp=sign_up(venue=make_venue(left, four_spaces["garage-labs"]), user=chie, now=now), now=now)
    evening = make_event(four_spaces["garage-labs"], starts="18:00", ends="20:00")
    wished = make_venue(evening, four_spaces["garage-labs"])
    ask_to_confirm(venue=wished, name="千葉 千絵", email="chie2@example.jp", language="ja", now=now)
    CalendarFeed.objects.create(user=chie, token_hash="0" * 64, made_at=NOW)
    for row in (going, came, line):
        kind = ContentType.objects.get_for_model(row)
        LogEntry.objects.create(
            user=sam, content_type=kind, object_id=str(row.pk), object_repr=str(row), action_flag=CHANGE
        )
    return going


def test_nothing_in_the_database_says_who_it_was(full_of_life, chie, now):
    assert LogEntry.objects.filter(object_repr__contains="千絵").count() == 3

    erase(user=chie, typed=chie.email, now=now)

    kept = everything_in_the_database()
    assert [mark for mark in ("千葉", "千絵", "chie@", "chie2@", "0" * 64) if mark in kept] == []


def test_place_goes_to_the_next_in_line_and_who_came_stays_counted(full_of_life, venue, chie, ben, now):
    erase(user=chie, typed=chie.email, now=now)

    assert [rsvp.user for rsvp in Rsvp.objects.going().filter(venue=venue)] == [ben]
    assert Rsvp.objects.filter(attended_at__isnull=False).count() == 1
    assert Notice.objects.filter(kind="event.moved_up", recipient=ben.email).count() == 1


def test_links_that_were_mailed_open_nothing_any_more(full_of_life, chie, now):
    token = rsvp_token(full_of_life)
    assert rsvp_of(token)

    erase(user=chie, typed=chie.email, now=now)

    assert rsvp_of(token) is None


def test_lines_go_from_pages_that_are_open(full_of_life, chie, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        erase(user=chie, typed=chie.email, now=now)

    # Two lines are hidden; the letters that were written wake nobody.
    assert len(callbacks) >= 2
    assert not WallLine.objects.exists()


def test_who_is_at_an_event_deletes_nothing_yet(as_user, venue, jelly, chie):
    rsvp = make_rsvp(venue, chie, attended_at=NOW)

    assert codes(farewell(chie, now=NOW).refused) == {"still_at_event"}
    page = Page(as_user(chie).get("/accounts/delete/", headers={"accept-language": "en"}))
    assert "You are checked in at Winter Jelly. Delete your account when it is over." in page.main
    assert as_user(chie).post("/accounts/delete/", {"email": chie.email}).status_code == 409
    with pytest.raises(ValidationError) as refused:
        erase(user=chie, typed=chie.email, now=NOW)
    assert codes(refused.value) == {"still_at_event"}

    erase(user=chie, typed=chie.email, now=jelly.ends_at)
    rsvp.refresh_from_db()
    assert (rsvp.name, rsvp.person, rsvp.attended_at) == ("", None, NOW)


def test_what_another_person_signed_up_for_stays(full_of_life, venue, ben, chie, now):
    other = make_rsvp(make_venue(venue.event, None, capacity=None), name="千佳", person="other@example.jp", answer="本")

    erase(user=chie, typed=chie.email, now=now)

    other.refresh_from_db()
    assert (other.name, other.person, other.answer, other.link_version) == ("千佳", "other@example.jp", "本", 1)
