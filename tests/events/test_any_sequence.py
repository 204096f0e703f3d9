"""Any series of acts on the sign-ups of an event, against a reckoning of places and lines kept in plain lists."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Count
from hypothesis import given
from hypothesis import strategies as st

from events import door, taking_part
from events.changing_sign_up import change_people, change_venue
from events.leaving import leave
from events.line import number_in_line
from events.models import Rsvp
from events.signing_up import sign_up
from events.taking_part import Offer
from notices.models import Notice
from tests.conftest import NOW
from tests.events.making import make_event, make_venue
from tests.factories import make_resource, make_space, make_user
from tests.properties import examples, undone

PEOPLE, VENUES, MOST = 7, 3, 3
START = NOW + timedelta(hours=1)
UNLIMITED = 10_000


@dataclass
class Place:
    """A venue as the reckoning has it: who goes and who waits, with how many people each."""

    capacity: int
    going: dict[int, int] = field(default_factory=dict)
    line: list[tuple[int, int]] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.capacity - sum(self.going.values())

    def has_room(self, people: int) -> bool:
        return people <= self.left and not any(many <= self.capacity for _who, many in self.line)

    def serve(self, begun: bool) -> list[int]:
        """Whoever is next moves up as long as there is room for all of them; who can never fit is passed."""
        served = []
        for who, people in [] if begun else [*self.line]:
            if people > self.capacity:
                continue
            if people > self.left:
                break
            self.line.remove((who, people))
            self.going[who] = people
            served.append(who)
        return served


@dataclass
class Reckoning:
    places: list[Place]
    begun: bool = False
    came: set[int] = field(default_factory=set)
    moved_up: int = 0

    def where(self, who: int) -> tuple[Place, bool, int] | None:
        """A person's venue, whether they have a place there, and how many come."""
        for place in self.places:
            if who in place.going:
                return place, True, place.going[who]
            for waits, people in place.line:
                if waits == who:
                    return place, False, people
        return None

    def take_out(self, who: int) -> None:
        for place in self.places:
            place.going.pop(who, None)
            place.line = [(waits, people) for waits, people in place.line if waits != who]

    def serve(self) -> None:
        for place in self.places:
            self.moved_up += len(place.serve(self.begun))

    def sign_up(self, who: int, at: int, people: int, waits: bool) -> bool:
        if self.where(who):
            return self.where(who)[0] is self.places[at]
        if people > self.places[at].capacity:
            return False
        if self.places[at].has_room(people):
            self.places[at].going[who] = people
            return True
        if self.begun or not waits:
            return False
        self.places[at].line.append((who, people))
        return True

    def leave(self, who: int) -> bool:
        if not self.where(who) or who in self.came:
            return False
        self.take_out(who)
        self.serve()
        return True

    def move(self, who: int, at: int, waits: bool) -> bool:
        found, there = self.where(who), self.places[at]
        if not found or who in self.came or found[0] is there:
            return False
        _place, goes, people = found
        has_room = there.has_room(people)
        if people > there.capacity:
            return False
        if not has_room and (goes or self.begun or not waits):
            return False
        self.take_out(who)
        if has_room:
            there.going[who] = people
        else:
            there.line.append((who, people))
        self.serve()
        return True

    def bring(self, who: int, people: int) -> bool:
        found = self.where(who)
        if not found or who in self.came:
            return False
        place, goes, before = found
        if people > max(before, place.capacity):
            return False
        if goes and people > before and not place.has_room(people - before):
            return False
        if goes:
            place.going[who] = people
        else:
            place.line = [(waits, people if waits == who else many) for waits, many in place.line]
        self.serve() if people < before else None
        return True

    def hold(self, at: int, capacity: int) -> bool:
        place = self.places[at]
        if place.capacity == UNLIMITED or sum(place.going.values()) > capacity:
            return False
        place.capacity = capacity
        self.serve()
        return True

    def come(self, who: int, at: int) -> bool:
        found, there = self.where(who), self.places[at]
        if not found or not (found[1] or self.begun):
            return False
        place, goes, people = found
        has_room = people <= there.left if self.begun else there.has_room(people)
        if (not goes or place is not there) and not has_room:
            return False
        self.take_out(who)
        there.going[who] = people
        self.came.add(who)
        self.serve() if place is not there else None
        return True

    def go_out(self, who: int) -> bool:
        if who not in self.came:
            return False
        self.came.remove(who)
        return True

    def begin(self) -> bool:
        self.begun = True
        return True


