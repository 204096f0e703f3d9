"""Delivery: taking due notices one at a time and mailing them.

Each notice is sent inside the transaction that holds its row, and committed before the next is taken: a worker that
dies leaves at most the one it was sending, which goes out again with the same Message-ID (design rule 7).
"""

import logging
import random
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone, translation

from notices.kinds import Letter, kind_of
from notices.models import Notice

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 12
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=2)


@dataclass
class Round:
    """What one round of delivery did, as counts of notices."""

    sent: int = 0
    dropped: int = 0
    failed: int = 0
    parked: int = 0


def deliver_due(*, until: datetime) -> Round:
    """Deliver due notices until none is left, the mail server fails, or the clock passes `until`."""
    done = Round()
    connection = get_connection()
    try:
        while timezone.now() < until and _deliver_next(connection, done):
            pass
    finally:
        connection.close()
    return done


def _deliver_next(connection: BaseEmailBackend, done: Round) -> bool:
    """Settle one notice; False when none is due or when the mail server can't be reached."""
    with transaction.atomic():
        now = timezone.now()
        notice = Notice.objects.due(now).select_for_update(skip_locked=True).first()
        if notice is None:
            return False
        if notice.useful_until and notice.useful_until <= now:
            notice.settle(Notice.State.DROPPED, at=now, reason="Too late to be useful.")
            done.dropped += 1
            return True
        try:
            with transaction.atomic(), translation.override(notice.language):
                letter = _letter(notice)
        except Exception as error:
            # A letter that can't be written must not hold up the others behind it.
            logger.exception("Notice %s of kind %s can't be written", notice.pk, notice.kind)
            notice.settle(Notice.State.PARKED, at=now, reason=f"{type(error).__name__}: {error}")
            done.parked += 1
            return True
        if letter is None:
            notice.settle(Notice.State.DROPPED, at=now, reason="No longer wanted.")
            done.dropped += 1
            return True
        return _send(connection, notice, letter, now, done)


def _letter(notice: Notice) -> Letter | None:
    """The notice in words, or nothing when what it is about has changed meanwhile."""
    kind = kind_of(notice)
    return kind.render(notice) if kind.still_wanted(notice) else None


def _send(connection: BaseEmailBackend, notice: Notice, letter: Letter, now: datetime, done: Round) -> bool:
    notice.attempts += 1
    try:
        # Opened here, it stays open for the next ones: Django closes what it had to open itself.
        connection.open()
        message(notice, letter, connection).send()
    except (OSError, smtplib.SMTPException) as error:
        connection.close()
        _put_off(notice, error, now, done)
        return isinstance(error, smtplib.SMTPRecipientsRefused)
    except Exception as error:
        # An address or a header that can't be written is refused before anything is sent, at every try.
        connection.close()
        logger.exception("Notice %s of kind %s can't be sent", notice.pk, notice.kind)
        notice.settle(Notice.State.PARKED, at=now, reason=f"{type(error).__name__}: {error}")
        done.parked += 1
        return True
    notice.settle(Notice.State.SENT, at=timezone.now())
    done.sent += 1
    return True


def message(notice: Notice, letter: Letter, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """The mail that carries a letter. RFC 3834 asks that automatic mail says it is."""
    sender = settings.DEFAULT_FROM_EMAIL
    if letter.from_name:
        name = _one_line(letter.from_name).replace('"', "").replace("\\", "")
        sender = f'"{name}" <{parseaddr(sender)[1]}>'
    mail = EmailMultiAlternatives(
        subject=_one_line(letter.subject),
        body=letter.text,
        from_email=sender,
        to=[notice.recipient],
        connection=connection,
        headers={"Message-ID": notice.message_id, "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(letter.html, "text/html")
    for attachment in letter.attachments:
        mail.attach(attachment.filename, attachment.content, attachment.mimetype)
    return mail


def _one_line(text: str) -> str:
    """A text as a header can have it; what people have named may hold line breaks."""
    return " ".join(text.split())


def _put_off(notice: Notice, error: Exception, now: datetime, done: Round) -> None:
    """Set the next try, doubling the wait with jitter, or park the notice after the last one."""
    logger.warning("Notice %s was not sent: %s", notice.pk, type(error).__name__)
    reason = f"{type(error).__name__}: {error}"
    if notice.attempts >= MOST_ATTEMPTS:
        notice.settle(Notice.State.PARKED, at=now, reason=reason)
        done.parked += 1
        return
    wait = min(FIRST_WAIT * 2 ** (notice.attempts - 1), LONGEST_WAIT)
    notice.try_at = now + wait * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret
    notice.last_error = reason
    notice.save(update_fields=["attempts", "try_at", "last_error"])
    done.failed += 1
