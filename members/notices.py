"""What memberships tell people: applications, decisions, changes, prices to come, booths on offer, invitations."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from members import letters
from members.letters import companion_of, membership_of, place_of
from members.models import AgreedPlan, BoothWait, Companion, Membership, Operator, Pause, User
from notices.kinds import Kind, Needed, Topic, register
from notices.models import Notice
from spaces.models import Space
from spaces.templatetags.wording import day

APPLIED = "membership.applied"
JOINED = "membership.joined"
DECIDED = "membership.decided"
PAUSED = "membership.paused"
RESUMED = "membership.resumed"
PLAN_CHANGED = "membership.plan_changed"
PRICE_CHANGES = "membership.price_changes"
ENDS = "membership.ends"
STAYS = "membership.stays"
BOOTH_OFFERED = "booth.offered"
BOOTH_LAPSED = "booth.lapsed"
INVITED = "companion.invited"

# Who looks after applications: the desk role checks people in.
DECIDE = (Operator.Role.OWNER, Operator.Role.OPERATOR)


def register_kinds() -> None:
    """Tell the outbox about the kinds of this app; called when it starts."""
    applied_label = gettext_lazy("Application received")
    register(Kind(APPLIED, applied_label, _is_applied, letters.applied, topic=Topic.RUNNING))
    for name, label, wanted, render, needed in (
        (JOINED, gettext_lazy("Welcome as a member"), _is_live, letters.joined, Needed.ANSWER),
        (DECIDED, gettext_lazy("Application decided"), _is_decided, letters.decided, Needed.ANSWER),
        (PAUSED, gettext_lazy("Membership paused"), _still_rests, letters.paused, Needed.AGREED),
        (RESUMED, gettext_lazy("Membership goes on"), _still_resumes, letters.resumed, Needed.AGREED),
        (PLAN_CHANGED, gettext_lazy("Plan changed"), _is_agreed, letters.plan_changed, Needed.AGREED),
        (PRICE_CHANGES, gettext_lazy("New price"), _is_agreed, letters.price_changes, Needed.MONEY),
        (ENDS, gettext_lazy("Membership ends"), _still_ends, letters.ends, Needed.AGREED),
        (STAYS, gettext_lazy("End taken back"), _still_stays, letters.stays, Needed.AGREED),
        (BOOTH_OFFERED, gettext_lazy("Booth offered"), _still_offered, letters.booth_offered, Needed.ANSWER),
        (BOOTH_LAPSED, gettext_lazy("Offer lapsed"), _has_lapsed, letters.booth_lapsed, Needed.ANSWER),
        (INVITED, gettext_lazy("Invited as a companion"), _still_invited, letters.invited, Needed.LINK),
    ):
        register(Kind(name, label, wanted, render, topic=Topic.MEMBERSHIP, needed=needed))


def day_in_words(when: date) -> str:
    """A day as sentences and mails write it."""
    return day(when)


def applied(membership: Membership, *, now: datetime) -> list[Notice]:
    """Tell the operators of a space that somebody has applied."""
    return [
        _notice(APPLIED, membership, operator, now, suffix=f"{operator.pk}") for operator in _deciders(membership.space)
    ]


def joined(membership: Membership, *, now: datetime) -> list[Notice]:
    """Welcome a new member."""
    return [_notice(JOINED, membership, membership.user, now)]


def decided(membership: Membership, *, now: datetime) -> list[Notice]:
    """Tell an applicant what was decided."""
    return [_notice(DECIDED, membership, membership.user, now)]


def paused(membership: Membership, *, now: datetime) -> list[Notice]:
    """Tell a member from when to when the membership rests."""
    rest = membership.pauses.order_by("-starts_on").first()
    last = rest.ends_on.isoformat() if rest and rest.ends_on else ""
    first = rest.starts_on.isoformat() if rest else ""
    return [_notice(PAUSED, membership, membership.user, now, suffix=_at(now), first=first, last=last)]


def resumed(membership: Membership, *, day: date, now: datetime) -> list[Notice]:
    """Tell a member from when on the membership goes on."""
    return [_notice(RESUMED, membership, membership.user, now, suffix=_at(now), first=day.isoformat())]


def plan_changed(membership: Membership, agreed: AgreedPlan, *, now: datetime) -> list[Notice]:
    """Tell a member which plan holds from which day."""
    return [_notice(PLAN_CHANGED, membership, membership.user, now, suffix=_at(now), agreed=str(agreed.pk))]


def price_changes(membership: Membership, agreed: AgreedPlan, *, now: datetime) -> list[Notice]:
    """Tell a member of the price that holds from a renewal to come."""
    return [_notice(PRICE_CHANGES, membership, membership.user, now, suffix=f"{agreed.pk}", agreed=str(agreed.pk))]


def ends(membership: Membership, *, by_operator: bool, now: datetime) -> list[Notice]:
    """Tell a member of the last day; who ends it by themselves has it confirmed."""
    last = membership.ends_on.isoformat() if membership.ends_on else ""
    side = "operator" if by_operator else "member"
    return [_notice(ENDS, membership, membership.user, now, suffix=_at(now), last=last, by=side)]


def stays(membership: Membership, *, now: datetime) -> list[Notice]:
    """Tell a member that the planned end is off."""
    return [_notice(STAYS, membership, membership.user, now, suffix=_at(now))]


def booth_offered(place: BoothWait, *, now: datetime) -> list[Notice]:
    """Offer a booth to the next in line; worth sending until it lapses."""
    notice = _about_place(BOOTH_OFFERED, place, now)
    notice.useful_until = place.lapses_at
    return [notice]


def booth_lapsed(place: BoothWait, *, now: datetime) -> list[Notice]:
    """Tell who let an offer lapse."""
    return [_about_place(BOOTH_LAPSED, place, now)]


def companion_invited(companion: Companion, *, now: datetime) -> list[Notice]:
    """Invite a companion, in their own language if they have an account, else in the tenant's."""
    tenant = companion.membership.user
    known = User.objects.filter(email=companion.email).first()
    return [
        Notice(
            kind=INVITED,
            subject_key=f"companion:{companion.pk}",
            dedupe_key=f"{INVITED}:{companion.pk}",
            recipient=companion.email,
            language=(known or tenant).language,
            space_slug=companion.membership.space.slug,
            timezone=companion.membership.space.timezone,
            due_at=now,
            created_at=now,
        )
    ]


