"""Delivery to a real mail server, which is slow, refuses, stalls and goes away."""

import email.policy
from time import perf_counter

import pytest
from django.utils import timezone

from bookings.booking import book
from notices.delivery import deliver_due
from notices.models import Notice
from tests.factories import at, span
from tests.notices.conftest import make_notice
from tests.notices.smtp import mail_server

LATER = at("23:59")


@pytest.fixture
def server(db, settings):
    with mail_server() as started:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", started.port
        settings.EMAIL_TIMEOUT = 1
        yield started


def make_everything_due():
    Notice.objects.filter(state="waiting").update(try_at=timezone.now())


def test_letter_arrives_as_it_was_written(server, koharubiyori, ben, now):
    booking = book(
        user=ben,
        space=koharubiyori.space,
        resource_id=koharubiyori.open_seats.pk,
        span=span("11:00", "13:00"),
        now=now,
    )

    deliver_due(until=LATER)

    [letter] = server.accepted
    notice = Notice.objects.get()
    parts = [part.get_content_type() for part in letter.walk() if not part.is_multipart()]
    assert parts == ["text/plain", "text/html", "text/calendar"]
    assert letter["Message-ID"] == notice.message_id
    assert letter["From"].addresses[0].display_name == "Koharubiyori"
    assert booking.spaced_reference in letter.get_body(("plain",)).get_content()
    assert max(len(line) for line in letter.as_bytes(policy=email.policy.SMTP).splitlines()) <= 998


def test_server_that_refuses_for_a_while_gets_everything_once_in_the_end(server):
    notices = [make_notice(str(number)) for number in range(5)]
    server.refuses = "451 come back later"
    first = deliver_due(until=LATER)
    server.refuses = "421 too many of you"
    make_everything_due()
    second = deliver_due(until=LATER)

    server.refuses = ""
    make_everything_due()
    third = deliver_due(until=LATER)

    assert (first.sent, second.sent, third.sent) == (0, 0, 5)
    assert sorted(server.message_ids) == sorted(notice.message_id for notice in notices)
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}


def test_server_that_refuses_one_letter_says_why_in_the_row(server):
    make_notice()
    server.refuses = "554 we think that this is spam"

    deliver_due(until=LATER)

    notice = Notice.objects.get()
    assert (notice.state, notice.attempts) == ("waiting", 1)
    assert "we think that this is spam" in notice.last_error


def test_server_that_stalls_is_left_and_tried_again(server):
    notice = make_notice()
    make_notice("other")
    server.stalls = True
    began = perf_counter()

    done = deliver_due(until=LATER)

    notice.refresh_from_db()
    assert perf_counter() - began < 5
    assert (done.failed, done.sent) == (1, 0)
    assert (notice.state, notice.attempts) == ("waiting", 1)
    server.stalls = False
    make_everything_due()
    deliver_due(until=LATER)
    assert notice.message_id in server.message_ids
    assert len(server.accepted) == 2


def test_server_that_is_not_there_is_tried_again(db, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    make_notice()

    deliver_due(until=LATER)

    notice = Notice.objects.get()
    assert (notice.state, notice.attempts) == ("waiting", 1)
    assert "Connection refused" in notice.last_error


@pytest.mark.parametrize("address", ["@example.jp", "a@b@c", "ann@" + "ä" * 62 + ".example"])
def test_address_that_can_not_be_written_is_parked_and_holds_up_nobody(server, address):
    bad = make_notice("bad", due_at=at("08:00"), recipient=address)
    good = make_notice("good")

    deliver_due(until=LATER)

    bad.refresh_from_db()
    good.refresh_from_db()
    assert good.state == "sent"
    assert bad.state in ("parked", "waiting")
    assert bad.last_error
    assert server.message_ids == [good.message_id]


def test_address_with_letters_of_its_own_script_arrives(server):
    notice = make_notice(recipient="someone@日本語.jp")

    deliver_due(until=LATER)

    assert server.message_ids == [notice.message_id]
