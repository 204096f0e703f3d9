"""Ending a plan after one of its months, and taking the end back."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from bookings import uncovered
from bookings.plan_forms import LastDayForm
from bookings.views.plans.choosing import asked, chosen_page, take_or_look, taken
from bookings.views.plans.mine import done_or_told_why
from bookings.views.plans.own import own_or_404, own_standing_or_404
from bookings.views.unreadable import unreadable
from members import ending
from members.requests import SignedInRequest
from spaces.templatetags.wording import long_day


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose the last day and see what falls away; posting it ends the plan."""
    now = timezone.now()
    standing = own_standing_or_404(request, pk, now)
    own, options = standing.membership, standing.last_days
    form = LastDayForm(asked(request, last=options[0]))
    if not form.is_valid():
        return unreadable(request, form, back=own.space)
    last = form.cleaned_data["last"]
    tried = take_or_look(request, own, lambda: uncovered.end(membership=own, last=last, by=request.user, now=now))
    never_begins = not standing.has_begun and last < own.starts_on
    if tried.is_done and never_begins:
        return taken(request, _("It is taken back before it began."))
    if tried.is_done:
        said = _("Your plan ends on %(day)s. Until then you can take that back.")
        return taken(request, said % {"day": long_day(last)})
    context = {
        "options": options,
        "last": last,
        "never_begins": never_begins,
        "cost": ending.cost_of_end(own, last, now=now),
    }
    return chosen_page(request, "plans/end.html", standing, tried, **context)


@require_POST
def stay(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a planned end back."""
    own = own_or_404(request, pk)
    return done_or_told_why(
        request,
        lambda: ending.stay(membership=own, by=request.user, now=timezone.now()),
        _("Good that you stay. The end is taken back."),
    )
