"""Events in the admin: written with their venues, changed alone or with those that follow, announced, cancelled."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from events.announcing import change
from events.models import Event, Picture, Series, Venue
from events.series import repeat
from events.signing_up import sign_up
from members.models import Operator
from notices.models import Notice
from spaces.models import Space
from tests.conftest import NOW, make_operator
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.factories import at, make_booking, make_user
from tests.reading import Page, english

LIST, ADD = "/admin/events/event/", "/admin/events/event/add/"


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
    """Who runs a space that is asked, and does not hold the event."""
    return english(as_user(dai))


@pytest.fixture
def stranger(as_user, four_spaces) -> Client:
    return english(as_user(make_operator("cafe@example.jp", four_spaces["cafe-36"], Operator.Role.OWNER)))


@pytest.fixture
def jelly(home, away) -> Event:
    """Held by Koharubiyori, which asks Dorinoki."""
    event = make_event(home)
    make_venue(event, home)
    make_venue(event, away, agreed_at=None)
    return event


def picture_file() -> SimpleUploadedFile:
    buffer = BytesIO()
    Image.new("RGB", (800, 500), (200, 90, 40)).save(buffer, "PNG")
    return SimpleUploadedFile("tea.png", buffer.getvalue(), content_type="image/png")


def page(name: str, event: Event, *args: object) -> str:
    return reverse(f"admin:events_event_{name}", args=[event.pk, *args])


def wished(space: Space, **changes: object) -> dict[str, object]:
    return {
        "organiser": space.pk,
        "kind": "jelly",
        "title_ja": "日曜のJelly",
        "title_en": "Sunday Jelly",
        "text_ja": "**お茶**をどうぞ",
        "text_en": "",
        "day": "2026-11-27",
        "starts": "13:00",
        "ends": "17:00",
        "places": "12",
        "most_guests": "2",
        "decline_hours": "24",
        **changes,
    }


def changed(event: Event, **changes: object) -> dict[str, object]:
    zone = event.organiser.zone
    return {
        "kind": event.kind,
        "title_ja": event.title_ja,
        "title_en": event.title_en,
        "day": f"{event.starts_at.astimezone(zone):%Y-%m-%d}",
        "starts": f"{event.starts_at.astimezone(zone):%H:%M}",
        "ends": f"{event.ends_at.astimezone(zone):%H:%M}",
        "most_guests": event.most_guests,
        "decline_hours": event.decline_hours,
        "reach": "this",
        **changes,
    }


# Writing one


def test_an_event_that_is_written_is_a_draft_with_its_own_place_online_and_those_that_are_asked(organiser, home, away):
    sent = wished(home, asked=[away.pk], is_online="on", online_url="https://meet.example/jelly", note_en="Upstairs")

    answer = organiser.post(ADD, sent)

    event = Event.objects.get()
    assert answer.url == page("change", event)
    assert (event.title_en, event.is_announced, event.starts_at, event.ends_at) == (
        "Sunday Jelly",
        False,
        at("13:00", FRIDAY),
        at("17:00", FRIDAY),
    )
    venues = {venue.space: (venue.capacity, venue.stands) for venue in event.venues.all()}
    assert venues == {home: (12, True), away: (10, False), None: (None, True)}
    assert event.venues.get(space=home).note_en == "Upstairs"
    assert event.venues.get(space=None).online_url == "https://meet.example/jelly"
    assert not Notice.objects.exists()


def test_what_it_holds_is_booked_at_once(organiser, home, koharubiyori):
    organiser.post(ADD, wished(home, resource=koharubiyori.open_seats.pk, held_seats="3"))

    hold = Venue.objects.get().hold
    assert (hold.seats, hold.basis, hold.starts_at) == (3, "hold", at("13:00", FRIDAY))


def test_a_hold_that_displaces_bookings_is_refused_with_the_list_and_nothing_typed_is_lost(
    organiser, home, koharubiyori, aiko
):
    seats = koharubiyori.open_seats
    booking = make_booking(seats, user=aiko, day=FRIDAY, starts="14:00", ends="15:00")

    answer = organiser.post(ADD, wished(home, resource=seats.pk, text_en="Bring a *cup*"))

    read = Page(answer)
    assert booking.spaced_reference in read.text
    assert "Bring a *cup*" in read.text
    assert "2026-11-27" in answer.content.decode()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title_ja": "", "title_en": ""}, "Give it a title in one language at least."),
        ({"ends": "12:00"}, "The end must be after the start."),
        ({"day": "2026-11-20"}, "That time is already past."),
        ({"day": "nonsense"}, "Enter a valid date."),
        ({"day": "9999-12-31"}, "less than or equal to"),
        ({"starts": "25:00"}, "Enter a valid time."),
        ({"title_en": "a\x00b"}, "Null characters are not allowed."),
        ({"organiser": "x"}, "Select a valid choice."),
        ({"asked": ["x"]}, "is not a valid value"),
        ({"places": "-1"}, "greater than or equal to 1"),
        ({"places": "99999999999"}, "less than or equal to 2000"),
        ({"most_guests": "21"}, "less than or equal to 20"),
        ({"stream_url": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"is_online": "on", "online_url": "nowhere"}, "Enter a valid URL."),
        ({"online_url": "https://meet.example/"}, "Tick this if it takes place online too."),
        ({"pattern": "own", "own_rule": "every Tuesday"}, "is not understood"),
        ({"pattern": "weekly", "until": "2026-11-26"}, "The last day is before the first."),
        ({"pattern": "weekly", "left_out": "Christmas"}, "is no day. Write it as 2026-12-29."),
    ],
)
def test_what_can_be_no_event_is_told_and_kept_on_the_form(organiser, home, wrong, said):
    answer = organiser.post(ADD, wished(home, **wrong))

    assert answer.status_code == 200
    assert said in Page(answer).text
    assert "お茶" in answer.content.decode()
    assert not Event.objects.exists()


def test_an_event_that_comes_again_is_written_ahead_by_its_rule(organiser, home):
    organiser.post(ADD, wished(home, pattern="weekly", until="2026-12-18", left_out="2026-12-11"))

    days = list(Event.objects.order_by("starts_at").values_list("occurs_on", flat=True))
    assert days == [FRIDAY, date(2026, 12, 4), date(2026, 12, 18)]
    assert Series.objects.get().left_out == [date(2026, 12, 11)]
    assert Venue.objects.filter(space=home, capacity=12).count() == 3


def test_an_event_may_go_on_past_midnight(organiser, home):
    organiser.post(ADD, wished(home, starts="20:00", ends="01:00"))

    event = Event.objects.get()
    assert event.ends_at - event.starts_at == timedelta(hours=5)


def test_nobody_writes_an_event_of_another_space_and_the_desk_none(organiser, as_user, home, away):
    assert organiser.post(ADD, wished(away)).status_code == 200
    desk = as_user(make_operator("desk@example.jp", home, Operator.Role.DESK))
    assert desk.post(ADD, wished(home)).status_code == 403

    assert not Event.objects.exists()


def test_a_picture_is_made_smaller_and_stays_chosen_when_something_else_is_refused(organiser, home):
    answer = organiser.post(ADD, wished(home, ends="12:00", picture_file=picture_file()))
    kept = Picture.objects.get()
    assert kept.digest in answer.content.decode()

    organiser.post(ADD, wished(home, kept_picture=kept.digest))

    assert Event.objects.get().picture == kept


def test_what_is_no_picture_is_told(organiser, home):
    answer = organiser.post(ADD, wished(home, picture_file=SimpleUploadedFile("tea.jpg", b"no picture at all")))

    assert "Choose a picture as JPEG, PNG, WebP or GIF." in Page(answer).text


# Changing one


def test_the_organiser_changes_texts_and_time_and_who_comes_is_told(organiser, jelly, home, aiko):
    make_rsvp(jelly.venues.get(space=home), aiko)

    organiser.post(page("change", jelly), changed(jelly, title_en="Late Jelly", starts="14:00"))

    jelly.refresh_from_db()
    assert (jelly.title_en, jelly.starts_at, jelly.sequence) == ("Late Jelly", at("14:00", FRIDAY), 1)
    assert Notice.objects.filter(kind="event.changed").count() == 1


def test_a_refused_change_keeps_what_was_typed(organiser, jelly):
    answer = organiser.post(page("change", jelly), changed(jelly, title_en="Late Jelly", day="2026-11-20"))

    assert "That time is already past." in Page(answer).text
    assert "Late Jelly" in answer.content.decode()
    jelly.refresh_from_db()
    assert jelly.title_en == "Friday Jelly"


def test_saving_without_a_change_changes_nothing(organiser, jelly, now):
    organiser.post(page("change", jelly), changed(jelly))

    jelly.refresh_from_db()
    assert (jelly.sequence, jelly.changed_at) == (0, Event.objects.get().changed_at)


def test_of_a_series_this_date_alone_is_changed_or_all_that_follow(organiser, jelly, now):
    repeat(event=jelly, rule="FREQ=WEEKLY;UNTIL=20261218", now=now)
    second = Event.objects.get(occurs_on=date(2026, 12, 4))

    organiser.post(page("change", second), changed(second, title_en="Alone"))
    assert list(Event.objects.order_by("starts_at").values_list("title_en", flat=True)) == [
        "Friday Jelly",
        "Alone",
        "Friday Jelly",
        "Friday Jelly",
    ]

    organiser.post(page("change", second), changed(second, title_en="From here", reach="following"))
    titles = list(Event.objects.order_by("starts_at").values_list("title_en", flat=True))
    assert titles == ["Friday Jelly", "From here", "From here", "From here"]


def test_another_rule_is_for_those_that_follow(organiser, jelly, now):
    repeat(event=jelly, rule="FREQ=WEEKLY;UNTIL=20261218", now=now)
    second = Event.objects.get(occurs_on=date(2026, 12, 4))
    sent = changed(second, pattern="fortnightly", until="2027-01-01")

    refused = organiser.post(page("change", second), sent)
    organiser.post(page("change", second), {**sent, "reach": "following"})

    assert "Another rule changes this date and those that follow." in Page(refused).text
    days = list(Event.objects.order_by("starts_at").values_list("occurs_on", flat=True))
    assert days == [FRIDAY, date(2026, 12, 4), date(2026, 12, 18), date(2027, 1, 1)]


def test_who_signed_up_for_a_date_that_a_new_rule_leaves_out_reads_why(organiser, jelly, aiko, now):
    repeat(event=jelly, rule="FREQ=WEEKLY;UNTIL=20261218", now=now)
    second, third = Event.objects.filter(occurs_on__in=[date(2026, 12, 4), date(2026, 12, 18)]).order_by("starts_at")
    sign_up(venue=third.venues.get(space=jelly.organiser), user=aiko, now=now)
    sent = {**changed(second, pattern="weekly", until="2026-12-11"), "reach": "following"}

    refused = organiser.post(page("change", second), sent)
    organiser.post(page("change", second), {**sent, "reason": "Fewer dates"})

    third.refresh_from_db()
    assert "Give a reason" in Page(refused).text
    assert third.cancel_reason == "Fewer dates"


def test_operators_of_a_venues_space_look_at_the_event_and_do_not_change_it(guest, jelly):
    answer = guest.get(page("change", jelly))

    assert answer.status_code == 200
    assert "Friday Jelly" in Page(answer).text
    assert 'name="title_ja"' not in answer.content.decode()
    assert guest.post(page("change", jelly), changed(jelly, title_en="Mine")).status_code == 403
    for act in ("announce", "cancel", "end", "repeat", "ask", "online", "thank"):
        assert guest.get(page(act, jelly)).status_code == 403


def test_an_event_that_takes_place_elsewhere_is_not_there(stranger, jelly):
    assert "Friday Jelly" not in stranger.get(LIST).content.decode()
    assert stranger.get(page("change", jelly)).status_code == 302
    for act in ("announce", "cancel", "end", "repeat", "ask", "online", "thank"):
        assert stranger.get(page(act, jelly)).status_code == 404
        assert stranger.post(page(act, jelly)).status_code == 404


def test_what_is_over_or_cancelled_is_only_looked_at(organiser, home, now):
    over = make_event(home, day=date(2026, 11, 20))
    cancelled = make_event(home, cancelled_at=now, cancel_reason="Snow")

    assert organiser.post(page("change", over), changed(over, title_en="No")).status_code == 403
    assert "Cancelled: Snow" in Page(organiser.get(page("change", cancelled))).text


# Acts


def test_announcing_asks_the_spaces_and_says_so_before(organiser, jelly, away, dai):
    Event.objects.update(published_at=None)

    asked = Page(organiser.get(page("announce", jelly)))
    organiser.post(page("announce", jelly))

    jelly.refresh_from_db()
    assert f"told by mail: {away.name}" in asked.text
    assert jelly.is_announced
    assert Notice.objects.filter(kind="event.asked", recipient=dai.email).count() == 1


def test_dates_that_follow_are_announced_together_and_a_space_asked_once(organiser, jelly, dai, now):
    Event.objects.update(published_at=None)
    repeat(event=jelly, rule="FREQ=WEEKLY;UNTIL=20261218", now=now)

    organiser.post(page("announce", jelly), {"and_following": "on"})

    assert Event.objects.announced().count() == 4
    assert Notice.objects.filter(kind="event.asked").count() == 1


def test_an_event_without_a_venue_is_not_announced(organiser, home):
    event = make_event(home, published_at=None)

    answer = organiser.post(page("announce", event), follow=True)

    assert "Add a venue, or online" in Page(answer).text


def test_cancelling_says_how_many_are_told_and_wants_a_reason(organiser, jelly, home, aiko, chie):
    for person in (aiko, chie):
        make_rsvp(jelly.venues.get(space=home), person)

    assert "2 people are told by mail." in Page(organiser.get(page("cancel", jelly))).text
    assert "Give a reason" in Page(organiser.post(page("cancel", jelly), {"reason": " "})).text
    organiser.post(page("cancel", jelly), {"reason": "Snow"})

    jelly.refresh_from_db()
    assert (jelly.cancel_reason, Notice.objects.filter(kind="event.cancelled").count()) == ("Snow", 2)


def test_a_series_is_made_of_an_event_and_ended(organiser, jelly):
    organiser.post(page("repeat", jelly), {"pattern": "weekly", "until": "2026-12-18"})
    assert Event.objects.count() == 4

    second = Event.objects.get(occurs_on=date(2026, 12, 4))
    assert "4 December 2026" in Page(organiser.get(page("end", second))).text
    organiser.post(page("end", second), {"reason": "Summer"})

    assert [event.occurs_on for event in Event.objects.all()] == [FRIDAY]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"pattern": ""}, "This field is required."),
        ({"pattern": "own", "own_rule": "FREQ=SECONDLY"}, "once a day at most"),
        ({"pattern": "own", "own_rule": "x" * 500}, "at most 200 characters"),
        ({"pattern": "weekly", "until": "1"}, "Enter a valid date."),
    ],
)
def test_a_rule_that_can_not_be_is_told(organiser, jelly, sent, said):
    assert said in Page(organiser.post(page("repeat", jelly), sent)).text
    assert not Series.objects.exists()


def test_spaces_are_asked_later_too(organiser, jelly, four_spaces, sam):
    cafe = four_spaces["cafe-36"]
    cook = make_operator("cook@example.jp", cafe)

    organiser.post(page("ask", jelly), {"spaces": [cafe.pk]})

    assert not jelly.venues.get(space=cafe).stands
    assert Notice.objects.filter(kind="event.asked", recipient=cook.email).exists()
    assert "Select a valid choice" in Page(organiser.post(page("ask", jelly), {"spaces": [cafe.pk]})).text


def test_online_is_added_once(organiser, jelly):
    organiser.post(page("online", jelly), {"capacity": "", "online_url": "https://meet.example/x"})

    assert jelly.venues.get(space=None).capacity is None
    again = organiser.post(page("online", jelly), {"capacity": "", "online_url": ""})
    assert "is a venue of this event already" in Page(again).text


def test_thanks_go_out_once_when_it_is_over(organiser, home, aiko):
    event = make_event(home, day=date(2026, 11, 20))
    make_rsvp(make_venue(event, home), aiko, attended_at=NOW)
    page_before = Page(organiser.get(page("thank", event)))

    organiser.post(page("thank", event), {"text": "It was good.", "photos_url": "https://photos.example/1"})

    event.refresh_from_db()
    assert "1 person is told by mail." in page_before.text
    assert (event.thanks, event.photos_url) == ("It was good.", "https://photos.example/1")
    again = organiser.post(page("thank", event), {"text": "Again", "photos_url": ""})
    assert "Thanks have gone out already." in Page(again).text


# The list


def test_the_list_shows_who_comes_and_costs_the_same_for_many(organiser, home, away, jelly, aiko):
    make_rsvp(jelly.venues.get(space=home), aiko, people=3)
    make_rsvp(jelly.venues.get(space=home), going_at=None, queued_at=NOW)
    organiser.get(LIST)
    with CaptureQueriesContext(connection) as few:
        answer = organiser.get(LIST)
    assert "3/10, 1 waiting" in Page(answer).text
    for number in range(1, 5):
        event = make_event(home, day=FRIDAY + timedelta(days=number))
        for space in (home, away, None):
            make_rsvp(make_venue(event, space), make_user(f"p{number}{space}@example.jp".replace(" ", "")))
    with CaptureQueriesContext(connection) as many:
        organiser.get(LIST)

    assert len(many) == len(few)


def test_the_page_costs_the_same_for_many_sign_ups(organiser, jelly, home, four_spaces):
    organiser.get(page("change", jelly))
    with CaptureQueriesContext(connection) as few:
        organiser.get(page("change", jelly))
    for slug in ("garage-labs", "cafe-36"):
        venue = make_venue(jelly, four_spaces[slug])
        for number in range(4):
            make_rsvp(venue, make_user(f"{slug}{number}@example.jp"))
    with CaptureQueriesContext(connection) as many:
        organiser.get(page("change", jelly))

    assert len(many) == len(few)


@pytest.mark.parametrize(
    "asked",
    [
        "?state=announced",
        "?state=nonsense",
        "?kind__exact=jelly",
        "?q=Friday",
        "?q=%00",
        "?venues__space__id__exact=1",
        "?venues__space__id__exact=x",
        "?series__id__exact=99999999999999999999999",
        "?starts_at__year=2026&starts_at__month=11",
        "?starts_at__year=99999",
        "?p=x",
    ],
)
def test_the_list_answers_whatever_is_asked(organiser, jelly, asked):
    assert organiser.get(LIST + asked, follow=True).status_code == 200


def test_pages_read_in_japanese(as_user, sam, jelly):
    client = as_user(sam)

    assert Page(client.get(page("change", jelly))).lang == "ja"
    assert "会場" in Page(client.get(page("change", jelly))).text
    assert client.get(ADD).status_code == 200


def test_an_event_that_is_of_no_series_has_none_to_end(organiser, jelly):
    assert organiser.get(page("end", jelly)).status_code == 404
    assert organiser.post(page("end", jelly), {"reason": "大雪"}).status_code == 404


def test_what_others_wrote_while_the_form_was_open_stays_and_what_two_changed_is_shown(organiser, jelly):
    opened = Page(organiser.get(page("change", jelly))).form("title_ja").fields
    sent = {**opened, "title_en": "Mine", "decline_hours": "6"}
    change(event=jelly, values={"title_en": "Theirs", "text_ja": "その間に", "most_guests": 5}, now=NOW)

    answer = organiser.post(page("change", jelly), sent)

    read = Page(answer)
    assert (answer.status_code, "It says now: “Theirs”" in read.text) == (200, True)
    jelly.refresh_from_db()
    assert (jelly.title_en, jelly.decline_hours) == ("Theirs", 24)

    assert organiser.post(page("change", jelly), read.form("title_ja").fields).status_code == 302
    jelly.refresh_from_db()
    assert (jelly.title_en, jelly.text_ja, jelly.most_guests, jelly.decline_hours) == ("Mine", "その間に", 5, 6)
