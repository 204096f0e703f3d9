"""The page behind the link in a mail: looking changes nothing, one press does, and what is needed stays on."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from coworking.discretion import discreet
from notices import kinds
from notices.choosing import turn_off, turned_off
from notices.kinds import Kind, Needed, Topic
from notices.links import choice_address, choice_of, choice_token
from notices.models import Notice, TurnedOff
from tests.notices.conftest import make_notice, render, still_wanted
from tests.pages.conftest import ENGLISH, JAPANESE
from tests.reading import Page

pytestmark = pytest.mark.django_db

CHIE = "chie@example.jp"


@pytest.fixture
def visitor():
    return Client(headers=ENGLISH)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    """Of one topic a kind that is needed, and of another one that only operators get."""
    for name, options in (
        ("test.needed", {"topic": Topic.BOOKINGS, "needed": Needed.VAIN}),
        ("test.running", {"topic": Topic.RUNNING}),
        ("test.other", {"topic": Topic.EVENTS}),
    ):
        monkeypatch.setitem(kinds._kinds, name, Kind(name, name, still_wanted, render, **options))


def path(*names, address=CHIE):
    return urlsplit(choice_address(address, names)).path


def test_looking_changes_nothing(visitor):
    for _ in range(2):
        assert visitor.get(path("test.letter")).status_code == 200
        assert visitor.head(path("test.letter")).status_code == 200

    assert not TurnedOff.objects.exists()


def test_one_press_turns_off_what_the_mail_carried_and_another_brings_it_back(visitor):
    page = Page(visitor.get(path("test.letter")))
    assert [words for words, _action in page.forms[1].buttons] == ["Turn them off"]

    page = Page(visitor.post(path("test.letter"), {"act": "off"}, follow=True))
    assert turned_off(CHIE) == {"test.letter"}
    assert "Mails like this one don't come any more: letter" in page.main

    page = Page(visitor.post(path("test.letter"), {"act": "on"}, follow=True))
    assert turned_off(CHIE) == set()
    assert "Mails like this one come to you: letter" in page.main


def test_link_of_one_mail_about_several_things_turns_off_exactly_these(visitor):
    turn_off("other@example.jp", ["test.other"], now=make_notice().created_at)

    visitor.post(path("test.letter", "test.running"), {"act": "off"})

    assert turned_off(CHIE) == {"test.letter", "test.running"}
    assert turned_off("other@example.jp") == {"test.other"}


def test_switches_below_are_saved_together(visitor):
    form = Page(visitor.get(path("test.letter"))).form("among")
    assert form.fields["wanted"]

    names = ["test.other", "booking.reminder"]
    page = Page(visitor.post(path("test.letter"), {"act": "choose", "among": names, "wanted": names[1:]}, follow=True))

    assert turned_off(CHIE) == {"test.other"}
    assert "Saved." in page.main


def test_kind_that_the_form_did_not_show_stays_as_it_is(visitor, now):
    turn_off(CHIE, ["booking.reminder"], now=now)

    visitor.post(path("test.letter"), {"act": "choose", "among": ["test.other"], "wanted": ["test.other"]})

    assert turned_off(CHIE) == {"booking.reminder"}


@pytest.mark.parametrize(
    "sent",
    [
        {"act": "off"},
        {"List-Unsubscribe": "One-Click"},
        {"act": "choose", "among": ["test.needed", "booking.cancelled", "no.kind", "\x00"], "wanted": ["\x00"]},
    ],
)
def test_what_is_needed_stays_on_even_by_a_forged_form(visitor, sent):
    assert visitor.post(path("test.needed"), sent).status_code in (200, 302)

    page = Page(visitor.get(path("test.needed")))
    assert not TurnedOff.objects.exists()
    assert "test.needed Can't be turned off. So that nobody comes in vain." in page.main


def test_what_always_comes_stands_there_with_the_reason(visitor):
    text = Page(visitor.get(path("test.letter"))).main

    vain = text.index("So that nobody comes in vain.")
    assert text.index("Booking cancelled") > vain
    assert "It is about money." in text


def test_running_a_space_is_shown_to_who_got_a_mail_about_it_or_turned_one_off(visitor, now):
    assert "test.running" not in Page(visitor.get(path("test.letter"))).main
    assert "test.running" in Page(visitor.get(path("test.running"))).main

    turn_off(CHIE, ["test.running"], now=now)
    assert "test.running" in Page(visitor.get(path("test.letter"))).main


def test_page_speaks_as_the_mails_do_unless_its_reader_chooses(visitor, now):
    assert Page(visitor.get(path("test.letter"), headers=JAPANESE)).lang == "ja"
    make_notice(recipient=CHIE, language="en").settle(Notice.State.SENT, at=now)

    answer = visitor.get(path("test.letter"), headers=JAPANESE)
    assert (Page(answer).lang, answer.headers["Content-Language"]) == ("en", "en")

    visitor.cookies["django_language"] = "ja"
    assert Page(visitor.get(path("test.letter"))).lang == "ja"


@pytest.mark.parametrize("change", [lambda token: token[:-1], lambda token: "x" + token, lambda token: "x.y"])
def test_link_that_was_tampered_with_opens_nothing(visitor, change):
    token = change(choice_token(CHIE, ["test.letter"]))

    for answer in (visitor.get(f"/mails/{token}/"), visitor.post(f"/mails/{token}/", {"act": "off"})):
        assert answer.status_code == 404
        assert "This link opens nothing" in Page(answer).main
    assert choice_of(token) is None
    assert not TurnedOff.objects.exists()


def test_page_is_kept_by_nobody_on_the_way_and_told_to_nobody(visitor):
    for address in (path("test.letter"), "/mails/x.y/"):
        headers = visitor.get(address).headers
        assert headers["Cache-Control"] == "no-store, private"
        assert headers["Referrer-Policy"] == "strict-origin"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"


def test_link_stands_in_no_log_line():
    address = path("test.letter", "booking.reminder")

    assert discreet(f'"GET {address} HTTP/1.1" 200').count("…") == 1
    assert choice_token(CHIE, ["test.letter", "booking.reminder"]) not in discreet(f"GET {address}")


@pytest.mark.parametrize("sent", [{}, {"act": "x"}, {"List-Unsubscribe": "Two-Clicks"}, {"act": "\x00"}])
def test_other_posts_change_nothing(visitor, sent):
    answer = visitor.post(path("test.letter"), sent)

    assert answer.status_code == 400
    assert "Turn them off" in answer.content.decode()
    assert not TurnedOff.objects.exists()


def test_page_costs_the_same_however_much_is_turned_off(visitor, now, django_assert_num_queries):
    visitor.get(path("test.letter"))
    with django_assert_num_queries(3):
        visitor.get(path("test.letter"))
    turn_off(CHIE, [kind.name for kind in kinds.kinds()], now=now)
    with django_assert_num_queries(3):
        visitor.get(path("test.letter"))
