"""The host's own page: what the event says, and the thanks; for who holds it, also without a role at a space."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from events.announcing import change
from events.models import Event, Venue
from members.models import Operator
from notices.models import Notice
from tests.conftest import NOW, make_operator
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.factories import JAPAN, at, make_user
from tests.reading import Page, english


@pytest.fixture
def jelly(koharubiyori, chie) -> Event:
    """Held by Koharubiyori, with Chie, who has no role anywhere, as its host."""
    return make_event(koharubiyori.space, host=chie)


@pytest.fixture
def here(jelly) -> Venue:
    return make_venue(jelly, jelly.organiser)


@pytest.fixture
def host(as_user, chie) -> Client:
    return english(as_user(chie))


def page(event: Event) -> str:
    return reverse("events:host", args=[event.reference])


def thanks(event: Event) -> str:
    return reverse("events:host_thanks", args=[event.reference])


def words(event: Event, **changes: object) -> dict[str, object]:
    """What a form sends back of which only `changes` were typed."""
    starts, ends = event.starts_at.astimezone(JAPAN), event.ends_at.astimezone(JAPAN)
    kept = {"title_ja": event.title_ja, "title_en": event.title_en, "text_ja": event.text_ja or ""}
    kept |= {"kind": event.kind, "most_guests": event.most_guests, "decline_hours": event.decline_hours}
    return {**kept, "day": starts.date(), "starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}", **changes}


def calling_off(event: Event) -> str:
    return reverse("events:host_cancel", args=[event.reference])


def test_a_host_writes_what_the_event_says_and_not_where(host, jelly, here):
    sent = words(jelly, text_en="Bring a *cup*", question_en="Tea or coffee?", stream_url="https://live.example/1")

    answer = host.post(page(jelly), {**sent, "capacity": "999"})

    assert answer.url == page(jelly)
    jelly.refresh_from_db()
    here.refresh_from_db()
    assert (jelly.text_en, jelly.question_en, jelly.stream_url) == (
        "Bring a *cup*",
        "Tea or coffee?",
        sent["stream_url"],
    )
    assert here.capacity == 10


def test_a_host_moves_the_event_and_who_has_signed_up_is_told(host, jelly, here, aiko):
    make_rsvp(here, aiko)
    changes = {"day": "2026-12-01", "starts": "22:00", "ends": "01:00", "kind": "talk", "most_guests": "0"}

    host.post(page(jelly), words(jelly, **changes, decline_hours="6"))

    jelly.refresh_from_db()
    assert (jelly.starts_at, jelly.ends_at) == (at("22:00", date(2026, 12, 1)), at("01:00", date(2026, 12, 2)))
    assert (jelly.kind, jelly.most_guests, jelly.decline_hours, jelly.sequence) == ("talk", 0, 6, 1)
    assert Notice.objects.filter(kind="event.changed", recipient=aiko.email).count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": "tomorrow"}, "Enter a valid date."),
        ({"ends": "12:00"}, "The end must be after the start."),
        ({"day": "2026-11-01"}, "past"),
        ({"most_guests": "21"}, "less than or equal to 20"),
        ({"decline_hours": "x"}, "Enter a whole number."),
        ({"kind": "rave"}, "Select a valid choice."),
    ],
)
def test_a_time_or_number_that_can_not_be_is_refused_and_the_rest_kept(host, jelly, here, wrong, said):
    answer = host.post(page(jelly), words(jelly, text_en="Bring a cup", **wrong))

    assert answer.status_code == 400
    assert said in Page(answer).text
    assert "Bring a cup" in answer.content.decode()


def test_a_host_cancels_with_a_reason(host, jelly, here, aiko):
    make_rsvp(here, aiko)
    assert "1 person is told by mail." in Page(host.get(calling_off(jelly))).text

    refused = host.post(calling_off(jelly), {"reason": " "})
    too_long = host.post(calling_off(jelly), {"reason": "x" * 301})
    answer = host.post(calling_off(jelly), {"reason": "Snow"}, follow=True)

    assert (refused.status_code, too_long.status_code) == (400, 400)
    assert "The event is cancelled." in Page(answer).text
    jelly.refresh_from_db()
    assert (jelly.cancelled_at is not None, jelly.cancel_reason) == (True, "Snow")
    assert Notice.objects.filter(kind="event.cancelled", recipient=aiko.email).count() == 1
    assert host.post(calling_off(jelly), {"reason": "Snow"}).status_code == 405


def test_a_host_needs_no_reason_where_nobody_reads_it(host, jelly, here):
    assert "Nobody has signed up" in Page(host.get(calling_off(jelly))).text

    assert host.post(calling_off(jelly), {"reason": ""}).status_code == 302


def test_who_receives_people_at_a_venue_does_not_cancel(as_user, client, jelly, here, aiko, ben):
    Venue.objects.filter(pk=here.pk).update(host=aiko)

    assert as_user(aiko).post(calling_off(jelly), {"reason": "Snow"}).status_code == 405
    assert as_user(ben).post(calling_off(jelly), {"reason": "Snow"}).status_code == 404
    jelly.refresh_from_db()
    assert jelly.cancelled_at is None


# Written meanwhile by somebody else


def typed(client: Client, event: Event, **changes: object) -> dict[str, object]:
    """What a browser sends of the page as it is open now, with what is typed into it."""
    return {**Page(client.get(page(event))).form("title_ja").fields, **changes}


def test_what_others_wrote_meanwhile_stays(host, jelly, here):
    sent = typed(host, jelly, stream_url="https://live.example/1")
    change(event=jelly, values={"text_ja": "その間に\n書いた", "ends_at": at("18:00", FRIDAY)}, now=NOW)

    assert host.post(page(jelly), sent).status_code == 302

    jelly.refresh_from_db()
    assert (jelly.text_ja, jelly.ends_at) == ("その間に\n書いた", at("18:00", FRIDAY))
    assert jelly.stream_url == "https://live.example/1"


def test_what_two_have_changed_is_shown_to_the_second_who_saves_once_more(host, jelly, here):
    online = make_venue(jelly, None, capacity=30, online_url="https://meet.example/old")
    sent = typed(host, jelly, title_en="Mine", starts="14:00", online_url="https://meet.example/mine")
    change(event=jelly, values={"title_en": "Theirs", "starts_at": at("12:00", FRIDAY)}, now=NOW)
    Venue.objects.filter(pk=online.pk).update(online_url="https://meet.example/theirs")

    answer = host.post(page(jelly), sent)

    assert answer.status_code == 400
    read = Page(answer)
    assert "It says now: “Theirs”" in read.text
    assert "12:00–17:00" in read.text
    assert "https://meet.example/theirs" in read.text
    jelly.refresh_from_db()
    assert jelly.title_en == "Theirs"
    again = read.form("title_ja").fields
    assert (again["title_en"], again["starts"]) == ("Mine", "14:00")

    host.post(page(jelly), again)

    jelly.refresh_from_db()
    online.refresh_from_db()
    assert (jelly.title_en, jelly.starts_at) == ("Mine", at("14:00", FRIDAY))
    assert online.online_url == "https://meet.example/mine"


@pytest.mark.parametrize("shown", ["", "x", "[]", "{}", '{"title_en": 1}', "null"])
def test_a_form_whose_marks_are_lost_counts_as_just_opened(host, jelly, here, shown):
    assert host.post(page(jelly), {**typed(host, jelly, title_en="Mine"), "shown": shown}).status_code == 302

    jelly.refresh_from_db()
    assert jelly.title_en == "Mine"


def test_lines_that_a_browser_ends_in_its_own_way_are_no_change(host, jelly, here):
    change(event=jelly, values={"text_ja": "一行\n二行"}, now=NOW)
    jelly.refresh_from_db()
    changed_at = jelly.changed_at

    host.post(page(jelly), typed(host, jelly, text_ja="一行\r\n二行"))

    jelly.refresh_from_db()
    assert (jelly.text_ja, jelly.changed_at) == ("一行\n二行", changed_at)


def test_a_host_writes_the_link_to_take_part_online(host, jelly, here):
    online = make_venue(jelly, None, capacity=30, note_en="Camera on, please")

    host.post(page(jelly), words(jelly, online_url="https://meet.example/z"))

    online.refresh_from_db()
    assert (online.online_url, online.capacity, online.note_en) == ("https://meet.example/z", 30, "Camera on, please")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title_ja": "", "title_en": ""}, "Give it a title in one language at least."),
        ({"stream_url": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"title_en": "a\x00b"}, "Null characters are not allowed."),
        ({"text_en": "x" * 10_001}, "at most 10000 characters"),
        ({"picture_file": SimpleUploadedFile("tea.jpg", b"text")}, "Choose a picture as JPEG"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(host, jelly, here, wrong, said):
    answer = host.post(page(jelly), words(jelly, question_en="Tea or coffee?", **wrong))

    assert answer.status_code == 400
    assert said in Page(answer).text
    assert "Tea or coffee?" in answer.content.decode()
    jelly.refresh_from_db()
    assert not jelly.question_en


def test_a_picture_is_put_on_and_taken_off(host, jelly, here):
    buffer = BytesIO()
    Image.new("RGB", (800, 500), (90, 160, 40)).save(buffer, "PNG")
    host.post(page(jelly), words(jelly, picture_file=SimpleUploadedFile("tea.png", buffer.getvalue())))
    jelly.refresh_from_db()
    assert jelly.picture

    host.post(page(jelly), words(jelly, without_picture="on"))
    jelly.refresh_from_db()
    assert jelly.picture is None


def test_who_receives_people_at_a_venue_finds_the_way_to_the_door_and_changes_nothing(as_user, jelly, here, aiko):
    Venue.objects.filter(pk=here.pk).update(host=aiko)
    client = english(as_user(aiko))

    read = Page(client.get(page(jelly)))

    assert read.links_to(reverse("events:door", args=[jelly.reference]))
    assert "What the event says is written by its host" in read.text
    assert client.post(page(jelly), words(jelly, title_en="Mine")).status_code == 405
    assert client.post(thanks(jelly), {"text": "Mine"}).status_code == 403
    jelly.refresh_from_db()
    assert jelly.title_en == "Friday Jelly"


def test_visitors_sign_in_and_strangers_find_nothing(client, as_user, jelly, here, ben, four_spaces):
    cook = make_operator("cook@example.jp", four_spaces["cafe-36"], Operator.Role.OWNER)

    assert client.get(page(jelly)).status_code == 302
    for stranger in (ben, cook):
        assert as_user(stranger).get(page(jelly)).status_code == 404
        assert as_user(stranger).post(thanks(jelly), {"text": "x"}).status_code == 404


def test_operators_of_the_organiser_write_and_find_the_admin(as_user, sam, jelly, here):
    client = english(as_user(sam))

    client.post(page(jelly), words(jelly, title_en="Ours"))

    assert Page(client.get(page(jelly))).links_to(reverse("admin:events_event_change", args=[jelly.pk]))
    jelly.refresh_from_db()
    assert jelly.title_en == "Ours"


def test_a_host_without_a_role_is_not_led_to_the_admin(host, jelly, here):
    assert not Page(host.get(page(jelly))).links_to("/admin/")


def test_after_the_event_the_host_says_thanks_once(host, koharubiyori, chie, aiko):
    event = make_event(koharubiyori.space, host=chie, day=date(2026, 11, 20))
    make_rsvp(make_venue(event, event.organiser), aiko, attended_at=NOW)
    assert "1 sign-up was checked in." in Page(host.get(page(event))).text

    refused = host.post(thanks(event), {"text": "Lovely.", "photos_url": "nowhere"})
    host.post(thanks(event), {"text": "Lovely.", "photos_url": "https://photos.example/1"})
    again = host.post(thanks(event), {"text": "Again"})

    assert (refused.status_code, again.status_code) == (400, 400)
    assert "Lovely." in refused.content.decode()
    event.refresh_from_db()
    assert (event.thanks, event.photos_url) == ("Lovely.", "https://photos.example/1")
    assert Notice.objects.filter(kind="event.thanks").count() == 1
    assert "Lovely." in Page(host.get(page(event))).text
    assert host.post(page(event), words(event, title_en="Too late")).status_code == 405


def test_thanks_before_the_end_are_refused(host, jelly, here):
    assert host.post(thanks(jelly), {"text": "Too early"}).status_code == 400
    assert host.get(thanks(jelly)).status_code == 405
    assert not Notice.objects.exists()


def test_a_cancelled_event_is_told_so(host, jelly, here):
    Event.objects.update(cancelled_at=NOW, cancel_reason="Snow")

    read = Page(host.get(page(jelly)))

    assert "This event is cancelled." in read.text
    assert not [form for form in read.forms if "title_ja" in form.fields]


def test_the_page_costs_the_same_for_many_sign_ups(host, jelly, here):
    host.get(page(jelly))
    with CaptureQueriesContext(connection) as few:
        host.get(page(jelly))
    for number in range(5):
        make_rsvp(here, make_user(f"p{number}@example.jp"))
    with CaptureQueriesContext(connection) as many:
        host.get(page(jelly))

    assert len(many) == len(few)


def test_the_page_reads_in_japanese(as_user, chie, jelly, here):
    read = Page(as_user(chie).get(page(jelly)))

    assert (read.lang, read.headings) == ("ja", ["主催者のページ"])
