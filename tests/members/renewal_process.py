"""The renewal as a program of its own, which a test can kill. Say on which days, one after the other."""

import os
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import django


def main(days: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coworking.settings")
    django.setup()
    from members.renewing import bill_begun

    print("ready", flush=True)  # noqa: T201 - the test reads it
    # The test says when: a process that is killed while Django starts shows nothing.
    sys.stdin.readline()
    for day in days:
        bill_begun(now=datetime.fromisoformat(day).replace(hour=1, tzinfo=ZoneInfo("Asia/Tokyo")))
    print("done", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
