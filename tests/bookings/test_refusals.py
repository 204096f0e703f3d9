"""Sentences of refusal, by their codes."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from bookings.models import Booking, FirstVisit, VisaRequest
from bookings.refusals import _BY_CONSTRAINT, SENTENCES, refusal, refusal_of
from spaces.refusing import codes
from tests.factories import make_booking, make_resource, make_room, make_space, make_user
from tests.postgres import add_check

FACTS = {
    "space": "Koharubiyori",
    "resource": "Room",
    "minutes": 30,
    "day": "24 November",
    "capacity": 15,
    "price": "800",
    "asked": "600",
    "until": "9:00",
    "time": "11:00",
    "most": 3,
    "hours": 12,
    "left": "2.5",
    "reference": "K7M4-2QXP",
    "list": "K7M4-2QXP 千葉 千絵 (Tue 24 Nov, 11:00)",
}


@pytest.mark.parametrize("code", sorted(SENTENCES))
@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_refusal_is_a_whole_sentence(code, language):
    with translation.override(language):
        [sentence] = refusal(code, **FACTS).messages

    assert sentence[0] == sentence[0].upper()
    assert sentence.endswith((".", "。"))
    assert not re.search(r"%\(|None", sentence)


def test_codes_of_several_refusals_are_told_apart():
    error = ValidationError([refusal("full"), refusal("past"), refusal("full")])

    assert codes(error) == {"full", "past"}


def test_every_constraint_with_a_sentence_is_one_of_the_booking_tables():
    tables = [*Booking._meta.constraints, *FirstVisit._meta.constraints, *VisaRequest._meta.constraints]
    named = {constraint.name for constraint in tables} | {"booking_within_capacity"}

    assert set(_BY_CONSTRAINT) <= named
    assert set(_BY_CONSTRAINT.values()) <= set(SENTENCES)


def test_database_that_refuses_is_understood(db):
    space = make_space()
    seats, room, person = make_resource(space, capacity=1), make_room(space), make_user()

    def said(*args, **kwargs):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            make_booking(*args, **kwargs)
        found = refusal_of(caught.value, space="Here", resource="Room")
        return codes(found) if found else None

    make_booking(room)
    make_booking(seats, user=person)
    assert said(room) == {"taken"}
    assert said(make_resource(space, capacity=2), seats=3) == {"full"}
    assert said(make_resource(space), user=person) == {"overlaps_own"}
    assert said(make_resource(space), seats=0) is None
    add_check("bookings_booking", "nobody_books", "false")
    assert said(make_resource(space)) is None


def test_error_without_a_name_is_nobodys():
    assert refusal_of(IntegrityError("something else")) is None
