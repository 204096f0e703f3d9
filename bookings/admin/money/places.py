"""Pages of money at one space: who may open them, and the way from one of them, and from one space, to another."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.admin.scope import may_at, signed_in
from members.roles import spaces_where
from spaces.models import Space


@dataclass(frozen=True)
class Place:
    """A page of money: its address has a name, and another for a space; who may view `label` is offered it."""

    name: str
    title: Any
    label: str


BOOKS = Place("billing_books", _("Books"), "billing.month")
BALANCES = Place("billing_balances", _("Balances"), "billing.invoice")
OPEN = Place("billing_open", _("Open invoices"), "billing.invoice")
MONTHS = Place("billing_months", _("Monthly closing"), "billing.month")
CASH = Place("billing_cash", _("Cash-up"), "billing.cashcount")
BANK = Place("billing_bank", _("Bank list"), "billing.payment")
MONTH_INVOICES = Place("billing_month_invoices", _("Invoices of the month"), "billing.invoice")
# The pages of the books, which lead from one to another.
PLACES = (BOOKS, BALANCES, OPEN, MONTHS, CASH)


def spaces_of(request: HttpRequest, place: Place) -> QuerySet[Space]:
    """The spaces at which the person may open a page."""
    user = signed_in(request)
    if user.is_superuser:
        return Space.objects.all()
    return Space.objects.filter(pk__in=spaces_where(user.roles, "view", place.label))


def space_or_404(request: HttpRequest, place: Place, slug: str) -> Space:
    """The space of an address, if the person may open the page there. Raises Http404."""
    space = spaces_of(request, place).filter(slug=slug).first()
    if space is None:
        raise Http404
    return space


def framed(request: HttpRequest, space: Space, here: Place) -> dict[str, Any]:
    """What every page of the books shows around itself: its title, its neighbours, and the same page elsewhere."""
    neighbours = [one for one in PLACES if may_at(request, space.pk, "view", one.label)]
    return {
        **admin.site.each_context(request),
        "title": here.title,
        "subtitle": space.name,
        "space": space,
        "neighbours": [
            {"title": one.title, "address": reverse(f"admin:{one.name}_at", args=[space.slug]), "is_here": one == here}
            for one in neighbours
        ],
        "elsewhere": [
            {"space": one, "address": reverse(f"admin:{here.name}_at", args=[one.slug])}
            for one in spaces_of(request, here)
            if one != space
        ],
    }


def shown_at(
    request: HttpRequest, space: Space, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page whose moments are told in the space's own time."""
    with timezone.override(space.zone):
        return TemplateResponse(request, template, context, status=status).render()


def chooser(place: Place) -> Callable[[HttpRequest], HttpResponse]:
    """A view that leads to the page at the only space there is, or asks which one."""

    def choose(request: HttpRequest) -> HttpResponse:
        spaces = list(spaces_of(request, place))
        if not spaces:
            raise PermissionDenied
        if len(spaces) == 1:
            return redirect(f"admin:{place.name}_at", spaces[0].slug)
        choices = [{"space": one, "address": reverse(f"admin:{place.name}_at", args=[one.slug])} for one in spaces]
        context = {**admin.site.each_context(request), "title": place.title, "choices": choices}
        return TemplateResponse(request, "admin/billing/choose_space.html", context)

    return choose
