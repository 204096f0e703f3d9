"""The smallest transaction that books: lock, check the peak, insert; one message to PostgreSQL, no Django.

`python -m bench.smallest` reads its job from standard input and runs the clients as processes, since threads of one
Python would wait for each other and not for PostgreSQL.
"""

import json
import multiprocessing
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection

import psycopg2

BOOK = """
BEGIN;
SELECT capacity FROM place WHERE id = %(place)s FOR NO KEY UPDATE;
INSERT INTO hold (place_id, starts_at, ends_at, person)
SELECT %(place)s, %(starts)s, %(ends)s, %(person)s
WHERE (SELECT capacity FROM place WHERE id = %(place)s) > (
    SELECT coalesce(max(taken), 0) FROM (
        SELECT sum(change) OVER (ORDER BY moment, change) AS taken
        FROM hold, LATERAL (VALUES (starts_at, 1), (ends_at, -1)) AS changes (moment, change)
        WHERE place_id = %(place)s AND starts_at > %(starts)s::timestamptz - interval '25 hours'
          AND starts_at < %(ends)s AND ends_at > %(starts)s
    ) AS running
)
RETURNING id;
COMMIT;
"""


def book_for(url: str, seconds: float, number: int, tells: Connection) -> None:
    """One client: book until the time is up, and tell each latency."""
    draw = random.Random(time.time_ns() + number)
    connection = psycopg2.connect(url)
    connection.autocommit = True
    cursor = connection.cursor()
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    latencies: list[float] = []
    until = time.perf_counter() + seconds
    while (began := time.perf_counter()) < until:
        starts = today + timedelta(days=draw.randrange(1, 60), minutes=30 * draw.randrange(16, 36))
        wish = {
            "place": draw.randrange(1, 101),
            "starts": starts,
            "ends": starts + timedelta(hours=2),
            "person": f"smallest{number}@example.com",
        }
        cursor.execute(BOOK, wish)
        latencies.append(time.perf_counter() - began)
    tells.send(latencies)


def main() -> None:
    job = json.load(sys.stdin)
    fork = multiprocessing.get_context("fork")
    heard = []
    began = time.perf_counter()
    for number in range(job["clients"]):
        hears, tells = fork.Pipe(duplex=False)
        client = fork.Process(target=book_for, args=(job["url"], job["seconds"], number, tells))
        client.start()
        heard.append((client, hears))
    latencies = []
    for client, hears in heard:
        latencies += hears.recv()
        client.join()
    json.dump({"seconds": time.perf_counter() - began, "latencies": latencies}, sys.stdout)


if __name__ == "__main__":
    main()
