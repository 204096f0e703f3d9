"""Beat was away for two days: what still helps goes out, the rest is dropped with a reason, and nobody is woken."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from bookings.booking import book
from notices.delivery import deliver_due
from notices.models import Notice
from tests.factories import at, make_user, span

TOMORROW, LATER = at("00:00").date() + timedelta(days=1), at("00:00").date() + timedelta(days=3)
BACK = at("22:00", at("00:00").date() + timedelta(days=2))


@pytest.fixture
def booked(koharubiyori, now):
    """Ben comes while beat is away, Chie in the morning after it is back."""
    for email, day in (("ben@example.com", TOMORROW), ("chie@example.jp", LATER)):
        book(
            user=make_user(email, language="en"),
            space=koharubiyori.space,
            resource_id=koharubiyori.open_seats.pk,
            span=span("11:00", "13:00", day),
            now=now,
        )


def deliver(moment):
    with time_machine.travel(moment):
        deliver_due(until=moment + timedelta(seconds=50))


def states(email):
    rows = Notice.objects.filter(recipient=email).order_by("kind")
    return {row.kind: (row.state, row.last_error) for row in rows}


def test_what_is_late_helps_or_is_dropped_with_a_reason_and_wakes_nobody(booked):
    deliver(BACK)

    too_late = ("dropped", "Too late to be useful.")
    assert states("ben@example.com")["booking.confirmed"] == too_late
    assert states("chie@example.jp") == {"booking.confirmed": ("sent", ""), "booking.reminder": ("waiting", "")}
    assert [(letter.to, letter.subject.split(":")[0]) for letter in mail.outbox] == [(["chie@example.jp"], "Booked")]

    deliver(at("06:59", LATER))
    assert len(mail.outbox) == 1
    deliver(at("07:00", LATER))
    assert states("ben@example.com")["booking.reminder"] == too_late
    assert states("chie@example.jp")["booking.reminder"] == ("sent", "")
    assert [letter.subject.split(":")[0] for letter in mail.outbox] == ["Booked", "Today"]
