"""A person's own sign-ups: those to come, and before."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.links import rsvp_address
from events.models import Rsvp
from events.places import numbers_in_line
from members.requests import SignedInRequest

A_PAGE = 20


@require_safe
def my_events(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    own = Rsvp.objects.for_user(request.user)
    upcoming = own.live().filter(event__ends_at__gt=now).order_by("event__starts_at", "pk")
    before = own.filter(Q(left_at__isnull=False) | Q(event__ends_at__lte=now)).order_by("-event__starts_at", "-pk")
    page = Paginator(before, A_PAGE).get_page(request.GET.get("page"))
    coming = list(upcoming)
    numbers = numbers_in_line(coming)
    context = {
        "upcoming": [(rsvp, rsvp_address(rsvp), numbers.get(rsvp.pk)) for rsvp in coming],
        "before": [(rsvp, rsvp_address(rsvp)) for rsvp in page],
        "page_obj": page,
    }
    return render(request, "events/my_events.html", context)
