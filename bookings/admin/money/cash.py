"""Cashing up a day: what should be in the box, what was in it, and the counts so far."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from billing.cash_up import MOST_YEN, box, count
from billing.models import CashCount, Payment
from billing.refusals import refusal
from bookings.admin.money.places import CASH, framed, shown_at, space_or_404
from bookings.admin.money.span import EARLIEST, DayInput
from bookings.admin.scope import may_at, signed_in
from spaces.models import Space

COUNTS_PER_PAGE = 31
PAYMENTS_SHOWN = 200


class DayForm(forms.Form):
    """The day that is cashed up: today, or one that was forgotten."""

    day = forms.DateField(label=capfirst(gettext_lazy("day")), input_formats=["%Y-%m-%d"], widget=DayInput())

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise refusal("count_in_future")
        if day < EARLIEST:
            raise ValidationError(_("Give days from 2000 to 2099."), code="day")
        return day


class CountForm(forms.Form):
    """What is in the box. `expected` is what the page said should be in it."""

    counted = forms.IntegerField(
        label=gettext_lazy("Yen in the box"),
        min_value=0,
        max_value=MOST_YEN,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"inputmode": "numeric"}),
    )
    note = forms.CharField(
        label=capfirst(gettext_lazy("note")),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Why it differs: taken to the bank, change brought, …"),
        widget=UnfoldAdminTextInputWidget,
    )
    expected = forms.IntegerField(required=False, widget=forms.HiddenInput)


def cash_view(request: HttpRequest, slug: str) -> HttpResponse:
    """The box at the end of a day. A count is compared first, and noted when its difference was seen."""
    space = space_or_404(request, CASH, slug)
    today = space.today(timezone.now())
    asked = DayForm(request.GET if "day" in request.GET else None, today=today, initial={"day": today})
    day = asked.cleaned_data["day"] if asked.is_bound and asked.is_valid() else today
    may_count = may_at(request, space.pk, "add", CASH.label)
    form = CountForm(request.POST if request.method == "POST" else None)
    is_count = False
    if request.method == "POST":
        if not may_count:
            raise PermissionDenied
        is_count = not asked.errors and form.is_valid()
        if is_count and "post" in request.POST and _noted(request, space, day, form):
            return redirect(f"{reverse('admin:billing_cash_at', args=[space.slug])}?day={day}")
    found = box(space, day)
    cash = Payment.objects.standing().filter(space=space, method=Payment.Method.CASH, received_on=day)
    context = {
        **framed(request, space, CASH),
        "asked": asked,
        "day": day,
        "box": found,
        "cash": cash.select_related("payer", "taken_by").order_by("pk")[:PAYMENTS_SHOWN],
        "noted": CashCount.objects.filter(space=space, day=day).select_related("counted_by").first(),
        "form": form,
        "difference": form.cleaned_data["counted"] - found.expected if is_count else None,
        "may_count": may_count,
        "counts": Paginator(
            CashCount.objects.filter(space=space).select_related("counted_by"), COUNTS_PER_PAGE
        ).get_page(request.GET.get("page")),
        "kept": f"day={day}",
    }
    is_wrong = bool(asked.errors or form.errors)
    return shown_at(request, space, "admin/billing/cash.html", context, status=400 if is_wrong else 200)


def _noted(request: HttpRequest, space: Space, day: date, form: CountForm) -> bool:
    """Note a count, with the difference that the page showed; whether it was noted."""
    seen = form.cleaned_data["expected"]
    try:
        # Without what it showed a form agrees to nothing.
        if seen is None:
            raise refusal("box_moved")
        count(
            space=space,
            day=day,
            counted=form.cleaned_data["counted"],
            note=form.cleaned_data["note"],
            by_id=signed_in(request).pk,
            seen=seen,
            now=timezone.now(),
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("The count is noted."))
    return True
