"""Invoices of the month, issued by several workers at the same moment."""

import pytest

from billing.models import Charge, Invoice
from billing.monthly import issue_monthly
from tests.billing.acts import NOW, TODAY, make_charge
from tests.factories import make_space, make_user
from tests.races.connections import at_once, deadlocks, outcomes


@pytest.mark.django_db(transaction=True)
def test_three_workers_at_once_put_each_charge_on_one_invoice():
    before, space = deadlocks(), make_space()
    payers = [make_user(f"payer{number}@example.jp") for number in range(8)]
    charges = [make_charge(space, one, 1000) for one in payers for _ in range(3)]

    issued, refused = outcomes(at_once(*[lambda: issue_monthly(space, TODAY, NOW)] * 3))

    assert (refused, deadlocks()) == ([], before)
    assert sum(len(one) for one in issued) == 8
    assert dict(Invoice.objects.values_list("payer", "total")) == {one.pk: 3000 for one in payers}
    assert sorted(Invoice.objects.values_list("number", flat=True)) == list(range(1, 9))
    assert Charge.objects.filter(invoice__isnull=False).count() == len(charges)
