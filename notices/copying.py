"""Keeping what was sent, without what in it opens something: a copy is for reading (design rule 9)."""

import re
from datetime import datetime, timedelta

from django.conf import settings

from notices.framing import Mail
from notices.models import Notice, SentCopy

KEPT = timedelta(days=90)

# What comes after these words in an address, and whatever ends in a signature, opens something.
_NAMES_OF_KEYS = frozenset({"ticket", "visit", "sign-ups", "calendar", "c"})
_SIGNED = re.compile(r"[.:][\w-]{20,}$")


def without_keys(text: str) -> str:
    """A text with three dots for what in its links opens tickets, visits, sign-ups and calendars."""
    return re.sub(rf"{re.escape(settings.SITE_URL)}/[^\s\"'<>]+", _without_key, text)


def _without_key(address: re.Match[str]) -> str:
    parts = address[0].split("/")
    shown = [
        "…" if part and (before in _NAMES_OF_KEYS or _SIGNED.search(part)) else part
        for before, part in zip(["", *parts], parts, strict=False)
    ]
    return "/".join(shown)


def keep(notice: Notice, mail: Mail, *, channel: str, now: datetime) -> None:
    """Keep a copy of a mail with the first notice that it carries; of one that is sent again, the newer."""
    copy = SentCopy(
        notice=notice,
        message_id=mail.message_id,
        sent_at=now,
        channel=channel,
        sender=mail.from_name[:200],
        subject=mail.subject,
        text=without_keys(mail.text),
        html=without_keys(mail.html),
        attachments=[file.filename[:200] for file in mail.attachments],
    )
    told = ["message_id", "sent_at", "channel", "sender", "subject", "text", "html", "attachments"]
    SentCopy.objects.bulk_create([copy], update_conflicts=True, unique_fields=["notice"], update_fields=told)


def forget_old(*, now: datetime) -> int:
    """Forget what was sent more than ninety days ago, word for word; that it was sent stays. How many."""
    return SentCopy.objects.filter(sent_at__lte=now - KEPT).delete()[0]
