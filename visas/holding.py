"""Whether a visa is valid, and until when: worked out from the membership that grants it, never kept."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection

from members.models import Membership, User
from members.models.membership import DAY
from spaces.models import Space
from spaces.rows import made
from spaces.templatetags.wording import plain_day
from visas.models import Visa
from visas.refusals import refusal

# A visa with all that its validity follows from, as one JSON text (see spaces/rows.py). A plan that grants visas, or
# does so no more, does it for everybody who is on it.
HELD_VISA = """
jsonb_build_object(
    'visa', to_jsonb(visa), 'membership', to_jsonb(membership), 'home', to_jsonb(home),
    'granted', (SELECT coalesce(
                    jsonb_agg(jsonb_build_array(agreed.starts_on, agreed.ends_on) ORDER BY agreed.starts_on), '[]')
                FROM members_agreedplan agreed JOIN members_plan plan ON plan.id = agreed.plan_id
                WHERE agreed.membership_id = membership.id AND plan.grants_visa),
    'pauses', (SELECT coalesce(jsonb_agg(jsonb_build_array(pause.starts_on, pause.ends_on) ORDER BY pause.starts_on),
                               '[]')
               FROM members_pause pause WHERE pause.membership_id = membership.id)
)::text
"""
FROM_VISAS = """
FROM visas_visa visa JOIN members_membership membership ON membership.id = visa.membership_id
JOIN spaces_space home ON home.id = membership.space_id
"""

Stretch = tuple[date, date | None]


@dataclass(frozen=True)
class HeldVisa:
    """A visa with its membership and home space, the days on which a plan grants it, and the pauses."""

    visa: Visa
    granted: tuple[Stretch, ...]
    pauses: tuple[Stretch, ...]

    @property
    def membership(self) -> Membership:
        return self.visa.membership

    @property
    def home(self) -> Space:
        return self.membership.space

    @property
    def home_days_end(self) -> date | None:
        """The last day on which a home space that has left the federation still counts: the last of that month.

        Design rule 11: when a space leaves nobody is hurt.
        """
        left_on = self.home.left_on
        return None if left_on is None else last_home_day(left_on)

    def is_valid_on(self, day: date) -> bool:
        """Whether it is good for a visit on a day. The guard of migration bookings/0009 asks the same."""
        return self.why_not_on(day) is None

    def why_not_on(self, day: date) -> ValidationError | None:
        """Why it is not good on a day, in a sentence; None if it is."""
        held, home = self.membership, self.home.name
        if self.visa.revoked_at:
            return refusal("visa_revoked", home=home)
        if held.status not in (Membership.Status.ACTIVE, Membership.Status.PAUSED):
            return refusal("visa_ended", home=home)
        if day < held.starts_on:
            return refusal("visa_begins", home=home, day=plain_day(held.starts_on))
        last_days = [last for last in (held.ends_on, self.home_days_end) if last]
        if last_days and min(last_days) < day:
            return refusal("visa_ends", home=home, day=plain_day(min(last_days)))
        if _on(self.pauses, day):
            return refusal("visa_rests", home=home)
        if not _on(self.granted, day):
            return refusal("visa_not_granted", home=home)
        return None

    def valid_until(self, today: date) -> date | None:
        """The last of the days in a row on which it is good, from today or the first day to come on which it is.

        None if they have no end, or there are none.
        """
        firsts = [today, self.membership.starts_on, *(first for first, _last in self.granted)]
        firsts += [last + DAY for _first, last in self.pauses if last]
        begins = next((day for day in sorted(firsts) if day >= today and self.is_valid_on(day)), None)
        if begins is None:
            return None
        lasts = [self.membership.ends_on, self.home_days_end, *(last for _first, last in self.granted)]
        ends = [last for last in lasts if last] + [first - DAY for first, _last in self.pauses]
        return next((day for day in sorted(ends) if day >= begins and not self.is_valid_on(day + DAY)), None)


def visas_of(user: User) -> list[HeldVisa]:
    """The visas of a person's memberships, those that are not ended first: one query."""
    held = _read("membership.user_id = %s ORDER BY membership.status IN ('ended', 'declined'), visa.id", [user.pk])
    return list(held)


def visas_at(home: Space) -> list[HeldVisa]:
    """The visas of all who are or were members of a space: one query."""
    return list(_read("membership.space_id = %s ORDER BY visa.id", [home.pk]))


def visa_of(membership: Membership) -> HeldVisa | None:
    """The visa of a membership as it is now, if it ever had one: one query."""
    return next(iter(_read("membership.id = %s", [membership.pk])), None)


def held_by_key(visa_ids: Iterable[int]) -> dict[int, HeldVisa]:
    """Visas as they are now, by their keys: one query."""
    return {held.visa.pk: held for held in _read("visa.id = ANY(%s)", [list(visa_ids)])}


def held_visa(text: str) -> HeldVisa:
    """The visa that a text of `HELD_VISA` describes."""
    parts = json.loads(text)
    visa = made(Visa, parts["visa"])
    visa.membership = made(Membership, parts["membership"])
    visa.membership.space = made(Space, parts["home"])
    return HeldVisa(visa, tuple(_stretches(parts["granted"])), tuple(_stretches(parts["pauses"])))


def _read(condition: str, params: list[Any]) -> Iterable[HeldVisa]:
    with connection.cursor() as cursor:
        # The condition is one of those above.
        cursor.execute(f"SELECT {HELD_VISA} {FROM_VISAS} WHERE {condition}", params)
        rows = cursor.fetchall()
    return [held_visa(text) for (text,) in rows]


def _stretches(rows: list[list[str | None]]) -> Iterable[Stretch]:
    for first, last in rows:
        yield date.fromisoformat(first or ""), date.fromisoformat(last) if last else None


def _on(stretches: Iterable[Stretch], day: date) -> Stretch | None:
    return next((each for each in stretches if each[0] <= day and (each[1] is None or day <= each[1])), None)


def last_home_day(left_on: date) -> date:
    """The last day on which visas of a space hold that is in the federation no more on `left_on`: that month's end."""
    last = left_on - DAY
    return (last.replace(day=28) + 4 * DAY).replace(day=1) - DAY
