"""Who has to do with a space: whoever ever had a plan there or shared one, booked, waited, was charged, or paid.

Apps above register further ties when they start.
"""

from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q

from billing.models import Charge, Invoice, Payment
from bookings.models import Booking
from members.models import BoothWait, Companion, Membership

# What ties a person to a space, with the ways from its row to the space and to the person.
_ties: list[tuple[type[Model], str, str]] = [
    (Membership, "space", "user"),
    (Companion, "membership__space", "user"),
    (BoothWait, "plan__space", "user"),
    (Booking, "resource__space", "user"),
    (Charge, "space", "payer"),
    (Invoice, "space", "payer"),
    (Payment, "space", "payer"),
]


def register_tie(model: type[Model], to_space: str, to_person: str) -> None:
    """Let rows of a model tie a person to a space, by the ways from the row to each of them."""
    tie = (model, to_space, to_person)
    if tie not in _ties:
        _ties.append(tie)


def people_at(spaces: Collection[int]) -> Q:
    """The condition that a person has to do with one of these spaces."""
    return _tied("__in", spaces, OuterRef("pk"))


def spaces_of(person: int) -> Q:
    """The condition that a space is one with which a person has to do."""
    return _tied("", OuterRef("pk"), person)


def _tied(lookup: str, space: Any, person: Any) -> Q:
    return reduce(
        or_,
        (
            Q(Exists(model._default_manager.filter(**{f"{to_space}{lookup}": space, to_person: person})))
            for model, to_space, to_person in _ties
        ),
    )
