"""Everything about one person at one space, on one page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Max, Min, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from bookings import known
from bookings.admin.acts import Act, offered
from bookings.admin.money.card import money_card
from bookings.admin.scope import signed_in
from bookings.admin.visas.card import visa_cards
from bookings.models import Booking, FirstVisit
from bookings.standing import Standing
from members.models import AgreedPlan, BoothWait, Companion, Membership, User
from members.person_key import person_key
from members.roles import may
from notices.kinds import labels
from notices.models import Notice
from spaces.models import Space
from spaces.templatetags.wording import plain_day

PAST_PER_PAGE = 15
NOTICES_SHOWN = 30
HISTORY_SHOWN = 200
KEPT = ("status", "starts_on", "ends_on", "agreement_on", "key_given_on", "key_returned_on", "note", "decision")


@dataclass(frozen=True)
class Change:
    """One entry of a membership's history: when, who (None is the house itself), why, and what was changed."""

    when: datetime
    who: User | None
    why: str
    what: list[str]


@dataclass(frozen=True)
class Held:
    """A membership on the page, with what may be done with it."""

    standing: Standing
    acts: list[Act]
    history: list[Change]

    @property
    def wants_agreement(self) -> bool:
        membership = self.standing.membership
        return membership.is_live and self.standing.agreed.plan.wants_agreement and not membership.agreement_on

    @property
    def hands_key(self) -> bool:
        membership = self.standing.membership
        return membership.is_live and self.standing.agreed.plan.hands_key and not membership.key_given_on

    @property
    def key_is_out(self) -> bool:
        membership = self.standing.membership
        return membership.key_given_on is not None and membership.key_returned_on is None


def person_view(request: HttpRequest, site: Any, pk: int, slug: str) -> HttpResponse:
    """The page of a person at a space, for who helps to run it; a fixed number of queries."""
    viewer = signed_in(request)
    space = get_object_or_404(Space, slug=slug)
    role = "owner" if viewer.is_superuser else viewer.roles.get(space.pk)
    if role is None or not may(role, "view", "members.user"):
        raise Http404
    person = get_object_or_404(User, pk=pk)
    now = timezone.now()
    memberships = _memberships(person, space, now, may_act=may(role, "change", "members.membership"))
    here = Booking.objects.filter(user=person, resource__space=space)
    figures = _figures(here, now)
    waits = list(
        BoothWait.objects.filter(user=person, plan__space=space).select_related("plan", "booth").order_by("-since")
    )
    shared = list(
        Companion.objects.of_person(person).filter(membership__space=space).select_related("membership__user")
    )
    money = money_card(request, space, person.pk, today=space.today(now))
    if not (memberships or figures["all"] or waits or shared or money.is_anything):
        # Apps above have ties of their own, of which there may be nothing to show here.
        get_object_or_404(Space.objects.filter(known.spaces_of(person.pk)), pk=space.pk)
    past = Paginator(here.past(now).select_related("resource", "plan"), PAST_PER_PAGE)
    past.count = figures["past"]
    key = person_key(person.email)
    first_visits = FirstVisit.objects.filter(Q(person_key=key) | Q(booking__user=person), space=space)
    context = {
        **site.each_context(request),
        "title": person.display_name,
        "subtitle": space.name,
        "person": person,
        "space": space,
        "memberships": memberships,
        "figures": figures,
        "upcoming": list(here.upcoming(now).select_related("resource", "plan")[:PAST_PER_PAGE]),
        "past": past.get_page(request.GET.get("page")),
        "waits": waits,
        "shared": shared,
        "first_visit": first_visits.select_related("booking").first(),
        "notices": _notices(person, space),
        "may_act": may(role, "change", "members.membership"),
        "money": money,
        "visas": visa_cards(request, space, [held.standing.membership for held in memberships], now),
    }
    with timezone.override(space.zone):
        return TemplateResponse(request, "admin/members/person_at_space.html", context).render()


def spaces_of(request: HttpRequest, pk: int) -> list[Space]:
    """The spaces of the viewer at which a person has a page."""
    viewer = signed_in(request)
    spaces = Space.objects.all() if viewer.is_superuser else Space.objects.filter(pk__in=list(viewer.roles))
    return list(spaces.filter(known.spaces_of(pk)))


def _memberships(person: User, space: Space, now: datetime, *, may_act: bool) -> list[Held]:
    agreed = AgreedPlan.objects.select_related("plan", "booth").order_by("starts_on")
    rows = Membership.objects.filter(user=person, space=space).select_related("space", "user")
    found = list(
        rows.prefetch_related(Prefetch("agreed_plans", agreed), "pauses", "companions__user").order_by("-applied_at")
    )
    found.sort(key=lambda one: one.is_live, reverse=True)
    history = _history([one.pk for one in found])
    return [
        Held(
            standing := Standing(one, now),
            offered(standing) if may_act else [],
            list(_changes(history.get(one.pk, []))),
        )
        for one in found
    ]


def _history(keys: list[int]) -> dict[int, list[Any]]:
    """The kept versions of memberships, the latest first."""
    versions: dict[int, list[Any]] = {}
    rows = Membership.history.filter(id__in=keys).select_related("history_user")
    for row in rows.order_by("-history_date", "-history_id")[:HISTORY_SHOWN]:
        versions.setdefault(row.id, []).append(row)
    return versions


def _changes(versions: list[Any]) -> Iterator[Change]:
    for version, before in zip(versions, [*versions[1:], None], strict=True):
        yield Change(
            version.history_date,
            version.history_user,
            version.history_change_reason or "",
            list(_differences(version, before)),
        )


def _differences(version: Any, before: Any) -> Iterator[str]:
    """What one version says that the one before did not."""
    for name in KEPT:
        new, old = getattr(version, name), getattr(before, name, None)
        if new == old or (before is None and new in (None, "")):
            continue
        label = str(getattr(Membership._meta.get_field(name), "verbose_name", name))
        if name in ("note", "decision"):
            yield label
        elif before is None:
            yield f"{label}: {_said(name, new)}"
        else:
            yield f"{label}: {_said(name, old)} → {_said(name, new)}"


def _said(name: str, value: Any) -> str:
    if name == "status":
        return str(Membership.Status(value).label)
    return plain_day(value) if isinstance(value, date) else "–"


def _figures(here: Any, now: datetime) -> dict[str, Any]:
    """How often the person came and did not, first and last; all of it in one query."""
    came = Q(checked_in_at__isnull=False)
    live = Q(cancelled_at__isnull=True, missed_at__isnull=True)
    figures: dict[str, Any] = here.aggregate(
        all=Count("pk"),
        past=Count("pk", filter=~(live & Q(ends_at__gt=now))),
        upcoming=Count("pk", filter=live & Q(ends_at__gt=now)),
        visits=Count("pk", filter=came),
        missed=Count("pk", filter=Q(missed_at__isnull=False)),
        cancelled_late=Count("pk", filter=Q(cancelled_late=True)),
        first=Min("checked_in_at"),
        last=Max("checked_in_at"),
    )
    return figures


def _notices(person: User, space: Space) -> list[dict[str, Any]]:
    rows = Notice.objects.filter(recipient=person.email, space_slug=space.slug).order_by("-created_at", "-pk")
    names = labels()
    return [
        {"notice": row, "kind": names.get(row.kind, row.kind), "state": row.get_state_display()}
        for row in rows[:NOTICES_SHOWN]
    ]
