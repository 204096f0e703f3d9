"""What an event brought, and a series: who signed up, came, did not; new faces, who came again, who joined."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from bookings.campaign_figures import JOINED
from events.models import Event, Rsvp, Venue
from events.series_lines import Lines
from members.models import Membership

JOINED_WITHIN = timedelta(days=60)


@dataclass
class Figures:
    """Of one event, or of several. Persons are sign-ups; people are they and their guests.

    `signed_up` is who had a place or waited when it began, without walk-ins: who came of them, who did not come, and
    who waited and got no place. Who had taken a sign-up back is in none of these; `declined` had moved up and said no.
    """

    event: Event | None = None
    signed_up: int = 0
    signed_up_people: int = 0
    came: int = 0
    came_people: int = 0
    did_not_come: int = 0
    walk_ins: int = 0
    no_place: int = 0
    declined: int = 0
    new_faces: int = 0
    again: int = 0
    joined: int = 0


@dataclass(frozen=True)
class EventFigures:
    events: list[Figures]
    total: Figures


class _SignUp(NamedTuple):
    pk: int
    event: int
    person: str | None
    user: int | None
    people: int
    is_walk_in: bool
    going_at: datetime | None
    attended_at: datetime | None
    left_at: datetime | None
    declined: bool

    @property
    def keys(self) -> list[str | int]:
        """By what a person is found again: the address and the account. Who gave neither is not."""
        return [key for key in (self.person, self.user) if key is not None]


class _Visit(NamedTuple):
    starts_at: datetime
    event: int
    series: int | None


def figures_of(events: Collection[Event]) -> EventFigures:
    """The figures of events, each and all together: five queries, however many they are.

    A new face came to the first event of all at which the house has seen them; who joined is a new face who had no
    membership at any space by that day, and within 60 days became a member of one of the spaces at which the event took
    place. Who came again had come to an earlier event of the same series, also by a rule that it had before; in the
    total these are persons. Who gave no address is not found again, so is none of these.
    """
    by_event = {event.pk: Figures(event) for event in events}
    total = Figures()
    at = {event.pk: event for event in events}
    sign_ups = _sign_ups(by_event)
    for one in sign_ups:
        for figures in (by_event[one.event], total):
            _count(figures, one)
    came = [one for one in sign_ups if one.attended_at and one.keys]
    seen = _Seen(came)
    joins = _Joins(events, came)
    lines = Lines(event.organiser_id for event in events)
    returned: set[str | int] = set()
    for one in came:
        visits = seen.visits(one)
        event = at[one.event]
        is_new = visits[0].event == one.event
        line = lines.first(event.series_id)
        is_again = line is not None and any(
            lines.first(visit.series) == line and visit.starts_at < event.starts_at for visit in visits
        )
        for figures in (by_event[one.event], total):
            figures.new_faces += is_new
            figures.joined += is_new and joins.has_joined(one)
        by_event[one.event].again += is_again
        if is_again:
            returned.add(one.keys[0])
    total.again = len(returned)
    return EventFigures(list(by_event.values()), total)


def _count(figures: Figures, one: _SignUp) -> None:
    if one.left_at:
        figures.declined += one.declined
        return
    if one.attended_at:
        figures.came += 1
        figures.came_people += one.people
        figures.walk_ins += one.is_walk_in
    elif one.going_at:
        figures.did_not_come += 1
    else:
        figures.no_place += 1
    if not one.is_walk_in:
        figures.signed_up += 1
        figures.signed_up_people += one.people


def _sign_ups(events: Iterable[int]) -> list[_SignUp]:
    rows = Rsvp.objects.filter(event__in=list(events), confirmed_at__isnull=False).order_by("event__starts_at", "pk")
    return [_SignUp(*row) for row in rows.values_list("pk", *_SignUp._fields[1:])]


class _Seen:
    """The events to which some people came, of all that there were, the first first."""

    def __init__(self, came: list[_SignUp]) -> None:
        self._found: dict[str | int, set[_Visit]] = defaultdict(set)
        rows = Rsvp.objects.filter(_same("person", "user", came), attended_at__isnull=False).order_by()
        named = rows.values_list("person", "user", "event__starts_at", "event", "event__series")
        for person, user, starts_at, event, series in named:
            for key in (person, user):
                if key is not None:
                    self._found[key].add(_Visit(starts_at, event, series))

    def visits(self, one: _SignUp) -> list[_Visit]:
        """Those of somebody, by address and by account."""
        return sorted(set().union(*(self._found[key] for key in one.keys)), key=lambda visit: visit[:2])


class _Joins:
    """Who became a member where, of the people who came to some events."""

    def __init__(self, events: Collection[Event], came: list[_SignUp]) -> None:
        self._day = {event.pk: event.day for event in events}
        self._spaces: dict[int, set[int | None]] = defaultdict(set)
        for event, space in Venue.objects.standing().filter(event__in=self._day).values_list("event", "space"):
            self._spaces[event].add(space)
        self._memberships: dict[str | int, set[tuple[date, int]]] = defaultdict(set)
        rows = Membership.objects.filter(_same("user__email", "user", came), status__in=JOINED, starts_on__isnull=False)
        for user, email, starts_on, space in rows.order_by().values_list("user", "user__email", "starts_on", "space"):
            for key in (user, email):
                self._memberships[key].add((starts_on, space))

    def has_joined(self, one: _SignUp) -> bool:
        """Whether somebody joined by coming to an event, as the first that they came to."""
        day, spaces = self._day[one.event], self._spaces[one.event]
        own = set().union(*(self._memberships[key] for key in one.keys))
        if any(starts_on < day for starts_on, _space in own):
            return False
        return any(starts_on <= day + JOINED_WITHIN and space in spaces for starts_on, space in own)


def _same(address: str, account: str, people: list[_SignUp]) -> Q:
    """Rows of these people, by their address or their account."""
    by_address = Q(**{f"{address}__in": {one.person for one in people if one.person}})
    return by_address | Q(**{f"{account}__in": {one.user for one in people if one.user}})
