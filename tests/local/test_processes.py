"""Starting, watching and ending processes of our own."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from coworking.local import progress, steps
from coworking.local.children import Child, spawn
from coworking.local.complaint import Complaint
from coworking.local.house import House
from coworking.local.stopping import Stopped, Stopping
from coworking.local.watching import Tail

pytestmark = pytest.mark.real_time

DEAF = "trap '' TERM; echo ready; while :; do sleep 0.05; done"


@pytest.fixture
def stopping() -> Iterator[Stopping]:
    """The signals of this process, put back afterwards."""
    kept = {
        number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
    }
    yield Stopping()
    signal.set_wakeup_fd(-1)
    for number, handler in kept.items():
        signal.signal(number, handler)


def started(script: str, patience: float = 10) -> Child:
    child = spawn("part", ["sh", "-c", script], output=subprocess.PIPE, patience=patience)
    assert child.process.stdout
    child.process.stdout.readline()
    return child


def ends_soon(number: int) -> bool:
    """Whether a process ends; one that is only a zombie, for others to clear away, has ended."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            if " Z " in Path(f"/proc/{number}/stat").read_text():
                return True
        except OSError:
            return True
        time.sleep(0.01)
    return False


def test_process_that_does_not_listen_is_killed_after_a_while():
    child = started(DEAF, patience=0.2)

    child.stop()

    assert child.ended_how == "killed by SIGKILL"


def test_process_that_listens_may_finish():
    child = started("trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done")

    child.stop()

    assert child.ended_how == "exit code 3"


def test_children_of_a_process_end_with_it():
    child = spawn("part", ["sh", "-c", "sleep 60 & echo $!; wait"], output=subprocess.PIPE)
    assert child.process.stdout
    grandchild = int(child.process.stdout.readline())

    child.stop()

    assert ends_soon(grandchild)


def test_process_ends_when_the_one_who_started_it_is_killed():
    code = (
        "import os, signal, subprocess; from coworking.local.children import spawn; "
        "child = spawn('part', ['sleep', '60']); print(child.process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout

    assert ends_soon(int(output))


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_comes_in_where_we_wait(stopping: Stopping, signum: signal.Signals):
    os.kill(os.getpid(), signum)

    with pytest.raises(Stopped, match=signum.name):
        stopping.pause(10)


def test_second_signal_means_hurry(stopping: Stopping):
    os.kill(os.getpid(), signal.SIGTERM)
    calm = stopping.in_a_hurry
    os.kill(os.getpid(), signal.SIGINT)

    assert (calm, stopping.in_a_hurry) == (False, True)


def test_waiting_ends_when_a_child_does(stopping: Stopping):
    began = time.monotonic()
    child = spawn("part", ["sleep", "0.2"])

    stopping.pause(10)

    assert time.monotonic() - began < 5
    child.stop()


def test_house_stops_its_parts_in_the_reverse_order_when_one_ends(stopping: Stopping, tmp_path: Path):
    (tmp_path / "second.log").write_text("no such thing\n")
    for name in ("first", "second", "third"):
        (tmp_path / name).touch()
    script = "trap 'echo {0} >> {1}/order; exit' TERM; echo ready; while :; do sleep 0.01; done"

    with House(stopping, tmp_path) as house:
        house.take(started(script.format("first", tmp_path)))
        second = started("echo ready; exit 7")
        second.name = "second"
        house.take(second, shows_errors=True)
        house.take(started(script.format("third", tmp_path)))
        with pytest.raises(Complaint, match=r"second ended by itself \(exit code 7\), so everything stops"):
            house.watch()

    assert (tmp_path / "order").read_text().split() == ["third", "first"]


def test_short_folder_goes_with_the_house(stopping: Stopping, tmp_path: Path):
    with House(stopping, tmp_path) as house:
        folder = house.short_folder()
        assert folder.is_dir()

    assert not folder.exists()


def test_step_gives_back_what_a_program_said(capsys: pytest.CaptureFixture[str]):
    said = steps.run("Saying", ["sh", "-c", "echo 挨拶; echo on stderr >&2"], pause=time.sleep)

    assert said == "挨拶\non stderr\n"
    assert capsys.readouterr().out.startswith("Saying… 0.")


def test_step_that_fails_keeps_the_words(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(steps.Failed) as caught:
        steps.run("Failing", ["sh", "-c", "echo wrong; exit 1"], pause=time.sleep)

    assert caught.value.output == "wrong\n"
    assert "Failing… failed (" in capsys.readouterr().out


def test_stopped_step_ends_its_program():
    def stop_at_once(seconds: float) -> None:
        raise Stopped(signal.SIGINT)

    began = time.monotonic()
    with pytest.raises(Stopped):
        steps.run("Sleeping", ["sleep", "60"], pause=stop_at_once)

    assert time.monotonic() - began < 5


def test_tail_shows_errors_with_their_tracebacks_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    log = tmp_path / "web.log"
    log.write_text("could not begin\n2026-11-22 10:00:00,123 INFO django all is well\n  more of it\n")
    tail = Tail("web", log)
    tail.show_errors()
    with log.open("a") as file:
        file.write("[2026-11-22 10:00:01 +0900] [7] [ERROR] boom\nTraceback: half a li")
    tail.show_errors()
    with log.open("a") as file:
        file.write("ne\n2026-11-22 10:00:02,000 WARNING django careful\n")
    tail.show_errors()

    assert capsys.readouterr().out.splitlines() == [
        "web | could not begin",
        "web | [2026-11-22 10:00:01 +0900] [7] [ERROR] boom",
        "web | Traceback: half a line",
    ]
    assert tail.last_lines(1) == ["web | 2026-11-22 10:00:02,000 WARNING django careful"]


def test_progress_on_a_terminal_is_redrawn(monkeypatch: pytest.MonkeyPatch):
    terminal = io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(progress.Step, "redrawn_every", 0)
    with progress.step("Installing") as line:
        line.moves("3 of 4")

    assert "\r\033[KInstalling… 3 of 4 (0 s)" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\033[KInstalling… 0.0 s\n")


class Gone(io.StringIO):
    """A terminal that was closed."""

    def write(self, text: str) -> int:
        raise OSError(5, "Input/output error")


def test_terminal_that_is_gone_stops_nobody(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdout", Gone())

    progress.say("hello")
