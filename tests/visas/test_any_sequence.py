"""Whatever visitors and operators do with tickets one after the other, design rule 3 holds and no visit is lost.

A plain reckoning beside the acts, in lists and dates, says of each visit that is asked for whether it must be given.
"""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bookings import attendance
from bookings.cancelling import cancel
from bookings.closing import cancel_misfits
from bookings.models import Booking
from bookings.moving import move
from bookings.redeeming import change_visit, good_until
from members.person_key import person_key
from spaces.calendar import Span
from spaces.models import Space
from tests.factories import JAPAN, TUESDAY, make_closure, make_resource, make_space, make_user
from tests.properties import examples
from tests.visas.acts import make_campaign, make_ticket, visit
from visas.issuing import block, extend, unblock
from visas.models import Campaign, Participation, Ticket
from visas.taking_part import agree, leave, stop

DAY = timedelta(days=1)
FIRST = TUESDAY
few, days = st.integers(0, 11), st.integers(0, 6).map(lambda ahead: FIRST + ahead * DAY)
soon, seldom = st.sampled_from([0, 0, 1, 1, 2, 3]), st.sampled_from([False, True, False])
# Opening, closing, seats, and until how long before a visit cancelling it is free.
HOUSES = [(10, 20, 3, timedelta(0)), (12, 18, 2, timedelta(hours=1)), (10, 22, 4, timedelta(days=1))]
# Visits in all and at each space, seats a day, the first day and the last.
CAMPAIGNS = [(2, 1, 2, FIRST, FIRST + 3 * DAY), (3, 2, 1, FIRST + DAY, FIRST + 4 * DAY)]


@dataclass
class Visit:
    """A visit as somebody with paper and pencil would note it."""

    booking: int
    ticket: int
    person: str
    space: int
    starts_at: datetime
    ends_at: datetime
    state: str = "booked"  # then: come, missed, late, given back

    @property
    def day(self) -> date:
        return self.starts_at.date()

    @property
    def has_seat(self) -> bool:
        return self.state in ("booked", "come")


