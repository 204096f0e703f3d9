"""Venues, sign-ups, lines and series in the admin: each space has its own; what waits on the list of things to do."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings import todo
from events.models import Event, Rsvp, Venue, WallLine
from events.series import repeat
from members.models import Operator
from notices.models import Notice
from spaces.models import Space
from tests.conftest import NOW, make_operator
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.factories import make_booking, make_user
from tests.reading import Page, english


@pytest.fixture
def home(koharubiyori) -> Space:
    return koharubiyori.space


@pytest.fixture
def away(dorinoki) -> Space:
    return dorinoki.space


@pytest.fixture
def organiser(as_user, sam) -> Client:
    return english(as_user(sam))


@pytest.fixture
def guest(as_user, dai) -> Client:
    return english(as_user(dai))


@pytest.fixture
def stranger(as_user, four_spaces) -> Client:
    return english(as_user(make_operator("cafe@example.jp", four_spaces["cafe-36"], Operator.Role.OWNER)))


@pytest.fixture
def jelly(home) -> Event:
    return make_event(home)


@pytest.fixture
def ours(jelly, home) -> Venue:
    return make_venue(jelly, home)


@pytest.fixture
def asked(jelly, ours, away) -> Venue:
    """Dorinoki's, which has not said yet whether it takes part."""
    return make_venue(jelly, away, agreed_at=None)


def page(name: str, row: object) -> str:
    return reverse(f"admin:events_{type(row).__name__.lower()}_{name}", args=[row.pk])


def waiting(space: Space) -> dict[str, int]:
    """What events add to the list of things to do of a space."""
    tasks = [task for task in todo.tasks() if task.name in ("events", "holds")]
    return {task.name: count for task in tasks if (count := task.rows([space.pk], NOW).count())}


# Venues


def test_a_space_that_is_asked_agrees_with_what_it_offers(guest, asked, dorinoki, dai):
    assert waiting(asked.space) == {"events": 1}

    sent = {
        "capacity": "8",
        "resource": dorinoki.open_seats.pk,
        "held_seats": "4",
        "host": dai.pk,
        "note_en": "2nd floor",
    }
    guest.post(page("offer", asked), sent)

    asked.refresh_from_db()
    assert (asked.stands, asked.agreed_by, asked.capacity, asked.host, asked.note_en) == (
        True,
        dai,
        8,
        dai,
        "2nd floor",
    )
    assert (asked.hold.seats, waiting(asked.space)) == (4, {})


def test_what_stands_in_the_way_of_a_hold_is_listed_and_the_form_kept(guest, asked, dorinoki, aiko):
    booking = make_booking(dorinoki.open_seats, user=aiko, day=FRIDAY, starts="14:00", ends="15:00")

    answer = guest.post(
        page("offer", asked), {"capacity": "8", "resource": dorinoki.open_seats.pk, "note_en": "Upstairs"}
    )

    assert booking.spaced_reference in Page(answer).text
    assert "Upstairs" in answer.content.decode()
    asked.refresh_from_db()
    assert not asked.stands


def test_fewer_places_than_people_are_refused(organiser, ours, aiko):
    make_rsvp(ours, aiko, people=3)

    answer = organiser.post(page("offer", ours), {"capacity": "2"})

    assert "3 people have a place" in Page(answer).text


@pytest.mark.parametrize(
    "wrong", [{"capacity": ""}, {"capacity": "x"}, {"capacity": "1", "resource": "99999999999999999999"}, {"host": "x"}]
)
def test_an_offer_that_can_not_be_is_told(organiser, ours, wrong):
    answer = organiser.post(page("offer", ours), {"capacity": "", **wrong})

    assert answer.status_code == 200
    ours.refresh_from_db()
    assert ours.capacity == 10


def test_seats_of_another_space_are_no_choice(guest, asked, koharubiyori):
    answer = guest.post(page("offer", asked), {"capacity": "8", "resource": koharubiyori.open_seats.pk})

    assert "Select a valid choice." in Page(answer).text


def test_a_space_says_no_and_one_that_takes_part_leaves_and_people_are_told(guest, asked, aiko):
    Venue.objects.filter(pk=asked.pk).update(agreed_at=NOW)
    make_rsvp(asked, aiko)

    assert "1 person is told by mail." in Page(guest.get(page("leave", asked))).text
    guest.post(page("leave", asked))

    asked.refresh_from_db()
    assert asked.left_at
    assert Notice.objects.filter(kind="event.venue_gone", recipient=aiko.email).count() == 1


