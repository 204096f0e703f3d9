"""The house with the pages of faulty.py: `gunicorn tests.desk.faulty_web`."""

from coworking.wsgi import application

# These want the apps, which the line above sets up.
from django.urls import path  # isort: skip
from coworking import urls  # isort: skip
from tests.desk.faulty import sorry, stumbling, told  # isort: skip

__all__ = ["application"]
urls.urlpatterns[:0] = [path("told/", told, name="told"), path("stumbling/", stumbling, name="stumbling")]
# The house's own page of errors wants static files that were collected.
urls.handler500 = sorry