who, at, people, waits = st.integers(0, PEOPLE - 1), st.integers(0, VENUES - 1), st.integers(1, MOST), st.booleans()
acts = st.one_of(
    st.tuples(st.just("sign_up"), who, at, people, waits),
    st.tuples(st.just("sign_up"), who, at, people, st.just(True)),
    st.tuples(st.just("leave"), who),
    st.tuples(st.just("move"), who, at, waits),
    st.tuples(st.just("bring"), who, people),
    st.tuples(st.just("hold"), at, st.integers(1, 6)),
    st.tuples(st.just("come"), who, at),
    st.tuples(st.just("go_out"), who),
)
# Everybody wishes to come somewhere, which makes lines; then whatever there is before the start; then the event begins.
comers = st.tuples(
    *(st.tuples(st.just("sign_up"), st.just(n), st.integers(0, 1), people, st.just(True)) for n in range(PEOPLE))
)
series_of_acts = st.tuples(comers, st.lists(acts, min_size=8, max_size=20), st.lists(acts, max_size=5)).map(
    lambda parts: [*parts[0], *parts[1], ("begin",), *parts[2]]
)


class Real:
    """The same acts on the rows; each says whether it was done or refused."""

    def __init__(self, event, venues, users):
        self.event, self.venues, self.users, self.now = event, venues, users, NOW

    def rsvp(self, who):
        return Rsvp.objects.live().select_related("venue").filter(person=self.users[who].email).first()

    def do(self, act):
        name, *args = act
        self.now += timedelta(milliseconds=1)
        try:
            return getattr(self, name)(*args)
        except ValidationError:
            return False

    def sign_up(self, who, at, people, waits):
        sign_up(venue=self.venues[at], user=self.users[who], people=people, waits=waits, now=self.now)
        return True

    def on(self, who, act):
        rsvp = self.rsvp(who)
        if rsvp is None:
            return False
        act(rsvp)
        return True

    def leave(self, who):
        return self.on(who, lambda rsvp: leave(rsvp=rsvp, now=self.now))

    def move(self, who, at, waits):
        return self.on(who, lambda rsvp: change_venue(rsvp=rsvp, venue=self.venues[at], waits=waits, now=self.now))

    def bring(self, who, people):
        return self.on(who, lambda rsvp: change_people(rsvp=rsvp, people=people, now=self.now))

    def hold(self, at, capacity):
        if self.venues[at].capacity is None:
            return False
        taking_part.change_venue(venue=self.venues[at], offer=Offer(capacity=capacity), now=self.now)
        return True

    def come(self, who, at):
        return self.on(who, lambda rsvp: door.check_in(rsvp=rsvp, venue=self.venues[at], now=self.now))

    def go_out(self, who):
        return self.on(who, lambda rsvp: door.undo_check_in(rsvp=rsvp, now=self.now))

    def begin(self):
        self.now = max(self.now, START)
        return True


@pytest.fixture
def world(db):
    spaces = [make_resource(make_space(slug)).space for slug in ("here", "there")]
    event = make_event(spaces[0], day=NOW.date(), starts="10:00", ends="17:00", most_guests=MOST - 1)
    venues = [make_venue(event, space, capacity=3) for space in spaces]
    venues.append(make_venue(event, None, capacity=None))
    return event, venues, [make_user(f"{number}@example.jp") for number in range(PEOPLE)]


@examples(60)
@given(series_of_acts)
def test_any_series_of_acts_leaves_places_and_lines_as_reckoned(world, series):
    event, venues, users = world
    with undone():
        real = Real(event, venues, users)
        plain = Reckoning([Place(3), Place(3), Place(UNLIMITED)])
        for act in series:
            assert (act, real.do(act)) == (act, getattr(plain, act[0])(*act[1:]))
            compare(plain, venues, users)
        told = Notice.objects.filter(kind="event.moved_up")
        promoted = Rsvp.objects.filter(promoted_at__isnull=False).count()
        assert told.count() == promoted == plain.moved_up
        assert not told.filter(created_at__gte=START).exists()


def compare(plain, venues, users):
    number = {user.email: index for index, user in enumerate(users)}
    for place, venue in zip(plain.places, venues, strict=True):
        going = {number[one.person]: one.people for one in Rsvp.objects.going().filter(venue=venue)}
        line = [(number[one.person], one.people) for one in Rsvp.objects.waiting().filter(venue=venue)]
        assert (going, line) == (place.going, place.line)
        assert [number_in_line(one) for one in Rsvp.objects.waiting().filter(venue=venue)] == [*range(1, len(line) + 1)]
    here = {venue: people for venue, people in door.here(venues[0].event).items() if people}
    came = {index: sum(p.going[who] for who in plain.came if who in p.going) for index, p in enumerate(plain.places)}
    assert {venue.pk: came[index] for index, venue in enumerate(venues) if came[index]} == here
    twice = Rsvp.objects.live().values("person").annotate(times=Count("pk")).filter(times__gt=1)
    assert not twice.exists()
