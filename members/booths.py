"""Letting booths: one tenant at a time, and a line of people who wait for the next one.

A booth is let by an agreed plan that names it. While it is offered to somebody in the line it is nobody else's. Whoever
lets, frees or offers booths locks them first; places in the line are read and written under that lock.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Greatest

from members import notices
from members.letters import moment_in_words
from members.models import AgreedPlan, BoothWait, Plan, User
from members.models.membership import DAY
from members.refusals import refusal
from notices.outbox import tell
from spaces.locks import lock_resources
from spaces.models import Resource

OFFER_STANDS = timedelta(hours=72)
# How far ahead a membership may begin, and so how far ahead a booth is worth offering.
START_WITHIN = timedelta(days=90)


def booths_of(plan: Plan) -> list[Resource]:
    """The booths that a plan lets, in the order of the price list."""
    booths = plan.resources.filter(kind=Resource.Kind.BOOTH, retired_on__isnull=True)
    return list(booths.order_by("position", "pk"))


def tenancies_from(booths: list[Resource], day: date) -> list[AgreedPlan]:
    """The tenancies of booths that have `day` or a later one among their days."""
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=Greatest(F("starts_on"), Value(day)))
    return list(AgreedPlan.objects.filter(lasting, booth__in=booths).order_by("starts_on"))


def free_booths(plan: Plan, day: date) -> list[Resource]:
    """The booths of a plan that nobody has from `day` on, and that are offered to nobody."""
    booths = booths_of(plan)
    taken = {let.booth_id for let in tenancies_from(booths, day)}
    taken |= set(BoothWait.objects.offered().filter(booth__in=booths).values_list("booth_id", flat=True))
    return [booth for booth in booths if booth.pk not in taken]


def offer_of(user: User, plan: Plan, *, now: datetime) -> BoothWait | None:
    """The booth of a plan that is kept for a person."""
    offer = _last_offer(user, plan)
    return offer if offer and offer.stands_at(now) else None


def take(plan: Plan, day: date, user: User, *, now: datetime) -> Resource:
    """A booth for a person from `day` on: the one that is offered to them, else a free one; locks the plan's booths.

    Taking an offered booth settles the place in the line. Raises ValidationError.
    """
    lock_resources(booth.pk for booth in booths_of(plan))
    offer = offer_of(user, plan, now=now)
    if offer and offer.booth and offer.free_from:
        if day < offer.free_from:
            raise refusal("booth_free_later", day=notices.day_in_words(offer.free_from))
        offer.settle(BoothWait.Outcome.ACCEPTED, at=now)
        return offer.booth
    free = free_booths(plan, day)
    if free:
        return free[0]
    late = _last_offer(user, plan)
    if late and late.lapses_at:
        raise refusal("offer_lapsed", moment=moment_in_words(late.lapses_at, plan.space))
    raise refusal("all_let")


def _last_offer(user: User, plan: Plan) -> BoothWait | None:
    """A booth that was offered to a person who has not answered, though its time may be over."""
    return BoothWait.objects.offered().filter(user=user, plan=plan).first()


@transaction.atomic
def wait(*, user: User, plan: Plan, now: datetime) -> BoothWait:
    """Put a person in the line for a booth of a plan. Raises ValidationError."""
    today = plan.space.today(now)
    if plan.kind != Plan.Kind.BOOTH:
        raise refusal("not_a_booth")
    lock_resources(booth.pk for booth in booths_of(plan))
    if not plan.is_sold_on(today):
        raise refusal("not_sold", plan=plan.name)
    if not plan.space.is_in_federation(today):
        raise refusal("left_federation", space=plan.space.name)
    let = AgreedPlan.objects.filter(membership__user=user, plan=plan, booth__isnull=False)
    if let.exclude(ends_on__lt=today).exists():
        raise refusal("same_plan")
    if BoothWait.objects.open().filter(user=user, plan=plan).exists():
        raise refusal("waits_already")
    if free_booths(plan, today):
        raise refusal("booths_are_free")
    place = BoothWait.objects.create(user=user, plan=plan, since=now)
    offer_free(plan, now=now)
    place.refresh_from_db()
    return place


@transaction.atomic
def leave(*, place: BoothWait, now: datetime) -> None:
    """Take a person off the line, or decline the offer; the booth goes to the next. Raises ValidationError."""
    lock_resources(booth.pk for booth in booths_of(place.plan))
    place.refresh_from_db()
    if place.settled_at:
        raise refusal("wait_settled")
    place.settle(BoothWait.Outcome.LEFT, at=now)
    offer_free(place.plan, now=now)


@transaction.atomic
def offer_free(plan: Plan, *, now: datetime) -> int:
    """Offer each booth that is free, or will be on a known day, to the next in line; how many. Locks the booths."""
    booths = booths_of(plan)
    lock_resources(booth.pk for booth in booths)
    line = list(BoothWait.objects.in_line().filter(plan=plan).select_related("user", "plan__space"))
    if not line:
        return 0
    today = plan.space.today(now)
    free_from = _free_from(booths, today)

    def soon(day: date | None) -> bool:
        # Where the space has left by then, nobody could take the booth here.
        return day is not None and day <= today + START_WITHIN and plan.space.is_in_federation(day)

    offered = set(BoothWait.objects.offered().filter(booth__in=booths).values_list("booth_id", flat=True))
    free = sorted(
        (booth for booth in booths if soon(free_from.get(booth.pk)) and booth.pk not in offered),
        key=lambda booth: (free_from[booth.pk], booth.position, booth.pk),
    )
    for place, booth in zip(line, free, strict=False):
        place.booth, place.free_from, place.lapses_at = booth, free_from[booth.pk], now + OFFER_STANDS
        place.save(update_fields=["booth", "free_from", "lapses_at"])
        tell(notices.booth_offered(place, now=now))
    return min(len(line), len(free))


def check_not_promised(agreed: AgreedPlan) -> None:
    """Raise ValidationError if the booth of a tenancy is offered to somebody from its end on."""
    if agreed.booth_id and BoothWait.objects.offered().filter(booth=agreed.booth_id).exists():
        raise refusal("booth_kept_for_line")


def places_of(user: User) -> list[BoothWait]:
    """A person's places in line and offers; `number` counts who is before them in line, and they themselves."""
    before = Q(since__lt=OuterRef("since")) | Q(since=OuterRef("since"), pk__lte=OuterRef("pk"))
    line = BoothWait.objects.in_line().filter(before, plan=OuterRef("plan")).order_by().values("plan")
    number = Subquery(line.annotate(number=Count("*")).values("number"))
    places = BoothWait.objects.open().filter(user=user).select_related("plan__space", "booth")
    return list(places.annotate(number=number).order_by("since", "pk"))


