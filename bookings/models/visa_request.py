"""A visit by Coworking VISA that a host was asked for, or turned away at the desk, and what came of it.

A visit that is booked outright needs none: asked, accepted and used are the moments of its booking.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.models.booking import Booking
from members.models import User
from spaces.models import Resource, Space
from visas.models import Visa

# So long after the visit would have begun a person reads that it was refused, or that nobody answered.
TOLD_FOR = timedelta(days=7)


class VisaRequestQuerySet(models.QuerySet["VisaRequest"]):
    def waiting(self, moment: datetime) -> "VisaRequestQuerySet":
        """Requests that a host can still answer."""
        return self.filter(answered_at=None, starts_at__gt=moment)

    def unanswered(self, moment: datetime) -> "VisaRequestQuerySet":
        """Requests whose visit would have begun without an answer."""
        return self.filter(answered_at=None, starts_at__lte=moment)

    def of_person(self, user: User) -> "VisaRequestQuerySet":
        """A person's own requests, with what their list shows; what was settled at a desk is none."""
        return self.filter(visa__membership__user=user, at_desk=False).select_related("resource__space")

    def told_at(self, moment: datetime) -> "VisaRequestQuerySet":
        """Requests that wait, and those that were refused or not answered, until a while after; the next first."""
        shown = self.filter(answer__in=["", "refused"], starts_at__gt=moment - TOLD_FOR)
        return shown.order_by("starts_at", "pk")

    def for_operator(self, user: User) -> "VisaRequestQuerySet":
        """Requests at the spaces that a person helps to run."""
        return self if user.is_superuser else self.filter(resource__space__in=list(user.roles))


class VisaRequest(models.Model):
    """What somebody asked for who holds a visa, against what the host wishes, and the host's answer."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Outcome(models.TextChoices):
        ASKED = "asked", pgettext_lazy("a visit by VISA", "Asked")
        UNANSWERED = "unanswered", _("Unanswered")
        ACCEPTED = "accepted", _("Accepted")
        USED = "used", _("Used")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    visa = models.ForeignKey(Visa, on_delete=models.PROTECT, related_name="requests", verbose_name=_("Coworking VISA"))
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+", verbose_name=_("resource"))
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    message = models.CharField(_("message to the host"), max_length=200, blank=True)
    price = models.PositiveIntegerField(
        _("price"), default=0, help_text=_("Yen, as it was asked for; the visit is booked for no more.")
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    at_desk = models.BooleanField(
        _("at the desk"), default=False, editable=False, help_text=_("Answered at once, to who stood there.")
    )

    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("answered by"),
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True, help_text=_("The visitor reads it."))
    booking = models.OneToOneField(
        Booking,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="visa_request",
        editable=False,
        verbose_name=_("booking"),
    )

    objects = VisaRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a visit by VISA")
        verbose_name_plural = _("requests for visits by VISA")
        ordering = ["-asked_at"]
        indexes = [
            models.Index(fields=["resource", "starts_at"], name="visa_request_of_host"),
            models.Index(fields=["starts_at"], name="visa_request_open", condition=Q(answered_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                name="visa_request_once",
                fields=["visa", "resource", "starts_at"],
                condition=Q(answered_at__isnull=True),
                violation_error_message=_("You have asked for this visit already."),
            ),
            models.CheckConstraint(name="visa_request_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="visa_request_answered_once",
                condition=Q(answer="", answered_at__isnull=True, booking__isnull=True, reason="")
                | (~Q(answer="") & Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="visa_request_booked_if_accepted",
                condition=Q(booking__isnull=True, answer__in=["", "refused", "withdrawn"])
                | Q(booking__isnull=False, answer="accepted"),
            ),
            models.CheckConstraint(
                name="visa_request_refused_with_a_reason", condition=~Q(answer="refused") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visa.membership.user.display_name} · {self.resource}"

    @property
    def space(self) -> Space:
        """The host."""
        return self.resource.space

    def outcome_at(self, moment: datetime) -> "Outcome":
        """What has come of it by then: the answer, or whether there is still time for one, or that the person came."""
        if self.booking and self.booking.checked_in_at:
            return self.Outcome.USED
        if self.answer:
            return self.Outcome(self.answer)
        return self.Outcome.UNANSWERED if self.is_unanswered_at(moment) else self.Outcome.ASKED

    def is_unanswered_at(self, moment: datetime) -> bool:
        """Whether the visit would have begun without an answer."""
        return self.answered_at is None and self.starts_at <= moment
