"""A campaign: one trial ticket that several spaces give out together, and what a ticket of it is good for."""

from datetime import date, datetime

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from spaces.models import Space
from spaces.today import today_at

PROPOSED_SEATS = 3
"""Seats a day that a space is proposed to give, until it says its own number."""


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def running(self, now: datetime) -> "CampaignQuerySet":
        """Campaigns that are not over on the day that it is at their organiser, begun or not; see `is_over_on`."""
        return self.filter(stopped_at__isnull=True, ends_on__gte=today_at("organiser__timezone", now))


class Campaign(models.Model):
    """What its tickets give: so many visits in all and at each space, on some days, at the spaces that take part."""

    organiser = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("begun by"))
    name = models.CharField(_("name"), max_length=80)
    for_whom = models.CharField(_("for whom"), max_length=200, blank=True)
    starts_on = models.DateField(_("valid from"))
    ends_on = models.DateField(_("valid until"), help_text=_("The last day for a visit."))
    visits_in_all = models.PositiveSmallIntegerField(
        _("visits in all"), default=1, validators=[MinValueValidator(1)], help_text=_("For one ticket.")
    )
    visits_at_each = models.PositiveSmallIntegerField(
        _("visits at each space"), default=1, validators=[MinValueValidator(1)], help_text=_("For one ticket.")
    )
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaign_ends_after_it_starts",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                name="campaign_gives_a_visit",
                condition=Q(visits_in_all__gte=1, visits_at_each__gte=1),
                violation_error_message=_("A ticket is good for one visit at least."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_over_on(self, day: date) -> bool:
        return self.stopped_at is not None or self.ends_on < day


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def standing(self) -> "ParticipationQuerySet":
        """Spaces at which tickets are good; see `stands`."""
        return self.filter(agreed_at__isnull=False, left_at__isnull=True)


class Participation(models.Model):
    """A space that is asked to honour the tickets of a campaign, and since when it does."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="participations", verbose_name=_("campaign")
    )
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="participations", verbose_name=_("space"))
    seats_a_day = models.PositiveSmallIntegerField(
        _("seats a day"),
        default=PROPOSED_SEATS,
        validators=[MinValueValidator(1)],
        help_text=_("How many tickets may come a day."),
    )
    agreed_at = models.DateTimeField(_("agreed"), null=True, blank=True, editable=False)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("agreed by"),
    )
    left_at = models.DateTimeField(_("left"), null=True, blank=True, editable=False)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = _("participating space")
        verbose_name_plural = _("participating spaces")
        ordering = ["campaign", "space"]
        constraints = [
            models.UniqueConstraint(
                name="participation_once",
                fields=["campaign", "space"],
                violation_error_message=_("This space takes part already."),
            ),
            models.CheckConstraint(
                name="participation_gives_a_seat",
                condition=Q(seats_a_day__gte=1),
                violation_error_message=_("A space that takes part gives one seat a day at least."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.space}"

    @property
    def stands(self) -> bool:
        """Whether tickets are good there: the space has agreed, and has not left."""
        return self.agreed_at is not None and self.left_at is None
