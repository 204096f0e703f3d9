"""Whatever members, hosts and homes do with visas one after the other, design rule 3 holds and no free day is lost.

A plain reckoning beside the acts, in sets of days, says of each visit that is asked for what it must cost, by which
rule, or that it must be refused. Nothing of it asks `visas/holding.py`, `visas/entry.py` or the quote.
"""

import random
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bookings import attendance, uncovered
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.moving import move
from bookings.pricelist import price_list
from bookings.quote import visa_entries
from bookings.revoking import reissue, revoke
from bookings.rules import Wish, priced
from members import ending, pausing
from members.models import Membership
from members.settling import settle_due
from spaces.calendar import Span
from spaces.house import houses
from spaces.models import Space
from spaces.refusing import codes
from tests.factories import JAPAN, make_membership, make_plan, make_resource, make_space, make_user
from tests.properties import examples
from visas.models import Terms, Visa
from visas.offering import write_terms

DAY = timedelta(days=1)
# A Thursday, so that a week and then a month end soon.
FIRST = date(2026, 11, 26)
CALENDAR = [date(2026, 11, 1) + n * DAY for n in range(200)]
few, ahead = st.integers(0, 11), st.sampled_from([0, 0, 1, 1, 2, 3, 4, 5, 6, 8])
slots = st.sampled_from([10, 13, 16])
# Two homes, then three hosts: what a drop-in costs, if one is sold, and how long before a visit cancelling is free.
PLACES = [(None, 0), (1200, 60), (800, 24), (None, 1), (1000, 2)]
# By person: the homes. The third has two, the fourth none at first.
HOMES = [(0,), (1,), (0, 1), ()]


@dataclass
class Tie:
    """A membership, as somebody with paper and pencil would note on which days it holds, and on which with a visa."""

    row: Membership
    person: int
    home: int
    member: set[date]
    granted: set[date]
    paused: set[date] = field(default_factory=set)
    last: date | None = None
    has_visa: bool = True
    is_ended: bool = False
    is_revoked: bool = False

    def covers(self, day: date) -> bool:
        return not self.is_ended and day in self.member and day not in self.paused

    def travels(self, day: date) -> bool:
        return self.has_visa and not self.is_revoked and self.covers(day) and day in self.granted


@dataclass
class Offer:
    """What a host gives."""

    days: int = 3
    percent: int = 0
    once_a_week: bool = False


@dataclass
class Price:
    basis: str
    yen: int
    tie: Tie | None = None
    left: int = 0


@dataclass
class Visit:
    booking: int
    person: int
    place: int
    starts_at: datetime
    price: Price
    # The free days that the host gave when it was agreed.
    given: int
    state: str = "booked"  # then: come, missed, late, given back
    stays: bool = False  # who was there once, is not sent away

    @property
    def day(self) -> date:
        return self.starts_at.date()

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(hours=2)

    @property
    def counts(self) -> bool:
        return self.state != "given back"


