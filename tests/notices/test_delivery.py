"""Delivering what is due: each notice once, and none holds up the others."""

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import OperationalError, connection
from django.utils.translation import get_language

from notices import channels
from notices.channels import Channel
from notices.delivery import MOST_ATTEMPTS, deliver_due
from notices.models import Notice, SentCopy
from notices.tasks import deliver_due as deliver_due_task
from tests.factories import at
from tests.notices.conftest import make_notice

LATER = at("23:59")


class MailServer(EmailBackend):
    """A mail server that fails in the way a test asks for; who is told nothing else gets everything."""

    error: BaseException | None = None
    only_for = ""
    tries = 0

    def send_messages(self, messages):
        MailServer.tries += 1
        if self.error and self.only_for in messages[0].to[0]:
            raise self.error
        return super().send_messages(messages)


@pytest.fixture
def server(settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.MailServer"
    for name in ("error", "only_for", "tries"):
        monkeypatch.setattr(MailServer, name, getattr(MailServer, name))
    return MailServer


def sent_keys():
    return [letter.subject.split()[1] for letter in mail.outbox]


# What goes out


def test_due_notice_is_mailed_and_settled(db, now):
    notice = make_notice(recipient="ben@example.com")

    done = deliver_due(until=LATER)

    notice.refresh_from_db()
    [letter] = mail.outbox
    assert (done.sent, done.dropped, done.failed, done.parked) == (1, 0, 0, 0)
    assert (notice.state, notice.attempts, notice.last_error) == ("sent", 1, "")
    assert notice.settled_at >= now
    assert letter.to == ["ben@example.com"]
    assert letter.message()["Message-ID"] == notice.message_id
    assert letter.message()["Auto-Submitted"] == "auto-generated"


def test_notice_that_is_due_later_waits(db):
    make_notice(due_at=at("09:30"))

    deliver_due(until=LATER)
    assert mail.outbox == []
    with time_machine.travel(at("09:30")):
        deliver_due(until=LATER)
    assert len(mail.outbox) == 1


def test_notice_is_mailed_once(db):
    make_notice()

    for _ in range(3):
        deliver_due(until=LATER)

    assert len(mail.outbox) == 1


def test_oldest_goes_first(db):
    for key, clock in (("second", "08:30"), ("third", "08:45"), ("first", "08:00")):
        make_notice(key, due_at=at(clock))

    deliver_due(until=LATER)

    assert sent_keys() == ["first", "second", "third"]


@pytest.mark.django_db(transaction=True)
def test_database_that_ends_while_a_letter_is_written_parks_nothing():
    notice = make_notice(facts={"sql": "SELECT pg_terminate_backend(pg_backend_pid())"})

    with pytest.raises(OperationalError):
        deliver_due(until=LATER)
    connection.close()

    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == ("waiting", 0)


@pytest.mark.django_db(transaction=True)
def test_statement_that_is_cancelled_is_a_try_and_holds_up_others_for_one_round():
    notice = make_notice(facts={"sql": "SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(1)"})
    make_notice("other")

    done = deliver_due(until=LATER)
    assert (done.failed, sent_keys()) == (1, [])
    deliver_due(until=LATER)

    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == ("waiting", 1)
    assert "canceling statement" in notice.last_error
    assert sent_keys() == ["other"]


class Broken(Channel):
    """A channel that an app has added, and that does what its author has not foreseen."""

    name = "broken"

    def reaches(self, address):
        if "lookup@" in address:
            raise KeyError(address)
        return "named@" in address

    def send(self, mail):
        """It takes everything."""

    def close(self):
        """It keeps nothing open."""


@pytest.fixture
def broken_channel(monkeypatch):
    channel = Broken()
    monkeypatch.setattr(channels, "_channels", [channel, *channels._channels])
    return channel


def test_what_nobody_has_foreseen_is_a_try_and_holds_up_nobody(db, broken_channel):
    lookup = make_notice("lookup")
    nowhere = make_notice("nowhere", kind="booking.reminder", timezone="Mars/Olympus")
    make_notice("other")

    done = deliver_due(until=LATER)

    assert (done.failed, sent_keys()) == (2, ["other"])
    for notice in (lookup, nowhere):
        notice.refresh_from_db()
        assert (notice.state, notice.attempts) == ("waiting", 1)


def test_mail_that_is_out_is_never_sent_again_for_want_of_a_copy(db, broken_channel):
    broken_channel.name = "a name that is longer than a copy can keep"
    notice = make_notice("named")

    done = deliver_due(until=LATER)

    notice.refresh_from_db()
    assert (done.sent, notice.state, notice.attempts) == (1, "sent", 1)
    assert not SentCopy.objects.exists()
    assert deliver_due(until=LATER).sent == 0


def test_channel_whose_name_can_not_be_kept_is_refused(broken_channel):
    broken_channel.name = "a name that is longer than a copy can keep"

    with pytest.raises(ValueError, match="20 letters"):
        channels.register(broken_channel)


def test_round_ends_when_its_time_is_over(db, now):
    make_notice()

    deliver_due(until=now)

    assert mail.outbox == []


def test_empty_outbox_asks_once(db, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        deliver_due(until=LATER)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_letter_is_written_in_the_language_of_its_recipient(db, language):
    make_notice(language=language)

    deliver_due(until=LATER)

    assert mail.outbox[0].subject == f"Letter one in {language}"
    assert get_language() == "ja"


def test_task_that_beat_wakes_delivers(db):
    make_notice()

    deliver_due_task()

    assert len(mail.outbox) == 1


# What does not


def test_notice_that_is_no_longer_wanted_is_dropped(db):
    notice = make_notice(facts={"wanted": False})

    done = deliver_due(until=LATER)

    notice.refresh_from_db()
    assert mail.outbox == []
    assert done.dropped == 1
    assert (notice.state, notice.last_error) == ("dropped", "No longer wanted.")


@pytest.mark.parametrize(("clock", "state"), [("08:59", "dropped"), ("09:00", "dropped"), ("09:05", "sent")])
def test_notice_that_comes_too_late_to_be_useful_is_dropped_with_the_reason(db, clock, state):
    notice = make_notice(due_at=at("08:00"), useful_until=at(clock))

    deliver_due(until=LATER)

    notice.refresh_from_db()
    assert notice.state == state
    assert notice.last_error == ("" if state == "sent" else "Too late to be useful.")
    assert len(mail.outbox) == (state == "sent")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"facts": {"error": "no words"}}, "RuntimeError: no words"),
        ({"facts": {"sql": "SELECT 1/0"}}, "DataError: division by zero"),
        ({"kind": "nobody.knows"}, "KeyError: 'nobody.knows'"),
        ({"kind": "booking.confirmed"}, "DoesNotExist: Booking matching query does not exist."),
    ],
)
def test_letter_that_can_not_be_written_is_parked_and_holds_up_nobody(db, fields, reason):
    broken = make_notice("broken", due_at=at("08:00"), **fields)
    make_notice("after", due_at=at("08:30"))

    done = deliver_due(until=LATER)

    broken.refresh_from_db()
    assert (done.parked, done.sent) == (1, 1)
    assert (broken.state, broken.last_error.strip()) == ("parked", reason)
    assert sent_keys() == ["after"]


