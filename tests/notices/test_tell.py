"""Putting notices into the outbox: once each, in the transaction of what they tell."""

import pytest
from django.db import transaction

from notices.kinds import Kind, Topic, kind_of, labels, register
from notices.models import Notice
from notices.outbox import tell
from tests.factories import at
from tests.notices.conftest import make_notice


def test_notice_waits_until_it_is_due(db):
    notice = make_notice(due_at=at("17:00"))

    assert (notice.state, notice.try_at, notice.attempts, notice.settled_at) == ("waiting", at("17:00"), 0, None)


def test_same_thing_is_told_once(db):
    make_notice("one", recipient="first@example.jp")
    make_notice("one", recipient="second@example.jp")

    assert Notice.objects.get().recipient == "first@example.jp"


def test_what_is_new_is_told_beside_what_is_known(db):
    make_notice("one")
    common = {"kind": "test.letter", "subject_key": "test:1", "recipient": "a@example.jp", "language": "ja"}

    tell([Notice(dedupe_key=key, due_at=at("09:00"), **common) for key in ("one", "two")])

    assert sorted(Notice.objects.values_list("dedupe_key", flat=True)) == ["one", "two"]


def test_same_thing_is_not_told_again_after_it_was_sent(db):
    make_notice("one").settle(Notice.State.SENT, at=at("09:00"))

    make_notice("one")

    assert Notice.objects.get().state == "sent"


def test_nothing_is_told_when_what_it_tells_did_not_happen(db):
    with transaction.atomic():
        make_notice()
        transaction.set_rollback(True)

    assert not Notice.objects.exists()


def test_telling_nothing_asks_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        tell([])


def test_each_notice_has_a_message_id_of_its_own(db, settings):
    ids = {make_notice(str(number)).message_id for number in range(20)}

    assert len(ids) == 20
    assert all(one.startswith("<") and one.endswith("@localhost>") for one in ids)


def test_two_apps_can_not_claim_one_kind():
    kind = Kind("test.letter", "letter", lambda notice: True, lambda notice: None, topic=Topic.BOOKINGS)

    with pytest.raises(ValueError, match=r"The notice kind test\.letter is registered already\."):
        register(kind)


def test_kinds_have_names_for_people(db):
    assert {"booking.confirmed", "booking.changed", "booking.cancelled", "booking.reminder"} <= set(labels())


def test_kind_that_no_app_knows_is_an_error(db):
    with pytest.raises(KeyError):
        kind_of(make_notice(kind="nobody.knows"))
