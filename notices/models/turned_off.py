"""What somebody does not want to be told. By address, since who has no account chooses too."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TurnedOff(models.Model):
    """One kind of notice that does not go to one address."""

    recipient = models.EmailField(_("recipient"))
    kind = models.CharField(_("kind"), max_length=60)
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("turned off")
        verbose_name_plural = _("turned off")
        constraints = [models.UniqueConstraint(name="turned_off_once", fields=["recipient", "kind"])]

    def __str__(self) -> str:
        return f"{self.kind} ↛ {self.recipient}"
