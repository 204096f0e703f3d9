"""bin/test: the stages, the tests, and what it says in the end."""

import os
import sys
import time
from pathlib import Path

import pytest

from coworking.local import check, chromium, pytest_run, stages
from coworking.local.complaint import Complaint
from coworking.local.places import ROOT
from coworking.local.pytest_run import Outcome
from coworking.local.stages import Stage

pytestmark = pytest.mark.real_time

VENV = Path(sys.prefix)


@pytest.mark.parametrize(
    ("output", "counts"),
    [
        ("=== \x1b[32m12 passed\x1b[0m, 1 warning in 3.21s ===\n", {"passed": 12, "warning": 1}),
        (
            "2 failed, 10 passed, 3 skipped, 1 error in 75.10s (0:01:15)\n",
            {"failed": 2, "passed": 10, "skipped": 3, "error": 1},
        ),
        ("1 passed in 0.1s\n", {"passed": 1}),
        ("no tests ran in 0.01s\n", {}),
        ("", {}),
    ],
)
def test_counts_are_read_from_the_last_line(output: str, counts: dict[str, int]):
    assert pytest_run.counts(f"...F\n{output}") == counts


@pytest.mark.parametrize(
    ("outcome", "stages_failed", "words"),
    [
        (Outcome(0, {"passed": 12, "warning": 1}), 0, "12 passed, 0 failed, 1 warning"),
        (Outcome(1, {"passed": 9, "failed": 2, "error": 1}), 0, "9 passed, 3 failed"),
        (Outcome(0, {"passed": 12}), 2, "12 passed, 2 failed"),
        (Outcome(1, {"passed": 12}), 0, "12 passed, 1 failed"),
        (Outcome(-9), 0, "0 passed, 1 failed"),
    ],
)
def test_last_line_tells_no_success_that_was_none(outcome: Outcome, stages_failed: int, words: str):
    assert outcome.in_words(stages_failed) == words


def test_pytest_is_run_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    tests = tmp_path / "test_two.py"
    tests.write_text("def test_good(): pass\ndef test_bad(): assert False\n")
    alone = ["-p", "no:django", "-p", "no:cacheprovider", "-c", "/dev/null", f"--rootdir={tmp_path}", str(tests)]

    outcome = pytest_run.run(alone, Path(sys.executable), dict(os.environ), time.sleep)

    assert outcome == Outcome(1, {"failed": 1, "passed": 1})
    assert "assert False" in capsys.readouterr().out


def test_stage_shows_its_output_only_when_it_is_not_content(capsys: pytest.CaptureFixture[str]):
    good = Stage("good", ["python", "-c", "print('fine')"])
    bad = Stage("bad", ["python", "-c", "import os; print(os.environ['WHY']); exit(1)"], {"WHY": "because"})

    results = [stages.content(stage, VENV, {}, time.sleep) for stage in (good, bad)]

    said = capsys.readouterr().out
    assert results == [True, False]
    assert "fine" not in said
    assert "because" in said


def test_every_template_is_looked_at():
    djade = next(stage for stage in stages.stages(ROOT) if stage.label == "djade")

    assert "templates/base.html" in djade.argv


def test_chromium_that_does_not_start_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name, code in (("chromium", 1), ("google-chrome", 0)):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {code}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.delenv("CHROMIUM", raising=False)

    assert chromium.find() == str(tmp_path / "google-chrome")


def test_machine_without_chromium_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(chromium, "find", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Complaint, match="The browser tests need Chromium and there is none here"):
        chromium.find_or_install(tmp_path, time.sleep)


@pytest.mark.parametrize(("code", "sentence"), [(0, "but it does not start"), (1, "can't be installed here: E: no")])
def test_installing_chromium_may_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, sentence: str):
    (tmp_path / "apt-get").write_text(f"#!/bin/sh\necho E: no\nexit {code}\n")
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setattr(chromium, "find", lambda: None)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")

    with pytest.raises(Complaint, match=sentence):
        chromium.find_or_install(tmp_path, time.sleep)


@pytest.mark.parametrize(("good", "code", "end"), [(True, 0, "3 passed, 0 failed"), (False, 1, "3 passed, 1 failed")])
def test_everything_runs_even_when_a_stage_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], good: bool, code: int, end: str
):
    monkeypatch.setattr(stages, "stages", lambda root: [Stage("first", []), Stage("second", [])])
    monkeypatch.setattr(stages, "content", lambda stage, *rest: good or stage.label == "second")
    monkeypatch.setattr(pytest_run, "run", lambda *rest: Outcome(0, {"passed": 3}))

    assert check._everything(time.sleep, Path("python"), {}) == code

    *_, last_but_one, last = capsys.readouterr().out.splitlines()
    assert last == end
    assert last_but_one.startswith("All is well, in " if good else "Failed in ")
