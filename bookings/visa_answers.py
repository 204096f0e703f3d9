"""The answer to a request for a visit by visa, wherever it is given; and requests that fall with their visa."""

from datetime import datetime

from bookings.models import Booking, VisaRequest
from members.models import Membership, User
from visas.holding import HeldVisa, visa_of

# Of an answer, and of why a visa is revoked.
REASON_LENGTH = 200


def answer_with(
    request: VisaRequest,
    answer: str,
    *,
    by: User | None,
    reason: str = "",
    booking: Booking | None = None,
    now: datetime,
) -> None:
    """Note the answer to a request; of a person's visas it is about the one that the `booking` draws on."""
    request.answer, request.answered_by, request.answered_at = answer, by, now
    request.reason, request.booking = reason.strip()[:REASON_LENGTH], booking
    if booking and booking.visa:
        request.visa = booking.visa
    request.save()


def withdraw_fallen(membership: Membership, *, now: datetime) -> None:
    """Withdraw the requests that wait, and for whose day the visa of a membership, which is locked, is good no more.

    Nobody has answered them: so nobody is named.
    """
    waiting = VisaRequest.objects.waiting(now).filter(visa__membership=membership)
    found = list(waiting.select_related("resource__space").order_by("pk"))
    held = visa_of(membership) if found else None
    for request in found:
        if not is_good_for(held, request):
            answer_with(request, VisaRequest.Answer.WITHDRAWN, by=None, now=now)


def is_good_for(held: HeldVisa | None, request: VisaRequest) -> bool:
    """Whether a visa is valid on the day, of the host's calendar, that is asked for."""
    return held is not None and held.is_valid_on(request.space.today(request.starts_at))
