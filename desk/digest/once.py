"""Using a link of the digest: once, in the name of who it was sent to, and only what their role still allows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from simple_history.models import HistoricalRecords

from desk.digest.acts import ACTS, Act, Wish
from desk.digest.links import Link
from desk.digest.refusals import refusal
from desk.models import UsedLink
from members.models import Operator, User
from spaces.templatetags.wording import day

# As long as the copies of the mails in which they stood (notices/copying.py).
KEPT = timedelta(days=90)


def check_allowed(link: Link, act: Act, *, now: datetime) -> None:
    """Raise ValidationError if a link has expired, or who it was sent to may not do that (any more)."""
    if link.has_expired_at(now):
        raise refusal("link_expired", day=day(link.last_day))
    role = Operator.objects.filter(user=link.by, user__is_active=True, space=link.space).values_list("role", flat=True)
    if not act.may_be_done_by(role.first()):
        raise refusal("no_role", space=link.space.name)


def row_of(link: Link, act: Act) -> Any:
    """The row that a link is about, if it is at the link's space. Raises ValidationError."""
    row = act.subject.find(link.pk, link.space)
    if row is None:
        raise refusal("subject_gone")
    return row


def use(link: Link, wish: Wish, *, now: datetime) -> UsedLink:
    """Do what a link is for, and note that it was used; used before, nothing is done again.

    Who uses it at the same moment waits until this is over. Raises ValidationError, and the link stays good.
    """
    act = ACTS[link.act]
    with transaction.atomic():
        used, is_first = UsedLink.objects.get_or_create(
            token_hash=link.token_hash,
            defaults={
                "who": link.by,
                "act": act.name,
                "subject": f"{act.subject.name}:{link.pk}",
                "used_at": now,
            },
        )
        if is_first:
            check_allowed(link, act, now=now)
            with _in_the_name_of(link.by):
                act.do(row_of(link, act), wish, link.by, now)
    return used


@contextmanager
def _in_the_name_of(user: User) -> Iterator[None]:
    """Histories say that what happens inside is by this person, not by who is signed in where the link was opened."""
    context = HistoricalRecords.context
    before = getattr(context, "request", None)
    context.request = SimpleNamespace(user=user)
    try:
        yield
    finally:
        context.request = before


def use_of(link: Link) -> UsedLink | None:
    """When and by whom a link was used, if it was."""
    return UsedLink.objects.select_related("who").filter(token_hash=link.token_hash).first()


def forget_used(*, now: datetime) -> int:
    """Forget which links were used so long ago that all of that day have expired anyway; how many."""
    return UsedLink.objects.filter(used_at__lte=now - KEPT).delete()[0]
