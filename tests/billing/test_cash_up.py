"""What should be in the box, and noting what was in it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from billing.cash_up import MOST_YEN, box, count
from billing.models import CashCount
from billing.paying import refund, take_back
from spaces.refusing import codes
from tests.billing.acts import NOW, TODAY, make_payment
from tests.factories import make_space
from tests.properties import examples, undone

YESTERDAY = TODAY - timedelta(days=1)


def counted(space, payer, yen, day=TODAY, **fields):
    return count(space=space, day=day, counted=yen, by_id=payer.pk, now=NOW, **fields)


def test_box_begins_empty(space):
    assert (box(space, TODAY).counted, box(space, TODAY).expected) == (None, 0)


def test_box_holds_the_last_count_and_the_cash_since(space, payer):
    make_payment(space, payer, 5000, received_on=YESTERDAY - timedelta(days=9))
    counted(space, payer, 20000, YESTERDAY)
    make_payment(space, payer, 800)
    make_payment(space, payer, 700)
    refund(space=space, payer_id=payer.pk, method="cash", yen=300, given_on=TODAY, taken_by_id=payer.pk)

    found = box(space, TODAY)

    assert (found.counted.counted, found.came_in, found.went_out, found.expected) == (20000, 1500, 300, 21200)


def test_transfers_other_spaces_mistakes_and_later_days_are_not_in_the_box(space, payer):
    make_payment(space, payer, 100, method="transfer")
    make_payment(space, payer, 200, method="other")
    make_payment(make_space("elsewhere"), payer, 400)
    make_payment(space, payer, 800, received_on=TODAY + timedelta(days=1))
    take_back(payment=make_payment(space, payer, 1600), now=NOW)

    assert box(space, TODAY).expected == 0


def test_cash_of_the_day_of_a_count_is_part_of_that_count(space, payer):
    counted(space, payer, 1000, YESTERDAY)
    make_payment(space, payer, 800, received_on=YESTERDAY)

    assert box(space, TODAY).expected == 1000
    assert box(space, YESTERDAY).expected == 800


def test_count_is_noted_beside_what_should_be_there(space, payer):
    make_payment(space, payer, 5000)

    noted = counted(space, payer, 4900, note="両替")

    assert (noted.counted, noted.expected, noted.counted - noted.expected, noted.note) == (4900, 5000, -100, "両替")
    assert (noted.counted_by, noted.counted_at) == (payer, NOW)


def test_box_is_counted_once_a_day(space, payer):
    counted(space, payer, 100)

    with pytest.raises(ValidationError) as caught:
        counted(space, payer, 200)

    assert codes(caught.value) == {"counted_already"}
    assert CashCount.objects.get().counted == 100


@pytest.mark.parametrize(
    ("yen", "day", "code"),
    [
        (-1, TODAY, "count_of_yen"),
        (MOST_YEN + 1, TODAY, "count_of_yen"),
        (0, TODAY + timedelta(days=1), "count_in_future"),
    ],
)
def test_what_can_not_be_counted_is_refused(space, payer, yen, day, code):
    with pytest.raises(ValidationError) as caught:
        counted(space, payer, yen, day)

    assert codes(caught.value) == {code}


def test_count_is_noted_only_beside_what_was_seen(space, payer):
    make_payment(space, payer, 5000)

    with pytest.raises(ValidationError) as caught:
        counted(space, payer, 4900, seen=0)
    assert codes(caught.value) == {"box_moved"}
    assert not CashCount.objects.exists()

    assert counted(space, payer, 4900, seen=5000).difference == -100


def test_nothing_and_very_much_can_be_counted(space, payer):
    assert counted(space, payer, 0, YESTERDAY).counted == 0
    assert counted(space, payer, MOST_YEN).counted == MOST_YEN


def test_box_asks_two_queries(space, payer, django_assert_num_queries):
    for _number in range(5):
        make_payment(space, payer, 800)
    with django_assert_num_queries(2):
        assert box(space, TODAY).expected == 4000


@given(
    cash=st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5000)), max_size=15),
    counts=st.dictionaries(st.integers(0, 9), st.integers(0, 5000), max_size=4),
)
@examples(60)
def test_difference_of_each_count_is_what_was_lost_since_the_one_before(cash, counts, space, payer):
    first = date(2026, 11, 1)
    with undone():
        for place, yen in cash:
            make_payment(space, payer, yen, received_on=first + timedelta(days=place))
        noted = [counted(space, payer, yen, first + timedelta(days=place)) for place, yen in sorted(counts.items())]

        before, since = 0, first - timedelta(days=1)
        for one in noted:
            came = sum(yen for place, yen in cash if since < first + timedelta(days=place) <= one.day)
            assert one.expected == before + came
            before, since = one.counted, one.day
        rest = sum(yen for place, yen in cash if first + timedelta(days=place) > since)
        assert box(space, TODAY).expected == before + rest
