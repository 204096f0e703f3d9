"""The colours and emblems that a space can choose from; static/README.md shows them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Colour(models.TextChoices):
    PINE = "pine", _("Pine")
    BRICK = "brick", _("Brick")
    SUN = "sun", _("Winter sun")
    PLUM = "plum", _("Plum")


class Emblem(models.TextChoices):
    SPARK = "spark", _("Spark")
    FRIDGE_TREE = "fridge-tree", _("Tree with a door")
    SUN = "sun", _("Winter sun")
    CUP36 = "cup36", _("Cup")
