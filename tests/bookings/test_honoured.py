"""What became of visits by Coworking VISA: each outcome, what is left out, and the figures of any set of visits."""

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bookings.cancelling import cancel
from bookings.honoured import Honoured, honoured_by
from bookings.models import VisaRequest
from bookings.revoking import reissue, revoke
from bookings.uncovered import end, pause
from members.models import Plan
from members.settling import settle_due
from tests.bookings.taking import take
from tests.factories import TUESDAY, at, make_booking, make_membership, make_plan, make_resource, make_space
from tests.properties import examples, undone
from visas.models import Visa

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = at("09:00")
BEFORE = date(2026, 11, 10)


@pytest.fixture
def seats(dorinoki):
    return dorinoki.open_seats


@pytest.fixture
def visa(aiko):
    return Visa.objects.get()


def visit(seats, visa, day=BEFORE, starts="11:00", ends="13:00", **fields):
    """A booking by visa, paid for so that the days of a month do not run out."""
    fields = {"basis": "visa", "price": 500, "visa": visa, **fields}
    return make_booking(seats, user=visa.membership.user, day=day, starts=starts, ends=ends, **fields)


def request(seats, visa, day=BEFORE, starts="11:00", answer="", answered_after=None, **fields):
    """A request that was made on the day before at nine."""
    starts_at, asked_at = at(starts, day), at("09:00", day - DAY)
    if answer:
        fields = {"answered_at": asked_at + (answered_after or timedelta(hours=1)), **fields}
    if answer == "refused":
        fields = {"reason": "満席です", **fields}
    ends_at = starts_at + timedelta(minutes=30)
    return VisaRequest.objects.create(
        visa=visa, resource=seats, starts_at=starts_at, ends_at=ends_at, asked_at=asked_at, answer=answer, **fields
    )


def figures(seats, now=NOW):
    return honoured_by([seats.space_id], now=now)[seats.space_id]


def outcome(seats, now=NOW):
    """The outcome of the only visit that there was; None if it is left out."""
    found = figures(seats, now)
    assert found.visits <= 1
    counts = {"accepted": found.accepted - found.used, "used": found.used, "refused": found.refused}
    return next((name for name, count in {**counts, "unanswered": found.unanswered}.items() if count), None)


CAME = {"checked_in_at": at("11:05", BEFORE)}
LATE = {"cancelled_at": at("10:30", BEFORE), "cancelled_by": "person", "cancelled_late": True}
IN_TIME = {"cancelled_at": at("09:00", BEFORE - DAY), "cancelled_by": "person"}
BY_SPACE = {"cancelled_at": at("09:00", BEFORE - DAY), "cancelled_by": "space"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "accepted"),
        (CAME, "used"),
        ({"missed_at": at("12:00", BEFORE)}, "accepted"),
        (LATE, "accepted"),
        (IN_TIME, None),
        (BY_SPACE, "refused"),
    ],
)
def test_outcome_of_a_booking(seats, visa, fields, expected):
    visit(seats, visa, **fields)

    assert outcome(seats) == expected


@pytest.mark.parametrize(
    ("answer", "at_desk", "expected"),
    [
        ("", False, "unanswered"),
        ("refused", False, "refused"),
        ("refused", True, "refused"),
        ("withdrawn", False, None),
    ],
)
def test_outcome_of_a_request(seats, visa, answer, at_desk, expected):
    request(seats, visa, answer=answer, at_desk=at_desk)

    assert outcome(seats) == expected


def test_request_that_was_accepted_counts_as_its_booking(seats, visa):
    request(seats, visa, answer="accepted", booking=visit(seats, visa, **CAME))

    assert outcome(seats) == "used"


def test_several_bookings_on_one_day_are_one_visit(seats, visa):
    visit(seats, visa, **CAME)
    visit(seats, visa, starts="15:00", ends="16:00")
    visit(seats, visa, day=BEFORE + DAY)

    assert figures(seats) == Honoured(used=1, accepted=2)


