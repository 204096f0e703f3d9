"""How payments are shared out over invoices, worked out from nothing but the two lists."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from billing.settled import Asked, Paid, settled
from tests.properties import examples

sums = st.integers(-3000, 3000)
asked = st.lists(sums, max_size=6).map(lambda yen: [Asked(key, one) for key, one in enumerate(yen)])
payments = st.lists(
    st.builds(Paid, sums.filter(bool), st.one_of(st.none(), st.integers(0, 7))),
    max_size=6,
)


def test_nothing_asked_and_nothing_paid():
    standing = settled([], [])

    assert (standing.paid, standing.credit, standing.open_in_all) == ({}, 0, 0)


def test_oldest_is_paid_first():
    standing = settled([Asked(1, 1000), Asked(2, 1000)], [Paid(1500)])

    assert (standing.paid, standing.credit) == ({1: 1000, 2: 500}, 0)
    assert (standing.open(1), standing.open(2), standing.open_in_all) == (0, 500, 500)


def test_what_the_payer_meant_is_paid_before_the_oldest():
    standing = settled([Asked(1, 1000), Asked(2, 1000)], [Paid(1000, meant=2)])

    assert standing.paid == {1: 0, 2: 1000}


def test_what_the_meant_one_leaves_pays_the_oldest():
    standing = settled([Asked(1, 1000), Asked(2, 1000)], [Paid(1300, meant=2)])

    assert (standing.paid, standing.credit) == ({1: 300, 2: 1000}, 0)


def test_payment_that_means_an_invoice_comes_before_an_earlier_one_that_means_none():
    standing = settled([Asked(1, 1000), Asked(2, 1000)], [Paid(1000), Paid(1000, meant=1)])

    assert (standing.paid, standing.credit) == ({1: 1000, 2: 1000}, 0)


def test_payment_for_an_invoice_that_does_not_stand_pays_the_oldest():
    assert settled([Asked(1, 1000)], [Paid(400, meant=9)]).paid == {1: 400}


def test_too_much_is_credit_and_pays_the_next_invoice():
    assert settled([Asked(1, 1000)], [Paid(1600)]).credit == 600

    standing = settled([Asked(1, 1000), Asked(2, 400)], [Paid(1600)])
    assert (standing.paid, standing.credit) == ({1: 1000, 2: 400}, 200)


def test_invoice_below_zero_is_credit():
    standing = settled([Asked(1, 1000), Asked(2, -300)], [])

    assert (standing.paid, standing.credit) == ({1: 300, 2: 0}, 0)
    assert (standing.open(1), standing.open(2)) == (700, 0)


def test_payment_meant_for_an_invoice_below_zero_pays_the_others():
    assert settled([Asked(1, -300), Asked(2, 1000)], [Paid(200, meant=1)]).paid == {1: 0, 2: 500}


def test_invoice_of_nothing_takes_nothing():
    standing = settled([Asked(1, 0)], [Paid(100, meant=1)])

    assert (standing.paid, standing.credit) == ({1: 0}, 100)


def test_refund_is_taken_from_the_credit():
    assert settled([Asked(1, 1000)], [Paid(1600), Paid(-600)]).credit == 0


def test_refund_beyond_the_credit_opens_what_was_paid_last():
    standing = settled([Asked(1, 1000), Asked(2, 1000)], [Paid(2000), Paid(-300)])

    assert (standing.paid, standing.credit) == ({1: 1000, 2: 700}, 0)


def test_refund_that_nothing_stands_behind_is_owed_back():
    assert settled([], [Paid(-300)]).credit == -300


def test_refund_names_no_invoice_even_if_its_row_does():
    assert settled([Asked(1, 1000)], [Paid(1500), Paid(-500, meant=1)]).paid == {1: 1000}


@given(asked=asked, payments=payments)
@examples(500)
def test_no_yen_is_made_or_lost(asked, payments):
    standing = settled(asked, payments)

    given_back = sum(-one.yen for one in asked if one.yen < 0)
    assert sum(standing.paid.values()) + standing.credit == sum(one.yen for one in payments) + given_back
    for one in asked:
        assert 0 <= standing.paid[one.key] <= max(one.yen, 0)
        assert standing.open(one.key) == max(one.yen, 0) - standing.paid[one.key]
    owed = sum(one.yen for one in asked) - sum(one.yen for one in payments)
    assert standing.open_in_all - standing.credit == owed


@given(asked=asked, payments=payments)
@examples(300)
def test_there_is_no_credit_beside_an_open_invoice(asked, payments):
    standing = settled(asked, payments)

    assert standing.credit <= 0 or standing.open_in_all == 0
    assert standing.credit >= 0 or sum(standing.paid.values()) == 0


@given(asked=asked, payments=st.lists(st.builds(Paid, sums.filter(bool), st.integers(0, 3)), max_size=4))
@examples(60)
def test_order_of_the_payments_makes_no_difference(asked, payments):
    found = {
        (tuple(one.paid.items()), one.credit) for one in (settled(asked, mixed) for mixed in permutations(payments))
    }

    assert len(found) == 1


@given(asked=asked, payments=payments, order=st.randoms(use_true_random=False))
@examples(100)
def test_order_of_the_invoices_changes_neither_the_credit_nor_what_is_open(asked, payments, order):
    mixed = list(asked)
    order.shuffle(mixed)

    one, other = settled(asked, payments), settled(mixed, payments)

    assert (one.credit, one.open_in_all) == (other.credit, other.open_in_all)


@given(asked=asked, payments=st.lists(st.builds(Paid, st.integers(1, 3000)), max_size=5))
@examples(200)
def test_older_invoice_is_paid_whole_before_a_newer_gets_anything(asked, payments):
    standing = settled(asked, payments)

    opened = [one.key for one in asked if standing.open(one.key)]
    assert all(standing.paid[one.key] == 0 for one in asked if opened and one.key > opened[0])


@given(asked=asked, payments=payments, more=st.integers(1, 3000), meant=st.integers(0, 5))
@examples(200)
def test_one_more_payment_opens_nothing(asked, payments, more, meant):
    before, after = settled(asked, payments), settled(asked, [*payments, Paid(more, meant)])

    assert after.open_in_all <= before.open_in_all
    assert after.credit >= before.credit
    assert after.credit - before.credit + before.open_in_all - after.open_in_all == more


@given(asked=asked, payments=payments)
@examples(200)
def test_meant_payment_pays_what_was_meant(asked, payments):
    """Without refunds, an invoice has at least what was meant for it, as far as it asks for that much."""
    came = [one for one in payments if one.yen > 0]

    standing = settled(asked, came)

    for one in asked:
        meant = sum(each.yen for each in came if each.meant == one.key)
        assert standing.paid[one.key] >= min(meant, max(one.yen, 0))
