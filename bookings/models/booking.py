"""The booking: somebody's hold on a resource for a stretch of time.

The database keeps what must always hold (design rules 1 and 14): the triggers of migration 0003_capacity_guard count
seats under a lock on the resource, and two exclusion constraints keep rooms and people from being in two bookings.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.reference import new_reference, spaced
from members.models import Membership, Plan, User
from members.requests import Viewer
from spaces.models import Resource
from visas.models import Ticket, Visa

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# The longest day there is: 24 hours, and the one that a clock change adds.
LONGEST_HOURS = 25
# Longer names, which two long parts and the space between them can make, are cut off.
NAME_LENGTH = 120

LIVE = Q(cancelled_at__isnull=True, missed_at__isnull=True)
# What uses up what it draws on: a no-show and a late cancellation too.
DRAWN = Q(cancelled_at__isnull=True) | Q(cancelled_late=True)


class TimeRange(Func):
    """The half-open range between two columns; without bounds named, PostgreSQL takes '[)'."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class BookingQuerySet(models.QuerySet["Booking"]):
    def live(self) -> "BookingQuerySet":
        """Bookings that take their seats: neither cancelled nor missed. `Booking.is_live` asks one row the same."""
        return self.filter(LIVE)

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> "BookingQuerySet":
        """Bookings that share a moment with a half-open stretch of time."""
        return self.filter(
            # No booking is longer, so that the index on (resource, starts_at) has two ends to look between.
            starts_at__gt=starts_at - timedelta(hours=LONGEST_HOURS),
            starts_at__lt=ends_at,
            ends_at__gt=starts_at,
        )

    def for_user(self, user: User) -> "BookingQuerySet":
        """A person's own bookings, with what their list shows."""
        return self.filter(user=user).select_related("resource__space", "plan", "ticket")

    def for_operator(self, user: User) -> "BookingQuerySet":
        """Bookings at the spaces that a person helps to run."""
        if user.is_superuser:
            return self
        return self.filter(resource__space__in=list(user.roles))

    def seats_of(self, user: Viewer) -> "BookingQuerySet":
        """The live seats that stand against another seat of a person's, as `booking_person_in_one_seat` has it."""
        if user is None or not user.is_authenticated:
            return self.none()
        return self.live().filter(person=user.email, holds_seat=True)

    def drawn(self) -> "BookingQuerySet":
        """Bookings that use up what they draw on, a plan's minutes or a first visit: not cancelled, or too late."""
        return self.filter(DRAWN)

    def upcoming(self, moment: datetime) -> "BookingQuerySet":
        """Live bookings that have not ended at `moment`, the next first."""
        return self.live().filter(ends_at__gt=moment).order_by("starts_at", "pk")

    def past(self, moment: datetime) -> "BookingQuerySet":
        """What `upcoming` leaves out: ended, cancelled or missed, the latest first."""
        return self.exclude(LIVE & Q(ends_at__gt=moment)).order_by("-starts_at", "-pk")


