"""The parts that run together: when one ends, all do."""

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from .children import Child
from .complaint import Complaint, from_output
from .progress import Step, say, step
from .stopping import Stopped, Stopping
from .watching import Tail


class House:
    """Parts in the order in which they were started, and their logs."""

    def __init__(self, stopping: Stopping, logs: Path) -> None:
        self.stopping = stopping
        self.logs = logs
        self.parts: list[Child] = []
        self._tails: list[Tail] = []
        self._leftovers = ExitStack()

    def __enter__(self) -> "House":
        return self

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def take(self, part: Child, shows_errors: bool = False) -> None:
        """Answer for a part from now on."""
        self.parts.append(part)
        if shows_errors:
            self._tails.append(Tail(part.name, self.log(part.name)))

    def short_folder(self) -> Path:
        """A private folder with a short path, which goes when the house does."""
        folder = Path(tempfile.mkdtemp(prefix="coworking-"))
        self._leftovers.callback(shutil.rmtree, folder, ignore_errors=True)
        return folder

    def check(self) -> None:
        """Show new errors; complain about a part that has ended."""
        for tail in self._tails:
            tail.show_errors()
        for part in self.parts:
            if not part.is_alive:
                raise self._died(part)

    def watch(self) -> None:
        """Stay until somebody asks us to stop or a part ends."""
        while True:
            self.check()
            self.stopping.pause(0.5)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for tail in self._tails:
            tail.show_errors()
        if not isinstance(error, Stopped):
            self._show_last_lines()
        if self.parts:
            with step("Stopping") as line:
                for part in reversed(self.parts):
                    self._stop(part, line)
        self._leftovers.close()

    def _stop(self, part: Child, line: Step) -> None:
        def wait(seconds: float) -> None:
            line.moves(part.name)
            self.stopping.wait(seconds)

        part.stop(wait, lambda: self.stopping.in_a_hurry)

    def _died(self, part: Child) -> Complaint:
        log = self.log(part.name.lower())
        said = log.read_text(errors="replace") if log.exists() else ""
        sentence = f"The {part.name} ended by itself ({part.ended_how}), so everything stops. Its log: {log}"
        return from_output(said[-4000:], self.logs, sentence)

    def _show_last_lines(self) -> None:
        """What a part said that died; errors of it were shown already, but the reason may be no error."""
        for tail in self._tails:
            if any(part.name == tail.name and not part.is_alive for part in self.parts):
                say("\n".join(tail.last_lines()))
