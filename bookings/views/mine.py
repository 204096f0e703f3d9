"""A person's own bookings: the list, the ticket, moving and cancelling."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from bookings.cancelling import cancel as cancel_booking
from bookings.cancelling import check_cancellable
from bookings.forms import BookingForm
from bookings.ics import calendar_file
from bookings.models import Booking, VisaRequest
from bookings.moving import check_movable
from bookings.moving import move as move_booking
from bookings.qr import door_address, qr_svg
from bookings.views.book import later_end, quote_page
from bookings.views.places import house_or_404
from bookings.views.unreadable import unreadable
from bookings.visits import visit_token
from bookings.week import wall
from members.requests import SignedInRequest
from spaces.calendar import Span
from spaces.house import House
from visas.models import Ticket

A_PAGE = 20


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    return my_bookings(request)


def my_bookings(request: SignedInRequest, *, refused: ValidationError | None = None) -> HttpResponse:
    """The list of one's bookings and of what hosts are asked for, and above it what was refused (409)."""
    now = timezone.now()
    own = Booking.objects.for_user(request.user)
    page = Paginator(own.past(now), A_PAGE).get_page(request.GET.get("page"))
    asked = VisaRequest.objects.of_person(request.user).told_at(now)[:A_PAGE]
    context = {
        "upcoming": list(own.upcoming(now)),
        "asked": [(one, one.outcome_at(now)) for one in asked],
        "past": page,
        "page_obj": page,
        "refused": refused,
    }
    return render(request, "bookings/mine.html", context, status=409 if refused else 200)


def own_or_404(request: SignedInRequest, reference: str) -> Booking:
    """The signed-in person's own booking; others' do not exist for them."""
    return get_object_or_404(Booking.objects.for_user(request.user), reference=reference)


@require_safe
def booking(request: SignedInRequest, reference: str) -> HttpResponse:
    own = own_or_404(request, reference)
    now = timezone.now()
    context = {
        "booking": own,
        "space": own.resource.space,
        "qr_svg": qr_svg(door_address(own)),
        "is_new": "new" in request.GET,
        "can_move": is_allowed(check_movable, own, by_operator=False, now=now),
        "can_cancel": is_allowed(check_cancellable, own, by=Booking.Side.PERSON, now=now),
        "is_over": own.has_ended_at(now),
    }
    with timezone.override(own.resource.space.zone):
        return render(request, "bookings/booking.html", context)


def is_allowed(check: Callable[..., None], own: Booking | Ticket, **asked: object) -> bool:
    """Whether a check that raises ValidationError lets something pass."""
    try:
        check(own, **asked)
    except ValidationError:
        return False
    return True


@require_safe
def calendar(request: SignedInRequest, reference: str) -> HttpResponse:
    own = own_or_404(request, reference)
    content = calendar_file(own, now=timezone.now())
    headers = {"Content-Disposition": f'attachment; filename="booking-{own.reference}.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def cancellation(request: SignedInRequest, reference: str) -> HttpResponse:
    """What cancelling costs now; posting it cancels."""
    own = own_or_404(request, reference)
    now = timezone.now()
    refused = None
    try:
        if request.method == "POST":
            own = cancel_booking(booking=own, by=Booking.Side.PERSON, now=now)
            return redirect(own)
        check_cancellable(own, by=Booking.Side.PERSON, now=now)
    except ValidationError as error:
        refused = error
    context = {
        "booking": own,
        "space": own.resource.space,
        "fee": own.fee_if_cancelled_at(now),
        "is_late": own.is_late_at(now),
        "refused": refused,
    }
    with timezone.override(own.resource.space.zone):
        status = 409 if refused and request.method == "POST" else 200
        return render(request, "bookings/cancellation.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def move(request: SignedInRequest, reference: str) -> HttpResponse:
    """Choose another time for a booking; posting it moves the booking."""
    own = own_or_404(request, reference)
    now = timezone.now()
    try:
        check_movable(own, by_operator=False, now=now)
    except ValidationError as error:
        return immovable(request, own, error)
    if own.ticket:
        return redirect("tickets:move", visit_token(own.ticket), own.reference)
    house = house_or_404(own.resource.space.slug, now)
    asked = request.POST if request.method == "POST" else (request.GET or as_it_is(own, house))
    form = BookingForm(asked, zone=house.space.zone)
    if not form.is_valid():
        return unreadable(request, form, back=own)
    if request.method != "POST":
        mended = later_end(request, house, form)
        return redirect(mended) if mended else quote_page(request, house, form, moving=own)
    wished = form.cleaned_data
    try:
        moved = move_booking(
            booking=own,
            resource_id=wished["resource"],
            span=Span(wished["starts"], wished["ends"]),
            seats=wished["seats"],
            agreed_price=wished["price"],
            now=now,
        )
    except ValidationError as error:
        return quote_page(request, house, form, refused=error, moving=own)
    return redirect(moved)


def immovable(request: SignedInRequest, own: Booking, refused: ValidationError) -> HttpResponse:
    """Why a booking stays as it is; there is nothing to choose."""
    context = {"booking": own, "space": own.resource.space, "refused": refused}
    with timezone.override(own.resource.space.zone):
        status = 409 if request.method == "POST" else 200
        return render(request, "bookings/immovable.html", context, status=status)


def as_it_is(own: Booking, house: House) -> dict[str, object]:
    """What the form of a move starts with: the booking as it is."""
    return {
        "resource": own.resource_id,
        "starts": wall(own.starts_at, house),
        "ends": wall(own.ends_at, house),
        "seats": own.seats,
    }
