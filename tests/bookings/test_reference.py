"""References: what a person reads aloud at the desk."""

import pytest

from bookings.reference import ALPHABET, LENGTH, new_reference, normalised, spaced


def test_reference_has_no_letters_that_are_taken_for_others():
    drawn = {new_reference() for _ in range(200)}

    assert len(drawn) == 200
    assert {len(reference) for reference in drawn} == {LENGTH}
    assert set("".join(drawn)) <= set(ALPHABET)
    assert not set("ILOU01") & set(ALPHABET)


@pytest.mark.parametrize("typed", ["ABCD-2345", "abcd 2345", " ＡＢＣＤ－２３４５ ", "ａｂｃｄ2345", "a.b.c.d-2/3/4/5"])
def test_reference_is_understood_however_it_is_typed(typed):
    assert normalised(typed) == "ABCD2345"
    assert spaced(normalised(typed)) == "ABCD-2345"
