"""Asking a host for a visit by visa, and taking the request back."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from bookings.askable import askable
from bookings.forms import BookingForm
from bookings.models import VisaRequest
from bookings.refusals import refusal
from bookings.rules import Wish
from bookings.views.book import quote_address
from bookings.views.mine import my_bookings
from bookings.views.places import house_or_404
from bookings.views.unreadable import unreadable
from bookings.visa_requests import MESSAGE_LENGTH
from bookings.visa_requests import ask as ask_host
from bookings.visa_requests import withdraw as withdraw_request
from members.requests import SignedInRequest
from spaces.calendar import Span
from spaces.house import House
from spaces.templatetags.wording import clock, day


class AskForm(BookingForm):
    """The visit, as its quote names it, and a word to the host."""

    message = forms.CharField(
        label=gettext_lazy("Message to the host"),
        required=False,
        max_length=MESSAGE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedInRequest, slug: str) -> HttpResponse:
    """What stands against a visit, and a word to the host; posting it asks."""
    now = timezone.now()
    house = house_or_404(slug, now)
    form = AskForm(request.POST if request.method == "POST" else request.GET, zone=house.space.zone)
    # A message that is too long is said at its field; all else is in the address that our own page has made.
    if not form.is_valid() and set(form.errors) != {"message"}:
        return unreadable(request, form, back=house.space)
    if form.is_valid() and request.method == "POST":
        wished = form.cleaned_data
        try:
            asked = ask_host(
                user=request.user,
                space=house.space,
                resource_id=wished["resource"],
                span=Span(wished["starts"], wished["ends"]),
                message=wished["message"],
                now=now,
            )
        except ValidationError as error:
            return asking_page(request, house, form, now=now, refused=error)
        with timezone.override(house.space.zone):
            when = f"{day(asked.starts_at)} {clock(asked.starts_at)}"
        said = _("You have asked %(space)s for %(when)s. The answer comes by mail, and shows here.")
        messages.success(request, said % {"space": house.space.name, "when": when})
        return redirect("bookings:mine")
    return asking_page(request, house, form, now=now)


def asking_page(
    request: SignedInRequest, house: House, form: AskForm, *, now: datetime, refused: ValidationError | None = None
) -> HttpResponse:
    """The visit and what stands against it, or why it can't be asked for (409 if it was tried)."""
    wished = form.cleaned_data
    resource, visit = house.resource(wished["resource"]), None
    if resource is None:
        form.add_error(None, refused or refusal("no_such_resource"))
        return unreadable(request, form, back=house.space)
    why_not = refused
    if why_not is None:
        try:
            wish = Wish(resource, Span(wished["starts"], wished["ends"]), wished["seats"])
            visit = askable(request.user, house, wish, now=now)
        except ValidationError as error:
            why_not = error
    context = {
        "space": house.space,
        "resource": resource,
        "visit": visit,
        "refused": why_not,
        "form": form,
        "starts_at": wished["starts"],
        "ends_at": wished["ends"],
        "quote": quote_address(house.space, form),
    }
    status = 409 if refused else 400 if form.errors else 200
    with timezone.override(house.space.zone):
        return render(request, "visas/request_ask.html", context, status=status)


@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take one's own request back."""
    own = get_object_or_404(VisaRequest.objects.of_person(request.user), pk=pk)
    try:
        withdraw_request(request=own, by=request.user, now=timezone.now())
    except ValidationError as error:
        return my_bookings(request, refused=error)
    messages.success(request, _("Your request is withdrawn."))
    return redirect("bookings:mine")
