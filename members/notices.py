"""What memberships tell people: applications, decisions, changes, prices to come, booths on offer, invitations."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.agreeing import agreed_on
from members.models import AgreedPlan, BoothWait, Companion, Membership, Operator, Pause, User
from notices.kinds import Kind, Letter, register
from notices.models import Notice
from spaces.look import tone_colours, tone_on_colours
from spaces.models import Space
from spaces.templatetags.wording import clock, day, long_day, yen

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


@dataclass(frozen=True)
class Words:
    """What a letter says, in the active language: paragraphs, rows of facts, where to go on, and why it was sent.

    Without a reason it is because of the person's membership.
    """

    subject: str
    title: str
    paragraphs: list[str]
    button: str
    path: str
    rows: list[tuple[str, str]] = field(default_factory=list)
    reason: str = ""


def register_kinds() -> None:
    """Tell the outbox about the kinds of this app; called when it starts."""
    for name, label, wanted, words in (
        (APPLIED, gettext_lazy("Application received"), _is_applied, _applied),
        (JOINED, gettext_lazy("Welcome as a member"), _is_live, _joined),
        (DECIDED, gettext_lazy("Application decided"), _is_decided, _decided),
        (PAUSED, gettext_lazy("Membership paused"), _still_rests, _paused),
        (RESUMED, gettext_lazy("Membership goes on"), _still_resumes, _resumed),
        (PLAN_CHANGED, gettext_lazy("Plan changed"), _is_agreed, _plan_changed),
        (PRICE_CHANGES, gettext_lazy("New price"), _is_agreed, _price_changes),
        (ENDS, gettext_lazy("Membership ends"), _still_ends, _ends),
        (STAYS, gettext_lazy("End taken back"), _still_stays, _stays),
        (BOOTH_OFFERED, gettext_lazy("Booth offered"), _still_offered, _booth_offered),
        (BOOTH_LAPSED, gettext_lazy("Offer lapsed"), _has_lapsed, _booth_lapsed),
        (INVITED, gettext_lazy("Invited as a companion"), _still_invited, _invited),
    ):
        register(Kind(name, label, wanted, _letter(words)))


def day_in_words(when: date) -> str:
    """A day as sentences and mails write it."""
    return day(when)


def moment_in_words(moment: datetime, space: Space) -> str:
    """A moment as sentences and mails write it, by a space's own clocks."""
    with timezone.override(space.zone):
        return f"{long_day(moment)} {clock(moment)}"


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
            due_at=now,
            created_at=now,
        )
    ]


def _deciders(space: Space) -> Iterable[User]:
    return User.objects.filter(is_active=True, operator__space=space, operator__role__in=DECIDE).order_by("pk")


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
        due_at=now,
        created_at=now,
    )


def _membership(notice: Notice) -> Membership:
    return Membership.objects.select_related("space", "user").get(pk=notice.subject_pk)


def _is_applied(notice: Notice) -> bool:
    return _membership(notice).status == Membership.Status.APPLIED


def _is_live(notice: Notice) -> bool:
    return _membership(notice).is_live


def _is_decided(notice: Notice) -> bool:
    return _membership(notice).decided_at is not None


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
    membership = _membership(notice)
    return membership.is_live and membership.ends_on is None


def _still_ends(notice: Notice) -> bool:
    ends_on = _membership(notice).ends_on
    return ends_on is not None and ends_on.isoformat() == notice.facts["last"]


def _place(notice: Notice) -> BoothWait:
    return BoothWait.objects.select_related("plan__space", "user", "booth").get(pk=notice.subject_pk)


def _still_offered(notice: Notice) -> bool:
    place = _place(notice)
    return place.settled_at is None and place.booth_id is not None


def _has_lapsed(notice: Notice) -> bool:
    return _place(notice).outcome == BoothWait.Outcome.LAPSED


def _companion(notice: Notice) -> Companion:
    return Companion.objects.select_related("membership__space", "membership__user").get(pk=notice.subject_pk)


def _still_invited(notice: Notice) -> bool:
    companion = _companion(notice)
    return companion.left_at is None and companion.accepted_at is None


def _letter(words: Callable[[Notice], tuple[Space, Words]]) -> Callable[[Notice], Letter]:
    def render(notice: Notice) -> Letter:
        space, said = words(notice)
        context = {
            "words": said,
            "title": said.title,
            "url": settings.SITE_URL + said.path,
            "space_name": space.name,
            "space_colour": tone_colours()[space.colour],
            "space_on": tone_on_colours()[space.colour],
            "site_url": settings.SITE_URL,
            "reason": said.reason
            or _("You get this mail because of your membership at %(space)s.") % {"space": space.name},
        }
        return Letter(
            subject=said.subject,
            text=render_to_string("members/mail/letter.txt", context),
            html=render_to_string("members/mail/letter.html", context),
            from_name=space.name,
        )

    return render


