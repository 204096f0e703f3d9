"""Links of digests that are pressed at the same moment, and beside the admin and the door."""

from hashlib import sha256

import pytest
from django.db import connection, transaction
from django.test import Client

from bookings.attendance import check_in
from bookings.models import Booking
from desk.digest.links import link_token
from desk.digest.writing import write_due
from desk.models import UsedLink
from events.taking_part import Offer, agree
from members.deciding import approve
from members.models import Membership, Operator
from notices.models import Notice
from tests.conftest import NOW, make_operator
from tests.desk.digests import make_morning
from tests.factories import TUESDAY
from tests.races.connections import Doing, at_once, waits_for_a_lock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]


@pytest.fixture
def morning(koharubiyori, dorinoki, aiko):
    return make_morning(koharubiyori.space, dorinoki.space, aiko)


@pytest.fixture
def other(morning):
    return make_operator("other@example.jp", morning.space)


def press(act, row, by, space, **sent):
    """Call it to press the button of somebody's link; the status of the answer."""
    path = f"/desk/once/{link_token(act, row.pk, by=by, space=space, day=TUESDAY)}/"
    return lambda: Client().post(path, {"message": "", "reason": "Full.", "capacity": "4", **sent}).status_code


def statuses(*acts) -> list[int]:
    return sorted(one.result() for one in at_once(*acts))


def use_without_commit(morning, by) -> None:
    """Note the use of a check-in link, as somebody has who has just pressed its button."""
    token = link_token("check_in", morning.drop_in.pk, by=by, space=morning.space, day=TUESDAY)
    UsedLink.objects.create(token_hash=sha256(token.encode()).hexdigest(), who=by, act="check_in", subject="booking:1")


def letters(kind: str) -> int:
    return Notice.objects.filter(kind=kind).count()


@pytest.mark.parametrize("act", ["approve", "decline"])
def test_one_link_that_is_pressed_four_times_at_once_decides_once(morning, sam, act):
    link = press(act, morning.application, sam, morning.space)

    assert statuses(link, link, link, link) == [303] * 4
    assert UsedLink.objects.count() == 1
    assert letters("membership.decided") == 1
    decided = Membership.objects.get(pk=morning.application.pk)
    assert decided.history.filter(status=decided.status).count() == 1


def test_the_second_press_waits_until_the_first_has_ended(morning, sam):
    link = press("check_in", morning.drop_in, sam, morning.space)
    with transaction.atomic():
        Booking.objects.select_for_update().get(pk=morning.drop_in.pk)
        first = Doing(link)
        waits_for_a_lock()
        second = Doing(link)
        waits_for_a_lock(kind="transactionid")
        assert not UsedLink.objects.exists()

    assert (first.result(), second.result()) == (303, 303)
    assert UsedLink.objects.count() == 1


def test_a_first_press_that_fails_leaves_the_link_to_the_second(morning, sam):
    with transaction.atomic():
        use_without_commit(morning, sam)
        second = Doing(press("check_in", morning.drop_in, sam, morning.space))
        waits_for_a_lock()
        transaction.set_rollback(True)

    assert second.result() == 303
    assert Booking.objects.get(pk=morning.drop_in.pk).checked_in_at is not None


def test_two_operators_who_approve_and_decline_at_once_decide_once(morning, sam, other):
    assert statuses(
        press("approve", morning.application, sam, morning.space),
        press("decline", morning.application, other, morning.space),
    ) == [303, 409]
    assert UsedLink.objects.count() == 1
    assert letters("membership.decided") == 1


def test_a_link_beside_the_admin_decides_once(morning, sam, other):
    def in_the_admin():
        approve(membership=morning.application, by=other, now=NOW)
        return 303

    done = at_once(in_the_admin, press("decline", morning.application, sam, morning.space))

    refused = [one for one in done if one.error is not None or one.outcome == 409]
    assert len(refused) == 1
    assert letters("membership.decided") == 1


def test_two_operators_who_answer_a_request_at_once_answer_once(morning, sam, other):
    assert statuses(
        press("accept", morning.request, sam, morning.space),
        press("refuse", morning.request, other, morning.space),
    ) == [303, 409]
    morning.request.refresh_from_db()
    assert (morning.request.booking is not None) == (morning.request.answer == "accepted")


def test_a_no_does_not_undo_a_yes_of_the_same_moment(morning, sam, other):
    assert statuses(
        press("take_part", morning.asked, sam, morning.space),
        press("say_no", morning.asked, other, morning.space),
    ) == [303, 409]
    morning.asked.refresh_from_db()
    used = UsedLink.objects.get()
    assert morning.asked.stands == (used.act == "take_part")
    assert (morning.asked.left_at is None) == (used.act == "take_part")


def test_a_no_that_waited_for_the_yes_of_the_admin_is_refused(morning, sam, other):
    with transaction.atomic():
        agree(venue=morning.asked, offer=Offer(capacity=6), by=other, now=NOW)
        late = Doing(press("say_no", morning.asked, sam, morning.space))
        waits_for_a_lock()

    assert late.result() == 409
    morning.asked.refresh_from_db()
    assert (morning.asked.stands, morning.asked.capacity) == (True, 6)


def test_a_link_beside_the_door_checks_in_once(morning, sam):
    def at_the_door():
        check_in(booking=Booking.objects.get(pk=morning.drop_in.pk), now=NOW)
        return 303

    done = at_once(at_the_door, press("check_in", morning.drop_in, sam, morning.space))
    refused = [one for one in done if one.error is not None or one.outcome == 409]

    assert len(refused) == 1
    assert Booking.objects.get(pk=morning.drop_in.pk).checked_in_at is not None


def test_a_role_that_goes_while_the_press_waits_is_too_late_for_it(morning, sam):
    """Who waited behind another press is asked for their role again once it is their turn."""
    with transaction.atomic():
        use_without_commit(morning, sam)
        late = Doing(press("check_in", morning.drop_in, sam, morning.space))
        waits_for_a_lock()
        with_another_connection("DELETE FROM members_operator WHERE user_id = %s", sam.pk)
        transaction.set_rollback(True)

    assert late.result() == 403
    assert not UsedLink.objects.exists()
    assert Booking.objects.get(pk=morning.drop_in.pk).checked_in_at is None


def with_another_connection(sql: str, *values: object) -> None:
    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)

    Doing(act).result()


def test_two_beats_at_once_write_each_digest_once(sam, dai):
    def beat():
        return write_due(now=NOW)

    done = at_once(beat, beat, beat, beat)

    assert [one.error for one in done] == [None] * 4
    assert Operator.objects.count() == 2
    assert letters("digest") == 2
