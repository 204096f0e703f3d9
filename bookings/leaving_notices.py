"""What members with a Coworking VISA are told when their home space leaves the federation, or stays after all."""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.leaving_foreseen import Foresight
from members.letters import membership_of
from members.models import Membership, User
from notices.kinds import Kind, Letter, Needed, Topic, register
from notices.models import Notice
from spaces.letters import Words, letter
from spaces.templatetags.wording import long_day
from visas.holding import last_home_day

LEAVES = "space.leaves"
STAYS = "space.stays"


def register_kinds() -> None:
    """Tell the outbox about these kinds; called when the app starts."""
    for name, label, still_wanted, render in (
        (LEAVES, gettext_lazy("Home space leaves"), _still_leaves, _leaves),
        (STAYS, gettext_lazy("Home space stays"), _still_stays, _stays),
    ):
        register(Kind(name, label, still_wanted, render, topic=Topic.TRAVEL, needed=Needed.AGREED, quiet=True))


def leaves(found: Foresight, *, now: datetime) -> Iterable[Notice]:
    """Tell those whose visas would hold longer if the space stayed, once each, until when they hold."""
    return _to_holders(LEAVES, found, now, until=found.visas_until.isoformat())


def stays(found: Foresight, *, now: datetime) -> Iterable[Notice]:
    """Tell the same people that all stays as it was."""
    return _to_holders(STAYS, found, now)


def _to_holders(kind: str, found: Foresight, now: datetime, **facts: str) -> Iterable[Notice]:
    people = User.objects.in_bulk([held.membership.user_id for held in found.visas])
    for held in found.visas:
        person = people[held.membership.user_id]
        yield Notice(
            kind=kind,
            subject_key=f"membership:{held.membership.pk}",
            dedupe_key=f"{kind}:{held.membership.pk}:{now.isoformat()}",
            recipient=person.email,
            language=person.language,
            space_slug=found.space.slug,
            timezone=found.space.timezone,
            facts=facts,
            due_at=now,
            created_at=now,
        )


def _still_leaves(notice: Notice) -> bool:
    membership = membership_of(notice)
    left_on = membership.space.left_on
    return membership.is_live and left_on is not None and last_home_day(left_on).isoformat() == notice.facts["until"]


def _still_stays(notice: Notice) -> bool:
    membership = membership_of(notice)
    return membership.is_live and membership.space.left_on is None


def _leaves(notice: Notice) -> Letter:
    membership = membership_of(notice)
    name, last = membership.space.name, membership.space.last_day or date.max
    until = long_day(date.fromisoformat(notice.facts["until"]))
    return _letter(
        membership,
        title=_("%(space)s is leaving the federation") % {"space": name},
        paragraphs=[
            _("%(space)s takes bookings here until %(day)s, and goes its own way after that.")
            % {"space": name, "day": long_day(last)},
            _("Your Coworking VISA is valid until %(day)s. Until then you can visit the other spaces as before.")
            % {"day": until},
            _("To visit them after that as well, join another space: its VISA is valid from the first day."),
            _("Your membership is an agreement with %(space)s and stays as it is. Ask there how it will go on.")
            % {"space": name},
        ],
        rows=[
            (_("Last day of bookings"), long_day(last)),
            (_("Coworking VISA valid until"), until),
        ],
        button=_("See the other spaces"),
    )


def _stays(notice: Notice) -> Letter:
    membership = membership_of(notice)
    return _letter(
        membership,
        title=_("%(space)s stays in the federation") % {"space": membership.space.name},
        paragraphs=[
            _("We wrote to you that %(space)s would leave. It stays after all.") % {"space": membership.space.name},
            _("Your Coworking VISA goes on as before. What was cancelled in the meantime can be booked again."),
        ],
        rows=[],
        button=_("See the spaces"),
    )


def _letter(
    membership: Membership, *, title: str, paragraphs: list[str], rows: list[tuple[str, str]], button: str
) -> Letter:
    space = membership.space
    return letter(
        space,
        Words(
            subject=title,
            title=title,
            paragraphs=paragraphs,
            button=button,
            path=reverse("bookings:spaces"),
            reason=_("You get this mail because of your membership at %(space)s.") % {"space": space.name},
            rows=rows,
        ),
    )
