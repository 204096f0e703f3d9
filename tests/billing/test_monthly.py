"""Invoices of the month: one to each payer who owes something by a day."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.charging import undo
from billing.models import Charge, Invoice
from billing.monthly import ToInvoice, issue_monthly, payers_to_invoice
from tests.billing.acts import NOW, TODAY, make_charge
from tests.factories import make_space, make_user

OCTOBER = date(2026, 10, 31)


def totals(space):
    return dict(Invoice.objects.filter(space=space).values_list("payer__email", "total"))


def test_each_payer_gets_one_invoice_over_what_arose_by_then(space, payer, other):
    make_charge(space, payer, 1000, arises_on=OCTOBER)
    make_charge(space, payer, 500, arises_on=OCTOBER)
    make_charge(space, other, 300, arises_on=OCTOBER)
    november = make_charge(space, payer, 700)
    make_charge(make_space("elsewhere"), payer, 9000, arises_on=OCTOBER)

    issued = issue_monthly(space, OCTOBER, NOW)

    assert totals(space) == {payer.email: 1500, other.email: 300}
    assert sorted(one.number for one in issued) == [1, 2]
    assert november in Charge.objects.open()
    assert Invoice.objects.count() == 2


def test_preview_says_who_gets_how_much(space, payer, other):
    make_charge(space, payer, 1000)
    make_charge(space, payer, -300)
    make_charge(space, other, 300)

    assert payers_to_invoice(space, TODAY) == [
        ToInvoice(payer.pk, "山田 花子", "ja", 2, 700),
        ToInvoice(other.pk, "佐藤 太郎", "ja", 1, 300),
    ]
    assert payers_to_invoice(space, OCTOBER) == []


def test_called_again_it_issues_nothing_more(space, payer):
    make_charge(space, payer, 1000)

    assert [one.total for one in issue_monthly(space, TODAY, NOW)] == [1000]
    assert issue_monthly(space, TODAY, NOW) == []
    assert totals(space) == {payer.email: 1000}


@pytest.mark.parametrize("amounts", [[-1000], [1000, -1000], [500, -800]])
def test_who_owes_nothing_waits(space, payer, amounts):
    for yen in amounts:
        make_charge(space, payer, yen)

    assert issue_monthly(space, TODAY, NOW) == []

    make_charge(space, payer, 5000)
    assert [one.total for one in issue_monthly(space, TODAY, NOW)] == [5000 + sum(amounts)]


def test_what_was_voided_is_not_asked_for(space, payer):
    undo(make_charge(space, payer, 1000), today=TODAY)

    assert payers_to_invoice(space, TODAY) == []


def test_paper_is_in_the_payers_language_and_to_the_name_or_the_address(space):
    nameless = make_user("nobody@example.com", family_name="", given_name="", language="en")
    make_charge(space, nameless)

    [invoice] = issue_monthly(space, TODAY, NOW)

    assert (invoice.addressee, invoice.language) == ("nobody@example.com", "en")


def test_account_that_is_not_active_is_left_out(space, payer):
    make_charge(space, payer)
    payer.is_active = False
    payer.save()

    assert issue_monthly(space, TODAY, NOW) == []


def test_reading_the_payers_costs_two_queries_however_many_there_are(space):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            payers_to_invoice(space, TODAY)
        return len(caught)

    make_charge(space, make_user("first@example.jp"))
    few = queries()
    for number in range(12):
        make_charge(space, make_user(f"more{number}@example.jp"))

    assert few == queries() == 2


def test_payers_stand_in_the_order_in_which_their_names_are_read(space):
    # By their characters 佐 stands before 加.
    kato = make_user("chie@example.jp", family_name="加藤", family_reading="かとう")
    sasaki = make_user("ryo@example.jp", family_name="佐々木", family_reading="ささき")
    for payer in (sasaki, kato):
        make_charge(space, payer, 300)

    assert [one.payer_id for one in payers_to_invoice(space, TODAY)] == [kato.pk, sasaki.pk]
    assert [one.payer_id for one in issue_monthly(space, TODAY, NOW)] == [kato.pk, sasaki.pk]
