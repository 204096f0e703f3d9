"""One look at the whole booking table: what the guard would have refused, row by row, must not be in it."""

from django.db import connection

BROKEN = """
WITH live AS (
    SELECT booking.id, resource_id, person, starts_at, ends_at, seats, capacity, kind
    FROM bookings_booking AS booking JOIN spaces_resource AS resource ON resource.id = resource_id
    WHERE cancelled_at IS NULL AND missed_at IS NULL
), running AS (
    SELECT resource_id, capacity,
           sum(change) OVER (PARTITION BY resource_id ORDER BY moment, change ROWS UNBOUNDED PRECEDING) AS taken
    FROM live, LATERAL (VALUES (starts_at, seats), (ends_at, -seats)) AS changes (moment, change)
), seat_of AS (
    SELECT id, starts_at, max(ends_at) OVER (
        PARTITION BY person ORDER BY starts_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS seated_until
    FROM live WHERE kind = 'open_seats' AND person IS NOT NULL
)
SELECT 'more seats taken than there are, at resource ' || min(resource_id), count(*)
FROM running WHERE taken > capacity HAVING count(*) > 0
UNION ALL
SELECT 'a person in two seats at once, booking ' || min(id), count(*)
FROM seat_of WHERE seated_until > starts_at HAVING count(*) > 0
UNION ALL
SELECT 'the facts of the resource are wrong, booking ' || min(booking.id), count(*)
FROM bookings_booking AS booking JOIN spaces_resource AS resource ON resource.id = resource_id
WHERE holds_seat <> (kind = 'open_seats') OR is_exclusive <> (capacity = 1) HAVING count(*) > 0
"""


class InvariantBroken(Exception):  # noqa: N818 - a fact, as Complaint and Stopped are
    """The booking table holds what must never be."""


def check() -> None:
    """Raise InvariantBroken unless every live booking of the whole table fits beside all the others."""
    with connection.cursor() as cursor:
        cursor.execute(BROKEN)
        broken = [f"{what} ({count} rows)" for what, count in cursor.fetchall()]
    if broken:
        raise InvariantBroken("; ".join(broken))
