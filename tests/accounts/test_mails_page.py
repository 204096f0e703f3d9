"""What we write to you: the page of who is signed in."""

import pytest

from notices.choosing import turn_off, turned_off
from tests.pages.conftest import ENGLISH
from tests.reading import Page

PATH = "/accounts/mails/"


@pytest.fixture
def browser(as_user):
    """Call it with a person for their browser, in English."""

    def open_for(person):
        client = as_user(person)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = ENGLISH["accept-language"]
        return client

    return open_for


def test_visitor_is_led_to_sign_in(client):
    assert client.get(PATH).headers["Location"] == f"/accounts/login/?next={PATH}"


def test_person_finds_it_among_the_pages_of_the_account(browser, chie):
    assert Page(browser(chie).get("/accounts/data/")).link("What we write to you") == PATH


def test_person_turns_kinds_off_and_on_again(browser, chie):
    client = browser(chie)
    form = Page(client.get(PATH)).form("among")
    assert form.fields["wanted"]

    page = Page(client.post(PATH, {"among": ["booking.reminder", "event.soon"], "wanted": "event.soon"}, follow=True))
    assert turned_off(chie.email) == {"booking.reminder"}
    assert "Saved." in page.text

    client.post(PATH, {"among": ["booking.reminder", "event.soon"], "wanted": ["event.soon", "booking.reminder"]})
    assert turned_off(chie.email) == set()


def test_form_that_is_sent_as_it_stands_changes_nothing(browser, chie, now):
    turn_off(chie.email, ["booking.reminder"], now=now)
    client = browser(chie)
    html = client.get(PATH).content.decode()
    shown = html.count('name="among"')
    assert html.count(" checked>") == shown - 1

    names = [part.split('"')[0] for part in html.split('name="wanted" value="')[1:]]
    on = [name for name in names if name != "booking.reminder"]
    client.post(PATH, {"among": names, "wanted": on})

    assert turned_off(chie.email) == {"booking.reminder"}


@pytest.mark.parametrize("name", ["booking.cancelled", "invoice.issued", "no.kind", "\x00", "membership.applied"])
def test_forged_form_turns_nothing_else_off(browser, chie, name):
    """What is needed, what there is not, and what is for who runs a space."""
    assert browser(chie).post(PATH, {"among": name}).status_code == 302

    assert turned_off(chie.email) == set()


def test_who_runs_a_space_chooses_what_is_told_about_that(browser, chie, sam):
    assert "Running a space" not in Page(browser(chie).get(PATH)).main
    assert "Running a space" in Page(browser(sam).get(PATH)).main

    browser(sam).post(PATH, {"among": "membership.applied"})

    assert turned_off(sam.email) == {"membership.applied"}


def test_what_can_not_be_turned_off_says_why(browser, chie):
    text = Page(browser(chie).get(PATH)).main

    assert "So that nobody comes in vain." in text
    assert text.index("What always comes, and why") < text.index("Booking cancelled")


def test_page_costs_the_same_however_much_is_turned_off(browser, sam, now, django_assert_num_queries):
    client = browser(sam)
    client.get(PATH)
    with django_assert_num_queries(3):
        client.get(PATH)
    turn_off(sam.email, ["booking.reminder", "event.soon", "event.thanks"], now=now)
    with django_assert_num_queries(3):
        client.get(PATH)
