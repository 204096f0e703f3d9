"""A person's tie to one space. On which plan, day by day, say its agreed plans; design rule 4 says how it may move."""

from datetime import date, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from members.periods import Period, period_of
from spaces.models import Space

DAY = timedelta(days=1)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def live(self) -> "MembershipQuerySet":
        """Memberships that may still come to something: applied for, active or paused."""
        return self.filter(status__in=Membership.LIVE)

    def active_on(self, day: date) -> "MembershipQuerySet":
        """Memberships that let their holder in on `day`; the last day counts. `Held.on` asks one row the same."""
        from members.models.agreed import Pause

        paused = Pause.objects.on(day).filter(membership=OuterRef("pk"))
        return self.filter(
            ~Exists(paused),
            Q(ends_on__isnull=True) | Q(ends_on__gte=day),
            status__in=[Membership.Status.ACTIVE, Membership.Status.PAUSED],
            starts_on__lte=day,
        )

    def for_user(self, user: models.Model) -> "MembershipQuerySet":
        """A person's own memberships, the living first, with what their list shows."""
        return self.filter(user=user).select_related("space").prefetch_related("agreed_plans__plan", "pauses")


class Membership(models.Model):
    """A person's tie to one space, from the application on."""

    class Status(models.TextChoices):
        APPLIED = "applied", _("Applied")
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")
        DECLINED = "declined", _("Declined")

    LIVE = (Status.APPLIED, Status.ACTIVE, Status.PAUSED)
    # The moves that the trigger membership_moves lets through; nothing leads out of ended and declined.
    MOVES = {
        Status.APPLIED: (Status.ACTIVE, Status.DECLINED, Status.ENDED),
        Status.ACTIVE: (Status.PAUSED, Status.ENDED),
        Status.PAUSED: (Status.ACTIVE, Status.ENDED),
        Status.ENDED: (),
        Status.DECLINED: (),
    }

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="memberships",
        verbose_name=_("person"),
    )
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("space"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.APPLIED)
    starts_on = models.DateField(_("since"), help_text=_("The first day that counts."))
    ends_on = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day that counts."))
    renewal_day = models.PositiveSmallIntegerField(
        _("renews on day"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("Day of the month; in a shorter month its last day."),
    )
    billed_from = models.DateField(
        _("billed from"),
        null=True,
        blank=True,
        help_text=_("Months that began before this day are settled elsewhere. Empty: all are billed."),
    )
    applied_at = models.DateTimeField(_("applied"), default=timezone.now, editable=False)
    answers = models.JSONField(
        _("answers"),
        default=list,
        blank=True,
        help_text=_("The space's questions as they were asked, and the answers."),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    decision = models.TextField(_("message to the applicant"), blank=True)

    agreement_on = models.DateField(_("agreement signed on"), null=True, blank=True)
    key_given_on = models.DateField(_("key handed over on"), null=True, blank=True)
    key_returned_on = models.DateField(_("key returned on"), null=True, blank=True)
    note = models.TextField(_("operators' note"), blank=True, help_text=_("The member does not see it."))

    objects = MembershipQuerySet.as_manager()
    history = HistoricalRecords(history_change_reason_field=models.TextField(null=True))

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["space", "-starts_on", "pk"]
        indexes = [
            models.Index(fields=["space", "status", "-starts_on"], name="membership_of_space"),
            models.Index(
                fields=["ends_on"],
                name="membership_ending",
                condition=Q(ends_on__isnull=False, status__in=["active", "paused"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="membership_one_live_at_a_space",
                fields=["user", "space"],
                condition=Q(status__in=["applied", "active", "paused"]),
                violation_error_message=_("This person has a membership at this space already."),
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_starts",
                # One that ends on the day before its first was taken back before it began.
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on") - DAY),
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                name="membership_ended_on_a_day",
                condition=~Q(status__in=["ended", "declined"]) | Q(ends_on__isnull=False),
                violation_error_message=_("What has ended has a last day."),
            ),
            models.CheckConstraint(
                name="membership_declined_by_someone",
                condition=~Q(status="declined") | Q(decided_at__isnull=False),
                violation_error_message=_("What was declined says when."),
            ),
            models.CheckConstraint(
                name="membership_renewal_day_of_a_month", condition=Q(renewal_day__gte=1, renewal_day__lte=31)
            ),
            models.CheckConstraint(
                name="membership_key_comes_back_after_it_went",
                condition=Q(key_returned_on__isnull=True)
                | Q(key_given_on__isnull=False, key_returned_on__gte=F("key_given_on")),
                violation_error_message=_("A key is returned after it was handed over."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.space}"

    @property
    def is_live(self) -> bool:
        """Whether it may still come to something. `MembershipQuerySet.live` asks many rows the same."""
        return self.status in self.LIVE

    @property
    def answered(self) -> list[tuple[str, str | bool]]:
        """The questions as they were asked, each with the answer; True is a tick."""
        return [(each["asked"], each["answer"]) for each in self.answers]

    def is_billed_in(self, period: Period) -> bool:
        """Whether a month is billed here: not settled elsewhere before the house knew of the membership, nor begun
        when the space had left the federation."""
        left_on = self.space.left_on
        return (self.billed_from is None or period.first >= self.billed_from) and (
            left_on is None or period.first < left_on
        )

    def period_of(self, day: date) -> Period:
        """The stretch from one renewal to the day before the next that holds `day`."""
        return period_of(day, self.renewal_day)
