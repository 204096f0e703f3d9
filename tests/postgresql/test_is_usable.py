"""A kept connection is known to be alive without a query, and to be dead before anything is asked of it."""

import psycopg2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db(transaction=True)


def test_living_connection_is_not_asked():
    connection.ensure_connection()

    with CaptureQueriesContext(connection) as asked:
        assert connection.is_usable()

    assert len(asked) == 0


def test_connection_that_the_server_has_ended_is_not_used(client):
    assert client.get("/spaces/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]

    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    other = psycopg2.connect(**parameters)
    other.autocommit = True
    with other.cursor() as cursor:
        # It waits up to five seconds for the backend to be gone.
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()

    assert connection.is_usable() is False
    connection.close()
    assert client.get("/spaces/").status_code == 200
