"""The locks on a campaign and a ticket that everybody takes who draws on the ticket (design rule 10)."""

from visas.models import Campaign, Ticket


def locked_ticket(ticket: Ticket) -> Ticket:
    """Lock the campaign of a ticket, then the ticket, and read both as they are now.

    Before any resource: whoever books, moves or takes back a visit by ticket, since the guard of tickets locks both.
    """
    # In no order: the usual one of tickets would join the campaign.
    for row in (Campaign.objects.filter(pk=ticket.campaign_id), Ticket.objects.filter(pk=ticket.pk)):
        list(row.order_by().select_for_update(no_key=True).values_list("pk"))
    return Ticket.objects.select_related("campaign").get(pk=ticket.pk)
