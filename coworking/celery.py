"""The workers' way in: `celery -A coworking worker` and `celery -A coworking beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coworking.settings")
app = Celery("coworking")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
