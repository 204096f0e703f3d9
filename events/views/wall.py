"""The wall of an event: writing on it, all that stands on it, and hiding a line."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings.views.tickets.discretion import SeeOther
from events.models import Event, Rsvp, WallLine
from events.now import A_WALL, Now, who_looks
from events.saying import hide as hide_line
from events.saying import say
from events.views.discretion import discreet, rsvp_or_404
from events.views.event import event_or_404
from events.wall_form import SayForm
from members.requests import SignedInRequest, VisitorRequest


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def wall(request: VisitorRequest, reference: str) -> HttpResponse:
    """The whole wall, for who has signed in; posting writes a line."""
    return _wall(request, event_or_404(reference, request.user))


@discreet
@require_http_methods(["GET", "HEAD", "POST"])
def wall_by_link(request: VisitorRequest, token: str) -> HttpResponse:
    """The whole wall, for whoever has the link to a sign-up; posting writes a line."""
    rsvp = rsvp_or_404(token)
    return _wall(request, rsvp.event, rsvp)


@require_POST
def hide(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Take a line off the wall, in every venue."""
    event = get_object_or_404(Event.objects.hosted_by(request.user), reference=reference)
    hide_line(line=get_object_or_404(WallLine, event=event, pk=pk), by=request.user, now=timezone.now())
    messages.success(request, _("The line is hidden, at all venues."))
    return redirect("events:wall", event.reference)


def _wall(request: VisitorRequest, event: Event, rsvp: Rsvp | None = None) -> HttpResponse:
    looks = who_looks(event, user=request.user, rsvp=rsvp, now=timezone.now())
    if request.method == "POST":
        return _said(request, looks)
    if looks.sees_wall:
        return _page(request, looks)
    if not request.user.is_authenticated and rsvp is None:
        return redirect_to_login(request.get_full_path())
    raise Http404


def _said(request: VisitorRequest, looks: Now) -> HttpResponse:
    """Write the line, and go back; with htmx the page stays, and only the form comes anew."""
    form = SayForm(request.POST)
    if form.is_valid():
        try:
            say(event=looks.event, rsvp=looks.rsvp, host=looks.host, text=form.cleaned_data["text"], now=looks.moment)
        except ValidationError as error:
            form.add_error("text", error)
    if request.htmx:
        # Refused as well: an answer that is an error would not be shown.
        answer = render(request, "events/_say.html", {"now_on": looks, "form": form if form.errors else looks.form})
        if not form.errors:
            answer.headers["HX-Trigger"] = "said"
        return answer
    return _page(request, looks, form, status=409) if form.errors else SeeOther(f"{looks.page}#wall")


def _page(request: VisitorRequest, looks: Now, refused: SayForm | None = None, *, status: int = 200) -> HttpResponse:
    lines = WallLine.objects.filter(event=looks.event).shown() if looks.sees_wall else WallLine.objects.none()
    page = Paginator(lines, A_WALL).get_page(request.GET.get("page"))
    context = {"now_on": looks, "event": looks.event, "form": refused, "lines": page, "page_obj": page}
    return render(request, "events/wall.html", context, status=status)
