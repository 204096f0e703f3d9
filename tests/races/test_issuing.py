"""Tickets that are issued while their campaign ends, or is made to give less."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from spaces.refusing import codes
from tests.factories import make_resource, make_space
from tests.races.connections import Doing, waits_for_a_lock
from tests.visas.acts import ENDS, NOW, make_campaign
from visas.issuing import issue_tickets
from visas.models import Campaign, Ticket
from visas.revising import check_takes_nothing
from visas.taking_part import stop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(make_resource(make_space("here")).space, visits_in_all=2)


def issues(campaign: Campaign) -> Doing:
    return Doing(lambda: issue_tickets(campaign=campaign, count=1, now=NOW))


def test_who_issues_while_a_campaign_is_being_ended_waits_and_is_told(campaign):
    with transaction.atomic():
        stop(campaign=campaign, now=NOW)
        issuing = issues(Campaign.objects.get())
        waits_for_a_lock()

    error = issuing.settle()

    assert isinstance(error, ValidationError)
    assert codes(error) == {"campaign_over"}
    assert not Ticket.objects.exists()


def test_who_issues_waits_for_a_campaign_that_is_made_to_give_less(campaign):
    """Otherwise the tickets would promise what the campaign takes away at the same moment."""
    less = {"starts_on": date(2026, 11, 1), "ends_on": ENDS, "visits_in_all": 1, "visits_at_each": 1}
    with transaction.atomic():
        check_takes_nothing(campaign, **less)
        issuing = issues(campaign)
        waits_for_a_lock()
        Campaign.objects.update(**less)

    [ticket] = issuing.result()

    assert ticket.campaign.visits_in_all == 1
