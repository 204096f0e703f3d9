"""bin/run where DATABASE_URL names a database that is not its own."""

import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest

from coworking.local import throwaway
from tests.local.clones import Clone

pytestmark = pytest.mark.real_time


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The addresses of a PostgreSQL and a Redis that somebody else looks after."""
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")
    with throwaway.services(Path(sys.prefix), lambda seconds: None) as settings:
        yield {name: settings[name] for name in ("DATABASE_URL", "REDIS_URL")}


def test_given_database_gets_no_samples_and_no_mailbox(house: Clone, given: dict[str, str]):
    run = house.run(**given)
    url = run.until_open()

    with pytest.raises(HTTPError, match="404"):
        urllib.request.urlopen(f"{url}/mailbox/")  # noqa: S310 - our own address
    running = "\n".join(house.living().values())
    assert "there are no sample accounts and no mailbox here" in run.said
    assert "operator@" not in run.said
    assert "postgres" not in running
    assert "redis-server" not in running


def test_database_that_cannot_be_reached_is_told(house: Clone):
    with tempfile.TemporaryDirectory() as nothing_here:
        run = house.run(DATABASE_URL=f"postgres://me@:5432/none?host={nothing_here}")

        assert run.until_it_ends() == 1
    assert run.said.splitlines()[-1].startswith("bin/run: The database can't be used: connection to server on socket")
    assert "Traceback" not in run.said
    assert house.living() == {}


def test_setting_that_is_wrong_is_told(house: Clone):
    run = house.run(SITE_URL="coworking.example.jp")

    assert run.until_it_ends() == 1
    assert run.said.splitlines()[-1].startswith("bin/run: SITE_URL must begin with http:// or https://")
    assert "Traceback" not in run.said
