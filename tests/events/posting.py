"""Emptying the outbox, and reading the mails that go out."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from notices.delivery import deliver_due
from tests.conftest import NOW
from tests.reading import Page

LANGUAGES = pytest.mark.parametrize("language", ["ja", "en"])


def delivered(moment: datetime = NOW) -> list[Any]:
    """The mails that go out when the outbox is emptied."""
    mail.outbox.clear()
    with time_machine.travel(moment):
        deliver_due(until=moment + timedelta(hours=1))
    return list(mail.outbox)


def words_of(letter: Any) -> tuple[str, str]:
    """A mail's text, and what its HTML reads like."""
    [(html, _type)] = letter.alternatives
    return letter.body, Page.of(html).text
