"""What every PDF of the house is drawn with by Typst: one font, words that it has, and a space's stamp."""

from functools import cache
from typing import Any

import typst
from django.template.loader import render_to_string

from billing.glyphs import FONTS, legible


@cache
def fonts() -> typst.Fonts:
    """The font of the repository alone, so that a paper looks the same wherever it is drawn."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def emblem_image(emblem: str, colour: str) -> str:
    """A space's stamp as an image of its own (SVG), in a colour."""
    drawn = render_to_string("_emblem.html", {"emblem": emblem})
    return drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ').replace("currentColor", colour)


def printable(value: Any) -> Any:
    """The same texts, lists and dictionaries of them, in characters that the font has."""
    if isinstance(value, str):
        return legible(value)
    if isinstance(value, dict):
        return {key: printable(one) for key, one in value.items()}
    return [printable(one) for one in value]
