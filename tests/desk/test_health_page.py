"""The health page: the parts of the house in words, and what has not gone out of one's own notices."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from desk import health, rounds
from desk.health import Health, Stored
from members.models import Operator
from notices.models import Notice
from tests.conftest import NOW, make_operator
from tests.factories import make_user
from tests.reading import Page

HEALTH = "admin:desk_health"
WELL = Health(stored=Stored(0, None, 0), redis=True, now=NOW)


@pytest.fixture(autouse=True)
def parts(monkeypatch):
    """What is found of the parts, which other tests break for good (test_ready.py)."""
    cache.clear()

    def are(found=WELL, last_round=NOW):
        monkeypatch.setattr(health, "look", lambda *, now: found)
        monkeypatch.setattr(rounds, "last", lambda: last_round)

    are()
    return are


@pytest.fixture
def page(as_user):
    def of(person, language="en"):
        client = as_user(person)
        client.cookies["django_language"] = language
        answer = client.get(reverse(HEALTH))
        assert answer.status_code == 200
        return Page(answer)

    return of


@pytest.fixture
def root(db):
    return make_user("root@example.jp", is_superuser=True)


def notice(key, space="koharubiyori", *, minutes_ago=0, state="waiting", kind="booking.confirmed", **fields):
    moment = NOW - timedelta(minutes=minutes_ago)
    return Notice.objects.create(
        kind=kind,
        subject_key="test:1",
        dedupe_key=key,
        recipient="someone@example.jp",
        language="en",
        space_slug=space,
        due_at=moment,
        created_at=moment,
        settled_at=None if state == "waiting" else moment,
        state=state,
        **fields,
    )


# Who


def test_who_runs_a_space_sees_it_and_finds_it_in_the_menu(sam, as_user, four_spaces):
    client = as_user(sam)
    assert client.get(reverse(HEALTH)).status_code == 200
    assert reverse(HEALTH) in client.get(reverse("admin:index")).content.decode()


def test_the_desk_and_everybody_else_does_not(four_spaces, as_user, ben, client):
    desk = make_operator("desk@example.jp", four_spaces["dorinoki"], role=Operator.Role.DESK)
    at_desk = as_user(desk)

    assert at_desk.get(reverse(HEALTH)).status_code == 403
    assert reverse(HEALTH) not in at_desk.get(reverse("admin:index")).content.decode()
    assert as_user(ben).get(reverse(HEALTH)).status_code in (302, 404)
    assert client.get(reverse(HEALTH)).status_code == 302


# What


def test_all_is_well(root, page):
    text = page(root).text

    assert text.count("It answers.") == 2
    for words in (
        "The tables are those of this version.",
        "It looked for due notices within the last two minutes.",
        "They go out in time.",
        "none is due now",
        "Nothing is parked.",
        "As it was at 09:00. Version 0.1.0.",
    ):
        assert words in text


BROKEN = [
    (Health(None, True, NOW), "It does not answer in time.", "Look at PostgreSQL and its log."),
    (Health(Stored(2), True, NOW), "2 migrations are missing.", "Run manage.py migrate."),
    (Health(Stored(0, None, 0), False, NOW), "Bookings go on; mails wait until it is back.", "Start Redis again."),
    (
        Health(Stored(0, NOW + timedelta(minutes=3), 0, 2, NOW - timedelta(minutes=34)), True, NOW),
        "The oldest one that is due has been waiting for 34 minutes.",
        "often the mail server does not answer.",
    ),
    (
        Health(Stored(0, NOW - timedelta(minutes=34), 0), True, NOW),
        "The oldest one that is due has been waiting for 34 minutes.",
        "often the mail server does not answer.",
    ),
]


@pytest.mark.parametrize(("found", "words", "todo"), BROKEN)
def test_what_is_broken_is_said_with_what_to_do(root, sam, page, parts, found, words, todo):
    parts(found)

    assert words in page(root).text
    assert todo in page(root).text
    assert words in page(sam).text
    assert todo not in page(sam).text
    assert "Tell who looks after the server." in page(sam).text


@pytest.mark.parametrize(
    ("last_round", "words"),
    [
        (NOW - timedelta(seconds=110), "within the last two minutes."),
        (NOW - timedelta(minutes=3), "It last looked for due notices 3 minutes ago."),
        (None, "No round since Redis was started."),
    ],
)
def test_when_the_worker_was_last_seen(root, page, parts, last_round, words):
    parts(last_round=last_round)

    assert words in page(root).text


def test_without_redis_nobody_knows_of_the_worker(root, page, parts):
    parts(Health(Stored(0, None, 0), False, NOW), last_round=NOW)

    assert "Without Redis nobody wakes it." in page(root).text


def test_notices_are_counted_by_state_with_the_oldest(root, page):
    notice("due", minutes_ago=90)
    notice("later", minutes_ago=-60)
    notice("sent", minutes_ago=60, state="sent")
    notice("dropped", minutes_ago=60, state="dropped")
    notice("sent long ago", minutes_ago=60 * 30, state="sent")

    figures = page(root).text

    assert "waiting 2 the oldest was written 1 hour, 30 minutes ago" in figures
    assert "due for 1 hour, 30 minutes" in figures
    assert "sent within 24 hours 1" in figures
    assert "dropped within 24 hours 1" in figures


def test_what_could_not_be_sent_yet_is_due_since_it_was_due_at_first(root, page):
    for key in ("one", "two"):
        notice(key, minutes_ago=90, attempts=4, try_at=NOW + timedelta(minutes=8))
    notice("put off for the night", minutes_ago=600, try_at=NOW + timedelta(minutes=8))

    assert "2 could not be sent yet" in page(root).text
    assert "due for 1 hour, 30 minutes" in page(root).text
    assert "うち2件は送信に失敗し、再送を待っています" in page(root, "ja").text


def test_parked_notices_stand_by_kind_and_lead_to_their_list(root, page, as_user):
    for key in ("a", "b"):
        notice(key, state="parked")
    notice("c", state="parked", kind="an.unknown_kind")

    found = page(root)

    address = f"{reverse('admin:notices_notice_changelist')}?state__exact=parked"
    assert f"{address}&kind=booking.confirmed" in found.links_to(address)
    assert f"{address}&kind=an.unknown_kind" in found.links_to(address)
    listed = as_user(root).get(f"{address}&kind=booking.confirmed")
    assert listed.context["cl"].result_count == 2


def test_who_runs_a_space_sees_the_notices_of_that_space(sam, page, four_spaces):
    notice("ours", state="parked")
    notice("theirs", "dorinoki", state="parked", kind="billing.invoice")
    notice("of the federation", "", minutes_ago=5)
    notice("waiting at theirs", "dorinoki", minutes_ago=5)

    found = page(sam)

    assert "waiting 0" in found.text
    assert "none is due now" in found.text
    address = f"{reverse('admin:notices_notice_changelist')}?state__exact=parked&kind="
    assert found.links_to(address) == [f"{address}booking.confirmed"]


def test_many_notices_cost_no_more_queries(root, as_user, django_assert_num_queries):
    client = as_user(root)
    client.get(reverse(HEALTH))
    notice("one", state="parked")
    with django_assert_num_queries(QUERIES):
        client.get(reverse(HEALTH))
    for each in range(30):
        notice(f"parked {each}", state="parked", kind=f"kind.{each}")
        notice(f"waiting {each}", minutes_ago=each)
    with django_assert_num_queries(QUERIES):
        client.get(reverse(HEALTH))


QUERIES = 7


def test_a_round_is_noted_by_whoever_runs_it(db, monkeypatch):
    monkeypatch.undo()
    from notices.tasks import deliver_due
    from tests.desk.faulty import mutter

    cache.clear()
    mutter.apply(["nothing"])
    assert rounds.last() is None
    deliver_due.apply()
    assert abs(rounds.last() - NOW) < timedelta(minutes=1)


def test_it_reads_in_japanese(sam, page):
    text = page(sam, "ja").text

    for words in (
        "稼働状況",
        "正常",
        "応答しています。",
        "時間どおりに送られています。",
        "保留中のお知らせはありません。",
    ):
        assert words in text
