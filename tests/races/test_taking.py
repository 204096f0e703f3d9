"""A button that is pressed twice: two requests with one form at the same moment."""

from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from billing.models import Invoice, Payment
from billing.taking import take
from spaces.refusing import codes
from tests.billing.acts import NOW, TODAY, make_charge
from tests.factories import make_space, make_user
from tests.races.connections import at_once, outcomes


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_charge", [True, False])
def test_form_that_is_sent_four_times_at_once_is_noted_once(has_charge):
    space, payer = make_space(), make_user()
    charges = [make_charge(space, payer, 1000).pk] if has_charge else []

    def sends() -> Payment:
        return take(
            space=space,
            payer_id=payer.pk,
            method="cash",
            yen=1000,
            received_on=TODAY,
            taken_by_id=payer.pk,
            charges=charges,
            addressee="山田",
            form_key=UUID(int=7),
            now=NOW,
        )

    noted, refused = outcomes(at_once(*[sends] * 4))

    assert len(noted) == 1
    assert {code for error in refused for code in codes(error)} == {
        "nothing_open" if has_charge else "form_sent_already"
    }
    assert (Payment.objects.count(), Invoice.objects.count()) == (1, len(charges))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_charge", [True, False])
def test_button_that_is_pressed_four_times_leads_each_time_to_a_page_and_notes_once(dorinoki, dai, as_user, has_charge):
    space, payer = dorinoki.space, make_user("payer@example.jp")
    charge = make_charge(space, payer, 1000)
    where = reverse("admin:billing_payment_take", args=[payer.pk, "dorinoki"])
    sent = {"yen": 1000, "method": "cash", "day": TODAY, "addressee": "山田", "form_key": uuid4()}
    sent |= {"charges": [charge.pk]} if has_charge else {}
    clients = [as_user(dai) for _ in range(4)]

    answers, wrong = outcomes(at_once(*[lambda client=client: client.post(where, sent) for client in clients]))

    assert ([answer.status_code for answer in answers], wrong) == ([302] * 4, [])
    assert (Payment.objects.count(), Invoice.objects.count()) == (1, 1 if has_charge else 0)
