"""Closing a month: its figures agree with its rows, and stay."""

from collections import Counter as Tally
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from billing.charging import is_closed, undo
from billing.closing import close_month, figures, next_month, print_of
from billing.models import Charge, Month, Payment
from billing.paying import refund, take_back
from spaces.refusing import codes
from tests.billing.acts import NOW, make_charge, make_invoice, make_payment
from tests.factories import at, make_space, make_user
from tests.properties import examples, undone

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def closes(space, first_on=OCTOBER, now=NOW):
    return close_month(space=space, first_on=first_on, by_id=None, now=now)


def refused(*args, **asked):
    with pytest.raises(ValidationError) as caught:
        closes(*args, **asked)
    return codes(caught.value)


def recomputed(space, first_on):
    """The figures of a month, worked out plainly from all rows."""
    charged, received = Tally(), Tally()
    for one in Charge.objects.filter(space=space):
        if (one.arises_on.year, one.arises_on.month) == (first_on.year, first_on.month) and not one.voided_at:
            charged[one.kind, one.tax_rate] += one.yen
    for one in Payment.objects.filter(space=space):
        if (one.received_on.year, one.received_on.month) == (first_on.year, first_on.month) and not one.voided_at:
            received[one.method] += one.yen
    return charged, received


def shown(kept):
    """The kept figures in the form of `recomputed`; each kind, rate and method stands there once."""
    charged = {(one["kind"], one["tax_rate"]): one["yen"] for one in kept["charges"]}
    received = {one["method"]: one["yen"] for one in kept["payments"]}
    assert (len(charged), len(received)) == (len(kept["charges"]), len(kept["payments"]))
    return charged, received


def test_figures_are_sums_by_kind_and_rate_and_by_method(space, payer):
    for yen, kind, rate in ((1000, "plan", 10), (500, "plan", 10), (300, "room", 8), (800, "cancellation", None)):
        make_charge(space, payer, yen, kind=kind, tax_rate=rate, arises_on=date(2026, 10, 5))
    for yen, method in ((1000, "cash"), (200, "cash"), (700, "transfer")):
        make_payment(space, payer, yen, method=method, received_on=date(2026, 10, 31))

    assert closes(space).figures == {
        "charges": [
            {"kind": "cancellation", "tax_rate": None, "yen": 800},
            {"kind": "plan", "tax_rate": 10, "yen": 1500},
            {"kind": "room", "tax_rate": 8, "yen": 300},
        ],
        "payments": [{"method": "cash", "yen": 1200}, {"method": "transfer", "yen": 700}],
    }


def test_month_holds_its_first_and_its_last_day_and_no_other(space, payer):
    for day in (date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 1)):
        make_charge(space, payer, day.day, arises_on=day)
        make_payment(space, payer, day.day, received_on=day)

    kept = closes(space).figures

    assert (kept["charges"][0]["yen"], kept["payments"][0]["yen"]) == (32, 32)


def test_voided_and_taken_back_do_not_count_and_other_spaces_neither(space, payer):
    there = make_space("elsewhere")
    make_charge(there, payer, arises_on=OCTOBER)
    make_payment(there, payer, received_on=OCTOBER)
    undo(make_charge(space, payer, arises_on=OCTOBER), today=OCTOBER)
    take_back(payment=make_payment(space, payer, received_on=OCTOBER), now=NOW)

    assert closes(space).figures == {"charges": [], "payments": []}


@given(
    charges=st.lists(
        st.tuples(
            st.integers(-5000, 5000).filter(bool),
            st.sampled_from(["plan", "room", "cancellation"]),
            st.sampled_from([10, 8, None]),
            st.integers(-3, 34),
            st.booleans(),
        ),
        max_size=12,
    ),
    payments=st.lists(
        st.tuples(
            st.integers(1, 5000), st.sampled_from(["cash", "transfer", "other"]), st.integers(-3, 34), st.booleans()
        ),
        max_size=12,
    ),
)
@examples(25)
def test_figures_agree_with_a_plain_recomputation(db, charges, payments):
    with undone():
        space, payer = make_space("here"), make_user("here@example.jp")
        for yen, kind, rate, ahead, stands in charges:
            one = make_charge(space, payer, yen, kind=kind, tax_rate=rate, arises_on=OCTOBER + timedelta(days=ahead))
            if not stands:
                undo(one, today=NOVEMBER)
        for yen, method, ahead, stands in payments:
            one = make_payment(space, payer, yen, method=method, received_on=OCTOBER + timedelta(days=ahead))
            if not stands:
                take_back(payment=one, now=NOW)

        expected = recomputed(space, OCTOBER)

        assert shown(closes(space).figures) == expected
        assert shown(figures(space, OCTOBER)) == expected