def _mine() -> str:
    return reverse("plans:mine")


def _rows(agreed: AgreedPlan, *more: tuple[str, str]) -> list[tuple[str, str]]:
    rows = [(_("Plan"), agreed.plan.name), (_("Price a month"), yen(agreed.price))]
    if agreed.booth:
        rows.append((_("Work booth"), agreed.booth.name))
    return [*rows, *more]


def _applied(notice: Notice) -> tuple[Space, Words]:
    membership = _membership(notice)
    agreed = agreed_on(membership, membership.starts_on)
    ticks = {True: _("Yes"), False: _("No")}
    answers = [
        (asked, ticks[answer] if isinstance(answer, bool) else answer or "–") for asked, answer in membership.answered
    ]
    return membership.space, Words(
        subject=_("Application: %(name)s") % {"name": membership.user.display_name},
        title=_("%(name)s would like to join") % {"name": membership.user.display_name},
        paragraphs=[_("Approve or decline it in the admin. The answer goes out by mail.")],
        button=_("Open the application"),
        path=reverse("admin:members_membership_change", args=[membership.pk]),
        rows=_rows(agreed, (_("From"), long_day(membership.starts_on)), *answers),
        reason=_("You get this mail because you help to run %(space)s.") % {"space": membership.space.name},
    )


def _joined(notice: Notice) -> tuple[Space, Words]:
    membership = _membership(notice)
    agreed = agreed_on(membership, membership.starts_on)
    return membership.space, Words(
        subject=_("Welcome to %(space)s") % {"space": membership.space.name},
        title=_("Welcome to %(space)s") % {"space": membership.space.name},
        paragraphs=[_("Your membership begins on %(day)s.") % {"day": long_day(membership.starts_on)}],
        button=_("See what your plan gives"),
        path=_mine(),
        rows=_rows(agreed, (_("Renews"), long_day(membership.period_of(membership.starts_on).next_first))),
    )


def _decided(notice: Notice) -> tuple[Space, Words]:
    membership = _membership(notice)
    space = membership.space
    message = [membership.decision] if membership.decision else []
    if membership.status == Membership.Status.DECLINED:
        return space, Words(
            subject=_("Your application to %(space)s") % {"space": space.name},
            title=_("%(space)s has not accepted your application") % {"space": space.name},
            paragraphs=[*message, _("You may apply again at any time.")],
            button=_("How to join"),
            path=reverse("plans:join", args=[space.slug]),
            reason=_("You get this mail because you have applied to %(space)s.") % {"space": space.name},
        )
    agreed = agreed_on(membership, membership.starts_on)
    return space, Words(
        subject=_("Welcome to %(space)s") % {"space": space.name},
        title=_("%(space)s has accepted your application") % {"space": space.name},
        paragraphs=[
            *message,
            _("Your membership begins on %(day)s. You can book right away.") % {"day": long_day(membership.starts_on)},
        ],
        button=_("See what your plan gives"),
        path=_mine(),
        rows=_rows(agreed),
    )


def _paused(notice: Notice) -> tuple[Space, Words]:
    membership = _membership(notice)
    first, last = notice.facts["first"], notice.facts["last"]
    if last:
        sentence = _("It rests from %(first)s to %(last)s, costs nothing and covers no booking in that time.")
    else:
        sentence = _("It rests from %(first)s until you resume it, costs nothing and covers no booking in that time.")
    shown = {"first": long_day(date.fromisoformat(first)), "last": long_day(date.fromisoformat(last)) if last else ""}
    return membership.space, Words(
        subject=_("%(space)s: membership paused") % {"space": membership.space.name},
        title=_("Your membership is paused"),
        paragraphs=[sentence % shown],
        button=_("My plans"),
        path=_mine(),
    )


def _resumed(notice: Notice) -> tuple[Space, Words]:
    membership = _membership(notice)
    day_on = date.fromisoformat(notice.facts["first"])
    agreed = agreed_on(membership, day_on)
    return membership.space, Words(
        subject=_("%(space)s: membership goes on") % {"space": membership.space.name},
        title=_("Your membership goes on"),
        paragraphs=[_("From %(day)s on it covers your bookings again.") % {"day": long_day(day_on)}],
        button=_("My plans"),
        path=_mine(),
        rows=_rows(agreed, (_("Renews"), long_day(membership.period_of(day_on).next_first))),
    )


