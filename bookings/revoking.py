"""Taking a visa away from somebody who misuses it, giving it back, and another number for one that others know."""

from datetime import datetime

from django.db import transaction

from bookings.cancelling import cancel
from bookings.models import Booking
from members.models import User
from visas.locks import locked_visa
from visas.models import Visa
from visas.models.visa import NewNumber
from visas.refusals import refusal


@transaction.atomic
def revoke(*, visa: Visa, by: User, reason: str, now: datetime) -> list[Booking]:
    """Revoke a visa, and cancel the visits to come that draw on it, at no charge; those. Raises ValidationError."""
    visa = locked_visa(visa)
    if visa.revoked_at:
        raise refusal("revoked_already")
    if not reason.strip():
        raise refusal("no_reason")
    visits = list(Booking.objects.upcoming(now).filter(visa=visa, checked_in_at=None).order_by("pk"))
    visa.revoked_at, visa.revoked_by, visa.revoke_reason = now, by, reason.strip()[:200]
    _keep(visa, by=by, why=visa.revoke_reason)
    return [cancel(booking=one, by=Booking.Side.SPACE, now=now) for one in visits if not one.has_begun_at(now)]


@transaction.atomic
def reissue(*, visa: Visa, by: User, now: datetime) -> Visa:
    """Give a visa another number, so that what others have seen of it shows nothing any more.

    One that was revoked is good again. Days that are used stay used.
    """
    visa = locked_visa(visa)
    visa.revoked_at, visa.revoked_by, visa.revoke_reason = None, None, ""
    visa.number = Visa.objects.filter(pk=visa.pk).values_list(NewNumber(), flat=True).get()
    _keep(visa, by=by, why="")
    return visa


def _keep(visa: Visa, *, by: User, why: str) -> None:
    # django-simple-history looks for these two names.
    visa.__dict__.update(_history_user=by, _change_reason=why)
    visa.save()
