"""Readers of pages: each is a browser that asks for English, unless a test asks for Japanese."""

from collections.abc import Callable

import pytest
from django.test import Client

from members.models import User

ENGLISH = {"accept-language": "en"}
JAPANESE = {"accept-language": "ja"}


@pytest.fixture
def visitor() -> Client:
    """Somebody who is not signed in."""
    return Client(headers=ENGLISH)


@pytest.fixture
def english() -> Callable[[User], Client]:
    """Call it with a person for their browser."""

    def browser(user: User) -> Client:
        client = Client(headers=ENGLISH)
        client.force_login(user)
        return client

    return browser
