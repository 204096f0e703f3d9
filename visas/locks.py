"""The locks that everybody takes who draws on a ticket or on a visa (design rule 10)."""

from members.models import Membership, User
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


def lock_visas_of(user: User) -> None:
    """Lock every visa of a person: their memberships first, then the visas, each by primary key.

    For an act that may draw on any of them, and says which only later.
    """
    held = Visa.objects.filter(membership__user=user)
    memberships = Membership.objects.filter(pk__in=held.values("membership")).order_by("pk")
    list(memberships.select_for_update(no_key=True).values_list("pk"))
    list(Visa.objects.filter(membership__in=memberships.values("pk")).order_by("pk").select_for_update(no_key=True))
