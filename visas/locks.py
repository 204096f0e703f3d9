"""The locks that everybody takes who draws on a ticket or on a visa (design rule 10)."""

from members.models import Membership
from visas.models import Campaign, Ticket, Visa


def locked_campaign(campaign_id: int) -> Campaign:
    """Lock a campaign, and read it as it is now: whoever had to wait for the lock is given the newest row."""
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)


def locked_ticket(ticket: Ticket) -> Ticket:
    """Lock the campaign of a ticket, then the ticket, and read both as they are now.

    Before any resource: whoever books, moves or takes back a visit by ticket, since the guard of tickets locks both.
    """
    campaign = locked_campaign(ticket.campaign_id)
    ticket = Ticket.objects.select_for_update(no_key=True).get(pk=ticket.pk)
    ticket.campaign = campaign
    return ticket


def locked_visa(visa: Visa) -> Visa:
    """Lock the membership of a visa, then the visa, and read it as it is now.

    Before any resource: whoever draws on it or takes it away. Who ends or pauses the membership holds the first lock.
    """
    Membership.objects.select_for_update(no_key=True).values_list("pk").get(pk=visa.membership_id)
    return Visa.objects.select_for_update(no_key=True).get(pk=visa.pk)
