"""Numbers of papers: without gaps and without repeats in a space and year (design rule 5)."""

import re

from django.db import connection

_NEXT = """
INSERT INTO billing_counter AS counter (space_id, paper, year, last) VALUES (%s, %s, %s, 1)
ON CONFLICT (space_id, paper, year) DO UPDATE SET last = counter.last + 1 RETURNING last
"""


def next_number(space_id: int, paper: str, year: int) -> int:
    """The next number of a paper; a transaction that fails gives it back.

    Whoever comes next waits until this transaction ends, so this is the last lock that is taken (design rule 10).
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [space_id, paper, year])
        return cursor.fetchone()[0]


def number_in(code: str, letter: str = "") -> tuple[int, int] | None:
    """Year and number of a code as it is printed: 2026-0012, after a `letter` that it begins with; None of all else."""
    found = re.fullmatch(letter + r"([0-9]{4})-([0-9]{4}|[1-9][0-9]{4,8})", code)
    return (int(found[1]), int(found[2])) if found else None
