"""Which invoices are past due, and which reminder of them is due: each once, and after an outage only the latest."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.invoicing import reissue, void
from billing.overdue import next_reminder, overdue, reminders_due
from tests.billing.acts import NOW, TODAY, make_invoice, make_issuer, make_payment
from tests.factories import make_space, make_user
from tests.properties import examples, undone

DAYS = [3, 10, 30]


@pytest.fixture
def due(space):
    make_issuer(space, due_days=14)
    return TODAY + timedelta(days=14)


def after(due, days):
    return due + timedelta(days=days)


def test_invoice_is_overdue_from_the_day_after_it_was_due(space, payer, due):
    invoice = make_invoice(space, payer, 5500)

    assert overdue(space, today=due) == []
    [late] = overdue(space, today=after(due, 1))

    assert (late.invoice, late.open, late.days_overdue) == (invoice, 5500, 1)


def test_what_is_paid_voided_given_back_or_elsewhere_is_not_overdue(space, payer, other, due):
    make_invoice(space, payer, 5500)
    make_payment(space, payer, 5500)
    void(invoice=make_invoice(space, payer, 800), reason="誤り", now=NOW)
    make_invoice(space, other, -300)
    make_invoice(make_space("elsewhere"), payer, 700)

    assert overdue(space, today=after(due, 100)) == []


def test_credit_that_covers_an_invoice_keeps_it_from_being_overdue(space, payer, due):
    make_payment(space, payer, 6000)
    make_invoice(space, payer, 5500)
    left = make_invoice(space, payer, 800)

    assert [(one.invoice, one.open) for one in overdue(space, today=after(due, 1))] == [(left, 300)]


def test_those_that_wait_longest_come_first(space, payer, other, due):
    young = make_invoice(space, payer, 100, now=NOW + timedelta(days=2))
    old = make_invoice(space, other, 100, now=NOW + timedelta(days=1))
    oldest = make_invoice(space, payer, 100)

    assert [one.invoice for one in overdue(space, today=after(due, 9))] == [oldest, old, young]


@pytest.mark.parametrize(
    ("days", "reminder"), [(0, None), (2, None), (3, 3), (9, 3), (10, 10), (29, 10), (30, 30), (400, 30)]
)
def test_latest_reminder_that_is_due_is_the_one(space, payer, due, days, reminder):
    invoice = make_invoice(space, payer, 5500)

    found = reminders_due(space, DAYS, today=after(due, days))

    assert [one.after_days for one in found] == ([reminder] if reminder else [])
    assert [one.key for one in found] == ([f"invoice:{invoice.pk}:reminder:{reminder}"] if reminder else [])
    assert all(one.open.invoice == invoice for one in found)


@pytest.mark.parametrize(("overdue_for", "comes_after"), [(-5, 3), (3, 3), (4, 10), (30, 30), (31, None)])
def test_next_reminder_is_the_first_that_is_still_to_go_out(overdue_for, comes_after):
    found = next_reminder([3, 10, 30], TODAY, today=after(TODAY, overdue_for))

    assert found == (after(TODAY, comes_after) if comes_after else None)


def test_space_without_days_of_reminders_sends_none(space, payer):
    make_invoice(space, payer, 5500)

    assert reminders_due(space, [], today=TODAY + timedelta(days=99)) == []
    assert len(overdue(space, today=TODAY + timedelta(days=99))) == 1


def test_invoice_in_place_of_a_voided_one_is_reminded_of_by_its_own_due_day(space, payer, due):
    invoice = make_invoice(space, payer, 5500)
    anew = reissue(invoice=invoice, reason="宛名", now=NOW + timedelta(days=20))

    assert reminders_due(space, DAYS, today=after(due, 22)) == []
    assert [one.open.invoice for one in reminders_due(space, DAYS, today=after(due, 23))] == [anew]


def test_queries_do_not_grow_with_the_invoices(space, due, django_assert_num_queries):
    for count in (1, 8):
        for number in range(count):
            make_invoice(space, make_user(f"{count}-{number}@example.jp"), 5500)
        with django_assert_num_queries(4):
            assert len(reminders_due(space, DAYS, today=after(due, 3))) >= count


@given(
    days=st.lists(st.integers(0, 40), max_size=4),
    asked=st.sets(st.integers(0, 60), max_size=20),
    paid_on=st.one_of(st.none(), st.integers(0, 60)),
)
@examples(80)
def test_each_reminder_goes_out_once_whenever_the_task_runs(days, asked, paid_on, space, payer):
    with undone():
        make_issuer(space, due_days=0)
        invoice = make_invoice(space, payer, 5500)
        sent = []
        for day in sorted(asked):
            if paid_on is not None and day >= paid_on and not invoice.payments.exists():
                make_payment(space, payer, 5500, invoice=invoice)
            for one in reminders_due(space, days, today=after(TODAY, day)):
                if one.key not in [key for key, _after, _day in sent]:
                    sent.append((one.key, one.after_days, day))

        told = [reminder for _key, reminder, _day in sent]
        assert told == sorted(set(told))
        assert set(told) <= set(days)
        assert all(reminder <= day and day > 0 for _key, reminder, day in sent)
        assert all(paid_on is None or day < paid_on for _key, _reminder, day in sent)
        for day in asked:
            reached = [reminder for reminder in days if reminder <= day and day > 0]
            if reached and (paid_on is None or day < paid_on):
                assert max(reached) in told
