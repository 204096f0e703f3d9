"""Consumption tax in prices that include it, and the table of stamps."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.tax import RateTotal, by_rate, stamp_tax, tax_in
from tests.properties import examples

yen = st.integers(-(2**31), 2**31 - 1)
rates = st.sampled_from([10, 8, None])
lines = st.lists(st.tuples(yen, rates), max_size=12)


@pytest.mark.parametrize(
    ("total", "rate", "tax"),
    [
        (1100, 10, 100),
        (1000, 10, 90),  # 90.9
        (800, 10, 72),  # 72.7
        (11, 10, 1),
        (10, 10, 0),
        (1080, 8, 80),
        (1000, 8, 74),  # 74.07
        (0, 10, 0),
        (-1000, 10, -90),
        (-1000, 8, -74),
    ],
)
def test_tax_is_taken_out_of_the_price_and_rounded_toward_zero(total, rate, tax):
    assert tax_in(total, rate) == tax


@given(total=yen, rate=st.sampled_from([10, 8]))
@examples(300)
def test_tax_is_the_exact_one_less_than_a_yen_of_it(total, rate):
    exact = Fraction(total * rate, 100 + rate)

    assert 0 <= abs(exact) - abs(tax_in(total, rate)) < 1
    assert tax_in(-total, rate) == -tax_in(total, rate)


def test_rates_stand_highest_first_and_what_is_outside_the_tax_last():
    found = by_rate([(500, None), (1080, 8), (1100, 10), (2200, 10)])

    assert found == [RateTotal(10, 3300, 300), RateTotal(8, 1080, 80), RateTotal(None, 500, 0)]


def test_no_lines_are_no_rates():
    assert by_rate([]) == []


def test_tax_is_rounded_once_a_rate_and_not_once_a_line():
    """Ten times 1,000 yen hold 909 yen of tax, though each holds 90."""
    assert by_rate([(1000, 10)] * 10) == [RateTotal(10, 10_000, 909)]


def test_charge_and_its_reversal_leave_no_tax():
    assert by_rate([(999, 10), (-999, 10)]) == [RateTotal(10, 0, 0)]


@given(lines=lines)
@examples(300)
def test_sums_by_rate_are_the_sum_of_the_lines(lines):
    found = by_rate(lines)

    assert sum(one.total for one in found) == sum(yen for yen, _rate in lines)
    assert {one.rate for one in found} == {rate for _yen, rate in lines}
    assert len({one.rate for one in found}) == len(found)
    for one in found:
        assert one.total == sum(yen for yen, rate in lines if rate == one.rate)
        assert one.tax == (tax_in(one.total, one.rate) if one.rate else 0)
        assert abs(one.tax) <= abs(one.total)


@given(lines=lines, order=st.randoms(use_true_random=False))
@examples(100)
def test_order_of_the_lines_makes_no_difference(lines, order):
    mixed = list(lines)
    order.shuffle(mixed)

    assert by_rate(mixed) == by_rate(lines)


@given(lines=lines)
@examples(100)
def test_what_is_given_back_mirrors_what_was_charged(lines):
    mirrored = by_rate([(-yen, rate) for yen, rate in lines])

    assert mirrored == [RateTotal(one.rate, -one.total, -one.tax) for one in by_rate(lines)]


# 印紙税法 別表第一 第17号の1文書 (売上代金に係る金銭の受取書): up to how many 万円, the stamp, and the next.
TABLE = [
    (100, 200, 400),
    (200, 400, 600),
    (300, 600, 1_000),
    (500, 1_000, 2_000),
    (1_000, 2_000, 4_000),
    (2_000, 4_000, 6_000),
    (3_000, 6_000, 10_000),
    (5_000, 10_000, 20_000),
    (10_000, 20_000, 40_000),
    (20_000, 40_000, 60_000),
    (30_000, 60_000, 100_000),
    (50_000, 100_000, 150_000),
    (100_000, 150_000, 200_000),
]


@pytest.mark.parametrize("sum_without_tax", [-1, 0, 1, 49_999])
def test_less_than_fifty_thousand_yen_want_no_stamp(sum_without_tax):
    assert stamp_tax(sum_without_tax) == 0


def test_first_stamp_begins_at_fifty_thousand_yen():
    assert stamp_tax(50_000) == 200


@pytest.mark.parametrize(("up_to", "stamp", "following"), TABLE)
def test_stamp_holds_up_to_its_sum_and_no_yen_further(up_to, stamp, following):
    assert stamp_tax(up_to * 10_000) == stamp
    assert stamp_tax(up_to * 10_000 + 1) == following


@given(one=st.integers(0, 2 * 10**9), more=st.integers(0, 10**9))
@examples(200)
def test_higher_sum_never_wants_a_lower_stamp(one, more):
    assert stamp_tax(one) <= stamp_tax(one + more)
