"""What holds on which days of a membership: the plan as it was agreed, and the pauses."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.membership import DAY, Membership
from members.models.plan import Plan
from spaces.models import Resource


class Days(Func):
    """The days from one column to another, both counted; none if the last is the day before the first."""

    template = "daterange(%(expressions)s + 1)"
    output_field = DateRangeField()


class DaysQuerySet(models.QuerySet):
    def on(self, day: date) -> "DaysQuerySet":
        """Rows whose days hold `day`."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


class AgreedPlan(models.Model):
    """A plan with the terms that a member agreed to, for some days of the membership.

    A later price of the plan changes nothing here: who is told of a new price gets a row of their own from the renewal
    that they were told of. A booth is let through this row, to one tenant at a time.
    """

    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="agreed_plans", verbose_name=_("membership")
    )
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="agreed", verbose_name=_("plan"))
    price = models.PositiveIntegerField(_("price a month"), help_text=_("Yen, tax included, as it was agreed."))
    sign_up_fee = models.PositiveIntegerField(
        _("sign-up fee"), default=0, help_text=_("Yen, tax included; taken once.")
    )
    room_minutes = models.PositiveIntegerField(_("minutes of rooms a month"), default=0)
    booth = models.ForeignKey(
        Resource,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tenancies",
        verbose_name=_("work booth"),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day that counts."))
    told_at = models.DateTimeField(_("told"), default=timezone.now, editable=False)

    objects = DaysQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreed plan")
        verbose_name_plural = _("agreed plans")
        ordering = ["membership", "starts_on"]
        constraints = [
            models.CheckConstraint(
                name="agreed_plan_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on") - DAY),
                violation_error_message=_("The last day is before the first."),
            ),
            ExclusionConstraint(
                name="agreed_plan_one_a_day",
                expressions=[
                    ("membership", RangeOperators.EQUAL),
                    (Days("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("A membership has one plan a day."),
            ),
            ExclusionConstraint(
                name="agreed_plan_booth_has_one_tenant",
                expressions=[("booth", RangeOperators.EQUAL), (Days("starts_on", "ends_on"), RangeOperators.OVERLAPS)],
                condition=Q(booth__isnull=False),
                violation_error_message=_("This booth is let already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.plan)

    @classmethod
    def of(cls, plan: Plan, **fields: object) -> "AgreedPlan":
        """The plan's terms as they are now, not saved."""
        return cls(plan=plan, price=plan.price, sign_up_fee=plan.sign_up_fee, room_minutes=plan.room_minutes, **fields)

    def holds_on(self, day: date) -> bool:
        """Whether `day` is among its days. `DaysQuerySet.on` asks many rows the same."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    @property
    def seats_for_companions(self) -> int:
        """How many people may use the booth beside the tenant."""
        return self.booth.persons - 1 if self.booth else 0


class Pause(models.Model):
    """Days on which a membership rests: it lets nobody in, and costs nothing."""

    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="pauses", verbose_name=_("membership")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day of the pause."))

    objects = DaysQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ["membership", "starts_on"]
        constraints = [
            models.CheckConstraint(
                name="pause_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day is before the first."),
            ),
            ExclusionConstraint(
                name="pause_one_a_day",
                expressions=[
                    ("membership", RangeOperators.EQUAL),
                    (Days("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("There is a pause on one of these days already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on or ''}"

    def holds_on(self, day: date) -> bool:
        """Whether `day` is among its days. `DaysQuerySet.on` asks many rows the same."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
