"""One ticket on many phones, the last seat of a day, and spaces and operators that change their minds meanwhile.

Each act has a connection of its own. What the guard refuses of rows that skip the acts: at the end.
"""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from psycopg2 import IntegrityError

from bookings import attendance
from bookings.cancelling import cancel
from bookings.closing import cancel_misfits, misfits, with_closure
from bookings.models import Booking
from bookings.moving import move
from bookings.redeeming import change_visit
from notices.models import Notice
from spaces.locks import lock_space
from spaces.models import Closure
from spaces.refusing import codes
from tests.factories import TUESDAY, at, make_closure, make_resource, make_space, span
from tests.races.connections import Doing, Raw, at_once, outcomes, raw, run, waits_for_a_lock
from tests.visas.acts import NOW, make_campaign, make_ticket, visit
from visas.issuing import block
from visas.locks import locked_ticket
from visas.models import Participation, Ticket
from visas.taking_part import leave, stop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]

WEDNESDAY, THURSDAY = TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=2)
PHONES = 50


@pytest.fixture
def here():
    return make_resource(make_space("here")).space


@pytest.fixture
def there():
    return make_resource(make_space("there")).space


@pytest.fixture
def campaign(here, there):
    return make_campaign(here, there, visits_in_all=2, visits_at_each=1)


@pytest.fixture
def ticket(campaign) -> Ticket:
    return make_ticket(campaign)


def redeems(ticket, space, day: date = TUESDAY, email: str = "guest@example.jp"):
    return lambda: visit(ticket, space, day=day, email=email)


def changes(booking, space, day: date):
    return lambda: change_visit(booking=booking, space=space, day=day, now=NOW)


def said(errors):
    """The codes of refusals; whatever is no refusal is raised."""
    for error in errors:
        if not isinstance(error, ValidationError):
            raise error
    return [codes(error) for error in errors]


def refused(doing):
    """With what something that was begun beside the test was refused."""
    [found] = said([doing.settle()])
    return found


# One ticket


@pytest.mark.parametrize("attempt", range(3))
def test_ticket_that_is_opened_on_fifty_phones_gives_the_visits_it_may(ticket, here, there, attempt):
    phones = [
        redeems(ticket, here if number % 2 else there, TUESDAY + timedelta(days=number % 7)) for number in range(PHONES)
    ]

    booked, errors = outcomes(at_once(*phones))

    assert sorted(one.resource.space.slug for one in booked) == ["here", "there"]
    assert set().union(*said(errors)) <= {"visits_here_used", "visits_used", "overlaps_own"}
    assert Booking.objects.count() == 2
    assert Notice.objects.filter(kind="booking.confirmed").count() == 2


def test_two_persons_with_one_ticket_at_once(ticket, here, there):
    for day in range(5):
        later, fresh = WEDNESDAY + timedelta(days=day), make_ticket(ticket.campaign)
        persons = (
            redeems(fresh, here, later, f"a{day}@example.jp"),
            redeems(fresh, there, later, f"b{day}@example.jp"),
        )

        booked, errors = outcomes(at_once(*persons))

        assert (len(booked), said(errors)) == (1, [{"held_by_another"}])
        fresh.refresh_from_db()
        assert fresh.email == booked[0].person


def test_person_with_two_tickets_of_a_campaign_uses_one(campaign, here, there):
    for day in range(5):
        later, email = WEDNESDAY + timedelta(days=day), f"{day}@example.jp"
        first, second = make_ticket(campaign), make_ticket(campaign)

        booked, errors = outcomes(at_once(redeems(first, here, later, email), redeems(second, there, later, email)))

        assert (len(booked), said(errors)) == (1, [{"one_a_person"}])
        assert Ticket.objects.filter(pk__in=[first.pk, second.pk], person_key__isnull=False).count() == 1


def test_second_phone_waits_for_the_first_and_has_the_visit_when_that_comes_to_nothing(ticket, here):
    with transaction.atomic():
        redeems(ticket, here)()
        second = Doing(redeems(ticket, here, email="other@example.jp"))
        waits_for_a_lock()
        transaction.set_rollback(True)

    assert second.result().person == "other@example.jp"


def test_last_seat_that_a_campaign_has_on_a_day_is_given_once(campaign, here):
    for day in range(4):
        later = WEDNESDAY + timedelta(days=day)
        Participation.objects.filter(space=here).update(seats_a_day=2)
        crowd = [redeems(make_ticket(campaign), here, later, f"{day}.{number}@example.jp") for number in range(8)]

        booked, errors = outcomes(at_once(*crowd))

        assert len(booked) == 2
        assert said(errors) == [{"no_seat_that_day"}] * 6


