"""Opening a ticket by its code: each reason says so, and who guesses is locked out."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from spaces.refusing import codes
from tests.factories import TUESDAY, make_space, make_user
from tests.visas.acts import ENDS, NOW, make_campaign, make_ticket
from visas.codes import new_code, printed
from visas.issuing import block, extend, unblock
from visas.lockout import LIMITS, count_wrong, forget_old, lift
from visas.models import WrongCodes
from visas.opening import check_good, open_ticket
from visas.taking_part import stop

HERE, BESIDE, ELSEWHERE = "203.0.113.7", "203.0.113.8", "198.51.100.1"


@pytest.fixture
def ticket(db):
    return make_ticket(make_campaign(make_space()))


def refused(act, *args, **asked):
    with pytest.raises(ValidationError) as caught:
        act(*args, **asked)
    return codes(caught.value)


def opens(typed, address=HERE, now=NOW):
    return open_ticket(typed, address=address, now=now)


def test_ticket_opens_by_its_code(ticket):
    assert opens(printed(ticket.code).lower()) == ticket


def test_slip_is_told_from_a_code_that_nobody_has(ticket):
    assert refused(opens, "K7M-42Q") == {"mistyped"}
    assert refused(opens, new_code()) == {"unknown"}
    assert WrongCodes.objects.get(kind="address").wrong == 1


def test_who_guesses_is_locked_out_and_then_every_code_is_answered_alike(ticket):
    for _guess in range(LIMITS["address"].wrong):
        assert refused(opens, new_code()) == {"unknown"}

    for typed in (new_code(), ticket.code, "slip"):
        assert refused(opens, typed) == {"locked_out"}
    assert opens(ticket.code, address=BESIDE) == ticket
    assert opens(ticket.code, now=NOW + LIMITS["address"].locked) == ticket


def test_network_is_locked_out_when_its_addresses_take_turns(ticket):
    for guess in range(LIMITS["network"].wrong):
        count_wrong(f"203.0.113.{guess}", now=NOW)

    assert refused(opens, ticket.code, address="203.0.113.250") == {"locked_out"}
    assert opens(ticket.code, address=ELSEWHERE) == ticket


def test_subscriber_of_ipv6_is_one_network(ticket):
    for guess in range(LIMITS["network"].wrong):
        count_wrong(f"2001:db8:1:{guess:x}::1", now=NOW)

    assert refused(opens, ticket.code, address="2001:db8:1:ffff::2") == {"locked_out"}
    assert opens(ticket.code, address="2001:db8:2::1") == ticket


def test_slips_over_many_hours_lock_nobody_out(ticket):
    for hour in range(50):
        refused(opens, new_code(), now=NOW + timedelta(hours=hour, minutes=hour))

    assert WrongCodes.objects.get(kind="address").in_all == 50
    assert opens(ticket.code, now=NOW + timedelta(hours=60)) == ticket


def test_operator_lifts_a_lock_out(ticket):
    for _guess in range(LIMITS["address"].wrong):
        count_wrong(HERE, now=NOW)

    lift(WrongCodes.objects.get(kind="address"), by=make_user(), now=NOW)

    assert opens(ticket.code) == ticket


def test_addresses_are_forgotten_after_a_month(db):
    count_wrong(HERE, now=NOW)

    assert forget_old(now=NOW + timedelta(days=30)) == 0
    assert forget_old(now=NOW + timedelta(days=30, seconds=1)) == 2


@pytest.mark.parametrize(
    ("today", "day", "said"),
    [
        (date(2026, 10, 31), None, {"not_yet"}),
        (TUESDAY, date(2026, 10, 31), {"not_yet"}),
        (ENDS + timedelta(days=1), None, {"expired"}),
        (TUESDAY, ENDS + timedelta(days=1), {"expired"}),
    ],
)
def test_ticket_is_good_on_its_days(ticket, today, day, said):
    assert refused(check_good, ticket, today=today, day=day) == said
    check_good(ticket, today=TUESDAY, day=ENDS)


def test_extended_ticket_is_good_for_longer(ticket):
    extend(ticket=ticket, last=ENDS + timedelta(days=5), until=ENDS)
    ticket.refresh_from_db()

    check_good(ticket, today=ENDS + timedelta(days=5))
    assert refused(extend, ticket=ticket, last=ENDS, until=ENDS) == {"no_longer"}


def test_blocked_ticket_and_stopped_campaign_say_so(ticket):
    block(ticket=ticket, reason="二重に配布", now=NOW)
    ticket.refresh_from_db()
    assert refused(check_good, ticket, today=TUESDAY) == {"blocked"}

    unblock(ticket=ticket)
    stop(campaign=ticket.campaign, now=NOW)
    ticket = type(ticket).objects.get()
    assert refused(check_good, ticket, today=TUESDAY) == {"stopped"}
