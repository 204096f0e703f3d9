"""A house in which memberships are tried: open to all, months from the 1st, a flex plan, and two booths for three."""

import pytest

from members.models import Membership, Plan, User
from spaces.models import Resource, Space
from tests.conftest import make_operator
from tests.factories import make_membership, make_plan, make_resource, make_space, make_user


@pytest.fixture
def space(db: None) -> Space:
    return make_space(renewal_day=1)


@pytest.fixture
def flex(space: Space) -> Plan:
    return make_plan(space, make_resource(space), kind="monthly", price=12000, sign_up_fee=30000, name_en="Flex")


@pytest.fixture
def booths(space: Space) -> list[Resource]:
    return [make_resource(space, kind="booth", capacity=1, persons=3, position=number) for number in (1, 2)]


@pytest.fixture
def booth_plan(space: Space, booths: list[Resource]) -> Plan:
    return make_plan(space, *booths, kind="booth", price=75000, sign_up_fee=30000, name_en="Booth for 3")


@pytest.fixture
def person(db: None) -> User:
    return make_user("person@example.jp")


@pytest.fixture
def other(db: None) -> User:
    return make_user("other@example.jp")


@pytest.fixture
def operator(space: Space) -> User:
    return make_operator("operator@example.jp", space)


@pytest.fixture
def member(person: User, flex: Plan) -> Membership:
    """The person's membership on the flex plan, since the first of January."""
    return make_membership(person, flex)


@pytest.fixture
def tenant(other: User, booth_plan: Plan, booths: list[Resource]) -> Membership:
    """Another person's membership with the first booth, since the first of January."""
    return make_membership(other, booth_plan, booth=booths[0])