class Neighbourhood(RuleBasedStateMachine):
    """Three spaces, two campaigns, five tickets, four visitors, as the clock goes on."""

    def __init__(self):
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.now = datetime.combine(FIRST, time(8), JAPAN)

    @initialize()
    def open_doors(self):
        self.spaces = []
        for number, (opens, closes, seats, free) in enumerate(HOUSES):
            minutes = free // timedelta(minutes=1)
            space = make_space(
                f"space{number}", opens=f"{opens}:00", closes=f"{closes}:00", free_cancellation_minutes=minutes
            )
            make_resource(space, capacity=seats)
            self.spaces.append(space)
        self.campaigns = [
            make_campaign(
                *self.spaces, visits_in_all=all_, visits_at_each=each, seats_a_day=seats, starts_on=starts, ends_on=ends
            )
            for all_, each, seats, starts, ends in CAMPAIGNS
        ]
        self.tickets = [make_ticket(self.campaigns[number % 2]) for number in range(5)]
        self.operator = make_user("operator@example.jp")
        # The reckoning.
        self.visits: list[Visit] = []
        self.holder: dict[int, str] = {}
        self.until = {number: CAMPAIGNS[number % 2][4] for number in range(5)}
        self.blocked: set[int] = set()
        self.stopped: set[int] = set()
        self.left: set[tuple[int, int]] = set()
        self.closed: set[tuple[int, date]] = set()

    def teardown(self):
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    # What the reckoning says

    def hours(self, space: int, day: date) -> tuple[datetime, datetime] | None:
        """From opening, or from now, to closing."""
        opens, closes, *_ = HOUSES[space]
        starts_at = max(datetime.combine(day, time(opens), JAPAN), self.now)
        ends_at = datetime.combine(day, time(closes), JAPAN)
        return (starts_at, ends_at) if starts_at < ends_at and (space, day) not in self.closed else None

    def is_good(self, ticket: int, space: int, day: date) -> bool:
        campaign = ticket % 2
        runs = ticket not in self.blocked and campaign not in self.stopped and (campaign, space) not in self.left
        return runs and CAMPAIGNS[campaign][3] <= day and max(day, self.now.date()) <= self.until[ticket]

    def has_a_visit(self, ticket: int, space: int, without: Visit | None = None) -> bool:
        used = [one for one in self.visits if one.ticket == ticket and one.state != "given back" and one is not without]
        in_all, at_each, *_ = CAMPAIGNS[ticket % 2]
        return len(used) < in_all and sum(one.space == space for one in used) < at_each

    def has_a_seat(self, ticket: int, space: int, day: date, person: str, without: Visit | None = None) -> bool:
        hours = self.hours(space, day)
        if hours is None:
            return False
        seated = [one for one in self.visits if one.has_seat and one is not without]
        here = [one for one in seated if one.space == space and one.day == day]
        of_campaign = sum(one.ticket % 2 == ticket % 2 for one in here)
        # Everybody stays until closing, so that all who are there that day are there together.
        own = [one for one in seated if one.person == person]
        is_elsewhere = any(one.starts_at < hours[1] and hours[0] < one.ends_at for one in own)
        return len(here) < HOUSES[space][2] and of_campaign < CAMPAIGNS[ticket % 2][2] and not is_elsewhere

    def is_free_to_leave(self, one: Visit) -> bool:
        return one.state == "booked" and self.now <= one.starts_at - HOUSES[one.space][3] and self.now < one.starts_at

    # Doing it

    def done(self, act, **asked):
        """Whether an act was done, and not refused."""
        try:
            self.outcome = act(**asked)
        except ValidationError:
            return False
        return True

    def some(self, number: int) -> Visit | None:
        return self.visits[number % len(self.visits)] if self.visits else None

    def row(self, one: Visit) -> Booking:
        return Booking.objects.select_related("resource__space", "ticket").get(pk=one.booking)

    @rule(ticket=few, space=few, day=days, who=few)
    def somebody_redeems(self, ticket, space, day, who):
        self.redeems(ticket % 5, space % 3, day, f"{who % 4}@example.jp")

    @rule(ticket=few, space=few, ahead=soon)
    def holder_redeems(self, ticket, space, ahead):
        """Who has a ticket, or the first who gets it: this is what most do."""
        ticket %= 5
        person = self.holder.get(ticket, f"{ticket % 4}@example.jp")
        self.redeems(ticket, space % 3, self.now.date() + ahead * DAY, person)

    @rule(ticket=few, space=few, ahead=soon)
    def holder_comes_again(self, ticket, space, ahead):
        if self.visits:
            last = self.visits[-1 - ticket % min(len(self.visits), 3)]
            self.redeems(last.ticket, space % 3, self.now.date() + ahead * DAY, last.person)

    def redeems(self, ticket: int, space: int, day: date, person: str) -> None:
        holds_another = any(
            holder == person and other != ticket and other % 2 == ticket % 2 for other, holder in self.holder.items()
        )
        given = (
            self.holder.get(ticket, person) == person
            and not holds_another
            and self.is_good(ticket, space, day)
            and self.has_a_visit(ticket, space)
            and self.has_a_seat(ticket, space, day, person)
        )

        found = self.done(
            visit, ticket=self.tickets[ticket], space=self.spaces[space], day=day, email=person, now=self.now
        )

        assert found is given
        if found:
            self.holder[ticket] = person
            hours = self.hours(space, day)
            self.visits.append(Visit(self.outcome.pk, ticket, person, space, *hours))

    @rule(which=few, space=few, ahead=soon)
    def somebody_changes(self, which, space, ahead):
        if one := self.some(which):
            space, day = space % 3, self.now.date() + ahead * DAY
            given = (
                self.is_free_to_leave(one)
                and self.is_good(one.ticket, space, day)
                and self.has_a_visit(one.ticket, space, without=one)
                and self.has_a_seat(one.ticket, space, day, one.person, without=one)
            )

            found = self.done(change_visit, booking=self.row(one), space=self.spaces[space], day=day, now=self.now)

            assert found is given
            if found:
                one.space, (one.starts_at, one.ends_at) = space, self.hours(space, day)

    @rule(which=few, day=days)
    def operator_moves(self, which, day):
        if (one := self.some(which)) and (hours := self.hours(one.space, day)):
            can_move = one.state == "booked" and self.now < one.starts_at
            given = can_move and self.has_a_seat(one.ticket, one.space, day, one.person, without=one)
            booking, wish = self.row(one), Span(*hours)

            found = self.done(
                move,
                booking=booking,
                resource_id=booking.resource_id,
                span=wish,
                seats=1,
                by_operator=True,
                now=self.now,
            )

            assert found is given
            if found:
                one.starts_at, one.ends_at = hours

    @rule(which=few, by=st.sampled_from(["person", "space"]))
    def somebody_cancels(self, which, by):
        if one := self.some(which):
            stands = one.state == "booked" and self.now < one.ends_at
            given = stands and (by == "space" or self.now < one.starts_at)
            is_late = by == "person" and not self.is_free_to_leave(one)

            assert self.done(cancel, booking=self.row(one), by=by, now=self.now) is given
            if given:
                one.state = "late" if is_late else "given back"
                if by == "space":
                    self.renew(one)

    def renew(self, one: Visit) -> None:
        self.until[one.ticket] = max(self.until[one.ticket], self.now.date() + 30 * DAY)

    @rule(which=few)
    def somebody_comes(self, which):
        if (one := self.some(which)) and self.done(attendance.check_in, booking=self.row(one), now=self.now):
            assert one.state == "booked"
            one.state = "come"

    @rule(which=few)
    def somebody_does_not_come(self, which):
        if one := self.some(which):
            given = one.state == "booked" and one.starts_at <= self.now
            assert self.done(attendance.miss, booking=self.row(one), now=self.now) is given
            if given:
                one.state = "missed"

    @rule(which=few)
    def desk_takes_a_note_back(self, which):
        if (one := self.some(which)) and one.state in ("come", "missed"):
            if self.done(attendance.undo, booking=self.row(one), now=self.now):
                one.state = "booked"
            else:
                assert one.state == "missed", "its seat is gone"

    @rule(space=few, day=days)
    def space_closes_a_day(self, space, day):
        space %= 3
        if (space, day) in self.closed:
            return
        self.closed.add((space, day))
        make_closure(self.spaces[space], day)
        cancel_misfits(self.spaces[space], now=self.now)
        for one in self.visits:
            if one.state == "booked" and (one.space, one.day) == (space, day) and self.now < one.ends_at:
                one.state = "given back"
                self.renew(one)

    @rule(campaign=few)
    def campaign_is_stopped(self, campaign):
        if campaign > 9:  # seldom: little happens afterwards
            stop(campaign=self.campaigns[campaign % 2], now=self.now)
            self.stopped.add(campaign % 2)

    @rule(campaign=few, space=few, goes=seldom)
    def space_leaves_or_agrees_again(self, campaign, space, goes):
        place = campaign % 2, space % 3
        part = Participation.objects.get(campaign=self.campaigns[place[0]], space=self.spaces[place[1]])
        if goes:
            leave(part=part, now=self.now)
            self.left.add(place)
        elif self.done(agree, part=part, seats_a_day=part.seats_a_day, by=self.operator, now=self.now):
            self.left.discard(place)

    @rule(ticket=few, stops=seldom)
    def operator_blocks_or_unblocks(self, ticket, stops):
        ticket %= 5
        if not stops:
            unblock(ticket=self.tickets[ticket])
            self.blocked.discard(ticket)
        elif self.done(block, ticket=self.tickets[ticket], reason="?", now=self.now):
            self.blocked.add(ticket)

    @rule(ticket=few, last=days)
    def operator_extends(self, ticket, last):
        ticket %= 5
        until = good_until(Ticket.objects.select_related("campaign").get(pk=self.tickets[ticket].pk))
        given = last > self.until[ticket]

        assert self.done(extend, ticket=self.tickets[ticket], last=last, until=until) is given
        if given:
            self.until[ticket] = last

    @rule(hours=st.sampled_from([1, 2, 5, 12]))
    def time_goes_by(self, hours):
        self.now += timedelta(hours=hours)

    # What must hold, counted anew from the rows

    @invariant()
    def no_ticket_is_over_used_in_all_or_at_a_space(self):
        for ticket in Ticket.objects.select_related("campaign").prefetch_related("bookings__resource"):
            used = [one for one in ticket.bookings.all() if one.cancelled_at is None or one.cancelled_late]
            assert len(used) <= ticket.campaign.visits_in_all
            for space in Space.objects.all():
                assert sum(one.resource.space_id == space.pk for one in used) <= ticket.campaign.visits_at_each
            assert {(one.basis, one.price, one.seats) for one in ticket.bookings.all()} <= {("ticket", 0, 1)}

    @invariant()
    def no_campaign_has_more_seats_on_a_day_than_it_was_given(self):
        for part in Participation.objects.all():
            taken = Booking.objects.filter(
                ticket__campaign=part.campaign_id, resource__space=part.space_id, cancelled_at=None, missed_at=None
            )
            local = [one.starts_at.astimezone(JAPAN).date() for one in taken]
            assert all(local.count(day) <= part.seats_a_day for day in set(local))

    @invariant()
    def person_has_one_ticket_of_a_campaign(self):
        for campaign in Campaign.objects.all():
            held = list(campaign.tickets.exclude(person_key=None).values_list("person_key", flat=True))
            assert len(held) == len(set(held))
        for one in Booking.objects.select_related("ticket"):
            assert person_key(one.person) == one.ticket.person_key

    @invariant()
    def rows_are_as_they_were_noted(self):
        rows = Booking.objects.select_related("resource").in_bulk()
        assert set(rows) == {one.booking for one in self.visits}
        for one in self.visits:
            row = rows[one.booking]
            place = (one.space, one.starts_at, one.ends_at)
            assert (self.spaces.index(row.resource.space), row.starts_at, row.ends_at) == place
            assert row.is_live == one.has_seat
            assert (row.cancelled_late, row.missed_at is not None) == (one.state == "late", one.state == "missed")

    @invariant()
    def ticket_is_good_as_long_as_it_was_noted(self):
        for number, ticket in enumerate(Ticket.objects.select_related("campaign").order_by("pk")):
            assert good_until(ticket) == self.until[number]


