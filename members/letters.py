"""What the mails of memberships say, in the language of who reads them."""

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from members.agreeing import agreed_on
from members.models import AgreedPlan, BoothWait, Companion, Membership
from notices.kinds import Letter
from notices.models import Notice
from spaces.letters import Words, letter
from spaces.models import Space
from spaces.templatetags.wording import clock, day, long_day, yen


def moment_in_words(moment: datetime, space: Space) -> str:
    """A moment as sentences and mails write it, by a space's own clocks."""
    with timezone.override(space.zone):
        return f"{long_day(moment)} {clock(moment)}"


def membership_of(notice: Notice) -> Membership:
    return Membership.objects.select_related("space", "user").get(pk=notice.subject_pk)


def place_of(notice: Notice) -> BoothWait:
    return BoothWait.objects.select_related("plan__space", "user", "booth").get(pk=notice.subject_pk)


def companion_of(notice: Notice) -> Companion:
    return Companion.objects.select_related("membership__space", "membership__user").get(pk=notice.subject_pk)


def _letter(space: Space, **words: Any) -> Letter:
    """A letter that goes out because of a membership, unless it says another reason."""
    because = _("You get this mail because of your membership at %(space)s.") % {"space": space.name}
    return letter(space, Words(**{"reason": because, **words}))


def _mine() -> str:
    return reverse("plans:mine")


def _rows(agreed: AgreedPlan, *more: tuple[str, str]) -> list[tuple[str, str]]:
    rows = [(_("Plan"), agreed.plan.name), (_("Price a month"), yen(agreed.price))]
    if agreed.booth:
        rows.append((_("Work booth"), agreed.booth.name))
    return [*rows, *more]


def applied(notice: Notice) -> Letter:
    membership = membership_of(notice)
    agreed = agreed_on(membership, membership.starts_on)
    ticks = {True: _("Yes"), False: _("No")}
    answers = [
        (asked, ticks[answer] if isinstance(answer, bool) else answer or "–") for asked, answer in membership.answered
    ]
    return _letter(
        membership.space,
        subject=_("Application: %(name)s") % {"name": membership.user.display_name},
        title=_("%(name)s would like to join") % {"name": membership.user.display_name},
        paragraphs=[_("Approve or decline it in the admin. The answer goes out by mail.")],
        button=_("Open the application"),
        path=reverse("admin:members_membership_change", args=[membership.pk]),
        rows=_rows(agreed, (_("From"), long_day(membership.starts_on)), *answers),
        reason=_("You get this mail because you help to run %(space)s.") % {"space": membership.space.name},
    )


def joined(notice: Notice) -> Letter:
    membership = membership_of(notice)
    agreed = agreed_on(membership, membership.starts_on)
    return _letter(
        membership.space,
        subject=_("Welcome to %(space)s") % {"space": membership.space.name},
        title=_("Welcome to %(space)s") % {"space": membership.space.name},
        paragraphs=[_("Your membership begins on %(day)s.") % {"day": long_day(membership.starts_on)}],
        button=_("See what your plan gives"),
        path=_mine(),
        rows=_rows(agreed, (_("Renews"), long_day(membership.period_of(membership.starts_on).next_first))),
    )


