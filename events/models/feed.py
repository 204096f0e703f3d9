"""A person's own calendar feed: an address that only they know, and can take back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CalendarFeed(models.Model):
    """A calendar that its address opens, without signing in; of the secret in it only a hash is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    token_hash = models.CharField(_("hash of its secret"), max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made"))
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.UniqueConstraint(name="calendar_feed_one_a_person", fields=["user"], condition=Q(revoked_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.made_at:%Y-%m-%d}"
