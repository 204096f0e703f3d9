"""A visa that was shown at a desk: who looked at it, when, and by which code, so that no code works twice."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from visas.models.visa import Visa


class Showing(models.Model):
    """One look at a visa by an operator, who scanned its code or typed its number."""

    visa = models.ForeignKey(Visa, on_delete=models.CASCADE, related_name="showings", verbose_name=_("Coworking VISA"))
    shown_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("shown to"),
    )
    shown_at = models.DateTimeField(_("shown"), default=timezone.now)
    # SHA-256 of the code; none where the number was typed.
    code_key = models.CharField(max_length=64, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("visa shown")
        verbose_name_plural = _("visas shown")
        ordering = ["-shown_at"]
        constraints = [models.UniqueConstraint(name="showing_code_once", fields=["code_key"])]

    def __str__(self) -> str:
        return str(self.visa)
