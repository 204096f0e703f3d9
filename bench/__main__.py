"""bin/bench, once .venv is ready."""

import json
import signal
import sys
from dataclasses import asdict
from types import FrameType

from bench.findings import Findings
from bench.options import options
from bench.report import report
from bench.run import run
from bench.verdict import bars
from coworking.local.complaint import plainly
from coworking.local.progress import say


def main() -> None:
    signal.signal(signal.SIGTERM, _stop)
    wanted = options()
    with plainly("bin/bench"):
        try:
            found = run(wanted)
        except KeyboardInterrupt:
            sys.exit(130)
    say("")
    for line in report(found):
        say(line)
    if wanted.save:
        wanted.save.write_text(json.dumps(_every_run(found), indent=1))
    sys.exit(0 if all(bar.holds for bar in bars(found)) else 1)


def _every_run(found: Findings) -> list[dict[str, object]]:
    return [{"row": str(row)} | asdict(run) for row, runs in found.rounds.runs.items() for run in runs]


def _stop(signum: int, frame: FrameType | None) -> None:
    """SIGTERM leaves by the same door as an error, past everything that stops what was started."""
    sys.exit(143)


if __name__ == "__main__":
    main()
