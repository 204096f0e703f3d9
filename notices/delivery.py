"""Delivery: taking due notices, one person's at a time, and handing them to a channel.

Each mail is sent inside the transaction that holds its rows, and committed before the next is taken: a worker that
dies leaves at most the one it was sending, which goes out again with the same Message-ID (design rule 7).
"""

import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone, translation

from notices import bundling, channels, copying
from notices.bundling import Standing
from notices.channels import Channel, Refused, Unreachable
from notices.framing import Mail, framed
from notices.kinds import Letter, kind_of
from notices.links import choice_address
from notices.models import Notice
from notices.quiet import day_from
from notices.taking import next_due

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


class _Unwritable(Exception):  # noqa: N818 - it names a state
    """Notices that can't be put into words. What the try has done to the database is undone with it."""

    def __init__(self, notices: list[Notice]) -> None:
        super().__init__()
        self.notices = notices


def deliver_due(*, until: datetime) -> Round:
    """Deliver due notices until none is left, a channel fails, or the clock passes `until`."""
    done = Round()
    used: set[Channel] = set()
    try:
        while timezone.now() < until and _deliver_next(done, used):
            pass
    finally:
        for channel in used:
            channel.close()
    return done


def _deliver_next(done: Round, used: set[Channel]) -> bool:
    """Settle or put off the oldest due notice, and those that go with it.

    False when none is due, or when nothing can be sent at the moment.
    """
    try:
        with transaction.atomic():
            return _settle_next(done, used)
    except _Unwritable as error:
        # These must not hold up the others behind them.
        _park_unwritable(error.notices, error.__cause__ or error, done)
        return True


def _settle_next(done: Round, used: set[Channel]) -> bool:
    now = timezone.now()
    taken = next_due(now)
    if taken is None:
        return False
    notice, is_free = taken
    if not is_free:
        notice.put_off(until=now + bundling.BUSY)
        return True
    standing = bundling.standing_of(notice, now)
    if bundling.joins_others(notice, standing, now=now):
        return True
    written = _write(bundling.bundled_with(notice), standing, now, done)
    if not written:
        return True
    with _writing(list(written)):
        mail = mail_of(written)
    channel = channels.channel_to(mail.recipient)
    used.add(channel)
    return _send(channel, mail, list(written), done)


def _write(rows: list[Notice], standing: Standing, now: datetime, done: Round) -> dict[Notice, Letter]:
    """Notices in words; those that are not to be sent, or not now, are settled or put off."""
    written: dict[Notice, Letter] = {}
    for notice in rows:
        if notice.useful_until and notice.useful_until <= now:
            _drop(notice, "Too late to be useful.", now, done)
            continue
        with _writing([notice]), translation.override(notice.language):
            letter = _letter(notice, standing, now, done)
        if letter:
            written[notice] = letter
    return written


@contextmanager
def _writing(notices: list[Notice]) -> Iterator[None]:
    """Raise _Unwritable for what goes wrong inside, but not for a database that is gone: that is over in a moment."""
    try:
        yield
    except Exception as error:
        if isinstance(error, OperationalError | InterfaceError) and not connection.is_usable():
            raise
        raise _Unwritable(notices) from error


def _letter(notice: Notice, standing: Standing, now: datetime, done: Round) -> Letter | None:
    """The notice in words, or nothing when it is not to be sent, or not now."""
    kind = kind_of(notice)
    if kind.can_be_turned_off and kind.name in standing.off:
        _drop(notice, "Turned off by who would have read it.", now, done)
    elif bundling.would_wake(notice, now):
        notice.put_off(until=day_from(now, notice.zone))
    elif not kind.still_wanted(notice):
        _drop(notice, "No longer wanted.", now, done)
    else:
        return kind.render(notice)
    return None


def mail_of(written: dict[Notice, Letter]) -> Mail:
    """The mail with letters to one person. It can be stopped by one press if nobody needs any of them."""
    first = next(iter(written))
    kinds = sorted({notice.kind for notice in written})
    can_be_stopped = all(kind_of(notice).can_be_turned_off for notice in written)
    with translation.override(first.language):
        return framed(
            list(written.values()),
            message_id=first.mail_id,
            recipient=first.recipient,
            language=first.language,
            choice_address=choice_address(first.recipient, kinds),
            can_be_stopped=can_be_stopped,
        )


def _send(channel: Channel, mail: Mail, notices: list[Notice], done: Round) -> bool:
    """Send a mail and settle its notices; False when nothing can be sent at the moment."""
    try:
        channel.send(mail)
    except (Refused, Unreachable) as error:
        channel.close()
        _put_off(notices, error, done)
        return isinstance(error, Refused)
    except Exception as error:
        # An address or a header that can't be written is refused before anything is sent, at every try.
        channel.close()
        logger.exception("The mail %s can't be sent", mail.message_id)
        for notice in notices:
            notice.attempts += 1
            _park(notice, error, timezone.now(), done)
        return True
    copying.settle(notices, mail, channel=channel.name, now=timezone.now())
    done.sent += len(notices)
    return True


def _drop(notice: Notice, reason: str, now: datetime, done: Round) -> None:
    notice.settle(Notice.State.DROPPED, at=now, reason=reason)
    done.dropped += 1


def _park(notice: Notice, error: BaseException, now: datetime, done: Round) -> None:
    notice.settle(Notice.State.PARKED, at=now, reason=f"{type(error).__name__}: {error}")
    done.parked += 1


def _park_unwritable(notices: list[Notice], error: BaseException, done: Round) -> None:
    keys = [notice.pk for notice in notices]
    logger.error("Notices %s of kind %s can't be written", keys, notices[0].kind, exc_info=error)
    with transaction.atomic():
        for notice in Notice.objects.filter(pk__in=keys, state=Notice.State.WAITING).select_for_update(
            skip_locked=True
        ):
            _park(notice, error, timezone.now(), done)


def _put_off(notices: list[Notice], error: Refused | Unreachable, done: Round) -> None:
    """Set the next try of one mail, doubling the wait with jitter, or park its notices after the last one."""
    now, jitter = timezone.now(), random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret
    logger.warning(
        "%s notices of kind %s were not sent: %s",
        len(notices),
        notices[0].kind,
        type(error.__cause__ or error).__name__,
    )
    for notice in notices:
        notice.attempts += 1
        if notice.attempts >= MOST_ATTEMPTS:
            notice.settle(Notice.State.PARKED, at=now, reason=str(error))
            done.parked += 1
            continue
        notice.try_at = now + min(FIRST_WAIT * 2 ** (notice.attempts - 1), LONGEST_WAIT) * jitter
        notice.last_error = str(error)
        notice.save(update_fields=["attempts", "try_at", "last_error"])
        done.failed += 1
