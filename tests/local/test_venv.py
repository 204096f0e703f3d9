"""How bin/run makes .venv: with the real pip, and one small package from a folder."""

import hashlib
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from coworking.local.stamp import Stamp
from tests.local.clones import SITE_PACKAGES, Clone, Run

pytestmark = pytest.mark.real_time

DONE = "bin/run: The program postgres is missing"  # the step after .venv, since the small lock brings none


class Shelf:
    """A clone whose lock file asks for one package, and the folder where pip finds it."""

    def __init__(self, clone: Clone, folder: Path) -> None:
        self.clone = clone
        self._folder = folder
        folder.mkdir()
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
        (self.clone.path / "requirements.lock").write_text(f"teacup=={version} \\\n    --hash=sha256:{digest}\n")

    def spoil(self) -> None:
        lock = self.clone.path / "requirements.lock"
        lock.write_text(lock.read_text().replace("sha256:", "sha256:0000")[:-5] + "\n")

    def run(self, **env: str) -> Run:
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self._folder), "PIP_CONFIG_FILE": "/dev/null"}
        run = self.clone.run(**offline, **env)
        assert run.until_it_ends() == 1
        return run

    @property
    def installed(self) -> str:
        python = self.clone.path / ".venv" / "bin" / "python"
        return subprocess.check_output([python, "-c", "import teacup; print(teacup.version)"], text=True).strip()


@pytest.fixture
def shelf(empty_clone: Clone, tmp_path: Path) -> Shelf:
    return Shelf(empty_clone, tmp_path / "wheels")


def test_venv_is_made_once_and_follows_the_lock(shelf: Shelf):
    first = shelf.run()
    again = shelf.run()
    shelf.lock("1.1")
    updated = shelf.run()
    shelf.lock("1.2")
    shelf.spoil()
    refused = shelf.run()

    assert [line.split("…")[0] for line in first.said.splitlines()[:-1]] == ["Making .venv", "Installing 1 packages"]
    assert again.said.startswith(DONE)
    assert updated.said.startswith("Installing 1 packages… ")
    assert shelf.installed == "1.1"
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in refused.said.splitlines()[-1]


def test_venv_made_by_hand_is_kept(shelf: Shelf):
    venv = shelf.clone.path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    (venv / "mine").touch()

    run = shelf.run()

    assert run.said.startswith("The .venv here was made by other means: installing into it what is locked.\n")
    assert shelf.installed == "1.0"
    assert (venv / "mine").exists()


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
