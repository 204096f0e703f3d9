"""Settings, addresses and processes of the house; it knows no app's tables."""

from coworking.celery import app as celery_app

__all__ = ["celery_app"]
