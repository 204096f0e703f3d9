"""Two operators at one visa, or at one host's terms, at the same moment."""

from datetime import timedelta
from functools import partial

import pytest

from bookings.booking import book
from bookings.models import Booking
from bookings.revoking import reissue, revoke
from spaces.refusing import codes
from tests.bookings.taking import take
from tests.factories import TUESDAY, at, make_membership, make_plan, make_resource, make_space, make_user, span
from tests.races.connections import at_once, outcomes
from visas.models import Terms, Visa
from visas.offering import confirm_terms, write_terms

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]
NOW = at("09:00")


@pytest.fixture
def host():
    return make_space("host")


@pytest.fixture
def holder():
    home = make_space("home")
    plan = make_plan(home, make_resource(home), kind="free_pass", price=9000, grants_visa=True)
    return make_membership(make_user("holder@example.jp"), plan).user


def test_of_two_who_write_terms_at_once_one_is_told(host):
    acts = [lambda days=days: write_terms(space=host, by=None, now=NOW, seen=0, days_free=days) for days in (4, 5)]

    done, refused = outcomes(at_once(*acts))

    assert [written.version for written in done] == [1]
    assert [codes(error) for error in refused] == [{"terms_changed"}]
    assert Terms.objects.get() == done[0]


def test_one_form_that_is_sent_twice_at_once_is_one_version(host):
    done, refused = outcomes(
        at_once(*[lambda: write_terms(space=host, by=None, now=NOW, seen=0, days_free=4) for _ in range(3)])
    )

    assert (len(done), refused) == (3, [])
    assert Terms.objects.get().version == 1


def test_who_confirms_while_another_writes_confirms_nothing_unseen(host):
    write_terms(space=host, by=None, now=NOW, days_free=4)

    later = NOW + timedelta(days=1)
    done, refused = outcomes(
        at_once(
            lambda: write_terms(space=host, by=None, now=later, seen=1, days_free=5),
            lambda: confirm_terms(space=host, by=None, now=later, seen=1),
        )
    )

    assert Terms.objects.get(replaced_at=None).days_free == 5
    assert [codes(error) for error in refused] in ([], [{"terms_changed"}])
    assert len(done) + len(refused) == 2


def test_of_two_who_revoke_or_reissue_at_once_one_is_told(holder):
    visa, boss = Visa.objects.get(), make_user("boss@example.jp")

    for act in (
        lambda: revoke(visa=visa, by=boss, reason="x", now=NOW),
        lambda: reissue(visa=visa, by=boss, now=NOW, seen=visa.number),
    ):
        done, refused = outcomes(at_once(act, act))
        assert (len(done), len(refused)) == (1, 1)


def test_visa_that_is_revoked_while_it_is_booked_by_leaves_no_visit(holder, host):
    visa, boss = Visa.objects.get(), make_user("boss@example.jp")
    seats = [make_resource(host) for _ in range(2)]
    for number in range(6):
        visa.refresh_from_db()
        if visa.revoked_at:
            visa = reissue(visa=visa, by=boss, now=NOW)
        days = [TUESDAY + timedelta(days=1 + number), TUESDAY + timedelta(days=14 + number)]
        # Booked on the second first: whoever locks in the order of bookings would lock them crosswise.
        for one, day in zip(reversed(seats), days, strict=True):
            take(holder, one, "11:00", "12:00", day=day)

        asked = {"space": host, "resource_id": seats[0].pk, "span": span("15:00", "16:00", days[0]), "now": NOW}
        at_once(
            partial(revoke, visa=visa, by=boss, reason="x", now=NOW),
            partial(book, user=holder, **asked),
        )

        assert Visa.objects.get().revoked_at
        assert not Booking.objects.live().filter(visa=visa).exists()