def _plan_changed(notice: Notice) -> tuple[Space, Words]:
    membership = _membership(notice)
    agreed = AgreedPlan.objects.select_related("plan", "booth").get(pk=notice.facts["agreed"])
    return membership.space, Words(
        subject=_("%(space)s: plan changed") % {"space": membership.space.name},
        title=_("Your plan at %(space)s") % {"space": membership.space.name},
        paragraphs=[
            _("From %(day)s on your plan is %(plan)s.") % {"day": long_day(agreed.starts_on), "plan": agreed.plan.name}
        ],
        button=_("My plans"),
        path=_mine(),
        rows=_rows(agreed),
    )


def _price_changes(notice: Notice) -> tuple[Space, Words]:
    membership = _membership(notice)
    agreed = AgreedPlan.objects.select_related("plan", "booth").get(pk=notice.facts["agreed"])
    return membership.space, Words(
        subject=_("%(space)s: a new price from %(day)s")
        % {"space": membership.space.name, "day": day(agreed.starts_on)},
        title=_("A new price for your plan"),
        paragraphs=[
            _("From your renewal on %(day)s on, %(plan)s costs %(price)s a month. Until then nothing changes.")
            % {"day": long_day(agreed.starts_on), "plan": agreed.plan.name, "price": yen(agreed.price)},
            _("If that does not suit you, you can change or end your plan before that day."),
        ],
        button=_("My plans"),
        path=_mine(),
        rows=_rows(agreed),
    )


def _ends(notice: Notice) -> tuple[Space, Words]:
    membership = _membership(notice)
    ends_on = date.fromisoformat(notice.facts["last"])
    if ends_on < membership.starts_on:
        sentence = _("It was taken back before it began.")
    else:
        sentence = _("Its last day is %(day)s. It covers no booking after that.") % {"day": long_day(ends_on)}
    ended_by_space = notice.facts["by"] == "operator"
    return membership.space, Words(
        subject=_("%(space)s: membership ends") % {"space": membership.space.name},
        title=_("%(space)s ends your membership") % {"space": membership.space.name}
        if ended_by_space
        else _("Your membership ends"),
        paragraphs=[sentence, _("You are welcome again at any time.")],
        button=_("My plans"),
        path=_mine(),
    )


def _stays(notice: Notice) -> tuple[Space, Words]:
    membership = _membership(notice)
    return membership.space, Words(
        subject=_("%(space)s: membership goes on") % {"space": membership.space.name},
        title=_("Good that you stay"),
        paragraphs=[_("The end of your membership was taken back. It goes on as before.")],
        button=_("My plans"),
        path=_mine(),
    )


def _booth_offered(notice: Notice) -> tuple[Space, Words]:
    place = _place(notice)
    space = place.plan.space
    until = moment_in_words(place.lapses_at, space) if place.lapses_at else ""
    free_from = long_day(place.free_from) if place.free_from else ""
    return space, Words(
        subject=_("%(space)s: a booth is free for you") % {"space": space.name},
        title=_("A booth is free for you"),
        paragraphs=[
            _("%(booth)s is yours from %(day)s on if you want it. It is kept for you until %(until)s.")
            % {"booth": place.booth, "day": free_from, "until": until},
            _("After that it goes to the next in line."),
        ],
        button=_("See the offer"),
        path=_mine(),
        rows=[(_("Plan"), place.plan.name), (_("Price a month"), yen(place.plan.price))],
        reason=_in_line(space),
    )


def _booth_lapsed(notice: Notice) -> tuple[Space, Words]:
    place = _place(notice)
    space = place.plan.space
    return space, Words(
        subject=_("%(space)s: the offer has lapsed") % {"space": space.name},
        title=_("The offer of a booth has lapsed"),
        paragraphs=[_("The booth went to the next in line. You can put yourself on the list again.")],
        button=_("How to join"),
        path=reverse("plans:join", args=[space.slug]),
        reason=_in_line(space),
    )


def _in_line(space: Space) -> str:
    return _("You get this mail because you are on a waiting list at %(space)s.") % {"space": space.name}


def _invited(notice: Notice) -> tuple[Space, Words]:
    companion = _companion(notice)
    space, tenant = companion.membership.space, companion.membership.user.display_name
    return space, Words(
        subject=_("%(name)s invites you to a booth at %(space)s") % {"name": tenant, "space": space.name},
        title=_("A place in a work booth"),
        paragraphs=[
            _("%(name)s has a work booth at %(space)s and invites you to use it too.")
            % {"name": tenant, "space": space.name},
            _("Sign in or sign up with this address to accept. It costs you nothing."),
        ],
        button=_("See the invitation"),
        path=_mine(),
        reason=_("You get this mail because %(name)s gave us your address.") % {"name": tenant},
    )
