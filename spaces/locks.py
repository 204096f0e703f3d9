"""The lock on resources that everybody takes who counts on what stays as it was read (design rule 10)."""

from collections.abc import Iterable

from django.db import connection

from spaces.models import Resource, Space


def lock_resources(resource_ids: Iterable[int]) -> list[int]:
    """Lock resources by primary key, in the form that foreign keys do not wait for; the keys that exist."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM spaces_resource WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(resource_ids)]
        )
        return [pk for (pk,) in cursor.fetchall()]


def lock_space(space: Space) -> None:
    """Lock every resource of a space, so that nothing is booked or let there until the transaction ends."""
    lock_resources(Resource.objects.filter(space=space).values_list("pk", flat=True))
