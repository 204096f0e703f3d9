"""What the links of a digest are about: how it is found at a space, what its page shows, and whether it still waits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.askable import against, seats_free
from bookings.models import Booking, VisaRequest
from bookings.templatetags.agreed import plan_and_booth
from bookings.visa_requests import check_open, why_unacceptable
from desk.digest.basis import basis_words
from desk.digest.refusals import refusal
from events.admin.words import facts_of
from events.announcing import check_changeable
from events.models import Venue
from events.refusals import refusal as event_refusal
from members.agreeing import agreed_on
from members.models import Membership
from members.refusals import refusal as membership_refusal
from spaces.models import Space
from spaces.templatetags.wording import clock, day, long_day, yen

Facts = list[tuple[Any, Any]]


@dataclass(frozen=True)
class Subject:
    """One kind of rows. `label` is the model whose change a role must allow; `why_not` raises ValidationError."""

    name: str
    label: str
    find: Callable[[int, Space], Any]
    called: Callable[[Any], str]
    facts: Callable[[Any], Facts]
    why_not: Callable[[Any, datetime], None]
    address: Callable[[Any], str]


def _application(pk: int, space: Space) -> Membership | None:
    return Membership.objects.select_related("user", "space").filter(pk=pk, space=space).first()


def _facts_of_application(membership: Membership) -> Facts:
    agreed = agreed_on(membership, membership.starts_on)
    ticks = {True: _("Yes"), False: _("No")}
    answers = [
        (asked, ticks[answer] if isinstance(answer, bool) else answer or "–") for asked, answer in membership.answered
    ]
    return [
        (_("Plan"), plan_and_booth(agreed)),
        (_("Price a month"), yen(agreed.price)),
        (_("From"), long_day(membership.starts_on)),
        *answers,
    ]


def _why_not_decided(membership: Membership, now: datetime) -> None:
    if membership.status != Membership.Status.APPLIED:
        raise membership_refusal("not_applied", status=membership.get_status_display())


def _request(pk: int, space: Space) -> VisaRequest | None:
    rows = VisaRequest.objects.select_related("visa__membership__user", "visa__membership__space", "resource__space")
    return rows.filter(pk=pk, resource__space=space).first()


def _facts_of_request(asked: VisaRequest) -> Facts:
    doubts = against(asked)
    return [
        (_("Home space"), asked.visa.membership.space.name),
        (_("When"), f"{day(asked.starts_at)} {clock(asked.starts_at)}–{clock(asked.ends_at)}"),
        (_("Where"), asked.resource.name),
        (_("Seats free then"), seats_free(asked)),
        (_("Price"), yen(asked.price)),
        *([(_("What doesn't fit"), " ".join(doubts))] if doubts else []),
        *([(_("Message"), asked.message)] if asked.message else []),
    ]


def why_not_accepted(asked: VisaRequest, now: datetime) -> None:
    """Raise ValidationError if a request can't be accepted any more."""
    problem = why_unacceptable(asked, now=now)
    if problem:
        raise problem


def _ask(pk: int, space: Space) -> Venue | None:
    rows = Venue.objects.select_related("event__organiser", "space", "resource", "host")
    return rows.filter(pk=pk, space=space, event__published_at__isnull=False).first()


def why_not_answered(venue: Venue, now: datetime) -> None:
    """Raise ValidationError if a space has answered already whether it takes part, or the event takes no answer."""
    if venue.left_at:
        raise event_refusal("venue_left_already", venue=venue.name)
    if venue.agreed_at:
        raise refusal("takes_part_already", venue=venue.name)
    check_changeable(venue.event, now=now)


def _booking(pk: int, space: Space) -> Booking | None:
    rows = Booking.objects.select_related("resource__space", "user", "plan", "ticket__campaign", "visa__membership")
    return rows.select_related("visa__membership__space").filter(pk=pk, resource__space=space).first()


def _facts_of_booking(booking: Booking) -> Facts:
    return [
        (_("When"), f"{day(booking.starts_at)} {clock(booking.starts_at)}–{clock(booking.ends_at)}"),
        (_("Where"), booking.resource.name),
        (_("People"), booking.seats),
        (_("Comes by"), basis_words(booking)),
        (_("Price"), yen(booking.price)),
    ]


def _why_not_in(booking: Booking, now: datetime) -> None:
    if not booking.is_expected:
        raise refusal("not_expected", state=booking.state_name)


APPLICATION = Subject(
    "membership",
    "members.membership",
    _application,
    lambda membership: str(membership.user.display_name),
    _facts_of_application,
    _why_not_decided,
    lambda membership: reverse("admin:members_membership_change", args=[membership.pk]),
)
REQUEST = Subject(
    "visa_request",
    "bookings.visarequest",
    _request,
    lambda asked: str(asked.visa.membership.user.display_name),
    _facts_of_request,
    check_open,
    lambda asked: reverse("admin:bookings_visarequest_change", args=[asked.pk]),
)
VENUE = Subject(
    "venue",
    "events.venue",
    _ask,
    lambda venue: str(venue.event.title),
    lambda venue: facts_of(venue.event)[1:],
    why_not_answered,
    lambda venue: reverse("admin:events_venue_change", args=[venue.pk]),
)
BOOKING = Subject(
    "booking",
    "bookings.booking",
    _booking,
    lambda booking: booking.holder,
    _facts_of_booking,
    _why_not_in,
    lambda booking: reverse("bookings:door_booking", args=[booking.reference]),
)


def moment_in_words(moment: datetime, space: Space) -> str:
    """A moment by a space's own clocks, short."""
    with timezone.override(space.zone):
        return f"{day(moment)} {clock(moment)}"
