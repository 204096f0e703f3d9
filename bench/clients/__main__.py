"""One run of clients: the job is read from standard input as JSON, the result is written the same way."""

import json
import sys
import time

from bench.clients.loop import Loop, cpu_seconds


def main() -> None:
    job = json.load(sys.stdin)
    loop = Loop(job["port"], job["errands"], repeats=job["repeats"], keeps=job["keeps"])
    cpu, began = cpu_seconds(), time.perf_counter()
    if job["seconds"]:
        loop.run(job["clients"], job["seconds"])
    else:
        loop.burst()
    result = {
        "seconds": time.perf_counter() - began,
        "cpu": cpu_seconds() - cpu,
        "taken": loop.taken,
        "told": [(told.index, told.seconds, told.status) for told in loop.told],
    }
    if job["keeps"]:
        result["answers"] = [told.answer.decode("latin-1") for told in loop.told]
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
