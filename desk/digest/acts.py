"""What the links of a digest do. Each act calls the one that the admin or the door calls."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings import attendance, visa_requests
from bookings.models import Booking, VisaRequest
from desk.digest.forms import DecideForm, NothingAsked, PlacesForm, RefuseForm
from desk.digest.subjects import APPLICATION, BOOKING, REQUEST, VENUE, Subject, why_not_accepted, why_not_answered
from events import taking_part
from events.locks import locked_event, locked_venue
from events.models import Venue
from events.taking_part import Offer
from members import deciding
from members.models import Membership, Operator, User
from members.notices import DECIDE
from members.roles import may

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Wish = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """One thing that a link does.

    `asks` is the heading of its page and `says` what will happen, `button` does it, and `done` is said afterwards, with
    `told` where somebody is written to. `why_not` is asked where it is stricter than that of the subject.
    """

    name: str
    subject: Subject
    button: "_StrPromise"
    asks: "_StrPromise"
    says: "_StrPromise"
    done: "_StrPromise"
    do: Callable[[Any, Wish, User, datetime], object]
    form: type[forms.Form] = NothingAsked
    first: Callable[[Any], Wish] = lambda row: {}
    why_not: Callable[[Any, datetime], None] | None = None
    decides: bool = True
    ends_something: bool = False

    def check(self, row: Any, now: datetime) -> None:
        """Raise ValidationError if there is nothing to do any more; the act itself asks once more, under its locks."""
        (self.why_not or self.subject.why_not)(row, now)

    def may_be_done_by(self, role: str | None) -> bool:
        """Whether who has a role at the space may do it there."""
        return role is not None and may(Operator.Role(role), "change", self.subject.label)

    def is_sent_to(self, role: str) -> bool:
        """Whether the digest of who has a role holds the link: only who looks after applications gets to decide."""
        return self.may_be_done_by(role) and (not self.decides or role in DECIDE)


def _approve(membership: Membership, wish: Wish, by: User, now: datetime) -> object:
    return deciding.approve(membership=membership, by=by, message=wish["message"], now=now)


def _decline(membership: Membership, wish: Wish, by: User, now: datetime) -> object:
    return deciding.decline(membership=membership, by=by, message=wish["message"], now=now)


def _accept(asked: VisaRequest, wish: Wish, by: User, now: datetime) -> object:
    return visa_requests.accept(request=asked, by=by, now=now)


def _refuse(asked: VisaRequest, wish: Wish, by: User, now: datetime) -> object:
    return visa_requests.refuse(request=asked, by=by, reason=wish["reason"], now=now)


def _take_part(venue: Venue, wish: Wish, by: User, now: datetime) -> object:
    venue = _unanswered(venue, now)
    offer = Offer(
        capacity=wish["capacity"],
        resource=venue.resource,
        held_seats=venue.held_seats,
        host=venue.host,
        note_ja=getattr(venue, "note_ja", "") or "",
        note_en=getattr(venue, "note_en", "") or "",
    )
    return taking_part.agree(venue=venue, offer=offer, by=by, now=now)


def _say_no(venue: Venue, wish: Wish, by: User, now: datetime) -> object:
    return taking_part.leave(venue=_unanswered(venue, now), now=now)


def _unanswered(venue: Venue, now: datetime) -> Venue:
    """A venue, locked with its event, that still has to answer: a "no" must not undo somebody's "yes" of just now."""
    locked_event(venue.event)
    venue = locked_venue(venue.pk)
    why_not_answered(venue, now)
    return venue


def _check_in(booking: Booking, wish: Wish, by: User, now: datetime) -> object:
    return attendance.check_in(booking=booking, now=now)


ACTS = {
    act.name: act
    for act in (
        Act(
            "approve",
            APPLICATION,
            _("Approve"),
            _("Approve the application of %(name)s?"),
            _("%(name)s becomes a member, and is told by mail."),
            _("Approved. %(name)s is told by mail."),
            _approve,
            DecideForm,
        ),
        Act(
            "decline",
            APPLICATION,
            pgettext_lazy("by an operator", "Decline"),
            _("Decline the application of %(name)s?"),
            _("%(name)s is told by mail, and may apply again."),
            _("Declined. %(name)s is told by mail."),
            _decline,
            DecideForm,
            ends_something=True,
        ),
        Act(
            "accept",
            REQUEST,
            pgettext_lazy("a visit by VISA", "Accept"),
            _("Let %(name)s come?"),
            _("The visit is booked, and %(name)s is sent a confirmation."),
            _("Accepted. %(name)s is sent a confirmation."),
            _accept,
            why_not=why_not_accepted,
        ),
        Act(
            "refuse",
            REQUEST,
            _("Refuse"),
            _("Say no to %(name)s?"),
            _("%(name)s is told the reason by mail."),
            _("Refused. %(name)s is told the reason by mail."),
            _refuse,
            RefuseForm,
            ends_something=True,
        ),
        Act(
            "take_part",
            VENUE,
            _("Take part"),
            _("Take part in “%(name)s”?"),
            _("People can sign up for your space at once. What you hold for it, you choose in the admin."),
            _("Your space takes part in “%(name)s”."),
            _take_part,
            PlacesForm,
            lambda venue: {"capacity": venue.capacity},
        ),
        Act(
            "say_no",
            VENUE,
            _("Say no"),
            _("Say no to “%(name)s”?"),
            _("Your space is not shown with it. Who holds the event sees that."),
            _("Your space does not take part in “%(name)s”."),
            _say_no,
            ends_something=True,
        ),
        Act(
            "check_in",
            BOOKING,
            _("Check in"),
            _("Is %(name)s there?"),
            _("It is noted that %(name)s has come."),
            _("%(name)s is checked in."),
            _check_in,
            decides=False,
        ),
    )
}
