"""Who signed up without an account is forgotten a year later, and a wish that nobody confirmed a day later."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings

from events.forgetting import KEPT, forget_visitors, forget_wishes
from events.links import rsvp_of, rsvp_token
from events.models import Rsvp, WallLine
from events.signing_up import ask_to_confirm, confirm
from events.tasks import forget_visitors as task
from notices.models import Notice
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import make_user

VISITOR = "visitor@example.jp"


@pytest.fixture
def jelly(four_spaces):
    return make_event(four_spaces["koharubiyori"])


@pytest.fixture
def venue(jelly, four_spaces):
    return make_venue(jelly, four_spaces["koharubiyori"])


@pytest.fixture
def visitor(venue, now):
    """Somebody without an account who came, gave an answer, and wrote on the wall."""
    ask_to_confirm(venue=venue, name="訪問者", email=VISITOR, language="ja", answer="編み物", now=now)
    rsvp = confirm(rsvp=Rsvp.objects.get(), now=now)
    Rsvp.objects.filter(pk=rsvp.pk).update(attended_at=now)
    WallLine.objects.create(event=venue.event, venue=venue, rsvp=rsvp, name=rsvp.name, text="ありがとう", said_at=NOW)
    return rsvp


def said_by(rsvp: Rsvp) -> tuple[object, ...]:
    rsvp.refresh_from_db()
    return rsvp.name, rsvp.person, rsvp.answer


def test_visitor_is_forgotten_a_year_after_the_event_and_stays_counted(visitor, jelly):
    token = rsvp_token(visitor)
    assert forget_visitors(now=jelly.ends_at + KEPT - timedelta(seconds=1)) == 0
    assert Notice.objects.exists()

    assert forget_visitors(now=jelly.ends_at + KEPT) == 1

    assert said_by(visitor) == ("", None, "")
    assert visitor.attended_at
    assert list(WallLine.objects.values_list("name", "text")) == [("", "ありがとう")]
    assert not Notice.objects.exists()
    assert rsvp_of(token) is None
    assert forget_visitors(now=jelly.ends_at + KEPT) == 0


def test_walk_in_without_an_address_is_forgotten_as_well(venue, jelly):
    walk_in = make_rsvp(venue, person=None, is_walk_in=True, attended_at=NOW)

    forget_visitors(now=jelly.ends_at + KEPT)

    assert said_by(walk_in)[0] == ""


def test_who_has_an_account_keeps_what_is_theirs(visitor, venue, jelly, ben):
    own = make_rsvp(venue, ben)
    EmailAddress.objects.create(user=make_user("main@example.jp"), email=VISITOR, verified=True)

    assert forget_visitors(now=jelly.ends_at + KEPT) == 0
    assert said_by(visitor)[1] == VISITOR
    assert said_by(own)[1] == ben.email


def test_a_wish_that_nobody_confirmed_goes_a_day_after_its_link(venue, now):
    ask_to_confirm(venue=venue, name="訪問者", email=VISITOR, language="ja", now=now)
    confirmed = make_rsvp(venue)
    assert forget_wishes(now=now + timedelta(hours=47)) == 0

    assert forget_wishes(now=now + timedelta(hours=48)) == 1

    assert list(Rsvp.objects.all()) == [confirmed]
    assert not Notice.objects.exists()


def test_a_wish_that_was_said_again_is_kept(venue, now):
    ask_to_confirm(venue=venue, name="訪問者", email=VISITOR, language="ja", now=now)
    ask_to_confirm(venue=venue, name="訪問者", email=VISITOR, language="ja", now=now + timedelta(hours=30))

    assert forget_wishes(now=now + timedelta(hours=48)) == 0


def test_beat_wakes_it_each_hour(visitor):
    asked = settings.CELERY_BEAT_SCHEDULE["events.tasks.forget_visitors"]

    assert (asked["task"], asked["schedule"]) == (task.name, 3600)
    task()
    assert said_by(visitor)[1] == VISITOR
