"""Keeping what was sent, without what in it opens something: a copy is for reading (design rule 9)."""

import re
from datetime import datetime, timedelta

from django.conf import settings

from notices.framing import Mail
from notices.models import Notice, SentCopy
from notices.prepared import Prepared

KEPT = timedelta(days=90)

# What comes after these words in an address, and whatever ends in a signature, opens something.
_NAMES_OF_KEYS = frozenset({"ticket", "visit", "sign-ups", "calendar", "c"})
_SETTLE = Prepared(
    "notices_settle",
    """
    WITH settled AS (
        UPDATE notices_notice SET state = 'sent', settled_at = $2, attempts = attempts + 1, last_error = ''
        WHERE id = ANY($1))
    INSERT INTO notices_sentcopy
        (notice_id, carries, sent_at, message_id, channel, sender, subject, text, html, attachments)
    VALUES (($1)[1], cardinality($1), $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (notice_id) DO UPDATE SET
        (carries, sent_at, message_id, channel, sender, subject, text, html, attachments) =
        (excluded.carries, excluded.sent_at, excluded.message_id, excluded.channel, excluded.sender,
        excluded.subject, excluded.text, excluded.html, excluded.attachments)
    RETURNING notice_id
    """,
    ["bigint[]", "timestamptz", "text", "text", "text", "text", "text", "text", "text[]"],
)
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


def settle(notices: list[Notice], mail: Mail, *, channel: str, now: datetime) -> None:
    """Settle the notices of a mail that was sent, and keep a copy of it with the first; of one that is sent again, the
    newer. One statement for both."""
    files = [file.filename[:200] for file in mail.attachments]
    words = mail.subject, without_keys(mail.text), without_keys(mail.html)
    _SETTLE.rows([notice.pk for notice in notices], now, mail.message_id, channel, mail.from_name[:200], *words, files)


def forget_old(*, now: datetime) -> int:
    """Forget what was sent more than ninety days ago, word for word; that it was sent stays. How many."""
    return SentCopy.objects.filter(sent_at__lte=now - KEPT).delete()[0]
