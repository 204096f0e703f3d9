"""What waits for the operators of a space. Nothing is ticked off: an entry goes when its fact appears."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import DateField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from members.models import AgreedPlan, BoothWait, Membership
from spaces.today import today_at

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ENDING_WITHIN = timedelta(days=14)
LAPSING_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class Task:
    """One kind of thing to do: its name, what the list says over it, and the rows that wait."""

    name: str
    title: "_StrPromise"
    rows: Callable[[Iterable[int] | None, datetime], QuerySet]


def applications(spaces: Iterable[int] | None, now: datetime) -> QuerySet[Membership]:
    """Applications that nobody has decided, the first first."""
    return _memberships(spaces).filter(status=Membership.Status.APPLIED).order_by("applied_at", "pk")


def offers(spaces: Iterable[int] | None, now: datetime) -> QuerySet[BoothWait]:
    """Booths that are offered to somebody who has not answered, the next to lapse first."""
    rows = BoothWait.objects.offered()
    if spaces is not None:
        rows = rows.filter(plan__space__in=spaces)
    return rows.order_by("lapses_at", "pk")


def ending(spaces: Iterable[int] | None, now: datetime) -> QuerySet[Membership]:
    """Memberships whose last day comes within two weeks, the next first."""
    today = today_at("space__timezone", now)
    last = ExpressionWrapper(today + ENDING_WITHIN, output_field=DateField())
    rows = _memberships(spaces).filter(status__in=[Membership.Status.ACTIVE, Membership.Status.PAUSED])
    return rows.filter(ends_on__gte=today, ends_on__lte=last).order_by("ends_on", "pk")


def agreements_due(spaces: Iterable[int] | None, now: datetime) -> QuerySet[Membership]:
    """Active memberships whose plan of today wants a signed agreement that is not there."""
    return _running(spaces, now, plan__wants_agreement=True).filter(agreement_on__isnull=True)


def keys_due(spaces: Iterable[int] | None, now: datetime) -> QuerySet[Membership]:
    """Active memberships whose plan of today comes with a key that was not handed over."""
    return _running(spaces, now, plan__hands_key=True).filter(key_given_on__isnull=True)


def keys_to_return(spaces: Iterable[int] | None, now: datetime) -> QuerySet[Membership]:
    """Memberships that have ended, and whose key is still out."""
    rows = _memberships(spaces).filter(status=Membership.Status.ENDED)
    return rows.filter(key_given_on__isnull=False, key_returned_on__isnull=True).order_by("ends_on", "pk")


TASKS = (
    Task("applications", _("Applications to decide"), applications),
    Task("offers", _("Booths on offer"), offers),
    Task("ending", _("Memberships that end within two weeks"), ending),
    Task("agreements", _("Agreements to be signed"), agreements_due),
    Task("keys", _("Keys to hand over"), keys_due),
    Task("returns", _("Keys to get back"), keys_to_return),
)


def count(spaces: Iterable[int] | None, now: datetime) -> int:
    """How many entries wait at spaces, or at all of them; one query."""
    first, *others = [task.rows(spaces, now).order_by().values_list("pk") for task in TASKS]
    return first.union(*others, all=True).count()


def _memberships(spaces: Iterable[int] | None) -> QuerySet[Membership]:
    return Membership.objects.all() if spaces is None else Membership.objects.filter(space__in=spaces)


def _running(spaces: Iterable[int] | None, now: datetime, **plan: bool) -> QuerySet[Membership]:
    """Active memberships by the plan that holds today."""
    today = today_at("plan__space__timezone", now)
    held = AgreedPlan.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today), starts_on__lte=today, membership=OuterRef("pk"), **plan
    )
    if spaces is not None:
        # Said once more, so that PostgreSQL begins with the few plans that are meant.
        held = held.filter(plan__space__in=spaces)
    rows = _memberships(spaces).filter(Exists(held), status=Membership.Status.ACTIVE)
    return rows.order_by(F("starts_on"), "pk")
