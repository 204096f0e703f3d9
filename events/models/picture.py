"""Pictures of events, in the database: with it they are backed up, and no folder has to be shared between servers."""

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Picture(models.Model):
    """A picture in two sizes, by the digest of the larger; the same picture is kept once."""

    digest = models.CharField(_("digest"), max_length=64, unique=True, editable=False)
    content = models.BinaryField(_("picture"))
    width = models.PositiveSmallIntegerField(_("width"))
    height = models.PositiveSmallIntegerField(_("height"))
    card = models.BinaryField(_("small picture"))
    card_width = models.PositiveSmallIntegerField(_("width of the small one"))
    card_height = models.PositiveSmallIntegerField(_("height of the small one"))
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.digest[:12]

    def get_absolute_url(self) -> str:
        return reverse("events:picture", args=[self.digest])

    @property
    def card_url(self) -> str:
        return reverse("events:card", args=[self.digest])
