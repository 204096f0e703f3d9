"""What a space sells: the price list."""

from datetime import date

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from spaces.models import Resource, Space


class PlanQuerySet(models.QuerySet["Plan"]):
    def sold_on(self, day: date) -> "PlanQuerySet":
        """Plans that are on the price list on `day`. `Plan.is_sold_on` asks one row the same."""
        return self.filter(is_public=True).filter(Q(retired_on__isnull=True) | Q(retired_on__gt=day))

    def held(self) -> "PlanQuerySet":
        """Plans that are held as a membership, as against those sold by the visit."""
        return self.exclude(kind__in=Plan.VISITS)


class Plan(models.Model):
    """One line of a space's price list."""

    class Kind(models.TextChoices):
        FREE = "free", _("Free")
        DROP_IN = "drop_in", _("Drop-in")
        MINI_DROP_IN = "mini_drop_in", _("Mini drop-in")
        MONTHLY = "monthly", _("Monthly")
        FREE_PASS = "free_pass", _("Free pass")
        BOOTH = "booth", _("Work booth")

    VISITS = (Kind.DROP_IN, Kind.MINI_DROP_IN)

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="plans", verbose_name=_("space"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    note = models.CharField(_("note"), max_length=160, blank=True)
    price = models.PositiveIntegerField(_("price"), help_text=_("Yen, tax included: for a visit, or for a month."))
    sign_up_fee = models.PositiveIntegerField(
        _("sign-up fee"), default=0, help_text=_("Yen, tax included; taken once.")
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(15)],
        help_text=_("How long a mini drop-in lasts. Empty for all others."),
    )
    resources = models.ManyToManyField(
        Resource,
        related_name="plans",
        blank=True,
        verbose_name=_("what it opens"),
        help_text=_("What this plan lets people use."),
    )
    room_minutes = models.PositiveIntegerField(
        _("minutes of rooms a month"),
        default=0,
        help_text=_("Meeting rooms that a membership on this plan includes, in minutes from renewal to renewal."),
    )
    wants_agreement = models.BooleanField(
        _("wants a signed agreement"), default=False, help_text=_("Operators are reminded until it is there.")
    )
    hands_key = models.BooleanField(
        _("hands over a key"), default=False, help_text=_("Operators are reminded until it is given, and given back.")
    )
    grants_visa = models.BooleanField(_("grants a Coworking VISA"), default=False)
    first_visit_free = models.BooleanField(_("first visit free"), default=False)
    is_public = models.BooleanField(_("on the price list"), default=True)
    members_pay_from = models.DateField(
        _("members pay the price of now from"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("From their first renewal on or after this day. Empty: members keep what they agreed to."),
    )
    position = models.PositiveSmallIntegerField(_("position in lists"), default=0)
    retired_on = models.DateField(_("retired on"), null=True, blank=True)
    is_sample = models.BooleanField(_("sample"), default=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["space", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="plan_minutes_for_mini_drop_in",
                condition=Q(kind="mini_drop_in", minutes__isnull=False)
                | (~Q(kind="mini_drop_in") & Q(minutes__isnull=True)),
                violation_error_message=_("A mini drop-in lasts a number of minutes; no other plan does."),
            ),
            models.CheckConstraint(
                name="plan_visit_includes_no_room",
                condition=~Q(kind__in=["drop_in", "mini_drop_in"])
                | Q(room_minutes=0, wants_agreement=False, hands_key=False),
                violation_error_message=_("Rooms, an agreement and a key come with a membership, not with a visit."),
            ),
            models.CheckConstraint(
                name="plan_free_costs_nothing",
                condition=~Q(kind="free") | Q(price=0, sign_up_fee=0),
                violation_error_message=_("A free plan costs nothing."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.space} · {self.name}"

    def is_sold_on(self, day: date) -> bool:
        """Whether it is on the price list on `day`. `PlanQuerySet.sold_on` asks many rows the same."""
        return self.is_public and (self.retired_on is None or self.retired_on > day)

    @property
    def is_visit(self) -> bool:
        """Whether it is sold by the visit, to anyone, as against a membership."""
        return self.kind in self.VISITS
