"""One person, however they came: two addresses, an address nobody confirmed, a form that did not ask, a line."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError

from events import door
from events.leaving import leave
from events.letters import waiting
from events.line import number_in_line
from events.links import rsvp_token
from events.models import Event, Rsvp
from events.saying import say
from events.signing_up import ask_to_confirm, confirm, sign_up
from notices.models import Notice
from spaces.refusing import codes
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue

STRANGER = {"name": "Stranger", "email": "second@example.jp", "language": "ja"}


@pytest.fixture
def jelly(four_spaces):
    return make_event(four_spaces["koharubiyori"], day=NOW.date(), starts="10:00", ends="15:00", question="Tea?")


@pytest.fixture
def here(jelly, four_spaces):
    return make_venue(jelly, four_spaces["koharubiyori"], capacity=2)


@pytest.fixture
def with_two_addresses(aiko):
    EmailAddress.objects.create(user=aiko, email=STRANGER["email"], verified=True)
    return aiko


def test_a_person_with_two_addresses_counts_once(here, with_two_addresses, as_user, now):
    ask_to_confirm(venue=here, **STRANGER, now=now)
    rsvp = confirm(rsvp=Rsvp.objects.get(), now=now)

    assert sign_up(venue=here, user=with_two_addresses, now=now) == rsvp
    page = as_user(with_two_addresses).get(here.event.get_absolute_url()).content.decode()
    assert rsvp_token(rsvp) in page


def test_a_wish_with_the_other_address_is_not_confirmed_besides_a_place(here, with_two_addresses, now):
    sign_up(venue=here, user=with_two_addresses, now=now)
    ask_to_confirm(venue=here, **STRANGER, now=now)

    with pytest.raises(ValidationError) as refused:
        confirm(rsvp=Rsvp.objects.get(confirmed_at=None), now=now)

    assert codes(refused.value) == {"signed_up_already"}


def test_checking_in_does_not_prove_an_address_that_nobody_confirmed(here, now):
    ask_to_confirm(venue=here, **STRANGER, now=now)

    rsvp = door.check_in(rsvp=Rsvp.objects.get(), venue=here, now=here.event.starts_at)

    rsvp.refresh_from_db()
    assert (rsvp.is_going, rsvp.person) == (True, None)


def test_nobody_at_the_door_passes_who_waits_before_the_start(here, aiko, now):
    make_rsvp(here)
    pair = sign_up(venue=here, user=aiko, people=2, waits=True, now=now)
    comes = {"venue": here, "name": "Walk-in", "language": "ja"}

    with pytest.raises(ValidationError) as refused:
        door.walk_in(**comes, now=now)
    door.walk_in(**comes, makes_room=True, now=now)

    here.refresh_from_db()
    assert codes(refused.value) == {"line_at_door"}
    assert (here.capacity, pair.is_waiting) == (3, True), "the free place is kept for the line"
    assert door.walk_in(**comes, now=here.event.starts_at).is_going


def test_another_answer_keeps_the_guests_of_an_event_that_takes_none_any_more(here, client, now):
    rsvp = make_rsvp(here, people=2, person="z@example.jp", answer="green")
    Event.objects.update(most_guests=0)
    address = f"/sign-ups/{rsvp_token(rsvp)}/people/"

    assert client.post(address, {"people": "2", "answer": "black"}).status_code == 303
    rsvp.refresh_from_db()
    assert (rsvp.people, rsvp.answer) == (2, "black")
    assert client.post(address, {}).status_code == 303
    rsvp.refresh_from_db()
    assert (rsvp.people, rsvp.answer) == (2, "black")
    assert client.post(address, {"people": "3"}).status_code == 409


def test_who_has_just_moved_up_has_no_number_and_the_letter_can_still_be_written(here, aiko, now):
    placed = make_rsvp(here, people=2)
    waits = sign_up(venue=here, user=aiko, waits=True, now=now)
    notice = Notice.objects.get(kind="event.waiting")
    assert number_in_line(waits) == 1

    leave(rsvp=placed, now=now)

    assert number_in_line(waits) is None
    assert waiting(notice).subject


def test_who_waits_reads_and_writes_the_wall_and_is_not_shown_the_way_online(jelly, aiko, as_user, now):
    online = make_venue(jelly, None, capacity=2, online_url="https://meet.example.jp/jelly")
    make_rsvp(online, people=2)
    rsvp = sign_up(venue=online, user=aiko, waits=True, now=now)

    say(event=jelly, rsvp=rsvp, text="Still waiting", now=now)

    page = as_user(aiko).get(jelly.get_absolute_url()).content.decode()
    assert "Still waiting" in page
    assert "meet.example.jp" not in page


def test_pages_with_the_link_of_who_is_signed_in_are_not_kept(here, aiko, as_user, client, now):
    sign_up(venue=here, user=aiko, now=now)
    address = here.event.get_absolute_url()

    for page in (address, f"{address}venues/{here.pk}/sign-up/"):
        assert {"no-store", "private"} <= {*as_user(aiko).get(page).headers["Cache-Control"].split(", ")}
    assert "no-store" not in client.get(address).headers.get("Cache-Control", "")


def test_a_lost_link_comes_again_after_five_minutes(here, now):
    sent = [ask_to_confirm(venue=here, **STRANGER, now=now + timedelta(minutes=late)) for late in (0, 1, 6)]

    assert len(sent) > Notice.objects.filter(kind="event.confirm").count() == 2
