"""The list of events: what is to come, or what was."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.feeds import Subscription
from events.finding import been, by_day, rows_of, to_come, with_venues
from events.finding_forms import FilterForm
from members.requests import VisitorRequest
from spaces.models import Space

A_PAGE = 20


@require_safe
@login_not_required
def event_list(request: VisitorRequest) -> HttpResponse:
    now = timezone.now()
    is_past = request.GET.get("past") == "1"
    form = filters(request, with_left=is_past)
    found = form.narrowed(been(now) if is_past else to_come(now))
    page = Paginator(with_venues(found), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "is_past": is_past,
        "days": by_day(rows_of(page.object_list, request.user, now=now)),
        "page_obj": page,
        "subscription": subscription(form),
    }
    return render(request, "events/list.html", context, status=200 if form.is_valid() else 400)


def subscription(form: FilterForm) -> Subscription:
    """The feed of the space that is asked for, or of all."""
    return Subscription.to("space_feed", form.chosen_space.slug) if form.chosen_space else Subscription.to("feed")


def filters(request: VisitorRequest, *, with_left: bool) -> FilterForm:
    """What a page of events is narrowed to; spaces that have left stand among the others where their past does."""
    spaces = Space.objects.all() if with_left else Space.objects.in_federation()
    return FilterForm(request.GET, spaces=spaces)
