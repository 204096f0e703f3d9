"""Which open invoices a sum pays: what is said must be what then happens (billing/settled.py)."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.amounts import Open, paid_whole, to_name
from billing.settled import Asked, Paid, settled
from tests.properties import examples


def owed(*yen):
    return [Open(key, payer=1, code=f"2026-{key:04}", yen=one) for key, one in enumerate(yen, start=1)]


def told(found):
    return found and ([one.key for one in found.covers], found.meant, found.only)


def test_one_invoice_of_that_amount_is_named():
    assert told(paid_whole(owed(5500, 800), 800)) == ([2], 2, True)
    assert told(paid_whole(owed(5500, 800), 5500)) == ([1], 1, True)


def test_all_that_is_open_needs_no_name():
    assert told(paid_whole(owed(5500, 800, 300), 6600)) == ([1, 2, 3], None, True)


def test_oldest_ones_that_make_up_the_sum_need_no_name():
    assert told(paid_whole(owed(5500, 800, 300), 6300)) == ([1, 2], None, True)


def test_younger_one_with_the_oldest_is_named_and_the_rest_pays_the_oldest():
    assert told(paid_whole(owed(5500, 800, 300), 5800)) == ([3, 1], 3, True)


def test_of_two_equal_invoices_the_older_is_named_and_it_is_not_the_only_way():
    assert told(paid_whole(owed(5500, 5500), 5500)) == ([1], 1, False)


def test_one_invoice_is_likelier_than_several():
    assert told(paid_whole(owed(3000, 2000, 5000), 5000)) == ([3], 3, False)


def test_what_a_payment_can_not_say_is_not_offered():
    assert paid_whole(owed(1, 20, 300, 4000, 50000), 4320) is None


def test_what_makes_up_no_sum_is_nothing():
    assert paid_whole(owed(5500, 800), 5000) is None
    assert paid_whole([], 5000) is None


def test_of_very_many_invoices_none_is_the_only_way():
    assert told(paid_whole(owed(*(10**6 + 2**power for power in range(20))), 10**6 + 4)) == ([3], 3, False)


@given(
    totals=st.lists(st.integers(1, 12), min_size=1, max_size=6),
    before=st.lists(st.tuples(st.integers(1, 12), st.integers(0, 6)), max_size=3),
    yen=st.integers(1, 30),
)
@examples(1500)
def test_what_is_said_to_be_paid_is_paid_and_the_only_way_is_the_only_one(totals, before, yen):
    asked = [Asked(key, total) for key, total in enumerate(totals, start=1)]
    payments = [Paid(paid, meant or None) for paid, meant in before]
    standing = settled(asked, payments)
    left = [Open(one.key, 1, str(one.key), standing.open(one.key)) for one in asked if standing.open(one.key)]

    found = paid_whole(left, yen)

    ways = [
        some
        for count in range(1, len(left) + 1)
        for some in combinations(left, count)
        if sum(o.yen for o in some) == yen
    ]
    if found:
        after = settled(asked, [*payments, Paid(yen, found.meant)])
        covered = {one.key for one in found.covers}
        assert {one.key: after.open(one.key) for one in left} == {
            one.key: 0 if one.key in covered else one.yen for one in left
        }
        assert found.only == (len(ways) == 1)
    else:
        assert all(len(some) > 1 for some in ways)


# Which invoice a payment names to pay chosen ones


@pytest.mark.parametrize(
    ("chosen", "named"),
    [([], None), ([1], 1), ([2], 2), ([1, 2], None), ([1, 3], 3), ([1, 2, 3], None), ([1, 2, 4], 4)],
)
def test_payment_names_the_one_that_is_not_the_oldest(chosen, named):
    assert to_name([1, 2, 3, 4], chosen) == named


def test_beside_a_new_invoice_only_the_oldest_can_be_paid():
    assert to_name([1, 2], [1], is_new_named=True) is None
    assert to_name([1, 2], [], is_new_named=True) is None
    with pytest.raises(ValueError, match="2"):
        to_name([1, 2], [2], is_new_named=True)


@given(yen=st.lists(st.integers(1, 50), max_size=6), data=st.data())
@examples(100)
def test_payment_of_the_sum_pays_the_chosen_ones_and_no_other(yen, data):
    order = list(range(1, len(yen) + 1))
    chosen = data.draw(st.sets(st.sampled_from(order))) if order else set()
    whole = sum(yen[key - 1] for key in chosen)
    asked = [Asked(key, yen[key - 1]) for key in order]
    paid_by = {
        named: {key for key, paid in settled(asked, [Paid(whole, named)]).paid.items() if paid}
        for named in [None, *order]
    }

    try:
        named = to_name(order, chosen)
    except ValueError:
        assert chosen not in paid_by.values()
    else:
        assert paid_by[named] == chosen
