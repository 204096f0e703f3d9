"""One's own calendar from several devices at once: one address is good, however they meet."""

import pytest

from events.models import CalendarFeed
from events.own_calendar import owner_of, renew, revoke
from tests.conftest import NOW
from tests.factories import make_user
from tests.races.connections import at_once, outcomes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]


@pytest.mark.parametrize("has_one", [False, True])
def test_addresses_made_at_once_leave_one_that_is_good(has_one):
    ben = make_user()
    old = renew(user=ben, now=NOW) if has_one else ""

    tokens, errors = outcomes(at_once(*[lambda: renew(user=ben, now=NOW)] * 8))

    assert errors == []
    assert len(set(tokens)) == 8
    assert [owner_of(token) for token in tokens].count(ben) == 1
    assert owner_of(old) is None
    assert CalendarFeed.objects.filter(revoked_at=None).count() == 1


def test_address_that_is_made_and_taken_back_at_once_is_good_or_not_and_never_twice():
    ben = make_user()

    _done, errors = outcomes(at_once(*[lambda: renew(user=ben, now=NOW), lambda: revoke(user=ben, now=NOW)] * 4))

    assert errors == []
    assert CalendarFeed.objects.filter(revoked_at=None).count() <= 1
