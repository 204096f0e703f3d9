"""That a link of the digest was used: by whom, what for, and when. A link is used once."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UsedLink(models.Model):
    """One use, written in the transaction of what was done. The token itself is not kept, only its SHA-256."""

    token_hash = models.CharField(max_length=64, unique=True)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("person")
    )
    act = models.CharField(_("act"), max_length=20)
    subject = models.CharField(_("about"), max_length=80)
    used_at = models.DateTimeField(_("used"), default=timezone.now)

    class Meta:
        verbose_name = _("used link")
        verbose_name_plural = _("used links")
        ordering = ["-used_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"
