"""A venue: a space at which an event takes place, or online. It has places, a line, a host, and may hold seats."""

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking
from events.models.event import Event, is_web_address
from spaces.models import Resource, Space

MOST_PLACES = 2000


class VenueQuerySet(models.QuerySet["Venue"]):
    def standing(self) -> "VenueQuerySet":
        """Venues at which the event takes place; `Venue.stands` asks one the same."""
        return self.filter(agreed_at__isnull=False, left_at__isnull=True)

    def asked(self, moment: datetime) -> "VenueQuerySet":
        """Spaces that have not yet said whether they take part in an event to come."""
        still = Q(event__cancelled_at__isnull=True, event__ends_at__gt=moment)
        return self.filter(still, agreed_at__isnull=True, left_at__isnull=True)

    def without_hold(self, moment: datetime) -> "VenueQuerySet":
        """Venues of events to come that should hold seats or a room, and do not (any more)."""
        wanted = Q(event__cancelled_at__isnull=True, event__starts_at__gt=moment, resource__isnull=False)
        return self.standing().filter(wanted, Q(hold__isnull=True) | Q(hold__cancelled_at__isnull=False))


class Venue(models.Model):
    """Where an event takes place: at a space, or online where there is none."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="venues", verbose_name=_("event"))
    space = models.ForeignKey(
        Space,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="venues",
        verbose_name=_("space"),
        help_text=_("Empty: online."),
    )
    capacity = models.PositiveSmallIntegerField(
        _("places"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PLACES)],
        help_text=_("Empty, online only: no limit."),
    )
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="hosted_venues",
        verbose_name=_("host of the venue"),
        help_text=_("Sees the list of who comes there, also without a role at the space."),
    )
    note = models.CharField(
        _("note"), max_length=200, blank=True, help_text=_("The room, or how to get in; everybody reads it.")
    )
    online_url = models.CharField(
        _("link to take part"),
        max_length=300,
        blank=True,
        validators=[is_web_address],
        help_text=_("Only who comes sees it."),
    )
    resource = models.ForeignKey(
        Resource,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("seats or room to hold"),
    )
    held_seats = models.PositiveSmallIntegerField(
        _("seats to hold"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: all of them, or the whole room."),
    )
    hold = models.OneToOneField(
        Booking,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("hold"),
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

    objects = VenueQuerySet.as_manager()

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["event", "space__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="venue_once",
                fields=["event", "space"],
                nulls_distinct=False,
                violation_error_message=_("This space is a venue of the event already."),
            ),
            models.CheckConstraint(
                name="venue_has_a_place",
                # A comparison with a capacity that is null is not false, so it would pass.
                condition=Q(capacity__isnull=False, capacity__gte=1) | Q(capacity__isnull=True, space__isnull=True),
                violation_error_message=_("A venue has one place at least; only online there may be no limit."),
            ),
            models.CheckConstraint(
                name="venue_link_is_online",
                condition=Q(space__isnull=True) | Q(online_url=""),
                violation_error_message=_("A link to take part is for online."),
            ),
            models.CheckConstraint(
                name="venue_holds_at_a_space",
                condition=Q(resource__isnull=True, held_seats__isnull=True)
                | Q(resource__isnull=False, space__isnull=False),
                violation_error_message=_("Seats are held at a space."),
            ),
            models.CheckConstraint(
                name="venue_holds_a_seat",
                condition=Q(held_seats__isnull=True) | Q(held_seats__gte=1),
                violation_error_message=_("One seat at least is held."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The space's name, or the word for online."""
        return self.space.name if self.space else gettext("Online")

    @property
    def is_online(self) -> bool:
        return self.space_id is None

    @property
    def stands(self) -> bool:
        """Whether the event takes place there. `VenueQuerySet.standing` asks many rows the same."""
        return self.agreed_at is not None and self.left_at is None

    def holds(self, people: int) -> bool:
        """Whether there are so many places at all, taken or not."""
        return self.capacity is None or people <= self.capacity

    @property
    def is_held(self) -> bool:
        """Whether its seats are taken from the space's."""
        return self.hold is not None and self.hold.is_live
