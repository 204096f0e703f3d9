"""bin/run from start to end, with nothing left afterwards."""

import signal
import time
import urllib.request

import pytest

from tests.local.clones import Clone

PARTS = ("bin/postgres", "redis-server", "gunicorn", "coworking worker", "coworking beat")


def test_newcomer_finds_the_house_open_within_five_seconds(house: Clone):
    run = house.run()
    url = run.until_open()
    seconds = time.monotonic() - run.began

    with urllib.request.urlopen(f"{url}/mailbox/") as answer:  # noqa: S310 - our own address
        assert answer.status == 200
    running = "\n".join(house.living().values())
    assert all(part in running for part in PARTS)
    assert "Mails that it sends" in run.said
    assert "@" in run.said, "sample accounts are shown at each start"
    assert seconds < 5
    assert "Collecting static files" not in run.said


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_when_it_is_asked_to_stop(house: Clone, how: signal.Signals):
    run = house.run()
    run.until_open()

    code = run.stop(how)

    assert code == 0
    assert house.living() == {}
    assert run.said.endswith(f"Stopped ({how.name}); nothing is left running.\n")


def test_nothing_is_left_when_it_is_stopped_while_it_starts(house: Clone):
    run = house.run()
    while "Starting PostgreSQL" not in run.said:
        time.sleep(0.01)

    run.stop(signal.SIGTERM)

    assert house.living() == {}


def test_second_ctrl_c_does_not_wait_for_the_parts(house: Clone):
    run = house.run()
    run.until_open()
    worker = next(number for number, line in house.living().items() if "coworking worker" in line)
    pause = house.run("kill", "-STOP", str(worker))  # a worker that never listens
    pause.until_it_ends()

    run.process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    began = time.monotonic()
    run.stop(signal.SIGINT)

    assert time.monotonic() - began < 3
    assert house.living() == {}
