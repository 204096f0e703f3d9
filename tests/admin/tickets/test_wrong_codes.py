"""Wrong codes in the admin: who sees them, and who lets somebody in again."""

from datetime import timedelta

import pytest
from django.test import Client

from members.models import Operator
from tests.conftest import make_operator
from tests.factories import make_user
from tests.reading import Page
from tests.visas.acts import NOW, make_campaign
from visas.lockout import LIMITS, check_not_locked_out, count_wrong
from visas.models import Campaign, Participation, WrongCodes
from visas.tasks import forget_wrong_codes

LIST = "/admin/visas/wrongcodes/"
HERE = "203.0.113.7"


@pytest.fixture
def locked(koharubiyori) -> WrongCodes:
    """An address that is locked out while Koharubiyori's campaign runs."""
    make_campaign(koharubiyori.space)
    for _guess in range(LIMITS["address"].wrong):
        count_wrong(HERE, now=NOW)
    return WrongCodes.objects.get(kind="address")


@pytest.fixture
def operator(as_user, sam) -> Client:
    client = as_user(sam)
    client.cookies["django_language"] = "en"
    return client


def lifts(client: Client, row: WrongCodes) -> None:
    client.post(LIST, {"action": "lift_selected", "_selected_action": [row.pk]})
    row.refresh_from_db()


def test_operator_sees_from_where_wrong_codes_came_and_until_when_it_is_locked_out(operator, locked):
    read = Page(operator.get(LIST)).text

    assert "203.0.113.7" in read
    assert "203.0.113.0/24" in read
    assert "Locked out until Tue 24 Nov 10:00" in read
    assert set(operator.get(LIST, {"state": "locked"}).context["cl"].result_list) == {locked}
    assert set(operator.get(LIST, {"q": "/24"}).context["cl"].result_list) == {WrongCodes.objects.get(kind="network")}


def test_operator_lets_somebody_in_again(operator, locked, sam):
    lifts(operator, locked)

    assert (locked.locked_until, locked.lifted_by) == (None, sam)
    check_not_locked_out(HERE, now=NOW)


def test_who_is_not_locked_out_is_not_lifted(operator, locked):
    network = WrongCodes.objects.get(kind="network")
    lifts(operator, network)

    assert network.lifted_at is None


def test_desk_looks_and_does_not_lift(as_user, locked, koharubiyori):
    desk = as_user(make_operator("desk@example.jp", koharubiyori.space, Operator.Role.DESK))

    assert HERE in desk.get(LIST).content.decode()
    lifts(desk, locked)
    assert locked.locked_until is not None


def test_only_spaces_of_a_campaign_that_runs_see_them(as_user, operator, locked, dai, dorinoki):
    guest = as_user(dai)
    assert HERE not in guest.get(LIST).content.decode()
    lifts(guest, locked)
    assert locked.locked_until is not None

    part = Participation.objects.create(campaign=Campaign.objects.get(), space=dorinoki.space)
    assert HERE not in guest.get(LIST).content.decode(), "it is only asked"
    part.agreed_at = NOW
    part.save()
    assert HERE in guest.get(LIST).content.decode()

    Campaign.objects.update(ends_on=NOW.date() - timedelta(days=1))
    assert HERE not in guest.get(LIST).content.decode()
    assert HERE not in operator.get(LIST).content.decode()


def test_superuser_always_sees_them(as_user, locked):
    Campaign.objects.update(stopped_at=NOW)
    root = as_user(make_user("root@example.jp", is_superuser=True))

    assert HERE in root.get(LIST).content.decode()


def test_nobody_writes_or_deletes_one(operator, locked):
    assert operator.get(f"{LIST}add/").status_code == 403
    assert operator.post(f"{LIST}{locked.pk}/change/", {"wrong": 0}).status_code == 403
    assert operator.post(f"{LIST}{locked.pk}/delete/", {"post": "yes"}).status_code == 403
    assert WrongCodes.objects.filter(pk=locked.pk).exists()


def test_addresses_are_forgotten_by_a_daily_task(locked, settings):
    WrongCodes.objects.filter(pk=locked.pk).update(since=NOW - timedelta(days=31))

    forget_wrong_codes()

    assert set(WrongCodes.objects.values_list("kind", flat=True)) == {"network"}
    assert "visas.tasks.forget_wrong_codes" in {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()}
