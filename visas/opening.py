"""Opening a ticket by its code, and whether it is good on a day. What is used of it, the bookings know."""

from datetime import date, datetime

from spaces.templatetags.wording import plain_day
from visas.codes import is_well_formed, read
from visas.lockout import check_not_locked_out, count_wrong
from visas.models import Ticket
from visas.refusals import refusal


def open_ticket(typed: str, *, address: str, now: datetime) -> Ticket:
    """The ticket with a code that was typed, or scanned, at a network address.

    Raises ValidationError: mistyped, unknown, or locked out. What can't be a code is not counted as a wrong one, since
    it can't be a guess either; to who is locked out every code is answered alike.
    """
    check_not_locked_out(address, now=now)
    code = read(typed)
    if not is_well_formed(code):
        raise refusal("mistyped")
    ticket = Ticket.objects.select_related("campaign").filter(code=code).first()
    if ticket is None:
        count_wrong(address, now=now)
        raise refusal("unknown")
    return ticket


def check_good(ticket: Ticket, *, today: date, day: date | None = None, until: date | None = None) -> None:
    """Raise ValidationError if a ticket is not good today, or for a visit on a day; `until` is its last day."""
    campaign = ticket.campaign
    if ticket.blocked_at:
        raise refusal("blocked")
    if campaign.stopped_at:
        raise refusal("stopped")
    if (day or today) < campaign.starts_on:
        raise refusal("not_yet", day=plain_day(campaign.starts_on))
    last = until or ticket.good_until
    if max(today, day or today) > last:
        raise refusal("expired", day=plain_day(last))


def check_still_good(ticket: Ticket, *, today: date, until: date) -> None:
    """Raise ValidationError if there is no day, today or later, on which a ticket is good; `until` is its last day."""
    # Before its campaign begins days to come can be chosen.
    check_good(ticket, today=today, day=max(today, ticket.campaign.starts_on), until=until)
