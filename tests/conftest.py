"""The standing cast and the standing moment of all tests.

Aiko is a member of Garage labs, Ben a coworker without a plan, Chie a stranger to both, Sam runs Koharubiyori, Dai runs
Dorinoki. It is Tuesday, 24 November 2026, nine in the morning in Hokkaido: two hours before three of the houses open.
"""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.utils import translation

from members.founding import load_spaces
from members.models import Operator, User
from notices import bundling
from spaces.house import House, houses
from spaces.models import Space
from tests.factories import make_membership, make_user

JAPAN = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=JAPAN)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "real_time: real processes take part, so the clock is the machine's own")


@pytest.fixture(autouse=True)
def now(request: pytest.FixtureRequest) -> Iterator[datetime]:
    """The fixed moment, from which the clock ticks on."""
    if request.node.get_closest_marker("real_time"):
        yield datetime.now(JAPAN)
        return
    with time_machine.travel(NOW, tick=True):
        yield NOW


@pytest.fixture(autouse=True)
def plain_settings(settings: LazySettings) -> None:
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STATIC_ROOT = None  # nothing is collected, and WhiteNoise warns of a folder that is not there
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def plain_language(settings: LazySettings) -> Iterator[None]:
    """A page leaves its language active when it is done, as the next request sets its own."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def four_spaces(db: None) -> dict[str, Space]:
    """The four spaces as they are loaded, by slug."""
    load_spaces()
    return {space.slug: space for space in Space.objects.all()}


@pytest.fixture
def koharubiyori(four_spaces: dict[str, Space], now: datetime) -> House:
    return house("koharubiyori", now)


@pytest.fixture
def garage(four_spaces: dict[str, Space], now: datetime) -> House:
    return house("garage-labs", now)


@pytest.fixture
def dorinoki(four_spaces: dict[str, Space], now: datetime) -> House:
    return house("dorinoki", now)


def house(slug: str, now: datetime) -> House:
    [found] = houses(Space.objects.filter(slug=slug), today=now.date())
    return found


@pytest.fixture
def aiko(four_spaces: dict[str, Space]) -> User:
    member = make_user("aiko@example.jp", family_name="伊藤", given_name="愛子")
    make_membership(member, four_spaces["garage-labs"].plans.get(kind="free"))
    return member


@pytest.fixture
def ben(db: None) -> User:
    return make_user("ben@example.com", family_name="Miller", given_name="Ben", language="en")


@pytest.fixture
def chie(db: None) -> User:
    return make_user("chie@example.jp", family_name="千葉", given_name="千絵")


@pytest.fixture
def sam(four_spaces: dict[str, Space]) -> User:
    return make_operator("sam@example.jp", four_spaces["koharubiyori"])


@pytest.fixture
def dai(four_spaces: dict[str, Space]) -> User:
    return make_operator("dai@example.jp", four_spaces["dorinoki"])


def make_operator(email: str, space: Space, role: str = Operator.Role.OPERATOR) -> User:
    user = make_user(email)
    Operator.objects.create(user=user, space=space, role=role)
    return user


@pytest.fixture
def as_user() -> "SignedIn":
    """Call it with a person for a client that is signed in as them."""
    return SignedIn()


class SignedIn:
    def __call__(self, user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client


@pytest.fixture
def letters_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each letter in a mail of its own, for tests of what letters say."""
    monkeypatch.setattr(bundling, "joins_others", lambda notice, standing, now: False)
