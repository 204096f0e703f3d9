"""The outbox: a row for each message that is to go out, written in the transaction of what it tells."""

import uuid
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from notices.kinds import labels


def new_message_id() -> str:
    """A Message-ID (RFC 5322, 3.6.4) that every try to send one notice carries."""
    return f"<{uuid.uuid4().hex}@{urlsplit(settings.SITE_URL).hostname}>"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def due(self, moment: datetime) -> "NoticeQuerySet":
        """Waiting notices whose next try is at `moment` or before, oldest first."""
        return self.filter(state=Notice.State.WAITING, try_at__lte=moment).order_by("try_at", "pk")


class Notice(models.Model):
    """One message to one person about one thing, from the moment it was decided until it is settled."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        DROPPED = "dropped", _("Dropped")
        PARKED = "parked", _("Parked")

    kind = models.CharField(_("kind"), max_length=60)
    subject_key = models.CharField(
        _("about"), max_length=80, help_text=_("What the notice is about, for example booking:42.")
    )
    dedupe_key = models.CharField(_("dedupe key"), max_length=160, unique=True)
    recipient = models.EmailField(_("recipient"))
    language = models.CharField(_("language"), max_length=10)
    space_slug = models.SlugField(
        _("space"), blank=True, help_text=_("The space in whose name it goes out; empty for the federation.")
    )
    timezone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        help_text=_("By whose clocks it is night; empty for the federation's."),
    )
    facts = models.JSONField(_("facts"), default=dict, blank=True)

    due_at = models.DateTimeField(_("due"))
    useful_until = models.DateTimeField(_("useful until"), null=True, blank=True)
    created_at = models.DateTimeField(_("written"), default=now)

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    try_at = models.DateTimeField(_("next try"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=120, unique=True, default=new_message_id)
    bundle = models.CharField(
        _("sent together as"),
        max_length=120,
        blank=True,
        help_text=_("The Message-ID of the one mail that carries this notice and others."),
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["try_at", "id"], name="notice_due", condition=models.Q(state="waiting")),
            models.Index(fields=["due_at"], name="notice_failing", condition=models.Q(state="waiting", attempts__gt=0)),
            models.Index(fields=["recipient", "try_at"], name="notice_to", condition=models.Q(state="waiting")),
            models.Index(fields=["recipient", "settled_at"], name="notice_told", condition=models.Q(state="sent")),
            models.Index(fields=["bundle"], name="notice_bundle", condition=~models.Q(bundle="")),
            models.Index(fields=["settled_at"], name="notice_parked", condition=models.Q(state="parked")),
            models.Index(
                fields=["settled_at"], name="notice_settled", condition=models.Q(state__in=["sent", "dropped"])
            ),
            models.Index(fields=["subject_key"], name="notice_subject"),
            models.Index(fields=["space_slug", "-created_at"], name="notice_space"),
        ]
        constraints = [
            models.CheckConstraint(
                name="notice_settled_unless_waiting",
                condition=models.Q(state="waiting", settled_at__isnull=True)
                | (~models.Q(state="waiting") & models.Q(settled_at__isnull=False)),
            )
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.try_at is None:
            self.try_at = self.due_at

    def __str__(self) -> str:
        return f"{self.label} → {self.recipient}"

    @property
    def label(self) -> str:
        """What people call its kind; the bare name of one that no app registers any more."""
        return str(labels().get(self.kind, self.kind))

    @property
    def mail_id(self) -> str:
        """The Message-ID of the mail that carries it, alone or with others."""
        return self.bundle or self.message_id

    @property
    def zone(self) -> ZoneInfo:
        """By whose clocks it is night for who reads it."""
        return ZoneInfo(self.timezone or settings.TIME_ZONE)

    @property
    def subject_pk(self) -> int:
        """The primary key at the end of `subject_key`."""
        return int(self.subject_key.rpartition(":")[2])

    def settle(self, state: str, *, at: datetime, reason: str = "") -> None:
        """Close the notice as sent, dropped or parked; `reason` says why it did not go out."""
        self.state = state
        self.settled_at = at
        self.last_error = reason
        self.save(update_fields=["state", "settled_at", "last_error", "attempts"])

    def send_again(self, *, at: datetime) -> None:
        """Put a parked notice back in the outbox, with all its tries."""
        self.state = self.State.WAITING
        self.settled_at = None
        self.attempts = 0
        # What it was tied to may have gone out under that name.
        self.bundle = ""
        self.try_at = at
        self.save(update_fields=["state", "settled_at", "attempts", "bundle", "try_at"])

    def put_off(self, *, until: datetime) -> None:
        """Let it wait until a moment; that is no try."""
        self.try_at = until
        self.save(update_fields=["try_at"])
