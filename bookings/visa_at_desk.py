"""At a host's desk with a Coworking VISA that is shown: letting its holder in, or turning them away.

Both are noted: a visit that is let in is a booking; one that is turned away, or let in against what the host wishes, a
`VisaRequest` that was answered at once. Membership and visa are locked before resources (design rule 10), so that what
is judged here stays true until the booking is written.
"""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from bookings.attendance import check_in
from bookings.booking import book
from bookings.models import Booking, VisaRequest
from bookings.refusals import refusal
from bookings.visa_answers import answer_with
from bookings.visa_shown import Shown, look_at
from members.models import User
from spaces.calendar import Span
from spaces.house import house_of
from spaces.models import Space
from spaces.templatetags.wording import clock
from visas.locks import lock_visas_of
from visas.models import Showing

# What is noted of a visit that was turned away when nothing could begin any more.
AN_HOUR = timedelta(hours=1)


@transaction.atomic
def admit(
    *, showing: Showing, space: Space, by: User, waived: bool = False, agreed_price: int = 0, now: datetime
) -> Booking:
    """Check in whom a visa is shown of: with the booking that they have here today, or with one that is made now.

    The person agreed to pay `agreed_price` (yen) for one that is made. Notice is never asked of who stands there; what
    else the host wishes stands in the way unless it has `waived` it. Raises ValidationError. Done twice it does nothing
    more.
    """
    shown = _locked(showing, space, now)
    if shown.booked:
        return shown.booked if shown.is_in else check_in(booking=shown.booked, now=now)
    visit = shown.found
    if isinstance(visit, ValidationError):
        raise visit
    if visit.against and not waived:
        raise ValidationError(list(visit.against))
    booking = book(
        user=shown.holder,
        space=space,
        resource_id=visit.wish.resource.pk,
        span=visit.wish.span,
        agreed_price=agreed_price,
        by_operator=True,
        waived=True,
        now=now,
    )
    booking = check_in(booking=booking, now=now)
    request = _standing(shown, visit.wish.span)
    if request or visit.against:
        request = request or _new_request(shown, now=now)
        request.resource, request.starts_at, request.ends_at = booking.resource, booking.starts_at, booking.ends_at
        answer_with(request, VisaRequest.Answer.ACCEPTED, by=by, booking=booking, now=now)
    return booking


@transaction.atomic
def turn_away(*, showing: Showing, space: Space, by: User, reason: str, now: datetime) -> VisaRequest:
    """Note that a host did not let in whom a good visa is shown of, and why, in words that the visitor may read.

    Raises ValidationError: without a reason, a second time, or where the host owes nothing that it could refuse.
    """
    shown = _locked(showing, space, now)
    if not reason.strip():
        raise refusal("unexplained")
    if shown.booked:
        raise refusal("visit_is_booked")
    if shown.turned_away and shown.turned_away.answered_at:
        with timezone.override(space.zone):
            raise refusal("turned_away", time=clock(shown.turned_away.answered_at))
    if shown.no_claim:
        raise shown.no_claim
    request = _standing(shown, Span(now, now + AN_HOUR)) or _new_request(shown, now=now)
    answer_with(request, VisaRequest.Answer.REFUSED, by=by, reason=reason, now=now)
    return request


def _locked(showing: Showing, space: Space, now: datetime) -> Shown:
    """Lock what may be drawn on, then look at the visa as it is now."""
    lock_visas_of(showing.visa.membership.user)
    return look_at(showing, [house_of(space, today=space.today(now))], now=now)


def _standing(shown: Shown, span: Span) -> VisaRequest | None:
    """What this visit answers: a request for it that still waits, or a refusal of which the host thinks better."""
    asked = VisaRequest.objects.select_for_update(of=("self",)).filter(
        visa__membership__user=shown.holder, resource__space=shown.space, answered_at=None
    )
    waiting = asked.filter(starts_at__lt=span.ends_at, ends_at__gt=shown.now).order_by("starts_at", "pk").first()
    return waiting or shown.turned_away


def _new_request(shown: Shown, *, now: datetime) -> VisaRequest:
    """The visit that somebody asked for by standing there."""
    if isinstance(shown.found, ValidationError):
        seats, ends_at = shown.house.open_seats, now + AN_HOUR
    else:
        seats, ends_at = shown.found.wish.resource, shown.found.wish.span.ends_at
    if seats is None:
        raise refusal("no_such_resource")
    return VisaRequest(
        visa=shown.showing.visa, resource=seats, starts_at=now, ends_at=ends_at, asked_at=now, at_desk=True
    )
