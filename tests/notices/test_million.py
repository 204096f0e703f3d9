"""The next hundred of a million that wait are chosen about as fast as those of a thousand (by the real statements)."""

from datetime import datetime
from statistics import median
from time import perf_counter

import pytest
from django.db import connection, transaction

from bench.filling.suspended import suspended
from coworking.local.progress import say
from notices.bundling import standing_of
from notices.models import Notice
from notices.taking import next_due
from tests.conftest import JAPAN
from tests.races.connections import raw, run

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]
FEW, MANY = 1_000, 1_000_000
HUNDRED, ROUNDS = 100, 7
MOST = 1.5

# Of ten, seven are due in the next weeks, two were due in the last hours, one has been sent. A person has five or so.
_FILL = """
    INSERT INTO notices_notice (kind, subject_key, dedupe_key, recipient, language, space_slug, timezone, facts, due_at,
        useful_until, created_at, state, attempts, try_at, settled_at, last_error, message_id, bundle)
    SELECT kind, 'booking:' || n, kind || ':' || n, 'person' || n %% (%(count)s / 5) || '@example.jp', 'ja',
        'koharubiyori', 'Asia/Tokyo', '{"sequence": 0}', due_at, due_at + interval '1 day', due_at - interval '1 day',
        CASE WHEN n %% 10 = 0 THEN 'sent' ELSE 'waiting' END, 0, due_at,
        CASE WHEN n %% 10 = 0 THEN due_at END, '', '<' || md5(kind || n) || '@example.jp>', ''
    FROM (SELECT n, (ARRAY['booking.reminder', 'booking.confirmed', 'invoice.overdue'])[1 + n %% 3] AS kind,
            CASE WHEN n %% 10 < 3 THEN now() - interval '5 hours' * random()
                 ELSE now() + interval '1 minute' + interval '40 days' * random() END AS due_at
        FROM generate_series(1, %(count)s) AS n) AS drawn
"""
_TO_ONE = """
    UPDATE notices_notice SET recipient = 'everything@example.jp'
    WHERE id IN (SELECT id FROM notices_notice WHERE state = 'waiting' ORDER BY try_at LIMIT 50000)
"""
_LOCK_AHEAD = """
    SELECT id FROM notices_notice WHERE state = 'waiting' AND try_at <= now() ORDER BY try_at, id LIMIT 100 FOR UPDATE
"""


def fill(count):
    """So many notices, as a table that has had time to settle."""
    with transaction.atomic(), suspended("notices_notice") as cursor:
        cursor.execute(_FILL, {"count": count})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE notices_notice")


def look_at(schema):
    """Let the statements of delivery be about the table of this schema."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path = {schema}, public")


@pytest.fixture(scope="module")
def two_tables(django_db_setup, django_db_blocker):
    """The outbox with a million in it, and one like it beside it with a thousand."""
    with django_db_blocker.unblock():
        try:
            with connection.cursor() as cursor:
                cursor.execute("CREATE SCHEMA few")
                cursor.execute("CREATE TABLE few.notices_notice (LIKE notices_notice INCLUDING ALL)")
            for schema, count in (("few", FEW), ("public", MANY)):
                look_at(schema)
                fill(count)
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET search_path = public")
                cursor.execute("DROP SCHEMA few CASCADE")
                cursor.execute("TRUNCATE notices_notice CASCADE")
            connection.close()


def hundred():
    """Seconds that delivery takes to choose the next hundred, each with how its reader stands; they are sent, and then
    wait again."""
    took, chosen = 0.0, []
    for _ in range(HUNDRED):
        with transaction.atomic():
            began = perf_counter()
            now = datetime.now(JAPAN)
            notice, is_free = next_due(now)
            standing_of(notice, now)
            took += perf_counter() - began
            assert is_free
            notice.settle(Notice.State.SENT, at=now)
            chosen.append(notice.pk)
    assert len(set(chosen)) == HUNDRED
    Notice.objects.filter(pk__in=chosen).update(state="waiting", settled_at=None)
    return took


def compared(capsys, what):
    """How much longer the next hundred of many take than those of few: medians of rounds in turns."""
    took = {"few": [], "public": []}
    for _ in range(ROUNDS):
        for schema, rounds in took.items():
            look_at(schema)
            rounds.append(hundred())
    few, many = median(took["few"]), median(took["public"])
    with capsys.disabled():
        say(
            f"\n{what}: the next {HUNDRED} of {MANY:,} are chosen in {many * 1000:.1f} ms, of {FEW:,} in "
            f"{few * 1000:.1f} ms: {many / few:.2f}"
        )
    return many / few


def test_next_hundred_of_a_million_are_chosen_like_those_of_a_thousand(two_tables, django_db_blocker, capsys):
    with django_db_blocker.unblock():
        assert compared(capsys, "Many people") < MOST
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN EXECUTE notices_next(now())")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Index Scan using notice_due" in plan, plan
        assert "Seq Scan" not in plan

        with raw(2) as others:
            for other, schema in zip(others, ("few", "public"), strict=True):
                run(other, f"SET search_path = {schema}, public")
                run(other, _LOCK_AHEAD)
            assert compared(capsys, "Behind a hundred that others have") < MOST

        for schema in ("few", "public"):
            look_at(schema)
            with connection.cursor() as cursor:
                cursor.execute(_TO_ONE)
                cursor.execute("VACUUM ANALYZE notices_notice")
        assert compared(capsys, "All of one person") < MOST
