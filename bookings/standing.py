"""Memberships as their holder sees them: what they give, what is used of it, and what is next."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from django.db.models import Prefetch

from bookings.gives import Gift, gives, opens
from bookings.models import Booking
from bookings.used import LOOKED_BACK, Used, used_by
from members.agreeing import agreed_among
from members.costs import Course, month_lines
from members.ending import ends_offered
from members.models import AgreedPlan, Companion, Membership, Pause, User
from members.models.membership import DAY, MembershipQuerySet
from members.pausing import planned_pause
from members.periods import Period
from spaces.models import Space


@dataclass(frozen=True)
class Visit:
    """A booking of the person's at a space, in short."""

    space_id: int
    starts_at: datetime
    ends_at: datetime
    was_there: bool


@dataclass(frozen=True, eq=False)
class Standing:
    """A membership on a day of its space, for the person who holds it or shares it as a companion."""

    membership: Membership
    now: datetime
    visits: tuple[Visit, ...] = ()
    used: Used = field(default_factory=Used)

    @cached_property
    def today(self) -> date:
        return self.membership.space.today(self.now)

    @cached_property
    def day(self) -> date:
        """Today, or the first day of what has not begun."""
        return max(self.today, self.membership.starts_on)

    @cached_property
    def rows(self) -> list[AgreedPlan]:
        return sorted(self.membership.agreed_plans.all(), key=lambda row: row.starts_on)

    @cached_property
    def agreed(self) -> AgreedPlan:
        """The plan of now."""
        return agreed_among(self.rows, self.day)

    @property
    def period(self) -> Period:
        """The month of the membership that it is in."""
        return self.membership.period_of(self.day)

    @property
    def has_begun(self) -> bool:
        return self.membership.starts_on <= self.today

    @property
    def is_applied(self) -> bool:
        return self.membership.status == Membership.Status.APPLIED

    @property
    def is_declined(self) -> bool:
        return self.membership.status == Membership.Status.DECLINED

    def was_declined_since(self, moment: datetime) -> bool:
        decided_at = self.membership.decided_at
        return self.is_declined and decided_at is not None and decided_at > moment

    @property
    def never_began(self) -> bool:
        """Whether it was taken back or declined before its first day."""
        return self.membership.ends_on is not None and self.membership.ends_on < self.membership.starts_on

    @cached_property
    def pause(self) -> Pause | None:
        """The pause that holds today, or is to come."""
        return planned_pause(self.membership, self.today)

    @property
    def rests(self) -> bool:
        """Whether it is paused today."""
        return self.pause is not None and self.pause.holds_on(self.today)

    @cached_property
    def coming(self) -> list[AgreedPlan]:
        """What is agreed for later: another plan, or a new price of this one."""
        return [row for row in self.rows if row.starts_on > max(self.day, self.agreed.starts_on)]

    @property
    def change(self) -> AgreedPlan | None:
        """The other plan that it is to change to. `members.changing.planned_change` asks the database the same."""
        return next((row for row in self.coming if row.plan_id != self.agreed.plan_id), None)

    @property
    def repricing(self) -> AgreedPlan | None:
        """The plan of now at the price that the member was told of."""
        return next((row for row in self.coming if row.plan_id == self.agreed.plan_id), None)

    @property
    def renews_on(self) -> date | None:
        """The day on which something is due next: a renewal, or the day with which it goes on after a pause; None if
        it ends or rests before."""
        day = self.period.next_first
        if self.pause and self.pause.starts_on <= day:
            if self.pause.ends_on is None:
                return None
            day = self.pause.ends_on + DAY
        ends_on = self.membership.ends_on
        return day if ends_on is None or day <= ends_on else None

    @property
    def goes_on_within_a_month(self) -> bool:
        """Whether `renews_on` is no renewal, but the day after a pause, with which a part of a month is due."""
        day = self.renews_on
        return day is not None and self.membership.period_of(day).first != day

    @property
    def next_price(self) -> int:
        """What is due on the day `renews_on`, in yen: up to the renewal after it, or to the end."""
        day, membership = self.renews_on, self.membership
        if day is None:
            return 0
        course = Course(self.rows, list(membership.pauses.all()))
        lines = month_lines(course.until(day - DAY), course, membership.period_of(day))
        return sum(line.yen for line in lines)

    @property
    def gives(self) -> list[Gift]:
        """What the plan of now gives."""
        return list(gives(self.agreed.plan, self.agreed.plan.resources.all(), self.agreed.room_minutes))

    @property
    def shares(self) -> list[Gift]:
        """What of it a companion may use."""
        return list(opens(self.agreed.plan.resources.all()))

    @property
    def room_minutes_used(self) -> int:
        return self.used.minutes_in(self.membership, self.period, self.membership.space)

    @property
    def room_minutes_left(self) -> int:
        return max(self.agreed.room_minutes - self.room_minutes_used, 0)

    @property
    def visits_this_month(self) -> int:
        """How often the person was there since the last renewal."""
        space, period = self.membership.space, self.period
        days = (space.today(visit.starts_at) for visit in self._here if visit.was_there)
        return sum(1 for day in days if period.first <= day <= period.last)

    @property
    def upcoming(self) -> list[Visit]:
        """The bookings that the person holds at the space, the next first."""
        return [visit for visit in self._here if visit.ends_at > self.now]

    @property
    def _here(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.space_id == self.membership.space_id]

    @property
    def companions(self) -> list[Companion]:
        """Who is invited to the booth, or uses it."""
        return [one for one in self.membership.companions.all() if one.left_at is None]

    @property
    def places_left(self) -> int:
        """How many more may be invited."""
        return max(self.agreed.seats_for_companions - len(self.companions), 0)

    @property
    def can_change(self) -> bool:
        is_active = self.membership.status == Membership.Status.ACTIVE
        return is_active and self.pause is None and self.change is None

    @property
    def can_pause(self) -> bool:
        ends_on = self.membership.ends_on
        stays = ends_on is None or self.period.next_first <= ends_on
        return self.can_change and stays and bool(self.agreed.price) and not self.agreed.booth_id

    @property
    def can_invite(self) -> bool:
        return self.membership.status == Membership.Status.ACTIVE and self.places_left > 0

    @property
    def last_days(self) -> list[date]:
        """The days that it may end after; the day before its first is one of them until it begins."""
        never = [] if self.has_begun else [self.membership.starts_on - DAY]
        return [*never, *ends_offered(self.membership, now=self.now)]


