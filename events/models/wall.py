"""The wall: short lines by who comes, the same in every venue; they stay as the event's record."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.models import NAME_LENGTH
from events.models.event import Event
from events.models.rsvp import Rsvp
from events.models.venue import Venue

LINE_LENGTH = 140


class WallLineQuerySet(models.QuerySet["WallLine"]):
    def shown(self) -> "WallLineQuerySet":
        """Lines that nobody has hidden, the newest first, with what a line shows."""
        return self.filter(hidden_at__isnull=True).select_related("venue__space").order_by("-pk")


class WallLine(models.Model):
    """A line on the wall of an event, by who signed up or by a host."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="wall", verbose_name=_("event"))
    venue = models.ForeignKey(
        Venue, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("venue")
    )
    rsvp = models.ForeignKey(
        Rsvp, on_delete=models.CASCADE, null=True, blank=True, related_name="lines", verbose_name=_("sign-up")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    text = models.CharField(_("line"), max_length=LINE_LENGTH)
    said_at = models.DateTimeField(_("written"))
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("hidden by"),
    )

    objects = WallLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line on the wall")
        verbose_name_plural = _("lines on the wall")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["event", "-id"], name="wall_shown", condition=Q(hidden_at__isnull=True)),
            models.Index(fields=["rsvp", "-said_at"], name="wall_of_rsvp"),
        ]
        constraints = [
            models.CheckConstraint(
                name="wall_line_says_something",
                condition=~Q(text=""),
                violation_error_message=_("Write something first."),
            ),
            models.CheckConstraint(
                name="wall_line_by_someone", condition=Q(rsvp__isnull=False) | Q(user__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.text
