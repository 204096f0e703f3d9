"""The form of a ticket sent several times at once, and two people with one ticket: through the page, each connected."""

import pytest
from django.test import Client

from bookings.models import Booking
from notices.models import Notice
from tests.pages.tickets import ticket_of_all, wished
from tests.races.connections import at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)


def post(address, sent):
    return Client(headers={"accept-language": "en"}).post(address, sent)


def test_form_that_is_sent_five_times_at_once_books_once_and_leads_everyone_to_the_visit(four_spaces):
    ticket = ticket_of_all()

    answers, errors = outcomes(at_once(*[lambda: post(f"/ticket/{ticket.code}/", wished())] * 5))

    assert errors == []
    assert [answer.status_code for answer in answers] == [303] * 5
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert Booking.objects.count() == 1
    assert Notice.objects.filter(kind="booking.confirmed").count() == 1


def test_two_people_with_one_ticket_at_once_and_only_one_has_it(four_spaces):
    ticket = ticket_of_all()
    forms = [wished(email=f"{name}@example.jp", form_key=name) for name in ("aki", "ren")]

    answers, errors = outcomes(at_once(*(lambda sent=sent: post(f"/ticket/{ticket.code}/", sent) for sent in forms)))

    assert errors == []
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert Booking.objects.count() == 1
