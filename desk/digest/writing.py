"""Writing the digests that are due: at eight by each space's own clocks, once a day for everybody with a role there."""

from datetime import datetime, time

from django.db.models import CharField, DateTimeField, Exists, F, Func, OuterRef, QuerySet, TimeField, Value
from django.db.models.functions import Cast, Concat

from members.models import Operator
from notices.models import Notice
from notices.outbox import tell
from spaces.models import Space
from spaces.today import today_at

KIND = "digest"
WRITTEN_AT = time(8)
# In the evening the day is over, and its digest of no use.
USEFUL_UNTIL = time(18)


def write_due(*, now: datetime) -> int:
    """Write what is due, and was not written yet; how many notices. Late, or twice at once, does no harm."""
    due = [_notice(operator, now) for operator in _due(now)]
    tell(due)
    return len(due)


def key_of(operator: Operator, day: str) -> str:
    """What keeps a digest from being written twice."""
    return f"{KIND}:{operator.space_id}:{day}:{operator.user_id}"


def _due(now: datetime) -> QuerySet[Operator]:
    """Roles at spaces of the federation where it is between eight and the evening, without a digest of today."""
    local = Func(F("space__timezone"), Value(now, DateTimeField()), function="timezone", output_field=DateTimeField())
    day = today_at("space__timezone", now)
    key = Concat(
        Value(f"{KIND}:"),
        "space_id",
        Value(":"),
        Cast("day", CharField()),
        Value(":"),
        "user_id",
        output_field=CharField(),
    )
    rows = Operator.objects.alias(clock=Cast(local, TimeField())).annotate(day=day).annotate(key=key)
    rows = rows.filter(user__is_active=True, clock__gte=WRITTEN_AT, clock__lt=USEFUL_UNTIL)
    there = Space.objects.filter(pk=OuterRef("space"), joined_on__lte=OuterRef("day"))
    left = Space.objects.filter(pk=OuterRef("space"), left_on__lte=OuterRef("day"))
    written = Notice.objects.filter(dedupe_key=OuterRef("key"))
    return rows.filter(Exists(there), ~Exists(left), ~Exists(written)).select_related("user", "space").order_by("pk")


def _notice(operator: Operator, now: datetime) -> Notice:
    space, day = operator.space, operator.space.today(now)
    return Notice(
        kind=KIND,
        subject_key=f"operator:{operator.pk}",
        dedupe_key=key_of(operator, day.isoformat()),
        recipient=operator.user.email,
        language=operator.user.language,
        space_slug=space.slug,
        timezone=space.timezone,
        facts={"day": day.isoformat()},
        due_at=datetime.combine(day, WRITTEN_AT, space.zone),
        useful_until=datetime.combine(day, USEFUL_UNTIL, space.zone),
        created_at=now,
    )
