"""Calendar feeds, for programs: all events, those of a space, and a person's own."""

import hashlib
import re

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events import own_calendar
from events.feeds import feed, near, own_feed
from events.finding import ever_at_space, shown, with_venues
from events.jelly_weeks import coming_year, jellies_of
from events.views.jelly_week import year_or_404
from spaces.models import Space

# When the file was written says nothing about what it holds.
_STAMP = re.compile(rb"\r\nDTSTAMP:[^\r]*")


@require_safe
@login_not_required
def everything(request: HttpRequest) -> HttpResponse:
    """All events; with `?jelly_week=2027` the Jellies of that week."""
    now = timezone.now()
    with translation.override(language(request)):
        if "jelly_week" in request.GET:
            year = year_of(request.GET["jelly_week"])
            name = _("Jelly Week %(year)s") % {"year": year}
            return answer(request, feed(name, jellies_of(year, now), now=now))
        return answer(request, feed(_("Events · Coworking Hokkaido"), with_venues(near(shown(now), now)), now=now))


@require_safe
@login_not_required
def of_space(request: HttpRequest, slug: str) -> HttpResponse:
    """Events of a space, also of one that has left: its past stays."""
    now = timezone.now()
    space = get_object_or_404(Space, slug=slug)
    with translation.override(language(request)):
        name = _("Events · %(space)s") % {"space": space.name}
        events = with_venues(near(ever_at_space(shown(now), space), now))
        return answer(request, feed(name, events, space=space, now=now))


@require_safe
@login_not_required
def own(request: HttpRequest, token: str) -> HttpResponse:
    """What a person goes to and has booked, for who has the address; it looks the same whatever is wrong with one."""
    user = own_calendar.owner_of(token)
    if user is None:
        raise Http404
    with translation.override(language(request, user.language)):
        response = answer(request, own_feed(user, now=timezone.now()))
    response.headers["Cache-Control"] = "no-cache, private"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def language(request: HttpRequest, otherwise: str = settings.LANGUAGE_CODE) -> str:
    """The language that `?lang=` asks for; what a browser prefers is not asked, as programs read feeds."""
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else otherwise


def year_of(text: str) -> int:
    """A year as the page of Jelly Week takes it."""
    if not re.fullmatch("[0-9]{4}", text):
        raise Http404
    return year_or_404(int(text), coming_year(timezone.localdate()))


def answer(request: HttpRequest, content: bytes) -> HttpResponse:
    """The file, or 304 if the program has it already: it says so by the ETag, which changes with what it holds."""
    digest = hashlib.sha256(_STAMP.sub(b"", content)).hexdigest()
    etag = f'W/"{digest[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache", "Content-Language": translation.get_language()}
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
    return get_conditional_response(request, etag=etag, response=response) or response
