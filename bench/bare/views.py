"""The three bare views."""

from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bench.bare.models import Hold, Place

LONGEST = timedelta(hours=25)


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


def day(request: HttpRequest) -> HttpResponse:
    """One indexed query, ten rows, one template."""
    starts = datetime.fromisoformat(request.GET["from"])
    holds = Hold.objects.filter(place=request.GET["place"], starts_at__gte=starts).order_by("starts_at")[:10]
    return render(request, "bare_day.html", {"holds": holds})


def hold(request: HttpRequest) -> HttpResponse:
    """Lock one row, check the peak, insert one booking."""
    starts_at, ends_at = (datetime.fromisoformat(request.POST[name]) for name in ("starts", "ends"))
    with transaction.atomic():
        place = Place.objects.select_for_update(no_key=True).get(pk=request.POST["place"])
        others = Hold.objects.filter(
            place=place, starts_at__gt=starts_at - LONGEST, starts_at__lt=ends_at, ends_at__gt=starts_at
        )
        if peak(list(others.values_list("starts_at", "ends_at"))) >= place.capacity:
            return HttpResponse("full", status=409)
        Hold.objects.create(place=place, starts_at=starts_at, ends_at=ends_at, person=request.POST["person"])
    return HttpResponse("held", status=201)


def peak(stretches: list[tuple[datetime, datetime]]) -> int:
    """The most of these half-open stretches that share a moment."""
    changes = sorted([(start, 1) for start, _ in stretches] + [(end, -1) for _, end in stretches])
    most = taken = 0
    for _, change in changes:
        taken += change
        most = max(most, taken)
    return most
