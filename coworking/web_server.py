"""What gunicorn does beside serving: `gunicorn --config=python:coworking.web_server coworking.wsgi`.

Its own lines are those of the house, also where the master has not loaded the application; requests have the lines of
coworking/access.py, so it keeps no access log.
"""

import logging
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coworking.settings")

from django.conf import settings

from coworking import request_figures

logging.captureWarnings(True)
_TO_ROOT = {"handlers": [], "propagate": True}
_ours: dict[str, Any] = settings.LOGGING
loglevel = _ours["root"]["level"].lower()
logconfig_dict = {**_ours, "loggers": {**_ours["loggers"], "gunicorn.error": _TO_ROOT}}


def on_starting(server: Any) -> None:
    request_figures.begin()
