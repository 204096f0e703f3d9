"""The bank's list: handed in, looked at with a proposal for each row, and noted, all that is ticked or nothing."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from billing.balances import standings_of
from billing.bank_list import read
from billing.models import Payment
from billing.noting import note_all
from bookings.admin.money.bank_choice import OTHER
from bookings.admin.money.bank_form import ListForm, packed, shortened, unpacked
from bookings.admin.money.bank_sheet import Sheet, told
from bookings.admin.money.places import BANK, space_or_404
from bookings.admin.scope import may_at, signed_in
from spaces.models import Space
from spaces.templatetags.wording import signed_yen

NOTED = "bank_noted"


def bank_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a list; show what its rows may be; note those that are ticked."""
    space = _space(request, slug)
    if request.method == "POST" and "list" in request.POST:
        return _look_or_note(request, space)
    sent = request.method == "POST"
    form = ListForm(request.POST if sent else None, request.FILES if sent else None)
    if sent and form.is_valid():
        return _proposed(request, Sheet(space, form.bank_list, timezone.now()), packed(form.content))
    return _asked(request, space, form)


def noted_view(request: HttpRequest, slug: str) -> HttpResponse:
    """What was noted last, and how these people stand now; a fixed number of queries."""
    space = _space(request, slug)
    keys = request.session.get(NOTED, [])
    payments = list(
        Payment.objects.standing()
        .filter(space=space, pk__in=keys, bank_line__isnull=False)
        .select_related("payer")
        .order_by("received_on", "pk")
    )
    if not payments:
        return redirect("admin:billing_bank_at", space.slug)
    standings = standings_of(space, {one.payer_id for one in payments})
    context = {
        **_framed(request, space),
        "rows": [(one, standings[one.payer_id]) for one in payments],
        "yen": sum(one.yen for one in payments),
    }
    return TemplateResponse(request, "admin/billing/bank_noted.html", context)


def _space(request: HttpRequest, slug: str) -> Space:
    """The space of the address. Raises Http404, and PermissionDenied for who may look at payments, but take none."""
    space = space_or_404(request, BANK, slug)
    if not may_at(request, space.pk, "add", BANK.label):
        raise PermissionDenied
    return space


def _look_or_note(request: HttpRequest, space: Space) -> HttpResponse:
    """The list that the page kept is read again: nothing of what came in is taken from the form."""
    try:
        content = unpacked(request.POST["list"])
        bank_list = read(content)
    except ValueError:
        messages.warning(request, _("The list did not arrive whole. Hand it in once more."))
        return redirect("admin:billing_bank_at", space.slug)
    except ValidationError as error:
        messages.warning(request, " ".join(shortened(error).messages))
        return redirect("admin:billing_bank_at", space.slug)
    part = request.POST.get("part", "")
    now = timezone.now()
    sheet = Sheet(space, bank_list, now, int(part) if part.isdecimal() and len(part) < 5 else 0, request.POST)
    chosen = sheet.chosen()
    if "note" not in request.POST:
        return _proposed(request, sheet, packed(content))
    if sheet.problems:
        messages.error(request, told(sheet))
        return _proposed(request, sheet, packed(content))
    waiting = sheet.waiting
    try:
        noted = note_all(space=space, chosen=chosen, taken_by_id=signed_in(request).pk, now=now)
    except ValidationError as error:
        again = Sheet(space, bank_list, now, sheet.part, request.POST)
        return _proposed(request, again, packed(content), refused=[_("Nothing was noted."), *error.messages])
    return _noted(request, sheet, noted, packed(content), left=waiting - len(noted))


def _noted(request: HttpRequest, sheet: Sheet, noted: list[Payment], kept: str, *, left: int) -> HttpResponse:
    """On to the next part of a long list, or to what was noted; how many rows were `left` of this part is said."""
    is_last = sheet.part == sheet.last_part
    keys = [*_noted_of(request, sheet), *(one.pk for one in noted)]
    if not keys and is_last:
        messages.warning(request, _("No row is ticked. Nothing was noted."))
        return _proposed(request, sheet, kept)
    request.session[NOTED] = keys
    if noted:
        said = ngettext(
            "%(count)s payment was noted, %(yen)s in all.", "%(count)s payments were noted, %(yen)s in all.", len(noted)
        )
        messages.success(request, said % {"count": len(noted), "yen": signed_yen(sum(one.yen for one in noted))})
    if keys and left:
        said = ngettext(
            "%(count)s row was left out. Hand the same list in again to note it later.",
            "%(count)s rows were left out. Hand the same list in again to note them later.",
            left,
        )
        messages.info(request, said % {"count": left})
    if is_last:
        return redirect("admin:billing_bank_noted", sheet.space.slug)
    return _proposed(request, Sheet(sheet.space, sheet.bank_list, sheet.now, sheet.part + 1), kept)


def _noted_of(request: HttpRequest, sheet: Sheet) -> list[int]:
    """Keys of what was noted of the parts of a list before this one; with the first part another list begins."""
    return list(request.session.get(NOTED, [])) if sheet.part else []


def _asked(request: HttpRequest, space: Space, form: ListForm) -> HttpResponse:
    context = {**_framed(request, space), "form": form}
    return TemplateResponse(request, "admin/billing/bank.html", context)


def _proposed(request: HttpRequest, sheet: Sheet, kept: str, refused: list[str] | None = None) -> HttpResponse:
    context = {
        **_framed(request, sheet.space),
        "sheet": sheet,
        "list": kept,
        "refused": refused or [],
        "goes_on": sheet.part < sheet.last_part or bool(_noted_of(request, sheet)),
        "other": OTHER,
        "money": pgettext("an amount of money", "¥%(amount)s"),
    }
    return TemplateResponse(request, "admin/billing/bank_proposals.html", context)


def _framed(request: HttpRequest, space: Space) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": BANK.title, "subtitle": space.name, "space": space}
