"""Who may have paid a space: everybody who has to do with it, found by what one types of them."""

import unicodedata
from collections import defaultdict
from functools import cached_property

from billing.matching import Payer
from bookings.known import people_at
from members.models import User
from spaces.models import Space

_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


class Payers:
    """The payers of a space, read in one query."""

    def __init__(self, space: Space) -> None:
        self.by_key = {person.pk: person for person in User.objects.filter(people_at([space.pk]))}

    def for_matching(self) -> list[Payer]:
        """As the bank's list is matched with them: the name, and the reading."""
        return [
            Payer(key, person.display_name, f"{person.family_reading} {person.given_reading}".strip())
            for key, person in self.by_key.items()
        ]

    @cached_property
    def labels(self) -> dict[int, str]:
        """What tells one payer from all others."""
        return {key: f"{person.display_name} · {person.email}".strip(" ·") for key, person in self.by_key.items()}

    def key_said(self, text: str) -> int | None:
        """The key of a payer, as a form says it; None if it says none."""
        return self._said.get(text)

    def named(self, words: str) -> list[int]:
        """Who is meant: of that label, address, name or reading; failing these, everybody in whom the words stand."""
        wanted = _plain(words)
        if not wanted:
            return []
        return self._called.get(wanted) or [
            key for key in self.by_key if any(wanted in called for called in self._calls[key])
        ]

    @cached_property
    def _said(self) -> dict[str, int]:
        return {str(key): key for key in self.by_key}

    @cached_property
    def _calls(self) -> dict[int, set[str]]:
        """What each may be called, in plain letters."""
        return {
            key: {
                _plain(self.labels[key]),
                _plain(person.email),
                _plain(person.display_name),
                _plain(person.family_name + person.given_name),
                _plain(person.family_reading + person.given_reading),
            }
            - {""}
            for key, person in self.by_key.items()
        }

    @cached_property
    def _called(self) -> dict[str, list[int]]:
        found = defaultdict(list)
        for key, calls in self._calls.items():
            for called in calls:
                found[called].append(key)
        return found


def _plain(text: str) -> str:
    """Letters without width, case, spaces; kana as hiragana."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).translate(_HIRAGANA)
