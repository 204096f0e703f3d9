"""What visitors on trial are told afterwards: thanks, with what the space offers, and once more after a month.

Both advertise, so that the law on sending mail asks for more than of other notices (特定電子メール法, the Act on
Regulation of Transmission of Specified Electronic Mail). They may be sent without having been asked for to who has
dealt with the space (article 3, paragraph 1, item 3: 取引関係にある者): whoever came and was checked in. They never go
to who has refused them (article 3, paragraph 3): both are one kind, so that one refusal stops both. And they show who
writes, that and where they can be refused, the postal address and where to turn to (article 4, and article 9 of its
ordinance, 施行規則): in the letter itself, as the frame leaves its own link out where a mail carries what can't be
turned off. A space that gives no address sends none.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.joinable import joinable_plans
from bookings.models import Booking
from bookings.trials import Word, due, due_at, is_still_due
from bookings.visits import left_of, visits_address
from members.models import Plan
from members.person_key import person_key
from notices.kinds import Kind, Letter, Topic, register
from notices.links import choice_address
from notices.models import Notice
from notices.outbox import tell
from spaces.house import house_of
from spaces.letters import look, sender
from spaces.models import Space
from spaces.templatetags.wording import long_day, plain_day
from visas.models import Participation

AFTER_TRIAL = "visit.trial"


def register_kinds() -> None:
    """Tell the outbox about the kind; called when the app starts."""
    label = gettext_lazy("After a trial visit: thanks, and a word a month later")
    register(Kind(AFTER_TRIAL, label, _still_wanted, _letter, topic=Topic.TRAVEL, quiet=True))


def tell_after_trials(*, now: datetime) -> None:
    """Write to who was there on trial; running it twice, or late, writes once. Two queries find them."""
    tell(_notice(word, visit, now) for word in Word for visit in due(word, now=now))


def _notice(word: Word, visit: Booking, now: datetime) -> Notice:
    space, reader = visit.resource.space, visit.user or visit.ticket
    # Thanks go out once for a ticket and space, the other word once for a person and space, ever.
    about = f":{visit.ticket_id or 0}" if word == Word.THANKS else ""
    return Notice(
        kind=AFTER_TRIAL,
        subject_key=f"booking:{visit.pk}",
        dedupe_key=f"{AFTER_TRIAL}:{word}:{space.pk}{about}:{person_key(visit.person or '')}",
        recipient=visit.user.email if visit.user else visit.person or "",
        language=reader.language if reader else settings.LANGUAGE_CODE,
        space_slug=space.slug,
        timezone=space.timezone,
        facts={"word": word.value},
        due_at=now,
        useful_until=due_at(word, visit) + word.late_by,
        created_at=now,
    )


def _still_wanted(notice: Notice) -> bool:
    return is_still_due(Word(notice.facts["word"]), notice.subject_pk, now=timezone.now())


def _letter(notice: Notice) -> Letter:
    now = timezone.now()
    rows = Booking.objects.select_related("resource__space", "user", "ticket__campaign")
    visit = rows.get(pk=notice.subject_pk)
    space, word = visit.resource.space, Word(notice.facts["word"])
    shown = {"space": space.name, "day": plain_day(space.today(visit.starts_at))}
    if word == Word.THANKS:
        subject, title = _("Thank you for coming to %(space)s") % shown, _("Thank you for your visit")
        opening = _("You were at %(space)s on %(day)s. We hope that you worked well, and had a good time.") % shown
    else:
        subject, title = _("%(space)s would be glad to see you again") % shown, _("We would be glad to see you again")
        opening = _("A month ago, on %(day)s, you were at %(space)s. It would be good to have you here again.") % shown
    context = {
        **look(space),
        "space": space,
        "opening": opening,
        "plans": _plans(space, now),
        "join_url": settings.SITE_URL + reverse("plans:join", args=[space.slug]),
        "space_url": settings.SITE_URL + space.get_absolute_url(),
        "is_thanks": word == Word.THANKS,
        "stop_url": choice_address(notice.recipient, [AFTER_TRIAL]),
        **_left(visit, now),
    }
    return Letter(
        subject=subject,
        title=title,
        text=render_to_string("bookings/mail/after_trial.txt", context).strip(),
        html=render_to_string("bookings/mail/after_trial.html", context),
        reason=_("You get this mail because you were at %(space)s on %(day)s.") % shown,
        sender=sender(space),
    )


def _plans(space: Space, now: datetime) -> list[Plan]:
    """The plans that can be joined at once, or applied for; not those whose prices only stand in for real ones."""
    today = space.today(now)
    found = joinable_plans(house_of(space, today=today), None, day=today, now=now)
    return [one.plan for one in found if not one.is_all_let and not one.plan.is_sample]


def _left(visit: Booking, now: datetime) -> dict[str, Any]:
    """What is left on the ticket of a visit, and where it is used; nothing where it is of no more use anywhere."""
    ticket = visit.ticket
    if ticket is None or ticket.blocked_at or ticket.campaign.stopped_at:
        return {}
    left = left_of(ticket)
    standing = Participation.objects.standing().filter(campaign=ticket.campaign_id)
    taking = Space.objects.in_federation(timezone.localdate(now)).filter(pk__in=standing.values("space"))
    visits = min(left.in_all, sum(left.at(pk) for pk in taking.values_list("pk", flat=True)))
    if not visits or left.until < timezone.localdate(now):
        return {}
    return {
        "visits_left": visits,
        "good_until": long_day(left.until),
        "visits_url": settings.SITE_URL + visits_address(ticket),
    }
