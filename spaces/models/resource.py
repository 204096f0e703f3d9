"""What a booking takes."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from spaces.models.space import Space


class Resource(models.Model):
    """Something in a space that can be taken: its open seats together, or one room, hall or booth as a whole."""

    class Kind(models.TextChoices):
        OPEN_SEATS = "open_seats", _("Open seats")
        MEETING_ROOM = "meeting_room", _("Meeting room")
        HALL = "hall", _("Hall")
        BOOTH = "booth", _("Work booth")

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="resources", verbose_name=_("space"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    capacity = models.PositiveSmallIntegerField(
        _("capacity"),
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("How many seats can be taken at the same time. A room is taken whole: 1."),
    )
    persons = models.PositiveSmallIntegerField(
        _("persons"), default=1, validators=[MinValueValidator(1)], help_text=_("How many people fit in.")
    )
    step_minutes = models.PositiveSmallIntegerField(
        _("step in minutes"), default=30, choices=[(15, "15"), (30, "30"), (60, "60")]
    )
    price_per_hour = models.PositiveIntegerField(
        _("price an hour"), null=True, blank=True, help_text=_("Yen, tax included. Empty: not sold by the hour.")
    )
    members_only = models.BooleanField(_("members only"), default=False)
    position = models.PositiveSmallIntegerField(_("position in lists"), default=0)
    retired_on = models.DateField(
        _("retired on"), null=True, blank=True, help_text=_("From this day on it can't be booked.")
    )
    is_sample = models.BooleanField(_("sample"), default=False)

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering = ["space", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="resource_takes_someone",
                condition=Q(capacity__gte=1, persons__gte=1),
                violation_error_message=_("Capacity and persons are 1 at least."),
            ),
            models.CheckConstraint(
                name="resource_room_is_taken_whole",
                condition=Q(kind="open_seats") | Q(capacity=1),
                violation_error_message=_("A room, hall or booth is taken whole: its capacity is 1."),
            ),
            models.CheckConstraint(name="resource_step_divides_the_hour", condition=Q(step_minutes__in=[15, 30, 60])),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_seats(self) -> bool:
        """Whether people take single seats of it, as against the whole."""
        return self.kind == self.Kind.OPEN_SEATS

    @property
    def is_sold_by_the_hour(self) -> bool:
        """Whether it has a price by the hour that counts; a work booth is let by the month, whatever its price says."""
        return self.kind in (self.Kind.MEETING_ROOM, self.Kind.HALL) and self.price_per_hour is not None
