"""A real worker, woken by Redis several times at once, sends each digest once; its link then works over HTTP."""

from collections import Counter
from datetime import UTC, datetime

import pytest
import redis
from django.conf import settings
from django.test import Client

from coworking.celery import app
from desk.models import UsedLink
from desk.tasks import write_digests
from members.models import Membership
from notices.models import Notice
from spaces.models import Space
from tests.conftest import make_operator
from tests.desk.digests import links_in
from tests.factories import make_membership, make_plan, make_resource, make_space, make_user
from tests.notices.processes import wait_until, wake, worker
from tests.notices.smtp import mail_server

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]
OPERATORS = 6


@pytest.fixture
def server():
    with redis.Redis.from_url(settings.REDIS_URL) as queue, mail_server() as started:
        queue.flushdb()
        yield started
        queue.flushdb()


def noon_somewhere() -> str:
    """A time zone in which it is about noon now; the signs of these zones are turned round."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def make_space_at_noon() -> Space:
    return make_space("noon", name_ja="正午", timezone=noon_somewhere())


def sent() -> bool:
    return Notice.objects.filter(kind="digest", state="sent").count() == OPERATORS


def test_each_digest_arrives_once_and_its_link_decides(server, tmp_path):
    space = make_space_at_noon()
    plan = make_plan(space, make_resource(space), kind="free_pass")
    for number in range(OPERATORS):
        make_operator(f"operator{number}@example.jp", space)
    day = space.today(datetime.now(UTC))
    application = make_membership(make_user("wish@example.jp"), plan, status="applied", starts_on=day)

    with worker(server.port, tmp_path / "worker.log", "--pool=prefork", "--concurrency=2"):
        with app.connection_for_write() as broker:
            for _beat in range(4):
                write_digests.apply_async(connection=broker)
        wait_until(lambda: Notice.objects.filter(kind="digest").count() == OPERATORS)
        wake(3)
        wait_until(sent)
        server.wait_until_quiet(0.5)

    assert Counter(str(letter["To"]) for letter in server.accepted) == {
        f"operator{number}@example.jp": 1 for number in range(OPERATORS)
    }
    body = server.accepted[0].get_body(("plain",)).get_content()
    [approve] = [path for path in links_in(body) if "/approve-" in path]
    assert Client().post(approve, {"message": ""}).status_code == 303
    assert Membership.objects.get(pk=application.pk).status == "active"
    assert UsedLink.objects.get().act == "approve"
