"""The same bin/run without the shell around it: each of its ends, and what it asks of its parts."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from coworking.local import check, parts, pytest_run, run
from coworking.local.places import ROOT
from coworking.local.pytest_run import Outcome
from tests.local.clones import Clone

pytestmark = pytest.mark.real_time


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """The signals of this process, put back afterwards."""
    kept = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)}
    yield
    signal.set_wakeup_fd(-1)
    for each, handler in kept.items():
        signal.signal(each, handler)


@pytest.fixture
def here(house: Clone, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """This process as the supervisor of a clone."""
    monkeypatch.chdir(house.path)
    for name, path in (("ROOT", ""), ("VENV", ".venv"), ("VAR", "var"), ("LOGS", "var/log")):
        monkeypatch.setattr(run, name, house.path / path)
    monkeypatch.setattr(run.venv, "make_ready", lambda root, lock, pause: root / ".venv/bin/python")
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL", "HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORT", "0")
    return house


def test_it_opens_announces_and_stops(here: Clone, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    announce = run._announce

    def announce_and_stop(*facts: Any, **more: Any) -> None:
        announce(*facts, **more)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(run, "_announce", announce_and_stop)

    run.main()

    said = capfd.readouterr().out
    assert "operator@koharubiyori.example" in said
    assert said.endswith("Stopped (SIGINT); nothing is left running.\n")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("print('It is as it is.', end=''); exit(2)", "bin/run: It is as it is.\n"),
        ("exit(1)", "bin/run: The database could not be prepared (exit code 1); the reason stands above.\n"),
    ],
)
def test_preparing_may_fail(
    here: Clone, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], code: str, sentence: str
):
    spawn = run.spawn
    monkeypatch.setattr(run, "spawn", lambda name, argv, **rest: spawn(name, [sys.executable, "-c", code], **rest))

    with pytest.raises(SystemExit):
        run.main()

    assert capfd.readouterr().err == sentence


def test_given_database_is_announced_without_accounts(capsys: pytest.CaptureFixture[str]):
    run._announce("http://localhost:8000", "", is_seen_from_outside=True)

    said = capsys.readouterr().out
    assert "there are no sample accounts and no mailbox here" in said
    assert "sign-in codes" not in said


@pytest.mark.parametrize("outside", [True, False])
def test_mailbox_that_others_can_read_is_told(outside: bool, capsys: pytest.CaptureFixture[str]):
    run._announce("http://localhost:8000", "accounts", is_seen_from_outside=outside)

    assert ("whoever reaches this machine can read those mails" in capsys.readouterr().out) is outside


def test_secret_key_is_made_once_and_for_us_alone(tmp_path: Path):
    path = tmp_path / "secret_key"
    path.touch()  # all that a full disk had room for

    key = parts.secret_key(path)

    assert len(key) > 50
    assert parts.secret_key(path) == key
    assert path.stat().st_mode & 0o077 == 0


def test_deep_clone_gets_a_socket_elsewhere(here: Clone, monkeypatch: pytest.MonkeyPatch):
    asked: list[Path] = []

    def start(data: Path, socket_dir: Path, log: Path, **rest: object) -> None:
        asked.append(socket_dir)
        raise run.Complaint("enough")

    monkeypatch.setattr(run.postgres, "socket_dir_in", lambda preferred: None)
    monkeypatch.setattr(run.postgres, "start", start)

    with pytest.raises(SystemExit):
        run.main()

    (socket_dir,) = asked
    assert not socket_dir.is_relative_to(here.path)
    assert not socket_dir.exists()


@pytest.mark.parametrize(("arguments", "counted"), [(["tests/x", "-k", "move"], "only"), ([], "all")])
def test_bin_test_runs_everything_or_what_it_is_told(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], counted: str
):
    ran: list[str] = []

    def some(given: list[str], python: Path, env: dict[str, str], pause: Callable[[float], None]) -> Outcome:
        assert given == arguments
        assert env["CHROMIUM"] == "/the/browser"
        ran.append("only")
        return Outcome(0)

    monkeypatch.setattr(sys, "argv", ["check", *arguments])
    monkeypatch.setattr(check.venv, "make_ready", lambda root, lock, pause: root / ".venv/bin/python")
    monkeypatch.setattr(check.chromium, "find", lambda: "/the/browser")
    monkeypatch.setattr(pytest_run, "run", some)
    monkeypatch.setattr(check, "_everything", lambda pause, python, env: ran.append("all") or 0)

    with pytest.raises(SystemExit) as ended:
        check.main()

    assert (ran, ended.value.code) == ([counted], 0)


def test_bin_test_stops_when_it_is_asked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def stop(root: Path, lock: str, pause: Callable[[float], None]) -> None:
        assert root == ROOT
        os.kill(os.getpid(), signal.SIGTERM)
        pause(1)

    monkeypatch.setattr(check.venv, "make_ready", stop)

    with pytest.raises(SystemExit) as ended:
        check.main()

    assert ended.value.code == 128 + signal.SIGTERM
    assert capsys.readouterr().out == "Stopped (SIGTERM); nothing is left running.\n"
