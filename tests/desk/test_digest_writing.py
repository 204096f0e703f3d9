"""When a digest is written and sent, to whom, and when not."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail

from desk.digest.writing import write_due
from desk.tasks import write_digests
from members.models import Operator
from notices.choosing import turn_off
from notices.delivery import deliver_due
from notices.models import Notice, SentCopy
from tests.conftest import NOW, make_operator
from tests.desk.digests import links_in, make_morning, send_digests
from tests.factories import TUESDAY, at, make_closure, make_plan, make_resource, make_space, make_user
from visas.models import Terms

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def space(db):
    """A space that nobody runs yet, open every day."""
    space = make_space("somewhere")
    make_plan(space, make_resource(space))
    return space


@pytest.fixture
def one(space):
    return make_operator("one@example.jp", space)


def written() -> list[str]:
    return list(Notice.objects.filter(kind="digest").order_by("recipient").values_list("recipient", flat=True))


def state_of(user) -> tuple[str, str]:
    return Notice.objects.filter(kind="digest", recipient=user.email).values_list("state", "last_error").get()


def test_it_is_written_at_eight_to_everybody_with_a_role(space, one):
    for role in ("desk", "owner"):
        make_operator(f"{role}@example.jp", space, role)
    make_user("member@example.jp")

    assert write_due(now=at("07:59")) == 0
    assert write_due(now=at("08:00")) == 3
    assert written() == ["desk@example.jp", "one@example.jp", "owner@example.jp"]
    notice = Notice.objects.get(recipient="one@example.jp")
    assert (notice.due_at, notice.useful_until) == (at("08:00"), at("18:00"))
    assert notice.dedupe_key == f"digest:{space.pk}:2026-11-24:{one.pk}"


def test_eight_is_by_the_clocks_of_each_space(one):
    lisbon = make_space("lisbon", timezone="Europe/Lisbon")
    make_operator("lisbon@example.jp", lisbon)

    write_due(now=at("08:00"))
    assert written() == ["one@example.jp"]
    # Nine hours behind Japan in November.
    write_due(now=at("16:59"))
    assert "lisbon@example.jp" not in written()
    write_due(now=at("17:00"))
    assert written() == ["lisbon@example.jp", "one@example.jp"]


def test_it_is_written_once_however_often_beat_wakes(one):
    for _again in range(3):
        write_digests()

    assert written() == [one.email]
    write_due(now=NOW + DAY)
    assert written() == [one.email] * 2


def test_who_runs_two_spaces_gets_one_for_each_in_one_mail(space, one):
    other = make_space("other", name_ja="よそ")
    make_plan(other, make_resource(other))
    Operator.objects.create(user=one, space=other, role="desk")
    send_digests()

    assert written() == [one.email] * 2
    assert len(mail.outbox) == 1
    assert "どこか" in mail.outbox[0].body
    assert "よそ" in mail.outbox[0].body


def test_after_two_days_without_beat_todays_is_sent_and_no_other(one):
    write_due(now=NOW)
    later = NOW + 2 * DAY
    with time_machine.travel(later):
        send_digests(now=later)

    assert [sent.subject[:6] for sent in mail.outbox] == ["11月26日"]
    states = Notice.objects.filter(kind="digest").order_by("due_at").values_list("state", "last_error")
    assert list(states) == [("dropped", "Too late to be useful."), ("sent", "")]


def test_in_the_evening_it_is_of_no_use_any_more(one):
    assert write_due(now=at("18:00")) == 0


def test_a_closed_day_on_which_nothing_waits_is_left_alone(space, one):
    make_closure(space)
    Terms.objects.create(space=space, confirmed_at=NOW)
    send_digests()

    assert state_of(one) == ("dropped", "No longer wanted.")
    assert mail.outbox == []


def test_who_has_turned_it_off_gets_none(one):
    turn_off(one.email, ["digest"], now=NOW)
    send_digests()

    assert state_of(one) == ("dropped", "Turned off by who would have read it.")


@pytest.mark.parametrize("what", ["role", "account"])
def test_who_has_no_role_any_more_when_it_is_sent_reads_nothing(one, what):
    write_due(now=NOW)
    if what == "role":
        Operator.objects.all().delete()
    if what == "account":
        one.is_active = False
        one.save()
    deliver_due(until=NOW + timedelta(minutes=1))

    assert Notice.objects.get(kind="digest").state == "dropped"
    assert mail.outbox == []


def test_who_has_another_address_when_it_is_sent_reads_it_there(one):
    write_due(now=NOW)
    one.email = "elsewhere@example.jp"
    one.save()
    deliver_due(until=NOW + timedelta(minutes=1))

    assert [sent.to for sent in mail.outbox] == [["elsewhere@example.jp"]]


def test_who_is_not_active_gets_none(space, one):
    one.is_active = False
    one.save()

    assert write_due(now=NOW) == 0


@pytest.mark.parametrize(
    ("joined", "left", "count"),
    [
        (TUESDAY, None, 1),
        (TUESDAY + DAY, None, 0),
        (date(2026, 1, 1), TUESDAY, 0),
        (date(2026, 1, 1), TUESDAY + DAY, 1),
    ],
)
def test_only_spaces_of_the_federation_get_one(space, one, joined, left, count):
    space.joined_on, space.left_on = joined, left
    space.save()

    assert write_due(now=NOW) == count


def test_writing_takes_two_queries_however_many_spaces(one, django_assert_num_queries):
    for number in range(8):
        make_operator(f"more{number}@example.jp", make_space(f"more{number}"))

    with django_assert_num_queries(2):
        write_due(now=NOW)
    with django_assert_num_queries(1):
        write_due(now=NOW)


def test_facts_are_those_of_the_moment_of_sending(koharubiyori, dorinoki, aiko, sam):
    write_due(now=NOW)
    make_morning(koharubiyori.space, dorinoki.space, aiko)
    deliver_due(until=NOW + timedelta(minutes=1))

    [sent] = [one for one in mail.outbox if one.to == [sam.email]]
    assert "Ben Miller" in sent.body


def test_what_is_kept_of_the_mail_opens_nothing(koharubiyori, dorinoki, aiko, sam):
    make_morning(koharubiyori.space, dorinoki.space, aiko)
    send_digests()
    [sent] = [one for one in mail.outbox if one.to == [sam.email]]
    copy = SentCopy.objects.get(notice__recipient=sam.email, notice__kind="digest")

    assert len(links_in(sent.body)) == 11
    assert "/desk/once/…/" in copy.text
    for path in links_in(sent.body):
        assert path not in copy.text + copy.html
        assert path.split(".")[-1] not in copy.text + copy.html
