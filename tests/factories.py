"""Makers of rows with dull defaults; a test states every value that it depends on."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bookings.models import Booking, FirstVisit
from members.models import AgreedPlan, Companion, Membership, Pause, Plan, User
from members.person_key import person_key
from spaces.calendar import Calendar, Span
from spaces.house import House
from spaces.models import Closure, OpeningHours, Resource, Space

JAPAN = ZoneInfo("Asia/Tokyo")
TUESDAY = date(2026, 11, 24)


def at(clock: str, day: date = TUESDAY, zone: ZoneInfo = JAPAN) -> datetime:
    """A wall time on a day: `at("11:00")`."""
    return datetime.combine(day, time.fromisoformat(clock), zone)


def span(starts: str, ends: str, day: date = TUESDAY, zone: ZoneInfo = JAPAN) -> Span:
    """A stretch of a day's wall clock: `span("11:00", "13:00")`; an end at or before the start is on the next day."""
    last = day + timedelta(days=1) if ends <= starts else day
    return Span(at(starts, day, zone), at(ends, last, zone))


def make_user(email: str = "someone@example.jp", *, family_name: str = "山田", **fields: Any) -> User:
    return User.objects.create_user(email, family_name=family_name, **fields)


def make_space(slug: str = "somewhere", *, opens: str = "10:00", closes: str = "20:00", **fields: Any) -> Space:
    """A space that is open every day, holidays too."""
    fields = {"name_ja": "どこか", "name_en": "Somewhere", "closed_on_holidays": False, **fields}
    space = Space.objects.create(slug=slug, joined_on=date(2026, 1, 1), **fields)
    for weekday in range(7):
        OpeningHours.objects.create(
            space=space, weekday=weekday, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes)
        )
    return space


def make_resource(space: Space, *, kind: str = Resource.Kind.OPEN_SEATS, capacity: int = 10, **fields: Any) -> Resource:
    fields = {"name_ja": "席", "name_en": "Seats", "persons": capacity, **fields}
    return Resource.objects.create(space=space, kind=kind, capacity=capacity, **fields)


def make_room(space: Space, *, price_per_hour: int = 500, **fields: Any) -> Resource:
    fields = {"name_ja": "会議室", "name_en": "Room", "persons": 6, **fields}
    return make_resource(space, kind=Resource.Kind.MEETING_ROOM, capacity=1, price_per_hour=price_per_hour, **fields)


def make_plan(space: Space, *opens: Resource, kind: str = Plan.Kind.DROP_IN, price: int = 800, **fields: Any) -> Plan:
    fields = {"name_ja": "プラン", "name_en": "Plan", **fields}
    plan = Plan.objects.create(space=space, kind=kind, price=price, **fields)
    plan.resources.set(opens)
    return plan


def make_membership(user: User, plan: Plan, *, starts_on: date = date(2026, 1, 1), **fields: Any) -> Membership:
    """A membership in any status, on a plan as it is priced now; it comes to its status by an allowed move."""
    status = fields.pop("status", Membership.Status.ACTIVE)
    begins_as = status if status in ("applied", "active") else "applied" if status == "declined" else "active"
    booth = fields.pop("booth", None)
    if status in ("ended", "declined"):
        fields = {"ends_on": starts_on, "decided_at": at("09:00", starts_on), **fields}
    fields = {"renewal_day": plan.space.renewal_day or starts_on.day, **fields}
    membership = Membership.objects.create(user=user, space=plan.space, status=begins_as, starts_on=starts_on, **fields)
    AgreedPlan.of(plan, membership=membership, starts_on=starts_on, ends_on=membership.ends_on, booth=booth).save(
        force_insert=True
    )
    if status != begins_as:
        membership.status = status
        membership.save(update_fields=["status"])
    if status == "paused":
        Pause.objects.create(membership=membership, starts_on=starts_on)
    return membership


def make_companion(membership: Membership, user: User, **fields: Any) -> Companion:
    """Somebody who has accepted to use what the tenant of a booth holds."""
    fields = {"invited_at": at("09:00"), "accepted_at": at("10:00"), **fields}
    return Companion.objects.create(membership=membership, email=user.email, user=user, **fields)


def make_visited(user: User, *spaces: Space) -> User:
    """Somebody who has used up the first visit at spaces, with a booking that nobody needs to see."""
    for space in spaces:
        FirstVisit.objects.create(space=space, person_key=person_key(user.email), used_at=at("11:00", date(2026, 1, 5)))
    return user


def make_closure(space: Space, day: date = TUESDAY, *, last: date | None = None, **fields: Any) -> Closure:
    return Closure.objects.create(space=space, starts_on=day, ends_on=last or day, **fields)


def make_booking(
    resource: Resource,
    *,
    starts: str = "11:00",
    ends: str = "13:00",
    day: date = TUESDAY,
    user: User | None = None,
    **fields: Any,
) -> Booking:
    """A row as the database takes it, past every rule of the acts; without a user it is nobody's."""
    taken = span(starts, ends, day)
    fields = {"basis": Booking.Basis.DROP_IN, "price": 800, **fields}
    if user:
        fields = {"user": user, "person": user.email, "name": user.display_name, **fields}
    return Booking.objects.create(resource=resource, starts_at=taken.starts_at, ends_at=taken.ends_at, **fields)


def keep_hours(space: Space, calendar: Calendar) -> None:
    """Give a space the hours, closures, zone and holidays of a calendar, instead of those it has."""
    space.hours.all().delete()
    space.closures.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(space=space, weekday=hours.weekday, opens=hours.opens, closes=hours.closes)
        for hours in calendar.weekly
    )
    for days in calendar.special:
        make_closure(space, days.starts_on, last=days.ends_on, opens=days.opens, closes=days.closes)
    space.timezone, space.country, space.closed_on_holidays = (
        calendar.zone.key,
        calendar.country,
        calendar.closed_on_holidays,
    )
    space.save()


def unsaved_house(calendar: Calendar, *, capacity: int = 4, step: int = 30, **fields: Any) -> House:
    """A house with open seats, keys 1, that no database knows."""
    space = Space(pk=1, slug="here", name_ja="ここ", timezone=calendar.zone.key, **fields)
    seats = Resource(
        pk=1, space=space, kind="open_seats", name_ja="席", capacity=capacity, persons=capacity, step_minutes=step
    )
    return House(space, calendar, (seats,), (), text="")
