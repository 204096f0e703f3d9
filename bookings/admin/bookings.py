"""Bookings: made, moved and cancelled by the same acts, under the same rules, as on the pages."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import RangeDateTimeFilter

from bookings import attendance
from bookings.admin.booking_export import BookingExport
from bookings.admin.money.of_booking import of_booking
from bookings.admin.scope import Exported, OwnFilter, OwnSpacesAdmin
from bookings.admin.visas.card import page_of_visa
from bookings.booking import book
from bookings.cancelling import cancel_by_hand
from bookings.models import Booking
from bookings.moving import move
from bookings.notices import local_time
from spaces.calendar import Span


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    STATES = {
        "upcoming": (_("Upcoming"), lambda now: Q(cancelled_at=None, missed_at=None, ends_at__gt=now)),
        "in": (_("Checked in"), lambda now: Q(checked_in_at__isnull=False, checked_out_at=None)),
        "visited": (_("Visited"), lambda now: Q(checked_out_at__isnull=False)),
        "missed": (_("Did not come"), lambda now: Q(missed_at__isnull=False)),
        "cancelled": (_("Cancelled"), lambda now: Q(cancelled_at__isnull=False)),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, label) for name, (label, _condition) in self.STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Booking]) -> QuerySet[Booking]:
        state = self.STATES.get(self.value() or "")
        return queryset.filter(state[1](timezone.now())) if state else queryset


class BookingForm(forms.ModelForm):
    """Takes the seats while it is checked: only the act can tell whether they are there.

    The admin has opened a transaction around the form, and nothing of the act stays when the form is refused.
    """

    class Meta:
        model = Booking
        fields = ["resource", "user", "starts_at", "ends_at", "seats"]

    def validate_constraints(self) -> None:
        """Left to the database: Django 5.2 can't ask constraints whose condition names a field that isn't shown."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and self.changed_data:
            self.instance = self._act(cleaned)
        return cleaned

    def _act(self, cleaned: dict[str, Any]) -> Booking:
        span = Span(cleaned["starts_at"], cleaned["ends_at"])
        now = timezone.now()
        if self.instance.pk:
            return move(
                booking=self.instance,
                resource_id=cleaned["resource"].pk,
                span=span,
                seats=cleaned["seats"],
                by_operator=True,
                now=now,
            )
        return book(
            user=cleaned["user"],
            space=cleaned["resource"].space,
            resource_id=cleaned["resource"].pk,
            span=span,
            seats=cleaned["seats"],
            by_operator=True,
            now=now,
        )

    def _post_clean(self) -> None:
        """The act has written the row; there is nothing left to copy onto it."""

    def clean_user(self) -> Any:
        user = self.cleaned_data.get("user")
        if user is None and not self.instance.pk:
            raise ValidationError(_("Say who comes."), code="required")
        return user or self.instance.user


# What there is to know of seats that an event holds; all of it is only looked at.
OF_A_HOLD = ["reference", "event", "resource", "starts_at", "ends_at", "seats", "state", "booked_at", "cancelled_at"]


