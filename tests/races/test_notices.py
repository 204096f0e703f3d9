"""Several workers, a few people: nobody gets a second mail within five minutes, and nothing goes out twice."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from notices import kinds
from notices.delivery import Round, deliver_due
from notices.models import Notice
from tests.factories import at
from tests.notices.conftest import KIND, make_notice
from tests.races.connections import Doing, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]
WORKERS, PEOPLE, EACH = 6, 5, 12
LATER = at("23:59")


@pytest.fixture(autouse=True)
def _kind_of_tests(monkeypatch):
    monkeypatch.setitem(kinds._kinds, KIND.name, KIND)


def test_who_has_much_due_gets_one_mail_in_five_minutes_however_many_workers_there_are(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for number in range(PEOPLE * EACH):
        make_notice(str(number), recipient=f"person{number % PEOPLE}@example.jp")

    got = {f"person{number}@example.jp": [] for number in range(PEOPLE)}
    for minute in range(60):
        if not Notice.objects.filter(state="waiting").exists():
            break
        before = len(mail.outbox)
        with time_machine.travel(at("09:00") + timedelta(minutes=minute)):
            for one in at_once(*[lambda: deliver_due(until=LATER)] * WORKERS):
                one.result()
        for letter in mail.outbox[before:]:
            got[letter.to[0]].append(minute)

    assert set(Notice.objects.values_list("state", "attempts")) == {("sent", 1)}
    assert all(later - sooner >= 5 for minutes in got.values() for sooner, later in pairwise(minutes)), got
    assert set(Counter(letter.message()["Message-ID"] for letter in mail.outbox).values()) == {1}
    told = "".join(letter.body for letter in mail.outbox)
    assert [told.count(f"Letter {number} in en\n\nText.") for number in range(PEOPLE * EACH)] == [1] * PEOPLE * EACH


class Slow(EmailBackend):
    """While it sends, something else is due to the same person, and another worker looks for what is due."""

    other: Doing | None = None
    done: Round | None = None

    def send_messages(self, messages):
        if Slow.other is None:
            Slow.other = Doing(tell_and_deliver)
            Slow.done = Slow.other.result()
        return super().send_messages(messages)


def tell_and_deliver():
    make_notice("second", recipient="ben@example.com")
    return deliver_due(until=LATER)


def test_nobody_is_written_to_while_somebody_writes_to_them(settings, monkeypatch):
    monkeypatch.setattr(Slow, "other", None)
    settings.EMAIL_BACKEND = f"{__name__}.Slow"
    make_notice("first", recipient="ben@example.com")

    deliver_due(until=LATER)

    assert Slow.done.sent == 0
    assert [letter.subject for letter in mail.outbox] == ["Letter first in en"]
    second = Notice.objects.get(dedupe_key="second")
    assert (second.state, second.attempts) == ("waiting", 0)
    assert second.try_at > at("09:00")
