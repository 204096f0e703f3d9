"""What a browser fetches on its first view of a page: bytes as they are sent, requests, hosts."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from bench.asking import ask
from bench.clients.wire import get

CSS_URL = re.compile(r"url\(\s*[\"']?([^\"')]+)")
FETCHED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "apple-touch-icon"}


@dataclass(frozen=True)
class Weight:
    """The first view in numbers; `hosts` are those that are not ours."""

    bytes: dict[str, int]
    hosts: list[str]

    @property
    def total(self) -> int:
        return sum(self.bytes.values())


class _Parts(HTMLParser):
    """What a page makes a browser fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.has_icon = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        kinds = set(given.get("rel", "").lower().split())
        self.has_icon |= "icon" in kinds
        if tag == "link" and kinds & FETCHED_LINKS:
            self.found.append(given.get("href", ""))
        if tag in ("script", "img", "iframe", "source", "video", "audio", "embed") and given.get("src"):
            self.found.append(given["src"])
        for candidate in filter(None, given.get("srcset", "").split(",")):
            self.found.append(candidate.split()[0])


def weigh(port: int, path: str) -> Weight:
    """Fetch a page and all that it names; every url() of a stylesheet counts, though a browser may not need it."""
    page = ask(port, get(path))  # its text, to read; it is weighed below as it is sent to a browser
    parts = _Parts()
    parts.feed(page.text)
    todo = [path, *parts.found, *([] if parts.has_icon else ["/favicon.ico"])]
    weights: dict[str, int] = {}
    hosts: list[str] = []
    while todo:
        address = urlsplit(todo.pop(0))
        if address.netloc and address.hostname != "localhost":
            hosts.append(address.netloc)
        where = address.path + (f"?{address.query}" if address.query else "")
        if address.scheme == "data" or address.netloc or where in weights:
            continue
        weights[where] = ask(port, get(where, gzip=True)).size
        if where.endswith(".css"):
            todo += [urljoin(where, found) for found in CSS_URL.findall(ask(port, get(where)).text)]
    return Weight(weights, hosts)
