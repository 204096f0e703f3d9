"""Sam runs Koharubiyori, whose member Hana is; a desk there that may only look; Dai runs Dorinoki."""

import pytest
from django.test import Client

from members.models import Operator, User
from spaces.models import Space
from tests.conftest import make_operator
from tests.factories import make_membership, make_user
from tests.reading import english
from visas.models import Visa


@pytest.fixture
def home(koharubiyori) -> Space:
    return koharubiyori.space


@pytest.fixture
def operator(as_user, sam) -> Client:
    return english(as_user(sam))


@pytest.fixture
def desk(as_user, home) -> Client:
    return english(as_user(make_operator("desk@example.jp", home, Operator.Role.DESK)))


@pytest.fixture
def stranger(as_user, dai) -> Client:
    """Who runs another space."""
    return english(as_user(dai))


@pytest.fixture
def hana(home) -> User:
    holder = make_user("hana@example.jp", family_name="花田", given_name="はな", family_reading="はなだ")
    make_membership(holder, home.plans.get(kind="free_pass"))
    return holder


@pytest.fixture
def visa(hana) -> Visa:
    return Visa.objects.get(membership__user=hana)
