"""Whose ticket is about to expire with visits left reads where there is still a seat for them.

An hourly task looks at the tickets whose last day is near. The last day follows from the campaign, what
operators set and visits that spaces cancelled: a ticket that is good for longer now is told of again near its new one.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.models import Booking
from bookings.ticket_states import State, with_state
from bookings.visit_choice import VisitChoice, free_places, visit_choice
from bookings.visits import RENEWED_FOR, left_of, visits_address
from members.models import User
from members.periods import DAY
from notices.kinds import Kind, Letter, Topic, register
from notices.models import Notice
from notices.outbox import tell
from spaces.letters import look, sender
from spaces.templatetags.wording import long_day
from spaces.today import today_at
from visas.models import Ticket

EXPIRES = "ticket.expires"

TOLD_AHEAD = timedelta(days=7)
# Who was there so lately has read what is left in the letter of thanks (bookings/trial_notices.py).
THANKED = timedelta(days=2)


def register_kinds() -> None:
    """Tell the outbox about the kind; called when the app starts."""
    label = gettext_lazy("Trial ticket about to expire")
    register(Kind(EXPIRES, label, _still_expires, _expires, topic=Topic.TRAVEL, quiet=True))


def tell_of_expiry(*, now: datetime) -> None:
    """Tell whose ticket expires within days; running it twice, or late, tells once. Two queries find them."""
    tickets = list(about_to_expire(now))
    accounts = accounts_of(tickets)
    tell(_notice(ticket, accounts.get(ticket.pk), now) for ticket in tickets)


def about_to_expire(now: datetime) -> QuerySet[Any]:
    """Tickets that somebody holds, with `last_day`, which expire within days with visits left and none to come."""
    # No zone is further from UTC than a day; the exact day is asked of the last day itself, below.
    first, last = now.date() - DAY, now.date() + TOLD_AHEAD + DAY
    visits = Booking.objects.filter(ticket=OuterRef("pk"))
    renewed = visits.filter(cancelled_by=Booking.Side.SPACE, cancelled_at__gt=now - RENEWED_FOR - 2 * DAY)
    near = Ticket.objects.exclude(email="").filter(
        Q(campaign__ends_on__gte=first) | Q(extended_to__gte=first) | Exists(renewed),
        Q(extended_to__isnull=True) | Q(extended_to__lte=last),
        ~Exists(visits.live().filter(ends_at__gt=now - THANKED)),
        campaign__ends_on__lte=last,
    )
    rows = with_state(near, now=now).filter(state=State.HELD)
    return rows.filter(last_day__lte=today_at("campaign__organiser__timezone", now) + TOLD_AHEAD).select_related(
        "campaign__organiser"
    )


def accounts_of(tickets: list[Ticket]) -> dict[int, User]:
    """The people who have used tickets and have an account, by the tickets' keys."""
    used = Booking.objects.filter(ticket__in=[one.pk for one in tickets], user__isnull=False, user__is_active=True)
    return {one.ticket_id: one.user for one in used.select_related("user") if one.user and one.ticket_id}


def _notice(ticket: Any, account: User | None, now: datetime) -> Notice:
    organiser = ticket.campaign.organiser
    return Notice(
        kind=EXPIRES,
        subject_key=f"ticket:{ticket.pk}",
        dedupe_key=f"{EXPIRES}:{ticket.pk}:{ticket.last_day}",
        recipient=account.email if account else ticket.email,
        language=account.language if account else ticket.language,
        space_slug=organiser.slug,
        timezone=organiser.timezone,
        facts={"until": ticket.last_day.isoformat()},
        due_at=now,
        useful_until=datetime.combine(ticket.last_day + DAY, time.min, organiser.zone),
        created_at=now,
    )


def _choice(ticket: Ticket, now: datetime) -> VisitChoice:
    return visit_choice(ticket, left_of(ticket), now=now)


def _still_expires(notice: Notice) -> bool:
    """Whether the ticket expires on that day, and there is a seat for it anywhere."""
    now = timezone.now()
    ticket = about_to_expire(now).filter(pk=notice.subject_pk).first()
    return ticket is not None and ticket.last_day.isoformat() == notice.facts["until"] and _choice(ticket, now).is_open


def _expires(notice: Notice) -> Letter:
    ticket = Ticket.objects.select_related("campaign__organiser").get(pk=notice.subject_pk)
    found, organiser = _choice(ticket, timezone.now()), ticket.campaign.organiser
    until = date.fromisoformat(notice.facts["until"])
    context = {
        **look(organiser),
        "visits_left": min(found.left.in_all, sum(place.visits_left for place in found.places)),
        "until": until,
        "places": free_places(found),
        # Not its code: a copy of the letter is kept, and the link is enough.
        "rows": [(_("Trial ticket"), ticket.campaign.name), (_("Valid until"), long_day(until))],
        "visits_url": settings.SITE_URL + visits_address(ticket),
    }
    return Letter(
        subject=_("Your trial ticket is good until %(day)s") % {"day": long_day(until)},
        title=_("Your ticket is still good"),
        text=render_to_string("bookings/mail/expires.txt", context).strip(),
        html=render_to_string("bookings/mail/expires.html", context),
        reason=_("You get this mail because of your trial ticket."),
        sender=sender(organiser),
    )
