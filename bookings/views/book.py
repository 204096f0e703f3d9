"""Choosing a time, seeing the quote, confirming."""

from datetime import timedelta
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from bookings.booking import book as book_seats
from bookings.choice import choice
from bookings.forms import BookingForm
from bookings.models import Booking
from bookings.refusals import refusal
from bookings.rules import Wish
from bookings.views.places import house_or_404, space_or_404
from bookings.views.unreadable import unreadable
from bookings.week import wall
from members.requests import VisitorRequest
from spaces.calendar import Span
from spaces.house import House
from spaces.models import Space

TWO_HOURS = timedelta(hours=2)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@vary_on_headers("HX-Request")
def book(request: VisitorRequest, slug: str) -> HttpResponse:
    """The quote for a wish; posting it books. Who is not signed in sees the quote, and signs in to book."""
    if request.method == "POST":
        return confirmed(request, slug)
    house = house_or_404(slug, timezone.now())
    form = BookingForm(request.GET, zone=house.space.zone)
    if not form.is_valid():
        return unreadable(request, form, back=house.space)
    mended = later_end(request, house, form)
    return redirect(mended) if mended else quote_page(request, house, form)


def confirmed(request: VisitorRequest, slug: str) -> HttpResponse:
    """Book what was quoted. The house is read by the act, under its lock, and here only to say why it is refused."""
    now = timezone.now()
    space = space_or_404(slug, now)
    form = BookingForm(request.POST, zone=space.zone)
    if not form.is_valid():
        return unreadable(request, form, back=space)
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': quote_address(space, form)})}")
    wished = form.cleaned_data
    try:
        booking = book_seats(
            user=request.user,
            space=space,
            resource_id=wished["resource"],
            span=Span(wished["starts"], wished["ends"]),
            seats=wished["seats"],
            agreed_price=wished["price"],
            now=now,
        )
    except ValidationError as error:
        return quote_page(request, house_or_404(slug, now), form, refused=error)
    return redirect(f"{booking.get_absolute_url()}?new=1")


def quote_page(
    request: VisitorRequest,
    house: House,
    form: BookingForm,
    *,
    refused: ValidationError | None = None,
    moving: Booking | None = None,
) -> HttpResponse:
    """What a wish costs and why, or why it can't be had and what is free near it (409 if it was tried)."""
    wished = form.cleaned_data
    resource = house.resource(wished["resource"])
    if resource is None:
        form.add_error(None, refused or refusal("no_such_resource"))
        return unreadable(request, form, back=moving or house.space)
    wish = Wish(resource, Span(wished["starts"], wished["ends"]), wished["seats"])
    found = choice(house, wish, user=request.user, now=timezone.now(), moving=moving, refused=refused)
    context = {"space": house.space, "choice": found, "wish": wish, "form": form, "booking": moving}
    template = "bookings/book.html#choice" if request.htmx else "bookings/book.html"
    with timezone.override(house.space.zone):
        return render(request, template, context, status=409 if refused else 200)


def later_end(request: VisitorRequest, house: House, form: BookingForm) -> str:
    """Where a start leads that was picked, in place, after the end: two hours from it, or until closing."""
    wished = form.cleaned_data
    own = house.calendar.span_of(wished["starts"])
    if not request.htmx or own is None or wished["ends"] > wished["starts"]:
        return ""
    end = min(wished["starts"] + TWO_HOURS, own.ends_at)
    fields = {
        "resource": wished["resource"],
        "starts": wall(wished["starts"], house),
        "ends": wall(end, house),
        "seats": wished["seats"],
    }
    return f"{request.path}?{urlencode(fields)}"


def quote_address(space: Space, form: BookingForm) -> str:
    """The address of the quote that a form asks for."""
    fields = {name: form.data.get(name, "") for name in ("resource", "starts", "ends", "seats")}
    return f"{reverse('bookings:book', args=[space.slug])}?{urlencode(fields)}"
