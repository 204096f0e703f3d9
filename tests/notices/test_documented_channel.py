"""The channel that docs/notices.md shows: it works as it stands there, and nobody else notices."""

import re
from pathlib import Path

import pytest
from django.core import mail

from notices import channels
from notices.choosing import turn_off
from notices.delivery import deliver_due
from notices.models import Notice, SentCopy
from tests.factories import at
from tests.notices.conftest import make_notice

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/notices.md"
LATER = at("23:59")
CHIE = "chie@example.jp"


@pytest.fixture
def board(db, monkeypatch):
    """What is pinned, with the example of the document registered for this test alone."""
    monkeypatch.setattr(channels, "_channels", list(channels._channels))
    [example] = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    names = {}
    exec(compile(example, str(DOCUMENT), "exec"), names)  # noqa: S102 - our own document
    return names["BOARD"]


def test_who_is_reached_by_it_reads_it_there_and_others_get_mail(board):
    make_notice("hers", recipient=CHIE, facts={"subject": "Seat"})
    make_notice("his", recipient="ben@example.com")

    assert deliver_due(until=LATER).sent == 2

    [pinned] = board
    assert pinned.startswith("Seat\n\n")
    assert [letter.to for letter in mail.outbox] == [["ben@example.com"]]
    assert dict(SentCopy.objects.values_list("notice__recipient", "channel")) == {
        CHIE: "board",
        "ben@example.com": "mail",
    }


def test_choices_hold_for_it_too(board, now):
    turn_off(CHIE, ["test.letter"], now=now)
    make_notice(recipient=CHIE)

    assert deliver_due(until=LATER).dropped == 1
    assert board == []


def test_what_does_not_fit_is_tried_again_and_holds_nobody_up(board):
    make_notice("long", recipient=CHIE, facts={"subject": "x" * 201}, due_at=at("08:59"))
    make_notice("his", recipient="ben@example.com")

    done = deliver_due(until=LATER)

    assert (done.failed, done.sent) == (1, 1)
    assert "does not fit" in Notice.objects.get(dedupe_key="long").last_error


def test_full_board_ends_the_round_and_what_is_left_goes_in_the_next(board):
    board.extend(["x"] * 100)
    make_notice("hers", recipient=CHIE, due_at=at("08:59"))
    make_notice("his", recipient="ben@example.com")

    assert deliver_due(until=LATER).sent == 0
    assert deliver_due(until=LATER).sent == 1

    board.clear()
    Notice.objects.update(try_at=at("09:00"))
    assert deliver_due(until=LATER).sent == 1
    assert len(board) == 1
