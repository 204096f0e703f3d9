"""A real Chromium against a real server, at the tests' fixed moment.

Everything that a page asks for, says on the console or blocks by its policy is watched: see Watched.
"""

import os
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, sync_playwright
from pytest_django.live_server_helper import LiveServer

from members.models import User

SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "ja-JP",
}
DESKTOP = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB"}
PASSWORD = "hammock and lantern"
CODE = re.compile(r"^[A-Z0-9]{3,5}-[A-Z0-9]{3,5}$", re.MULTILINE)
REPORT_POLICY = """
window.blocked = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.blocked.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


@pytest.fixture(scope="session")
def _nothing_collected() -> Iterator[None]:
    """As in tests/conftest.py, but before the server starts, which it does once for all tests."""
    with override_settings(STATIC_ROOT=None):
        yield


@pytest.fixture(scope="session")
def live_server(_nothing_collected: None, live_server: LiveServer) -> LiveServer:
    return live_server


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # Playwright runs an event loop in this thread, where Django then thinks that the ORM would hold it up.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Watched:
    """What went wrong in a page without anybody seeing it."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.homes = {urlsplit(home).netloc}
        """Where pages may ask; a test adds the process `live` where it runs."""
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        self.forgiven: tuple[str, ...] = ()
        """Words of console messages that a test expects."""
        context.add_init_script(REPORT_POLICY)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).scheme in ("http", "https") and urlsplit(request.url).netloc not in self.homes:
            self.elsewhere.append(request.url)

    def check(self, page: Page) -> None:
        """Nothing on the console, nothing from elsewhere, and nothing blocked on this page."""
        errors = [error for error in self.errors if not any(words in error for words in self.forgiven)]
        assert errors == []
        assert self.elsewhere == []
        if page.evaluate("typeof window.blocked") == "object":
            assert page.evaluate("window.blocked") == []


@pytest.fixture
def open_browser(
    chromium: Browser, live_server: LiveServer, four_spaces: object
) -> Iterator[Callable[..., tuple[Page, Watched]]]:
    """Call it for a page of a new browser; in the end all that was watched is checked."""
    opened: list[tuple[BrowserContext, Page, Watched]] = []
    cache.clear()

    def open_at(**device: object) -> tuple[Page, Watched]:
        context = chromium.new_context(base_url=live_server.url, **device)
        context.set_default_timeout(10_000)
        watched = Watched(context, live_server.url)
        page = context.new_page()
        opened.append((context, page, watched))
        return page, watched

    yield open_at
    for context, page, watched in opened:
        watched.check(page)
        context.close()


@pytest.fixture
def phone(open_browser) -> Page:
    return open_browser(**PHONE)[0]


@pytest.fixture
def desktop(open_browser) -> Page:
    return open_browser(**DESKTOP)[0]


@pytest.fixture
def ben(ben: User) -> User:
    """Ben has confirmed his address, and has a password."""
    return with_password(ben)


@pytest.fixture
def sam(sam: User) -> User:
    return with_password(sam)


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def code_from_mail() -> str:
    [found] = CODE.findall(mail.outbox[-1].body)
    return found


def sign_in(page: Page, user: User) -> None:
    """Type address and password where the page asks for them."""
    page.locator("input[name=login]").fill(user.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password])").get_by_role("button").click()
    page.wait_for_url(re.compile(r"^(?!.*/accounts/)"))


def the_button(page: Page, field: str) -> Locator:
    """The button of the form that sends this field."""
    return page.locator(f"form[method=post]:has(input[name={field}])").get_by_role("button").first
