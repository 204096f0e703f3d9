"""Who is told what: fanning out, coming back after an absence, and what can't be known."""

import asyncio
import itertools

import pytest

from events.live import channel, hub
from events.live.channel import Reader
from events.live.hub import Hub, Listener
from tests.events.live.streams import Said, events_in

GUEST, STRANGER = Reader("SEPT", sees_wall=True), Reader("SEPT", sees_wall=False)
LINE = channel.line("SEPT", 1, {"ja": "<li>やあ</li>", "en": "<li>Hi</li>"})


class Clock:
    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def heard(clock: Clock) -> Hub:
    """A hub to which Redis is heard."""
    made = Hub(clock)
    made.found()
    return made


def told(listener: Listener) -> list[Said]:
    """What waits for a listener, taken as their stream would take it."""
    return events_in(asyncio.run(listener.take()).decode())


def kinds(listener: Listener) -> list[str]:
    return [said.kind for said in told(listener)]


def lines(numbers: range) -> list[channel.Message]:
    return [channel.line("SEPT", number, {"ja": f"<li>{number}</li>"}) for number in numbers]


def joined_and_left(at: Hub, reader: Reader = GUEST) -> str:
    """Somebody was there for a moment: the id of the last thing that they heard."""
    listener = at.join(reader, "ja")
    at.leave(listener)
    return told(listener)[-1].id


def test_a_line_reaches_everybody_who_sees_the_wall_in_their_language(heard: Hub):
    aiko, ben = heard.join(GUEST, "ja"), heard.join(GUEST, "en")

    heard.take(LINE)

    assert [(said.kind, said.text) for said in told(aiko)] == [("joined", ""), ("line", "<li>やあ</li>")]
    assert [(said.kind, said.text) for said in told(ben)] == [("joined", ""), ("line", "<li>Hi</li>")]


def test_who_does_not_see_the_wall_hears_counts_and_nothing_of_it(heard: Hub):
    stranger = heard.join(STRANGER, "ja")

    for message in (LINE, channel.counts("SEPT", {3: 4}), channel.hidden("SEPT", 1)):
        heard.take(message)

    assert [(said.kind, said.text) for said in told(stranger)] == [("joined", ""), ("counts", '{"3": 4}')]


def test_a_line_of_another_event_is_not_told(heard: Hub):
    listener = heard.join(Reader("MARCH", sees_wall=True), "ja")

    heard.take(LINE)

    assert kinds(listener) == ["joined"]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"event": "SEPT", "kind": "line", "id": 1, "html": {}},
        {"event": "SEPT", "kind": "hidden", "id": "1"},
        {"event": "SEPT", "kind": "shouted", "id": 1},
        {"event": 1, "kind": "counts", "here": {}},
    ],
)
def test_what_is_no_message_is_told_to_nobody(heard: Hub, message: dict[str, object]):
    listener = heard.join(GUEST, "ja")

    with pytest.raises(ValueError, match="no message"):
        heard.take(message)

    assert kinds(listener) == ["joined"]
    assert kinds(heard.join(GUEST, "ja")) == ["joined"]


def test_something_moves_on_every_stream(heard: Hub):
    listener = heard.join(GUEST, "ja")
    told(listener)

    heard.beat()

    assert asyncio.run(listener.take()) == b":\n\n"


def test_a_language_that_a_line_does_not_have_gets_one_that_it_has(heard: Hub):
    listener = heard.join(GUEST, "fr")

    heard.take(LINE)

    assert told(listener)[-1].text == "<li>やあ</li>"


def test_a_line_of_several_lines_arrives_whole(heard: Hub):
    listener = heard.join(GUEST, "ja")

    heard.take(channel.line("SEPT", 1, {"ja": "<li>\r\n一\n\n\u2028二\r</li>"}))

    assert told(listener)[-1].text == "<li>\n一\n\n\u2028二\n</li>"


def test_who_comes_back_hears_only_what_came_since(heard: Hub):
    first, second, third = lines(range(3))
    listener = heard.join(GUEST, "ja")
    heard.take(first)
    last = told(listener)[-1].id
    heard.leave(listener)
    heard.take(second)
    heard.take(third)

    back = heard.join(GUEST, "ja", last)

    assert [said.text for said in told(back)] == ["<li>1</li>", "<li>2</li>", ""]


def test_who_heard_nothing_yet_comes_back_to_what_came_since(heard: Hub):
    last = joined_and_left(heard)
    heard.take(LINE)

    assert kinds(heard.join(GUEST, "ja", last)) == ["line", "joined"]


def test_the_last_thing_that_was_heard_has_the_highest_number(heard: Hub):
    """A browser names only the last id: what is told again must not turn it back."""
    heard.take(LINE)

    newcomer = told(heard.join(GUEST, "ja"))

    assert [said.kind for said in newcomer] == ["line", "joined"]
    assert kinds(heard.join(GUEST, "ja", newcomer[-1].id)) == ["joined"]