# Meanwhile


def test_space_that_closes_a_day_renews_the_ticket_that_was_redeemed_just_before(ticket, here):
    with transaction.atomic():
        booked = redeems(ticket, here, WEDNESDAY)()
        closing = Doing(closes(here, WEDNESDAY))
        waits_for_a_lock()

    assert closing.result() == 1
    booked.refresh_from_db()
    assert booked.cancelled_by == "space"
    assert visit(ticket, here, day=THURSDAY)


def test_who_redeems_on_a_day_that_is_being_closed_reads_that_it_is(ticket, here):
    with transaction.atomic():
        closes(here, WEDNESDAY)()
        phone = Doing(redeems(ticket, here, WEDNESDAY))
        waits_for_a_lock()

    assert refused(phone) == {"closed"}
    assert not Booking.objects.exists()


def test_closing_a_day_and_redeeming_at_once_leaves_nobody_before_a_closed_door(campaign, here):
    for day in range(4):
        later = WEDNESDAY + timedelta(days=day)
        crowd = [redeems(make_ticket(campaign), here, later, f"{day}.{number}@example.jp") for number in range(3)]

        booked, errors = outcomes(at_once(*crowd, closes(here, later)))

        assert set().union(*said(errors)) <= {"closed"}
        assert not Booking.objects.live().filter(starts_at__date=later).exists()
        assert len(booked) == 1 + Booking.objects.filter(starts_at__date=later, cancelled_by="space").count()


def closes(space, day):
    """A space closes a day, as its admin does, and cancels what was booked."""

    @transaction.atomic
    def act():
        lock_space(space)
        Closure.objects.create(space=space, starts_on=day, ends_on=day)
        return cancel_misfits(space, now=NOW)

    return act


@pytest.mark.parametrize(("what", "reason"), [("leave", "not_taking_part"), ("stop", "stopped"), ("block", "blocked")])
def test_who_redeems_meanwhile_waits_and_is_told(ticket, here, what, reason):
    acts = {
        "leave": lambda: leave(part=Participation.objects.get(space=here), now=NOW),
        "stop": lambda: stop(campaign=ticket.campaign, now=NOW),
        "block": lambda: block(ticket=ticket, reason="", now=NOW),
    }
    with transaction.atomic():
        acts[what]()
        phone = Doing(redeems(ticket, here))
        waits_for_a_lock()
    assert refused(phone) == {reason}

    another = make_ticket(make_campaign(here))
    acts = {
        "leave": lambda: leave(part=Participation.objects.get(space=here, campaign=another.campaign), now=NOW),
        "stop": lambda: stop(campaign=another.campaign, now=NOW),
        "block": lambda: block(ticket=another, reason="", now=NOW),
    }
    with transaction.atomic():
        booked = redeems(another, here)()
        operator = Doing(acts[what])
        waits_for_a_lock()
    operator.result()
    booked.refresh_from_db()
    assert booked.is_live, "what was redeemed before stays"


# Moving a visit


def test_visits_that_change_places_at_once_never_wait_for_each_other_for_ever(campaign, here, there):
    mine, yours = make_ticket(campaign), make_ticket(campaign)
    for day in range(1, 6):
        first = visit(mine, here, day=TUESDAY + timedelta(days=day), email="a@example.jp")
        second = visit(yours, there, day=TUESDAY + timedelta(days=day), email="b@example.jp")
        fresh = make_ticket(campaign)
        crowd = [
            changes(first, there, TUESDAY + timedelta(days=day)),
            changes(second, here, TUESDAY + timedelta(days=day)),
            redeems(fresh, here, TUESDAY + timedelta(days=day), f"{day}c@example.jp"),
            redeems(fresh, there, TUESDAY + timedelta(days=day + 10), f"{day}c@example.jp"),
        ]

        done, errors = outcomes(at_once(*crowd))

        assert (len(done), said(errors)) == (4, [])
        for one in (first, second):
            cancel(booking=one, by="person", now=NOW)


def test_first_seat_is_free_for_the_next_only_when_the_visit_has_moved(campaign, ticket, here, there):
    Participation.objects.update(seats_a_day=1)
    booking, another = visit(ticket, here, day=WEDNESDAY), make_ticket(campaign)
    with transaction.atomic():
        changes(booking, there, WEDNESDAY)()
        phone = Doing(redeems(another, here, WEDNESDAY, "other@example.jp"))
        waits_for_a_lock()
        transaction.set_rollback(True)
    assert refused(phone) == {"no_seat_that_day"}

    with transaction.atomic():
        changes(booking, there, WEDNESDAY)()
        phone = Doing(redeems(another, here, WEDNESDAY, "other@example.jp"))
        waits_for_a_lock()
    assert phone.result().resource.space == here