class Federation(RuleBasedStateMachine):
    """Two homes and three hosts, which all book from each other, and four people, as the weeks go by."""

    def __init__(self):
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.now = datetime.combine(FIRST, time(8), JAPAN)

    @initialize()
    def open_doors(self):
        self.spaces, self.passes, self.plains = [], [], []
        for number, (drop_in, free_hours) in enumerate(PLACES):
            space = make_space(f"space{number}", free_cancellation_minutes=free_hours * 60)
            seats = make_resource(space)
            if drop_in:
                make_plan(space, seats, price=drop_in)
            self.passes.append(make_plan(space, seats, kind="free_pass", price=9000, grants_visa=True))
            self.plains.append(make_plan(space, seats, kind="monthly", price=5000))
            self.spaces.append(space)
        self.seats = [space.resources.get() for space in self.spaces]
        self.people = [make_user(f"{number}@example.jp") for number in range(len(HOMES))]
        self.operator = make_user("operator@example.jp")
        # The reckoning.
        self.visits: list[Visit] = []
        self.offers = [Offer() for _ in PLACES]
        self.ties: list[Tie] = []
        self.seen: Counter[str] = Counter()
        self.refusals: set[str] = set()
        for place in (2, 4):
            self.host_writes_other_terms(place, 3, 25, once_a_week=False)
        for person, homes in enumerate(HOMES):
            for home in homes:
                self.joins(person, home)

    def teardown(self):
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @property
    def today(self) -> date:
        return self.now.date()

    # What the reckoning says

    def tie_at(self, person: int, home: int) -> Tie | None:
        return next((tie for tie in self.ties if (tie.person, tie.home) == (person, home) and not tie.is_ended), None)

    def used(self, tie: Tie, place: int, without: Visit | None) -> list[Visit]:
        """The visits at a host that count against a visa; who leaves a home and joins it again goes on counting."""
        drawn = [one for one in self.visits if one.price.basis == "visa" and one.place == place and one.counts]
        return [
            one for one in drawn if (one.person, one.price.tie.home) == (tie.person, tie.home) and one is not without
        ]

    def free_days(self, tie: Tie, place: int, day: date, without: Visit | None = None) -> set[date]:
        used = {one.day for one in self.used(tie, place, without) if one.price.yen == 0}
        return {one for one in used if (one.year, one.month) == (day.year, day.month)}

    def by_visa(self, tie: Tie, place: int, day: date, waived: bool, without: Visit | None) -> Price | None:
        offer, (drop_in, _free) = self.offers[place], PLACES[place]
        monday = day - day.weekday() * DAY
        week = {one.day for one in self.used(tie, place, without)} & {monday + n * DAY for n in range(7)}
        if not tie.travels(day) or (offer.once_a_week and week - {day} and not waived):
            return None
        free = self.free_days(tie, place, day, without)
        if day in free or len(free) < offer.days:
            return Price("visa", 0, tie, max(offer.days - len(free | {day}), 0))
        if offer.percent and drop_in:
            return Price("visa", drop_in * (100 - offer.percent) // 100, tie)
        return None

    def price(
        self, person: int, place: int, day: date, *, waived: bool = False, without: Visit | None = None
    ) -> Price | None:
        """What a visit must cost by which rule, or None if it must be refused."""
        here, drop_in = self.tie_at(person, place), PLACES[place][0]
        if here and here.covers(day):
            return Price("plan", 0, here)
        found = [Price("drop_in", drop_in)] if drop_in else []
        if here is None or day not in here.member:
            travelling = [tie for tie in self.ties if tie.person == person]
            by_visa = (self.by_visa(tie, place, day, waived, without) for tie in travelling)
            found = [one for one in by_visa if one] + found
        return min(found, key=lambda one: one.yen, default=None)

    def is_busy(self, person: int, starts_at: datetime, without: Visit | None = None) -> bool:
        own = [one for one in self.visits if one.person == person and one.state in ("booked", "come")]
        return any(one.starts_at == starts_at for one in own if one is not without)

    def is_free_to_leave(self, one: Visit) -> bool:
        return self.now <= one.starts_at - timedelta(hours=PLACES[one.place][1])

    # Doing it

    def done(self, act, **asked):
        """Whether an act was done, and not refused."""
        try:
            self.outcome = act(**asked, now=self.now)
        except ValidationError as error:
            self.outcome = codes(error)
            self.refusals |= self.outcome
            return False
        return True

    def some(self, number: int) -> Visit | None:
        return self.visits[number % len(self.visits)] if self.visits else None

    def some_at_the_door(self, number: int) -> Visit | None:
        """One of the last visits that were for today or before."""
        due = [one for one in self.visits if one.day <= self.today and one.state in ("booked", "come", "missed")]
        due = sorted(due, key=lambda one: one.starts_at)[-4:]
        return due[number % len(due)] if due else None

    def some_tie(self, number: int) -> Tie | None:
        return self.ties[number % len(self.ties)] if self.ties else None

    def row(self, one: Visit) -> Booking:
        return Booking.objects.select_related("resource__space", "visa").get(pk=one.booking)

    def joins(self, person: int, home: int) -> None:
        row = make_membership(self.people[person], self.passes[home], starts_on=self.today, renewal_day=1)
        self.ties.append(Tie(row, person, home, {day for day in CALENDAR if day >= self.today}, set(CALENDAR)))

    @rule(who=few, place=few, days=ahead, hour=slots, waived=st.sampled_from([False, False, True]))
    def somebody_books(self, who, place, days, hour, waived):
        person, place = who % len(HOMES), place % len(PLACES)
        starts_at = datetime.combine(self.today + days * DAY, time(hour), JAPAN)
        price = self.price(person, place, starts_at.date(), waived=waived)
        given = price is not None and self.now <= starts_at and not self.is_busy(person, starts_at)

        found = self.done(
            book,
            user=self.people[person],
            space=self.spaces[place],
            resource_id=self.seats[place].pk,
            span=Span(starts_at, starts_at + timedelta(hours=2)),
            waived=waived,
        )

        assert found is given, (price, self.outcome)
        self.seen[price.basis if given else "refused"] += 1
        if given:
            self.seen["percent"] += price.basis == "visa" and price.yen > 0
            self.visits.append(Visit(self.outcome.pk, person, place, starts_at, price, self.offers[place].days))

    @rule(who=few, days=ahead, hour=slots)
    def somebody_comes_back_to_a_host(self, who, days, hour):
        """Who has been at a host books there again: this is how days are used up."""
        if self.visits:
            last = self.visits[-1 - who % min(len(self.visits), 6)]
            self.somebody_books(last.person, last.place, days, hour, waived=False)

    @rule(which=few, days=ahead, hour=slots, by_operator=st.booleans())
    def somebody_moves(self, which, days, hour, by_operator):
        if one := self.some(which):
            starts_at = datetime.combine(self.today + days * DAY, time(hour), JAPAN)
            waived = by_operator and one.price.basis == "visa"
            price = self.price(one.person, one.place, starts_at.date(), waived=waived, without=one)
            is_at_stake = one.price.basis == "visa" or one.price.yen > 0
            given = (
                one.state == "booked"
                and self.now < one.starts_at
                and (by_operator or self.is_free_to_leave(one) or not is_at_stake)
                and price is not None
                and self.now <= starts_at
                and not self.is_busy(one.person, starts_at, without=one)
            )
            booking, wish = self.row(one), Span(starts_at, starts_at + timedelta(hours=2))

            found = self.done(
                move,
                booking=booking,
                resource_id=booking.resource_id,
                span=wish,
                seats=1,
                by_operator=by_operator,
            )

            assert found is given
            if given:
                self.seen["moved"] += 1
                one.starts_at, one.price, one.given = starts_at, price, self.offers[one.place].days

    @rule(which=few, by=st.sampled_from(["person", "space"]))
    def somebody_cancels(self, which, by):
        # Mostly one that is near, where it may be too late.
        near = [one for one in self.visits if one.state == "booked" and self.now < one.starts_at <= self.now + DAY]
        if one := near[which % len(near)] if near and which % 4 else self.some(which):
            given = one.state == "booked" and self.now < (one.ends_at if by == "space" else one.starts_at)
            is_late = by == "person" and not self.is_free_to_leave(one)

            assert self.done(cancel, booking=self.row(one), by=by) is given
            if given:
                one.state = "late" if is_late else "given back"

    @rule(which=few)
    def somebody_comes(self, which):
        if (one := self.some_at_the_door(which)) and self.done(attendance.check_in, booking=self.row(one)):
            assert one.state == "booked"
            one.state, one.stays = "come", True

    @rule(which=few)
    def somebody_does_not_come(self, which):
        if one := self.some_at_the_door(which):
            given = one.state == "booked" and one.starts_at <= self.now
            assert self.done(attendance.miss, booking=self.row(one)) is given
            if given:
                one.state = "missed"

    @rule(which=few)
    def desk_takes_a_note_back(self, which):
        if (one := self.some_at_the_door(which)) and one.state in ("come", "missed"):
            assert self.done(attendance.undo, booking=self.row(one))
            one.state = "booked"

    # What becomes of memberships

    @contextmanager
    def changing(self, tie: Tie, *, by_operator: bool):
        """Note what falls with a change that is made inside, as it was made, and compare what the act says."""
        yield
        fallen = [
            one
            for one in self.visits
            if one.price.tie is tie and one.state == "booked" and self.now < one.ends_at
            if not (tie.travels if one.price.basis == "visa" else tie.covers)(one.day)
            if by_operator or self.now < one.starts_at
        ]
        assert {one.pk for one in self.outcome} == {one.booking for one in fallen}
        self.seen["fallen"] += len(fallen)
        for one in fallen:
            is_late = not by_operator and not self.is_free_to_leave(one)
            one.state = "late" if is_late else "given back"

    def asked(self, tie: Tie, by_operator: bool) -> dict[str, object]:
        by = self.operator if by_operator else self.people[tie.person]
        return {"membership": tie.row, "by": by, "by_operator": by_operator}

    @rule(which=few, days=ahead, by_operator=st.booleans())
    def membership_ends(self, which, days, by_operator):
        if tie := self.some_tie(which):
            last = self.today + days * DAY
            if not by_operator:
                last = ending.ends_offered(Membership.objects.get(pk=tie.row.pk), now=self.now)[0]
            if self.done(uncovered.end, last=last, **self.asked(tie, by_operator)):
                assert not tie.is_ended
                with self.changing(tie, by_operator=by_operator):
                    tie.member = {day for day in tie.member if day <= last}
                    tie.last, tie.is_ended = last, last < tie.row.starts_on or (by_operator and last == self.today)

    @rule(which=few)
    def member_stays_after_all(self, which):
        if (tie := self.some_tie(which)) and self.done(ending.stay, membership=tie.row, by=self.people[tie.person]):
            assert tie.last
            assert not tie.is_ended
            after = {day for day in CALENDAR if day > tie.last}
            tie.member |= after
            tie.granted = tie.granted | after if tie.last in tie.granted else tie.granted - after
            tie.last = None

    @rule(which=few, days=ahead, length=st.sampled_from([None, 1, 3]), by_operator=st.booleans())
    def membership_rests(self, which, days, length, by_operator):
        if tie := self.some_tie(which):
            first = self.today + days * DAY
            if not by_operator:
                first = pausing.earliest_pause(Membership.objects.get(pk=tie.row.pk), now=self.now)
            last = first + (length - 1) * DAY if length else None
            if self.done(uncovered.pause, first=first, last=last, **self.asked(tie, by_operator)):
                with self.changing(tie, by_operator=by_operator):
                    # One that was planned for after an end that was taken back gives way.
                    tie.paused = {day for day in tie.paused if day < first}
                    tie.paused |= {day for day in CALENDAR if first <= day and (last is None or day <= last)}

    @rule(which=few, days=ahead)
    def member_comes_back(self, which, days):
        if tie := self.some_tie(which):
            day = self.today + days * DAY
            if self.done(pausing.resume, membership=tie.row, day=day, by=self.people[tie.person]):
                assert tie.paused
                begun = self.today in tie.paused
                tie.paused = {one for one in tie.paused if one < (day if begun else self.today)}

    @rule(which=few, to_plain=st.booleans(), at_once=st.booleans(), by_operator=st.booleans())
    def plan_changes(self, which, to_plain, at_once, by_operator):
        if tie := self.some_tie(which):
            days = Membership.objects.get(pk=tie.row.pk).period_of(max(self.today, tie.row.starts_on))
            day = self.today if at_once else days.next_first
            plan = (self.plains if to_plain else self.passes)[tie.home]
            if self.done(uncovered.change_plan, plan=plan, day=day, **self.asked(tie, by_operator)):
                with self.changing(tie, by_operator=by_operator):
                    tie.granted = {one for one in tie.granted if one < day}
                    tie.granted |= set() if to_plain else {one for one in CALENDAR if one >= day}

    @rule(which=few)
    def planned_change_is_taken_back(self, which):
        if tie := self.some_tie(which):
            stays = self.today in tie.granted
            if self.done(uncovered.stay_on_plan, membership=tie.row, by=self.people[tie.person]):
                with self.changing(tie, by_operator=True):
                    tie.granted = {one for one in tie.granted if one <= self.today}
                    tie.granted |= {one for one in CALENDAR if one > self.today} if stays else set()

    @rule(which=few)
    def somebody_joins(self, which):
        person, home = which % len(HOMES), which // len(HOMES) % 2
        if self.tie_at(person, home) is None:
            self.joins(person, home)

    @rule(which=few, revokes=st.booleans())
    def operator_revokes_or_reissues(self, which, revokes):
        if tie := self.some_tie(which):
            visa = Visa.objects.get(membership=tie.row)
            if not revokes:
                assert self.done(reissue, visa=visa, by=self.operator)
                tie.is_revoked = False
            elif self.done(revoke, visa=visa, by=self.operator, reason="?"):
                assert not tie.is_revoked
                tie.is_revoked = True
                for one in self.visits:
                    if one.price.tie is tie and one.price.basis == "visa" and one.state == "booked":
                        if self.now < one.starts_at:
                            one.state = "given back"
                        else:
                            one.stays = True

    @rule(
        place=few,
        days=st.sampled_from([3, 3, 4, 5]),
        percent=st.sampled_from([0, 25, 50]),
        once_a_week=st.sampled_from([False, False, False, True]),
    )
    def host_writes_other_terms(self, place, days, percent, once_a_week):
        place %= len(PLACES)
        offered = {"days_free": days, "percent_off": percent, "once_a_week": once_a_week}
        assert self.done(write_terms, space=self.spaces[place], by=self.operator, **offered)
        self.offers[place] = Offer(days, percent, once_a_week)

    @rule(hours=st.sampled_from([1, 2, 5, 12, 24, 60]))
    def time_goes_by(self, hours):
        self.now += timedelta(hours=hours)
        settle_due(now=self.now)
        for tie in self.ties:
            tie.is_ended = tie.is_ended or bool(tie.last and tie.last < self.today)

    # What must hold

    @rule(who=few, place=few, days=ahead)
    def somebody_asks_what_it_costs(self, who, place, days):
        self.asks(who % len(HOMES), place % len(PLACES), self.today + days * DAY)

    def asks(self, person: int, place: int, day: date) -> None:
        """No day is lost: the quote gives what the reckoning gives, and says as many days are left."""
        starts_at = datetime.combine(day, time(18), JAPAN)
        if starts_at < self.now:
            return
        must = self.price(person, place, day)
        user, span = self.people[person], Span(starts_at, starts_at + timedelta(hours=2))
        [house] = houses(Space.objects.filter(pk=self.spaces[place].pk), today=self.today)
        prices = price_list([house.space.pk], user, today=self.today).reckoned(user, [house.space], now=self.now)
        wish = Wish(house.resource(self.seats[place].pk), span)
        try:
            best = priced(house, prices, wish, now=self.now).best
        except ValidationError:
            assert must is None
            return
        assert must
        assert (best.basis, best.price) == (must.basis, must.yen)
        if must.basis == "visa":
            assert best.visa.membership_id == must.tie.row.pk
            entries = visa_entries(house, prices, wish.resource, span, 1)
            assert [one.days_left for one in entries if one.held.visa == best.visa] == [must.left]

    @invariant()
    def no_visa_is_over_used(self):
        given: dict[tuple[int, ...], int] = {}
        used: dict[tuple[int, ...], set[date]] = {}
        by_booking = {one.booking: one for one in self.visits}
        rows = Booking.objects.filter(visa__isnull=False, price=0)
        for row in rows.select_related("resource", "visa__membership"):
            if row.cancelled_at and not row.cancelled_late:
                continue
            day = row.starts_at.astimezone(JAPAN).date()
            membership = row.visa.membership
            key = membership.user_id, membership.space_id, row.resource.space_id, day.year, day.month
            used.setdefault(key, set()).add(day)
            given[key] = max(given.get(key, 0), by_booking[row.pk].given)
        for key, days in used.items():
            assert len(days) <= given[key]

    @invariant()
    def rows_are_as_they_were_noted(self):
        rows = Booking.objects.select_related("resource", "visa").in_bulk()
        assert set(rows) == {one.booking for one in self.visits}
        for one in self.visits:
            row = rows[one.booking]
            tie = one.price.tie.row.pk if one.price.tie else None
            drawn = row.visa.membership_id if row.visa else row.membership_id
            assert (row.basis, row.price, drawn) == (one.price.basis, one.price.yen, tie)
            assert (row.resource.space_id, row.starts_at) == (self.spaces[one.place].pk, one.starts_at)
            assert (row.cancelled_at is not None) == (one.state in ("late", "given back"))
            assert (row.cancelled_late, row.missed_at is not None) == (one.state == "late", one.state == "missed")

    @invariant()
    def visits_by_visa_to_come_are_away_from_home_on_days_on_which_it_is_valid(self):
        for one in self.visits:
            if one.price.basis == "visa":
                assert one.place != one.price.tie.home
                if one.state == "booked" and self.now < one.starts_at and not one.stays:
                    assert one.price.tie.travels(one.day)

    @invariant()
    def guard_had_to_step_in_for_no_act(self):
        assert not self.refusals & {"visa_no_day_left", "visa_at_home", "visa_not_valid", "visa_holder_comes"}

    @invariant()
    def each_membership_has_one_visa(self):
        assert set(Visa.objects.values_list("membership", flat=True)) == {tie.row.pk for tie in self.ties}
        assert Terms.objects.filter(replaced_at=None).count() <= len(PLACES)

    def all_ask(self):
        for person in range(len(HOMES)):
            for place in range(len(PLACES)):
                for days in (0, 1, 4, 20):
                    self.asks(person, place, self.today + days * DAY)


def test_any_sequence_of_visits_keeps_what_visas_give(db):
    run_state_machine_as_test(Federation, settings=examples(10, stateful_step_count=40))


def test_long_series_by_the_dice_keep_what_visas_give(db):
    """Longer than what is tried above, which is made to be shortened, and with less that comes to nothing."""
    dice, ends, seen = random.Random(36), Counter(), Counter()
    for _series in range(6):
        federation = Federation()
        try:
            federation.open_doors()
            for _act in range(200):
                at_random(federation, dice)
            federation.no_visa_is_over_used()
            federation.rows_are_as_they_were_noted()
            federation.visits_by_visa_to_come_are_away_from_home_on_days_on_which_it_is_valid()
            federation.guard_had_to_step_in_for_no_act()
            federation.each_membership_has_one_visa()
            federation.all_ask()
            ends.update(one.state for one in federation.visits if one.price.basis == "visa")
            seen.update(federation.seen)
        finally:
            federation.teardown()
    assert min(ends[state] for state in ("booked", "come", "missed", "late", "given back")) >= 3, ends
    outcomes = ("plan", "visa", "percent", "drop_in", "refused", "moved", "fallen")
    assert min(seen[outcome] for outcome in outcomes) >= 3, seen


def at_random(federation, dice):
    some, other, days = dice.randrange(12), dice.randrange(12), dice.choice([0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 8])
    hour, either = dice.choice([10, 13, 16]), dice.random() < 0.5
    seldom = dice.random() < 0.25
    acts = {
        lambda: federation.somebody_books(some, other, days, hour, waived=seldom): 45,
        lambda: federation.somebody_comes_back_to_a_host(some, days, hour): 70,
        lambda: federation.somebody_moves(-1 - other % 6, days, hour, by_operator=either): 15,
        lambda: federation.somebody_cancels(some, "space" if seldom else "person"): 12,
        lambda: federation.somebody_comes(other): 15,
        lambda: federation.somebody_does_not_come(other): 20,
        lambda: federation.desk_takes_a_note_back(other): 5,
        lambda: federation.membership_ends(some, days + 3, by_operator=either): 2,
        lambda: federation.member_stays_after_all(some): 4,
        lambda: federation.membership_rests(some, days, dice.choice([None, 1, 3]), by_operator=either): 3,
        lambda: federation.member_comes_back(some, days): 5,
        lambda: federation.plan_changes(some, to_plain=seldom, at_once=either, by_operator=either): 6,
        lambda: federation.planned_change_is_taken_back(some): 3,
        lambda: federation.somebody_joins(some): 8,
        lambda: federation.operator_revokes_or_reissues(some, revokes=seldom): 4,
        lambda: federation.host_writes_other_terms(
            other, dice.choice([3, 3, 3, 4]), dice.choice([0, 25, 50]), once_a_week=seldom and either
        ): 4,
        lambda: federation.somebody_asks_what_it_costs(some, other, days): 10,
        lambda: federation.time_goes_by(dice.choice([1, 3, 6, 14])): 35,
    }
    dice.choices(list(acts), weights=list(acts.values()))[0]()
