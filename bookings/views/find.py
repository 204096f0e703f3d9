"""Finding by time over all spaces."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from bookings.finding import Finding
from bookings.finding import find as find_room
from bookings.forms import FindForm
from bookings.views.places import find_defaults
from bookings.views.unreadable import on_its_own
from members.requests import VisitorRequest


@require_safe
@login_not_required
@vary_on_headers("HX-Request")
def find(request: VisitorRequest) -> HttpResponse:
    now = timezone.now()
    if not request.GET:
        return render(request, "bookings/find.html", {"form": FindForm(initial=find_defaults(now))})
    form = FindForm(request.GET)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        wish = form.cleaned_data
        findings = find_room(
            day=wish["day"],
            start=wish["start"],
            end=wish["end"],
            persons=wish["seats"],
            user=request.user,
            now=now,
        )
        # A space stands once, where the first of what it has would stand.
        by_space: dict[int, list[Finding]] = {}
        for finding in findings:
            by_space.setdefault(finding.house.space.pk, []).append(finding)
        context |= {"groups": list(by_space.values()), "asked": wish}
    if not form.is_valid():
        return on_its_own(request, render(request, "bookings/find.html", context, status=400))
    return render(request, "bookings/find.html#findings" if request.htmx else "bookings/find.html", context)
