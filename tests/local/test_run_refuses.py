"""What can be foreseen ends bin/run with one sentence, and no traceback."""

import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from tests.local.clones import Clone

pytestmark = pytest.mark.real_time

IN_A_NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")


def test_taken_port_is_named_with_a_way_out(house: Clone):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        run = house.run(PORT=str(port))

        assert run.until_it_ends() == 1
    assert run.said == f"bin/run: Port {port} is taken by another program; try PORT={port + 1} bin/run.\n"


@pytest.mark.parametrize("port", ["eighty", "-1", "65536", "８０００", "80 "])
def test_bad_port_is_refused(house: Clone, port: str):
    run = house.run(PORT=port)

    assert run.until_it_ends() == 1
    assert run.said.startswith(f"bin/run: PORT={port} is no port")
    assert run.said.count("\n") == 1


def test_second_run_in_one_clone_is_refused(house: Clone):
    first = house.run()
    url = first.until_open()

    second = house.run()

    assert second.until_it_ends() == 1
    assert second.said == (
        f"bin/run: It runs in this clone already (process {first.process.pid}, {url}): stop that one first.\n"
    )


def test_old_python_is_told_by_its_number(empty_clone: Clone, tmp_path: Path):
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("bash", "dirname"):
        (programs / name).symlink_to(shutil.which(name) or name)
    (programs / "python3").write_text("#!/bin/sh\necho 3.9.2\nexit 1\n")
    (programs / "python3").chmod(0o755)

    run = empty_clone.run(PATH=str(programs))

    assert run.until_it_ends() == 1
    assert run.said == "run: Python 3.11 or newer is needed and not on the PATH; python3 is 3.9.2.\n"


@pytest.mark.parametrize(
    ("room", "filled", "last_step"),
    [("100m", True, ""), ("18m", False, "Making .venv… "), ("35m", False, "Making the database… ")],
)
def test_full_disk_is_told_by_each_step(empty_clone: Clone, room: str, filled: bool, last_step: str):
    """The whole clone lies on a small disk in memory, as anyone may mount one in a namespace."""
    if subprocess.run([*IN_A_NAMESPACE, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine forbids user namespaces, in which anyone may mount a small disk")
    if "venv" not in last_step:
        empty_clone.borrow_venv()
    disk = empty_clone.path.with_name("disk")
    disk.mkdir()
    script = f"""
        mount -t tmpfs -o size={room} none {disk} && cp -r {empty_clone.path}/. {disk} || exit 9
        {f"cat /dev/zero > {disk}/filler 2>/dev/null" if filled else ""}
        exec {disk}/bin/run"""

    run = empty_clone.run(*IN_A_NAMESPACE, "sh", "-c", script, "--")

    assert run.until_it_ends() == 1
    *steps, sentence = run.said.splitlines()
    assert "".join(steps[-1:]).startswith(last_step)
    assert sentence.startswith("bin/run: The disk is full (")
    assert sentence.endswith("make some room and start again; what was half made is made anew.")
