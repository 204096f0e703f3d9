"""Reading the page with the quote as a browser does: the form that books, the cookie that goes with it, a refusal."""

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlencode

from bench.asking import ask
from bench.clients.wire import get, post


class _Forms(HTMLParser):
    """The named inputs of each form, and the words inside a refusal."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.refusal: list[str] = []
        self._deep = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
        if tag == "input" and self.forms and "name" in given:
            self.forms[-1][given["name"]] = given.get("value", "")
        if tag == "div" and (self._deep or "notice--refusal" in given.get("class", "").split()):
            self._deep += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "div" and self._deep:
            self._deep -= 1

    def handle_data(self, data: str) -> None:
        if self._deep and data.strip():
            self.refusal.append(data.strip())


def forms_in(html: str) -> list[dict[str, str]]:
    """The named inputs of each form on a page, with what they hold."""
    parser = _Forms()
    parser.feed(html)
    return parser.forms


def refusal_in(html: str) -> str:
    """The words of the refusal on a page, or nothing."""
    parser = _Forms()
    parser.feed(html)
    return " ".join(parser.refusal)


@dataclass(frozen=True)
class Browser:
    """Somebody signed in, with the token and the cookie that the quote page gave them."""

    cookies: dict[str, str]
    token: str

    def booking(self, target: list[object], price: str) -> str:
        """The request that books a target."""
        space, resource, starts, ends, _ = target
        wished = {"resource": resource, "starts": starts, "ends": ends, "seats": 1, "price": price}
        return post(f"/spaces/{space}/booking/", wished | {"csrfmiddlewaretoken": self.token}, self.cookies)


def quote_request(target: list[object], cookies: dict[str, str]) -> str:
    """The request for the page that tells the price of a target."""
    space, resource, starts, ends, _ = target
    wished = {"resource": resource, "starts": starts, "ends": ends, "seats": 1}
    return get(f"/spaces/{space}/booking/?{urlencode(wished)}", cookies)


def look_at_quote(port: int, target: list[object], session: str) -> tuple[Browser, str]:
    """Open the quote page as the owner of a session; returns their browser and the price in yen."""
    cookies = {"sessionid": session}
    answer = ask(port, quote_request(target, cookies))
    form = next((form for form in forms_in(answer.text) if "price" in form), None)
    if answer.status != 200 or form is None:
        raise SystemExit(f"bin/bench: the quote page of {target} has no form that books (status {answer.status}).")
    return Browser(cookies | answer.cookies, form["csrfmiddlewaretoken"]), form["price"]
