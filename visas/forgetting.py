"""Who held a ticket is forgotten: name and address go, and the keyed hash keeps "once" true (design rule 3)."""

from collections.abc import Iterable

from django.db.models import F

from visas.models import Ticket


def forget_holders(ticket_ids: Iterable[int]) -> None:
    """Blank the name and the address on tickets, and let every link to their visits open nothing any more."""
    Ticket.objects.filter(pk__in=ticket_ids).update(name="", email="", link_version=F("link_version") + 1)