def decided(notice: Notice) -> Letter:
    membership = membership_of(notice)
    space = membership.space
    message = [membership.decision] if membership.decision else []
    if membership.status == Membership.Status.DECLINED:
        return _letter(
            space,
            subject=_("Your application to %(space)s") % {"space": space.name},
            title=_("%(space)s has not accepted your application") % {"space": space.name},
            paragraphs=[*message, _("You may apply again at any time.")],
            button=_("How to join"),
            path=reverse("plans:join", args=[space.slug]),
            reason=_("You get this mail because you have applied to %(space)s.") % {"space": space.name},
        )
    agreed = agreed_on(membership, membership.starts_on)
    return _letter(
        space,
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


def paused(notice: Notice) -> Letter:
    membership = membership_of(notice)
    first, last = notice.facts["first"], notice.facts["last"]
    if last:
        sentence = _("It rests from %(first)s to %(last)s, costs nothing and covers no booking in that time.")
    else:
        sentence = _("It rests from %(first)s until you resume it, costs nothing and covers no booking in that time.")
    shown = {"first": long_day(date.fromisoformat(first)), "last": long_day(date.fromisoformat(last)) if last else ""}
    return _letter(
        membership.space,
        subject=_("%(space)s: membership paused") % {"space": membership.space.name},
        title=_("Your membership is paused"),
        paragraphs=[sentence % shown],
        button=_("My plans"),
        path=_mine(),
    )


def resumed(notice: Notice) -> Letter:
    membership = membership_of(notice)
    day_on = date.fromisoformat(notice.facts["first"])
    agreed = agreed_on(membership, day_on)
    return _letter(
        membership.space,
        subject=_("%(space)s: membership goes on") % {"space": membership.space.name},
        title=_("Your membership goes on"),
        paragraphs=[_("From %(day)s on it covers your bookings again.") % {"day": long_day(day_on)}],
        button=_("My plans"),
        path=_mine(),
        rows=_rows(agreed, (_("Renews"), long_day(membership.period_of(day_on).next_first))),
    )


def plan_changed(notice: Notice) -> Letter:
    membership = membership_of(notice)
    agreed = AgreedPlan.objects.select_related("plan", "booth").get(pk=notice.facts["agreed"])
    return _letter(
        membership.space,
        subject=_("%(space)s: plan changed") % {"space": membership.space.name},
        title=_("Your plan at %(space)s") % {"space": membership.space.name},
        paragraphs=[
            _("From %(day)s on your plan is %(plan)s.") % {"day": long_day(agreed.starts_on), "plan": agreed.plan.name}
        ],
        button=_("My plans"),
        path=_mine(),
        rows=_rows(agreed),
    )


def price_changes(notice: Notice) -> Letter:
    membership = membership_of(notice)
    agreed = AgreedPlan.objects.select_related("plan", "booth").get(pk=notice.facts["agreed"])
    return _letter(
        membership.space,
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


def ends(notice: Notice) -> Letter:
    membership = membership_of(notice)
    ends_on = date.fromisoformat(notice.facts["last"])
    if ends_on < membership.starts_on:
        sentence = _("It was taken back before it began.")
    else:
        sentence = _("Its last day is %(day)s. It covers no booking after that.") % {"day": long_day(ends_on)}
    ended_by_space = notice.facts["by"] == "operator"
    return _letter(
        membership.space,
        subject=_("%(space)s: membership ends") % {"space": membership.space.name},
        title=_("%(space)s ends your membership") % {"space": membership.space.name}
        if ended_by_space
        else _("Your membership ends"),
        paragraphs=[sentence, _("You are welcome again at any time.")],
        button=_("My plans"),
        path=_mine(),
    )


def stays(notice: Notice) -> Letter:
    membership = membership_of(notice)
    return _letter(
        membership.space,
        subject=_("%(space)s: membership goes on") % {"space": membership.space.name},
        title=_("Good that you stay"),
        paragraphs=[_("The end of your membership was taken back. It goes on as before.")],
        button=_("My plans"),
        path=_mine(),
    )


def booth_offered(notice: Notice) -> Letter:
    place = place_of(notice)
    space = place.plan.space
    until = moment_in_words(place.lapses_at, space) if place.lapses_at else ""
    free_from = long_day(place.free_from) if place.free_from else ""
    return _letter(
        space,
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


def booth_lapsed(notice: Notice) -> Letter:
    place = place_of(notice)
    space = place.plan.space
    return _letter(
        space,
        subject=_("%(space)s: the offer has lapsed") % {"space": space.name},
        title=_("The offer of a booth has lapsed"),
        paragraphs=[_("The booth went to the next in line. You can put yourself on the list again.")],
        button=_("How to join"),
        path=reverse("plans:join", args=[space.slug]),
        reason=_in_line(space),
    )


def _in_line(space: Space) -> str:
    return _("You get this mail because you are on a waiting list at %(space)s.") % {"space": space.name}


def invited(notice: Notice) -> Letter:
    companion = companion_of(notice)
    space, tenant = companion.membership.space, companion.membership.user.display_name
    return _letter(
        space,
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
