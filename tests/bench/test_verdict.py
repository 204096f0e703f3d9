"""What makes bin/bench fail, and how near a goal is said to be."""

from bench.bounds import BARE_BOOKING, ONE_QUERY
from bench.figures import Sample
from bench.findings import Findings, grown
from bench.live import MANY, NOBODY, Audience
from bench.notices_rate import Delivered
from bench.pages import SIGNED_IN, SPACE_PAGE, VISITOR
from bench.posts import POST
from bench.queries import Asked
from bench.race import Race
from bench.report import report
from bench.rounds import Row, Run
from bench.verdict import Bar, bars
from bench.visits import REDEEM
from bench.weight import Weight


def found(**rates: float) -> Findings:
    """A run of two sizes in which everything held, unless a figure says otherwise."""
    rates = {"page": 40, "one_query": 100, "post": 40, "bare": 100, "large": 10, **rates}
    findings = Findings(sizes=[10_000, 1_000_000])
    rows = {
        Row(ONE_QUERY, "", 8): rates["one_query"],
        Row(SPACE_PAGE, VISITOR, 8): rates["page"],
        Row(BARE_BOOKING, "", 8): rates["bare"],
        Row(POST, SIGNED_IN, 8): rates["post"],
    }
    for name in ("space page", "week of a space", "find by time", "booking post"):
        rows[grown(name, 10_000)], rows[grown(name, 1_000_000)] = 10, rates["large"]
    for row, figure in rows.items():
        findings.rounds.runs[row] = [
            Run(Sample(figure, figure, figure, figure, 1, {200: 1}), probe=18, served=0.01, others=0)
        ]
    return findings


def failed(findings: Findings) -> list[str]:
    return [bar.name for bar in bars(findings) if not bar.holds]


def test_a_good_run_fails_nothing():
    assert failed(found()) == []


def test_a_page_below_three_tenths_of_the_bound_fails():
    assert failed(found(page=29)) == ["space page / one-query view, rate"]


def test_a_post_below_three_tenths_of_the_bound_fails():
    assert failed(found(post=29)) == ["booking post / bare booking view, rate"]


def test_growth_beyond_three_tenths_fails_for_each_page():
    assert len(failed(found(large=14))) == 8


def test_a_page_with_seven_queries_fails():
    findings = found()
    findings.queries[SPACE_PAGE, VISITOR] = Asked(["SELECT …"] * 7, health_checks=1)

    assert failed(findings) == ["space page, visitor, SQL queries"]


def beside_readers(p95: float, closed: int = 0) -> Findings:
    """A run in which a booking took 100 ms while nobody followed an event."""
    findings = found()
    for who, figure in ((NOBODY, 100), (MANY, p95)):
        findings.rounds.runs[Row(POST, who, 8)] = [
            Run(Sample(50, figure, figure, figure, 1, {302: 1}), probe=18, served=0.01, others=0)
        ]
    findings.audience = Audience(port=0, env={}, delays=[0.02, 0.01, 0.3], closed=closed)
    return findings


def test_bookings_that_take_longer_beside_five_hundred_readers_fail():
    assert failed(beside_readers(129)) == []
    assert failed(beside_readers(131)) == ["booking post, p95 while 500 follow an event / while nobody follows"]


def test_a_stream_that_was_cut_off_fails():
    assert failed(beside_readers(100, closed=1)) == ["streams that were cut off"]


def test_the_report_says_when_lines_were_heard():
    assert "Live: 3 lines were heard by 500 readers, after 20 ms (p50) and 300 ms (p95); 0 streams were cut off." in (
        report(beside_readers(100))
    )


def test_a_race_that_was_not_exact_fails():
    findings = found()
    findings.races = [Race(5, 40, won=6, seated=6, refused=34, seconds=1, slowest=1, wrong=["6 for 5 seats"])]

    assert failed(findings) == ["races of 1 that were not exact"]


def test_a_server_error_anywhere_fails():
    findings = found()
    findings.rounds.runs[Row("home", VISITOR, 1)] = [
        Run(Sample(1, 1, 1, 1, 1, {502: 1}), probe=18, served=0.01, others=0)
    ]

    assert failed(findings) == ["answers of 500 and above"]


def delivered(share: float, not_sent: int = 0) -> Delivered:
    return Delivered(nothing=1000, empty=1200, mailed=1000 * share, confirmed=50, share=share, not_sent=not_sent)


def test_notices_below_half_of_tasks_that_do_nothing_fail():
    findings = found()
    findings.delivered = delivered(share=0.51)
    assert failed(findings) == []

    findings.delivered = delivered(share=0.49)
    assert failed(findings) == ["notice by SMTP / task that does nothing, rate"]


def test_notices_that_were_put_off_fail():
    findings = found()
    findings.delivered = delivered(share=0.6, not_sent=1)

    assert failed(findings) == ["notices that were not sent at once"]


def test_a_heavy_first_view_from_another_host_fails():
    findings = found()
    findings.weight = Weight({f"/{number}": 20_000 for number in range(7)}, ["elsewhere.example"])

    assert len(failed(findings)) == 3


def test_a_bar_says_how_near_the_goal_is():
    assert str(Bar("page", 0.4, 0.3, 0.5)) == "ok   page: 0.40 (must be ≥ 0.3; goal 0.5: 80% of it)"
    assert str(Bar("page", 0.6, 0.3, 0.5)) == "ok   page: 0.60 (must be ≥ 0.3; goal 0.5: reached)"
    assert str(Bar("queries", 7, 6, at_least=False)) == "FAIL queries: 7 (must be ≤ 6)"


def test_redeeming_is_compared_with_booking():
    findings = found(post=40)
    findings.rounds.runs[Row(REDEEM, VISITOR, 8)] = [
        Run(Sample(10, 10, 10, 10, 1, {303: 1}), probe=18, served=0.01, others=0)
    ]

    [line] = [line for line in report(findings) if line.startswith(REDEEM)]
    assert "booking post" in line
    assert "0.25" in line


def test_the_report_names_every_part():
    findings = found()
    findings.races = [Race(5, 40, won=5, seated=5, refused=35, seconds=0.5, slowest=0.4, wrong=[])]
    findings.delivered = delivered(share=0.6)
    findings.weight = Weight({"/": 9_000}, [])

    text = "\n".join(report(findings))

    assert "space page" in text
    assert "0.40" in text
    assert "600.0 notices/s by SMTP, 1000.0 tasks/s that do nothing, share 0.60" in text
    assert "without SMTP 1200.0 notices/s, by SMTP 50.0 confirmations of bookings/s" in text
    assert "1 requests" in text
    assert "nothing" in text
