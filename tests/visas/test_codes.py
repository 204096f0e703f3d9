"""Codes of tickets: read aloud, mistyped, drawn."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from visas.codes import ALPHABET, CODE_LENGTH, is_well_formed, new_code, printed, read

codes = st.text(ALPHABET, min_size=8, max_size=8).map(lambda _drawn: new_code())


@examples(200)
@given(codes)
def test_code_is_read_however_it_is_typed(code):
    wide = "".join(chr(ord(character) + 0xFEE0) for character in code)
    for typed in (code.lower(), printed(code), f" {printed(code).replace('-', ' ')} ", wide, printed(wide)):
        assert read(typed) == code
    assert is_well_formed(code)


@examples(300)
@given(codes, st.integers(0, CODE_LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(code, place, other):
    wrong = code[:place] + other + code[place + 1 :]

    assert is_well_formed(wrong) is (wrong == code)


@pytest.mark.parametrize(
    "typed", ["", "K7M", "K7M42QXP", "0OIL10OIL", "K7M42QXP9X", "ねこねこねこねこね", "K7M\x0042QXP"]
)
def test_what_can_be_no_code_is_none(typed):
    assert not is_well_formed(read(typed))


def test_two_neighbours_in_the_wrong_order_are_hardly_ever_overlooked():
    dice = random.Random(36)
    swapped = [swap(new_code(), dice.randrange(CODE_LENGTH - 1)) for _ in range(3000)]

    assert sum(map(is_well_formed, filter(None, swapped))) < 30


def swap(code: str, place: int) -> str:
    """A code with two neighbours in the wrong order; nothing where they are alike."""
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    return wrong if wrong != code else ""


def test_letters_that_are_taken_for_one_another_are_not_drawn():
    assert not set("01OILU") & set(ALPHABET)
    assert len({new_code() for _ in range(1000)}) == 1000
