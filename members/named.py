"""Finding people by what a desk knows of them: a piece of the name, of its reading, or of the address."""

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from members.models import User
from members.models.user import SAID

# Readings are kept in hiragana; whoever types katakana means the same.
HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def people_named(words: str) -> QuerySet[User]:
    """People in whose name, reading or address each of the words stands; family and given name may be run together."""
    people = User.objects.alias(said=SAID)
    for word in words.split():
        ways = {word, word.translate(HIRAGANA)}
        people = people.filter(reduce(or_, (Q(said__icontains=way) for way in sorted(ways))))
    return people
