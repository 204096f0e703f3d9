"""A person's tie to one space on a plan. Joining, pausing and ending come with the plans' own issue."""

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from members.models.plan import Plan
from spaces.models import Space


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active_on(self, day: date) -> "MembershipQuerySet":
        """Memberships that let their holder in on `day`; the last day counts."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day), status=Membership.Status.ACTIVE, starts_on__lte=day
        )


class Membership(models.Model):
    """A person's plan at one space."""

    class Status(models.TextChoices):
        APPLIED = "applied", _("Applied")
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")
        DECLINED = "declined", _("Declined")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="memberships",
        verbose_name=_("person"),
    )
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("space"))
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("plan"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.APPLIED)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True, help_text=_("The last day that counts."))

    objects = MembershipQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["space", "-starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="membership_one_live_at_a_space",
                fields=["user", "space"],
                condition=Q(status__in=["applied", "active", "paused"]),
                violation_error_message=_("This person has a membership at this space already."),
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day is before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.plan}"

    def clean(self) -> None:
        if self.plan_id and self.space_id and self.plan.space_id != self.space_id:
            elsewhere = ValidationError(_("This plan is another space's."), code="plan_elsewhere")
            raise ValidationError({"plan": elsewhere})
