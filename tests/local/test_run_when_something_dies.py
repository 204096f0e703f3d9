"""bin/run when a part of it is killed, or all of it."""

import os
import signal
import time

import pytest

from tests.local.clones import Clone

pytestmark = pytest.mark.real_time


@pytest.mark.parametrize(
    ("part", "line"), [("web", "gunicorn"), ("live", "events.live"), ("PostgreSQL", "bin/postgres -D")]
)
def test_everything_stops_when_one_part_dies(house: Clone, part: str, line: str):
    run = house.run()
    run.until_open()
    first = min(number for number, command in house.living().items() if line in command)

    os.kill(first, signal.SIGKILL)

    assert run.until_it_ends() == 1
    assert f"{part} ended by itself (killed by SIGKILL), so everything stops." in run.said
    assert house.living() == {}


def test_killed_run_leaves_nothing_and_the_next_one_recovers(house: Clone):
    run = house.run()
    run.until_open()

    run.process.kill()
    run.until_it_ends()
    deadline = time.monotonic() + 10
    while house.living() and time.monotonic() < deadline:
        time.sleep(0.05)
    left = house.living()
    # The number of the dead server was given out again, to a process that has nothing to do with it.
    (house.path / "var/postgres/postmaster.pid").write_text(f"{os.getpid()}\n{house.path}/var/postgres\n")
    again = house.run()
    again.until_open()

    assert left == {}
    assert again.said.count("left behind") == 1
    assert again.said.count("pid file is of a process that is gone") == 1


def test_server_that_outlived_its_run_is_stopped_first(house: Clone):
    run = house.run()
    run.until_open()
    server = min(number for number, line in house.living().items() if "bin/postgres -D" in line)

    # Stopped, it can't hear that its parent is gone.
    os.kill(server, signal.SIGSTOP)
    run.process.kill()
    run.until_it_ends()
    again = house.run()
    while "still lives" not in again.said:
        assert again.process.poll() is None, again.said
        time.sleep(0.05)
    os.kill(server, signal.SIGCONT)
    again.until_open()

    assert f"A PostgreSQL of an earlier run still lives (process {server}): stopping it." in again.said
