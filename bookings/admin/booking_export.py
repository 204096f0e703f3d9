"""Bookings as a file: who came when, by what, and at which price."""

from import_export.resources import ModelResource

from bookings.models import Booking


class BookingExport(ModelResource):
    class Meta:
        model = Booking
        fields = [
            "reference",
            "resource__space__slug",
            "resource__name_ja",
            "starts_at",
            "ends_at",
            "seats",
            "name",
            "person",
            "basis",
            "ticket__campaign__name_ja",
            "price",
            "booked_at",
            "checked_in_at",
            "checked_out_at",
            "check_out_estimated",
            "missed_at",
            "cancelled_at",
            "cancelled_by",
            "cancellation_fee",
        ]
