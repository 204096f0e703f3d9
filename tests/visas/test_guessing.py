"""Who guesses codes: ten thousand guesses find none of a thousand tickets, hardly any is looked at, and all see it."""

import random
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from spaces.refusing import codes
from tests.factories import make_resource, make_space
from tests.reading import Page
from tests.visas.acts import NOW, make_campaign, make_ticket
from visas.codes import ALPHABET, DRAWN_LENGTH, new_code
from visas.issuing import issue_tickets
from visas.lockout import LIMITS
from visas.models import WrongCodes
from visas.opening import open_ticket

GUESSES = 10_000
ADDRESS, NETWORK = LIMITS["address"], LIMITS["network"]


def answer_to(typed, address, now=NOW):
    """The one code with which what was typed is refused; "open" if it is not."""
    try:
        open_ticket(typed, address=address, now=now)
    except ValidationError as error:
        [code] = codes(error)
        return code
    return "open"


@pytest.fixture
def thousand(db):
    return issue_tickets(campaign=make_campaign(make_resource(make_space()).space), count=1000, now=NOW)


def test_guesses_from_one_address_are_eight(thousand):
    answers = [answer_to(new_code(), "203.0.113.7") for _guess in range(100)]

    assert answers == ["unknown"] * ADDRESS.wrong + ["locked_out"] * (100 - ADDRESS.wrong)
    seen = WrongCodes.objects.get(kind="address")
    assert (seen.in_all, seen.locked_until) == (ADDRESS.wrong, NOW + ADDRESS.locked)


def test_ten_thousand_guesses_from_all_sides_find_nothing_and_are_seen(thousand):
    """Five networks, forty addresses in each, within an hour."""
    dice = random.Random(36)
    places = [f"198.51.{network}.{host}" for network in range(5) for host in range(40)]
    hour = timedelta(hours=1)
    answers = [answer_to(new_code(), dice.choice(places), NOW + hour * guess / GUESSES) for guess in range(GUESSES)]

    assert answers.count("unknown") == 5 * NETWORK.wrong
    assert answers.count("locked_out") == GUESSES - 5 * NETWORK.wrong
    networks = WrongCodes.objects.filter(kind="network")
    assert [seen.in_all for seen in networks] == [NETWORK.wrong] * 5
    assert all(seen.locked_until > NOW + hour for seen in networks)


def test_who_is_locked_out_does_not_learn_that_a_guess_was_right(thousand):
    for _guess in range(ADDRESS.wrong):
        answer_to(new_code(), "203.0.113.7")

    assert {answer_to(ticket.code, "203.0.113.7") for ticket in thousand[:20]} == {"locked_out"}
    assert answer_to("no code", "203.0.113.7") == "locked_out"
    assert answer_to(thousand[0].code, "198.51.100.1") == "open"


def test_codes_are_many_enough_for_the_limits():
    """As visas/lockout.py says: ten networks stay just below the limit for a year, against a thousand tickets."""
    a_year = 10 * (NETWORK.wrong - 1) * (timedelta(days=365) / NETWORK.within)
    found_a_year = a_year * 1000 / len(ALPHABET) ** DRAWN_LENGTH

    assert 190 < 1 / found_a_year < 195


def test_guesses_through_the_page_find_nothing_and_are_seen_in_the_admin(koharubiyori, sam, as_user, client):
    ticket = make_ticket(make_campaign(koharubiyori.space))
    guesses = [new_code() for _guess in range(40)]
    posted = [client.post("/ticket/", {"code": code}, REMOTE_ADDR="203.0.113.7") for code in guesses[:20]]
    opened = [client.get(f"/ticket/{code}/", REMOTE_ADDR="203.0.113.7") for code in guesses[20:]]

    statuses = [answer.status_code for answer in [*posted, *opened]]
    assert statuses == [404] * ADDRESS.wrong + [429] * (40 - ADDRESS.wrong)
    assert client.get(f"/ticket/{ticket.code}/", REMOTE_ADDR="203.0.113.7").status_code == 429
    assert client.get(f"/ticket/{ticket.code}/", REMOTE_ADDR="198.51.100.1").status_code == 200

    listed = Page(as_user(sam).get(reverse("admin:visas_wrongcodes_changelist"), headers={"accept-language": "en"}))
    assert "203.0.113.7" in listed.text
    assert "203.0.113.0/24" in listed.text
    assert "Locked out until" in listed.text
