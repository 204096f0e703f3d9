"""How a space is joined, and the form to do it."""

from datetime import date, datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from bookings.joinable import Joinable, joinable_plans
from bookings.plan_forms import AnswersForm, FirstDayForm
from bookings.standing import Standing, own_standing_at
from bookings.views.places import house_or_404
from bookings.views.plans.own import check_agreed
from bookings.views.unreadable import unreadable
from members import joining
from members.costs import starting
from members.models import AgreedPlan, Plan
from members.requests import VisitorRequest
from spaces.house import House
from spaces.models import Space


@require_safe
@login_not_required
def how_to_join(request: VisitorRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    house = house_or_404(slug, now)
    context = {
        "space": house.space,
        "choices": joinable_plans(house, request.user, day=house.space.today(now), now=now),
        "standing": standing_here(request, house.space, now),
    }
    return render(request, "plans/join.html", context)


def standing_here(request: VisitorRequest, space: Space, now: datetime) -> Standing | None:
    """What the viewer holds at a space already, or has applied for."""
    return own_standing_at(request.user, space, now=now) if request.user.is_authenticated else None


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@vary_on_headers("HX-Request")
def apply(request: VisitorRequest, slug: str, plan: int) -> HttpResponse:
    """What a plan costs from a day on, and what the space asks; posting it joins, or applies."""
    now = timezone.now()
    house = house_or_404(slug, now)
    form, answers = wish(request, house, now)
    for each in (form, answers):
        if each.is_bound and not each.is_valid():
            return unreadable(request, each, back=house.space)
    starts = form.cleaned_data["starts"]
    chosen = chosen_plan(request, house, plan, starts, now)
    if isinstance(chosen, ValidationError):
        return not_joinable(request, house.space, chosen)
    if request.method != "POST":
        problems = list(joining.start_problems(house.space, starts, now))
        refused = ValidationError(problems) if problems else None
        return application_page(request, chosen, form, answers, now, refused=refused)
    if not request.user.is_authenticated:
        return redirect(sign_in_address(request, starts))
    try:
        check_agreed(form, starting(AgreedPlan.of(chosen.plan), starts))
        joining.join(user=request.user, plan=chosen.plan, starts_on=starts, answers=answers.answers, now=now)
    except ValidationError as error:
        return application_page(request, chosen, form, answers, now, refused=error)
    messages.success(request, welcome(house.space))
    return redirect("plans:mine")


def wish(request: VisitorRequest, house: House, now: datetime) -> tuple[FirstDayForm, AnswersForm]:
    """The first day that is asked for, today if none is, and the answers once they are posted."""
    today = house.space.today(now)
    is_posted = request.method == "POST"
    given = (request.POST if is_posted else request.GET).dict()
    form = FirstDayForm({**given, "starts": given.get("starts") or today})
    form.offer(today, today + joining.START_WITHIN)
    questions = house.space.questions.all()
    return form, AnswersForm(request.POST if is_posted else None, questions=questions)


def chosen_plan(
    request: VisitorRequest, house: House, key: int, starts: date, now: datetime
) -> Joinable | ValidationError:
    """The plan that is to be joined, or why it can't be."""
    choices = joinable_plans(house, request.user, day=starts, now=now)
    found = next((one for one in choices if one.plan.pk == key), None)
    if found:
        return found
    plan: Plan = get_object_or_404(Plan.objects.select_related("space"), pk=key, space=house.space)
    return ValidationError(list(joining.plan_problems(plan, now)))


def not_joinable(request: VisitorRequest, space: Space, refused: ValidationError) -> HttpResponse:
    """Why there is nothing to join."""
    status = 409 if request.method == "POST" else 200
    return render(request, "plans/not_joinable.html", {"space": space, "refused": refused}, status=status)


def application_page(
    request: VisitorRequest,
    chosen: Joinable,
    form: FirstDayForm,
    answers: AnswersForm,
    now: datetime,
    *,
    refused: ValidationError | None,
) -> HttpResponse:
    """The page of the form, with what was typed; 409 if it was sent and refused."""
    space, starts = chosen.plan.space, form.cleaned_data["starts"]
    context = {
        "space": space,
        "chosen": chosen,
        "standing": standing_here(request, space, now),
        "form": form,
        "answers": answers,
        "starts": starts,
        "cost": starting(AgreedPlan.of(chosen.plan), starts),
        "refused": refused,
        "sign_in": sign_in_address(request, starts),
    }
    status = 409 if refused and request.method == "POST" else 200
    template = "plans/apply.html#chosen" if request.htmx else "plans/apply.html"
    return render(request, template, context, status=status)


def sign_in_address(request: VisitorRequest, starts: date) -> str:
    """Where one signs in to come back to this page and this day."""
    here = f"{request.path}?{urlencode({'starts': starts.isoformat()})}"
    return f"{reverse('account_login')}?{urlencode({'next': here})}"


def welcome(space: Space) -> str:
    """What is said after joining, or after an application."""
    if space.takes_applications:
        said = _("Your application is with %(space)s. You get a mail when it is decided.")
    else:
        said = _("Welcome to %(space)s! A mail with everything about your plan is on its way.")
    return said % {"space": space.name}
