"""What is owed for a booking, written as charges until they agree: its price, or what not coming costs.

Nobody keeps track of what was charged for what. Each act that changes a booking ends here, and only the difference is
written: what waits for an invoice is voided, what was invoiced is reversed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import CharField, F, Func, Value
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from billing.balances import standings_of
from billing.charging import charge, undo, write_day
from billing.models import Charge
from billing.models.charge import ChargeQuerySet
from billing.months import hold_open
from billing.tax import STANDARD
from bookings.models import Booking
from spaces.models import Resource, Space
from spaces.templatetags.wording import clock, day


@dataclass(frozen=True)
class Owed:
    """What a booking costs as it stands: yen, tax of `tax_rate` percent included, None outside the tax."""

    kind: str
    yen: int
    tax_rate: int | None
    on: date


def owed(booking: Booking) -> Owed | None:
    """What is owed for a booking as it stands; None for nothing.

    Who cancels late or does not come makes good a loss, which is outside the tax (消費税法基本通達 5-5-2).
    """
    space = booking.resource.space
    if booking.cancelled_at:
        fee = booking.cancellation_fee
        return Owed(Charge.Kind.CANCELLATION, fee, None, space.today(booking.cancelled_at)) if fee else None
    if not booking.price:
        return None
    starts_on = space.today(booking.starts_at)
    if booking.missed_at:
        return Owed(Charge.Kind.CANCELLATION, booking.price, None, starts_on)
    is_seat = booking.resource.kind == Resource.Kind.OPEN_SEATS
    return Owed(Charge.Kind.DROP_IN if is_seat else Charge.Kind.ROOM, booking.price, STANDARD, starts_on)


def charge_new(booking: Booking) -> None:
    """Charge a booking that was made in this transaction."""
    found = owed(booking)
    if found:
        _write(booking, found, found.on, 0)


def bring_in_line(booking: Booking, *, now: datetime) -> None:
    """Bring the charges of a locked booking in line with what is owed for it as it stands."""
    space, found = booking.resource.space, owed(booking)
    hold_open(space.pk)
    today = space.today(now)
    standing = list(charges_of(booking).select_for_update(of=("self",), no_key=True))
    if found and len(standing) == 1 and standing[0].invoice_id and _is_for(standing[0], found):
        return
    for one in standing:
        undo(one, today=today)
    if found:
        ever = Charge.objects.filter(source_key__startswith=_source(booking)).count()
        _write(booking, found, write_day(space, found.on, today=today), ever)


def charges_of(booking: Booking) -> ChargeQuerySet:
    """The charges for a booking that stand: neither voided nor reversed. One at most."""
    of_it = Charge.objects.standing().filter(source_key__startswith=_source(booking))
    return of_it.filter(reverses__isnull=True, reversed_by__isnull=True)


def to_pay_for(space: Space, bookings: Sequence[Booking]) -> dict[int, int]:
    """What is still to be paid of each booking, in yen, by its key; of a guest, who has no account, its price.

    All are at one space. Three queries, however many bookings.
    """
    keys = {str(booking.pk) for booking in bookings}
    payers = {booking.user_id for booking in bookings if booking.user_id}
    of_them = Charge.objects.standing().filter(space=space, payer__in=payers, source_key__startswith="booking:")
    of_them = of_them.filter(reverses__isnull=True, reversed_by__isnull=True).alias(
        of=Func(F("source_key"), Value(":"), Value(2), function="split_part", output_field=CharField())
    )
    charges = {int(one.source_key.split(":")[1]): one for one in of_them.filter(of__in=keys)}
    standings = standings_of(space, payers)
    open_of = {
        pk: one.yen if one.invoice_id is None else standings[one.payer_id].open(one.invoice_id)
        for pk, one in charges.items()
    }
    return {one.pk: open_of.get(one.pk, 0) if one.user_id else one.price for one in bookings}


def _source(booking: Booking) -> str:
    return f"booking:{booking.pk}:"


def _is_for(one: Charge, found: Owed) -> bool:
    return (one.kind, one.yen, one.tax_rate, one.arises_on) == (found.kind, found.yen, found.tax_rate, found.on)


def _write(booking: Booking, found: Owed, arises_on: date, number: int) -> None:
    if booking.user_id is None:
        return
    charge(
        space=booking.resource.space,
        payer_id=booking.user_id,
        kind=found.kind,
        text=_text(booking, found),
        yen=found.yen,
        tax_rate=found.tax_rate,
        arises_on=arises_on,
        source_key=f"{_source(booking)}{number}",
    )


def _text(booking: Booking, found: Owed) -> str:
    """What the invoice says: what was booked and when, in the payer's language and the space's time."""
    space = booking.resource.space
    language = booking.user.language if booking.user else None
    with timezone.override(space.zone), translation.override(language):
        shown = {
            "resource": booking.resource.name,
            "day": day(booking.starts_at),
            "hours": f"{clock(booking.starts_at)}–{clock(booking.ends_at)}",
        }
        if found.kind != Charge.Kind.CANCELLATION:
            return _("%(resource)s, %(day)s %(hours)s") % shown
        if booking.missed_at:
            return _("Did not come: %(resource)s, %(day)s %(hours)s") % shown
        return _("Cancelled late: %(resource)s, %(day)s %(hours)s") % shown
