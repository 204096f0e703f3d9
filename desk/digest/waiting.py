"""What waits at a space, from the operators' list of things to do (bookings/todo.py).

What somebody waits for is told one by one, the oldest first, with the links that answer it; of the rest how many.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Prefetch, Window, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import todo
from bookings.models import VisaRequest
from bookings.templatetags.agreed import plan_and_booth
from desk.digest.acts import ACTS
from desk.digest.links import link_address
from events.models import Venue
from members.agreeing import agreed_among
from members.models import AgreedPlan, Membership, Operator
from members.roles import may
from spaces.templatetags.wording import clock, day
from visas.models import Participation

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# So many are told one by one; the rest is a click away.
TOLD = 8


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for an answer: what, who, since when, and the links that answer it, each with its words."""

    what: "_StrPromise"
    who: str
    more: str
    since: datetime
    path: str
    links: list[tuple[Any, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Answers:
    """How one kind of task is told: since when its rows wait, which acts answer it, and what is said of a row."""

    what: "_StrPromise"
    since: str
    acts: tuple[str, ...]
    who: Callable[[Any], str]
    more: Callable[[Any], str]
    path: Callable[[Any], str]


def _times(row: Any) -> str:
    return f"{day(row.starts_at)} {clock(row.starts_at)}–{clock(row.ends_at)}"


def _of_request(asked: VisaRequest) -> str:
    return f"{asked.visa.membership.space.name} · {_times(asked)}"


def _of_application(membership: Membership) -> str:
    return plan_and_booth(agreed_among(list(membership.agreed_plans.all()), membership.starts_on))


def _of_venue(venue: Venue) -> str:
    return f"{venue.event.organiser.name} · {_times(venue.event)}"


def _of_part(part: Participation) -> str:
    return str(part.campaign.organiser.name)


ANSWERED = {
    "requests": Answers(
        gettext_lazy("Visit by VISA"),
        "asked_at",
        ("accept", "refuse"),
        lambda asked: str(asked.visa.membership.user.display_name),
        _of_request,
        lambda asked: reverse("admin:bookings_visarequest_change", args=[asked.pk]),
    ),
    "applications": Answers(
        gettext_lazy("Application"),
        "applied_at",
        ("approve", "decline"),
        lambda membership: str(membership.user.display_name),
        _of_application,
        lambda membership: reverse("admin:members_membership_change", args=[membership.pk]),
    ),
    "campaigns": Answers(
        gettext_lazy("Campaign"),
        "campaign__created_at",
        (),
        lambda part: str(part.campaign.name),
        _of_part,
        lambda part: reverse("admin:visas_campaign_change", args=[part.campaign_id]),
    ),
    "events": Answers(
        gettext_lazy("Event"),
        "event__published_at",
        ("take_part", "say_no"),
        lambda venue: str(venue.event.title),
        _of_venue,
        lambda venue: reverse("admin:events_venue_change", args=[venue.pk]),
    ),
}


@dataclass(frozen=True)
class Pile:
    """What waits: the oldest that wait for an answer, how many do, and how many of all else there is to do."""

    oldest: list[Waiting]
    answers: int
    others: list[tuple["_StrPromise", int]]

    @property
    def more(self) -> int:
        """How many wait for an answer beside those that are told."""
        return self.answers - len(self.oldest)


def pile_at(operator: Operator, *, now: datetime) -> Pile:
    """What waits at the space of an operator, of what the role may see: three queries at most for each kind of task."""
    found: list[Waiting] = []
    answers, others = 0, []
    for task in todo.tasks():
        if not may(operator.role, "view", task.label):
            continue
        rows = task.rows([operator.space_id], now)
        if task.name in ANSWERED:
            told, in_all = _told(task, rows, operator, now)
            found += told
            answers += in_all
        elif count := rows.order_by().count():
            others.append((task.title, count))
    return Pile(sorted(found, key=lambda one: one.since)[:TOLD], answers, others)


def _told(task: todo.Task, rows: Any, operator: Operator, now: datetime) -> tuple[list[Waiting], int]:
    """The oldest rows of a task that wait for an answer, and how many there are in all."""
    kind = ANSWERED[task.name]
    counted = rows.select_related(*task.related).annotate(in_all=Window(Count("pk")))
    oldest = list(counted.order_by(kind.since, "pk")[:TOLD])
    if task.name == "applications":
        agreed = AgreedPlan.objects.select_related("plan", "booth").order_by("starts_on")
        prefetch_related_objects(oldest, Prefetch("agreed_plans", agreed))
    told = [
        Waiting(
            kind.what,
            kind.who(row),
            kind.more(row),
            _since(row, kind),
            kind.path(row),
            _links(row, kind, operator, now),
        )
        for row in oldest
    ]
    return told, oldest[0].in_all if oldest else 0


def _since(row: Any, kind: Answers) -> datetime:
    for name in kind.since.split("__"):
        row = getattr(row, name)
    return row


def _links(row: Any, kind: Answers, operator: Operator, now: datetime) -> list[tuple[Any, str]]:
    space, by = operator.space, operator.user
    return [
        (ACTS[name].button, link_address(name, row.pk, by=by, space=space, day=space.today(now)))
        for name in kind.acts
        if ACTS[name].is_sent_to(operator.role)
    ]


def since_in_words(one: Waiting, *, now: datetime) -> str:
    """Since when something waits, as people say it."""
    days = (now - one.since).days
    if days < 1:
        return _("since yesterday") if day(one.since) != day(now) else _("since today")
    return _("since %(day)s") % {"day": day(one.since)}
