"""Pausing a plan, and coming back."""

from datetime import date, datetime, timedelta

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from bookings import uncovered
from bookings.models import Booking
from bookings.plan_forms import FirstDayForm, PauseForm
from bookings.views.plans.choosing import asked, chosen_page, take_or_look, taken
from bookings.views.plans.own import check_agreed, own_standing_or_404
from bookings.views.unreadable import unreadable
from members import pausing
from members.costs import Cost
from members.models import Membership
from members.models.membership import DAY
from members.requests import SignedInRequest
from spaces.templatetags.wording import long_day

OFFERED = 3
RESUME_WITHIN = timedelta(days=366)


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def pause(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose from when to when a plan rests, and see what falls away; posting it pauses."""
    now = timezone.now()
    standing = own_standing_or_404(request, pk, now)
    own = standing.membership
    firsts = first_days(own, now)
    form = PauseForm(asked(request, first=firsts[0]))
    if not form.is_valid():
        return unreadable(request, form, back=own.space)
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    tried = take_or_look(
        request, own, lambda: uncovered.pause(membership=own, first=first, last=last, by=request.user, now=now)
    )
    if tried.is_done:
        return taken(request, _("Your plan rests from %(day)s on.") % {"day": long_day(first)})
    goes_on, cost = going_on(own, first, last, now)
    context = {"firsts": firsts, "first": first, "last": last, "form": form, "goes_on": goes_on, "cost": cost}
    return chosen_page(request, "plans/pause.html", standing, tried, **context)


def going_on(own: Membership, first: date, last: date | None, now: datetime) -> tuple[date | None, Cost | None]:
    """The day on which a plan goes on after a pause, and what is due then; None if it does not."""
    if last is None or (own.ends_on and own.ends_on <= last):
        return None, None
    return last + DAY, pausing.cost_of_going_on(own, first, last, now=now)


def first_days(own: Membership, now: datetime) -> list[date]:
    """The renewals with which a pause may begin."""
    found = [pausing.earliest_pause(own, now=now)]
    while len(found) < OFFERED:
        found.append(own.period_of(found[-1]).next_first)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def resume(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose when a plan goes on and see what it costs; posting it resumes. What has not begun is taken back."""
    now = timezone.now()
    standing = own_standing_or_404(request, pk, now)
    own, today = standing.membership, standing.today
    form = FirstDayForm(asked(request, starts=today))
    form.offer(today, (standing.pause and standing.pause.ends_on) or today + RESUME_WITHIN)
    if not form.is_valid():
        return unreadable(request, form, back=own.space)
    day = form.cleaned_data["starts"]
    cost = pausing.cost_of_resume(own, day, now=now)

    def step() -> list[Booking]:
        if request.method == "POST":
            check_agreed(form, cost)
        pausing.resume(membership=own, day=day, by=request.user, now=now)
        return []

    tried = take_or_look(request, own, step)
    if tried.is_done:
        return taken(request, _("Welcome back. Your plan goes on."))
    return chosen_page(request, "plans/resume.html", standing, tried, form=form, day=day, cost=cost)
