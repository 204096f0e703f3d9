"""The manner of the pages on which a step is chosen, looked at, and then taken: end, pause, resume, change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from bookings.models import Booking
from bookings.standing import Standing
from bookings.uncovered import preview
from members.models import Membership
from members.requests import SignedInRequest


@dataclass(frozen=True)
class Tried:
    """What came of a step: done, refused, or only looked at, with the bookings that it would cancel."""

    is_done: bool = False
    fallen: tuple[Booking, ...] = ()
    refused: ValidationError | None = None

    @property
    def fees(self) -> int:
        """The cancellation fees that are due with it, in yen."""
        return sum(booking.cancellation_fee for booking in self.fallen)


def asked(request: SignedInRequest, **defaults: Any) -> dict[str, Any]:
    """What was posted or chosen; what was not chosen yet starts as `defaults`."""
    return request.POST.dict() if request.method == "POST" else {**defaults, **request.GET.dict()}


def take_or_look(request: SignedInRequest, own: Membership, step: Callable[[], list[Booking]]) -> Tried:
    """Take a step that was posted; otherwise look at what it would do, of which nothing stays."""
    try:
        if request.method == "POST":
            return Tried(is_done=True, fallen=tuple(step()))
        return Tried(fallen=tuple(preview(own, step)))
    except ValidationError as error:
        return Tried(refused=error)


def taken(request: SignedInRequest, said: str) -> HttpResponse:
    """Back to one's plans, with a word about what was done."""
    messages.success(request, said)
    return redirect("plans:mine")


def chosen_page(
    request: SignedInRequest, template: str, standing: Standing, tried: Tried, **context: Any
) -> HttpResponse:
    """The page of a step, or the part of it that follows from what is chosen; 409 if the step was refused."""
    own = standing.membership
    shown = {
        "standing": standing,
        "space": own.space,
        "fallen": tried.fallen,
        "fees": tried.fees,
        "refused": tried.refused,
        **context,
    }
    status = 409 if tried.refused and request.method == "POST" else 200
    with timezone.override(own.space.zone):
        return render(request, f"{template}#chosen" if request.htmx else template, shown, status=status)
