"""Some days before a month of a membership begins its holder reads what it will cost, and what they can do before.

Nothing is written ahead: an hourly task looks at the renewals that are near, so that what was changed, paused or ended
meanwhile counts, and days on which no task ran are made good until the renewal itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.agreeing import agreed_among, agreed_on
from members.costs import Cost, cost_of_renewal
from members.letters import membership_of
from members.models import AgreedPlan, Membership
from members.models.membership import MembershipQuerySet
from members.periods import DAY, renewal_days_on
from notices.kinds import Kind, Letter, Topic, register
from notices.models import Notice
from notices.outbox import tell
from spaces.letters import Words, letter
from spaces.templatetags.wording import long_day, signed_yen

RENEWS = "membership.renews"

TOLD_AHEAD = timedelta(days=5)
STANDING = (Membership.Status.ACTIVE, Membership.Status.PAUSED)


@dataclass(frozen=True)
class Renewal:
    """A renewal to come that costs something."""

    day: date
    cost: Cost


def register_kinds() -> None:
    """Tell the outbox about the kind; called when the app starts."""
    label = gettext_lazy("Membership renews soon")
    register(Kind(RENEWS, label, _still_renews, _renews, topic=Topic.MEMBERSHIP, quiet=True))


def tell_of_renewals(*, now: datetime) -> None:
    """Tell who renews within days; running it twice, or late, tells once. Five queries find them, however many."""
    near = {_key(one, next_renewal(one, one.space.today(now))): one.pk for one in _near(now).select_related("space")}
    told = Notice.objects.filter(dedupe_key__in=near).values_list("dedupe_key", flat=True)
    agreed = Prefetch("agreed_plans", AgreedPlan.objects.select_related("plan"))
    whole = Membership.objects.filter(pk__in=[near[key] for key in near.keys() - set(told)]).order_by("pk")
    whole = whole.select_related("space", "user").prefetch_related(agreed, "pauses")
    found = ((one, renewal_to_tell(one, today=one.space.today(now))) for one in whole)
    tell([_notice(membership, renewal, now) for membership, renewal in found if renewal])


def next_renewal(membership: Membership, today: date) -> date:
    """The first day of the next month of a membership. The first month is no renewal: it is paid on joining."""
    return membership.period_of(max(today, membership.starts_on)).next_first


def renewal_to_tell(membership: Membership, *, today: date) -> Renewal | None:
    """The renewal of a membership that is near, if it costs something and its holder has not just read of it.

    One that ends before costs nothing then. Who joined, changed plans or was told of a new price within these days
    knows. Pure, if the membership was read with its agreed plans and pauses.
    """
    day = next_renewal(membership, today)
    rests = any(rest.holds_on(day) for rest in membership.pauses.all())
    if membership.status not in STANDING or day > today + TOLD_AHEAD or rests:
        return None
    rows = sorted(membership.agreed_plans.all(), key=lambda one: one.starts_on)
    told_on = membership.space.today(agreed_among(rows, day).told_at)
    cost = cost_of_renewal(membership, day)
    return Renewal(day, cost) if cost.total > 0 and told_on <= day - TOLD_AHEAD else None


def _near(now: datetime) -> MembershipQuerySet:
    """The memberships with a price that may renew within days, wherever they are."""
    # No zone is further from UTC than a day.
    days = [now.date() + away * DAY for away in range(-1, TOLD_AHEAD.days + 2)]
    priced = AgreedPlan.objects.filter(Q(price__gt=0) | Q(sign_up_fee__gt=0), membership=OuterRef("pk"))
    return Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=days[0]),
        Exists(priced.exclude(ends_on__lt=days[0])),
        status__in=STANDING,
        renewal_day__in={number for day in days for number in renewal_days_on(day)},
        user__is_active=True,
    )


def _key(membership: Membership, day: date) -> str:
    return f"{RENEWS}:{membership.pk}:{day}"


def _notice(membership: Membership, renewal: Renewal, now: datetime) -> Notice:
    space = membership.space
    return Notice(
        kind=RENEWS,
        subject_key=f"membership:{membership.pk}",
        dedupe_key=_key(membership, renewal.day),
        recipient=membership.user.email,
        language=membership.user.language,
        space_slug=space.slug,
        timezone=space.timezone,
        facts={"day": renewal.day.isoformat()},
        due_at=now,
        # On the day itself nothing can be changed any more.
        useful_until=datetime.combine(renewal.day, time.min, space.zone),
        created_at=now,
    )


def _renewal(membership: Membership) -> Renewal | None:
    return renewal_to_tell(membership, today=membership.space.today(timezone.now()))


def _still_renews(notice: Notice) -> bool:
    membership = membership_of(notice)
    renewal = _renewal(membership)
    return membership.user.is_active and renewal is not None and renewal.day.isoformat() == notice.facts["day"]


def _renews(notice: Notice) -> Letter:
    membership = membership_of(notice)
    space, day = membership.space, date.fromisoformat(notice.facts["day"])
    cost, agreed = cost_of_renewal(membership, day), agreed_on(membership, day)
    rows = [(_("Plan"), agreed.plan.name)]
    if agreed.booth:
        rows.append((_("Work booth"), agreed.booth.name))
    rows += [(_("Renews"), long_day(day)), *((line.text, signed_yen(line.yen)) for line in cost.lines)]
    if len(cost.lines) > 1:
        rows.append((_("Total"), signed_yen(cost.total)))
    words = Words(
        subject=_("%(space)s: your membership renews on %(day)s") % {"space": space.name, "day": long_day(day)},
        title=_("Your membership renews soon"),
        paragraphs=list(_paragraphs(membership, agreed, day)),
        button=_("My plans"),
        path=reverse("plans:mine"),
        reason=_("You get this mail because of your membership at %(space)s.") % {"space": space.name},
        rows=rows,
    )
    return letter(space, words)


def _paragraphs(membership: Membership, agreed: AgreedPlan, day: date) -> Iterator[str]:
    shown = {"space": membership.space.name, "day": long_day(day), "last": long_day(day - DAY)}
    now = agreed_on(membership, day - DAY)
    rests = any(rest.holds_on(day - DAY) for rest in membership.pauses.all())
    if rests:
        yield _("Your pause ends on %(last)s. On %(day)s your membership at %(space)s goes on.") % shown
    else:
        yield _("On %(day)s another month of your membership at %(space)s begins. You need not do anything.") % shown
    if agreed.plan_id != now.plan_id:
        yield _("From that day on your plan is %(plan)s.") % {"plan": agreed.plan.name}
    elif agreed.price != now.price:
        yield _("From that day on it costs what we wrote to you: the new price.")
    if membership.ends_on:
        yield _("Its last day is %(day)s.") % {"day": long_day(membership.ends_on)}
    elif rests:
        yield _("If you would rather end it, you can do so until %(last)s.") % shown
    elif agreed.booth_id or agreed.plan_id != now.plan_id:
        yield _("If you would rather change or end it, you can do so until %(last)s.") % shown
    else:
        yield _("If you would rather change, pause or end it, you can do so until %(last)s.") % shown
    yield _("Tax included. Pay at the desk, or by the invoice that you get.")
