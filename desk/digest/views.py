"""The page behind a link of the digest. Opening it changes nothing, as programs that guard mail open it too."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from bookings.views.tickets.discretion import SeeOther
from desk.digest.acts import ACTS, Act
from desk.digest.links import Link, link_of
from desk.digest.once import check_allowed, row_of, use, use_of
from notices.behind_links import behind_an_address
from spaces.refusing import codes

STATUSES = {"link_expired": 410, "no_role": 403, "subject_gone": 410}


@behind_an_address("desk/no_link.html")
@require_http_methods(["GET", "HEAD", "POST"])
def once(request: HttpRequest, token: str) -> HttpResponse:
    """What the link would do, in the language of who it was sent to; posting it does it. It signs nobody in."""
    link = link_of(token)
    if link is None or link.act not in ACTS:
        raise Http404
    language = _language(request, link)
    with translation.override(language), timezone.override(link.space.zone):
        answer = _answer(request, link, ACTS[link.act])
        answer.headers["Content-Language"] = language
    return answer


def _language(request: HttpRequest, link: Link) -> str:
    """The language of who the link was sent to, unless another was chosen on our pages, by the switch at their top."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else link.by.language


def _answer(request: HttpRequest, link: Link, act: Act) -> HttpResponse:
    now = timezone.now()
    try:
        check_allowed(link, act, now=now)
        row = row_of(link, act)
    except ValidationError as error:
        return _page(request, link, refused=error, status=STATUSES[min(codes(error))])
    used = use_of(link)
    if request.method != "POST":
        return _used(request, link, act, row, used) if used else _question(request, link, act, row)
    form = act.form(request.POST)
    if not used and not form.is_valid():
        return _question(request, link, act, row, form=form, status=400)
    try:
        use(link, {} if used else form.cleaned_data, now=now)
    except ValidationError as error:
        if status := STATUSES.get(min(codes(error))):
            return _page(request, link, refused=error, status=status)
        # What was read before may be another by now.
        row = act.subject.find(link.pk, link.space) or row
        return _question(request, link, act, row, form=form, refused=error, status=409)
    return SeeOther(request.path)


def _question(
    request: HttpRequest, link: Link, act: Act, row: Any, *, refused: ValidationError | None = None, **more: Any
) -> HttpResponse:
    """The page that asks. Where there is nothing to do any more, it says so and offers the way to the row."""
    now, can_be_done = timezone.now(), True
    try:
        act.check(row, now)
    except ValidationError as error:
        refused, can_be_done = refused or error, False
    name = {"name": act.subject.called(row)}
    form = more.pop("form", None) or act.form(initial=act.first(row))
    shown: dict[str, Any] = {
        "act": act,
        "name": name["name"],
        "heading": act.asks % name,
        "says": act.says % name,
        "facts": act.subject.facts(row),
        "form": form,
        "can_be_done": can_be_done,
        "address": act.subject.address(row),
    }
    return _page(request, link, refused=refused, **shown, **more)


def _used(request: HttpRequest, link: Link, act: Act, row: Any, used: Any) -> HttpResponse:
    name = {"name": act.subject.called(row)}
    return _page(request, link, heading=act.done % name, used=used, address=act.subject.address(row))


def _page(request: HttpRequest, link: Link, *, status: int = 200, **shown: Any) -> HttpResponse:
    context = {"link": link, "space": link.space, "address": reverse("admin:members_todo"), **shown}
    return render(request, "desk/once.html", context, status=status)