def _deciders(space: Space) -> QuerySet[User]:
    return User.objects.filter(is_active=True, operator__space=space, operator__role__in=DECIDE).order_by("pk")


def decides_at(space: Space, address: str) -> bool:
    """Whether who has an address looks after applications at a space, still; asked before they are written to."""
    return _deciders(space).filter(email=address).exists()


def _at(now: datetime) -> str:
    """Tells several notices of one kind about one membership apart."""
    return now.isoformat()


def _notice(kind: str, membership: Membership, to: User, now: datetime, suffix: str = "", **facts: str) -> Notice:
    return Notice(
        kind=kind,
        subject_key=f"membership:{membership.pk}",
        dedupe_key=f"{kind}:{membership.pk}:{suffix}",
        recipient=to.email,
        language=to.language,
        space_slug=membership.space.slug,
        timezone=membership.space.timezone,
        facts=facts,
        due_at=now,
        created_at=now,
    )


def _about_place(kind: str, place: BoothWait, now: datetime) -> Notice:
    return Notice(
        kind=kind,
        subject_key=f"booth_wait:{place.pk}",
        dedupe_key=f"{kind}:{place.pk}",
        recipient=place.user.email,
        language=place.user.language,
        space_slug=place.plan.space.slug,
        timezone=place.plan.space.timezone,
        due_at=now,
        created_at=now,
    )


def _is_applied(notice: Notice) -> bool:
    membership = membership_of(notice)
    return membership.status == Membership.Status.APPLIED and decides_at(membership.space, notice.recipient)


def _is_live(notice: Notice) -> bool:
    return membership_of(notice).is_live


def _is_decided(notice: Notice) -> bool:
    return membership_of(notice).decided_at is not None


def _is_agreed(notice: Notice) -> bool:
    return _is_live(notice) and AgreedPlan.objects.filter(pk=notice.facts["agreed"]).exists()


def _still_rests(notice: Notice) -> bool:
    last = notice.facts["last"] or None
    rests = Pause.objects.filter(membership=notice.subject_pk, starts_on=notice.facts["first"], ends_on=last)
    return _is_live(notice) and rests.exists()


def _still_resumes(notice: Notice) -> bool:
    on = date.fromisoformat(notice.facts["first"])
    return _is_live(notice) and not Pause.objects.on(on).filter(membership=notice.subject_pk).exists()


def _still_stays(notice: Notice) -> bool:
    membership = membership_of(notice)
    return membership.is_live and membership.ends_on is None


def _still_ends(notice: Notice) -> bool:
    ends_on = membership_of(notice).ends_on
    return ends_on is not None and ends_on.isoformat() == notice.facts["last"]


def _still_offered(notice: Notice) -> bool:
    place = place_of(notice)
    return place.settled_at is None and place.booth_id is not None


def _has_lapsed(notice: Notice) -> bool:
    return place_of(notice).outcome == BoothWait.Outcome.LAPSED


def _still_invited(notice: Notice) -> bool:
    companion = companion_of(notice)
    return companion.left_at is None and companion.accepted_at is None
