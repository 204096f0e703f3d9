"""Asking what may never answer."""

from threading import Event

import pytest

from desk import asking
from desk.asking import Question, within


@pytest.fixture
def lost():
    """An answer that the network has lost: whoever waits for it waits until the test is over."""
    event = Event()
    yield event
    event.set()


def test_who_asks_shares_the_answer_that_others_wait_for(lost):
    question = Question(lambda: lost.wait(30))
    first = question.begin()

    assert question.begin() is first
    lost.set()
    assert within(10, first) is True
    assert question.begin() is not first


def test_an_answer_that_never_comes_is_given_up(lost, monkeypatch):
    """The first asked before the network was cut; the server is back, and answers who asks now."""
    patience = iter([30, 0])
    question = Question(lambda: lost.wait(next(patience)) is False)
    first = question.begin()
    assert within(0.01, first) is None
    monkeypatch.setattr(asking, "GIVEN_UP", 0.0)

    assert within(10, question.begin()) is True
    assert not first.done()


def test_what_fails_fails_for_who_asks():
    def fail():
        raise RuntimeError("no answer")

    with pytest.raises(RuntimeError, match="no answer"):
        within(10, Question(fail).begin())
