"""Who holds a Coworking VISA reads some days before that it will not be good any more, why, and what can be done.

An hourly task looks at the visas whose days are near their end. What a space that leaves the federation does to visas
was told by bookings/leaving_notices.py when that was decided.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.leaving_foreseen import loses_days
from members.models import AgreedPlan, Membership, Pause, User
from members.periods import DAY
from notices.kinds import Kind, Letter, Topic, register
from notices.models import Notice
from notices.outbox import tell
from spaces.letters import Words, letter
from spaces.templatetags.wording import long_day
from visas.holding import HeldVisa, held_by_key
from visas.models import Visa

ENDS = "visa.ends"

TOLD_AHEAD = timedelta(days=14)


class Why(TextChoices):
    """What ends the days on which a visa is good."""

    ENDS = "ends"
    RESTS = "rests"
    PLAN = "plan"


@dataclass(frozen=True)
class Ending:
    """The last day on which a visa is good that is good now, and why; the day on which it is good again, if known."""

    until: date
    why: Why
    again: date | None = None


def register_kinds() -> None:
    """Tell the outbox about the kind; called when the app starts."""
    label = gettext_lazy("Coworking VISA ends soon")
    register(Kind(ENDS, label, _still_ends, _ends, topic=Topic.TRAVEL, quiet=True))


def tell_of_ends(*, now: datetime) -> None:
    """Tell whose visa ends within days; running it twice, or late, tells once. Three queries find them."""
    found = held_by_key(_near(now).values_list("pk", flat=True))
    endings = {key: ending_of(held, held.home.today(now)) for key, held in found.items()}
    people = User.objects.in_bulk({found[key].membership.user_id for key, ending in endings.items() if ending})
    tell(
        _notice(found[key], ending, people[found[key].membership.user_id], now)
        for key, ending in endings.items()
        if ending
    )


def ending_of(held: HeldVisa, today: date) -> Ending | None:
    """How a visa that is good today will end within days; None also where that was told when its space chose to leave.

    Pure.
    """
    until = held.valid_until(today) if held.is_valid_on(today) else None
    if until is None or until >= today + TOLD_AHEAD:
        return None
    if held.home_days_end == until and loses_days(held, until):
        return None
    after = until + DAY
    if held.membership.ends_on == until:
        return Ending(until, Why.ENDS)
    if not any(first <= after and (last is None or after <= last) for first, last in held.granted):
        return Ending(until, Why.PLAN)
    over = next((last for first, last in held.pauses if first <= after and last and after <= last), None)
    again = over + DAY if over else None
    return Ending(until, Why.RESTS, again if again and held.is_valid_on(again) else None)


def _near(now: datetime) -> QuerySet[Visa]:
    """The visas of which something ends or rests within days, wherever their homes are."""
    # No zone is further from UTC than a day.
    days = (now.date() - DAY, now.date() + TOLD_AHEAD + DAY)
    rests = Pause.objects.filter(membership=OuterRef("membership"), starts_on__range=days)
    other = AgreedPlan.objects.filter(membership=OuterRef("membership"), plan__grants_visa=True, ends_on__range=days)
    return Visa.objects.filter(
        Q(membership__ends_on__range=days) | Exists(rests) | Exists(other),
        revoked_at__isnull=True,
        membership__status__in=[Membership.Status.ACTIVE, Membership.Status.PAUSED],
        membership__user__is_active=True,
    )


def _notice(held: HeldVisa, ending: Ending, holder: User, now: datetime) -> Notice:
    home = held.home
    return Notice(
        kind=ENDS,
        subject_key=f"visa:{held.visa.pk}",
        dedupe_key=f"{ENDS}:{held.visa.pk}:{ending.until}",
        recipient=holder.email,
        language=holder.language,
        space_slug=home.slug,
        timezone=home.timezone,
        facts={"until": ending.until.isoformat()},
        due_at=now,
        useful_until=datetime.combine(ending.until + DAY, time.min, home.zone),
        created_at=now,
    )


def _ending(notice: Notice) -> tuple[HeldVisa, Ending | None]:
    held = held_by_key([notice.subject_pk])[notice.subject_pk]
    return held, ending_of(held, held.home.today(timezone.now()))


def _still_ends(notice: Notice) -> bool:
    _held, ending = _ending(notice)
    return ending is not None and ending.until.isoformat() == notice.facts["until"]


def _ends(notice: Notice) -> Letter:
    held, ending = _ending(notice)
    until = date.fromisoformat(notice.facts["until"])
    shown = {"space": held.home.name, "day": long_day(until)}
    words = Words(
        subject=_("%(space)s: your Coworking VISA is good until %(day)s") % shown,
        title=_("Your Coworking VISA ends soon"),
        paragraphs=list(_paragraphs(held, ending)) if ending else [],
        button=_("My plans"),
        path=reverse("plans:mine"),
        reason=_("You get this mail because of your membership at %(space)s.") % shown,
        rows=[(_("Home space"), held.home.name), (_("Coworking VISA valid until"), shown["day"])],
    )
    return letter(held.home, words)


def _paragraphs(held: HeldVisa, ending: Ending) -> Iterator[str]:
    shown = {"space": held.home.name, "until": long_day(ending.until), "after": long_day(ending.until + DAY)}
    before = _("Until %(until)s you can visit the other spaces as before.") % shown
    if ending.why == Why.ENDS:
        yield _("It goes with your membership at %(space)s, which ends on %(until)s.") % shown
        yield before
        yield _("If you would rather stay, you can take the end back until %(until)s.") % shown
        yield _("Or join another space: its VISA is good from your first day there.")
    elif ending.why == Why.PLAN:
        yield _("From %(after)s on your plan at %(space)s gives no Coworking VISA.") % shown
        yield before
        yield _("If you would like to keep it, you can take the change back until %(until)s.") % shown
    elif ending.again:
        rests = _("Your membership at %(space)s rests from %(after)s on. The VISA is good again from %(again)s on.")
        yield rests % {**shown, "again": long_day(ending.again)}
        yield before
        yield _("If you need it before, you can resume your membership earlier.")
    else:
        rests = _("Your membership at %(space)s rests from %(after)s on, and so does the VISA until you resume it.")
        yield rests % shown
        yield before
