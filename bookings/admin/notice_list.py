"""A page of the outbox's list, and how the outbox stands over it."""

from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from bookings.admin.scope import AskedList
from notices.models import Notice
from spaces.models import Space

State = Notice.State
LATELY = timedelta(days=1)


class NoticeList(AskedList):
    """A page of the list, with the names of the spaces that write."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        names = {space.slug: str(space.name) for space in Space.objects.all()}
        for notice in self.result_list:
            notice.space_name = names.get(notice.space_slug, notice.space_slug)


def counts(rows: QuerySet[Notice], now: datetime) -> dict[str, int]:
    """How the outbox stands, in one query."""
    lately = Q(settled_at__gt=now - LATELY)
    return rows.order_by().aggregate(
        parked=Count("pk", filter=Q(state=State.PARKED)),
        retried=Count("pk", filter=Q(state=State.WAITING, attempts__gt=0)),
        due=Count("pk", filter=Q(state=State.WAITING, try_at__lte=now)),
        waiting=Count("pk", filter=Q(state=State.WAITING)),
        sent=Count("pk", filter=lately & Q(state=State.SENT)),
        dropped=Count("pk", filter=lately & Q(state=State.DROPPED)),
    )
