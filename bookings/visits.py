"""What is left of a shared trial ticket, and the link by which who holds it reaches its visits.

The link holds a signature of 256 bits over the ticket and the version of its links (design rule 9): who redeems gets it
by mail, and a new version makes every older link open nothing.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from bookings.models import Booking
from bookings.reference import ALPHABET, LENGTH
from bookings.rules import Wish, first_start, retires_before
from spaces.calendar import Span
from spaces.house import House
from spaces.models import Resource
from visas.models import Ticket

# So long a ticket is good at least after a space had to cancel its visit.
RENEWED_FOR = timedelta(days=30)

_SALT = "bookings.visits"


def visit_token(ticket: Ticket) -> str:
    """What opens the visits of a ticket, for as long as its links are not renewed."""
    return _signer().sign(f"{ticket.pk}-{ticket.link_version}")


def ticket_of(token: str) -> Ticket | None:
    """The ticket, with its campaign, whose visits a token opens; None for one that opens nothing (any more)."""
    try:
        pk, _dash, version = _signer().unsign(token).partition("-")
    except BadSignature:
        return None
    return Ticket.objects.select_related("campaign").filter(pk=int(pk), link_version=int(version)).first()


def visits_address(ticket: Ticket) -> str:
    """Where the visits of a ticket are, from the root of the house."""
    return reverse("tickets:visits", args=[visit_token(ticket)])


def reference_of_form(ticket: Ticket, form_key: str) -> str:
    """The reference of the booking that a form makes: the same form that is sent again leads to the same booking."""
    digest = salted_hmac(f"{_SALT}.form", f"{ticket.pk}-{form_key}", algorithm="sha256").digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:LENGTH])


def good_until(ticket: Ticket) -> date:
    """The last day for a visit: the campaign's, an operator's, or a month after a space had to cancel one."""
    by_space = Booking.objects.filter(ticket=ticket, cancelled_by=Booking.Side.SPACE)
    last = by_space.aggregate(last=Max("cancelled_at"))["last"]
    if last is None:
        return ticket.good_until
    return max(ticket.good_until, timezone.localdate(last) + RENEWED_FOR)


@dataclass(frozen=True)
class Left:
    """What a ticket still gives: visits in all, visits at each space by its key, and the last day for one."""

    in_all: int
    used_at: Counter[int]
    at_each: int
    until: date

    def at(self, space_id: int) -> int:
        """Visits left at a space, where it takes the ticket."""
        return max(min(self.at_each - self.used_at[space_id], self.in_all), 0)


def left_of(ticket: Ticket, *, without: Booking | None = None) -> Left:
    """What is left of a ticket, as if the visit `without` were given back: two queries."""
    drawn = Booking.objects.drawn().filter(ticket=ticket).exclude(pk=without.pk if without else 0)
    used = Counter(drawn.values_list("resource__space_id", flat=True))
    campaign = ticket.campaign
    return Left(
        in_all=max(campaign.visits_in_all - used.total(), 0),
        used_at=used,
        at_each=campaign.visits_at_each,
        until=good_until(ticket),
    )


def visit_at(house: House, day: date, now: datetime) -> Wish | None:
    """The seat that a visitor takes on a day, and when: of the first open seats that do not retire before it ends.

    None where there are none such, or the house is closed, or closes before a visit could begin.
    """
    for seats in house.resources:
        span = visit_span(house, seats, day, now) if seats.is_seats else None
        if span and not retires_before(seats, span):
            return Wish(seats, span)
    return None


def visit_span(house: House, resource: Resource, day: date, now: datetime) -> Span | None:
    """When a visit on a day would be: from opening, or what is left of the day, until closing; None once it is over."""
    for span in house.calendar.spans_on(day):
        start = first_start(resource, span, now)
        if start < span.ends_at:
            return Span(start, span.ends_at)
    return None


def _signer() -> Signer:
    # A colon would be written in other ways by some programs that send mail.
    return Signer(salt=_SALT, sep=".")
