"""Reading the Japanese catalogue, and the strings in our own code and templates that it must hold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[2]
PO = ROOT / "locale" / "ja" / "LC_MESSAGES" / "django.po"
NOT_OURS = {".venv", "var", "staticfiles", "static", "docs", "tests", "bench", "docker"}

LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
CALL = re.compile(r"\b(n?p?gettext|_)\(")
QUOTED = re.compile(r"""\s*,?\s*(u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))""")


class Message(NamedTuple):
    """What is to be translated, in its context; `plural` too where a number decides."""

    text: str
    context: str = ""
    plural: str = ""


class Entry(NamedTuple):
    message: Message
    japanese: str
    is_fuzzy: bool


def entries() -> list[Entry]:
    """The catalogue's entries, its header left out."""
    return [_entry(block) for block in PO.read_text().split("\n\n")[1:]]


def _entry(block: str) -> Entry:
    texts: dict[str, str] = {}
    word = ""
    for line in block.strip().splitlines():
        if line.startswith("#"):
            continue
        word = line.split(" ")[0] if not line.startswith('"') else word
        found = LITERAL.search(line)
        assert found, f"not a line of a catalogue: {line}"
        texts[word] = texts.get(word, "") + ast.literal_eval(f'"{found[1]}"')
    message = Message(texts["msgid"], texts.get("msgctxt", ""), texts.get("msgid_plural", ""))
    japanese = texts.get("msgstr[0]", texts.get("msgstr", ""))
    return Entry(message, japanese, any(line.startswith("#,") and "fuzzy" in line for line in block.splitlines()))


def source_messages() -> Iterator[Message]:
    """Every translatable string of the house, from Python and from templates."""
    for folder in sorted(ROOT.iterdir()):
        if not folder.is_dir() or folder.name in NOT_OURS or folder.name.startswith("."):
            continue
        for path in folder.rglob("*.py"):
            yield from _in_python(path.read_text())
        for path in (*folder.rglob("*.html"), *folder.rglob("*.txt")):
            yield from _in_template(path.read_text())


def _in_python(text: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            kind = name.removesuffix("_lazy").removesuffix("_noop")
            if kind == "_" or kind in ("gettext", "ngettext", "pgettext", "npgettext"):
                yield _message(kind, [arg.value for arg in node.args if _is_text(arg)])


def _is_text(arg: ast.expr) -> bool:
    return isinstance(arg, ast.Constant) and isinstance(arg.value, str)


def _in_template(text: str) -> Iterator[Message]:
    code = templatize(text)
    for call in CALL.finditer(code):
        texts, at = [], call.end()
        while found := QUOTED.match(code, at):
            texts.append(ast.literal_eval(found[1]))
            at = found.end()
        yield _message(call[1], texts)


def _message(kind: str, texts: list[str]) -> Message:
    context = texts.pop(0) if kind in ("pgettext", "npgettext") else ""
    return Message(texts[0], context, texts[1] if kind in ("ngettext", "npgettext") else "")
