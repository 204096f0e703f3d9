"""Who held a ticket or a visa is forgotten.

Of a ticket name and address go, and the keyed hash keeps "once" true (design rule 3); of a visa what was said about its
holder in words. Its number stays with the visits that are in the hosts' books. Who looked at a visa is
forgotten after a year.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F

from members.models import User
from visas.models import Showing, Ticket, Visa

LOOKS_KEPT = timedelta(days=365)


def forget_holders(ticket_ids: Iterable[int]) -> None:
    """Blank the name and the address on tickets, and let every link to their visits open nothing any more."""
    Ticket.objects.filter(pk__in=ticket_ids).update(name="", email="", link_version=F("link_version") + 1)


def forget_reasons(user: User) -> None:
    """Blank why visas of a person were revoked, also in their history."""
    visas = Visa.objects.filter(membership__user=user)
    Visa.history.filter(membership__user=user).update(revoke_reason="", history_change_reason="")
    visas.update(revoke_reason="")


def forget_looks(*, now: datetime) -> int:
    """Delete the looks at visas that were taken a year ago; how many. Their codes have long expired."""
    count, _by_table = Showing.objects.filter(shown_at__lte=now - LOOKS_KEPT).delete()
    return count
