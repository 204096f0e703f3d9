"""Importing the members of a space from a CSV file: every problem is told by line and column, and all come in or none.

Nobody is mailed: these people are members already.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from members.costs import renewal_day_of
from members.import_checking import Checker
from members.import_file import MOST_BYTES, Problem, Reading, Wanted
from members.models import AgreedPlan, Membership, Pause, User
from spaces.file_text import UnreadableError, rows_of, text_of
from spaces.locks import lock_resources
from spaces.models import Resource, Space


class FileRefusedError(Exception):
    """A file that does not come in, with every reason."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(f"{len(reading.problems)} problems")
        self.reading = reading


def check(space: Space, content: bytes, *, now: datetime) -> Reading:
    """Read a file for a space and write nothing: every row, and every problem with its line and column."""
    reading = Reading()
    try:
        lines = list(rows_of(text_of(content, most_bytes=MOST_BYTES)))
    except UnreadableError as error:
        reading.problems.append(Problem(1, "", error.code, {"megabytes": MOST_BYTES // 1024 // 1024}))
        return reading
    Checker(space, lines, reading, now).run()
    reading.problems.sort(key=lambda problem: problem.line)
    return reading


@transaction.atomic
def load(space: Space, content: bytes, *, by: User, why: str = "", now: datetime) -> int:
    """Bring a file's people in as members, all or none; how many. It is checked again under the lock of the booths.

    Raises FileRefusedError. Nobody is told anything.
    """
    lock_resources(Resource.objects.filter(space=space, kind=Resource.Kind.BOOTH).values_list("pk", flat=True))
    reading = check(space, content, now=now)
    if reading.problems:
        raise FileRefusedError(reading)
    try:
        with transaction.atomic():
            _write(space, reading.rows, by, why, now)
    except IntegrityError as error:
        # Somebody else joined, or signed up with one of the addresses, between the check and the rows.
        raise FileRefusedError(Reading(problems=[Problem(1, "", "meanwhile")])) from error
    return len(reading.rows)


def _write(space: Space, rows: list[Wanted], by: User, why: str, now: datetime) -> None:
    new = [row for row in rows if row.user is None]
    for row in new:
        row.user = User(email=row.email, language=row.language, **row.names)
        row.user.set_unusable_password()
    User.objects.bulk_create([row.user for row in new if row.user])
    memberships = [
        Membership(
            user=row.user,
            space=space,
            status=Membership.Status.ACTIVE,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            renewal_day=renewal_day_of(row.plan, row.starts_on),
            applied_at=now,
            **row.papers,
        )
        for row in rows
    ]
    bulk_create_with_history(memberships, Membership, default_user=by, default_change_reason=why)
    pairs = list(zip(rows, memberships, strict=True))
    agreed = []
    for row, membership in pairs:
        terms = AgreedPlan.of(
            row.plan,
            membership=membership,
            booth=row.booth,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            told_at=now,
        )
        terms.price = row.price
        agreed.append(terms)
    AgreedPlan.objects.bulk_create(agreed)
    paused = [(row, membership) for row, membership in pairs if row.status == Membership.Status.PAUSED]
    today = space.today(now)
    Pause.objects.bulk_create(
        Pause(membership=membership, starts_on=today, ends_on=row.paused_until) for row, membership in paused
    )
    for _row, membership in paused:
        membership.status = Membership.Status.PAUSED
    resting = [membership for _row, membership in paused]
    bulk_update_with_history(resting, Membership, ["status"], default_user=by, default_change_reason=why)
