"""Answering the reminder of an event: the acts, the pages behind its links, and who moves up."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client

from coworking.discretion import discreet
from events import announcing
from events.changing_sign_up import change_venue
from events.door import check_in
from events.erasing import erase
from events.leaving import leave
from events.links import asked_of, coming_token, rsvp_token
from events.models import Rsvp
from events.still_coming import free, keep
from events.taking_part import leave as leave_as_venue
from notices.copying import without_keys
from notices.models import Notice
from spaces.refusing import codes
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import at
from tests.pages.conftest import ENGLISH
from tests.reading import Page

FRIDAY = date(2026, 11, 27)
EVENING = at("17:05", date(2026, 11, 26))
HOUR = timedelta(hours=1)


@pytest.fixture
def jelly(four_spaces):
    return make_event(four_spaces["koharubiyori"], most_guests=2)


@pytest.fixture
def here(jelly, four_spaces):
    return make_venue(jelly, four_spaces["koharubiyori"], capacity=3)


@pytest.fixture
def there(jelly, four_spaces):
    return make_venue(jelly, four_spaces["dorinoki"], capacity=3)


@pytest.fixture
def rsvp(here, ben):
    return make_rsvp(here, ben, people=3)


@pytest.fixture
def visitor():
    return Client(headers=ENGLISH)


@pytest.fixture(autouse=True)
def evening():
    with time_machine.travel(EVENING):
        yield


def keeps(rsvp) -> str:
    return f"/events/coming/{coming_token(rsvp)}/"


def frees(rsvp) -> str:
    return f"/events/not-coming/{coming_token(rsvp)}/"


def asked(rsvp):
    found = asked_of(coming_token(rsvp))
    assert found
    return found


def pressed(browser, address):
    page = Page(browser.get(address))
    [form] = [form for form in page.forms if not form.action]
    return page.submit(browser, form)


def waits(venue, number, people=1):
    return make_rsvp(
        venue,
        person=f"{number}@example.jp",
        going_at=None,
        queued_at=NOW + timedelta(minutes=number),
        people=people,
    )


def test_keeping_notes_the_moment_once(rsvp):
    keep(asked=asked(rsvp), now=EVENING)
    keep(asked=asked(rsvp), now=EVENING + HOUR)

    rsvp.refresh_from_db()
    assert (rsvp.coming_at, rsvp.sequence) == (EVENING, 0)


def test_freeing_lets_the_next_in_line_move_up_at_once_guests_counted(here, rsvp):
    line = [waits(here, 1, people=2), waits(here, 2), waits(here, 3)]

    free(asked=asked(rsvp), now=EVENING)

    moved = [one.is_going for one in Rsvp.objects.filter(pk__in=[one.pk for one in line]).order_by("pk")]
    rsvp.refresh_from_db()
    assert (rsvp.left_by, rsvp.left_at, rsvp.declined) == ("person", EVENING, False)
    assert moved == [True, True, False]
    assert Notice.objects.filter(kind="event.moved_up").count() == 2


def test_freeing_twice_frees_once(here, rsvp):
    token = asked(rsvp)
    waits(here, 1)

    free(asked=token, now=EVENING)
    free(asked=token, now=EVENING + HOUR)

    rsvp.refresh_from_db()
    assert (rsvp.left_at, rsvp.sequence) == (EVENING, 1)
    assert Notice.objects.filter(kind="event.left").count() == 1


def test_moved_event_answers_to_no_link_of_before_and_forgets_what_was_said(jelly, rsvp):
    before = asked(rsvp)
    keep(asked=before, now=EVENING)
    announcing.change(
        event=jelly, values={"starts_at": at("14:00", FRIDAY), "ends_at": at("18:00", FRIDAY)}, now=EVENING
    )

    rsvp.refresh_from_db()
    assert rsvp.coming_at is None
    for act in (keep, free):
        with pytest.raises(ValidationError) as error:
            act(asked=before, now=EVENING)
        assert codes(error.value) == {"changed_meanwhile"}
    keep(asked=asked(Rsvp.objects.get(pk=rsvp.pk)), now=EVENING)


def test_who_goes_to_another_venue_is_asked_anew(rsvp, there):
    before = asked(rsvp)
    keep(asked=before, now=EVENING)
    change_venue(rsvp=rsvp, venue=there, now=EVENING)

    rsvp.refresh_from_db()
    assert (rsvp.venue, rsvp.coming_at) == (there, None)
    with pytest.raises(ValidationError):
        keep(asked=before, now=EVENING)


def test_looking_changes_nothing(visitor, rsvp):
    for address in (keeps(rsvp), frees(rsvp)):
        assert visitor.get(address).status_code == 200
        assert visitor.head(address).status_code == 200

    rsvp.refresh_from_db()
    assert (rsvp.coming_at, rsvp.is_going) == (None, True)


def test_one_press_keeps_the_place_without_signing_in(visitor, rsvp):
    answer = pressed(visitor, keeps(rsvp))
    page = Page(visitor.get(answer.headers["Location"]))

    rsvp.refresh_from_db()
    assert (answer.status_code, page.headings) == (303, ["Good to know. See you there!"])
    assert rsvp.coming_at
    assert page.link("I can't come") == frees(rsvp)


def test_one_press_frees_the_places_and_says_how_many_first(visitor, rsvp, jelly):
    page = Page(visitor.get(frees(rsvp)))
    answer = pressed(visitor, frees(rsvp))
    after = Page(visitor.get(answer.headers["Location"]))

    rsvp.refresh_from_db()
    assert [words for form in page.forms for words, _to in form.buttons if words == "Free all 3 places"]
    assert not rsvp.is_live
    assert after.headings == ["Your place is free for others"]
    assert after.link("To the event") == jelly.get_absolute_url()


def test_forms_are_guarded_and_need_nothing_that_was_kept_before(rsvp):
    browser = Client(headers=ENGLISH, enforce_csrf_checks=True)

    assert browser.post(frees(rsvp)).status_code == 403
    assert pressed(browser, frees(rsvp)).status_code == 303


def test_page_tells_little(visitor, rsvp, ben):
    for address in (keeps(rsvp), frees(rsvp)):
        page = Page(visitor.get(address))
        assert "Koharubiyori" in page.main
        for told in (rsvp.reference, ben.email, "Miller", "/sign-ups/"):
            assert told not in page.html.replace(address, ""), told


def test_addresses_stand_in_no_log_line_no_copy_and_no_referrer(visitor, rsvp, settings):
    for address in (keeps(rsvp), frees(rsvp)):
        token = address.split("/")[3]
        answer = visitor.get(address)
        assert token.rpartition(".")[2] not in discreet(f"GET {address} 200")
        assert token not in without_keys(f"{settings.SITE_URL}{address}")
        assert answer.headers["Referrer-Policy"] == "strict-origin"


def moved(rsvp):
    times = {"starts_at": at("14:00", FRIDAY), "ends_at": at("18:00", FRIDAY)}
    announcing.change(event=rsvp.event, values=times, now=EVENING)


@pytest.mark.parametrize("page", [keeps, frees])
@pytest.mark.parametrize(
    ("happens", "moment", "heading"),
    [
        (moved, EVENING, "Your sign-up has changed"),
        (lambda one: announcing.cancel(event=one.event, reason="x", now=EVENING), EVENING, "This event is cancelled."),
        (lambda one: leave(rsvp=one, by="host", now=EVENING), EVENING, "Your sign-up was taken back"),
        (lambda one: leave_as_venue(venue=one.venue, now=EVENING), EVENING, "Your sign-up was taken back"),
        (
            lambda one: check_in(rsvp=one, venue=one.venue, now=at("12:50", FRIDAY)),
            at("12:51", FRIDAY),
            "You are checked in.",
        ),
        (lambda one: None, at("13:00", FRIDAY), "The event has begun"),
        (lambda one: None, at("17:00", FRIDAY), "This event is over."),
    ],
    ids=["moved", "cancelled", "taken off", "venue left", "here", "begun", "over"],
)
@pytest.mark.usefixtures("there")
def test_what_can_not_be_answered_any_more_says_why_and_leads_on(visitor, rsvp, page, happens, moment, heading):
    address = page(rsvp)
    happens(rsvp)
    before = list(Rsvp.objects.values())

    with time_machine.travel(moment):
        seen, sent = Page(visitor.get(address)), Page(visitor.post(address))

    assert (seen.status, sent.status) == (200, 409)
    assert seen.headings == sent.headings == [heading]
    assert seen.link("To the event") == rsvp.event.get_absolute_url()
    assert list(Rsvp.objects.values()) == before


@pytest.mark.parametrize("start", ["/events/coming/", "/events/not-coming/"])
def test_link_that_nobody_signed_opens_nothing(visitor, rsvp, start):
    pk, rest = coming_token(rsvp).split("-", 1)
    other = make_rsvp(rsvp.venue, person="other@example.jp", people=1, going_at=None, queued_at=NOW)
    for token in ("x", "1-0.none", "%00", "1-0-é.x", f"{other.pk}-{rest}", rsvp_token(rsvp), f"{pk}-{rest}"[:-1]):
        assert visitor.get(f"{start}{token}/").status_code == 404, token
        assert visitor.post(f"{start}{token}/").status_code == 404, token


def test_link_opens_nothing_once_links_are_renewed_or_the_account_is_deleted(visitor, rsvp, ben):
    address = keeps(rsvp)
    Rsvp.objects.update(link_version=2)
    assert visitor.get(address).status_code == 404

    address = keeps(Rsvp.objects.get())
    assert visitor.get(address).status_code == 200
    erase(user=ben, typed=ben.email, now=EVENING)
    assert visitor.get(address).status_code == 404


def test_door_says_who_has_said_so(as_user, sam, jelly, rsvp):
    sam_s = as_user(sam)
    sam_s.cookies["django_language"] = "en"
    path = f"/events/{jelly.reference}/door/{rsvp.reference}/"
    with time_machine.travel(at("12:30", FRIDAY)):
        assert "said “I'm coming”" not in Page(sam_s.get(path)).main

        Rsvp.objects.update(coming_at=EVENING)

        assert "said “I'm coming”" in Page(sam_s.get(path)).main
