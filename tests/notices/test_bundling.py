"""What one person is told within minutes is one mail; each try of it carries the same."""

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notices import kinds
from notices.bundling import MOST_LETTERS
from notices.delivery import deliver_due
from notices.kinds import Kind, Topic
from notices.models import Notice, SentCopy
from tests.factories import at
from tests.notices.conftest import make_notice, render, still_wanted
from tests.notices.test_delivery import LATER, MailServer
from tests.races.connections import raw, run

BEN = "ben@example.com"


@pytest.fixture(autouse=True)
def _kinds_of_tests(monkeypatch):
    for name, options in (("alone", {"alone": True}), ("quiet", {"quiet": True})):
        kind = Kind(f"test.{name}", name, still_wanted, render, topic=Topic.BOOKINGS, **options)
        monkeypatch.setitem(kinds._kinds, kind.name, kind)


@pytest.fixture
def server(settings, monkeypatch):
    settings.EMAIL_BACKEND = "tests.notices.test_delivery.MailServer"
    for name in ("error", "only_for", "tries"):
        monkeypatch.setattr(MailServer, name, getattr(MailServer, name))
    return MailServer


def to_ben(*keys, **fields):
    return [make_notice(key, recipient=BEN, **fields) for key in keys]


def fresh(notices):
    return list(Notice.objects.filter(pk__in=[one.pk for one in notices]).order_by("pk"))


def deliver(clock):
    mail.outbox.clear()
    with time_machine.travel(at(clock)):
        done = deliver_due(until=at(clock) + timedelta(minutes=1))
    return done, list(mail.outbox)


def test_what_is_due_to_one_person_is_one_mail(db):
    notices = to_ben("one", "two", "three")

    done, [letter] = deliver("09:00")

    assert done.sent == 3
    assert letter.subject == "Letter one in en, and 2 more"
    assert [letter.body.count(f"Letter {key} in en") for key in ("one", "two", "three")] == [1, 1, 1]
    assert {one.state for one in fresh(notices)} == {"sent"}
    assert {one.mail_id for one in fresh(notices)} == {letter.message()["Message-ID"]}


def test_a_mail_has_an_end_and_what_is_left_comes_in_the_next(db):
    to_ben(*map(str, range(MOST_LETTERS + 5)))

    _done, [first] = deliver("09:00")
    _done, [second] = deliver("09:06")

    assert first.subject == f"Letter 0 in en, and {MOST_LETTERS - 1} more"
    assert second.subject == f"Letter {MOST_LETTERS} in en, and 4 more"


def test_two_people_have_a_mail_each(db):
    to_ben("one", "two")
    make_notice("other")

    _done, letters = deliver("09:00")

    assert sorted(letter.to[0] for letter in letters) == [BEN, "other@example.jp"]


def test_languages_are_not_mixed(db):
    to_ben("one")
    to_ben("two", language="ja")

    _done, letters = deliver("09:00")
    assert [letter.subject for letter in letters] == ["Letter one in en"]
    _done, letters = deliver("09:06")
    assert [letter.subject for letter in letters] == ["Letter two in ja"]


def test_who_was_written_to_a_moment_ago_gets_the_next_in_one_mail_when_five_minutes_are_over(db):
    to_ben("first")
    deliver("09:00")
    later = to_ben("second", due_at=at("09:01")) + to_ben("third", due_at=at("09:03"))

    done, letters = deliver("09:04")
    assert (letters, done.sent, done.failed) == ([], 0, 0)
    assert {one.attempts for one in fresh(later)} == {0}

    _done, [letter] = deliver("09:06")
    assert letter.subject == "Letter second in en, and 1 more"


def test_what_would_be_useless_by_then_goes_at_once(db):
    to_ben("first")
    deliver("09:00")
    to_ben("second", due_at=at("09:01"), useful_until=at("09:04"))

    _done, [letter] = deliver("09:02")

    assert letter.subject == "Letter second in en"


def test_what_would_be_useless_by_then_goes_at_once_whatever_else_waits(db):
    to_ben("first")
    deliver("09:00")
    waits = to_ben("waits", due_at=at("09:01"))
    to_ben("urgent", due_at=at("09:02"), useful_until=at("09:04"))

    _done, [letter] = deliver("09:02")

    assert letter.subject == "Letter urgent in en"
    assert fresh(waits)[0].state == "waiting"
    _done, [letter] = deliver("09:08")
    assert letter.subject == "Letter waits in en"


