"""Which notices go out together: what one person is told within minutes is one mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from notices.kinds import kind_of, kinds, labels
from notices.models import Notice, new_message_id
from notices.prepared import Prepared
from notices.quiet import is_night

# Whoever was written to a moment ago gets what follows in one mail, when so much time has passed.
APART = timedelta(minutes=5)
# More than that nobody reads in one mail; what is left comes in the next.
MOST_LETTERS = 40
# Somebody else writes to the same person at this moment.
BUSY = timedelta(seconds=5)

_STANDING = Prepared(
    "notices_standing",
    """
    SELECT
        (SELECT max(settled_at) FROM notices_notice
         WHERE state = 'sent' AND recipient = $1 AND settled_at > $2 AND NOT (kind = ANY($3))),
        ARRAY(SELECT kind FROM notices_turnedoff WHERE recipient = $1),
        EXISTS(SELECT FROM notices_notice WHERE state = 'waiting' AND recipient = $1 AND try_at <= $4
               AND id <> $5 AND language = $6 AND bundle = '' AND NOT (kind = ANY($3)))
    """,
    ["text", "timestamptz", "text[]", "timestamptz", "bigint", "text"],
)


@dataclass(frozen=True)
class Standing:
    """How somebody stands who is to be written to: when they were told something last, what they have turned off, and
    whether more is due to them."""

    told_at: datetime | None
    off: set[str]
    has_more: bool


def standing_of(notice: Notice, now: datetime) -> Standing:
    """How a notice's recipient stands; to be asked by who has the turn of writing to them (notices/taking.py)."""
    asked = (notice.recipient, now - APART, _alone(), now, notice.pk, notice.language)
    [(told_at, off, has_more)] = _STANDING.rows(*asked)
    return Standing(told_at, set(off), has_more)


def joins_others(notice: Notice, standing: Standing, *, now: datetime) -> bool:
    """Let a notice wait for others, or tie it to those that are due; whether that is all that is done with it now.

    Ties are committed before anything is sent, and what was tried before is tied to nothing: each try, also after a
    crash, sends the same under the same Message-ID.
    """
    if not _may_join(notice, now):
        return False
    if standing.told_at and _waits(notice, standing.told_at + APART, now):
        return True
    if notice.bundle or notice.attempts or not standing.has_more:
        return False
    others = [one for one in _due_besides(notice, now) if one.language == notice.language and _may_join(one, now)]
    others = [one for one in others if not one.attempts]
    if others:
        _update([notice, *others], bundle=new_message_id(), try_at=notice.try_at)
    return bool(others)


def bundled_with(notice: Notice) -> list[Notice] | None:
    """The waiting notices of one mail, locked, in the order in which they were due; None if somebody else has one."""
    if not notice.bundle:
        return [notice]
    rows = Notice.objects.filter(bundle=notice.bundle, state=Notice.State.WAITING)
    free = list(rows.order_by("due_at", "pk").select_for_update(skip_locked=True))
    return free if len(free) == rows.count() else None


def put_off(notices: list[Notice], *, until: datetime) -> None:
    """Let notices wait until a moment; that is no try."""
    _update(notices, try_at=until)


def would_wake(notice: Notice, now: datetime) -> bool:
    """Whether a notice can wait for the morning, and it is night where it is read."""
    return notice.kind in labels() and kind_of(notice).quiet and is_night(now, notice.zone)


def _waits(notice: Notice, until: datetime, now: datetime) -> bool:
    """Let a notice's mail wait, and what else is due, as far as it is still of use then; whether it does."""
    rows = bundled_with(notice) or [notice]
    if any(one.useful_until and one.useful_until <= until for one in rows):
        return False
    besides = _due_besides(notice, now)
    put_off([*rows, *(one for one in besides if not one.useful_until or one.useful_until > until)], until=until)
    return True


def _may_join(notice: Notice, now: datetime) -> bool:
    if notice.kind not in labels() or (notice.useful_until and notice.useful_until <= now):
        return False
    return not kind_of(notice).alone and not would_wake(notice, now)


def _due_besides(notice: Notice, now: datetime) -> list[Notice]:
    """What else is due to a notice's recipient and not tied to a mail yet, oldest first, as much as fits; locked."""
    rows = Notice.objects.due(now).filter(recipient=notice.recipient, bundle="").exclude(pk=notice.pk)
    rows = rows.exclude(kind__in=_alone()).select_for_update(skip_locked=True)
    return list(rows[: MOST_LETTERS - 1])


def _update(notices: list[Notice], **fields: Any) -> None:
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(**fields)


def _alone() -> list[str]:
    return [kind.name for kind in kinds() if kind.alone]
