"""Who types too many wrong codes is locked out for a while: by address, and by network (design rules 9 and 13).

Ten networks that never rest, and stay just below these limits, try 3.4 million codes a year. Among 30 ** 8 codes they
find one of a thousand tickets once in 190 years.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from members.models import User
from visas.models import WrongCodes
from visas.refusals import refusal

# Wrong codes are told to operators for so long; addresses are not kept longer.
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Limit:
    """So many wrong codes `within` a time lock a place out for `locked`."""

    wrong: int
    within: timedelta
    locked: timedelta


LIMITS = {
    WrongCodes.Kind.ADDRESS: Limit(8, timedelta(hours=1), timedelta(hours=1)),
    # A school or a fair comes from one network: people there mistype, but not so often.
    WrongCodes.Kind.NETWORK: Limit(40, timedelta(hours=1), timedelta(hours=4)),
}

_COUNT = """
INSERT INTO visas_wrongcodes AS counted (kind, place, since, wrong, in_all) VALUES (%(kind)s, %(place)s, %(now)s, 1, 1)
ON CONFLICT (kind, place) DO UPDATE SET
    in_all = counted.in_all + 1,
    wrong = CASE WHEN counted.since < %(begun)s THEN 1 ELSE counted.wrong + 1 END,
    since = CASE WHEN counted.since < %(begun)s THEN %(now)s ELSE counted.since END,
    locked_until = CASE
        WHEN counted.since >= %(begun)s AND counted.wrong + 1 >= %(most)s THEN %(until)s ELSE counted.locked_until END
"""


def locked_until(address: str, *, now: datetime) -> datetime | None:
    """Until when codes from an address are not looked at; None if they are looked at now."""
    return (
        WrongCodes.objects.filter(place__in=_places(address).values(), locked_until__gt=now)
        .order_by("-locked_until")
        .values_list("locked_until", flat=True)
        .first()
    )


def check_not_locked_out(address: str, *, now: datetime) -> None:
    """Raise ValidationError if codes from an address are not looked at now."""
    until = locked_until(address, now=now)
    if until:
        raise refusal("locked_out", time=f"{timezone.localtime(until):%H:%M}")


def count_wrong(address: str, *, now: datetime) -> None:
    """Note a wrong code from an address; in a statement of its own, which stays whatever the caller does next."""
    with connection.cursor() as cursor:
        for kind, place in _places(address).items():
            limit = LIMITS[kind]
            cursor.execute(
                _COUNT,
                {
                    "kind": kind,
                    "place": place,
                    "now": now,
                    "begun": now - limit.within,
                    "most": limit.wrong,
                    "until": now + limit.locked,
                },
            )


def lift(locked: WrongCodes, *, by: User, now: datetime) -> None:
    """Let codes from a place be looked at again."""
    locked.locked_until, locked.wrong, locked.since = None, 0, now
    locked.lifted_at, locked.lifted_by = now, by
    locked.save(update_fields=["locked_until", "wrong", "since", "lifted_at", "lifted_by"])


def forget_old(*, now: datetime) -> int:
    """Forget the places whose last count is over for a month; how many."""
    return WrongCodes.objects.filter(since__lt=now - KEPT).delete()[0]


def _places(address: str) -> dict[WrongCodes.Kind, str]:
    """An address and its network: of IPv4 the last of four numbers is open, of IPv6 what a subscriber has."""
    found = ipaddress.ip_address(address)
    # A socket for both kinds writes IPv4 as IPv6; otherwise all the world would be one network.
    found = getattr(found, "ipv4_mapped", None) or found
    network = ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False)
    return {WrongCodes.Kind.ADDRESS: str(found), WrongCodes.Kind.NETWORK: str(network)}
