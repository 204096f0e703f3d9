"""Reminders of what is past due are written once each, in the morning."""

from datetime import timedelta

import pytest

from billing.invoicing import void
from billing.reminding import remind
from notices.models import Notice
from tests.billing.acts import NOW, TODAY, make_invoice, make_issuer, make_payment
from tests.factories import at, make_user

DUE = TODAY + timedelta(days=14)


@pytest.fixture
def invoice(space, payer):
    make_issuer(space, due_days=14, reminder_days=[3, 10])
    return make_invoice(space, payer, 5500)


def written():
    return list(Notice.objects.order_by("created_at").values_list("dedupe_key", flat=True))


def test_each_reminder_is_written_once_and_not_before_nine(invoice):
    for days, clock in [(2, "12:00"), (3, "08:59"), (3, "09:00"), (3, "10:00"), (9, "09:00"), (10, "09:00")]:
        remind(now=at(clock, DUE + timedelta(days=days)))

    assert written() == [f"invoice.overdue:invoice:{invoice.pk}:reminder:{after}" for after in (3, 10)]


def test_after_an_outage_only_the_latest_is_written(invoice):
    remind(now=at("09:00", DUE + timedelta(days=40)))

    assert written() == [f"invoice.overdue:invoice:{invoice.pk}:reminder:10"]


def test_paid_and_voided_invoices_and_closed_accounts_are_left_alone(invoice, space, payer, other):
    make_payment(space, payer, 5500)
    void(invoice=make_invoice(space, payer, 800), reason="誤り", now=NOW)
    make_invoice(space, other, 900)
    type(other).objects.filter(pk=other.pk).update(is_active=False)

    remind(now=at("09:00", DUE + timedelta(days=40)))

    assert written() == []


def test_space_without_an_issuer_or_without_days_of_reminders_writes_none(space, payer):
    make_invoice(space, payer, 5500)

    assert remind(now=at("09:00", DUE + timedelta(days=40))) == 0
    make_issuer(space)
    assert remind(now=at("09:00", DUE + timedelta(days=40))) == 0
    assert written() == []


def test_queries_do_not_grow_with_the_invoices(space, django_assert_num_queries):
    make_issuer(space, due_days=14, reminder_days=[3, 10])
    for count in (1, 12):
        for number in range(count):
            make_invoice(space, make_user(f"{count}-{number}@example.jp"), 5500)
        # Issuers, balances, invoices and payments, what is read of the invoices, and the notices.
        with django_assert_num_queries(6):
            assert remind(now=at("09:00", DUE + timedelta(days=40))) >= count
