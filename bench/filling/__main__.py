"""`python -m bench.filling found|load …`: runs with the environment of the database that it fills."""

import argparse
import json
import random
import sys

import django


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("act", choices=["found", "load"])
    options.add_argument("--spaces", type=int, default=4)
    options.add_argument("--bookings", type=int, default=0)
    options.add_argument("--race-seats", type=int, default=25)
    options.add_argument("--race-runs", type=int, default=10)
    given = options.parse_args()
    django.setup()
    if given.act == "found":
        _found(given.spaces, given.race_seats)
    else:
        json.dump(_load(given.bookings, given.race_seats, given.race_runs), sys.stdout)


def _found(spaces: int, race_seats: int) -> None:
    """Tables, spaces and static files: what all sizes have in common."""
    from django.core.management import call_command

    from bench.filling.founding import found_spaces

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    found_spaces(spaces, race_seats)


def _load(count: int, race_seats: int, race_runs: int) -> dict[str, object]:
    """The bookings, and all that the clients must know to add more."""
    from django.db import connection
    from django.utils import timezone

    from bench.filling.loading import load
    from bench.filling.people import make_people, make_regulars, signed_in
    from bench.filling.targets import free_places, race_windows
    from bench.filling.trial import free_visits

    draw, now = random.Random(36), timezone.now()
    regular = load(count, now)[0]
    bookers = make_people("booker", 64, draw)
    racers = make_people("racer", 8 * race_seats, draw)
    make_regulars([*bookers, *racers], now)
    today = timezone.localdate(now)
    targets = free_places(today, len(bookers), draw)
    visits = free_visits(today, now, draw)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    return {
        "regular": signed_in(regular),
        "bookers": [signed_in(user) for user in bookers],
        "racers": [signed_in(user) for user in racers],
        "targets": targets,
        "visits": visits,
        "races": race_windows(today, race_runs),
    }


if __name__ == "__main__":
    main()
