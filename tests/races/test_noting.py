"""Two people who note the same list at once, and one who does it while the month is closed."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from billing.bank_list import read
from billing.closing import close_month, figures
from billing.models import Payment
from billing.noting import Chosen, note_all
from spaces.refusing import codes
from tests.billing.acts import NOW
from tests.factories import make_space, make_user
from tests.races.connections import at_once, deadlocks, outcomes

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = read(
    ("取引日,入出金,内容\n" + "".join(f"202610{day:02},{day * 100},ヤマダ\n" for day in range(1, 31))).encode()
).rows


@pytest.fixture
def space(transactional_db):
    return make_space()


@pytest.fixture
def payer(transactional_db):
    return make_user()


def test_one_list_noted_by_two_at_once_is_noted_once(space, payer):
    chosen = [Chosen(row, payer.pk) for row in ROWS]
    before = deadlocks()

    def act(order):
        return lambda: note_all(space=space, chosen=order, taken_by_id=payer.pk, now=NOW)

    for _round in range(3):
        done, wrong = outcomes(at_once(act(chosen), act(chosen[::-1])))

        assert len(done) == 1
        assert [codes(error) for error in wrong if isinstance(error, ValidationError)] == [{"noted_already"}]
        assert Payment.objects.standing().count() == len(ROWS)
        Payment.objects.update(voided_at=NOW)
    assert deadlocks() == before


def test_list_is_noted_before_its_month_is_closed_or_not_at_all(space, payer):
    chosen = [Chosen(row, payer.pk) for row in ROWS]
    month = date(2026, 10, 1)

    noting, closing = at_once(
        lambda: note_all(space=space, chosen=chosen, taken_by_id=payer.pk, now=NOW),
        lambda: close_month(space=space, first_on=month, by_id=payer.pk, now=NOW),
    )

    assert closing.error is None
    assert closing.outcome.figures == figures(space, month)
    assert Payment.objects.count() == (0 if noting.error else len(ROWS))
    assert noting.error is None or codes(noting.error) == {"month_closed"}
