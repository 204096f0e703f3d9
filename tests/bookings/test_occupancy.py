"""Seats taken over time, against a count of each minute by itself."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bookings.models import Booking
from bookings.occupancy import Occupancy, occupancy
from tests.factories import at, make_booking, make_resource, make_space, make_user
from tests.properties import examples, undone

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def moment(minute):
    return NOON + minute * MINUTE


# Few minutes, so that many bookings begin and end together.
stretches = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 20), st.integers(1, 5)).map(lambda s: (s[0], s[0] + s[1], s[2])),
    max_size=12,
)
windows = st.tuples(st.integers(-5, 60), st.integers(1, 60)).map(lambda w: (w[0], w[0] + w[1]))


def built(found):
    return Occupancy((moment(start), moment(end), seats) for start, end, seats in found)


def taken_in(found, minute):
    """The seats taken in one minute."""
    return sum(seats for start, end, seats in found if start <= minute < end)


@given(stretches, windows)
@examples(300)
def test_peak_is_the_fullest_minute(found, window):
    assert built(found).peak(*map(moment, window)) == max(taken_in(found, minute) for minute in range(*window))


@given(stretches, windows)
@examples(300)
def test_chart_says_what_is_taken_in_each_minute(found, window):
    chart = built(found).changes_between(*map(moment, window))

    by_minute = [
        (start + count * MINUTE, seats) for start, end, seats in chart for count in range((end - start) // MINUTE)
    ]
    assert by_minute == [(moment(minute), taken_in(found, minute)) for minute in range(*window)]


@given(stretches, st.integers(-5, 60), st.integers(0, 10))
@examples(50)
def test_nothing_is_taken_in_no_time(found, minute, back):
    assert built(found).peak(moment(minute), moment(minute - back)) == 0


@given(stretches)
@examples(50)
def test_order_of_bookings_does_not_matter(found):
    one, other = built(found), built(reversed(found))

    assert one.changes_between(moment(-5), moment(60)) == other.changes_between(moment(-5), moment(60))


def test_nobody_is_there_without_bookings():
    assert Occupancy().peak(NOON, moment(60)) == 0
    assert Occupancy().changes_between(NOON, moment(60)) == [(NOON, moment(60), 0)]


hours = st.tuples(
    st.integers(0, 40), st.integers(1, 25), st.integers(1, 3), st.sampled_from(["live", "gone", "missed"])
)


@given(bookings=st.lists(st.tuples(st.integers(0, 1), hours), max_size=10), window=st.tuples(hours, hours))
@examples(40)
def test_database_counts_the_live_seats_of_each_hour(db, bookings, window):
    start, length = window[0][0], window[1][1]
    gone = {
        "live": {},
        "gone": {"cancelled_at": NOON, "cancelled_by": "person"},
        "missed": {"missed_at": NOON},
    }

    with undone():
        resources = [make_resource(make_space(slug), capacity=100) for slug in ("one", "other")]
        Booking.objects.bulk_create(
            Booking(
                resource=resources[which],
                starts_at=NOON + timedelta(hours=begins),
                ends_at=NOON + timedelta(hours=begins + lasts),
                seats=seats,
                basis="drop_in",
                price=0,
                **gone[state],
            )
            for which, (begins, lasts, seats, state) in bookings
        )
        found = occupancy(
            [resource.pk for resource in resources],
            NOON + timedelta(hours=start),
            NOON + timedelta(hours=start + length),
        )

        for which, resource in enumerate(resources):
            for hour in range(start, start + length):
                expected = sum(
                    seats
                    for at_resource, (begins, lasts, seats, state) in bookings
                    if at_resource == which and state == "live" and begins <= hour < begins + lasts
                )
                begin = NOON + timedelta(hours=hour)
                assert found[resource.pk].peak(begin, begin + timedelta(hours=1)) == expected


def test_any_number_of_resources_and_bookings_takes_one_query(db, django_assert_num_queries):
    resources = [make_resource(make_space(f"space-{number}"), capacity=10) for number in range(3)]
    for number in range(6):
        make_booking(resources[number % 3], user=make_user(f"{number}@example.jp"))

    with django_assert_num_queries(1):
        found = occupancy([resource.pk for resource in resources], at("00:00"), at("23:00"))

    assert {found[resource.pk].peak(at("11:00"), at("13:00")) for resource in resources} == {2}


def test_resource_without_bookings_is_free(db):
    found = occupancy([1, 2], at("00:00"), at("23:00"))

    assert found[1].peak(at("00:00"), at("23:00")) == 0


@given(stretches, stretches)
@examples(100)
def test_key_is_the_same_only_where_nobody_could_tell_the_difference(found, others):
    one, other = built(found), built(others)

    assert one.key == built(reversed(found)).key
    if one.key == other.key:
        assert one.changes_between(moment(-5), moment(60)) == other.changes_between(moment(-5), moment(60))
