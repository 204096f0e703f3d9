"""What PostgreSQL refuses of terms, visas and their showings, whoever writes the rows.

Visits by visa: tests/bookings/test_by_visa.py and tests/visas/test_holding.py; two transactions at once:
tests/races/test_visas.py.
"""

from datetime import time

import pytest
from django.db.models import ProtectedError

from tests.factories import make_membership, make_plan, make_resource, make_space, make_user
from tests.postgres import change, copy, refused, refused_copy
from tests.visas.acts import NOW
from visas.models import Showing, Terms, Visa

NUMBERS = ["1234567889", "2345678951"]


@pytest.fixture
def space(db):
    return make_resource(make_space()).space


@pytest.fixture
def terms(space):
    return Terms.objects.create(space=space)


@pytest.fixture
def visa(space):
    return make_membership(make_user(), make_plan(space, kind="free_pass", grants_visa=True)).visa


@pytest.fixture
def showing(visa):
    return Showing.objects.create(visa=visa, shown_to=make_user("operator@example.jp"), code_key="0" * 64)


def test_terms_version_once(terms):
    change(terms, replaced_at=NOW)
    copy(terms, version=2)

    assert refused_copy(terms) == "terms_version_once"


def test_terms_one_that_counts(terms):
    assert refused_copy(terms, version=2) == "terms_one_that_counts"

    copy(terms, version=2, replaced_at=NOW)


@pytest.mark.parametrize("days", [2, 32])
def test_terms_days_of_a_month(terms, days):
    assert refused(terms, days_free=days) == "terms_days_of_a_month"

    change(terms, days_free=31)


def test_terms_percent_below_all(terms):
    change(terms, percent_off=90)

    assert refused(terms, percent_off=91) == "terms_percent_below_all"


@pytest.mark.parametrize(("opens", "closes"), [(time(10), None), (None, time(18)), (time(18), time(10))])
def test_terms_hours_of_a_day(terms, opens, closes):
    assert refused(terms, opens=opens, closes=closes) == "terms_hours_of_a_day"

    change(terms, opens=time(10), closes=time(18))


def test_visas_visa_number_is_unique(visa, space):
    other = make_membership(make_user("other@example.jp"), visa.membership.agreed_plans.get().plan).visa

    assert refused(other, number=visa.number) == "visas_visa_number_key"


def test_visas_visa_is_one_for_a_membership(visa):
    assert refused_copy(visa, number=next(number for number in NUMBERS if number != visa.number)) == (
        "visas_visa_membership_id_key"
    )


def test_visa_revoke_reason_of_a_revoked(visa):
    assert refused(visa, revoke_reason="他人に貸した") == "visa_revoke_reason_of_a_revoked"

    change(visa, revoke_reason="他人に貸した", revoked_at=NOW)


def test_showing_code_once(showing):
    for _typed in range(2):
        copy(showing, code_key=None)

    assert refused_copy(showing) == "showing_code_once"


def test_membership_that_has_a_visa_is_not_deleted(visa):
    with pytest.raises(ProtectedError):
        visa.membership.delete()


def test_visa_is_not_granted_twice(visa):
    membership = visa.membership
    change(membership, status="paused")
    change(membership, status="active")

    assert Visa.objects.get() == visa