def lapse_offers(*, now: datetime) -> int:
    """Let the offers lapse whose time is over, and offer what is free to the next in line; how many lapsed.

    Every line is looked at: a booth may also be new, or be freed for a plan that shares it with another.
    """
    due = BoothWait.objects.offered().filter(lapses_at__lte=now)
    lines = BoothWait.objects.in_line().order_by()
    plans = Plan.objects.filter(Q(pk__in=due.values("plan")) | Q(pk__in=lines.values("plan")))
    return sum(_lapse(plan, now) for plan in plans.select_related("space").order_by("pk"))


def _lapse(plan: Plan, now: datetime) -> int:
    with transaction.atomic():
        lock_resources(booth.pk for booth in booths_of(plan))
        places = list(BoothWait.objects.offered().filter(plan=plan, lapses_at__lte=now).select_related("user"))
        for place in places:
            place.settle(BoothWait.Outcome.LAPSED, at=now)
            tell(notices.booth_lapsed(place, now=now))
        offer_free(plan, now=now)
    return len(places)


def _free_from(booths: list[Resource], today: date) -> dict[int, date]:
    """From which day on each booth is free that is not let without an end."""
    found = {booth.pk: today for booth in booths}
    for let in tenancies_from(booths, today):
        if let.ends_on is None:
            found.pop(let.booth_id or 0, None)
        elif let.booth_id in found:
            found[let.booth_id] = max(found[let.booth_id], let.ends_on + DAY)
    return found
