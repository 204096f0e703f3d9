"""The balance of days by Coworking VISA: how many each host gave to members of each home, without money.

A day is a calendar day of the host on which somebody had a visit by visa that has begun and was neither cancelled nor
missed; several visits of a person on one day are one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection

from spaces.models import Space

_GIVEN = """
SELECT membership.space_id, resource.space_id, date_trunc('month', local.day)::date,
    count(DISTINCT (visa.id, local.day))
FROM bookings_booking booking
JOIN spaces_resource resource ON resource.id = booking.resource_id
JOIN spaces_space host ON host.id = resource.space_id
JOIN visas_visa visa ON visa.id = booking.visa_id
JOIN members_membership membership ON membership.id = visa.membership_id
CROSS JOIN LATERAL (SELECT (booking.starts_at AT TIME ZONE host.timezone)::date AS day) local
WHERE booking.visa_id IS NOT NULL AND cancelled_at IS NULL AND missed_at IS NULL AND booking.starts_at <= %(now)s
    -- For the index; no zone is further from UTC than a day.
    AND booking.starts_at >= %(first)s::date - interval '1 day'
    AND booking.starts_at < %(last)s::date + interval '2 days'
    AND local.day BETWEEN %(first)s AND %(last)s
GROUP BY 1, 2, 3 ORDER BY 3, 1, 2
"""


class Given(NamedTuple):
    """Days that a host gave to members of a home space in a month; spaces by their keys, the month by its first day."""

    home: int
    host: int
    month: date
    days: int


@dataclass(frozen=True)
class Row:
    """What members of a home space received: at each host (None at home), and in all."""

    home: Space
    cells: tuple[tuple[Space, int | None], ...]
    received: int


@dataclass(frozen=True)
class Stand:
    """A space's days in all: given to others, and received by its own members."""

    space: Space
    given: int
    received: int

    @property
    def difference(self) -> int:
        return self.given - self.received

    @property
    def signed_difference(self) -> str:
        """As it is shown: +3, −2, 0."""
        return f"{self.difference:+}".replace("-", "−") if self.difference else "0"


@dataclass(frozen=True)
class Balance:
    """Days between some spaces, in their order."""

    spaces: tuple[Space, ...]
    given: tuple[Given, ...]

    @property
    def total(self) -> int:
        return sum(one.days for one in self.given)

    def days(self, home: Space, host: Space) -> int:
        """How many a host gave to members of a home space."""
        return sum(one.days for one in self.given if (one.home, one.host) == (home.pk, host.pk))

    @property
    def rows(self) -> list[Row]:
        """The table, a row for each home space."""
        return [
            Row(
                home,
                tuple((host, None if host == home else self.days(home, host)) for host in self.spaces),
                sum(one.days for one in self.given if one.home == home.pk),
            )
            for home in self.spaces
        ]

    @property
    def stands(self) -> list[Stand]:
        """Each space's days given and received."""
        return [
            Stand(
                space,
                given=sum(one.days for one in self.given if one.host == space.pk),
                received=sum(one.days for one in self.given if one.home == space.pk),
            )
            for space in self.spaces
        ]


def balance(spaces: Iterable[Space], first: date, last: date, *, now: datetime) -> Balance:
    """The balance of the days from `first` to `last`, both included, that have begun: one query.

    Of the spaces those are in it that are in the federation on the day of `now`, and those that were and have days.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN, {"first": first, "last": last, "now": now})
        given = tuple(Given(*row) for row in cursor.fetchall())
    known = {key for one in given for key in (one.home, one.host)}
    return Balance(
        tuple(space for space in spaces if space.pk in known or space.is_in_federation(space.today(now))), given
    )


def last_months(today: date, count: int = 12) -> Sequence[date]:
    """The first days of this month and of those before it, the latest first."""
    months = [today.replace(day=1)]
    while len(months) < count:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months
