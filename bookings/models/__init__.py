"""Tables of bookings, cut by topic."""

from bookings.models.booking import DRAWN, LIVE, LONGEST_HOURS, NAME_LENGTH, Booking, BookingQuerySet, TimeRange
from bookings.models.first_visit import FirstVisit
from bookings.models.visa_request import VisaRequest

__all__ = [
    "DRAWN",
    "LIVE",
    "LONGEST_HOURS",
    "NAME_LENGTH",
    "Booking",
    "BookingQuerySet",
    "FirstVisit",
    "TimeRange",
    "VisaRequest",
]
