"""What people want to be told: each kind that nobody needs can be turned off for an address."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from notices.kinds import kinds
from notices.models import TurnedOff


def may_be_turned_off(names: Iterable[str]) -> list[str]:
    """Those of some kinds that can be turned off; names that no app has registered are left out."""
    wanted = set(names)
    return [kind.name for kind in kinds() if kind.name in wanted and kind.can_be_turned_off]


def turned_off(address: str) -> set[str]:
    """The kinds that do not go to an address."""
    return set(TurnedOff.objects.filter(recipient=address).values_list("kind", flat=True))


def turn_off(address: str, names: Iterable[str], *, now: datetime) -> list[str]:
    """Send an address no more notices of some kinds; those that are needed stay on. Returns what is off by it."""
    off = may_be_turned_off(names)
    rows = [TurnedOff(recipient=address, kind=name, since=now) for name in off]
    TurnedOff.objects.bulk_create(rows, ignore_conflicts=True)
    return off


def turn_on(address: str, names: Iterable[str]) -> None:
    """Send an address notices of some kinds again."""
    TurnedOff.objects.filter(recipient=address, kind__in=list(names)).delete()


def choose(address: str, wanted: Iterable[str], *, among: Iterable[str], now: datetime) -> None:
    """Of the kinds `among` which somebody chooses, send those that are `wanted`, and no others but what is needed."""
    wanted, among = set(wanted), set(among)
    with transaction.atomic():
        turn_on(address, wanted & among)
        turn_off(address, among - wanted, now=now)


def follow(before: str, address: str) -> None:
    """Take what somebody has chosen along to their new address."""
    rows = TurnedOff.objects.filter(recipient=before)
    chosen = [TurnedOff(recipient=address, kind=row.kind, since=row.since) for row in rows]
    with transaction.atomic():
        TurnedOff.objects.bulk_create(chosen, ignore_conflicts=True)
        rows.delete()
