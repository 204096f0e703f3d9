"""Asking a host for a visit by visa that it would not take by itself; its answer, and taking the request back.

Who answers or takes back locks the visa, and then reads the request: so it is answered once, whoever else tries.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from bookings import visa_request_notices as notices
from bookings.askable import Visit, askable, visit_to_let_in, wish_of
from bookings.booking import book, refused_politely
from bookings.models import Booking, VisaRequest
from bookings.pricelist import price_list
from bookings.refusals import refusal
from bookings.rules import Wish
from bookings.visa_answers import answer_with
from members.models import User
from notices.outbox import tell
from spaces.calendar import Span
from spaces.house import house_of
from spaces.models import Space
from visas.holding import visa_of
from visas.locks import lock_visas_of, locked_visa

MESSAGE_LENGTH = 200
ANSWERED = {
    VisaRequest.Answer.ACCEPTED: "request_accepted",
    VisaRequest.Answer.REFUSED: "request_refused",
    VisaRequest.Answer.WITHDRAWN: "request_withdrawn",
}


def ask(*, user: User, space: Space, resource_id: int, span: Span, message: str, now: datetime) -> VisaRequest:
    """Ask a host for a visit by visa against which stands only what the host wishes, and tell its operators.

    Raises ValidationError. Nothing is taken by asking, and so nothing locked: whether there is a seat, and a day of the
    visa, is asked again when the host accepts. That a visit is asked for once, the database sees to.
    """
    with refused_politely(space, resource_id), transaction.atomic():
        house = house_of(space, today=space.today(now))
        resource = house.resource(resource_id)
        if resource is None:
            raise refusal("no_such_resource")
        visit = askable(user, house, Wish(resource, span), now=now)
        request = VisaRequest.objects.create(
            visa=visit.entry.held.visa,
            resource=resource,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            message=message.strip()[:MESSAGE_LENGTH],
            price=visit.rule.price,
            asked_at=now,
        )
        tell(notices.asked(request, now=now))
    return request


def accept(*, request: VisaRequest, by: User, now: datetime) -> Booking:
    """Let a visit in though the host's wishes stand against it: it is booked, for no more than it was asked for.

    Raises ValidationError, and the request stays open, where it can't be booked any more.
    """
    with transaction.atomic():
        # It may be booked by another visa of the person than the one that was asked with.
        lock_visas_of(request.visa.membership.user)
        request = _locked_open(request, now)
        visit = acceptable(request, now=now)
        booking = book(
            user=request.visa.membership.user,
            space=request.space,
            resource_id=request.resource_id,
            span=wish_of(request).span,
            agreed_price=visit.rule.price,
            by_operator=True,
            waived=True,
            now=now,
        )
        answer_with(request, VisaRequest.Answer.ACCEPTED, by=by, booking=booking, now=now)
    return booking


def acceptable(request: VisaRequest, *, now: datetime) -> Visit:
    """The visit as it would be booked if the host accepted now, seats aside. Raises ValidationError with why not."""
    check_open(request, now)
    space, membership = request.space, request.visa.membership
    held = visa_of(membership)
    invalid = held.why_not_on(space.today(request.starts_at)) if held else None
    if invalid:
        raise invalid
    house = house_of(space, today=space.today(now))
    resource = house.resource(request.resource_id)
    if resource is None:
        raise refusal("no_such_resource")
    prices = price_list([space.pk], membership.user, today=space.today(now))
    prices = prices.reckoned(membership.user, [space], now=now)
    wish = Wish(resource, wish_of(request).span)
    visit = visit_to_let_in(house, prices, wish, by_operator=True, now=now)
    if visit.rule.price > request.price:
        raise refusal("costs_more", price=f"{visit.rule.price:,}", asked=f"{request.price:,}")
    return visit


def refuse(*, request: VisaRequest, by: User, reason: str, now: datetime) -> VisaRequest:
    """Say no to a request, with a reason that the visitor reads. Raises ValidationError."""
    if not reason.strip():
        raise refusal("unexplained")
    with transaction.atomic():
        request = _locked_open(request, now)
        answer_with(request, VisaRequest.Answer.REFUSED, by=by, reason=reason, now=now)
        tell(notices.refused(request, now=now))
    return request


def withdraw(*, request: VisaRequest, by: User, now: datetime) -> VisaRequest:
    """Take one's own request back, as long as nobody has answered. Raises ValidationError."""
    with transaction.atomic():
        request = _locked_open(request, now)
        answer_with(request, VisaRequest.Answer.WITHDRAWN, by=by, now=now)
    return request


def check_open(request: VisaRequest, now: datetime) -> None:
    """Raise ValidationError if a request can't be answered or taken back any more."""
    if request.answer:
        raise refusal(ANSWERED[VisaRequest.Answer(request.answer)])
    if request.starts_at <= now:
        raise refusal("request_over")


def why_unacceptable(request: VisaRequest, *, now: datetime) -> ValidationError | None:
    """Why a request can't be accepted now, seats aside; None if it can."""
    try:
        acceptable(request, now=now)
    except ValidationError as error:
        return error
    return None


def _locked_open(request: VisaRequest, now: datetime) -> VisaRequest:
    """A request that waits for its answer, with its visa locked: nobody else answers it meanwhile."""
    locked_visa(request.visa)
    rows = VisaRequest.objects.select_related("visa__membership__user", "visa__membership__space", "resource__space")
    request = rows.get(pk=request.pk)
    check_open(request, now)
    return request