def test_who_is_turned_away_with_a_booking_is_refused_and_not_missing(seats, visa):
    visit(seats, visa, missed_at=at("12:00", BEFORE))
    request(seats, visa, answer="refused", at_desk=True)

    assert outcome(seats) == "refused"


def test_who_is_refused_one_time_and_takes_another_of_that_day_is_accepted(seats, visa):
    request(seats, visa, starts="09:30", answer="refused")
    visit(seats, visa, starts="15:00", ends="16:00")

    assert outcome(seats) == "accepted"


@pytest.mark.parametrize(("clock", "expected"), [("10:59", None), ("11:00", "accepted")])
def test_visit_counts_from_when_it_begins(seats, visa, clock, expected):
    visit(seats, visa, day=TUESDAY)

    assert outcome(seats, at(clock)) == expected


def test_request_is_unanswered_only_when_the_visit_would_have_begun(seats, visa):
    request(seats, visa, day=TUESDAY)

    assert outcome(seats, at("10:59")) is None
    assert outcome(seats, at("11:00")) == "unanswered"


def test_visits_of_more_than_a_year_ago_count_no_more(seats, aiko, visa):
    visit(seats, visa)

    assert outcome(seats, at("11:00", BEFORE) + timedelta(days=365) - timedelta(seconds=1)) == "accepted"
    assert outcome(seats, at("11:00", BEFORE) + timedelta(days=365)) is None


def test_day_is_that_of_the_host(aiko, visa):
    lisbon = make_resource(make_space("lisbon", timezone="Europe/Lisbon", country="PT"))
    # One evening in Lisbon is two days in Japan.
    visit(lisbon, visa, day=BEFORE, starts="06:00", ends="07:00")
    visit(lisbon, visa, day=BEFORE, starts="08:30", ends="08:45")
    visit(lisbon, visa, day=BEFORE, starts="09:30", ends="10:00")

    assert figures(lisbon).accepted == 2


def test_visits_that_fell_with_the_membership_are_nobodys_refusal(aiko, seats, visa):
    take(aiko, seats, day=TUESDAY + 3 * DAY)

    [fallen] = end(membership=aiko.memberships.get(), last=TUESDAY, by=None, by_operator=True, now=NOW)

    assert fallen.cancelled_by == "space"
    assert outcome(seats, NOW + 30 * DAY) is None


def test_visit_of_the_day_on_which_the_home_ends_the_membership_at_once_is_nobodys_refusal(aiko, seats, visa):
    take(aiko, seats, day=TUESDAY)

    [fallen] = end(membership=aiko.memberships.get(), last=TUESDAY, by=None, by_operator=True, now=NOW)

    assert (fallen.cancelled_by, fallen.visa.membership.ends_on) == ("space", TUESDAY)
    assert outcome(seats, NOW + 30 * DAY) is None


@pytest.mark.parametrize("cancelled_on", [TUESDAY - DAY, TUESDAY])
def test_visit_that_the_host_cancels_is_refused_though_the_membership_has_a_last_day(aiko, seats, visa, cancelled_on):
    last = TUESDAY + DAY
    visit(seats, visa, day=last, cancelled_at=at("09:00", cancelled_on), cancelled_by="space")

    end(membership=aiko.memberships.get(), last=last, by=None, by_operator=True, now=NOW)
    settle_due(now=NOW + 3 * DAY)

    assert aiko.memberships.get().status == "ended"
    assert outcome(seats, NOW + 30 * DAY) == "refused"


def test_visits_that_fell_with_a_pause_are_nobodys_refusal(ben, koharubiyori, seats):
    membership = make_membership(ben, koharubiyori.space.plans.get(kind="free_pass"))
    take(ben, seats, day=date(2026, 12, 3))

    pause(membership=membership, first=date(2026, 12, 1), last=date(2026, 12, 31), by=None, by_operator=True, now=NOW)

    assert outcome(seats, NOW + 30 * DAY) is None


@pytest.mark.parametrize("given_back", [False, True])
def test_visits_that_fell_with_a_revoked_visa_are_nobodys_refusal(aiko, seats, visa, given_back):
    take(aiko, seats, day=TUESDAY + 3 * DAY)

    assert len(revoke(visa=visa, by=aiko, reason="misused", now=NOW)) == 1
    if given_back:
        reissue(visa=visa, by=aiko, now=NOW + DAY)

    assert outcome(seats, NOW + 30 * DAY) is None


