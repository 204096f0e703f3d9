"""The passport: a person's visas with the pages of the hosts, and the code to show at a desk."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from bookings.passport import passports
from bookings.qr import qr_svg
from members.requests import SignedInRequest
from visas.holding import HeldVisa, visas_of
from visas.showing import GOOD_FOR, code_address, new_code


@never_cache
@require_safe
def passport(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    return render(request, "visas/passport.html", {"passports": passports(request.user, now=now), "now": now})


@never_cache
@require_safe
@vary_on_headers("HX-Request")
def passport_code(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new code of one's own visa, good for a minute and a half; or why there is none today."""
    now = timezone.now()
    held = own_or_404(request, pk)
    refused = held.why_not_on(held.home.today(now))
    context = {
        "held": held,
        "visa": held.visa,
        "refused": refused,
        "qr_svg": None if refused else qr_svg(code_address(new_code(held.visa))),
        "good_until": now + GOOD_FOR,
    }
    with timezone.override(held.home.zone):
        page = "visas/passport_code.html#code" if request.htmx else "visas/passport_code.html"
        return render(request, page, context)


def own_or_404(request: SignedInRequest, pk: int) -> HeldVisa:
    """A visa of the signed-in person; others' do not exist for them."""
    found = next((held for held in visas_of(request.user) if held.visa.pk == pk), None)
    if found is None:
        raise Http404
    return found
