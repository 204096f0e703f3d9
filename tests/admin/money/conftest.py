"""Dorinoki's money: who runs the space, who only takes money there, and a member."""

import pytest
from django.test import Client

from members.models import Operator, User
from spaces.models import Space
from tests.conftest import make_operator
from tests.factories import make_membership
from tests.reading import english


@pytest.fixture
def space(dorinoki) -> Space:
    return dorinoki.space


@pytest.fixture
def desk(dai, as_user) -> Client:
    return english(as_user(dai))


@pytest.fixture
def at_the_desk(as_user, space) -> Client:
    """Who may take money, and take nothing back: no void, no refund, no charge by hand."""
    return english(as_user(make_operator("desk@example.jp", space, Operator.Role.DESK)))


@pytest.fixture
def chie(chie, space) -> User:
    make_membership(chie, space.plans.get(kind="monthly"))
    return chie
