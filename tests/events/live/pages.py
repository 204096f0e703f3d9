"""The smallest page that follows an event, for the tests of static/events/live.js."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from events.live import channel


class Wall:
    """What the page shows when it is made or reloaded; tests write it."""

    lines: list[int] = []
    here = 0
    looked = 0
    is_seen = True


@login_not_required
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        f"""<!doctype html><html lang="ja"><title>Jelly</title><link rel="icon" href="data:,">
        <script src="{settings.STATIC_URL}events/live.js" defer></script>
        <div data-reload="/part/"><form><input name="words"></form>
        <div data-live-part>{part_html()}</div></div>"""
    )


@login_not_required
def part(request: HttpRequest) -> HttpResponse:
    Wall.looked += 1
    return HttpResponse(part_html())


def part_html() -> str:
    lines = "".join(line(number) for number in reversed(Wall.lines))
    address = channel.address("SEPT", sees_wall=Wall.is_seen, language="ja").replace("&", "&amp;")
    counts = f'<b data-here="3">{Wall.here}</b><b data-here="4">0</b>'
    return f'<i data-live="{address}" hidden></i>{counts}<ul data-wall>{lines}</ul>'


def line(number: int) -> str:
    return f'<li id="line-{number}">{number}</li>'


urlpatterns = [path("page/", page), path("part/", part)]
