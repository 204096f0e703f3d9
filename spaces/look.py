"""The colours and emblems that a space can choose from; static/README.md shows them."""

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
