"""The balance of days by Coworking VISA between all spaces, by month.

Every operator sees the figures of the whole federation: they are counts of days between spaces, with nobody's name.
"""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from unfold.widgets import UnfoldAdminSelectWidget

from billing.closing import next_month
from billing.spreadsheet import as_csv
from bookings.visa_balance import Balance, balance, last_months
from bookings.visa_picture import picture
from spaces.models import Space
from spaces.templatetags.wording import month_name

YEAR = "year"
# As far back as the list of months goes.
MONTHS = 36


class MonthForm(forms.Form):
    """A month, or the last twelve in all."""

    month = forms.ChoiceField(label=gettext_lazy("Month"), widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [(f"{month:%Y-%m}", month_name(month)) for month in last_months(today, MONTHS)]
        self.fields["month"].choices = [(YEAR, _("The last 12 months")), *months]  # type: ignore[attr-defined]


def balance_view(request: HttpRequest) -> HttpResponse:
    """Home spaces and hosts with the days between them, this month's unless another is asked for: three queries."""
    form, months, found = _asked(request)
    is_year = len(months) > 1
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Balance of the VISA"),
        "form": form,
        "heading": _("The last 12 months") if is_year else month_name(months[0]),
        "balance": found,
        "picture": picture(found),
        "csv": f"{reverse('admin:visas_balance_csv')}?month={YEAR if is_year else f'{months[0]:%Y-%m}'}",
    }
    status = 400 if form.is_bound and not form.is_valid() else 200
    return TemplateResponse(request, "admin/visas/balance.html", context, status=status)


def csv_view(request: HttpRequest) -> HttpResponse:
    """A line for each month, home space and host with days between them."""
    form, months, found = _asked(request)
    if form.is_bound and not form.is_valid():
        return balance_view(request)
    names = {space.pk: space.name for space in found.spaces}
    head = [_("month"), pgettext("a column", "members of"), pgettext("a column", "at"), _("days")]
    rows = [[f"{one.month:%Y-%m}", names[one.home], names[one.host], one.days] for one in found.given]
    name = f"visa-{months[-1]:%Y-%m}_{months[0]:%Y-%m}" if len(months) > 1 else f"visa-{months[0]:%Y-%m}"
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "private, no-store"}
    return HttpResponse(as_csv([head, *rows]), content_type="text/csv; charset=utf-8", headers=headers)


def _asked(request: HttpRequest) -> tuple[MonthForm, list[date], Balance]:
    """The months that the address names, the latest first, else this one; with the form, which says what was wrong."""
    now = timezone.now()
    today = timezone.localdate(now)
    sent = request.GET if "month" in request.GET else None
    form = MonthForm(sent, initial={"month": f"{today:%Y-%m}"}, today=today)
    months = [today.replace(day=1)]
    if form.is_bound and form.is_valid():
        name = form.cleaned_data["month"]
        months = list(last_months(today)) if name == YEAR else [date.fromisoformat(f"{name}-01")]
    last = next_month(months[0]) - timedelta(days=1)
    return form, months, balance(Space.objects.all(), months[-1], last, now=now)