def test_any_sequence_of_visits_keeps_what_tickets_give(db):
    run_state_machine_as_test(Neighbourhood, settings=examples(10, stateful_step_count=40))


def test_long_series_by_the_dice_keep_what_tickets_give(db):
    """Longer than what is tried above, which is made to be shortened, and with less that comes to nothing."""
    dice, ends = random.Random(36), Counter()
    for _town in range(10):
        town = Neighbourhood()
        try:
            town.open_doors()
            for _act in range(120):
                at_random(town, dice)
            town.no_ticket_is_over_used_in_all_or_at_a_space()
            town.no_campaign_has_more_seats_on_a_day_than_it_was_given()
            town.person_has_one_ticket_of_a_campaign()
            town.rows_are_as_they_were_noted()
            town.ticket_is_good_as_long_as_it_was_noted()
            ends.update(one.state for one in town.visits)
        finally:
            town.teardown()
    assert min(ends[state] for state in ("booked", "come", "missed", "late", "given back")) >= 3, ends


def at_random(town, dice):
    some, soon, day = dice.randrange(12), dice.choice([0, 1, 1, 2, 3]), FIRST + dice.randrange(7) * DAY
    other, seldom = dice.randrange(12), dice.random() < 0.25
    acts = {
        lambda: town.holder_redeems(ticket=some, space=other, ahead=soon): 20,
        lambda: town.holder_comes_again(ticket=some, space=other, ahead=soon): 20,
        lambda: town.somebody_redeems(ticket=some, space=other, day=day, who=dice.randrange(12)): 5,
        lambda: town.somebody_changes(which=-1 - other % 4, space=some, ahead=soon): 15,
        lambda: town.operator_moves(which=-1 - other % 4, day=day): 5,
        lambda: town.somebody_cancels(which=-1 - other % 4, by=dice.choice(["person"] * 4 + ["space"])): 15,
        lambda: town.somebody_comes(which=-1 - other % 6): 12,
        lambda: town.somebody_does_not_come(which=-1 - other % 6): 12,
        lambda: town.desk_takes_a_note_back(which=-1 - other % 6): 8,
        lambda: town.space_closes_a_day(space=some, day=day): 1,
        lambda: town.space_leaves_or_agrees_again(campaign=some, space=other, goes=seldom): 5,
        lambda: town.operator_blocks_or_unblocks(ticket=some, stops=seldom): 5,
        lambda: town.operator_extends(ticket=some, last=FIRST + 9 * DAY): 2,
        lambda: town.time_goes_by(hours=dice.choice([1, 2, 3])): 20,
    }
    dice.choices(list(acts), weights=list(acts.values()))[0]()
