"""The desk that looks at a visa: its code is scanned or its number typed, and its holder is let in or turned away."""

from datetime import datetime

from allauth.core.ratelimit import consume
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import lazystr
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings.views.door import for_operators
from bookings.visa_at_desk import admit as admit_act
from bookings.visa_at_desk import turn_away as turn_away_act
from bookings.visa_desk_forms import AdmitForm, HostQuery, NumberForm, TurnAwayForm
from bookings.visa_shown import by_which_rule, look_at
from members.requests import SignedInRequest
from spaces.house import House, houses
from spaces.models import Space, SpaceQuerySet
from visas.models import Showing
from visas.refusals import refusal
from visas.showing import LOOKED_AT_FOR, look_up, scan

STATUS = {
    "code_false": 400,
    "code_expired": 410,
    "code_replaced": 410,
    "code_used": 409,
    "number_mistyped": 400,
    "number_unknown": 404,
    "numbers_tried": 429,
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
def desk(request: SignedInRequest) -> HttpResponse:
    """Type the number of a visa. The page starts empty: nobody's name is on display."""
    _check_desk(request, timezone.now())
    form = NumberForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "visas/desk.html", {"form": form}, status=400 if form.errors else 200)
    try:
        # No desk is as busy as that; who guesses numbers would learn names.
        if not consume(request, action="visa_number"):
            raise refusal("numbers_tried")
        showing = look_up(form.cleaned_data["number"], by=request.user, now=timezone.now())
    except ValidationError as error:
        return _refused(request, error, form)
    return redirect("visas:showing", pk=showing.pk)


@never_cache
@require_safe
@for_operators
def scanned(request: SignedInRequest, code: str) -> HttpResponse:
    """Where the QR code of a passport leads: it works once, so that whoever only asks what is here uses nothing up."""
    now = timezone.now()
    _check_desk(request, now)
    if request.method == "HEAD":
        return HttpResponse()
    try:
        showing = scan(code, by=request.user, now=now)
    except ValidationError as error:
        return _refused(request, error, NumberForm())
    return redirect("visas:showing", pk=showing.pk)


@never_cache
@require_safe
@for_operators
def showing(request: SignedInRequest, pk: int) -> HttpResponse:
    """A visa that was shown to the operator, for as long as they may look at it."""
    form = HostQuery(request.GET)
    if not form.is_valid():
        raise Http404
    now = timezone.now()
    return _page(request, _theirs_or_404(request, pk, now), form.cleaned_data["space"], now)


@never_cache
@require_POST
@for_operators
def admit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Check the visitor in; a booking is made if there is none."""
    now = timezone.now()
    looked_at, form = _theirs_or_404(request, pk, now), AdmitForm(request.POST)
    if not form.is_valid():
        unreadable = ValidationError([error for errors in form.errors.as_data().values() for error in errors])
        return _page(request, looked_at, form.cleaned_data.get("space", ""), now, refused=unreadable, status=400)
    wished = form.cleaned_data
    [house] = _hosts_or_404(request, wished["space"] or "-", now)
    try:
        booking = admit_act(
            showing=looked_at,
            space=house.space,
            by=request.user,
            waived=wished["waived"],
            agreed_price=wished["price"],
            now=now,
        )
    except ValidationError as error:
        return _page(request, looked_at, house.space.slug, now, refused=error, status=409)
    return redirect("bookings:door_booking", reference=booking.reference)


@never_cache
@require_POST
@for_operators
def turn_away(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note that the visitor was not let in, and why."""
    now = timezone.now()
    looked_at, form = _theirs_or_404(request, pk, now), TurnAwayForm(request.POST)
    if not form.is_valid():
        return _page(request, looked_at, form.cleaned_data.get("space", ""), now, form=form, status=400)
    [house] = _hosts_or_404(request, form.cleaned_data["space"] or "-", now)
    # In the language of who may read it.
    with translation.override(looked_at.visa.membership.user.language):
        reason = form.reason
    try:
        turn_away_act(showing=looked_at, space=house.space, by=request.user, reason=reason, now=now)
    except ValidationError as error:
        return _page(request, looked_at, house.space.slug, now, refused=error, form=form, status=409)
    return redirect(reverse("visas:showing", args=[looked_at.pk]) + f"?space={house.space.slug}")


def _theirs_or_404(request: SignedInRequest, pk: int, now: datetime) -> Showing:
    """A visa that was shown to this operator, and not too long ago."""
    own = Showing.objects.filter(shown_to=request.user, shown_at__gt=now - LOOKED_AT_FOR)
    return get_object_or_404(own.select_related("visa__membership__user"), pk=pk)


def _hosts(request: SignedInRequest, now: datetime) -> SpaceQuerySet:
    spaces = Space.objects.in_federation(timezone.localdate(now))
    return spaces if request.user.is_superuser else spaces.filter(pk__in=list(request.user.roles))


def _check_desk(request: SignedInRequest, now: datetime) -> None:
    """Before a visa is looked at: a code that was scanned where there is no desk stays good."""
    if not _hosts(request, now).exists():
        raise Http404


def _hosts_or_404(request: SignedInRequest, slug: str, now: datetime) -> list[House]:
    """The space with that slug, or all, of those of the federation that the operator helps to run; one at least."""
    today = timezone.localdate(now)
    found = [house for house in houses(_hosts(request, now), today=today) if slug in ("", house.space.slug)]
    if not found:
        raise Http404
    return found


def _page(
    request: SignedInRequest,
    looked_at: Showing,
    slug: str,
    now: datetime,
    *,
    refused: ValidationError | None = None,
    form: TurnAwayForm | None = None,
    status: int = 200,
) -> HttpResponse:
    hosts = _hosts_or_404(request, "", now)
    chosen = [house for house in hosts if slug in ("", house.space.slug)]
    if not chosen:
        raise Http404
    shown = look_at(looked_at, chosen, now=now)
    space = shown.space
    visit = shown.found if not (shown.booked or isinstance(shown.found, ValidationError)) else None
    context = {
        "shown": shown,
        "space": space,
        "hosts": [house.space for house in hosts],
        "visit": visit,
        "by_which_rule": by_which_rule(shown, visit.offer) if visit else "",
        "refused": refused,
        "form": form or TurnAwayForm(initial={"space": space.slug}),
    }
    with timezone.override(space.zone):
        return render(request, "visas/desk_showing.html", context, status=status)


def _refused(request: SignedInRequest, error: ValidationError, form: NumberForm) -> HttpResponse:
    """A code or a number that shows no visa: the sentence, and the field for the number."""
    context = {"form": form, "refused": error}
    return render(request, "visas/desk.html", context, status=STATUS[str(lazystr(error.code))])
