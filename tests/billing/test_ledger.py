"""The ledger: entries and sums by day and by kind, balances, open invoices; all agree with a plain count."""

from collections import defaultdict
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from billing.balances import open_charges, standing_of
from billing.charging import undo
from billing.closing import figures
from billing.invoicing import reissue, void
from billing.ledger import balance_on, balances, by_day, by_kind, by_month, entries, entry_count, open_invoices
from billing.models import Charge, Payment
from billing.paying import refund, take_back
from tests.billing.acts import NOW, TODAY, make_charge, make_invoice, make_payment
from tests.factories import make_space, make_user
from tests.properties import examples, undone

MONDAY, WEDNESDAY = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def told(found):
    return [(one.day, one.yen, one.balance) for one in found]


def test_entries_are_told_by_day_with_the_running_balance(space, payer, other):
    make_charge(space, payer, 5500, arises_on=MONDAY)
    make_payment(space, other, 800, received_on=TODAY)
    make_charge(space, other, 800, arises_on=TODAY, kind="drop_in")
    make_payment(space, payer, 5000, received_on=WEDNESDAY)

    found = entries(space, MONDAY, WEDNESDAY)

    assert told(found) == [(MONDAY, 5500, 5500), (TODAY, 800, 6300), (TODAY, -800, 5500), (WEDNESDAY, -5000, 500)]
    assert [(one.kind, one.payer_id) for one in found[1:3]] == [("drop_in", other.pk), ("cash", other.pk)]


def test_span_begins_with_what_was_owed_before_it_and_holds_both_its_days(space, payer):
    for day in (MONDAY, TODAY, WEDNESDAY):
        make_charge(space, payer, 1000, arises_on=day)

    assert told(entries(space, TODAY, TODAY)) == [(TODAY, 1000, 2000)]
    assert entries(space, WEDNESDAY + timedelta(days=1), WEDNESDAY + timedelta(days=9)) == []


def test_part_of_the_entries_keeps_their_balances(space, payer):
    for day in (MONDAY, TODAY, WEDNESDAY):
        make_charge(space, payer, 1000, arises_on=day)
    make_payment(space, payer, 500, received_on=TODAY)

    assert entry_count(space, TODAY, WEDNESDAY) == 3
    assert told(entries(space, TODAY, WEDNESDAY, skip=1, most=1)) == [(TODAY, -500, 1500)]
    assert entries(space, TODAY, WEDNESDAY, skip=3, most=50) == []


def test_months_are_summed_with_the_balance_at_their_end(space, payer):
    for day, yen in ((date(2026, 9, 30), 100), (date(2026, 10, 1), 1000), (date(2026, 10, 31), 2000)):
        make_charge(space, payer, yen, arises_on=day)
    make_payment(space, payer, 500, received_on=date(2026, 10, 7))

    september, october = by_month(space)

    assert (september.day, september.charged, september.balance) == (date(2026, 9, 1), 100, 100)
    assert (october.day, october.charged, october.paid, october.balance) == (date(2026, 10, 1), 3000, 500, 2600)
    [from_the_second] = by_month(space, date(2026, 10, 2))
    assert (from_the_second.charged, from_the_second.balance) == (2000, 2600)


def test_balance_of_a_day_is_what_was_owed_at_its_end(space, payer):
    make_charge(space, payer, 1000, arises_on=MONDAY)
    make_payment(space, payer, 400, received_on=TODAY)

    days = [MONDAY - timedelta(days=1), MONDAY, TODAY, WEDNESDAY]
    assert [balance_on(space, day) for day in days] == [0, 1000, 600, 600]


def test_what_is_voided_or_taken_back_or_of_another_space_is_not_in_it(space, payer):
    undo(make_charge(space, payer, 5500), today=TODAY)
    take_back(payment=make_payment(space, payer, 5500), now=NOW)
    make_charge(make_space("elsewhere"), payer, 700)

    assert entries(space, MONDAY, WEDNESDAY) == []
    assert by_day(space, MONDAY, WEDNESDAY) == []
    assert by_kind(space, MONDAY, WEDNESDAY) == {"charges": [], "payments": []}
    assert balances(space) == []