def test_the_last_venue_does_not_leave(organiser, ours):
    answer = organiser.post(page("leave", ours), follow=True)

    assert "This is the last venue. Cancel the event instead." in Page(answer).text


def test_a_space_takes_part_in_the_dates_that_follow_where_it_can(guest, asked, jelly, dorinoki, aiko, now):
    repeat(event=jelly, rule="FREQ=WEEKLY;UNTIL=20261211", now=now)
    make_booking(dorinoki.open_seats, user=aiko, day=date(2026, 12, 4), starts="14:00", ends="15:00")

    sent = {"capacity": "8", "resource": dorinoki.open_seats.pk, "and_following": "on"}
    answer = guest.post(page("offer", asked), sent, follow=True)

    own = Venue.objects.filter(space=asked.space).order_by("event__starts_at")
    assert [venue.stands for venue in own] == [True, False, True]
    assert "4 December 2026 13:00–17:00: " in Page(answer).text

    guest.post(page("leave", asked), {"and_following": "on"})
    assert [venue.left_at is None for venue in own.all()] == [False, False, False]


def test_each_space_changes_its_own_venue_alone(organiser, guest, stranger, ours, asked):
    for name in ("offer", "leave", "change"):
        assert guest.get(page(name, ours)).status_code in (302, 404)
        assert organiser.get(page(name, asked)).status_code in (302, 404)
        assert stranger.get(page(name, asked)).status_code in (302, 404)
    guest.post(page("leave", ours))
    organiser.post(page("offer", asked), {"capacity": "1"})

    ours.refresh_from_db()
    asked.refresh_from_db()
    assert (ours.left_at, asked.capacity) == (None, 10)


def test_online_belongs_to_who_holds_the_event(organiser, guest, jelly, ours, asked):
    online = make_venue(jelly, None, capacity=None)

    organiser.post(page("offer", online), {"capacity": "", "online_url": "https://meet.example/y"})

    online.refresh_from_db()
    assert online.online_url == "https://meet.example/y"
    assert guest.get(page("offer", online)).status_code == 404


def test_the_desk_looks_and_does_not_answer(as_user, away, asked):
    desk = as_user(make_operator("desk@example.jp", away, Operator.Role.DESK))

    assert desk.get(page("change", asked)).status_code == 200
    assert desk.post(page("offer", asked), {"capacity": "1"}).status_code == 403
    assert desk.post(page("leave", asked)).status_code == 403


def test_venues_cost_the_same_for_many(organiser, home, ours):
    address = "/admin/events/venue/"
    organiser.get(address)
    with CaptureQueriesContext(connection) as few:
        organiser.get(address)
    for number in range(5):
        make_rsvp(make_venue(make_event(home, day=FRIDAY + timedelta(days=number)), home), people=2)
    with CaptureQueriesContext(connection) as many:
        answer = organiser.get(address)

    assert len(many) == len(few)
    assert "2/10" in Page(answer).text


# Things to do


def test_only_what_is_announced_waits_for_an_answer_and_what_lacks_its_hold(asked, ours, koharubiyori):
    Event.objects.update(published_at=None)
    assert waiting(asked.space) == {}

    Venue.objects.filter(pk=ours.pk).update(resource=koharubiyori.open_seats)
    assert waiting(ours.space) == {"holds": 1}


def test_a_series_asks_once_for_its_next_date(asked, jelly, now):
    repeat(event=jelly, rule="FREQ=WEEKLY;UNTIL=20261218", now=now)
    assert Venue.objects.asked(now).count() == 4

    assert waiting(asked.space) == {"events": 1}


def test_the_list_of_things_to_do_leads_to_the_answer(guest, asked):
    answer = Page(guest.get(reverse("admin:members_todo")))

    assert "Events that ask your space" in answer.text
    assert answer.links_to(page("offer", asked)) == [page("offer", asked)]


# Sign-ups


def test_sign_ups_are_seen_by_who_runs_the_venues_space(organiser, guest, stranger, ours, asked, aiko):
    rsvp = make_rsvp(ours, aiko, answer="With milk")
    address = reverse("admin:events_rsvp_changelist")

    assert "With milk" in organiser.get(address).content.decode()
    assert "With milk" in organiser.get(page("change", rsvp)).content.decode()
    for other in (guest, stranger):
        assert "With milk" not in other.get(address).content.decode()
        assert other.get(page("take_off", rsvp)).status_code == 404
        assert other.post(page("take_off", rsvp)).status_code == 404
    assert Rsvp.objects.get().is_going