# When


def test_month_is_closed_when_it_is_over_at_the_space(space):
    """The first of November begins in Japan at 15:00 UTC of the 31st."""
    assert refused(space, now=at("23:59", date(2026, 10, 31))) == {"month_not_over"}
    assert closes(space, now=at("00:00", NOVEMBER)).closed_at == at("00:00", NOVEMBER)


def test_month_is_closed_with_the_figures_that_were_agreed_to_or_not_at_all(space, payer):
    make_charge(space, payer, 1000, arises_on=OCTOBER)
    seen = print_of(figures(space, OCTOBER))
    make_charge(space, payer, 1, arises_on=OCTOBER)

    with pytest.raises(ValidationError) as caught:
        close_month(space=space, first_on=OCTOBER, by_id=None, seen=seen, now=NOW)

    assert codes(caught.value) == {"month_moved"}
    assert not Month.objects.exists()
    close_month(space=space, first_on=OCTOBER, by_id=None, seen=print_of(figures(space, OCTOBER)), now=NOW)


def test_month_that_runs_or_comes_is_not_closed(space):
    assert refused(space, NOVEMBER) == {"month_not_over"}
    assert refused(space, date(2027, 1, 1)) == {"month_not_over"}


def test_month_is_closed_once(space):
    closes(space)

    assert refused(space) == {"month_closed_already"}
    assert Month.objects.count() == 1


def test_who_closed_it_is_kept(space, payer):
    assert close_month(space=space, first_on=OCTOBER, by_id=payer.pk, now=NOW).closed_by == payer


def test_one_space_closes_and_the_other_goes_on(space, payer):
    there = make_space("elsewhere")
    closes(space)

    assert (is_closed(space, date(2026, 10, 31)), is_closed(there, date(2026, 10, 31))) == (True, False)
    make_charge(there, payer, arises_on=OCTOBER)


@pytest.mark.parametrize(
    ("first_on", "following"),
    [
        (date(2026, 1, 1), date(2026, 2, 1)),
        (date(2026, 2, 1), date(2026, 3, 1)),
        (date(2028, 2, 1), date(2028, 3, 1)),
        (date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_next_month_begins_on_the_first(first_on, following):
    assert next_month(first_on) == following


# Frozen


def test_closed_month_takes_no_charge(space, payer):
    closes(space)

    with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
        make_charge(space, payer, arises_on=date(2026, 10, 31))
    make_charge(space, payer, arises_on=NOVEMBER)


def test_correction_is_a_new_entry_and_the_month_keeps_its_figures(space, payer):
    """The wrong charge, the refund and their corrections: October stays, November has the difference."""
    charge = make_charge(space, payer, 3000, arises_on=date(2026, 10, 5))
    make_payment(space, payer, 3000, received_on=date(2026, 10, 6))
    closed = closes(space)
    before = closed.figures

    undo(charge, today=date(2026, 11, 24))
    make_charge(space, payer, 2000, arises_on=date(2026, 11, 24))
    make_invoice(space, payer, [])
    refund(
        space=space,
        payer_id=payer.pk,
        method="cash",
        yen=1000,
        given_on=date(2026, 11, 24),
        taken_by_id=payer.pk,
    )

    closed.refresh_from_db()
    assert closed.figures == before == figures(space, OCTOBER)
    assert shown(figures(space, NOVEMBER)) == ({("plan", 10): -1000}, {"cash": -1000})


def test_invoicing_what_arose_in_a_closed_month_changes_none_of_its_figures(space, payer):
    make_charge(space, payer, arises_on=OCTOBER)
    before = closes(space).figures

    make_invoice(space, payer, [])

    assert figures(space, OCTOBER) == before
