"""What PostgreSQL refuses of notices, whoever writes the rows."""

import pytest

from notices.models import Notice, TurnedOff
from tests.factories import at
from tests.postgres import change, copy, named_without_a_test, refused, refused_copy


@pytest.fixture
def notice(db):
    return Notice.objects.create(
        kind="booking.confirmed",
        subject_key="booking:1",
        dedupe_key="booking.confirmed:1:0",
        recipient="someone@example.jp",
        language="ja",
        due_at=at("09:00"),
    )


def test_every_constraint_has_a_test_named_like_it():
    assert named_without_a_test("notices", tests=globals()) == set()


def test_notice_settled_unless_waiting(notice):
    for state in ("sent", "dropped", "parked"):
        assert refused(notice, state=state) == "notice_settled_unless_waiting"
    assert refused(notice, settled_at=at("09:01")) == "notice_settled_unless_waiting"

    change(notice, state="sent", settled_at=at("09:01"))


def test_notices_notice_dedupe_key_is_unique(notice):
    copy(notice, dedupe_key="booking.confirmed:1:1", message_id="<another>")

    assert refused_copy(notice, message_id="<a third>") == "notices_notice_dedupe_key_key"


def test_notices_notice_message_id_is_unique(notice):
    assert refused_copy(notice, dedupe_key="booking.confirmed:1:1") == "notices_notice_message_id_key"


def test_turned_off_once(db):
    row = TurnedOff.objects.create(recipient="someone@example.jp", kind="booking.reminder")
    copy(row, kind="event.soon")
    copy(row, recipient="other@example.jp")

    assert refused_copy(row) == "turned_off_once"
