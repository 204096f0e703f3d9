"""`python -m bench.telling`: what Django does for those who follow an event.

With a number it writes so many addresses, each with its token; without one it tells a new line every second, as the
real wall does, until its standard input ends.
"""

import itertools
import json
import select
import sys
import time

from events.live import channel

EVENT = "BENCH"
EVERY = 1.0


def main() -> None:
    if len(sys.argv) > 1:
        addresses = [channel.address(EVENT, sees_wall=True, language="ja") for _ in range(int(sys.argv[1]))]
        json.dump(addresses, sys.stdout)
        return
    for number in itertools.count(1):
        html = f'<li id="line-{number}" data-at={time.monotonic():.4f}><b>伊藤 愛子</b> コーヒーが入りました。</li>'
        channel.publish(channel.line(EVENT, number, {"ja": html, "en": html}))
        if number == 1:
            print("It has begun.", flush=True)
        if select.select([sys.stdin], [], [], EVERY)[0]:
            break


if __name__ == "__main__":
    main()
