"""Taking a visa away from somebody who misuses it, giving it back, and another number for one that others know."""

from datetime import datetime

from django.db import transaction

from bookings import visa_notices
from bookings.cancelling import cancel
from bookings.models import Booking, BookingQuerySet
from bookings.visa_answers import REASON_LENGTH, withdraw_fallen
from members.models import User
from notices.outbox import tell
from visas.locks import locked_visa
from visas.models import Visa
from visas.models.visa import NewNumber
from visas.refusals import refusal


def falling_with(visa: Visa, *, now: datetime) -> BookingQuerySet:
    """The visits to come that draw on a visa and would fall with it, the next first; who is there may stay."""
    return Booking.objects.upcoming(now).filter(visa=visa, starts_at__gt=now, checked_in_at=None)


@transaction.atomic
def revoke(*, visa: Visa, by: User, reason: str, now: datetime) -> list[Booking]:
    """Revoke a visa, cancel the visits to come that draw on it, at no charge, and tell whose it is; those visits.

    What was asked for by it is withdrawn. Raises ValidationError.
    """
    visa = locked_visa(visa)
    if visa.revoked_at:
        raise refusal("revoked_already")
    if not reason.strip():
        raise refusal("no_reason")
    visa.revoked_at, visa.revoked_by, visa.revoke_reason = now, by, reason.strip()[:REASON_LENGTH]
    _keep(visa, by=by, why=visa.revoke_reason)
    tell(visa_notices.revoked(visa, now=now))
    # All of them before the first is cancelled: until the lock is there a visitor may have cancelled one, or have come.
    visits = falling_with(visa, now=now).order_by("pk").select_for_update(no_key=True)
    fallen = [cancel(booking=one, by=Booking.Side.SPACE, now=now) for one in list(visits)]
    withdraw_fallen(visa.membership, now=now)
    return fallen


@transaction.atomic
def reissue(*, visa: Visa, by: User, now: datetime, seen: str | None = None) -> Visa:
    """Give a visa another number, so that what others have seen of it shows nothing any more, and tell whose it is.

    One that was revoked is good again. Days that are used stay used. `seen` is the number that was looked at: who sends
    a form twice gives one number. Raises ValidationError.
    """
    visa = locked_visa(visa)
    if seen is not None and seen != visa.number:
        raise refusal("reissued_already")
    visa.revoked_at, visa.revoked_by, visa.revoke_reason = None, None, ""
    visa.number = Visa.objects.filter(pk=visa.pk).values_list(NewNumber(), flat=True).get()
    _keep(visa, by=by, why="")
    tell(visa_notices.reissued(visa, now=now))
    return visa


def _keep(visa: Visa, *, by: User, why: str) -> None:
    # django-simple-history looks for these two names.
    visa.__dict__.update(_history_user=by, _change_reason=why)
    visa.save()
