"""Spaces that have set a day get their invoices by themselves, and payers their mails."""

from datetime import date, timedelta

import pytest

from billing.charging import undo
from billing.models import Charge, Invoice, Issuer
from billing.monthly import issue_due
from notices.models import Notice
from tests.billing.acts import TODAY, make_charge, make_issuer
from tests.factories import at, make_space, make_user

TENTH, EVE = date(2026, 12, 10), date(2026, 12, 9)


@pytest.fixture
def tenth(space) -> Issuer:
    return make_issuer(space, invoice_day=10)


def test_everything_that_arose_by_the_day_is_invoiced_on_its_morning(space, payer, tenth):
    make_charge(space, payer, 1000, arises_on=EVE)
    make_charge(space, payer, 500, arises_on=TENTH)
    later = make_charge(space, payer, 700, arises_on=TENTH + timedelta(days=1))

    assert issue_due(now=at("08:59", TENTH)) == 0
    assert issue_due(now=at("09:00", TENTH)) == 1
    assert issue_due(now=at("10:00", TENTH)) == 0

    assert Invoice.objects.get().total == 1500
    assert list(Charge.objects.open()) == [later]
    assert Notice.objects.get().recipient == payer.email


def test_day_that_the_house_stood_still_on_is_made_up_for(space, payer, tenth):
    make_charge(space, payer, 1000, arises_on=EVE)

    assert issue_due(now=at("23:00", EVE)) == 0
    assert issue_due(now=at("09:00", date(2027, 1, 5))) == 1


def test_space_without_a_day_invoices_by_hand(space, payer):
    make_issuer(space, invoice_day=None)
    make_charge(space, payer, 1000)

    assert issue_due(now=at("12:00", TODAY + timedelta(days=60))) == 0


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 12, 10), date(2026, 12, 10)),
        (date(2026, 12, 9), date(2026, 11, 10)),
        (date(2027, 1, 1), date(2026, 12, 10)),
    ],
)
def test_last_day_of_invoices_is_of_this_month_or_the_one_before(tenth, today, day):
    assert tenth.last_invoice_day(today) == day


def test_mail_of_a_closed_account_is_not_written(space, payer, tenth):
    make_charge(space, payer, 1000)
    type(payer).objects.update(is_active=False)

    assert issue_due(now=at("09:00", TENTH)) == 0
    assert not Notice.objects.exists()


def test_payer_to_whom_no_invoice_can_be_issued_keeps_nobody_waiting(space, payer, other, tenth, caplog):
    elsewhere = make_space("elsewhere")
    make_issuer(elsewhere, invoice_day=10)
    # Each fits, and their sum is more than an invoice can ask for.
    beyond = [make_charge(space, payer, 2_000_000_000, arises_on=EVE) for _ in range(2)]
    for place, person in [(space, other), (space, make_user("zen@example.jp")), (elsewhere, payer)]:
        make_charge(place, person, 1000, arises_on=EVE)

    assert issue_due(now=at("09:00", TENTH)) == 3

    assert not Invoice.objects.filter(space=space, payer=payer).exists()
    assert set(Charge.objects.open()) == set(beyond)
    assert [one.message for one in caplog.records] == [
        f"No invoice could be issued to payer {payer.pk} at {space.slug}."
    ]
    assert Notice.objects.count() == 3

    undo(beyond[0], today=TENTH)

    assert issue_due(now=at("10:00", TENTH)) == 1
    assert Invoice.objects.get(space=space, payer=payer).total == 2_000_000_000
