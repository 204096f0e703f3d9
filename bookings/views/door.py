"""At the door: what an operator sees of a booking, and what can be noted."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing.balances import still_open
from bookings import attendance
from bookings.forms import ReferenceForm
from bookings.models import Booking
from bookings.owing import charges_of
from bookings.reference import normalised
from members.requests import SignedInRequest

ACTS: dict[str, Callable[..., Booking]] = {
    "check-in": attendance.check_in,
    "early-check-in": partial(attendance.check_in, even_early=True),
    "check-out": attendance.check_out,
    "absence": attendance.miss,
    "undo": attendance.undo,
}


def for_operators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that is there for operators only; for others it does not exist."""

    @wraps(view)
    def wrapped(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_operator:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


def theirs_or_404(request: SignedInRequest, reference: str) -> Booking:
    """A booking at a space that the person helps to run."""
    visible = Booking.objects.for_operator(request.user)
    visible = visible.select_related("resource__space", "user", "plan", "ticket__campaign", "visa__membership__space")
    return get_object_or_404(visible, reference=normalised(reference))


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
def door(request: SignedInRequest) -> HttpResponse:
    """Type a reference. The page starts empty: nobody's name is on display (features.md, 2.8)."""
    form = ReferenceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        typed = normalised(form.cleaned_data["reference"])
        found = Booking.objects.for_operator(request.user).filter(reference=typed).first()
        if found:
            return redirect("bookings:door_booking", reference=found.reference)
        form.add_error("reference", _("There is no booking with this reference at your space."))
    return render(request, "bookings/door.html", {"form": form}, status=400 if form.errors else 200)


@require_safe
@for_operators
def door_booking(request: SignedInRequest, reference: str) -> HttpResponse:
    return _page(request, theirs_or_404(request, reference))


@require_POST
@for_operators
def door_act(request: SignedInRequest, reference: str, act: str) -> HttpResponse:
    """Note that somebody came, left or did not come; or take the last note back."""
    booking = theirs_or_404(request, reference)
    try:
        if act not in ACTS:
            raise Http404
        ACTS[act](booking=booking, now=timezone.now())
    except ValidationError as error:
        return _page(request, theirs_or_404(request, reference), refused=error)
    return redirect("bookings:door_booking", reference=booking.reference)


def _page(request: SignedInRequest, booking: Booking, refused: ValidationError | None = None) -> HttpResponse:
    # A guest has no account to be charged. Who may stand at the door may take the money: see members/roles.py.
    charge = charges_of(booking).select_related("space").first() if booking.user_id else None
    context = {
        "booking": booking,
        "to_pay": still_open(charge) if charge else 0,
        "space": booking.resource.space,
        "has_begun": booking.has_begun_at(timezone.now()),
        "refused": refused,
    }
    with timezone.override(booking.resource.space.zone):
        return render(request, "bookings/door_booking.html", context, status=409 if refused else 200)
