"""Guessers are held up: 429, with a page."""

import pytest
import time_machine
from django.core import mail
from django.test import Client

from tests.accounts.conftest import signed_in
from tests.factories import at
from tests.reading import Page

PASSWORD = "hammock and lantern"
EN = {"accept-language": "en"}


def guess(client, number, email="ben@example.com"):
    return client.post("/accounts/login/", {"login": email, "password": f"guess {number}"})


def test_password_of_one_account_can_be_guessed_five_times(visitor, ben_with_password):
    statuses = [guess(visitor, number).status_code for number in range(6)]
    right = visitor.post("/accounts/login/", {"login": "ben@example.com", "password": PASSWORD})

    assert statuses[:5] == [200] * 5
    assert statuses[5] in (200, 429)
    assert right.status_code in (200, 429)
    assert signed_in(visitor) is None


def test_who_is_held_up_is_let_in_after_five_minutes(visitor, ben_with_password):
    for number in range(6):
        guess(visitor, number)

    with time_machine.travel(at("09:06")):
        visitor.post("/accounts/login/", {"login": "ben@example.com", "password": PASSWORD})
        assert signed_in(visitor) == ben_with_password


def test_other_accounts_are_not_held_up(visitor, ben_with_password):
    for number in range(6):
        guess(visitor, number, "someone@example.com")

    visitor.post("/accounts/login/", {"login": "ben@example.com", "password": PASSWORD})

    assert signed_in(visitor) == ben_with_password


@pytest.mark.parametrize(
    ("address", "form", "most"),
    [
        ("/accounts/login/", {"login": "{}@example.com", "password": "x"}, 30),
        ("/accounts/signup/", {"email": "{}@example.com", "family_name": "S", "given_name": "A"}, 20),
        ("/accounts/password/reset/", {"email": "{}@example.com"}, 20),
    ],
)
def test_one_machine_is_held_up_with_a_page(db, address, form, most):
    statuses, page = [], None
    for number in range(most + 1):
        asked = {name: value.format(f"person{number}") for name, value in form.items()}
        page = Page(Client(headers=EN).post(address, asked))
        statuses.append(page.status)

    assert 429 in statuses
    assert page.status == 429
    assert "That was a little too often" in page.main
    assert page.lang == "en"


def test_one_machine_asks_for_twenty_codes_a_minute(db):
    for number in range(21):
        answer = Client(headers=EN).post("/accounts/login/code/", {"email": f"person{number}@example.com"})

    assert len(mail.outbox) == 20
    assert answer.context["form"].errors["email"][0] in Page(answer).main


def test_one_address_is_mailed_three_codes_a_minute(ben):
    statuses = [
        Client(headers=EN).post("/accounts/login/code/", {"email": "ben@example.com"}).status_code for _ in range(5)
    ]

    assert len(mail.outbox) == 3
    assert set(statuses[3:]) <= {200, 302, 429}


def test_other_machines_are_not_held_up(ben_with_password):
    for number in range(40):
        Client(headers=EN).post("/accounts/login/", {"login": f"person{number}@example.com", "password": "x"})
    elsewhere = Client(headers=EN, REMOTE_ADDR="203.0.113.9")

    elsewhere.post("/accounts/login/", {"login": "ben@example.com", "password": PASSWORD})

    assert signed_in(elsewhere) == ben_with_password


def test_pages_are_not_counted_only_what_is_sent(visitor, db):
    assert {visitor.get("/accounts/login/").status_code for _ in range(40)} == {200}
