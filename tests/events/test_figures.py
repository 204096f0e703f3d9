"""Figures of events: by a table by hand, and against a plain reckoning of any sign-ups."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from events.figures import Figures, figures_of
from events.models import Event, Rsvp, Series, Venue
from members.models import Membership, User
from spaces.models import Space
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import make_membership, make_user
from tests.properties import examples, undone

FIRST = date(2026, 9, 4)


@pytest.fixture
def space(koharubiyori) -> Space:
    return koharubiyori.space


@pytest.fixture
def monthly(space) -> list[Event]:
    """Three dates of a series, each with a venue at Koharubiyori, and one online."""
    series = Series.objects.create(organiser=space, rule="FREQ=WEEKLY;INTERVAL=4", starts_on=FIRST)
    events = []
    for number in range(3):
        day = FIRST + timedelta(weeks=4 * number)
        events.append(make_event(space, day=day, series=series, occurs_on=day))
        make_venue(events[-1], space, capacity=50)
        make_venue(events[-1], None, capacity=None)
    return events


def at(event: Event) -> Venue:
    return event.venues.get(space=event.organiser)


def came(event: Event, user: User | None = None, **fields: Any) -> Rsvp:
    return make_rsvp(at(event), user, attended_at=event.starts_at, **fields)


def counted(figures: Figures, *names: str) -> tuple[int, ...]:
    return tuple(getattr(figures, name) for name in names)


def test_each_sign_up_is_counted_where_it_belongs(monthly, aiko, ben, chie):
    event = monthly[0]
    venue = at(event)
    came(event, aiko, people=3)
    make_rsvp(venue, ben, people=2)
    make_rsvp(venue, chie, going_at=None, queued_at=NOW)
    came(event, is_walk_in=True, people=2)
    make_rsvp(venue, person="a@example.jp", left_at=NOW, left_by="person")
    make_rsvp(
        venue,
        person="b@example.jp",
        queued_at=NOW,
        promoted_at=NOW,
        decline_by=NOW,
        left_at=NOW,
        left_by="person",
        declined=True,
    )
    make_rsvp(venue, person="c@example.jp", confirmed_at=None, going_at=None)

    figures = figures_of([event]).total

    assert counted(figures, "signed_up", "signed_up_people") == (3, 6)
    assert counted(figures, "came", "came_people", "walk_ins") == (2, 5, 1)
    assert counted(figures, "did_not_come", "no_place", "declined") == (1, 1, 1)


def test_new_faces_came_nowhere_before_and_who_came_again_was_at_the_series(monthly, space, aiko, ben, chie):
    elsewhere = make_event(space, day=FIRST - timedelta(days=30))
    make_venue(elsewhere, space)
    came(elsewhere, ben)
    first, second, third = monthly
    for event, people in ((first, [aiko, ben]), (second, [aiko]), (third, [aiko, ben, chie])):
        for person in people:
            came(event, person)
    came(third, is_walk_in=True)

    figures = figures_of(monthly)

    assert [counted(row, "new_faces", "again") for row in figures.events] == [(1, 0), (0, 1), (1, 2)]
    assert counted(figures.total, "new_faces", "again", "came") == (2, 2, 7)
    assert counted(figures_of([elsewhere]).total, "new_faces", "again") == (1, 0)


def test_who_came_again_is_known_through_every_change_of_the_rule(monthly, space, aiko, ben):
    first, second, third = monthly
    for event, before in ((second, first), (third, second)):
        split = Series.objects.create(
            organiser=space, rule="FREQ=WEEKLY", starts_on=event.occurs_on, continues=before.series
        )
        event.series = split
        event.save()
    other = make_event(
        space,
        day=FIRST + timedelta(days=90),
        occurs_on=FIRST + timedelta(days=90),
        series=Series.objects.create(organiser=space, rule="FREQ=WEEKLY", starts_on=FIRST),
    )
    make_venue(other, space)
    came(first, aiko)
    came(second, ben)
    for event in (third, other):
        came(event, aiko)
        came(event, ben)

    assert [counted(row, "new_faces", "again") for row in figures_of([*monthly, other]).events] == [
        (1, 0),
        (1, 0),
        (0, 2),
        (0, 0),
    ]


def test_somebody_is_known_by_address_before_the_account(monthly, chie):
    came(monthly[0], person=chie.email)
    came(monthly[1], chie)

    assert [counted(row, "new_faces", "again") for row in figures_of(monthly).events] == [(1, 0), (0, 1), (0, 0)]


@pytest.mark.parametrize(("starts_after", "is_counted"), [(-1, False), (0, True), (1, True), (60, True), (61, False)])
def test_who_joined_became_a_member_within_sixty_days(monthly, space, chie, starts_after, is_counted):
    came(monthly[0], chie)
    make_membership(chie, space.plans.get(kind="free_pass"), starts_on=FIRST + timedelta(days=starts_after))

    assert figures_of(monthly[:1]).total.joined == is_counted


def test_who_joins_elsewhere_or_was_a_member_or_only_applied_has_not_joined_by_it(
    monthly, dorinoki, space, aiko, ben, chie
):
    for person in (aiko, ben, chie):
        came(monthly[0], person)
    plan = space.plans.get(kind="free_pass")
    Membership.objects.filter(user=aiko).update(starts_on=FIRST - timedelta(days=400))
    make_membership(aiko, plan, starts_on=FIRST + timedelta(days=3))
    make_membership(ben, dorinoki.space.plans.get(kind="monthly"), starts_on=FIRST + timedelta(days=3))
    make_membership(chie, plan, starts_on=FIRST + timedelta(days=3), status="applied")

    assert figures_of(monthly[:1]).total.joined == 0


def test_joining_is_told_of_the_first_event_alone(monthly, space, chie):
    came(monthly[0], chie)
    came(monthly[1], chie)
    make_membership(chie, space.plans.get(kind="free_pass"), starts_on=FIRST + timedelta(days=30))

    figures = figures_of(monthly)

    assert ([row.joined for row in figures.events], figures.total.joined) == ([1, 0, 0], 1)
    assert figures_of(monthly[1:]).total.joined == 0


def test_nothing_is_counted_of_nothing(monthly):
    assert figures_of([]).total == Figures()
    assert figures_of(monthly).total == Figures()


def test_figures_cost_five_queries_however_much_there_is(monthly, space, chie):
    came(monthly[0], chie)
    with CaptureQueriesContext(connection) as few:
        figures_of(monthly[:1])
    for event in monthly:
        for number in range(8):
            came(event, make_user(f"{event.pk}-{number}@example.jp"))
    for event in monthly:
        event.organiser = space
    with CaptureQueriesContext(connection) as many:
        figures_of(monthly)

    assert (len(few), len(many)) == (5, 5)


VISITS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.booleans(), st.integers(1, 3)), max_size=14)


@given(visits=VISITS, joins=st.dictionaries(st.integers(0, 4), st.integers(-5, 120), max_size=5))
@examples(25)
def test_figures_are_those_of_a_plain_reckoning(monthly, space, visits, joins):
    """Each row says who went to which event, whether checked in, with how many."""
    with undone():
        other = make_event(space, day=FIRST + timedelta(days=10))
        make_venue(other, space, capacity=50)
        events = sorted([*monthly, other], key=lambda event: event.starts_at)
        people = [make_user(f"p{number}@example.jp") for number in range(5)]
        plan = space.plans.get(kind="free_pass")
        for number, day in joins.items():
            make_membership(people[number], plan, starts_on=FIRST + timedelta(days=day))
        went: dict[tuple[int, int], tuple[bool, int]] = {}
        for event, person, is_here, size in visits:
            if (event, person) not in went:
                went[event, person] = is_here, size
                fields = {"attended_at": events[event].starts_at} if is_here else {}
                make_rsvp(at(events[event]), people[person], people=size, **fields)

        figures = figures_of(events)

        for number, row in enumerate(figures.events):
            rows = {person: here for (event, person), here in went.items() if event == number}
            here = {person for person, (is_here, _size) in rows.items() if is_here}
            before = {
                person: [one for one in range(number) if went.get((one, person), (False, 0))[0]] for person in here
            }
            new = {person for person in here if not before[person]}
            series = events[number].series_id
            again = {
                person for person in here if series and any(events[one].series_id == series for one in before[person])
            }
            day = (events[number].day - FIRST).days
            joined = {person for person in new if person in joins and day <= joins[person] <= day + 60}
            assert counted(row, "signed_up", "came", "did_not_come") == (len(rows), len(here), len(rows) - len(here))
            assert row.came_people == sum(size for is_here, size in rows.values() if is_here)
            assert counted(row, "new_faces", "again", "joined") == (len(new), len(again), len(joined))
        for name in ("signed_up", "came", "new_faces", "joined"):
            assert getattr(figures.total, name) == sum(getattr(row, name) for row in figures.events)
