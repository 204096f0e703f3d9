"""Texts of events: written in Markdown (CommonMark with tables), shown as a few harmless tags, told in plain words."""

import re
import unicodedata
from collections.abc import Iterator

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_SCHEMES = ("http", "https", "mailto")
# The page's own headings are h1 and h2.
_HEADINGS = {"h1": "h3", "h2": "h4"}
# In Japanese no space stands behind an address: what is not ASCII is no longer part of it.
_URL = re.compile(r"https?://[0-9A-Za-z][!#-&(-;=?-~]*")
_AFTER_A_URL = ".,;:!?*_~"

_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")
_markdown.validateLink = lambda url: url.lower().startswith(("http://", "https://", "mailto:"))  # type: ignore[method-assign]

# Nothing gets this far that is not on the list; this wall stands alone in case one day something does.
_cleaner = nh3.Cleaner(
    tags={"p", "br", "hr", "h3", "h4", "h5", "ul", "ol", "li", "strong", "em", "a", "blockquote", "code", "pre"}
    | {"table", "thead", "tbody", "tr", "th", "td"},
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    url_schemes=set(_SCHEMES),
    url_relative="deny",
    link_rel="nofollow noopener ugc",
)


def html_of(text: str) -> SafeString:
    """Markdown as HTML that is safe to show; line ends stay, bare addresses become links, pictures a link to them.

    HTML that was typed is shown as it was typed. Links lead to http, https and mailto only.
    """
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = _HEADINGS.get(token.tag, "h5")
        if token.children:
            token.children = list(_linked(token.children))
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return mark_safe(_cleaner.clean(html))  # noqa: S308 - it has just been cleaned


def plain(text: str, most: int = 160) -> str:
    """The first words of a Markdown text without its marks, on one line, at most `most` characters with the "…"."""
    # Marks and addresses take room too, but not this much: a long text is not parsed for its first words.
    tokens = _markdown.parse(text[: most * 20])
    words = " ".join(" ".join(_words(tokens)).split())
    return words if len(words) <= most else _cut(words, most - 1) + "…"


def _linked(tokens: list[Token]) -> Iterator[Token]:
    """The parts of a line, with links in place of pictures and of addresses that are no links yet."""
    inside = 0
    for token in tokens:
        inside += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type == "image":
            said = "".join(_words(token.children or [])) or str(token.attrs["src"])
            yield from [_text(said)] if inside else _link(str(token.attrs["src"]), said)
        elif token.type == "text" and not inside:
            yield from _with_links(token.content)
        else:
            yield token


def _with_links(text: str) -> Iterator[Token]:
    end = 0
    for found in _URL.finditer(text):
        url = found.group().rstrip(_AFTER_A_URL)
        if url.endswith(")") and "(" not in url:
            url = url.rstrip(")" + _AFTER_A_URL)
        yield _text(text[end : found.start()])
        yield from _link(_markdown.normalizeLink(url), url)
        end = found.start() + len(url)
    yield _text(text[end:])


def _link(url: str, said: str) -> list[Token]:
    return [Token("link_open", "a", 1, attrs={"href": url}), _text(said), Token("link_close", "a", -1)]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _words(tokens: list[Token]) -> Iterator[str]:
    """What is to be read of some tokens: of a block a line, of a line its pieces."""
    for token in tokens:
        if token.type == "inline":
            yield "".join(_words(token.children or []))
        elif token.type in ("softbreak", "hardbreak"):
            yield " "
        elif token.type == "image":
            yield from _words(token.children or [])
        elif token.content:
            yield token.content


def _cut(words: str, end: int) -> str:
    """The words up to there, but neither half a word nor half a character; in Japanese any place will do."""
    while end and (unicodedata.combining(words[end]) or words[end] in "\u200d\ufe0f" or words[end - 1] == "\u200d"):
        end -= 1
    head = words[:end]
    if (words[end - 1 : end + 1]).isascii() and words[end - 1 : end + 1].isalnum() and " " in head:
        head = head.rsplit(" ", 1)[0]
    return head.rstrip(" ,.、。")
