"""Readers of events' pages: each is a browser that asks for English, unless a test asks for Japanese."""

from collections.abc import Callable

import pytest
from django.test import Client

from members.models import User
from tests.pages.conftest import ENGLISH


@pytest.fixture
def visitor() -> Client:
    """Somebody who is not signed in."""
    return Client(headers=ENGLISH)


@pytest.fixture
def browser() -> Callable[[User], Client]:
    """Call it with a person for their browser."""

    def signed_in(user: User) -> Client:
        client = Client(headers=ENGLISH)
        client.force_login(user)
        return client

    return signed_in
