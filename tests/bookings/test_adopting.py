"""Who signs in with an address finds the visits that were booked with it."""

from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from bookings.visits import visit_token
from tests.factories import make_booking, make_user
from tests.pages.conftest import ENGLISH
from tests.pages.crowd import queries
from tests.pages.tickets import held_ticket
from tests.reading import Page

WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def booking(koharubiyori):
    return held_ticket(koharubiyori.space)[1]


def guest(*, verified=True):
    user = make_user("guest@example.jp", language="en")
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    return user


def signed_in(user):
    client = Client(headers=ENGLISH)
    client.force_login(user)
    return client


def test_visit_becomes_the_own_of_who_signs_in_with_its_address(booking, koharubiyori):
    other = make_booking(koharubiyori.open_seats, person="other@example.jp")
    user = guest()

    browser = signed_in(user)

    booking.refresh_from_db()
    other.refresh_from_db()
    assert (booking.user, other.user) == (user, None)
    assert f"/bookings/{booking.reference}/" in Page(browser.get("/bookings/")).links_to("/bookings/")


def test_address_that_is_not_confirmed_gives_nothing(booking):
    signed_in(guest(verified=False))

    booking.refresh_from_db()
    assert booking.user is None


def test_booking_of_another_person_stays_theirs(koharubiyori, ben):
    own = make_booking(koharubiyori.open_seats, user=ben)
    own.person = "guest@example.jp"
    own.save()

    signed_in(guest())

    own.refresh_from_db()
    assert own.user == ben


def test_adopted_visit_is_shown_and_cancelled_as_a_booking_and_moved_by_its_ticket(booking):
    browser = signed_in(guest())
    own, token = f"/bookings/{booking.reference}/", visit_token(booking.ticket)

    page = Page(browser.get(own))
    assert (page.status, "Shared trial ticket" in page.main) == (200, True)
    for ask in (browser.get, browser.post):
        answer = ask(f"{own}move/")
        assert answer.headers["Location"] == f"/visit/{token}/{booking.reference}/move/"
    assert "You get the visit back." in Page(browser.get(f"{own}cancellation/")).main
    assert browser.post(f"{own}cancellation/").status_code == 302
    assert "2 visits are left." in Page(browser.get(f"/visit/{token}/")).main


def test_list_asks_the_same_with_many_visits(booking):
    user = guest()
    browser = signed_in(user)
    first = queries(browser, "/bookings/")
    for day in range(1, 6):
        make_booking(booking.resource, user=user, day=date(2026, 12, day))

    assert queries(browser, "/bookings/") == first
