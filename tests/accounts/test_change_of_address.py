"""Changing the address: the bookings come along."""

from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from bookings.booking import book
from bookings.models import Booking
from notices.delivery import deliver_due
from notices.models import Notice
from tests.accounts.conftest import signed_in
from tests.breaking import check_answer
from tests.factories import at, make_booking, span
from tests.pages.wishes import address, wish
from tests.reading import Page

TOMORROW = date(2026, 11, 25)


def change(client, code, to="new@example.com"):
    page = Page(client.get("/accounts/email/"))
    [form] = [form for form in page.forms if form.action == "/accounts/email/" and form.fields.get("email") == ""]
    asked = client.post("/accounts/email/", {**form.fields, "email": to, "action_add": ""})
    return client.post(asked.headers["Location"], {"code": code()})


def test_person_changes_the_address_by_the_code_from_the_mail(visitor, ben, code):
    visitor.force_login(ben)

    change(visitor, code, to="New@Example.com")

    assert signed_in(visitor).email == "new@example.com"
    assert EmailAddress.objects.get().email == "new@example.com"
    assert mail.outbox[0].to == ["new@example.com"]


def test_address_stays_until_the_code_is_typed(visitor, ben, code):
    visitor.force_login(ben)

    visitor.post("/accounts/email/", {"email": "new@example.com", "action_add": ""})

    assert signed_in(visitor).email == "ben@example.com"


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_address_of_somebody_else_can_not_be_taken(visitor, ben, chie, code, is_confirmed):
    if is_confirmed:
        EmailAddress.objects.create(user=chie, email=chie.email, verified=True, primary=True)
    visitor.force_login(ben)

    asked = visitor.post("/accounts/email/", {"email": chie.email, "action_add": ""})
    if asked.status_code == 302 and mail.outbox:
        check_answer(visitor.post(asked.headers["Location"], {"code": code()}))

    assert signed_in(visitor).email == "ben@example.com"
    chie.refresh_from_db()
    assert chie.email == "chie@example.jp"


def test_person_with_a_new_address_holds_no_second_seat(visitor, ben, code, koharubiyori, now):
    seats = koharubiyori.open_seats.pk
    book(user=ben, space=koharubiyori.space, resource_id=seats, span=span("11:00", "13:00", TOMORROW), now=now)
    visitor.force_login(ben)
    change(visitor, code)

    answer = visitor.post(address(koharubiyori), wish(koharubiyori, "12:00", "14:00", day=TOMORROW))

    assert answer.status_code == 409
    assert Booking.objects.count() == 1


def test_letters_of_bookings_go_to_the_new_address(visitor, ben, code, koharubiyori, now):
    seats = koharubiyori.open_seats.pk
    book(user=ben, space=koharubiyori.space, resource_id=seats, span=span("11:00", "13:00", TOMORROW), now=now)
    visitor.force_login(ben)
    change(visitor, code)
    mail.outbox.clear()

    deliver_due(until=at("23:59"))

    assert [letter.to for letter in mail.outbox] == [["new@example.com"]]


def test_past_bookings_keep_the_address_that_they_were_made_with(ben, koharubiyori):
    past = make_booking(koharubiyori.open_seats, user=ben, day=date(2026, 11, 23))
    ben.email = "new@example.com"

    ben.save()

    past.refresh_from_db()
    assert past.person == "ben@example.com"


def test_guests_seat_under_the_new_address_stands_in_nobodys_way(ben, koharubiyori):
    guest = make_booking(koharubiyori.open_seats, person="new@example.com", day=TOMORROW)
    own = make_booking(koharubiyori.open_seats, user=ben, day=TOMORROW)
    ben.email = "new@example.com"

    ben.save()

    assert {booking.person for booking in Booking.objects.filter(pk__in=[guest.pk, own.pk])} == {
        "new@example.com",
        "ben@example.com",
    }


def test_signing_in_asks_nothing_about_bookings(ben, django_assert_num_queries):
    with django_assert_num_queries(1):
        ben.save(update_fields=["last_login"])


def test_everything_that_waits_or_is_parked_goes_to_the_new_address_in_the_language_of_now(ben):
    for key, state in (("waits", "waiting"), ("parked", "parked"), ("sent", "sent")):
        Notice.objects.create(
            kind="invoice.issued",
            subject_key="invoice:1",
            dedupe_key=key,
            recipient=ben.email,
            language="en",
            due_at=at("09:00"),
            state=state,
            settled_at=None if state == "waiting" else at("09:00"),
        )

    ben.email, ben.language = "new@example.com", "ja"
    ben.save()

    told = set(Notice.objects.values_list("dedupe_key", "recipient", "language"))
    assert told == {
        ("waits", "new@example.com", "ja"), ("parked", "new@example.com", "ja"), ("sent", "ben@example.com", "en"),
    }  # fmt: skip
