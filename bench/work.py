"""What the worker of the benchmark is given to do; `python -m bench.work KIND COUNT` lays it out and counts it.

- nothing: tasks that do nothing, in Celery's queue.
- empty: notices that are always wanted and say one sentence, each to somebody else, by a channel that drops them.
- mailed: the same by SMTP.
- confirmed: confirmations of bookings, each to somebody else, by SMTP.

The worker imports this module too, so that it knows the task, the kind and the channel.
"""

import sys

from celery import shared_task
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy

from bookings.models import Booking
from bookings.notices import CONFIRMED, booked
from notices import channels
from notices.framing import Mail
from notices.kinds import Kind, Letter, Topic, register
from notices.models import Notice
from notices.outbox import tell
from notices.tasks import deliver_due

NOWHERE, SOMEWHERE = "@nowhere.example", "@somewhere.example"


@shared_task
def nothing() -> None:
    """A no-op."""


class Nowhere(channels.Channel):
    """It takes what is for nobody, and does nothing with it."""

    name = "nowhere"

    def reaches(self, address: str) -> bool:
        return address.endswith(NOWHERE)

    def send(self, mail: Mail) -> None:
        pass

    def close(self) -> None:
        pass


def _letter(notice: Notice) -> Letter:
    return Letter(subject="Nothing", title="Nothing", text="Nothing.", html="<p>Nothing.</p>")


EMPTY = Kind("bench.empty", gettext_lazy("Nothing"), lambda notice: True, _letter, topic=Topic.BOOKINGS)
register(EMPTY)
channels.register(Nowhere())


def lay_out(what: str, count: int) -> int:
    """How many there are."""
    if what == "nothing":
        for _ in range(count):
            nothing.delay()
        return count
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE notices_notice CASCADE")
    notices = _confirmed(count) if what == "confirmed" else _empty(count, NOWHERE if what == "empty" else SOMEWHERE)
    tell(notices)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE notices_notice")
    # As beat wakes them, one for each process of the worker.
    for _ in range(2):
        deliver_due.delay()
    return len(notices)


def _empty(count: int, host: str) -> list[Notice]:
    now = timezone.now()
    return [
        Notice(
            kind=EMPTY.name,
            subject_key=f"nothing:{number}",
            dedupe_key=f"nothing:{number}",
            recipient=f"{number}{host}",
            language="ja",
            due_at=now,
        )
        for number in range(count)
    ]


def _confirmed(count: int) -> list[Notice]:
    now = timezone.now()
    coming = Booking.objects.filter(starts_at__gt=now, cancelled_at=None).exclude(person="")
    rows = coming.select_related("resource__space", "user", "ticket").order_by("person", "pk").distinct("person")
    return [notice for row in rows[:count] for notice in booked(row, now=now) if notice.kind == CONFIRMED]


def main() -> None:
    what, count = sys.argv[1:]
    sys.stdout.write(str(lay_out(what, int(count))))