def test_who_holds_an_event_sees_who_comes_online_and_not_who_comes_elsewhere(
    organiser, guest, jelly, ours, asked, chie, ben
):
    there = make_rsvp(asked, chie)
    online = make_rsvp(make_venue(jelly, None, capacity=None), ben)

    assert organiser.get(page("change", there)).status_code == 302
    assert organiser.get(page("change", online)).status_code == 200
    assert guest.get(page("change", there)).status_code == 200
    assert guest.get(page("change", online)).status_code == 302


def test_who_is_taken_off_is_told_and_the_next_moves_up(organiser, ours, aiko, chie):
    Venue.objects.filter(pk=ours.pk).update(capacity=1)
    rsvp = make_rsvp(ours, aiko)
    next_one = make_rsvp(ours, chie, going_at=None, queued_at=NOW)

    assert "1 person is told by mail." in Page(organiser.get(page("take_off", rsvp))).text
    organiser.post(page("take_off", rsvp))

    rsvp.refresh_from_db()
    next_one.refresh_from_db()
    assert (rsvp.left_by, next_one.is_going) == ("host", True)
    assert Notice.objects.filter(kind="event.left", recipient=aiko.email).exists()


def test_several_are_taken_off_from_the_list_and_who_is_here_stays(organiser, ours, aiko, chie, ben):
    rows = [make_rsvp(ours, aiko), make_rsvp(ours, chie), make_rsvp(ours, ben, attended_at=NOW)]

    address = reverse("admin:events_rsvp_changelist")
    sent = {"action": "take_off_selected", "_selected_action": [row.pk for row in rows]}
    answer = organiser.post(address, sent, follow=True)

    assert Rsvp.objects.live().count() == 1
    assert "is checked in. Take that back first." in Page(answer).text


def test_the_list_is_taken_away_as_a_file(organiser, ours, aiko):
    make_rsvp(ours, aiko, answer="With milk")

    answer = organiser.post(reverse("admin:events_rsvp_export"), {"format": "0", "resource": "0"})

    assert "With milk" in answer.content.decode()


@pytest.mark.parametrize(
    "asked_for", ["?q=Visitor", "?q=%00", "?state=waiting", "?event__id__exact=x", "?is_walk_in__exact=1"]
)
def test_the_list_of_sign_ups_answers_whatever_is_asked(organiser, ours, asked_for):
    make_rsvp(ours)

    assert organiser.get(reverse("admin:events_rsvp_changelist") + asked_for, follow=True).status_code == 200


def test_sign_ups_cost_the_same_for_many(organiser, home, ours):
    make_rsvp(ours)
    address = reverse("admin:events_rsvp_changelist")
    organiser.get(address)
    with CaptureQueriesContext(connection) as few:
        organiser.get(address)
    for number in range(5):
        venue = make_venue(make_event(home, day=FRIDAY + timedelta(days=number)), home)
        make_rsvp(venue, make_user(f"p{number}@example.jp"))
    with CaptureQueriesContext(connection) as many:
        organiser.get(address)

    assert len(many) == len(few)


# Lines on the wall


def test_a_line_is_hidden_by_who_runs_the_space(organiser, guest, jelly, ours, aiko, sam):
    rsvp = make_rsvp(ours, aiko)
    line = WallLine.objects.create(event=jelly, venue=ours, rsvp=rsvp, name="Aiko", text="Cake!", said_at=NOW)
    address = reverse("admin:events_wallline_changelist")
    sent = {"action": "hide_selected", "_selected_action": [line.pk]}

    guest.post(address, sent)
    line.refresh_from_db()
    assert line.hidden_at is None
    organiser.post(address, sent)

    line.refresh_from_db()
    assert line.hidden_by == sam
    assert "Hidden" in Page(organiser.get(page("change", line))).text


# Series


def test_a_series_says_its_rule_its_next_dates_and_what_came_of_it(organiser, stranger, jelly, ours, aiko, now):
    series = repeat(event=jelly, rule="FREQ=WEEKLY;UNTIL=20261218", now=now)
    past = make_event(jelly.organiser, day=date(2026, 11, 20), series=series, occurs_on=date(2026, 11, 20))
    make_rsvp(make_venue(past, jelly.organiser), aiko, attended_at=NOW)

    read = Page(organiser.get(page("change", series)))

    assert "Every Friday, until 18 December 2026" in read.text
    assert "Friday, 27 November 2026 13:00–17:00" in read.text
    assert "New faces 1" in read.text or "new faces 1" in read.text
    assert "Every Friday" in Page(organiser.get(reverse("admin:events_series_changelist"))).text
    assert stranger.get(page("change", series)).status_code == 302
