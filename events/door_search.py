"""Finding who comes, at the door of an event: by a piece of the name or its reading, or by the reference.

The list of a host starts empty, and shows only who was asked for: nobody's name is on display.
"""

import unicodedata
from dataclasses import dataclass

from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Concat, Replace

from bookings.reference import normalised
from events.models import Event, Rsvp
from members.named import HIRAGANA

MOST_FOUND = 10
LEAST_LETTERS = 2
# Family and given name may be run together, whatever stands between them; one kana is as good as the other.
_SAID = Func(
    Concat(
        Replace(Replace("name", Value(" ")), Value("\u3000")), Value(" "), "user__family_reading", "user__given_reading"
    ),
    Value("".join(map(chr, HIRAGANA))),
    Value("".join(map(chr, HIRAGANA.values()))),
    function="TRANSLATE",
    output_field=TextField(),
)


@dataclass(frozen=True)
class Found:
    """Who was found, and how many more there are."""

    rsvps: list[Rsvp]
    more: int


def is_enough(words: str) -> bool:
    """Whether so much was typed that it asks for somebody: two letters, or a single kanji."""
    letters = "".join(words.split())
    return len(letters) >= LEAST_LETTERS or any(unicodedata.name(letter, "").startswith("CJK") for letter in letters)


def find(event: Event, words: str) -> Found:
    """Sign-ups at all venues of an event that these words may mean, those that stand first; in two queries."""
    found = Rsvp.objects.filter(event=event).alias(said=_SAID).filter(_named(words) | Q(reference=normalised(words)))
    found = found.select_related("venue__space", "user").order_by(F("left_at").asc(nulls_first=True), "name", "pk")
    number = found.count()
    return Found(list(found[:MOST_FOUND]), max(number - MOST_FOUND, 0))


def _named(words: str) -> Q:
    """Each of the words stands in the name or its reading."""
    named = Q()
    for word in words.translate(HIRAGANA).split():
        named &= Q(said__icontains=word)
    return named
