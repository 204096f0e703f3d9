"""The tables of the house, as PostgreSQL knows them."""

from django.core.management.base import CommandError
from django.db import connection

# What `migrate` writes by itself into tables that it has just made.
BOOKKEEPING = ("django_migrations", "django_content_type", "auth_permission")
OURS = """
    SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    ) ORDER BY c.relname
"""


def count_rows() -> dict[str, int]:
    """How many rows each table has, in the transaction that is open."""
    counts = {}
    with connection.cursor() as cursor:
        cursor.execute(OURS)
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM public.{connection.ops.quote_name(table)}")  # noqa: S608 - quoted
            counts[table] = cursor.fetchone()[0]
    return counts


def server_major() -> int:
    """The release of the server: 18 of 18.6."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        return int(cursor.fetchone()[0])


def other_schemas() -> list[str]:
    """What stands in the same database and is not the house's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname NOT IN ('public', 'information_schema') "
            "AND nspname NOT LIKE 'pg\\_%%' ORDER BY nspname"
        )
        return [name for (name,) in cursor.fetchall()]


def must_be_alone() -> None:
    """Refuse while others are connected to the database, and say who."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(nullif(application_name, ''), 'without a name'), usename, "
            "coalesce(host(client_addr), CASE WHEN backend_type IS NULL THEN 'somewhere' ELSE 'this machine' END) "
            "FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND usename IS NOT NULL "
            # A role that may not look at others sees who they are and nothing else.
            "AND coalesce(backend_type, 'client backend') = 'client backend' GROUP BY 2, 3, 4 ORDER BY 1 DESC, 2, 3, 4"
        )
        others = [f"{count} of {user} from {where} ({name})" for count, name, user, where in cursor.fetchall()]
    if others:
        raise CommandError(
            f"Others are connected to this database: {'; '.join(others)}. Stop the house (web, live, worker and beat) "
            "and whatever else looks into its database, then try again. Nothing was changed."
        )
