"""Issuing tickets of a campaign, blocking one, and letting one be good for longer."""

from datetime import date, datetime

from django.db import transaction

from spaces.templatetags.wording import plain_day
from visas.locks import locked_campaign
from visas.models import Campaign, Ticket
from visas.refusals import refusal

MOST_AT_ONCE = 1000


@transaction.atomic
def issue_tickets(*, campaign: Campaign, count: int, label: str = "", now: datetime) -> list[Ticket]:
    """Issue tickets, each with a code of its own. Raises ValidationError."""
    if not 1 <= count <= MOST_AT_ONCE:
        raise refusal("too_many_tickets", most=MOST_AT_ONCE)
    # Who changes or ends the campaign waits for these tickets, or is seen here.
    campaign = locked_campaign(campaign.pk)
    if campaign.is_over_on(campaign.organiser.today(now)):
        raise refusal("campaign_over")
    issued: list[Ticket] = []
    while len(issued) < count:
        drawn = {one.code: one for one in (_ticket(campaign, label, now) for _ in range(count - len(issued)))}
        # A code that exists is drawn once in a thousand million times; then another is drawn.
        Ticket.objects.bulk_create(drawn.values(), ignore_conflicts=True)
        issued += Ticket.objects.filter(code__in=drawn, campaign=campaign, issued_at=now).order_by("pk")
    return issued


@transaction.atomic
def block(*, ticket: Ticket, reason: str, now: datetime) -> Ticket:
    """Let a ticket open nothing any more; visits that were booked with it stay. Raises ValidationError."""
    ticket = _locked(ticket)
    if ticket.blocked_at:
        raise refusal("blocked")
    ticket.blocked_at, ticket.block_reason = now, reason[:200]
    ticket.save(update_fields=["blocked_at", "block_reason"])
    return ticket


@transaction.atomic
def unblock(*, ticket: Ticket) -> Ticket:
    """Take a block back."""
    ticket = _locked(ticket)
    ticket.blocked_at, ticket.block_reason = None, ""
    ticket.save(update_fields=["blocked_at", "block_reason"])
    return ticket


@transaction.atomic
def extend(*, ticket: Ticket, last: date, until: date) -> Ticket:
    """Let a ticket be good until a day, if that is later than it was. Raises ValidationError for a day before.

    `until` is the last day that it has, also where a visit that a space had to cancel has renewed it.
    """
    ticket = _locked(ticket)
    # Somebody may have extended it meanwhile.
    until = max(until, ticket.good_until)
    if last <= until:
        raise refusal("no_longer", day=plain_day(until))
    ticket.extended_to = last
    ticket.save(update_fields=["extended_to"])
    return ticket


@transaction.atomic
def renew_links(*, ticket: Ticket) -> Ticket:
    """Let every link to the visits of a ticket that was mailed so far open nothing any more (design rule 9)."""
    ticket = _locked(ticket)
    ticket.link_version += 1
    ticket.save(update_fields=["link_version"])
    return ticket


def _ticket(campaign: Campaign, label: str, now: datetime) -> Ticket:
    return Ticket(campaign=campaign, label=label[:60], issued_at=now)


def _locked(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_for_update(of=("self",), no_key=True).select_related("campaign").get(pk=ticket.pk)