@admin.register(Booking)
class BookingAdmin(Exported, OwnSpacesAdmin):
    space_lookup = "resource__space_id"
    form = BookingForm
    resource_classes = [BookingExport]
    list_display = ["spaced_reference", "when", "holder", "resource", "space", "seats", "price", "basis", "state"]
    list_filter = [
        ("starts_at", RangeDateTimeFilter),
        StateFilter,
        ("resource__space", OwnFilter),
        "resource__kind",
        "basis",
    ]
    list_select_related = ["resource__space", "user", "ticket__campaign"]
    search_fields = ["reference", "name", "person", "user__family_reading", "user__given_reading"]
    date_hierarchy = "starts_at"
    autocomplete_fields = ["resource", "user"]
    change_form_outer_before_template = "admin/billing/booking_acts.html"
    actions = ["cancel_selected", "check_in_selected", "check_out_selected", "miss_selected", "undo_selected"]
    readonly_fields = [
        "reference",
        "holder",
        "basis",
        "plan",
        "membership",
        "plan_minutes",
        "ticket",
        "campaign",
        "visa_of",
        "price",
        "booked_at",
        "coming_at",
        "checked_in_at",
        "checked_out_at",
        "check_out_estimated",
        "missed_at",
        "cancelled_at",
        "cancelled_by",
        "cancelled_late",
        "cancellation_fee",
    ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        booking = self.get_object(request, object_id)
        more = {**of_booking(request, booking), "visa_page": page_of_visa(request, booking)} if booking else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def view_on_site(self, booking: Booking) -> str:
        """The booking as operators meet it at the door; its own page is the person's."""
        return reverse("bookings:door_booking", args=[booking.reference])

    def has_change_permission(self, request: HttpRequest, obj: Booking | None = None) -> bool:
        """What an event holds is looked at here, and changed with the event."""
        return not (obj and obj.is_hold) and super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Booking | None = None) -> list[Any]:
        if obj and obj.is_hold:
            return OF_A_HOLD
        # A visitor without an account has a name alone.
        who = "user" if obj is None or obj.user_id else "holder"
        wish = ["resource", who, "starts_at", "ends_at", "seats"]
        return ["reference", *wish, *self.readonly_fields[2:]] if obj else wish

    def get_readonly_fields(self, request: HttpRequest, obj: Booking | None = None) -> list[str]:
        if obj is None:
            return []
        if obj.is_hold:
            return OF_A_HOLD
        return [*self.readonly_fields, "user"] if obj.is_expected else self._all_read_only()

    def _all_read_only(self) -> list[str]:
        return [*self.readonly_fields, "resource", "user", "starts_at", "ends_at", "seats"]

    def has_delete_permission(self, request: HttpRequest, obj: Booking | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Booking, form: Any, change: bool) -> None:
        """The form's act has saved it."""

    @admin.display(description=_("when"), ordering="starts_at")
    def when(self, booking: Booking) -> str:
        return local_time(booking, booking.starts_at)

    @admin.display(description=_("reference"), ordering="reference")
    def spaced_reference(self, booking: Booking) -> str:
        return booking.spaced_reference

    @admin.display(description=_("who"))
    def holder(self, booking: Booking) -> str:
        return booking.holder

    @admin.display(description=_("event"))
    def event(self, booking: Booking) -> str:
        return booking.name

    @admin.display(description=_("campaign"))
    def campaign(self, booking: Booking) -> str:
        return str(booking.ticket.campaign) if booking.ticket else "–"

    @admin.display(description=_("Coworking VISA"))
    def visa_of(self, booking: Booking) -> str:
        """The home space alone: a number is for its holder to show, and a host that was shown it has seen it."""
        return str(booking.visa.membership.space) if booking.visa else "–"

    @admin.display(description=_("space"), ordering="resource__space")
    def space(self, booking: Booking) -> str:
        return str(booking.resource.space)

    @admin.display(description=_("state"))
    def state(self, booking: Booking) -> str:
        return str(booking.state_name)

    @admin.action(description=_("Cancel as the space, and tell the people"), permissions=["change"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Booking]) -> None:
        self._each(request, queryset, lambda one: cancel_by_hand(booking=one, now=timezone.now()))

    @admin.action(description=_("Check in"), permissions=["change"])
    def check_in_selected(self, request: HttpRequest, queryset: QuerySet[Booking]) -> None:
        self._each(request, queryset, lambda one: attendance.check_in(booking=one, now=timezone.now()))

    @admin.action(description=_("Check out"), permissions=["change"])
    def check_out_selected(self, request: HttpRequest, queryset: QuerySet[Booking]) -> None:
        self._each(request, queryset, lambda one: attendance.check_out(booking=one, now=timezone.now()))

    @admin.action(description=_("Mark as “did not come”"), permissions=["change"])
    def miss_selected(self, request: HttpRequest, queryset: QuerySet[Booking]) -> None:
        self._each(request, queryset, lambda one: attendance.miss(booking=one, now=timezone.now()))

    @admin.action(description=_("Take the last note at the door back"), permissions=["change"])
    def undo_selected(self, request: HttpRequest, queryset: QuerySet[Booking]) -> None:
        self._each(request, queryset, lambda one: attendance.undo(booking=one, now=timezone.now()))

    def _each(self, request: HttpRequest, queryset: QuerySet[Booking], act: Callable[[Booking], Booking]) -> None:
        """Do an act on each row, and say which were skipped and why."""
        done = 0
        rows: Iterable[Booking] = self.within(queryset, request, "change").order_by("pk")
        for booking in rows:
            try:
                act(booking)
                done += 1
            except ValidationError as error:
                messages.warning(request, f"{booking.spaced_reference}: {' '.join(error.messages)}")
        said = ngettext("Done for %(count)s booking.", "Done for %(count)s bookings.", done)
        messages.success(request, said % {"count": done})
