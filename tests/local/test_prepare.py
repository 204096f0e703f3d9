"""What Django does before the doors open."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from coworking.local import prepare
from coworking.local.run import FORESEEN
from members.models import User
from spaces.models import Space

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small house: two files to collect, and a place of its own for them."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "one.css").write_text("a{}")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = str(tmp_path / "staticfiles")
    finders.get_finder.cache_clear()
    monkeypatch.setattr(prepare, "VAR", tmp_path)
    monkeypatch.setattr(sys, "argv", ["prepare"])
    yield tmp_path
    finders.get_finder.cache_clear()


def raising(error: Exception) -> Callable[..., None]:
    def call_command(*args: object, **options: object) -> None:
        raise error

    return call_command


def test_given_database_gets_tables_spaces_and_nothing_else(capsys: pytest.CaptureFixture[str]):
    assert prepare.main() == 0

    assert Space.objects.count() == 4
    assert not User.objects.exists()
    said = capsys.readouterr()
    assert said.out == ""
    assert "Loading the spaces… " in said.err


def test_own_database_gets_sample_accounts_too(
    settings: LazySettings, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    settings.MAILBOX_DIR = str(folder / "mailbox")
    monkeypatch.setattr(sys, "argv", ["prepare", "--samples"])

    assert prepare.main() == 0

    assert "operator@koharubiyori.example" in capsys.readouterr().out
    assert User.objects.filter(email="operator@koharubiyori.example").exists()


def test_static_files_are_collected_again_only_when_one_has_changed(folder: Path):
    collected = folder / "staticfiles" / "one.css"
    stamp = folder / "static.stamp"

    prepare.collect_static_files(stamp)
    collected.unlink()
    prepare.collect_static_files(stamp)
    unchanged = collected.exists()
    os.utime(folder / "source" / "one.css", ns=(1, 1))
    prepare.collect_static_files(stamp)

    assert unchanged is False
    assert collected.exists()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OperationalError("no\n  such host"), "The database can't be used: no such host"),
        (OperationalError("could not extend file: No space left on device"), "The disk is full"),
        (ImproperlyConfigured("SITE_URL is not set."), "SITE_URL is not set."),
        (OSError(28, "No space left on device", "staticfiles"), "The disk is full (staticfiles)"),
    ],
)
def test_what_can_be_foreseen_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, sentence: str
):
    monkeypatch.setattr(prepare, "call_command", raising(error))

    assert prepare.main() == FORESEEN
    assert capsys.readouterr().out.startswith(sentence)


def test_what_nobody_foresaw_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(prepare, "call_command", raising(OSError(5, "strange")))

    with pytest.raises(OSError, match="strange"):
        prepare.main()


def test_migrations_move_the_line():
    class Line:
        said: list[str] = []

        def moves(self, detail: str) -> None:
            self.said.append(detail)

    output = prepare.Applied(Line())  # type: ignore[arg-type]
    for text in ("Operations to perform:", "  Applying spaces.0001_initial...", " OK"):
        output.write(text)

    assert Line.said == ["spaces.0001_initial"]
