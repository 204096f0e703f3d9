"""A host's terms read as one sentence, whatever they are, in both languages."""

import re
from datetime import time
from itertools import product

import pytest
from django.utils import translation

from visas.models import Terms
from visas.sentence import terms_in_words

FIELDS = {
    "days_free": [3, 31],
    "percent_off": [0, 25],
    "opens": [None, time(9, 30)],
    "notice_hours": [0, 1, 24],
    "once_a_week": [False, True],
    "months_of_membership": [0, 1, 6],
    "not_from_nearby": [False, True],
    "perks": ["", "coffee"],
}
ALL = [dict(zip(FIELDS, values, strict=True)) for values in product(*FIELDS.values())]


def sentence(language: str, *, sells_drop_in: bool = True, **fields) -> str:
    perks = fields.pop("perks", "")
    closes = time(18) if fields.get("opens") else None
    with translation.override(language):
        terms = Terms(perks_ja="コーヒー" if perks else "", perks_en=perks, closes=closes, **fields)
        return terms_in_words(terms, sells_drop_in=sells_drop_in)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "For members of the other spaces: 3 days a month free of charge."),
        (
            {"days_free": 5, "percent_off": 20},
            "For members of the other spaces: 5 days a month free of charge, then 20% off the drop-in.",
        ),
        (
            {
                "percent_off": 50,
                "opens": time(10),
                "notice_hours": 1,
                "once_a_week": True,
                "months_of_membership": 1,
                "not_from_nearby": True,
                "perks": "coffee",
            },
            "For members of the other spaces: 3 days a month free of charge, then 50% off the drop-in, from 10:00 to"
            " 18:00, booked 1 hour ahead, one day a week at most, after 1 month of membership, not for members of"
            " spaces in the same town, with coffee.",
        ),
    ],
)
def test_terms_in_english(fields, words):
    assert sentence("en", **fields) == words


def test_percentage_is_left_out_where_no_drop_in_is_sold():
    assert "%" not in sentence("en", percent_off=25, sells_drop_in=False)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("sells_drop_in", [True, False])
def test_any_terms_read_as_one_sentence(language, sells_drop_in):
    said = [sentence(language, sells_drop_in=sells_drop_in, **fields) for fields in ALL]

    stop, between = (".", ", ") if language == "en" else ("。", "、")
    for words in said:
        assert words.endswith(stop)
        assert words.count(stop) == 1
        # No two marks beside each other, no mark after a space, nothing left to be filled in.
        assert not re.search(r"[,.、。:：]\s*[,.、。:：]|\s[,.、。]|\s\s|%\(|None", words), words
        assert between.strip() not in (words[0], words[-2])
    # Other terms are other words, but for the percentage of a drop-in that nobody sells.
    assert len(set(said)) == len(ALL) // (1 if sells_drop_in else 2)


def test_japanese_is_japanese():
    for fields in ALL:
        assert not re.search(r"[A-Za-z]", sentence("ja", **fields))
