"""Who begins campaigns, Koharubiyori, and who is asked to honour their tickets, Dorinoki."""

import pytest
from django.test import Client

from spaces.models import Space
from tests.reading import english


@pytest.fixture
def home(koharubiyori) -> Space:
    return koharubiyori.space


@pytest.fixture
def away(dorinoki) -> Space:
    return dorinoki.space


@pytest.fixture
def organiser(as_user, sam) -> Client:
    return english(as_user(sam))


@pytest.fixture
def guest(as_user, dai) -> Client:
    """Who runs a space that is asked, and has not begun the campaign."""
    return english(as_user(dai))
