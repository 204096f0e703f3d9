"""The lock of a visa, for a booking that turns out to draw on one.

A visa is locked before the resource (design rule 10), but only the quote, under the resource's lock, says whether one
is drawn on. So all is begun anew with the visa held; who holds no visa pays nothing for that.
"""

from collections.abc import Callable

from bookings.models import Booking
from bookings.quote import Quote
from visas.models import Visa


class VisaWantedError(Exception):
    """A quote draws on a visa that is not locked. Seen by `holding_visas` only."""

    def __init__(self, visa: Visa) -> None:
        super().__init__()
        self.visa = visa


def check_held(found: Quote, visa: Visa | None) -> None:
    """Raise unless the visa that a quote draws on, if any, is the one that is locked."""
    drawn = found.best.visa
    if drawn and (visa is None or drawn.pk != visa.pk):
        raise VisaWantedError(drawn)


def holding_visas(act: Callable[[Visa | None], Booking], visa: Visa | None = None) -> Booking:
    """Do a booking's act, a transaction that locks the visa that it is given first; again with the one it wants."""
    while True:
        try:
            return act(visa)
        except VisaWantedError as wanted:
            visa = wanted.visa
