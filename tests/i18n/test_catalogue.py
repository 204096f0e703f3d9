"""Japanese is whole: every string of the house is in the catalogue, translated, and compiled."""

import gettext
import re

import pytest

from tests.i18n.catalogue import PO, ROOT, Entry, entries, source_messages

ENTRIES = entries()
EACH = pytest.mark.parametrize("entry", ENTRIES, ids=[entry.message.text[:40] for entry in ENTRIES])
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%s|</?\w+[^>]*>")


def test_the_catalogue_holds_what_code_and_templates_say():
    said, held = set(source_messages()), {entry.message for entry in ENTRIES}

    assert sorted(said - held) == [], "run makemessages, and translate"
    assert sorted(held - said) == [], "run makemessages: nobody says these any more"


def test_nothing_stands_twice():
    assert len(ENTRIES) == len({(entry.message.context, entry.message.text) for entry in ENTRIES})


@EACH
def test_it_is_translated(entry: Entry):
    assert entry.japanese.strip()
    assert not entry.is_fuzzy


@EACH
def test_placeholders_and_tags_agree(entry: Entry):
    source = entry.message.plural or entry.message.text

    assert sorted(PLACEHOLDER.findall(entry.japanese)) == sorted(PLACEHOLDER.findall(source))


def test_the_compiled_catalogue_is_the_written_one():
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    for (text, context, plural), japanese, _ in ENTRIES:
        if plural:
            found = compiled.npgettext(context, text, plural, 2) if context else compiled.ngettext(text, plural, 2)
        else:
            found = compiled.pgettext(context, text) if context else compiled.gettext(text)
        assert found == japanese, "run compilemessages"
    assert len(compiled._catalog) == len(ENTRIES) + 1  # and the header


def test_long_translations_are_trimmed():
    """A blocktranslate keeps its line breaks otherwise, and then nothing finds it in the catalogue."""
    for path in (ROOT / "templates").rglob("*.*"):
        assert re.findall(r"\{% blocktrans(?:late)? (?!trimmed)[^%]*%\}", path.read_text()) == [], path
