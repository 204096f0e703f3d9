"""Asking what may never answer, as a server that hangs does: the one who asks goes on after a while."""

from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswer
from threading import Lock, Thread
from time import monotonic
from typing import Generic, TypeVar

Answer = TypeVar("Answer")
GIVEN_UP = 30.0  # seconds


class Question(Generic[Answer]):
    """A function that is called in a thread of its own, one at a time.

    Whoever asks while the last one still waits shares its answer, so that a server that hangs costs a process few
    threads, however often it is asked. One that has had no answer for long is given up: it may wait for what the
    network has lost, when the server has long been back. The thread keeps no process from ending.
    """

    def __init__(self, ask: Callable[[], Answer]) -> None:
        self._ask = ask
        self._lock = Lock()
        self._under_way: Future[Answer] | None = None
        self._since = 0.0

    def begin(self) -> "Future[Answer]":
        with self._lock:
            if self._under_way is None or self._under_way.done() or monotonic() - self._since > GIVEN_UP:
                self._under_way, self._since = Future(), monotonic()
                Thread(target=self._answer, args=(self._under_way,), daemon=True).start()
            return self._under_way

    def _answer(self, future: "Future[Answer]") -> None:
        try:
            future.set_result(self._ask())
        except Exception as error:  # noqa: BLE001 - whoever waits for the answer gets it
            future.set_exception(error)


def within(seconds: float, future: "Future[Answer]") -> Answer | None:
    """The answer, or None when there is none by then."""
    try:
        return future.result(timeout=max(seconds, 0))
    except NoAnswer:
        return None
