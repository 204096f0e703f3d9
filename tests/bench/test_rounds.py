"""Ratios of runs that were taken in turns."""

import pytest

from bench.figures import Sample
from bench.rounds import Rounds, Row, Run

HOUSE, BOUND = Row("space page", "visitor", 8), Row("one-query view", "", 8)


def run(rate: float, *, others: float = 0.0) -> Run:
    return Run(Sample(rate=rate, p50=1, p95=1, p99=1, count=1), probe=18, served=0.004, others=others)


@pytest.fixture
def rounds() -> Rounds:
    made = Rounds()
    for row in (HOUSE, BOUND):
        made.add(row, lambda: Sample(1, 1, 1, 1, 1))
    return made


def test_a_ratio_is_the_median_of_each_rounds_own_ratio(rounds: Rounds):
    # The machine was twice as fast in the second round; the ratios do not mind.
    rounds.runs[HOUSE] = [run(30), run(80), run(50)]
    rounds.runs[BOUND] = [run(100), run(200), run(100)]

    assert rounds.ratio(HOUSE, BOUND, lambda sample: sample.rate) == 0.4


def test_a_disturbed_round_is_left_out_while_there_are_others(rounds: Rounds):
    rounds.runs[HOUSE] = [run(30), run(10, others=0.9)]
    rounds.runs[BOUND] = [run(100), run(100)]

    assert rounds.ratio(HOUSE, BOUND, lambda sample: sample.rate) == 0.3
    assert rounds.middle(HOUSE).rate == 30
    assert rounds.disturbed() == 1


def test_a_calm_run_is_not_measured_by_a_disturbed_one(rounds: Rounds):
    rounds.runs[HOUSE] = [run(30), run(10, others=0.9)]
    rounds.runs[BOUND] = [run(50, others=0.9), run(100)]

    assert rounds.ratio(HOUSE, BOUND, lambda sample: sample.rate) == 0.3


def test_disturbed_rounds_are_better_than_none(rounds: Rounds):
    rounds.runs[HOUSE] = [run(10, others=0.9)]
    rounds.runs[BOUND] = [run(100)]

    assert rounds.ratio(HOUSE, BOUND, lambda sample: sample.rate) == 0.1


def test_rows_are_run_in_turns():
    seen: list[str] = []
    rounds = Rounds()
    for row in (HOUSE, BOUND):
        rounds.add(row, lambda row=row: seen.append(row.name) or Sample(1, 1, 1, 1, 1))

    rounds.go(2)

    assert seen == ["space page", "one-query view", "space page", "one-query view"]
