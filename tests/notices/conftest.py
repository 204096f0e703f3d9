"""A kind of notice that only tests know, which says what its facts tell it to."""

import pytest
from django.db import connection
from django.utils.translation import get_language

from notices import kinds
from notices.kinds import Attachment, Kind, Letter, Sender, Topic
from notices.models import Notice
from notices.outbox import tell
from tests.factories import at


def still_wanted(notice):
    return bool(notice.facts.get("wanted", True))


def render(notice):
    if "error" in notice.facts:
        raise RuntimeError(notice.facts["error"])
    if "sql" in notice.facts:
        with connection.cursor() as cursor:
            cursor.execute(notice.facts["sql"])
    subject = notice.facts.get("subject", f"Letter {notice.dedupe_key} in {get_language()}")
    name = notice.facts.get("from_name")
    sender = None if name is None else Sender(name, "#123456", "#ffffff")
    files = [Attachment(notice.facts["file"], b"", "text/calendar")] if "file" in notice.facts else []
    title = " ".join(subject.split())
    return Letter(subject=subject, title=title, text="Text.", html="<p>Text.</p>", sender=sender, attachments=files)


KIND = Kind("test.letter", "letter", still_wanted, render, topic=Topic.BOOKINGS)


@pytest.fixture(autouse=True)
def _kind_of_tests(monkeypatch):
    monkeypatch.setitem(kinds._kinds, "test.letter", KIND)


def make_notice(key="one", *, due_at=None, recipient="", language="en", **fields):
    """A notice in the outbox, due at nine o'clock, to a person of its own."""
    notice = Notice(
        kind=fields.pop("kind", "test.letter"),
        subject_key="test:1",
        dedupe_key=key,
        recipient=recipient or f"{key}@example.jp",
        language=language,
        due_at=due_at or at("09:00"),
        **fields,
    )
    tell([notice])
    return Notice.objects.get(dedupe_key=key)