def own_standings(user: User, *, now: datetime) -> list[Standing]:
    """A person's own memberships at any space, the living first, then the latest: eight queries at most."""
    memberships = list(_whole(Membership.objects.for_user(user)))
    memberships.sort(key=lambda one: (one.is_live, one.applied_at), reverse=True)
    return list(_standings(user, memberships, now))


def own_standing_at(user: User, space: Space, *, now: datetime) -> Standing | None:
    """A person's living membership at a space, also one that is only applied for."""
    return _one(user, Membership.objects.for_user(user).live().filter(space=space), now)


def own_standing(user: User, pk: int, *, now: datetime) -> Standing | None:
    """One of a person's own memberships."""
    return _one(user, Membership.objects.for_user(user).filter(pk=pk), now)


@dataclass(frozen=True)
class Shared:
    """A place in somebody's booth: an invitation, or one that was accepted."""

    companion: Companion
    standing: Standing


def shared_with(user: User, *, now: datetime) -> list[Shared]:
    """The booths that others share with a person, or have invited them to."""
    places = Companion.objects.standing().of_person(user).filter(membership__status__in=Membership.LIVE)
    whole = Prefetch("membership", _whole(Membership.objects.select_related("space", "user")))
    found = list(places.prefetch_related(whole).order_by("invited_at", "pk"))
    return [Shared(place, Standing(place.membership, now)) for place in found]


def _whole(memberships: MembershipQuerySet) -> MembershipQuerySet:
    """Memberships with all that a standing reads."""
    agreed = AgreedPlan.objects.select_related("plan", "booth").prefetch_related("plan__resources")
    return memberships.prefetch_related(None).prefetch_related(
        Prefetch("agreed_plans", agreed), "pauses", "companions__user"
    )


def _one(user: User, memberships: MembershipQuerySet, now: datetime) -> Standing | None:
    return next(_standings(user, list(_whole(memberships)), now), None)


def _standings(user: User, memberships: list[Membership], now: datetime) -> Iterator[Standing]:
    live = [membership for membership in memberships if membership.is_live]
    used = used_by(user, first_visits=[], limited=[], counted_down=live, now=now)
    visits = _visits(user, now) if live else ()
    return (Standing(membership, now, visits, used) for membership in memberships)


def _visits(user: User, now: datetime) -> tuple[Visit, ...]:
    recent = Booking.objects.live().filter(user=user, starts_at__gt=now - LOOKED_BACK).order_by("starts_at")
    rows = recent.values_list("resource__space_id", "starts_at", "ends_at", "checked_in_at")
    return tuple(Visit(space, starts, ends, there is not None) for space, starts, ends, there in rows)