def test_two_tabs_move_one_visit_and_it_is_in_one_place(ticket, here, there):
    booking = visit(ticket, here, day=WEDNESDAY)

    done, errors = outcomes(at_once(changes(booking, there, THURSDAY), changes(booking, here, THURSDAY)))

    assert said(errors) == []
    assert len(done) == 2
    assert (Booking.objects.get().sequence, Booking.objects.get().ticket) == (2, ticket)


def test_visit_that_another_tab_has_moved_is_not_taken_from_a_closing_that_found_it(ticket, here, there):
    booking = visit(ticket, here, day=WEDNESDAY)
    seen_before = Booking.objects.select_related("ticket").get()
    changes(booking, there, WEDNESDAY)()

    with transaction.atomic():
        lock_space(there)
        calendar = with_closure(make_closure(there, WEDNESDAY))
        assert misfits(there, calendar, now=NOW) == [booking]
        tab = Doing(changes(seen_before, here, THURSDAY))
        waits_for_a_lock()
        cancel(booking=booking, by="space", now=NOW)

    assert refused(tab) == {"not_live"}


def test_visit_that_moves_while_its_space_closes_is_moved_or_given_back(campaign, here, there):
    for day in range(1, 6):
        later, ticket = TUESDAY + timedelta(days=day), make_ticket(campaign)
        booking = visit(ticket, here, day=later, email=f"{day}@example.jp")

        done, errors = outcomes(at_once(changes(booking, there, later), closes(here, later)))

        booking.refresh_from_db()
        if booking.cancelled_at:
            assert said(errors) == [{"not_live"}]
        else:
            assert (booking.resource.space, errors) == (there, [])
        assert done


def test_ticket_that_moves_and_is_redeemed_at_once_is_not_over_used(campaign, here, there):
    for day in range(1, 6):
        later, ticket, email = TUESDAY + timedelta(days=day), make_ticket(campaign), f"{day}@example.jp"
        booking = visit(ticket, here, day=later, email=email)

        _done, errors = outcomes(
            at_once(
                changes(booking, there, later + timedelta(days=7)),
                redeems(ticket, there, later + timedelta(days=8), email),
                redeems(ticket, here, later + timedelta(days=9), email),
            )
        )

        assert set().union(*said(errors)) <= {"visits_here_used", "visits_used"}
        used = list(ticket.bookings.drawn().values_list("resource__space__slug", flat=True))
        assert sorted(used) in (["here", "there"], ["there"])


# What an operator does takes campaign and ticket first, as the guard would take them with the resource in its hand


@pytest.mark.parametrize("what", ["undo", "move"])
def test_operator_waits_for_who_redeems_before_taking_a_seat(campaign, ticket, here, what):
    booking = visit(ticket, here)
    if what == "undo":
        attendance.miss(booking=booking, now=at("12:00"))
    with raw(1) as [other], transaction.atomic():
        locked_ticket(ticket)
        doing = Doing(operators_act(what, booking, TUESDAY))
        waits_for_a_lock()
        # Nobody holds the seats: who redeems, and holds the ticket, takes them next.
        run(other, "SELECT id FROM spaces_resource WHERE id = %s FOR NO KEY UPDATE NOWAIT", booking.resource_id)
        other.rollback()
    assert doing.result().is_live


def operators_act(what, booking, day):
    """Taking “did not come” back, or letting a visit begin later."""
    if what == "undo":
        return lambda: attendance.undo(booking=booking, now=at("12:05", day))
    later = span("12:00", "20:00", day)
    return lambda: move(
        booking=booking, resource_id=booking.resource_id, span=later, seats=1, by_operator=True, now=NOW
    )


@pytest.mark.parametrize("what", ["undo", "move"])
def test_operator_and_visitors_at_once(campaign, here, what):
    for day in (TUESDAY + timedelta(days=ahead) for ahead in range(1, 5)):
        booking = visit(make_ticket(campaign), here, day=day, email=f"{day}@example.jp")
        if what == "undo":
            attendance.miss(booking=booking, now=at("12:00", day))
        crowd = [redeems(make_ticket(campaign), here, day, f"{day}.{number}@example.jp") for number in range(4)]

        _done, errors = outcomes(at_once(operators_act(what, booking, day), *crowd))

        assert said(errors) == [{"no_seat_that_day"}] * 2
        assert Booking.objects.live().filter(starts_at__date=day).count() == 3