def test_a_mail_of_several_does_not_wait_past_the_use_of_one_of_them(db, server, monkeypatch):
    to_ben("one")
    to_ben("two", useful_until=at("09:04"))
    with monkeypatch.context() as broken:
        broken.setattr(server, "error", TimeoutError("timed out"))
        deliver("09:00")
    to_ben("urgent", useful_until=at("09:01"))
    assert [letter.subject for letter in deliver("09:00")[1]] == ["Letter urgent in en"]

    _done, [letter] = deliver("09:02")

    assert letter.subject == "Letter one in en, and 1 more"


def test_what_was_tried_alone_goes_again_alone_under_its_name(db, server, monkeypatch):
    [tried] = to_ben("tried")
    with monkeypatch.context() as broken:
        broken.setattr(server, "error", smtplib.SMTPServerDisconnected("Connection unexpectedly closed"))
        deliver("09:00")
    to_ben("later", due_at=at("09:02"))

    _done, [letter] = deliver("09:02")

    assert letter.message()["Message-ID"] == tried.message_id
    _done, [letter] = deliver("09:08")
    assert letter.subject == "Letter later in en"


@pytest.mark.django_db(transaction=True)
def test_a_mail_of_several_goes_whole_or_not_now(server, monkeypatch):
    notices = to_ben("one", "two")
    with monkeypatch.context() as broken:
        broken.setattr(server, "error", TimeoutError("timed out"))
        deliver("09:00")

    with raw() as [other]:
        run(other, "SELECT 1 FROM notices_notice WHERE id = %s FOR UPDATE", notices[1].pk)
        _done, letters = deliver("09:02")
        assert letters == []

    _done, [letter] = deliver("09:03")
    assert letter.subject == "Letter one in en, and 1 more"
    assert {one.state for one in fresh(notices)} == {"sent"}


def test_a_mail_of_several_that_can_wait_does_not_go_out_at_night(db, server, monkeypatch):
    notices = to_ben("one", "two", kind="test.quiet", due_at=at("20:59"))
    with monkeypatch.context() as broken:
        broken.setattr(server, "error", TimeoutError("timed out"))
        deliver("20:59")

    assert deliver("23:30")[1] == []
    assert {(one.try_at, one.attempts) for one in fresh(notices)} == {(at("07:00") + timedelta(days=1), 1)}


def test_what_goes_alone_neither_waits_nor_makes_others_wait(db):
    to_ben("first")
    deliver("09:00")
    to_ben("link", kind="test.alone", due_at=at("09:01"))
    _done, [letter] = deliver("09:01")
    assert letter.subject == "Letter link in en"

    to_ben("paper", kind="test.alone", due_at=at("09:20"))
    deliver("09:20")
    to_ben("next", due_at=at("09:21"))
    _done, [letter] = deliver("09:21")
    assert letter.subject == "Letter next in en"


def test_one_of_a_mail_that_is_no_longer_wanted_is_left_out(db):
    kept, dropped = to_ben("kept"), to_ben("dropped", facts={"wanted": False})

    done, [letter] = deliver("09:00")

    assert (done.sent, done.dropped) == (1, 1)
    assert letter.subject == "Letter kept in en"
    assert [one.state for one in fresh(kept + dropped)] == ["sent", "dropped"]


def test_one_of_a_mail_that_can_not_be_written_is_parked_and_holds_up_nobody(db):
    notices = to_ben("broken", facts={"error": "no words"}) + to_ben("fine", "too")

    done, [letter] = deliver("09:00")

    assert (done.sent, done.parked) == (2, 1)
    assert letter.subject == "Letter fine in en, and 1 more"
    assert [one.state for one in fresh(notices)] == ["parked", "sent", "sent"]


def test_a_mail_that_fails_is_tried_again_as_it_was_whatever_has_come_meanwhile(db, server, monkeypatch):
    notices = to_ben("one", "two")
    with monkeypatch.context() as broken:
        broken.setattr(server, "error", TimeoutError("timed out"))
        done, _letters = deliver("09:00")
    assert (done.failed, {one.attempts for one in fresh(notices)}) == (2, {1})
    assert len({one.try_at for one in fresh(notices)}) == 1
    bundle = {one.bundle for one in fresh(notices)}
    to_ben("three", due_at=at("09:02"))

    _done, letters = deliver("09:02")

    assert [letter.message()["Message-ID"] for letter in letters] == list(bundle)
    assert [letter.subject for letter in letters] == ["Letter one in en, and 1 more"]
    _done, [letter] = deliver("09:08")
    assert letter.subject == "Letter three in en"


