"""What became of visits by Coworking VISA: how many of them a host honoured, and how soon it usually answers.

Members choose by it where to go, and a host sees that it keeps its word. A visit is a day of the host's calendar on
which the holder of a visa wanted to be there, however often it was asked for or booked: several bookings on one day are
one, as they are one day of the visa. What comes first counts, of what is known of a visit that was to begin by now:

1. used: the holder was checked in;
2. refused: turned away at the desk, also with a booking;
3. accepted: a booking stands, or the holder has not come, or cancelled too late;
4. refused: the host cancelled, for a closure too, or refused a request;
5. unanswered: a request had no answer when the visit would have begun.

Left out is what is nobody's word to keep: what the holder cancelled in time or withdrew, and refusals, cancellations by
the space and silence on a day on which the visa was not good there: at home, not granted, ended, paused, or revoked by
then, as far as the membership tells now. The last day of a membership counts as one of it; a booking that was cancelled
by the space on that day is taken to have fallen with the membership.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from notices.prepared import Prepared

LOOKED_BACK = timedelta(days=365)
# With fewer visits, or fewer answers, a figure would say more of chance, or of one person, than of the host.
ENOUGH = 3
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Longer answers are told in days.
MOST_HOURS = 48

_OUTCOMES = Prepared(
    "visa_outcomes",
    """
WITH host AS (
    SELECT space.id AS space_id, space.timezone AS zone, resource.id AS resource_id
    FROM spaces_space space JOIN spaces_resource resource ON resource.space_id = space.id
    WHERE space.id = ANY($1)
), told AS (
    SELECT space_id, visa_id, (starts_at AT TIME ZONE zone)::date AS day, cancelled_at AS decided_at,
        cancelled_by = 'space' AS by_space, CASE
        WHEN checked_in_at IS NOT NULL THEN 1
        WHEN cancelled_at IS NULL OR cancelled_late THEN 3
        WHEN cancelled_by = 'space' THEN 4
    END AS outcome
    FROM host JOIN bookings_booking USING (resource_id)
    WHERE visa_id IS NOT NULL AND starts_at > $2 AND starts_at <= $3
    UNION ALL
    SELECT space_id, visa_id, (starts_at AT TIME ZONE zone)::date, coalesce(answered_at, starts_at), false, CASE
        WHEN answer = 'refused' AND at_desk THEN 2
        WHEN answer = 'refused' THEN 4
        WHEN answer = '' THEN 5
    END
    FROM host JOIN bookings_visarequest USING (resource_id)
    WHERE starts_at > $2 AND starts_at <= $3
), visit AS (
    SELECT space_id, min(outcome) AS outcome FROM told
    WHERE outcome IN (1, 3) OR outcome IN (2, 4, 5) AND EXISTS (
        SELECT 1 FROM visas_visa visa
        JOIN members_membership membership ON membership.id = visa.membership_id
        JOIN spaces_space home ON home.id = membership.space_id
        JOIN members_agreedplan agreed ON agreed.membership_id = membership.id
        JOIN members_plan plan ON plan.id = agreed.plan_id AND plan.grants_visa
        WHERE visa.id = told.visa_id AND membership.space_id <> told.space_id
          AND membership.starts_on <= told.day AND (membership.ends_on IS NULL OR told.day <= membership.ends_on)
          AND NOT (told.by_space AND membership.status = 'ended'
                   AND membership.ends_on = (told.decided_at AT TIME ZONE home.timezone)::date)
          AND agreed.starts_on <= told.day AND (agreed.ends_on IS NULL OR told.day <= agreed.ends_on)
          AND (home.left_on IS NULL OR told.day < date_trunc('month', home.left_on - 1)::date + interval '1 month')
          AND (visa.revoked_at IS NULL OR told.decided_at < visa.revoked_at)
          AND NOT EXISTS (
              SELECT 1 FROM members_pause pause WHERE pause.membership_id = membership.id
                AND pause.starts_on <= told.day AND (pause.ends_on IS NULL OR told.day <= pause.ends_on)
          )
          -- One that was given back since keeps in its history the moment at which visits fell.
          AND NOT EXISTS (
              SELECT 1 FROM visas_historicalvisa before
              WHERE before.id = visa.id AND before.revoked_at = told.decided_at
          )
    )
    GROUP BY space_id, visa_id, day
), counted AS (
    SELECT space_id, count(*) FILTER (WHERE outcome = 1) AS used, count(*) FILTER (WHERE outcome IN (1, 3)) AS accepted,
        count(*) FILTER (WHERE outcome IN (2, 4)) AS refused, count(*) FILTER (WHERE outcome = 5) AS unanswered
    FROM visit GROUP BY space_id
), answered AS (
    SELECT space_id, count(*) AS asked, count(answered_at) AS answered,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY answered_at - asked_at) AS usual
    FROM host JOIN bookings_visarequest USING (resource_id)
    WHERE NOT at_desk AND answer <> 'withdrawn' AND starts_at > $2
    GROUP BY space_id
)
SELECT id, coalesce(used, 0), coalesce(accepted, 0), coalesce(refused, 0), coalesce(unanswered, 0),
    coalesce(asked, 0), coalesce(answered, 0), usual
FROM spaces_space LEFT JOIN counted ON counted.space_id = id LEFT JOIN answered ON answered.space_id = id
WHERE id = ANY($1)
""",
    ["bigint[]", "timestamptz", "timestamptz"],
)


@dataclass(frozen=True)
class Honoured:
    """A host's figures of the last twelve months; of the `accepted` visits some were `used`.

    `asked` are requests by who could not book at once; of these some were `answered`, and `answer_time` is the usual
    time from asking to an answer (the median): None where none was. What was said at the desk is in none of these.
    """

    used: int = 0
    accepted: int = 0
    refused: int = 0
    unanswered: int = 0
    asked: int = 0
    answered: int = 0
    answer_time: timedelta | None = None

    @property
    def visits(self) -> int:
        return self.accepted + self.refused + self.unanswered

    @property
    def rate(self) -> int | None:
        """Visits that were accepted, in whole percent, rounded down so that 100 is all of them; None of too few."""
        return 100 * self.accepted // self.visits if self.visits >= ENOUGH else None

    @property
    def in_words(self) -> str:
        """How many visits were honoured, in the active language."""
        if not self.visits:
            return _("Nobody has come by Coworking VISA within the last 12 months.")
        if self.rate is None:
            return _("Too few visits within the last 12 months to give a figure.")
        return _("Honoured %(accepted)s of %(visits)s visits within the last 12 months.") % {
            "accepted": self.accepted,
            "visits": self.visits,
        }

    @property
    def answer_in_words(self) -> str:
        """How soon the host usually answers, in the active language; empty where there is nothing to tell."""
        if not self.asked:
            return _("Visits were booked at once: nobody had to ask.") if self.accepted else ""
        if self.answer_time is None or self.answered < ENOUGH:
            return ""
        hours = -(-self.answer_time // HOUR)
        if hours <= 1:
            return _("Usually answers within an hour.")
        if hours <= MOST_HOURS:
            return _("Usually answers within %(hours)s hours.") % {"hours": hours}
        return _("Usually answers within %(days)s days.") % {"days": -(-self.answer_time // DAY)}


def honoured_by(hosts: Iterable[int], *, now: datetime) -> dict[int, Honoured]:
    """The figures of hosts by their keys, visits that began within the twelve months until `now`: one query."""
    found = _OUTCOMES.rows(list(hosts), now - LOOKED_BACK, now)
    return {host: Honoured(*figures) for host, *figures in found}