def test_visit_that_the_host_cancels_before_the_visa_is_revoked_is_refused(aiko, seats, visa):
    booking = take(aiko, seats, day=TUESDAY + 3 * DAY)
    cancel(booking=booking, by="space", now=NOW)

    revoke(visa=visa, by=aiko, reason="misused", now=NOW + DAY)

    assert outcome(seats, NOW + 30 * DAY) == "refused"


@pytest.mark.parametrize("answer", ["", "refused"])
def test_request_for_a_day_on_which_the_visa_is_not_good_is_no_refusal(aiko, seats, visa, answer):
    request(seats, visa, day=TUESDAY + 3 * DAY, answer=answer)

    end(membership=aiko.memberships.get(), last=TUESDAY, by=None, by_operator=True, now=NOW)

    assert outcome(seats, NOW + 30 * DAY) is None


def test_home_space_refuses_nobody_by_visa(garage, visa):
    request(garage.open_seats, visa, answer="refused", at_desk=True)

    assert outcome(garage.open_seats) is None


def test_answer_time_is_the_median_of_what_was_asked_for(seats, visa):
    for number, hours in enumerate([1, 3, 100]):
        request(seats, visa, BEFORE + number * DAY, answer="refused", answered_after=timedelta(hours=hours))
    request(seats, visa, BEFORE + 3 * DAY, answer="refused", at_desk=True, answered_after=timedelta(0))
    request(seats, visa, BEFORE + 4 * DAY, answer="withdrawn", answered_after=timedelta(0))
    request(seats, visa, BEFORE + 5 * DAY)

    assert (figures(seats).asked, figures(seats).answered, figures(seats).answer_time) == (4, 3, timedelta(hours=3))


def test_answer_to_a_visit_that_is_to_come_tells_of_the_answer_time_already(seats, visa):
    request(seats, visa, TUESDAY + 7 * DAY, answer="refused", answered_after=timedelta(hours=2))

    assert figures(seats) == Honoured(asked=1, answered=1, answer_time=timedelta(hours=2))


def test_any_number_of_hosts_is_one_query(seats, koharubiyori, garage, visa):
    visit(seats, visa)
    visit(koharubiyori.open_seats, visa, day=BEFORE + DAY, **CAME)
    hosts = [seats.space_id, koharubiyori.space.pk, garage.space.pk]

    with CaptureQueriesContext(connection) as asked:
        found = honoured_by(hosts, now=NOW)

    assert len(asked) == 1
    assert [found[host] for host in hosts] == [Honoured(accepted=1), Honoured(used=1, accepted=1), Honoured()]


def test_visits_elsewhere_and_by_other_means_are_not_counted(seats, koharubiyori, aiko, visa):
    make_booking(seats, user=aiko, day=BEFORE)
    visit(koharubiyori.open_seats, visa, day=BEFORE + DAY)

    assert figures(seats) == Honoured()


@pytest.mark.parametrize(
    ("found", "rate", "words"),
    [
        (Honoured(), None, "Nobody has come by Coworking VISA within the last 12 months."),
        (Honoured(accepted=1, refused=1), None, "Too few visits within the last 12 months to give a figure."),
        (Honoured(accepted=14, unanswered=1), 93, "Honoured 14 of 15 visits within the last 12 months."),
        (Honoured(accepted=199, refused=1), 99, "Honoured 199 of 200 visits within the last 12 months."),
        (Honoured(accepted=3), 100, "Honoured 3 of 3 visits within the last 12 months."),
        (Honoured(refused=3), 0, "Honoured 0 of 3 visits within the last 12 months."),
    ],
)
def test_rate_is_told_in_words(found, rate, words):
    with translation.override("en"):
        assert (found.rate, found.in_words) == (rate, words)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Honoured(), ""),
        (Honoured(accepted=1), "Visits were booked at once: nobody had to ask."),
        (Honoured(asked=3), ""),
        (Honoured(asked=3, answered=2, answer_time=timedelta(0)), ""),
        (Honoured(asked=3, answered=3, answer_time=timedelta(0)), "Usually answers within an hour."),
        (Honoured(asked=3, answered=3, answer_time=timedelta(hours=1)), "Usually answers within an hour."),
        (Honoured(asked=3, answered=3, answer_time=timedelta(hours=2, minutes=1)), "Usually answers within 3 hours."),
        (Honoured(asked=3, answered=3, answer_time=timedelta(hours=48)), "Usually answers within 48 hours."),
        (Honoured(asked=3, answered=3, answer_time=timedelta(hours=49)), "Usually answers within 3 days."),
    ],
)
def test_answer_time_is_told_in_words(found, words):
    with translation.override("en"):
        assert found.answer_in_words == words