def test_a_mail_that_is_tried_again_waits_too_for_who_was_just_written_to(db, server, monkeypatch):
    notices = to_ben("one", "two")
    with monkeypatch.context() as broken:
        broken.setattr(server, "error", TimeoutError("timed out"))
        deliver("09:00")
    to_ben("urgent", due_at=at("09:00"), useful_until=at("09:01"))
    _done, [letter] = deliver("09:00")
    assert letter.subject == "Letter urgent in en"

    assert deliver("09:04")[1] == []
    _done, [letter] = deliver("09:06")
    assert letter.subject == "Letter one in en, and 1 more"
    assert {one.attempts for one in fresh(notices)} == {2}


def test_a_worker_that_dies_leaves_a_mail_that_goes_out_as_it_was(db, server, monkeypatch):
    notices = to_ben("one", "two")
    with monkeypatch.context() as broken:
        broken.setattr(server, "error", SystemExit(137))
        with pytest.raises(SystemExit):
            deliver("09:00")
    [bundle] = {one.bundle for one in fresh(notices)}
    assert bundle
    assert {(one.state, one.attempts) for one in fresh(notices)} == {("waiting", 0)}
    to_ben("three")

    _done, [letter] = deliver("09:00")

    assert letter.message()["Message-ID"] == bundle
    assert letter.subject == "Letter one in en, and 1 more"


def test_parked_one_goes_again_under_its_own_name_and_not_that_of_what_was_sent(db):
    [broken, _fine] = to_ben("broken", facts={"error": "no words"}) + to_ben("fine")
    _done, [sent] = deliver("09:00")
    Notice.objects.filter(pk=broken.pk).update(facts={})
    broken.refresh_from_db()

    broken.send_again(at=at("09:10"))
    _done, [again] = deliver("09:10")

    assert again.message()["Message-ID"] == broken.message_id != sent.message()["Message-ID"]


def test_copy_hangs_on_the_first_of_a_mail(db):
    first, second = to_ben("one", "two")

    deliver("09:00")

    copy = SentCopy.objects.get()
    assert copy.notice == first
    assert SentCopy.objects.get(message_id=fresh([second])[0].mail_id) == copy
    assert "Letter two in en" in copy.text


def test_files_of_one_name_are_told_apart_and_one_sender_signs_for_all(db):
    to_ben("one", facts={"from_name": "小春日和", "file": "event.ics"})
    to_ben("two", facts={"from_name": "小春日和", "file": "event.ics"})

    _done, [letter] = deliver("09:00")

    assert letter.from_email.startswith('"小春日和" <')
    assert [name for name, _content, _type in letter.attachments] == ["event.ics", "event-2.ics"]


def test_mail_of_several_spaces_comes_from_the_federation(db):
    to_ben("one", facts={"from_name": "小春日和"})
    to_ben("two", facts={"from_name": "Dorinoki"})

    _done, [letter] = deliver("09:00")

    assert letter.from_email.startswith('"Coworking Hokkaido" <')


def test_what_may_not_wake_anybody_is_not_taken_along_at_night(db):
    to_ben("urgent", due_at=at("22:00"))
    [quiet] = to_ben("quiet", kind="test.quiet", due_at=at("21:30"))

    _done, [letter] = deliver("22:00")

    assert letter.subject == "Letter urgent in en"
    assert fresh([quiet])[0].try_at == at("07:00") + timedelta(days=1)


def test_another_notice_in_a_mail_costs_its_own_statements_only(db):
    def statements(count, clock):
        to_ben(*[f"{clock}-{number}" for number in range(count)], due_at=at(clock))
        with time_machine.travel(at(clock)), CaptureQueriesContext(connection) as asked:
            deliver_due(until=LATER)
        return len(asked)

    one_more = statements(3, "10:00") - statements(2, "11:00")

    # What is left is each notice's own: two for its savepoint, one to settle it.
    assert one_more <= 3