@pytest.mark.parametrize("error", [ValueError("Invalid address"), UnicodeEncodeError("ascii", "é", 0, 1, "no")])
def test_letter_that_can_not_be_sent_as_it_is_is_parked_and_holds_up_nobody(db, server, monkeypatch, error):
    monkeypatch.setattr(server, "error", error)
    monkeypatch.setattr(server, "only_for", "broken@")
    broken = make_notice("broken", due_at=at("08:00"), recipient="broken@example.jp")
    make_notice("after", due_at=at("08:30"))

    deliver_due(until=LATER)

    broken.refresh_from_db()
    assert broken.state == "parked"
    assert broken.last_error.startswith(type(error).__name__)
    assert sent_keys() == ["after"]


# A mail server that fails


def test_mail_server_that_does_not_answer_is_tried_again_later(db, server, monkeypatch, now):
    monkeypatch.setattr(server, "error", ConnectionRefusedError("Connection refused"))
    notice = make_notice()
    other = make_notice("other")

    done = deliver_due(until=LATER)

    notice.refresh_from_db()
    other.refresh_from_db()
    assert (done.failed, done.sent, server.tries) == (1, 0, 1)
    assert (notice.state, notice.attempts) == ("waiting", 1)
    assert notice.last_error == "ConnectionRefusedError: Connection refused"
    assert timedelta(seconds=48) <= notice.try_at - now <= timedelta(seconds=73)
    assert (other.attempts, other.last_error) == (0, "")


def test_wait_doubles_with_jitter_and_ends_parked(db, server, monkeypatch):
    monkeypatch.setattr(server, "error", TimeoutError("timed out"))
    notice, message_ids, minutes = make_notice(), set(), []
    with time_machine.travel(at("09:00"), tick=False) as clock:
        for _ in range(MOST_ATTEMPTS - 1):
            began = notice.try_at
            clock.move_to(began)
            deliver_due(until=began + timedelta(hours=1))
            notice.refresh_from_db()
            message_ids.add(notice.message_id)
            minutes.append((notice.try_at - began) / timedelta(minutes=1))
            assert notice.state == "waiting"
        clock.move_to(notice.try_at)
        deliver_due(until=notice.try_at + timedelta(hours=1))
    notice.refresh_from_db()

    planned = [min(2**number, 120) for number in range(MOST_ATTEMPTS - 1)]
    assert all(0.8 * plan <= wait <= 1.2 * plan for wait, plan in zip(minutes, planned, strict=True))
    assert len({round(wait / plan, 3) for wait, plan in zip(minutes, planned, strict=True)}) > 3
    assert (notice.state, notice.attempts, notice.last_error) == ("parked", 12, "TimeoutError: timed out")
    assert message_ids == {notice.message_id}
    assert mail.outbox == []


