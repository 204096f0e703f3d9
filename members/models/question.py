"""What a space asks who applies or joins."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from spaces.models import Space


class Question(models.Model):
    """One question of a space's application form."""

    class Kind(models.TextChoices):
        STATEMENT = "statement", _("Statement in words")
        AGREEMENT = "agreement", _("Agreement by a tick")

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="questions", verbose_name=_("space"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.STATEMENT)
    text = models.CharField(_("question"), max_length=300)
    is_required = models.BooleanField(_("must be answered"), default=True)
    position = models.PositiveSmallIntegerField(_("position in lists"), default=0)

    class Meta:
        verbose_name = _("question of the application form")
        verbose_name_plural = _("application form")
        ordering = ["space", "position", "pk"]

    def __str__(self) -> str:
        return self.text
