"""Issuing tickets: of a campaign as it is, not as it was when somebody opened its page."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from spaces.refusing import codes
from tests.visas.acts import ENDS, NOW, make_campaign
from visas.issuing import issue_tickets
from visas.models import Campaign, Ticket
from visas.taking_part import stop


@pytest.fixture
def campaign(dorinoki) -> Campaign:
    return make_campaign(dorinoki.space)


def test_no_ticket_is_issued_of_a_campaign_that_somebody_has_ended_meanwhile(campaign):
    stop(campaign=Campaign.objects.get(), now=NOW)

    with pytest.raises(ValidationError) as refused:
        issue_tickets(campaign=campaign, count=3, now=NOW)

    assert codes(refused.value) == {"campaign_over"}
    assert not Ticket.objects.exists()


def test_tickets_are_issued_of_a_campaign_that_somebody_has_let_go_on_meanwhile(campaign):
    Campaign.objects.update(ends_on=ENDS + timedelta(days=31))

    assert len(issue_tickets(campaign=campaign, count=3, now=NOW + timedelta(days=50))) == 3
