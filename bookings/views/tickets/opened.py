"""Typing a code, and what the ticket that it opens is good for: choosing a space and a day, and saying who comes."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from bookings.adopting import adopt
from bookings.models import Booking
from bookings.redeeming import redeem
from bookings.ticket_forms import CodeForm, RedeemForm
from bookings.ticket_links import send_link
from bookings.views.tickets.choosing import choosing, left_of_open, space_of
from bookings.views.tickets.discretion import SeeOther, address_of, discreet
from bookings.views.tickets.refused import refused_code, refused_ticket
from bookings.visits import reference_of_form, visits_address
from members.requests import VisitorRequest
from visas.models import Ticket
from visas.opening import open_ticket


@discreet
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: VisitorRequest) -> HttpResponse:
    """Type the code of a ticket; a right one leads to its page."""
    if request.method != "POST":
        return render(request, "tickets/code.html", {"form": CodeForm()})
    now = timezone.now()
    typed = request.POST.get("code", "")
    try:
        ticket = open_ticket(typed, address=address_of(request), now=now)
    except ValidationError as error:
        return refused_code(request, error, typed=typed, now=now)
    return SeeOther(reverse("tickets:ticket", args=[ticket.code]))


@discreet
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def ticket(request: VisitorRequest, code: str) -> HttpResponse:
    """What a ticket is good for; posting a place, a day and who comes redeems it."""
    now = timezone.now()
    try:
        opened = open_ticket(code, address=address_of(request), now=now)
    except ValidationError as error:
        return refused_code(request, error, typed=code, now=now)
    if request.method == "POST":
        return redeemed(request, opened)
    try:
        left = left_of_open(opened)
    except ValidationError as error:
        return refused_ticket(request, opened, error)
    # Who was forgotten may come again: the act knows them by the key of their address.
    if opened.email:
        return held(request, opened)
    user = request.user
    who = {"name": user.display_name, "email": user.email} if user.is_authenticated else {}
    return choosing(request, "ticket", opened, RedeemForm(initial=who), left=left)


def redeemed(request: VisitorRequest, opened: Ticket) -> HttpResponse:
    """Redeem a ticket that is nobody's yet. Of one that belongs to somebody only the link by mail opens visits."""
    now = timezone.now()
    form = RedeemForm(request.POST)
    is_whole = form.is_valid()
    wished = form.cleaned_data
    key = wished.get("form_key", "")
    if opened.email:
        is_sent_again = key and Booking.objects.filter(ticket=opened, reference=reference_of_form(opened, key)).exists()
        return SeeOther(f"{visits_address(opened)}?new=1") if is_sent_again else held(request, opened, tried=True)
    if not is_whole:
        return not_redeemed(request, opened, form)
    try:
        booking = redeem(
            ticket=opened,
            space=space_of(wished["space"]),
            day=wished["day"],
            name=wished["name"],
            email=wished["email"],
            language=get_language() or "ja",
            form_key=key,
            now=now,
        )
    except ValidationError as error:
        return not_redeemed(request, opened, form, refused=error)
    adopt(request.user)
    return SeeOther(f"{visits_address(booking.ticket or opened)}?new=1")


def not_redeemed(
    request: VisitorRequest, opened: Ticket, form: RedeemForm, *, refused: ValidationError | None = None
) -> HttpResponse:
    """The page again with what was sent; of a ticket that is good for nothing, why."""
    try:
        left = left_of_open(opened)
    except ValidationError as error:
        return refused_ticket(request, opened, error)
    return choosing(request, "ticket", opened, form, left=left, refused=refused)


def held(request: VisitorRequest, opened: Ticket, *, tried: bool = False) -> HttpResponse:
    """A ticket that belongs to somebody: its link can be mailed again to whose it is."""
    context = {"ticket": opened, "tried": tried, "is_sent": "sent" in request.GET}
    return render(request, "tickets/held.html", context, status=409 if tried else 200)


@discreet
@require_POST
def link(request: VisitorRequest, code: str) -> HttpResponse:
    """Mail the link to the visits of a ticket to whose it is; to whom is not shown."""
    now = timezone.now()
    try:
        opened = open_ticket(code, address=address_of(request), now=now)
    except ValidationError as error:
        return refused_code(request, error, typed=code, now=now)
    send_link(opened, now=now)
    return SeeOther(f"{reverse('tickets:ticket', args=[opened.code])}?sent=1")
