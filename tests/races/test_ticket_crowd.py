"""Six people at once with tickets of one campaign, doing whatever comes to mind: nobody waits for ever."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from bookings import attendance
from bookings.cancelling import cancel
from bookings.closing import cancel_misfits
from bookings.erasing import erase
from bookings.forgetting import KEPT, forget_visitors
from bookings.models import Booking
from bookings.moving import move
from bookings.redeeming import change_visit
from members.models import User
from spaces.locks import lock_space
from spaces.models import Closure
from tests.factories import TUESDAY, at, make_resource, make_space, make_user, span
from tests.races.connections import at_once, deadlocks, outcomes
from tests.visas.acts import NOW, make_campaign, make_owner, make_ticket, visit
from visas.issuing import block, unblock
from visas.models import Participation, Ticket
from visas.taking_part import agree, leave

DAYS = [TUESDAY + timedelta(days=ahead) for ahead in range(1, 5)]
ACTS_EACH = 30


class Somebody:
    """A visitor, an operator and the clock in one."""

    def __init__(self, number, tickets, spaces, owner):
        self.dice = random.Random(number)
        self.email = f"{number}@example.jp"
        self.tickets, self.spaces, self.owner = tickets, spaces, owner
        self.done = Counter()

    def live_the_day(self):
        acts = [self.redeems] * 6 + [self.changes] * 4 + [self.cancels] * 3 + [self.is_moved] * 2
        acts += [self.is_missed_and_comes, self.closes, self.leaves, self.blocks, self.deletes_account, self.forgets]
        for _act in range(ACTS_EACH):
            act = self.dice.choice(acts)
            try:
                act()
                self.done[act.__name__] += 1
            except ValidationError:
                pass
        return self.done

    def some(self):
        bookings = list(Booking.objects.select_related("resource__space", "ticket"))
        return self.dice.choice(bookings) if bookings else None

    def redeems(self):
        ticket = self.dice.choice(self.tickets)
        email = f"{ticket.pk % 9}@example.jp"
        visit(ticket, self.dice.choice(self.spaces), day=self.dice.choice(DAYS), email=email)

    def changes(self):
        if booking := self.some():
            change_visit(booking=booking, space=self.dice.choice(self.spaces), day=self.dice.choice(DAYS), now=NOW)

    def cancels(self):
        if booking := self.some():
            cancel(booking=booking, by=self.dice.choice(["person", "space"]), now=NOW)

    def is_moved(self):
        if booking := self.some():
            to = span("12:00", "20:00", self.dice.choice(DAYS))
            move(booking=booking, resource_id=booking.resource_id, span=to, seats=1, by_operator=True, now=NOW)

    def is_missed_and_comes(self):
        if booking := self.some():
            attendance.miss(booking=booking, now=booking.starts_at)
            attendance.undo(booking=booking, now=booking.starts_at)

    def closes(self):
        space, day = self.dice.choice(self.spaces), self.dice.choice(DAYS)
        with transaction.atomic():
            lock_space(space)
            Closure.objects.filter(space=space).delete()
            if self.dice.random() < 0.5:
                Closure.objects.create(space=space, starts_on=day, ends_on=day)
                cancel_misfits(space, now=NOW)

    def leaves(self):
        part = self.dice.choice(list(Participation.objects.select_related("campaign")))
        leave(part=part, now=NOW)
        agree(part=part, seats_a_day=self.dice.choice([3, 4]), by=self.owner, now=NOW)

    def blocks(self):
        ticket = self.dice.choice(self.tickets)
        block(ticket=ticket, reason="?", now=NOW)
        unblock(ticket=ticket)

    def deletes_account(self):
        # One whose deleting met somebody's cancelling at the last moment tries again.
        user = User.objects.filter(email=self.email).first() or make_user(self.email)
        erase(user=user, typed=user.email, now=NOW)

    def forgets(self):
        forget_visitors(now=at("21:00", DAYS[0]) + KEPT)


@pytest.mark.django_db(transaction=True)
def test_crowd_with_tickets_keeps_the_rules_and_never_deadlocks():
    before = deadlocks()
    spaces = [make_resource(make_space(slug), capacity=5).space for slug in ("here", "there", "beyond")]
    campaign = make_campaign(*spaces, visits_in_all=2, visits_at_each=1, seats_a_day=4)
    tickets = [make_ticket(campaign) for _ in range(12)]
    owner = make_owner(spaces[0])
    crowd = [Somebody(number, tickets, spaces, owner) for number in range(6)]

    done, errors = outcomes(at_once(*[one.live_the_day for one in crowd]))

    assert errors == []
    assert deadlocks() == before
    assert {"redeems", "changes", "cancels", "is_moved", "deletes_account"} <= set(sum(done, Counter()))
    for ticket in Ticket.objects.all():
        used = list(ticket.bookings.drawn().values_list("resource__space__slug", flat=True))
        assert len(used) == len(set(used)) <= 2
    taken = Booking.objects.live().values_list("resource__space__slug", "starts_at__date")
    assert max(Counter(taken).values()) <= 4
    held = Ticket.objects.exclude(person_key=None).values_list("person_key", flat=True)
    assert len(held) == len(set(held))
