"""The four parts that are the house's own: web server, live lines, worker and beat."""

import os
import secrets
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

from .children import Child, spawn

# Celery minds running as root; the one who types bin/run as root has decided that.
ROOT_IS_FINE = "ignore:You're running the worker with superuser privileges"


def secret_key(path: Path) -> str:
    """The key that signs sessions, made once and for this clone alone."""
    if not path.exists() or not path.read_text().strip():
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(secrets.token_urlsafe(64) + "\n")
    return path.read_text().strip()


def web(python: Path, listener: socket.socket, env: Mapping[str, str], logs: Path) -> Child:
    """Gunicorn on the port that we hold; with threads, since browsers keep connections they do not use."""
    options = {
        "--bind": f"fd://{listener.fileno()}",
        "--workers": "2",
        "--threads": "4",
        "--graceful-timeout": "5",
        "--config": "python:coworking.web_server",
    }
    argv = [str(python), "-m", "gunicorn", "coworking.wsgi:application", "--no-control-socket", "--preload"]
    argv += [word for option in options.items() for word in option]
    env = {**env, "PROMETHEUS_MULTIPROC_DIR": str(logs.parent / "metrics")}
    return _part("web", argv, env, logs, pass_fds=[listener.fileno()])


def live(python: Path, listener: socket.socket, env: Mapping[str, str], logs: Path) -> Child:
    """The process that tells at once what happens at events, on a port that we hold too."""
    argv = [str(python), "-m", "events.live", f"--fd={listener.fileno()}"]
    return _part("live", argv, env, logs, pass_fds=[listener.fileno()])


def worker(python: Path, env: dict[str, str], logs: Path) -> Child:
    argv = ["worker", "--concurrency=2", "--without-gossip", "--without-mingle", "--loglevel=INFO"]
    return _celery(python, argv, env | {"PYTHONWARNINGS": ROOT_IS_FINE}, logs)


def beat(python: Path, env: Mapping[str, str], logs: Path) -> Child:
    schedule = logs.parent / "beat" / "schedule"
    schedule.parent.mkdir(exist_ok=True)
    return _celery(python, ["beat", "--pidfile=", f"--schedule={schedule}", "--loglevel=INFO"], env, logs)


def _celery(python: Path, argv: list[str], env: Mapping[str, str], logs: Path) -> Child:
    return _part(argv[0], [str(python), "-m", "celery", "--quiet", "-A", "coworking", *argv], env, logs)


def _part(name: str, argv: list[str], env: Mapping[str, str], logs: Path, pass_fds: Sequence[int] = ()) -> Child:
    with (logs / f"{name}.log").open("wb") as output:
        return spawn(name, argv, env=env, output=output, pass_fds=pass_fds)


def environment(site_url: str, live_url: str, database_url: str, redis_url: str, var: Path) -> dict[str, str]:
    """What settings.py wants to know."""
    return {
        "DJANGO_SETTINGS_MODULE": "coworking.settings",
        "SECRET_KEY": os.environ.get("SECRET_KEY") or secret_key(var / "secret_key"),
        "SITE_URL": site_url,
        "LIVE_URL": live_url,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
    }
