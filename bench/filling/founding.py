"""Any number of spaces: the four real ones, then copies of them; and one with a room for the race."""

import re
import tempfile
from pathlib import Path

from members.founding import FOUR_SPACES, load_spaces

RACE = "race"


def found_spaces(count: int, race_seats: int) -> None:
    """Make `count` spaces, and beside them the one whose seats the race is about."""
    entries = FOUR_SPACES.read_text("utf-8").split("\n[[space]]\n")[1:]
    wanted = [_renamed(entries[number % len(entries)], number // len(entries)) for number in range(count)]
    wanted.append(_race_course(entries, race_seats))
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
        file.write("".join(f"\n[[space]]\n{entry}\n" for entry in wanted))
        file.flush()
        load_spaces(Path(file.name))


def _renamed(entry: str, copy: int) -> str:
    """The entry as it is, or as a further house of the same make."""
    if not copy:
        return entry
    for field, end in (("slug", f"-{copy + 1}"), ("name_ja", f" {copy + 1}"), ("name_en", f" {copy + 1}")):
        entry = re.sub(rf'^({field} = ".*)"$', rf'\1{end}"', entry, count=1, flags=re.MULTILINE)
    return entry


def _race_course(entries: list[str], seats: int) -> str:
    """A house that sells drop-ins, with as many seats as the race is for."""
    entry = next(entry for entry in entries if 'kind = "mini_drop_in"' in entry)
    entry = re.sub(r'^slug = ".*"$', f'slug = "{RACE}"', entry, count=1, flags=re.MULTILINE)
    return re.sub(r"^(\s*capacity = )\d+$", rf"\g<1>{seats}", entry, count=1, flags=re.MULTILINE)
