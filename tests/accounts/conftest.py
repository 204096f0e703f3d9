"""Browsers of people with accounts. Nobody has been counted by a rate limit before a test begins."""

import re
from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client

from coworking.cache import FailingOpenCache
from members.models import User

CODE = re.compile(r"^[A-Z0-9]{3,5}-?[A-Z0-9]{3,5}$", re.MULTILINE)


@pytest.fixture(autouse=True)
def uncounted() -> Iterator[None]:
    FailingOpenCache.asks_again_at = 0.0
    cache.clear()
    yield
    FailingOpenCache.asks_again_at = 0.0


@pytest.fixture
def visitor(db: None) -> Client:
    """Somebody who is not signed in and reads English."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def code() -> Callable[[], str]:
    """Call it for the code in the last mail."""

    def read() -> str:
        [found] = CODE.findall(mail.outbox[-1].body)
        return found

    return read


@pytest.fixture
def ben(ben: User) -> User:
    """Ben, who has confirmed his address."""
    EmailAddress.objects.create(user=ben, email=ben.email, verified=True, primary=True)
    return ben


@pytest.fixture
def ben_with_password(ben: User) -> User:
    ben.set_password("hammock and lantern")
    ben.save()
    return ben


def signed_in(client: Client) -> User | None:
    """Who the browser's session belongs to, as the server sees it."""
    user = client.get("/").wsgi_request.user
    return user if user.is_authenticated else None
