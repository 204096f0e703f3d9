"""Who honours the tickets of a campaign, and what of a campaign may be changed once tickets are issued."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from spaces.refusing import codes
from tests.factories import make_space
from tests.visas.acts import ENDS, NOW, make_campaign, make_owner, make_ticket
from visas.issuing import renew_links
from visas.revising import check_takes_nothing
from visas.taking_part import agree, ask, leave, stop


@pytest.fixture
def home(db):
    return make_space("home")


@pytest.fixture
def away(db):
    return make_space("away")


@pytest.fixture
def campaign(home):
    return make_campaign(home, visits_in_all=2)


def test_space_that_is_asked_again_keeps_its_own_answer(campaign, home, away):
    part = ask(campaign=campaign, space=away, seats_a_day=3, by=make_owner(home), now=NOW)
    agree(part=part, seats_a_day=7, by=make_owner(away), now=NOW)

    again = ask(campaign=campaign, space=away, seats_a_day=3, by=make_owner(make_space("else")), now=NOW)

    assert (again.stands, again.seats_a_day) == (True, 7)


def test_own_space_agrees_at_once_and_changes_its_seats(campaign, home):
    part = ask(campaign=campaign, space=home, seats_a_day=9, by=make_owner(home), now=NOW)

    assert (part.stands, part.seats_a_day) == (True, 9)


def test_space_that_has_left_may_come_back_while_the_campaign_runs(campaign, home, away):
    part = ask(campaign=campaign, space=away, seats_a_day=3, by=make_owner(home), now=NOW)
    assert not leave(part=part, now=NOW).stands
    assert agree(part=part, seats_a_day=2, by=make_owner(away), now=NOW).stands

    leave(part=part, now=NOW)
    stop(campaign=campaign, now=NOW)
    with pytest.raises(ValidationError) as refused:
        agree(part=part, seats_a_day=2, by=None, now=NOW)
    assert codes(refused.value) == {"over"}


def test_tickets_that_are_issued_lose_nothing(campaign):
    less = {"starts_on": date(2026, 11, 2), "ends_on": date(2026, 12, 30), "visits_in_all": 1, "visits_at_each": 0}
    check_takes_nothing(campaign, **less)

    make_ticket(campaign)
    with pytest.raises(ValidationError) as refused:
        check_takes_nothing(campaign, **less)
    assert set(refused.value.error_dict) == set(less)
    check_takes_nothing(campaign, starts_on=date(2026, 10, 1), ends_on=ENDS, visits_in_all=3, visits_at_each=1)


def test_each_renewal_of_links_counts(campaign):
    ticket = make_ticket(campaign)

    assert [renew_links(ticket=ticket).link_version for _time in range(2)] == [1, 2]
