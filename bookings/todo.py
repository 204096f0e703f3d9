"""What waits for the operators of a space. Nothing is ticked off: an entry goes when its fact appears.

Apps above register tasks of their own when they start.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import CharField, DateField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, TruncMonth
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import build_localized_fieldname

from billing.models import Charge, Month, Payment
from billing.monthly import sums_to_invoice
from bookings.models import VisaRequest
from members.models import AgreedPlan, BoothWait, Membership
from notices.models import Notice
from spaces.models import Space
from spaces.today import today_at
from visas.models import Campaign, Participation
from visas.offering import hosts_to_ask

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ENDING_WITHIN = timedelta(days=14)
LAPSING_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class Task:
    """One kind of thing to do: its name, what the list says over it, and the rows that wait.

    It is for those who may view rows of `label`. `rows` is called with the spaces that are asked about, None for all of
    them; `related` is read with the rows. A task of another app brings the template of its table row, which gets `row`.
    """

    name: str
    title: "_StrPromise"
    rows: Callable[[Iterable[int] | None, datetime], QuerySet]
    label: str = "members.membership"
    related: tuple[str, ...] = ("user", "space")
    row_template: str = ""


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


def months_to_close(spaces: Iterable[int] | None, now: datetime) -> QuerySet[Space]:
    """Spaces at which something was charged or paid last month, and that month is not closed."""
    last = {"space": OuterRef("pk"), "arises_on__gte": OuterRef("last_month"), "arises_on__lt": OuterRef("this_month")}
    paid = {"space": OuterRef("pk"), "received_on__gte": OuterRef("last_month")}
    moved = Q(Exists(Charge.objects.standing().filter(**last))) | Q(
        Exists(Payment.objects.standing().filter(**paid, received_on__lt=OuterRef("this_month")))
    )
    closed = Month.objects.filter(space=OuterRef("pk"), first_on=OuterRef("last_month"))
    return _spaces(spaces, now).filter(moved, ~Exists(closed)).order_by("position", "slug")


def months_to_invoice(spaces: Iterable[int] | None, now: datetime) -> QuerySet[Space]:
    """Spaces at which somebody is to get an invoice, with a charge of last month or of one before it."""
    waiting = sums_to_invoice(OuterRef("pk"), OuterRef("day_there")).filter(since__lt=OuterRef("this_month"))
    return _spaces(spaces, now).filter(Exists(waiting)).order_by("position", "slug")


def campaigns_asking(spaces: Iterable[int] | None, now: datetime) -> QuerySet[Participation]:
    """Campaigns that ask a space to take part, and are not over, the next to end first."""
    running = Campaign.objects.running(now).order_by().values("pk")
    rows = Participation.objects.filter(agreed_at__isnull=True, left_at__isnull=True, campaign__in=running)
    return (rows if spaces is None else rows.filter(space__in=spaces)).order_by("campaign__ends_on", "pk")


def visits_asked_for(spaces: Iterable[int] | None, now: datetime) -> QuerySet[VisaRequest]:
    """Visits by VISA that a host is asked for and can still answer, the next first."""
    rows = VisaRequest.objects.waiting(now)
    return (rows if spaces is None else rows.filter(resource__space__in=spaces)).order_by("starts_at", "pk")


def parked_notices(spaces: Iterable[int] | None, now: datetime) -> QuerySet[Notice]:
    """Mails in the name of spaces that could not be sent, the first first."""
    rows = Notice.objects.filter(state=Notice.State.PARKED)
    if spaces is not None:
        rows = rows.filter(space_slug__in=Space.objects.filter(pk__in=spaces).values("slug"))
    # As modeltranslation would look the name up, but one column of it is enough.
    here = build_localized_fieldname("name", get_language() or settings.LANGUAGE_CODE)
    named = Space.objects.filter(slug=OuterRef("space_slug")).values(here)
    return rows.annotate(space_name=Subquery(named, output_field=CharField())).order_by("settled_at", "pk")


def terms_to_confirm(spaces: Iterable[int] | None, now: datetime) -> QuerySet[Space]:
    """Hosts that have not said within a year what they offer by Coworking VISA."""
    rows = hosts_to_ask(now)
    return (rows if spaces is None else rows.filter(pk__in=spaces)).order_by("position", "slug")


_OF_VISIT = ("resource__space", "visa__membership__user", "visa__membership__space")
_OF_PLACE = ("user", "plan__space", "booth")
_OF_PART = ("space", "campaign__organiser")

OWN = (
    Task(
        "requests",
        _("Requests by VISA that wait for your answer"),
        visits_asked_for,
        "bookings.visarequest",
        related=_OF_VISIT,
    ),
    Task("applications", _("Applications to decide"), applications),
    Task("offers", _("Booths on offer"), offers, related=_OF_PLACE),
    Task("campaigns", _("Campaigns that ask your space"), campaigns_asking, "visas.participation", related=_OF_PART),
    Task("ending", _("Memberships that end within two weeks"), ending),
    Task("agreements", _("Agreements to be signed"), agreements_due),
    Task("keys", _("Keys to hand over"), keys_due),
    Task("returns", _("Keys to get back"), keys_to_return),
    Task("invoicing", _("Charges of last month without an invoice"), months_to_invoice, "billing.charge", related=()),
    Task("months", _("Last month waits to be closed"), months_to_close, "billing.month", related=()),
    Task(
        "notices",
        _("Mails that could not be sent"),
        parked_notices,
        "notices.notice",
        related=(),
        row_template="admin/notices/todo_notice.html",
    ),
    Task("terms", _("Terms of the VISA to confirm"), terms_to_confirm, "visas.terms", related=()),
)

_registered: dict[str, Task] = {}


def register(task: Task) -> None:
    """Add a task of an app above; two must not claim one name."""
    known = {one.name: one for one in tasks()}
    if known.get(task.name, task) != task:
        raise ValueError(f"There is a task {task.name} already.")
    _registered[task.name] = task


def tasks() -> tuple[Task, ...]:
    """All kinds of things to do, in the order of the list."""
    return (*OWN, *_registered.values())


def count(spaces_of: Callable[[Task], Iterable[int] | None], now: datetime) -> int:
    """How many entries wait at the spaces that are asked about for each task, None for all of them; one query."""
    first, *others = [task.rows(spaces_of(task), now).order_by().values_list("pk") for task in tasks()]
    return first.union(*others, all=True).count()


def _memberships(spaces: Iterable[int] | None) -> QuerySet[Membership]:
    return Membership.objects.all() if spaces is None else Membership.objects.filter(space__in=spaces)


def _spaces(spaces: Iterable[int] | None, now: datetime) -> QuerySet[Space]:
    """Spaces with the day there, and the first days of the month that runs, and of the one before it."""
    today = today_at("timezone", now)
    this = Cast(TruncMonth(today), DateField())
    before = ExpressionWrapper(F("this_month") - timedelta(days=1), output_field=DateField())
    rows = Space.objects.alias(day_there=today, this_month=this).alias(last_month=Cast(TruncMonth(before), DateField()))
    return rows if spaces is None else rows.filter(pk__in=spaces)


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
