import pytest

from members.models import User
from spaces.models import Space
from tests.factories import make_space, make_user


@pytest.fixture
def space(db: None) -> Space:
    return make_space(operator_name="どこか運営会", address="北海道札幌市")


@pytest.fixture
def payer(db: None) -> User:
    return make_user("hanako@example.jp", family_name="山田", given_name="花子")


@pytest.fixture
def other(db: None) -> User:
    return make_user("taro@example.jp", family_name="佐藤", given_name="太郎")
