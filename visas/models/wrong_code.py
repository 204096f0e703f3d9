"""Wrong ticket codes that came from one place, and whether it is locked out. Kept in PostgreSQL (design rule 13)."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class WrongCodes(models.Model):
    """The wrong codes from one address, or one network, since the count began."""

    class Kind(models.TextChoices):
        ADDRESS = "address", _("Address")
        NETWORK = "network", _("Network")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    place = models.CharField(_("place"), max_length=64, help_text=_("An address, or a network as 203.0.113.0/24."))
    since = models.DateTimeField(_("since"), default=timezone.now)
    wrong = models.PositiveIntegerField(_("wrong codes"), default=0)
    in_all = models.PositiveIntegerField(_("wrong codes in all"), default=0)
    locked_until = models.DateTimeField(_("locked until"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("lifted by"),
    )

    class Meta:
        verbose_name = _("wrong codes")
        verbose_name_plural = _("wrong codes")
        ordering = ["-since"]
        constraints = [models.UniqueConstraint(name="wrong_codes_once_a_place", fields=["kind", "place"])]

    def __str__(self) -> str:
        return self.place
