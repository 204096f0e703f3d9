"""Changing a plan, and taking a planned change back."""

from collections.abc import Callable
from datetime import date, datetime

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from bookings import uncovered
from bookings.joinable import joinable_plans
from bookings.models import Booking
from bookings.plan_forms import ChangeForm
from bookings.views.plans.choosing import Tried, asked, chosen_page, take_or_look, taken
from bookings.views.plans.mine import done_or_told_why
from bookings.views.plans.own import check_agreed, own_or_404, own_standing_or_404
from bookings.views.unreadable import unreadable
from members import changing
from members.costs import Cost
from members.models import Membership, Plan
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
    key = form.cleaned_data["plan"]
    chosen = next((one for one in choices if one.plan.pk == key), None)
    if chosen is None and (key or request.method == "POST"):
        raise Http404
    tried, cost = Tried(), None
    if chosen:
        cost = changing.cost_of_change(own, chosen.plan, day, now=now)
        tried = take_or_look(request, own, change_step(request, own, form, chosen.plan, day, cost, now))
    if chosen and tried.is_done:
        said = _("From %(day)s on your plan is %(plan)s.")
        return taken(request, said % {"day": long_day(day), "plan": chosen.plan.name})
    offered = {one.offer.free_from for one in choices if one.offer and one.offer.free_from}
    context = {
        "choices": choices,
        "days": sorted({*days, *(free_from for free_from in offered if free_from > days[0])}),
        "renewal": days[-1],
        "day": day,
        "chosen": chosen,
        "cost": cost,
    }
    return chosen_page(request, "plans/change.html", standing, tried, **context)


def change_step(
    request: SignedInRequest,
    own: Membership,
    form: ChangeForm,
    plan: Plan,
    day: date,
    cost: Cost,
    now: datetime,
) -> Callable[[], list[Booking]]:
    """The change to a chosen plan, at the cost that was agreed to."""

    def step() -> list[Booking]:
        if request.method == "POST":
            changing.check_changeable(own, plan, day, now=now)
            check_agreed(form, cost)
        return uncovered.change_plan(membership=own, plan=plan, day=day, by=request.user, now=now)

    return step


@require_POST
def keep_plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a planned change of plan back."""
    own = own_or_404(request, pk)
    return done_or_told_why(
        request,
        lambda: uncovered.stay_on_plan(membership=own, by=request.user, now=timezone.now()),
        _("The change is taken back: your plan stays."),
    )