def test_seat_of_who_did_not_come_may_be_gone_when_that_is_taken_back(campaign, ticket, here):
    Participation.objects.update(seats_a_day=1)
    booking = attendance.miss(booking=visit(ticket, here), now=at("12:00"))
    with transaction.atomic():
        visit(make_ticket(campaign), here, email="other@example.jp", now=at("12:01"))
        desk = Doing(lambda: attendance.undo(booking=booking, now=at("12:02")))
        waits_for_a_lock()

    assert refused(desk) == {"no_seat_that_day"}


# Rows that skip the acts

INSERT = """
INSERT INTO bookings_booking (reference, resource_id, starts_at, ends_at, seats, name, person, basis, price, booked_at,
    checked_in_at, cancelled_by, cancellation_fee, check_out_estimated, sequence, holds_seat, is_exclusive, ticket_id)
VALUES (%s, %s, %s, %s, 1, '', %s, 'ticket', 0, now(), NULL, '', 0, false, 0, true, false, %s)
"""


def inserts(conn: Raw, ticket: Ticket, space, day: date = TUESDAY) -> None:
    inserts.number += 1
    values = [f"RAW{inserts.number}", space.resources.get().pk, at("10:00", day), at("20:00", day)]
    run(conn, INSERT, *values, f"{inserts.number}@example.jp", ticket.pk)


inserts.number = 0


def refused_by(doing: Doing) -> str:
    error = doing.settle()
    assert isinstance(error, IntegrityError), error
    return error.diag.constraint_name


@pytest.mark.parametrize(
    ("in_all", "at_each", "name"), [(1, 9, "ticket_visits_in_all"), (9, 1, "ticket_visits_at_each")]
)
def test_second_raw_visit_waits_for_the_first_and_is_counted_with_it(here, there, in_all, at_each, name):
    ticket = make_ticket(make_campaign(here, there, visits_in_all=in_all, visits_at_each=at_each))
    with raw(2) as [first, second]:
        inserts(first, ticket, here)
        doing = Doing(lambda: inserts(second, ticket, here, WEDNESDAY))
        waits_for_a_lock(second)
        first.commit()
        assert refused_by(doing) == name
    assert Booking.objects.count() == 1


def test_raw_visits_at_two_spaces_wait_for_the_ticket_too(here, there):
    ticket = make_ticket(make_campaign(here, there, visits_in_all=1, visits_at_each=1))
    with raw(2) as [first, second]:
        inserts(first, ticket, here)
        doing = Doing(lambda: inserts(second, ticket, there, WEDNESDAY))
        waits_for_a_lock(second)
        first.commit()
        assert refused_by(doing) == "ticket_visits_in_all"


def test_raw_visit_goes_through_when_the_first_comes_to_nothing(here):
    ticket = make_ticket(make_campaign(here))
    with raw(2) as [first, second]:
        inserts(first, ticket, here)
        doing = Doing(lambda: inserts(second, ticket, here, WEDNESDAY))
        waits_for_a_lock(second)
        first.rollback()
        doing.result()
        second.commit()
    assert Booking.objects.count() == 1


def test_raw_visits_by_two_tickets_are_counted_on_the_day(here):
    campaign = make_campaign(here, seats_a_day=1)
    # Both before: who issues waits for who draws on the campaign.
    tickets = [make_ticket(campaign) for _ in range(2)]
    with raw(2) as [first, second]:
        inserts(first, tickets[0], here)
        doing = Doing(lambda: inserts(second, tickets[1], here))
        waits_for_a_lock(second)
        first.commit()
        assert refused_by(doing) == "ticket_seats_a_day"


def test_visit_that_is_redeemed_waits_for_a_raw_one_and_is_refused_politely(ticket, here, there):
    with raw(1) as [other]:
        inserts(other, ticket, here)
        phone = Doing(redeems(ticket, here, WEDNESDAY))
        waits_for_a_lock()
        other.commit()
        assert refused(phone) == {"visits_here_used"}


def test_guard_counts_under_read_committed_only(ticket, here):
    make_closure(here, WEDNESDAY)
    with raw(1) as [other]:
        other.set_session(isolation_level="REPEATABLE READ")
        with pytest.raises(Exception, match="READ COMMITTED"):
            inserts(other, ticket, here)
