"""Choosing what one is told, by the link in a mail; who has pressed "unsubscribe" in a mail program is here too."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notices.behind_links import behind_an_address
from notices.choices import choices_of, topics_for
from notices.choosing import choose as choose_act
from notices.choosing import may_be_turned_off, turn_off, turn_on, turned_off
from notices.kinds import Topic, kinds
from notices.links import Choice, choice_of
from notices.models import Notice

# What a mail program posts for who presses "unsubscribe" in it (RFC 8058, 3.1).
_ONE_CLICK = ("List-Unsubscribe", "One-Click")


# The address itself says who may post: a mail program has neither cookies nor a page of ours with a token in it.
@csrf_exempt
@behind_an_address("notices/no_choice.html")
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, token: str) -> HttpResponse:
    """What an address is told. Looking, as scanners of mail do, changes nothing.

    Posting does: in one step what the mail carried, or each switch. A mail program is answered in short, as nobody
    reads it, and not sent elsewhere, which RFC 8058 forbids.
    """
    choice = choice_of(token)
    if choice is None:
        raise Http404
    if request.method != "POST":
        return _page(request, choice)
    now, act = timezone.now(), request.POST.get("act")
    name, value = _ONE_CLICK
    if request.POST.get(name) == value:
        turn_off(choice.address, choice.kinds, now=now)
        return HttpResponse()
    if act == "off":
        turn_off(choice.address, choice.kinds, now=now)
    elif act == "on":
        turn_on(choice.address, choice.kinds)
    elif act == "choose":
        wanted, among = request.POST.getlist("wanted"), request.POST.getlist("among")
        choose_act(choice.address, wanted, among=may_be_turned_off(among), now=now)
    else:
        return _page(request, choice, status=400)
    return redirect(request.path + ("?saved=1" if act == "choose" else ""))


def _page(request: HttpRequest, choice: Choice, *, status: int = 200) -> HttpResponse:
    """The page in the language of the mails, unless the reader has chosen another one on our pages."""
    named = [kind for kind in kinds() if kind.name in choice.kinds]
    off = turned_off(choice.address)
    # Who runs a space is not known here: that topic is for who got a mail about it, or has turned one off.
    about_running = {kind.name for kind in kinds() if kind.topic == Topic.RUNNING}
    topics = topics_for(runs_a_space=bool(about_running & {*choice.kinds, *off}))
    stoppable = [kind for kind in named if kind.can_be_turned_off]
    language = _language_of(request, choice.address)
    with translation.override(language):
        answer = render(
            request,
            "notices/choose.html",
            {
                "address": choice.address,
                "stoppable": stoppable,
                "needed": [kind for kind in named if not kind.can_be_turned_off],
                "are_off": bool(stoppable) and all(kind.name in off for kind in stoppable),
                "choices": choices_of(choice.address, topics, besides=[kind.name for kind in stoppable]),
                "is_saved": "saved" in request.GET,
            },
            status=status,
        )
    answer.headers["Content-Language"] = language
    return answer


def _language_of(request: HttpRequest, address: str) -> str:
    """The language in which an address was written to last; the browser's where that is not known."""
    here = translation.get_language() or settings.LANGUAGE_CODE
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return here
    told = Notice.objects.filter(recipient=address, state=Notice.State.SENT).order_by("-settled_at")
    return told.values_list("language", flat=True).first() or here
