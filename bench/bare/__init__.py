"""The bounds: what Django and PostgreSQL do here when a view does nothing but the one thing that it must.

No sessions, no sign-in, no CSRF, no translation; the same Django, psycopg2, PostgreSQL and gunicorn as the house.
"""
