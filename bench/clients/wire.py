"""Requests and answers as bytes. Each request has a connection of its own, as a first visit has."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

BROKEN = 599


def get(path: str, cookies: Mapping[str, str] | None = None, gzip: bool = False) -> str:
    """The text of a GET request."""
    return "\r\n".join([f"GET {path} HTTP/1.1", *_headers(cookies, gzip), "", ""])


def post(path: str, fields: Mapping[str, object], cookies: Mapping[str, str] | None = None) -> str:
    """The text of a POST request with a form, as a browser sends it."""
    body = urlencode(fields)
    lines = [f"POST {path} HTTP/1.1", *_headers(cookies, gzip=False)]
    lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", body])


def _headers(cookies: Mapping[str, str] | None, gzip: bool) -> list[str]:
    lines = ["Host: localhost", "Connection: close", "Accept-Language: ja"]
    if gzip:
        lines.append("Accept-Encoding: gzip")
    if cookies:
        lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()))
    return lines


@dataclass(frozen=True)
class Answer:
    """One answer: its status, its headers by lower-case name (cookies apart), its body."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes
    size: int

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


def read(received: bytes) -> Answer:
    """The answer in what a connection gave until it was closed."""
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    cookies: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name.lower() == "set-cookie":
            cookie, _, rest = value.partition("=")
            cookies[cookie] = rest.partition(";")[0]
        else:
            headers[name.lower()] = value
    if headers.get("transfer-encoding") == "chunked":
        body = _joined(body)
    return Answer(status_of(first), headers, cookies, body, len(received))


def status_of(first_line: str) -> int:
    """The status in the first line of an answer; a connection that broke has none."""
    words = first_line.split(" ", 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else BROKEN


def _joined(chunked: bytes) -> bytes:
    whole = b""
    while chunked:
        size, _, rest = chunked.partition(b"\r\n")
        length = int(size or b"0", 16)
        whole, chunked = whole + rest[:length], rest[length + 2 :]
        if not length:
            break
    return whole
