"""A line of the wall as the pages show it, in each language: the same for who opens a page and for who has it open."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from events.models import WallLine


def html_by_language(line: WallLine) -> dict[str, str]:
    """The line as an item of the list, by language. Wants its event with the organiser."""
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = render_to_string("events/_line.html", {"line": line, "event": line.event})
    return found