def test_address_that_is_refused_holds_up_nobody(db, server, monkeypatch):
    monkeypatch.setattr(server, "error", smtplib.SMTPRecipientsRefused({"gone@example.jp": (550, b"no such user")}))
    monkeypatch.setattr(server, "only_for", "gone@")
    gone = make_notice("gone", due_at=at("08:00"), recipient="gone@example.jp")
    make_notice("after", due_at=at("08:30"))

    done = deliver_due(until=LATER)

    gone.refresh_from_db()
    assert (done.failed, done.sent) == (1, 1)
    assert (gone.state, gone.attempts) == ("waiting", 1)
    assert sent_keys() == ["after"]


def test_notice_carries_one_message_id_over_all_tries(db, server, monkeypatch):
    notice = make_notice()
    with monkeypatch.context() as broken:
        broken.setattr(server, "error", TimeoutError())
        deliver_due(until=LATER)

    with time_machine.travel(at("09:02")):
        deliver_due(until=LATER)

    assert mail.outbox[0].message()["Message-ID"] == notice.message_id


def test_parked_notice_can_be_sent_again(db, now):
    notice = make_notice(facts={"error": "no words"})
    deliver_due(until=LATER)
    Notice.objects.update(facts={}, attempts=12)
    notice.refresh_from_db()

    notice.send_again(at=now)
    done = deliver_due(until=LATER)

    notice.refresh_from_db()
    assert done.sent == 1
    assert (notice.state, notice.attempts) == ("sent", 1)
    assert mail.outbox[0].message()["Message-ID"] == notice.message_id


def test_worker_that_dies_while_it_sends_leaves_the_notice_waiting(db, server, monkeypatch):
    notice = make_notice()
    with monkeypatch.context() as broken:
        broken.setattr(server, "error", SystemExit(137))
        with pytest.raises(SystemExit):
            deliver_due(until=LATER)

    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == ("waiting", 0)
    deliver_due(until=LATER)
    assert len(mail.outbox) == 1


def test_mail_that_is_too_large_holds_up_nobody(db, server, monkeypatch):
    monkeypatch.setattr(server, "error", smtplib.SMTPSenderRefused(552, b"message too large", "no-reply@localhost"))
    monkeypatch.setattr(server, "only_for", "large@")
    make_notice("large", due_at=at("08:00"))
    make_notice("after", due_at=at("08:30"))

    done = deliver_due(until=LATER)

    assert (done.failed, sent_keys()) == (1, ["after"])


def test_sender_whom_the_server_knows_not_ends_the_round(db, server, monkeypatch):
    monkeypatch.setattr(server, "error", smtplib.SMTPSenderRefused(530, b"log in first", "no-reply@localhost"))
    make_notice("one")
    make_notice("other")

    done = deliver_due(until=LATER)

    assert (done.failed, server.tries) == (1, 1)


# What people have named


@pytest.mark.parametrize(
    "name",
    [
        "小春日和",
        'The "Best" House',
        "Back\\slash",
        "One\nBcc: everybody@example.com",
        "One\r\n\r\nBody",
        "a, b; <c@example.com>",
        "Tab\there",
        "Line\u2028separator",
        "x" * 300,
        "🏠",
        "",
    ],
)
def test_name_can_neither_break_nor_add_a_header(db, settings, name):
    make_notice("from", facts={"from_name": name, "subject": f"Booked: {name}"})

    deliver_due(until=LATER)

    [letter] = mail.outbox
    read = letter.message()
    assert letter.recipients() == ["from@example.jp"]
    assert set(read.keys()) == {
        "Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted",
        "List-Unsubscribe", "List-Unsubscribe-Post",
    }  # fmt: skip
    assert settings.DEFAULT_FROM_EMAIL in read["From"]
    assert b"\nBcc:" not in read.as_bytes().partition(b"\n\n")[0]


def test_sender_with_a_name_in_the_settings_is_fine(db, settings):
    settings.DEFAULT_FROM_EMAIL = "The house <house@example.jp>"
    make_notice(facts={"from_name": "小春日和"})

    deliver_due(until=LATER)

    assert mail.outbox[0].from_email == '"小春日和" <house@example.jp>'
