"""Finding people by what a desk knows of them: a piece of the name, of its reading, or of the address."""

from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Concat

from members.models import User

# Readings are kept in hiragana; whoever types katakana means the same.
_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def people_named(words: str) -> QuerySet[User]:
    """People in whose name, reading or address each of the words stands; family and given name may be run together."""
    people = User.objects.alias(
        said=Concat(
            "family_name",
            "given_name",
            Value(" "),
            "given_name",
            "family_name",
            Value(" "),
            "family_reading",
            "given_reading",
            Value(" "),
            "email",
            output_field=TextField(),
        )
    )
    for word in words.split():
        people = people.filter(Q(said__icontains=word) | Q(said__icontains=word.translate(_HIRAGANA)))
    return people
