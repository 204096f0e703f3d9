"""How a log line reads: for a person at a terminal, or as JSON for a machine. Neither tells who somebody is.

Celery's own lines go the same way; gunicorn's do by coworking/web_server.py.
"""

import logging
import logging.config
from datetime import UTC, datetime
from typing import Any

from celery import current_task
from celery.signals import setup_logging
from django.conf import settings
from pythonjsonlogger.json import JsonFormatter

from coworking.discretion import discreet, without_details
from coworking.request_ids import current

# What a line may say beside its message; whatever else a library adds, such as a task's arguments, stays out.
FIELDS = ("method", "view", "path", "status", "milliseconds")


class Line(logging.Formatter):
    """When, how bad, who says it, on account of which request, what."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}{account} {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        record.account = f" [{current()}]" if current() else ""
        return discreet(_without_details(super().format(record), record))


class Json(JsonFormatter):
    """An object a line; `time` is in UTC."""

    def __init__(self) -> None:
        super().__init__(json_ensure_ascii=False)

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        if current():
            log_data["request_id"] = current()
        if current_task:
            log_data["task"] = current_task.name
        log_data["message"] = _without_details(record.message, record)
        log_data.update((name, record.__dict__[name]) for name in FIELDS if name in record.__dict__)
        errors = (name for name in ("exc_info", "stack_info") if name in message_dict)
        log_data.update((name, _without_details(str(message_dict[name]), record)) for name in errors)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {name: discreet(value) if isinstance(value, str) else value for name, value in log_data.items()}


def _without_details(text: str, record: logging.LogRecord) -> str:
    """The text without what PostgreSQL quoted in the error that the line is about, or that it names."""
    named = record.args if isinstance(record.args, tuple) else ()
    for error in (record.exc_info[1] if record.exc_info else None, *named):
        if isinstance(error, BaseException):
            text = without_details(text, error)
    return text


@setup_logging.connect
def _as_everywhere(loglevel: int, **_: Any) -> None:
    """Worker and beat log as all of us do, from the level on that their option names."""
    logging.config.dictConfig(settings.LOGGING)
    logging.captureWarnings(True)
    logging.getLogger().setLevel(loglevel)
