"""Tickets on paper: a sheet of ten on A4, in both languages, drawn by Typst (visas/papers/tickets.typ)."""

import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import segno
import typst
from django.utils.translation import ngettext, override, pgettext

from billing.drawing import emblem_image, fonts, printable
from spaces.look import tone_colours
from spaces.models import Space
from spaces.templatetags.wording import dotted
from visas.models import Campaign

PAPER = Path(__file__).parent / "papers" / "tickets.typ"
A_SHEET = 10


@dataclass(frozen=True)
class Printed:
    """A ticket as it is printed: its code in groups, where its QR leads, and its last day."""

    code: str
    link: str
    until: date


def sheet(campaign: Campaign, spaces: Iterable[Space], tickets: Iterable[Printed], *, address: str) -> dict[str, Any]:
    """All that is read on a sheet. `address` is where a code is typed, `spaces` those that take the tickets."""
    taking = list(spaces)
    return {
        "title": " ".join(dict.fromkeys(_both(campaign, "name").values())),
        "organiser": campaign.organiser.name,
        "name": _both(campaign, "name"),
        "for_whom": _both(campaign, "for_whom"),
        "starts": dotted(campaign.starts_on),
        "spaces": [_shown(space) for space in taking],
        "words": _words(campaign, len(taking)),
        "address": address.removeprefix("https://").removeprefix("http://"),
        "tickets": [{**asdict(one), "until": dotted(one.until)} for one in tickets],
    }


def pdf(said: dict[str, Any], *, now: datetime) -> bytes:
    """A sheet as PDF. The words reach Typst as JSON, so none of them is code there.

    Without tags, which paper has no use for: with them a thousand tickets are three times as large.
    """
    return typst.compile(str(PAPER), **_drawn(said), timestamp=int(now.timestamp()), pdf_tags=False)


def png(said: dict[str, Any], *, dots_an_inch: float = 110) -> list[bytes]:
    """Its pages as pictures, to look at."""
    pages = typst.compile(str(PAPER), **_drawn(said), format="png", ppi=dots_an_inch)
    return pages if isinstance(pages, list) else [pages]


def _drawn(said: dict[str, Any]) -> dict[str, Any]:
    drawn = printable({**said, "tickets": [], "spaces": []})
    drawn["spaces"] = [{**printable(space), "emblem": space["emblem"]} for space in said["spaces"]]
    drawn["tickets"] = [{**one, "qr": _qr(one["link"])} for one in said["tickets"]]
    return {"font_paths": fonts(), "ignore_system_fonts": True, "sys_inputs": {"sheet": json.dumps(drawn)}}


def _words(campaign: Campaign, spaces: int) -> dict[str, Any]:
    """What stands on every ticket, in both languages."""
    said: dict[str, dict[str, str]] = {}
    for language in ("ja", "en"):
        with override(language):
            said[language] = {
                "kind": pgettext("printed on a ticket", "Shared trial ticket"),
                "valid": pgettext("printed on a ticket", "Valid"),
                "visits": pgettext("printed on a ticket", "Good for"),
                "said": _visits(campaign, spaces),
                "scan": pgettext("printed on a ticket", "Scan, and choose your day"),
                "typed": pgettext("printed on a ticket", "Or type the code at"),
            }
    return {key: {"ja": said["ja"][key], "en": said["en"][key]} for key in said["ja"]}


def _visits(campaign: Campaign, spaces: int) -> str:
    """How often it is good, as briefly as the campaign allows."""
    each = min(campaign.visits_at_each, campaign.visits_in_all)
    in_all = min(campaign.visits_in_all, each * spaces) if spaces else campaign.visits_in_all
    free = ngettext("%(count)s visit, free of charge", "%(count)s visits, free of charge", in_all) % {"count": in_all}
    if spaces > 1 and in_all > 1:
        return free + pgettext("printed on a ticket", ", %(each)s at each space") % {"each": each}
    return free


def _both(of: Any, name: str) -> dict[str, str]:
    """A translated field in both languages; where one is not written, the other stands for it."""
    ja, en = (getattr(of, f"{name}_{language}") or "" for language in ("ja", "en"))
    return {"ja": ja or en, "en": en or ja}


def _shown(space: Space) -> dict[str, str]:
    colour = tone_colours()[space.colour]
    return {**_both(space, "name"), "colour": colour, "emblem": emblem_image(space.emblem, colour)}


def _qr(link: str) -> str:
    drawn = io.BytesIO()
    segno.make(link, error="m").save(drawn, kind="svg", border=0, omitsize=True, xmldecl=False, nl=False)
    return drawn.getvalue().decode()
