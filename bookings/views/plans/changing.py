"""Changing a plan, and taking a planned change back."""

from datetime import date, datetime

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from bookings import uncovered
from bookings.joinable import Joinable, joinable_plans
from bookings.models import Booking
from bookings.plan_forms import ChangeForm
from bookings.standing import Standing
from bookings.views.plans.choosing import Tried, asked, chosen_page, take_or_look, taken
from bookings.views.plans.mine import done_or_told_why
from bookings.views.plans.own import check_agreed, own_or_404, own_standing_or_404
from bookings.views.unreadable import unreadable
from members import changing
from members.requests import SignedInRequest
from spaces.house import house_of
from spaces.templatetags.wording import long_day


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose another plan and the day, and see what it costs and what falls away; posting it changes the plan."""
    now = timezone.now()
    standing = own_standing_or_404(request, pk, now)
    own = standing.membership
    days = changing.change_days(own, now=now)
    form = ChangeForm(asked(request, day=days[-1]))
    if not form.is_valid():
        return unreadable(request, form, back=own.space)
    day = form.cleaned_data["day"] or days[-1]
    house = house_of(own.space, today=standing.today)
    choices = joinable_plans(house, request.user, day=day, now=now)
    context = {"choices": choices, "days": days, "day": day}
    if not form.cleaned_data["plan"]:
        return chosen_page(request, "plans/change.html", standing, Tried(), **context)
    chosen = next((one for one in choices if one.plan.pk == form.cleaned_data["plan"]), None)
    if chosen is None:
        raise Http404
    return change_to(request, standing, form, chosen, day, now, **context)


def change_to(
    request: SignedInRequest,
    standing: Standing,
    form: ChangeForm,
    chosen: Joinable,
    day: date,
    now: datetime,
    **context: object,
) -> HttpResponse:
    """The change to a chosen plan: looked at, or done."""
    own, plan = standing.membership, chosen.plan
    cost = changing.cost_of_change(own, plan, day, now=now)

    def step() -> list[Booking]:
        if request.method == "POST":
            changing.check_changeable(own, plan, day, now=now)
            check_agreed(form, cost)
        return uncovered.change_plan(membership=own, plan=plan, day=day, by=request.user, now=now)

    tried = take_or_look(request, own, step)
    if tried.is_done:
        said = _("From %(day)s on your plan is %(plan)s.")
        return taken(request, said % {"day": long_day(day), "plan": plan.name})
    return chosen_page(request, "plans/change.html", standing, tried, chosen=chosen, cost=cost, **context)


@require_POST
def keep_plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a planned change of plan back."""
    own = own_or_404(request, pk)
    return done_or_told_why(
        request,
        lambda: changing.stay_on_plan(membership=own, by=request.user, now=timezone.now()),
        _("The change is taken back: your plan stays."),
    )
