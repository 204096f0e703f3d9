"""The colours and emblems that a space can choose from; static/README.md shows them."""

import re
from functools import cache

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Colour(models.TextChoices):
    BRICK = "brick", _("Brick")
    PINE = "pine", _("Pine")
    SUN = "sun", _("Winter sun")
    PLUM = "plum", _("Plum")
    LAKE = "lake", _("Lake")
    LAVENDER = "lavender", _("Lavender")
    ROSE = "rose", _("Rose")
    SLATE = "slate", _("Slate")


class Emblem(models.TextChoices):
    SPARK = "spark", _("Spark")
    FRIDGE_TREE = "fridge-tree", _("Tree with a door")
    SUN = "sun", _("Winter sun")
    CUP36 = "cup36", _("Cup")
    MOUNTAIN = "mountain", _("Mountain")
    WAVE = "wave", _("Wave")
    SNOW = "snow", _("Snow")
    TRAM = "tram", _("Tram")
    OWL = "owl", _("Owl")
    TOWER = "tower", _("Tower")


def tone_colours() -> dict[str, str]:
    """Each tone's colour as a plain #rrggbb, for mails, where custom properties don't work."""
    return _light_hexes("")


def tone_on_colours() -> dict[str, str]:
    """The colour that is legible on each tone, for the same mails."""
    return _light_hexes("-on")


@cache
def _light_hexes(suffix: str) -> dict[str, str]:
    text = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
    hexes = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text.partition("@media")[0]))
    return {tone: hexes[tone + suffix] for tone in re.findall(r"\.tone-(\w+)", text)}
