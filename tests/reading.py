"""Reading a page as its reader would: its words, its links, its forms. Markup is the designer's to change."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.http import HttpResponse
from django.test import Client

VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
INLINE = {"a", "abbr", "b", "bdi", "code", "em", "i", "small", "span", "strong", "time"}
UNSEEN = {"script", "style", "template", "title"}
SPACES = re.compile(r"\s+")


@dataclass
class Form:
    """What a form would send, and where."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    """Each button's words and the address that it sends the form to."""


class Page(HTMLParser):
    """An answer, read."""

    def __init__(self, response: HttpResponse) -> None:
        self._read(response.content.decode(), response.status_code, response.request["PATH_INFO"])

    @classmethod
    def of(cls, html: str) -> "Page":
        """HTML that is no answer, such as a mail's."""
        page = cls.__new__(cls)
        page._read(html, 200, "")
        return page

    def _read(self, html: str, status: int, address: str) -> None:
        super().__init__()
        self.status, self.html, self.address = status, html, address
        self.lang = ""
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.headings: list[str] = []
        self.alerts: list[str] = []
        self.alert_links: list[str] = []
        self._open: list[str] = []
        self._alert_depth = 0
        self._words: list[str] = []
        self._main: list[str] = []
        self._link: list[str] | None = None
        self._heading: list[str] | None = None
        self._button: list[str] | None = None
        self._select: tuple[str, list[tuple[str, bool, bool]]] | None = None
        self.feed(self.html)

    @property
    def text(self) -> str:
        """All that can be read."""
        return _plain(self._words)

    @property
    def main(self) -> str:
        """What can be read of the page itself, without the head and the foot that every page has."""
        return _plain(self._main)

    def link(self, words: str) -> str:
        """The address of the only link with these words in it."""
        [found] = {href for text, href in self.links if words in text}
        return found

    def links_to(self, start: str) -> list[str]:
        """The addresses of this page that begin like that."""
        return [href for _, href in self.links if href.startswith(start)]

    def form(self, *names: str) -> Form:
        """The only form that sends these fields."""
        [found] = [form for form in self.forms if set(names) <= set(form.fields)]
        return found

    def submit(self, client: Client, form: Form, *, button: str = "", **changes: Any) -> HttpResponse:
        """Send a form with what stands in it, and some of it changed."""
        sent = {**form.fields, **changes}
        action = next((action for words, action in form.buttons if words == button), form.action)
        address = urljoin(self.address, action)
        return client.get(address, sent) if form.method == "get" else client.post(address, sent)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._part(tag)
        if tag not in VOID:
            self._open.append(tag)
        if given.get("role") == "alert" and not self._alert_depth:
            self._alert_depth = len(self._open)
            self.alerts.append("")
        start = getattr(self, f"_start_{tag}", None)
        if start:
            start(given)

    def handle_endtag(self, tag: str) -> None:
        end = getattr(self, f"_end_{tag}", None)
        if end:
            end()
        self._part(tag)
        while tag in self._open and self._open.pop() != tag:
            pass
        if len(self._open) < self._alert_depth:
            self._alert_depth = 0

    def handle_data(self, data: str) -> None:
        if UNSEEN & set(self._open):
            return
        self._words.append(data)
        if "main" in self._open:
            self._main.append(data)
        if self._alert_depth:
            self.alerts[-1] = _plain([self.alerts[-1], " ", data])
        for part in (self._link, self._heading, self._button):
            if part is not None:
                part.append(data)

    def _part(self, tag: str) -> None:
        """Blocks stand apart when they are read."""
        if tag not in INLINE:
            self.handle_data(" ")

    def _start_html(self, given: dict[str, str]) -> None:
        self.lang = given.get("lang", "")

    def _start_a(self, given: dict[str, str]) -> None:
        self._link = []
        self.links.append(("", given.get("href", "")))
        if self._alert_depth:
            self.alert_links.append(given.get("href", ""))

    def _end_a(self) -> None:
        if self._link is not None:
            self.links[-1] = (_plain(self._link), self.links[-1][1])
        self._link = None

    def _start_h1(self, given: dict[str, str]) -> None:
        self._heading = []

    def _end_h1(self) -> None:
        self.headings.append(_plain(self._heading or []))
        self._heading = None

    def _start_form(self, given: dict[str, str]) -> None:
        self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))

    def _start_input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        is_sent = kind not in {"submit", "button"} and (kind not in {"radio", "checkbox"} or "checked" in given)
        if self.forms and given.get("name") and is_sent and "disabled" not in given:
            # A box without a value is sent as browsers send it.
            self.forms[-1].fields[given["name"]] = given.get("value", "on" if kind in {"radio", "checkbox"} else "")

    def _start_button(self, given: dict[str, str]) -> None:
        self._button = []
        if self.forms:
            self.forms[-1].buttons.append(("", given.get("formaction", self.forms[-1].action)))

    def _end_button(self) -> None:
        if self.forms and self.forms[-1].buttons and self._button is not None:
            self.forms[-1].buttons[-1] = (_plain(self._button), self.forms[-1].buttons[-1][1])
        self._button = None

    def _start_select(self, given: dict[str, str]) -> None:
        self._select = (given.get("name", ""), [])

    def _start_option(self, given: dict[str, str]) -> None:
        if self._select:
            self._select[1].append((given.get("value", ""), "selected" in given, "disabled" in given))

    def _end_select(self) -> None:
        name, options = self._select or ("", [])
        self._select = None
        free = [option for option in options if not option[2]]
        sent = [option for option in free if option[1]] or free
        if self.forms and name and sent:
            self.forms[-1].fields[name] = sent[0][0]


def _plain(parts: list[str]) -> str:
    return SPACES.sub(" ", "".join(parts)).strip()


def english(client: Client) -> Client:
    """A browser that has chosen English on our pages, which the admin asks as well."""
    client.cookies["django_language"] = "en"
    return client