def test_reversal_and_refund_are_entries_of_their_own(space, payer):
    invoice = make_invoice(space, payer, 5500)
    make_payment(space, payer, 5500)
    undo(invoice.charges.get(), today=WEDNESDAY)
    make_invoice(space, payer, 500)
    refund(space=space, payer_id=payer.pk, method="cash", yen=5000, given_on=WEDNESDAY, taken_by_id=payer.pk)

    assert [one.yen for one in entries(space, MONDAY, WEDNESDAY)] == [5500, 500, -5500, -5500, 5000]
    assert [(one.day, one.charged, one.paid, one.balance) for one in by_day(space, MONDAY, WEDNESDAY)] == [
        (TODAY, 6000, 5500, 500),
        (WEDNESDAY, -5500, -5000, 0),
    ]


def test_kinds_and_rates_and_methods_are_summed_up(space, payer):
    make_charge(space, payer, 5500)
    make_charge(space, payer, 4500)
    make_charge(space, payer, 800, kind="cancellation", tax_rate=None)
    make_payment(space, payer, 300, method="cash")
    make_payment(space, payer, 700, method="transfer")

    assert by_kind(space, TODAY, TODAY) == {
        "charges": [
            {"kind": "cancellation", "tax_rate": None, "yen": 800},
            {"kind": "plan", "tax_rate": 10, "yen": 10000},
        ],
        "payments": [{"method": "cash", "yen": 300}, {"method": "transfer", "yen": 700}],
    }


def test_balance_tells_what_is_open_waiting_or_credit(space, payer, other):
    make_invoice(space, payer, 5500)
    make_payment(space, payer, 500)
    make_charge(space, payer, 100)
    make_payment(space, other, 300)

    first, second = balances(space)

    assert (first.payer_id, first.open, first.credit, first.waiting, first.owed) == (payer.pk, 5000, 0, 100, 5100)
    assert (second.payer_id, second.open, second.credit, second.waiting, second.owed) == (other.pk, 0, 300, 0, -300)


def test_open_invoices_say_what_is_left_and_since_when(space, payer, other):
    old = make_invoice(space, payer, 5500)
    young = make_invoice(space, payer, 800)
    make_invoice(space, other, 300)
    make_payment(space, other, 300)
    make_payment(space, payer, 5000)

    due = old.due_on
    found = open_invoices(space, today=due + timedelta(days=3))

    assert [(one.invoice, one.open, one.days_overdue) for one in found] == [(old, 500, 3), (young, 800, 3)]
    assert [one.days_overdue for one in open_invoices(space, today=due)] == [0, 0]


def test_voided_invoice_is_not_open_and_one_in_its_place_is(space, payer):
    invoice = make_invoice(space, payer, 5500)
    make_payment(space, payer, 500, invoice=invoice)
    anew = reissue(invoice=invoice, reason="宛名", now=NOW)

    assert [(one.invoice, one.open) for one in open_invoices(space, today=TODAY)] == [(anew, 5000)]

    void(invoice=anew, reason="誤り", now=NOW)

    assert open_invoices(space, today=TODAY) == []
    [standing] = balances(space)
    assert (standing.open, standing.credit, standing.waiting, standing.owed) == (0, 500, 5500, 5000)


def test_queries_do_not_grow_with_the_rows(space, django_assert_num_queries):
    def fill(count):
        for number in range(count):
            person = make_user(f"{count}-{number}@example.jp")
            make_invoice(space, person, [5500, 800])
            make_invoice(space, person, 300)
            make_payment(space, person, 500)

    for count in (1, 12):
        fill(count)
        with django_assert_num_queries(1):
            entries(space, MONDAY, WEDNESDAY)
        with django_assert_num_queries(1):
            by_day(space, MONDAY, WEDNESDAY)
        with django_assert_num_queries(2):
            by_kind(space, MONDAY, WEDNESDAY)
        with django_assert_num_queries(1):
            balances(space)
        with django_assert_num_queries(4):
            assert [str(one.invoice.payer) for one in open_invoices(space, today=TODAY)]


steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["charge", "back", "undo", "issue", "void", "reissue", "pay", "pay_meant", "refund", "take_back"]
        ),
        st.integers(0, 1),
        st.integers(0, 40),
        st.integers(1, 30),
    ),
    max_size=25,
)


@given(steps=steps)
@examples(120)
def test_ledger_agrees_with_a_plain_count_whatever_happened(steps, space, payer, other):
    payers = [payer, other]
    with undone():
        for step in steps:
            try:
                happen(space, payers, *step)
            except ValidationError:
                continue
        agrees(space, payers)


def happen(space, payers, what, who, when, yen):
    person, day = payers[who], date(2026, 11, 1) + timedelta(days=when)
    charges = list(Charge.objects.filter(space=space, payer=person).order_by("pk"))
    invoices = [one.invoice for one in charges if one.invoice]
    payments = list(Payment.objects.filter(space=space, payer=person).order_by("pk"))
    if what == "charge":
        make_charge(
            space, person, yen * 100, arises_on=day, kind=["plan", "room"][yen % 2], tax_rate=[10, None, 8][yen % 3]
        )
    elif what == "back":
        make_charge(space, person, -yen * 50, arises_on=day, kind="other")
    elif what == "issue":
        make_invoice(space, person, [])
    elif what == "pay":
        make_payment(space, person, yen * 70, received_on=day, method=["cash", "transfer"][yen % 2])
    elif what == "refund":
        refund(space=space, payer_id=person.pk, method="cash", yen=yen * 10, given_on=day, taken_by_id=person.pk)
    elif what == "undo" and charges:
        undo(charges[when % len(charges)], today=day)
    elif what == "void" and invoices:
        void(invoice=invoices[when % len(invoices)], reason="誤り", now=NOW)
    elif what == "reissue" and invoices:
        reissue(invoice=invoices[when % len(invoices)], reason="宛名", now=NOW)
    elif what == "pay_meant" and invoices:
        make_payment(space, person, yen * 70, received_on=day, invoice=invoices[when % len(invoices)])
    elif what == "take_back" and payments:
        take_back(payment=payments[when % len(payments)], now=NOW)


def agrees(space, payers):
    first, last = date(2026, 11, 5), date(2026, 11, 30)
    charges = list(Charge.objects.filter(space=space, voided_at=None))
    payments = list(Payment.objects.filter(space=space, voided_at=None))
    moves = sorted(
        [(one.arises_on, False, one.pk, one.yen) for one in charges]
        + [(one.received_on, True, one.pk, -one.yen) for one in payments]
    )
    running, in_span, days = 0, [], defaultdict(lambda: [0, 0])
    for day, is_payment, key, yen in moves:
        running += yen
        if first <= day <= last:
            in_span.append((day, is_payment, key, yen, running))
            days[day][is_payment] += -yen if is_payment else yen
    at_end = {day: balance for day, _is, _key, _yen, balance in in_span}

    assert [(e.day, e.is_payment, e.key, e.yen, e.balance) for e in entries(space, first, last)] == in_span
    assert [(one.day, one.charged, one.paid, one.balance) for one in by_day(space, first, last)] == [
        (day, *sums, at_end[day]) for day, sums in sorted(days.items())
    ]

    kinds = by_kind(space, first, last)
    assert figures(space, date(2026, 11, 1)) == by_kind(space, date(2026, 11, 1), date(2026, 11, 30))
    assert sum(one["yen"] for one in kinds["charges"]) == sum(sums[0] for sums in days.values())
    assert sum(one["yen"] for one in kinds["payments"]) == sum(sums[1] for sums in days.values())

    standing = {one.payer_id: one for one in balances(space)}
    assert sum(one.owed for one in standing.values()) == sum(yen for *_rest, yen in moves)
    listed = open_invoices(space, today=TODAY)
    for person in payers:
        plain = standing_of(space, person.pk)
        assert {one.invoice.pk: one.open for one in listed if one.invoice.payer_id == person.pk} == {
            key: plain.open(key) for key in plain.asked if plain.open(key)
        }
        if found := standing.get(person.pk):
            assert (found.open, found.credit) == (plain.open_in_all, plain.credit)
            assert found.waiting == open_charges(space, person.pk)
