"""What a screen reader is told of each page: one first heading, no step left out, a name for every control."""

from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser

import pytest
from django.test import Client

from members.models import User
from spaces.house import House
from tests.factories import make_membership
from tests.pages.plans import make_place, make_tenant, plan_of

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Outline(HTMLParser):
    """The headings, identifiers, labels and controls of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.pointed: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.nameless: list[str] = []
        self.language = ""
        self._named: list[list[object]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "html":
            self.language = found.get("lang") or ""
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(int(tag[1]))
        self.ids += [found["id"] or ""] if "id" in found else []
        for name in ("for", "aria-labelledby", "aria-describedby"):
            self.pointed |= set((found.get(name) or "").split())
        if tag in ("input", "select", "textarea") and found.get("type") != "hidden":
            self.fields.append(found)
        if tag in ("a", "button"):
            self._named.append([tag, found.get("aria-label") or "", self.get_starttag_text()])

    def handle_data(self, data: str) -> None:
        for open_control in self._named:
            open_control[1] = f"{open_control[1]}{data.strip()}"

    def handle_endtag(self, tag: str) -> None:
        if self._named and self._named[-1][0] == tag:
            _, name, text = self._named.pop()
            self.nameless += [] if name else [str(text)]


def check(text: str, language: str) -> None:
    page = Outline(text)

    assert page.language == language
    assert page.headings.count(1) == 1
    assert all(below <= above + 1 for above, below in zip(page.headings, page.headings[1:], strict=False))
    assert len(page.ids) == len(set(page.ids))
    assert page.pointed <= set(page.ids)
    assert [field for field in page.fields if not field.get("aria-label") and field.get("id") not in page.pointed] == []
    assert page.nameless == []


def quote_at(house: House) -> str:
    seats = house.open_seats
    assert seats
    return f"booking/?resource={seats.pk}&starts=2026-11-25T11:00&ends=2026-11-25T13:00&seats=1"


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/spaces/",
        "/spaces/koharubiyori/",
        "/spaces/dorinoki/",
        "/find/",
        "/find/?day=2026-11-25&start=14:00&end=17:00&seats=2",
        "/find/?day=&start=14:00&end=17:00&seats=0",
        "/accounts/login/",
        "/accounts/signup/",
        "/nowhere",
        "/spaces/koharubiyori/?day=never",
    ],
)
def test_pages_for_everybody(path: str, language: str, koharubiyori: House):
    page = Client(headers={"accept-language": language}).get(path)

    check(page.content.decode(), language)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_pages_of_a_booking(language: str, koharubiyori: House, chie: User, as_user: Callable[[User], Client]):
    client = as_user(chie)
    headers = {"accept-language": language}
    asked = "/spaces/koharubiyori/" + quote_at(koharubiyori)
    check(client.get(asked, headers=headers).content.decode(), language)
    fields = dict(pair.split("=") for pair in asked.partition("?")[2].split("&"))
    ticket = client.post(asked.partition("?")[0], fields | {"price": "0"}, headers=headers).headers["Location"]
    address = ticket.partition("?")[0]

    for path in (ticket, address, f"{address}move/", f"{address}cancellation/", "/bookings/"):
        check(client.get(path, headers=headers).content.decode(), language)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_pages_of_plans(language: str, koharubiyori: House, dorinoki: House, ben: User, chie: User):
    client = Client(headers={"accept-language": language})
    free_pass = plan_of(koharubiyori, "free_pass")
    make_membership(ben, free_pass, starts_on=date(2025, 3, 1), ends_on=date(2025, 5, 31), status="ended")
    own = make_membership(ben, free_pass)
    tenant = make_tenant(ben, dorinoki, 4)
    tenant.companions.create(email="somebody@example.jp")
    make_tenant(chie, dorinoki, 3).companions.create(email=ben.email)
    make_place(ben, plan_of(dorinoki, "booth", 2))
    joins = ["/spaces/dorinoki/join/", f"/spaces/koharubiyori/join/{free_pass.pk}/"]
    steps = [f"/plans/{own.pk}/{step}/" for step in ("end", "pause", "resume", "change")]
    booth = f"/plans/{tenant.pk}/change/?plan={plan_of(dorinoki, 'monthly').pk}&day=2026-11-24"

    for path in joins:
        check(client.get(path).content.decode(), language)
    client.force_login(ben)
    for path in (*joins, "/plans/", *steps, booth, f"/plans/{tenant.pk}/end/"):
        check(client.get(path).content.decode(), language)
