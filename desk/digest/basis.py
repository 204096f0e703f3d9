"""By what somebody comes, in a few words."""

from bookings.models import Booking


def basis_words(booking: Booking) -> str:
    """The plan, the visa with its home space, the campaign of the ticket, or simply what the basis is called.

    Wants the booking with its plan, ticket's campaign and visa's space.
    """
    if booking.visa:
        return f"{booking.get_basis_display()} · {booking.visa.membership.space.name}"
    if booking.ticket:
        return f"{booking.get_basis_display()} · {booking.ticket.campaign.name}"
    if booking.plan and booking.basis == Booking.Basis.PLAN:
        return str(booking.plan.name)
    return str(booking.get_basis_display())
