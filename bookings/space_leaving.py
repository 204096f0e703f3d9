"""A space leaves the federation, and nobody is hurt (design rule 11).

`Space.left_on` is the first day without it. The visas of its members hold until that month ends, unused tickets stay
good elsewhere, what was cancelled costs nobody anything, and everything that was stays as it is. Memberships are
contracts with the space: it settles them itself, in the admin that it keeps.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from bookings import leaving_above
from bookings import leaving_notices as notices
from bookings.cancelling import cancel
from bookings.leaving_foreseen import Foresight, cancelled_here, foresee, open_requests, visits_elsewhere
from bookings.models import Booking
from bookings.refusals import refusal
from bookings.visa_requests import refuse, withdraw
from members.models import Membership, User
from notices.outbox import tell
from spaces.locks import lock_space
from spaces.models import Space
from spaces.templatetags.wording import plain_day
from visas import taking_part
from visas.holding import last_home_day
from visas.locks import locked_campaign
from visas.models import Campaign, Visa

# Nobody plans further ahead, and days near the end of the calendar can't be reckoned with.
LEAVES_WITHIN = timedelta(days=731)


@transaction.atomic
def leave(*, space: Space, left_on: date, by: User, now: datetime) -> Foresight:
    """Let a space be in the federation until the day before `left_on`; what that did to whom.

    Bookings there from that day on, and visits of its members elsewhere after the last day of their visas, are
    cancelled at no charge and the people told; it takes no more tickets; members with a visa are told until when that
    holds. A day that was chosen before is replaced; what that day had cancelled stays so. Raises ValidationError.
    """
    check_leaves(Space.objects.get(pk=space.pk), left_on, now=now)
    before, held = _locked(space, left_on, now)
    check_leaves(before, left_on, now=now)
    found = foresee(before, left_on, now=now)
    space.left_on = left_on
    _keep(space, by)
    for part in found.parts:
        if part.ends:
            taking_part.leave(part=part.ends, now=now)
    for one in found.fallen:
        cancel(booking=one, by=Booking.Side.SPACE, now=now)
    for request in found.requests_here:
        if request.pk in held:
            with translation.override(request.visa.membership.user.language):
                reason = _("The space is leaving the federation.")
            refuse(request=request, by=by, reason=reason, now=now)
    for request in found.requests_elsewhere:
        withdraw(request=request, by=by, now=now)
    if before.left_on is None or last_home_day(before.left_on) != found.visas_until:
        tell(notices.leaves(found, now=now))
    return found


@transaction.atomic
def stay(*, space: Space, by: User, now: datetime) -> Space:
    """Take a leaving back before its day, and tell the members who were told. Raises ValidationError.

    What was cancelled stays so, and campaigns that were left are joined anew by the space.
    """
    before = Space.objects.select_for_update(no_key=True).get(pk=space.pk)
    found = foresee(before, leaving_day(before, now=now), now=now)
    space.left_on = None
    _keep(space, by)
    tell(notices.stays(found, now=now))
    return space


def check_leaves(space: Space, left_on: date, *, now: datetime) -> None:
    """Raise ValidationError if a space, as it is now, can't leave on a day."""
    check_not_gone(space, now=now)
    today = space.today(now)
    if left_on < today:
        raise refusal("leaves_in_the_past")
    if left_on < space.joined_on:
        raise refusal("leaves_before_joining", space=space.name, day=plain_day(space.joined_on))
    if left_on > today + LEAVES_WITHIN:
        raise refusal("leaves_too_late")
    if left_on == space.left_on:
        raise refusal("leaves_then_already", space=space.name)


def leaving_day(space: Space, *, now: datetime) -> date:
    """The day on which a space is to leave. Raises ValidationError if there is none, or it has come."""
    if space.left_on is None:
        raise refusal("leaves_not", space=space.name)
    check_not_gone(space, now=now)
    return space.left_on


def check_not_gone(space: Space, *, now: datetime) -> None:
    """Raise ValidationError if a space has left: its day has come, and nothing can be changed about it."""
    if space.left_on and space.left_on <= space.today(now):
        raise refusal("has_left", space=space.name, day=plain_day(space.left_on))


def _locked(space: Space, left_on: date, now: datetime) -> tuple[Space, set[int]]:
    """Lock all that a leaving touches, in the order of design rule 10, and read the space as it is then.

    Apps above do their part on the way, between visas and resources.

    Who redeems a ticket there holds its campaign; who visits another space by visa holds the membership, who books at
    the space a resource of it. Each is done by then, or finds the space gone. With it come the keys of the requests
    whose visas are locked: one that is made at this moment waits for its answer.
    """
    campaigns = Campaign.objects.filter(participations__space=space).order_by("pk")
    for pk in campaigns.values_list("pk", flat=True):
        locked_campaign(pk)
    asked = dict(open_requests(space, left_on, now).values_list("pk", "visa"))
    visas = Visa.objects.filter(Q(membership__space=space) | Q(pk__in=asked.values()))
    memberships = Membership.objects.filter(pk__in=visas.values("membership")).order_by("pk")
    list(memberships.select_for_update(no_key=True).values_list("pk"))
    list(visas.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
    leaving_above.act(space, left_on, now=now)
    lock_space(space)
    before = Space.objects.select_for_update(no_key=True).get(pk=space.pk)
    touched = cancelled_here(space, left_on, now).order_by() | visits_elsewhere(space, left_on, now).order_by()
    list(touched.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
    return before, set(asked)


def _keep(space: Space, by: User) -> None:
    # django-simple-history looks for this name.
    space.__dict__.update(_history_user=by)
    space.save(update_fields=["left_on"])