def test_figures_read_in_japanese():
    with translation.override("ja"):
        assert Honoured(accepted=14, refused=1).in_words == "この12か月、15件の利用希望のうち14件を受け入れました。"


# The rank of what is known of a visit: the first that there is counts.
RANKED = {
    "used": "used",
    "turned away": "refused",
    "stands": "accepted",
    "missed": "accepted",
    "cancelled late": "accepted",
    "cancelled by the space": "refused",
    "refused": "refused",
    "unanswered": "unanswered",
    "cancelled in time": None,
    "withdrawn": None,
}
STEPS = {
    "used": ("booking", {"checked_in_at": at("23:00", BEFORE + 9 * DAY)}),
    "stands": ("booking", {}),
    "missed": ("booking", {"missed_at": NOW}),
    "cancelled late": ("booking", LATE),
    "cancelled in time": ("booking", IN_TIME),
    "cancelled by the space": ("booking", BY_SPACE),
    "turned away": ("request", {"answer": "refused", "at_desk": True}),
    "refused": ("request", {"answer": "refused"}),
    "unanswered": ("request", {}),
    "withdrawn": ("request", {"answer": "withdrawn"}),
}
TOLD = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.sampled_from(sorted(RANKED))), max_size=14)


@given(told=TOLD)
@examples(60)
def test_figures_are_those_of_a_reckoning_by_hand(told, koharubiyori, seats, aiko, ben, chie, garage):
    with undone():
        plan = garage.space.plans.get(kind="free")
        visas = [Visa.objects.get(membership__user=aiko)]
        visas += [Visa.objects.get(membership=make_membership(person, plan)) for person in (ben, chie)]
        for number, (who, day, what) in enumerate(told):
            kind, fields = STEPS[what]
            # Each at a time of its own, as nobody sits on two seats at once.
            starts, ends = (f"{time(9 + half // 2, 30 * (half % 2)):%H:%M}" for half in (number, number + 1))
            if kind == "booking":
                visit(seats, visas[who], BEFORE + day * DAY, starts, ends, **fields)
            else:
                request(seats, visas[who], BEFORE + day * DAY, starts, **fields)

        ranks = list(RANKED)
        best = {}
        for who, day, what in told:
            best[who, day] = min(best.get((who, day), what), what, key=ranks.index)
        outcomes = [RANKED[what] for what in best.values()]
        found = figures(seats)
        assert (found.used, found.accepted) == (
            outcomes.count("used"),
            outcomes.count("used") + outcomes.count("accepted"),
        )
        assert (found.refused, found.unanswered) == (outcomes.count("refused"), outcomes.count("unanswered"))
        assert found.visits == sum(outcome is not None for outcome in outcomes)


def test_host_without_seats_has_empty_figures(db):
    space = make_space()

    assert honoured_by([space.pk], now=NOW) == {space.pk: Honoured()}


def test_visa_that_a_plan_grants_no_more_refuses_nothing(chie, seats):
    home = make_space("home")
    plan = make_plan(home, kind=Plan.Kind.FREE_PASS, grants_visa=True)
    request(seats, make_membership(chie, plan).visa)
    assert outcome(seats) == "unanswered"

    Plan.objects.filter(pk=plan.pk).update(grants_visa=False)

    assert outcome(seats) is None
