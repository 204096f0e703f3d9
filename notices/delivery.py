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


class _Taken(Exception):  # noqa: N818 - it names a state
    """A mail was taken by the channel, and could not be settled as it should."""

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

    False when none is due, or when nothing can be sent at the moment. Whatever goes wrong holds up no other notice: but
    for a database that is gone, it is told by the row that it was about.
    """
    held: list[Notice] = []
    is_gone = False
    try:
        with transaction.atomic():
            try:
                return _settle_next(held, done, used)
            except Exception:
                is_gone = connection.connection is None or bool(connection.connection.closed)
                raise
    except Exception as error:  # noqa: BLE001 - _put_right logs it
        if is_gone or not held:
            raise _cause(error) from None
        return _put_right(error, held, done)


def _put_right(error: Exception, held: list[Notice], done: Round) -> bool:
    """Settle or put off the notices of a mail, as what went wrong asks for; the result is that of _deliver_next."""
    if isinstance(error, _Taken):
        _settle_without_copy(error.notices, _cause(error), done)
        return True
    if isinstance(error, _Unwritable):
        held = error.notices
        if not isinstance(error.__cause__, OperationalError | InterfaceError):
            _park_unwritable(held, _cause(error), done)
            return True
    return _try_later(held, _cause(error), done)


def _settle_next(held: list[Notice], done: Round, used: set[Channel]) -> bool:
    """As _deliver_next, within its transaction; `held` gets the notices that it is about."""
    now = timezone.now()
    taken = next_due(now)
    if taken is None:
        return False
    notice, is_free = taken
    held.append(notice)
    if not is_free:
        notice.put_off(until=now + bundling.BUSY)
        return True
    standing = bundling.standing_of(notice, now)
    if bundling.joins_others(notice, standing, now=now):
        return True
    rows = bundling.bundled_with(notice)
    if rows is None:
        # Another worker looks at one of them; a mail goes out whole, or not now.
        notice.put_off(until=now + bundling.BUSY)
        return True
    held[:] = rows
    written = _write(rows, standing, now, done)
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
    if all(bundling.would_wake(notice, now) for notice in rows):
        bundling.put_off(rows, until=day_from(now, rows[0].zone))
        return written
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
    """Raise _Unwritable for what goes wrong inside."""
    try:
        yield
    except Exception as error:
        raise _Unwritable(notices) from error


def _letter(notice: Notice, standing: Standing, now: datetime, done: Round) -> Letter | None:
    """The notice in words, or nothing when it is not to be sent, or not now."""
    kind = kind_of(notice)
    if kind.can_be_turned_off and kind.name in standing.off:
        _drop(notice, "Turned off by who would have read it.", now, done)
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
    try:
        copying.settle(notices, mail, channel=channel.name, now=timezone.now())
    except Exception as error:
        raise _Taken(notices) from error
    done.sent += len(notices)
    return True


def _drop(notice: Notice, reason: str, now: datetime, done: Round) -> None:
    notice.settle(Notice.State.DROPPED, at=now, reason=reason)
    done.dropped += 1


def _park(notice: Notice, error: BaseException, now: datetime, done: Round) -> None:
    notice.settle(Notice.State.PARKED, at=now, reason=f"{type(error).__name__}: {error}")
    done.parked += 1


def _park_unwritable(notices: list[Notice], error: BaseException, done: Round) -> None:
    logger.error("Notices %s of kind %s can't be written", _keys(notices), notices[0].kind, exc_info=error)
    with transaction.atomic():
        for notice in _again(notices):
            _park(notice, error, timezone.now(), done)


def _settle_without_copy(notices: list[Notice], error: BaseException, done: Round) -> None:
    """Note that a mail is out, since it is, although its copy can't be kept."""
    logger.error("The copy of notices %s can't be kept", _keys(notices), exc_info=error)
    with transaction.atomic():
        for notice in _again(notices):
            notice.attempts += 1
            notice.settle(Notice.State.SENT, at=timezone.now())
            done.sent += 1


def _try_later(notices: list[Notice], error: BaseException, done: Round) -> bool:
    """Count what nobody has foreseen as a try; False where the database can't do it, which is about all notices."""
    logger.error("Notices %s of kind %s were not sent", _keys(notices), notices[0].kind, exc_info=error)
    with transaction.atomic():
        if rows := _again(notices):
            _put_off(rows, error, done)
    return not isinstance(error, OperationalError | InterfaceError)


def _again(notices: list[Notice]) -> list[Notice]:
    """Notices as they are after the transaction that held them was undone, held once more."""
    rows = Notice.objects.filter(pk__in=_keys(notices), state=Notice.State.WAITING)
    return list(rows.select_for_update(skip_locked=True))


def _cause(error: Exception) -> BaseException:
    return (error.__cause__ or error) if isinstance(error, _Taken | _Unwritable) else error


def _keys(notices: list[Notice]) -> list[int]:
    return [notice.pk for notice in notices]


def _put_off(notices: list[Notice], error: BaseException, done: Round) -> None:
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
