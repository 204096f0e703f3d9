"""The table of docs/notices.md: each kind stands in it once, with whether it can be turned off and waits at night."""

import re
from collections import Counter
from pathlib import Path

from notices.kinds import kinds

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/notices.md"


def documented():
    """The name of each kind in the table, with its last two cells."""
    section = DOCUMENT.read_text().split("\n## What is sent\n")[1].split("\n## ")[0]
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        for name in re.findall(r"`([a-z_.]+)`", cells[0] if len(cells) == 5 else ""):
            yield name, (cells[3], cells[4])


def test_each_kind_stands_in_the_table_once_as_it_is():
    found = list(documented())

    assert [name for name, count in Counter(name for name, _said in found).items() if count > 1] == []
    assert dict(found) == {
        kind.name: ("yes" if kind.can_be_turned_off else kind.needed.value, "waits" if kind.quiet else "")
        for kind in kinds()
        if not kind.name.startswith("test.")
    }
