"""Percentiles and medians."""

import math

from bench.figures import middle, percentile, sample


def test_percentile_is_the_smallest_value_that_enough_do_not_exceed():
    hundred = [float(number) for number in range(1, 101)]

    assert percentile(hundred, 0.50) == 50
    assert percentile(hundred, 0.95) == 95
    assert percentile(hundred, 0.99) == 99
    assert percentile(hundred, 1.0) == 100


def test_percentile_of_few_values_is_one_of_them():
    assert percentile([7.0], 0.99) == 7
    assert percentile([1.0, 2.0, 3.0], 0.50) == 2
    assert percentile([1.0, 2.0], 0.50) == 1


def test_percentile_of_nothing_is_no_number():
    assert math.isnan(percentile([], 0.50))


def test_a_run_of_half_a_second_with_four_answers_makes_eight_a_second():
    figures = sample([0.040, 0.010, 0.030, 0.020], 0.5, [200, 200, 302, 503])

    assert figures.rate == 8
    assert (figures.p50, figures.p99) == (20, 40)
    assert figures.statuses == {200: 2, 302: 1, 503: 1}
    assert figures.server_errors == 1


def test_the_middle_of_three_runs_takes_each_figure_by_itself():
    runs = [sample([latency], seconds, [200]) for latency, seconds in ((0.010, 1), (0.030, 0.5), (0.020, 0.25))]

    together = middle(runs)

    assert (together.rate, together.p50, together.count) == (2, 20, 3)
    assert together.statuses == {200: 3}
