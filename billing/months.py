"""The lock between those who write in the months of a space and who closes one, counts its cash, or issues or voids an
invoice.

An act may take back several things one after the other, and an invoice takes hold of many at once: in two orders they
would wait for each other.

It comes before every row that they lock themselves (design rule 10), as the trigger billing_month_is_open takes it
again for who writes a charge or a payment without having asked. Who holds it open does not ask for it alone after.
"""

from django.db import connection


def hold_open(space_id: int) -> None:
    """Let nobody close a month of a space, issue or void an invoice until this transaction ends; many may hold it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(16, %s::int)", [space_id])


def hold_alone(space_id: int) -> None:
    """Wait for all who write in the months of a space, and let nobody else begin until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(16, %s::int)", [space_id])