def test_a_newcomer_hears_what_was_told_since_their_page_was_made(heard: Hub, clock: Clock):
    old, new = lines(range(2))
    heard.take(old)
    clock.seconds += hub.SINCE_THE_PAGE
    heard.take(new)

    assert [said.text for said in told(heard.join(GUEST, "ja"))] == ["<li>1</li>", ""]


def test_more_than_is_kept_is_a_gap(heard: Hub):
    last = joined_and_left(heard)
    for line in lines(range(hub.MOST_KEPT)):
        heard.take(line)
    just_enough = kinds(heard.join(GUEST, "ja", last))
    heard.take(LINE)

    assert just_enough == ["line"] * hub.MOST_KEPT + ["joined"]
    assert kinds(heard.join(GUEST, "ja", last)) == ["joined", "reload"]


def test_longer_than_is_kept_is_a_gap_only_for_whom_something_happened(heard: Hub, clock: Clock):
    before = joined_and_left(heard)
    heard.take(LINE)
    after = joined_and_left(heard)
    clock.seconds += hub.KEPT_FOR + 1
    heard.take(channel.line("MARCH", 2, {"ja": "<li>2</li>"}))

    assert kinds(heard.join(GUEST, "ja", before)) == ["joined", "reload"]
    assert kinds(heard.join(GUEST, "ja", after)) == ["joined"]


def test_an_event_that_nobody_follows_any_more_takes_no_room(heard: Hub, clock: Clock):
    for number in range(50):
        heard.take(channel.counts(f"EVENT{number}", {1: 1}))
    clock.seconds += hub.KEPT_FOR + 1

    joined_and_left(heard)

    assert heard._events == {}


@pytest.mark.parametrize("id", ["1", "x-1", "00000000-0", "-", "日本-1", "00000000-" + "9" * 400])
def test_an_id_of_another_process_is_a_gap(heard: Hub, id: str):
    assert kinds(heard.join(GUEST, "ja", id)) == ["joined", "reload"]


def test_a_hidden_line_is_told_to_nobody_again(heard: Hub):
    last = joined_and_left(heard)
    heard.take(LINE)
    heard.take(channel.hidden("SEPT", 1))

    back = told(heard.join(GUEST, "ja", last))

    assert [(said.kind, said.text) for said in back] == [("hidden", "1"), ("joined", "")]


def test_who_takes_nothing_is_let_go_and_the_others_are_told(heard: Hub):
    slow, quick = heard.join(GUEST, "ja"), heard.join(GUEST, "ja")
    for line in lines(range(hub.MOST_WAITING)):
        heard.take(line)
        told(quick)
    heard.take(LINE)

    assert slow.is_closed
    assert told(slow) == []
    assert not quick.is_closed
    assert kinds(quick) == ["line"]


def test_redis_that_is_lost_and_found_makes_everybody_look_anew(heard: Hub):
    listeners = [heard.join(GUEST, "ja"), heard.join(STRANGER, "en"), heard.join(Reader("MARCH", True), "ja")]
    last = told(listeners[0])[-1].id

    heard.lost()
    heard.lost()
    late = heard.join(GUEST, "ja")
    heard.found()

    assert [kinds(listener) for listener in listeners] == [
        ["lost", "reload"],
        ["joined", "lost", "reload"],
        ["joined", "lost", "reload"],
    ]
    assert kinds(late) == ["joined", "lost", "reload"]
    # Nobody knows what was told meanwhile.
    assert kinds(heard.join(GUEST, "ja", last)) == ["joined", "reload"]


def test_what_was_told_before_redis_was_lost_is_not_told_again(heard: Hub):
    heard.take(LINE)
    heard.lost()
    heard.found()

    assert kinds(heard.join(GUEST, "ja")) == ["joined"]


def test_who_comes_before_redis_was_ever_heard_looks_for_themselves():
    new = Hub()
    listener = new.join(GUEST, "ja")
    new.found()

    assert kinds(listener) == ["joined", "lost", "reload"]


def test_closing_ends_every_stream(heard: Hub):
    listeners = [heard.join(GUEST, "ja"), heard.join(Reader("MARCH", False), "ja")]

    heard.close()

    assert [(listener.is_closed, told(listener)) for listener in listeners] == [(True, [])] * 2


def test_whatever_comes_and_goes_nothing_is_missed_and_nothing_comes_twice(heard: Hub):
    """Somebody who leaves and comes back at every possible moment hears each line exactly once, in order."""
    for away in itertools.combinations(range(6), 2):
        hub = Hub()
        hub.found()
        listener, texts, last = hub.join(GUEST, "ja"), [], ""
        for number, line in enumerate(lines(range(6))):
            if number == away[0]:
                heard_before = told(listener)
                texts, last = [*texts, *heard_before], heard_before[-1].id
                hub.leave(listener)
            if number == away[1]:
                listener = hub.join(GUEST, "ja", last)
            hub.take(line)
        texts += told(listener)

        assert [said.text for said in texts if said.kind == "line"] == [f"<li>{number}</li>" for number in range(6)]
