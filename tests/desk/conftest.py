"""A house with a row in every table, made once; each test restores into databases of its own."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command

from tests.conftest import JAPAN
from tests.desk import filling, houses


@pytest.fixture(scope="session")
def furnished(django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database with the samples of bin/run, and a row wherever these leave a table empty."""
    mailbox = str(tmp_path_factory.mktemp("mailbox"))
    with django_db_blocker.unblock(), houses.database("furnished") as name:
        for words in ("migrate", "load_spaces", "load_samples", "load_event_samples"):
            done = houses.manage(name, words, MAILBOX_DIR=mailbox)
            assert done.returncode == 0, done.stderr
        assert filling.fill(name, now=datetime.now(JAPAN)) == {}
        yield name


@pytest.fixture
def empty(furnished: str, django_db_blocker: Any) -> Iterator[str]:
    with django_db_blocker.unblock(), houses.database("empty") as name:
        yield name


@pytest.fixture
def used(furnished: str, django_db_blocker: Any) -> Iterator[str]:
    """A copy of the furnished house, to do things to."""
    with django_db_blocker.unblock(), houses.database("used", like=furnished) as name:
        yield name


@pytest.fixture
def pictures(tmp_path: Path, settings: LazySettings) -> Path:
    """A MEDIA_ROOT with files in it."""
    root = tmp_path / "media"
    (root / "rooms" / "北").mkdir(parents=True)
    (root / "logo.png").write_bytes(filling.EVERY_BYTE)
    (root / "rooms" / "北" / ("窓" * 60)).write_bytes(b"")
    (root / "elsewhere").symlink_to("/etc/passwd")
    settings.MEDIA_ROOT = str(root)
    return root


@pytest.fixture
def backup(furnished: str, pictures: Path, tmp_path: Path, settings: LazySettings) -> Path:
    """A backup of the furnished house with its pictures. From now on MEDIA_ROOT is a folder that is not there."""
    path = tmp_path / "backup.tar"
    with houses.living_in(furnished):
        call_command("backup", path, verbosity=0)
    settings.MEDIA_ROOT = str(tmp_path / "another-machine" / "media")
    return path