class Booking(models.Model):
    """Somebody's hold on a resource for a stretch of time, from the moment it was booked."""

    class Basis(models.TextChoices):
        PLAN = "plan", _("Plan")
        DROP_IN = "drop_in", _("Drop-in")
        ROOM = "room", _("Room by the hour")
        VISA = "visa", _("Coworking VISA")
        TICKET = "ticket", _("Shared trial ticket")
        FIRST_VISIT = "first_visit", _("First visit")
        HOLD = "hold", _("Hold")

    # What a person has once, or so many times: cancelling late loses it, though it costs no yen.
    ONCE = (Basis.FIRST_VISIT, Basis.TICKET, Basis.VISA)

    class Side(models.TextChoices):
        PERSON = "person", _("The person")
        SPACE = "space", _("The space")

    reference = models.CharField(_("reference"), max_length=12, unique=True, default=new_reference)
    resource = models.ForeignKey(
        Resource, on_delete=models.PROTECT, related_name="bookings", verbose_name=_("resource")
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    seats = models.PositiveSmallIntegerField(_("seats"), default=1, validators=[MinValueValidator(1)])

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bookings",
        verbose_name=_("person"),
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True)
    person = models.CharField(
        _("person's key"),
        max_length=254,
        null=True,
        blank=True,
        help_text=_("The normalised e-mail address: one person holds no two seats at a time."),
    )

    basis = models.CharField(_("basis"), max_length=20, choices=Basis)
    plan = models.ForeignKey(
        Plan,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bookings",
        verbose_name=_("plan"),
    )
    membership = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bookings",
        verbose_name=_("membership"),
        help_text=_("The membership that covers it; a companion's is the tenant's."),
    )
    plan_minutes = models.PositiveIntegerField(
        _("minutes from the plan"),
        default=0,
        db_default=0,
        help_text=_("Minutes of rooms that it draws on the membership."),
    )
    ticket = models.ForeignKey(
        Ticket,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="bookings",
        verbose_name=_("trial ticket"),
        help_text=_("The shared trial ticket that it draws a visit from."),
    )
    visa = models.ForeignKey(
        Visa,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="bookings",
        verbose_name=_("Coworking VISA"),
        help_text=_("The visa that it draws on: a free day where it costs nothing, else a percentage off."),
    )
    price = models.PositiveIntegerField(_("price"), help_text=_("Yen, tax included, as it was agreed."))

    booked_at = models.DateTimeField(_("booked"), default=timezone.now, editable=False)
    coming_at = models.DateTimeField(
        _("said “I'm coming”"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("By the button of the reminder, about the time that it told."),
    )
    checked_in_at = models.DateTimeField(_("checked in"), null=True, blank=True)
    checked_out_at = models.DateTimeField(_("checked out"), null=True, blank=True)
    check_out_estimated = models.BooleanField(_("check-out estimated"), default=False)
    missed_at = models.DateTimeField(_("did not come"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancelled_by = models.CharField(_("cancelled by"), max_length=10, choices=Side, blank=True)
    cancelled_late = models.BooleanField(
        _("cancelled late"), default=False, db_default=False, help_text=_("By the person, after cancelling was free.")
    )
    cancellation_fee = models.PositiveIntegerField(
        _("cancellation fee"), default=0, help_text=_("Yen, outside the consumption tax.")
    )
    sequence = models.PositiveSmallIntegerField(
        _("revision"), default=0, editable=False, help_text=_("SEQUENCE of its calendar entry (RFC 5545).")
    )

    # Facts of the resource that the exclusion constraints need beside the booking; a trigger fills them in.
    holds_seat = models.BooleanField(default=True, editable=False)
    is_exclusive = models.BooleanField(default=False, editable=False)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ["-starts_at", "-pk"]
        indexes = [
            models.Index(
                # The end is carried, not a key: as one, PostgreSQL 18 takes a skip scan for dear and avoids the index.
                fields=["resource", "starts_at"],
                include=["ends_at", "seats"],
                name="booking_occupancy",
                condition=LIVE,
            ),
            models.Index(fields=["user", "starts_at"], name="booking_of_user"),
            models.Index(fields=["starts_at"], name="booking_start"),
            models.Index(
                fields=["membership", "starts_at"],
                name="booking_of_membership",
                condition=Q(membership__isnull=False),
            ),
            models.Index(fields=["ticket"], name="booking_of_ticket", condition=Q(ticket__isnull=False)),
            # The guard counts the tickets of a day, however many days there were.
            models.Index(
                fields=["resource", "starts_at"], name="booking_by_ticket_day", condition=Q(ticket__isnull=False)
            ),
            models.Index(fields=["visa", "starts_at"], name="booking_of_visa", condition=Q(visa__isnull=False)),
            # What a host has given, however much else was booked there.
            models.Index(fields=["resource", "starts_at"], name="booking_by_visa_day", condition=Q(visa__isnull=False)),
            # Asked for by address whenever somebody signs in.
            models.Index(fields=["person"], name="booking_of_nobody", condition=Q(user__isnull=True)),
            models.Index(
                fields=["ends_at"],
                name="booking_still_in",
                condition=Q(checked_in_at__isnull=False, checked_out_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="booking_ends_after_it_starts",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The end is not after the start."),
            ),
            models.CheckConstraint(
                name="booking_within_a_day",
                condition=Q(ends_at__lte=F("starts_at") + timedelta(hours=LONGEST_HOURS)),
                violation_error_message=_("A booking lasts a day at most; book each day by itself."),
            ),
            models.CheckConstraint(
                name="booking_takes_a_seat",
                condition=Q(seats__gte=1),
                violation_error_message=_("A booking takes one seat at least."),
            ),
            models.CheckConstraint(
                name="booking_came_or_did_not",
                condition=Q(checked_in_at__isnull=True) | LIVE,
                violation_error_message=_("Who has checked in did come, and the booking stands."),
            ),
            models.CheckConstraint(
                name="booking_out_after_in",
                # A comparison with a check-in that is null is not false, so it would pass.
                condition=Q(checked_out_at__isnull=True)
                | Q(checked_in_at__isnull=False, checked_out_at__gte=F("checked_in_at")),
                violation_error_message=_("Nobody checks out before checking in."),
            ),
            models.CheckConstraint(
                name="booking_cancelled_by_someone",
                condition=Q(cancelled_at__isnull=True, cancelled_by="", cancellation_fee=0, cancelled_late=False)
                | Q(cancelled_at__isnull=False, cancelled_by__in=["person", "space"]),
                violation_error_message=_("A cancelled booking says which side cancelled it."),
            ),
            models.CheckConstraint(
                name="booking_ticket_is_its_basis",
                condition=Q(ticket__isnull=True) | Q(basis="ticket", price=0, seats=1),
                violation_error_message=_("A visit by ticket is one seat, and free of charge."),
            ),
            models.CheckConstraint(
                name="booking_visa_is_its_basis",
                condition=Q(visa__isnull=True) & ~Q(basis="visa") | Q(visa__isnull=False, basis="visa", seats=1),
                violation_error_message=_("A visit by Coworking VISA is one seat."),
            ),
            models.CheckConstraint(
                name="booking_minutes_from_a_membership",
                condition=Q(plan_minutes=0) | Q(membership__isnull=False),
                violation_error_message=_("Minutes of a plan are drawn on a membership."),
            ),
            ExclusionConstraint(
                name="booking_room_taken_once",
                expressions=[
                    ("resource", RangeOperators.EQUAL),
                    (TimeRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=LIVE & Q(is_exclusive=True),
                violation_error_message=_("It is already booked for that time."),
            ),
            ExclusionConstraint(
                name="booking_person_in_one_seat",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (TimeRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=LIVE & Q(holds_seat=True, person__isnull=False),
                violation_error_message=_("This person has a seat at that time already."),
            ),
        ]

    def __str__(self) -> str:
        return self.spaced_reference

    def get_absolute_url(self) -> str:
        return reverse("bookings:booking", args=[self.reference])

    @property
    def spaced_reference(self) -> str:
        """The reference as it is printed and read aloud."""
        return spaced(self.reference)

    @property
    def holder(self) -> str:
        """Who comes, as the desk calls them; what a hold is for."""
        return self.name or (self.user.display_name if self.user else "")

    @property
    def is_hold(self) -> bool:
        """Whether it keeps seats or a room for an event: nobody's booking, and nobody comes with it."""
        return self.basis == self.Basis.HOLD

    @property
    def is_live(self) -> bool:
        """Whether it takes its seats. `BookingQuerySet.live` asks many rows the same."""
        return self.cancelled_at is None and self.missed_at is None

    @property
    def is_expected(self) -> bool:
        """Whether somebody is still to come with it."""
        return self.is_live and not self.is_hold and self.checked_in_at is None

    @property
    def state_name(self) -> "_StrPromise":
        """How it stands, in a word."""
        if self.cancelled_at:
            return _("Cancelled")
        if self.missed_at:
            return _("Did not come")
        if self.is_hold:
            return pgettext_lazy("for an event", "Held")
        if self.checked_out_at:
            return _("Visited")
        return _("Checked in") if self.checked_in_at else _("Confirmed")

    @property
    def free_cancellation_until(self) -> datetime:
        """The last moment at which cancelling costs nothing."""
        minutes = self.resource.space.free_cancellation_minutes
        return self.starts_at - timedelta(minutes=minutes)

    def fee_if_cancelled_at(self, moment: datetime) -> int:
        """What the person owes for cancelling at `moment`: yen, outside the consumption tax."""
        return self.price if self.is_late_at(moment) else 0

    def is_late_at(self, moment: datetime) -> bool:
        """Whether cancelling at `moment` is no longer free."""
        return moment > self.free_cancellation_until

    @property
    def is_at_stake(self) -> bool:
        """Whether cancelling late loses something: the price, hours of a plan, a visit. `Rule` asks the same."""
        return bool(self.price or self.plan_minutes or self.basis in self.ONCE)

    def has_begun_at(self, moment: datetime) -> bool:
        return self.starts_at <= moment

    def has_ended_at(self, moment: datetime) -> bool:
        return self.ends_at <= moment
