"""What goes with a membership beside its days: the signed agreement, and the key."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members.models import Membership, User
from members.refusals import refusal
from members.status import keep, locked

# Each fact with the field that keeps its day.
FACTS = {"agreement": "agreement_on", "key_given": "key_given_on", "key_returned": "key_returned_on"}


@transaction.atomic
def note_today(*, membership: Membership, fact: str, by: User | None, now: datetime) -> Membership:
    """Note that the agreement came, or that the key was handed over or came back, today.

    What is noted already keeps its day. Raises ValidationError.
    """
    membership = locked(membership)
    if getattr(membership, FACTS[fact]):
        return membership
    if fact == "key_returned" and membership.key_given_on is None:
        raise refusal("key_not_given")
    setattr(membership, FACTS[fact], membership.space.today(now))
    keep(membership, by=by, why=why(fact))
    return membership


@transaction.atomic
def correct(
    *,
    membership: Membership,
    agreement_on: date | None,
    key_given_on: date | None,
    key_returned_on: date | None,
    note: str,
    by: User | None,
) -> Membership:
    """Write the days and the operators' note by hand; nothing else of the membership moves."""
    membership = locked(membership)
    membership.agreement_on = agreement_on
    membership.key_given_on, membership.key_returned_on = key_given_on, key_returned_on
    membership.note = note
    keep(membership, by=by)
    return membership


def why(fact: str) -> str:
    """What the history says of a fact that was noted."""
    return {
        "agreement": _("Agreement received"),
        "key_given": _("Key handed over"),
        "key_returned": _("Key returned"),
    }[fact]
