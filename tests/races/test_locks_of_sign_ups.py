"""In which order the acts on a sign-up lock: person, venues, sign-up; also when it moves between venues meanwhile."""

import time

import pytest
from django.db import transaction

from events.adopting import adopt
from events.leaving import leave
from events.models import Rsvp
from events.signing_up import ask_to_confirm, confirm
from notices.models import Notice
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import make_resource, make_space, make_user
from tests.races.connections import PATIENCE, Doing, Raw, raw, run, waits_for_a_lock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]

LOCK_VENUE = "SELECT id FROM events_venue WHERE id = %s FOR NO KEY UPDATE"
LOCK_SIGN_UP = "SELECT id FROM events_rsvp WHERE id = %s FOR NO KEY UPDATE NOWAIT"
LOCK_PERSON = "SELECT id FROM members_user WHERE id = %s FOR NO KEY UPDATE"
DELETE_ACCOUNT = "UPDATE members_user SET is_active = false WHERE id = %s"


@pytest.fixture
def venues():
    here, there = (make_resource(make_space(slug)).space for slug in ("here", "there"))
    jelly = make_event(here)
    return make_venue(jelly, here), make_venue(jelly, there)


@pytest.fixture
def ben():
    user = make_user("ben@example.jp")
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


def is_waited_for(conn: Raw) -> None:
    """Return once somebody waits for what a connection has locked; only how soon we see it depends on the pause."""
    until = time.monotonic() + PATIENCE
    with raw() as [watcher]:
        watcher.autocommit = True
        blocked = "SELECT count(*) FROM pg_locks WHERE %s = ANY(pg_blocking_pids(pid))"
        while not run(watcher, blocked, conn.info.backend_pid):
            assert time.monotonic() < until, "Nobody waits."
            time.sleep(0.005)


def test_who_moved_meanwhile_is_locked_at_no_venue_until_all_are(venues):
    here, there = venues
    rsvp = make_rsvp(here)

    with raw(3) as [moves, keeps_there, looks]:
        run(keeps_there, LOCK_VENUE, there.pk)
        run(moves, LOCK_VENUE, here.pk)
        leaves = Doing(lambda: leave(rsvp=rsvp, now=NOW))
        is_waited_for(moves)
        # Past the guard, which would wait for the other venue itself.
        run(moves, "SET session_replication_role = replica")
        run(moves, "UPDATE events_rsvp SET venue_id = %s WHERE id = %s", there.pk, rsvp.pk)
        moves.commit()
        is_waited_for(keeps_there)

        assert run(looks, LOCK_SIGN_UP, rsvp.pk) == rsvp.pk
        assert run(looks, f"{LOCK_VENUE} NOWAIT", here.pk) == here.pk
        looks.rollback()
        keeps_there.rollback()

    assert leaves.result().venue == there


def test_what_is_confirmed_while_the_account_is_deleted_is_nobodys(venues, ben):
    ask_to_confirm(venue=venues[0], name="Ben", email=ben.email, language="en", now=NOW)

    with raw() as [deletes]:
        run(deletes, LOCK_PERSON, ben.pk)
        confirms = Doing(lambda: confirm(rsvp=Rsvp.objects.get(), now=NOW))
        waits_for_a_lock()
        run(deletes, DELETE_ACCOUNT, ben.pk)
        deletes.commit()

    assert (confirms.result().user, Rsvp.objects.get().user) == (None, None)


def test_what_is_adopted_while_the_account_is_deleted_is_nobodys(venues, ben):
    make_rsvp(venues[0], person=ben.email)

    with raw() as [deletes]:
        run(deletes, LOCK_PERSON, ben.pk)
        adopts = Doing(lambda: adopt(ben))
        waits_for_a_lock()
        run(deletes, DELETE_ACCOUNT, ben.pk)
        deletes.commit()

    adopts.result()
    assert Rsvp.objects.get().user is None


def test_who_confirms_while_the_same_address_is_typed_at_another_venue_keeps_the_place(venues):
    here, there = venues
    wish = {"name": "Visitor", "email": "visitor@example.jp", "language": "en", "now": NOW}
    ask_to_confirm(venue=here, **wish)
    rsvp = Rsvp.objects.get()

    with transaction.atomic():
        confirm(rsvp=rsvp, now=NOW)
        asks = Doing(lambda: ask_to_confirm(venue=there, **wish))
        waits_for_a_lock()

    asks.result()
    rsvp.refresh_from_db()
    assert (rsvp.is_going, rsvp.venue) == (True, here)
    assert Notice.objects.filter(kind="event.link", recipient="visitor@example.jp").count() == 1
