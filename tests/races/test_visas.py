"""The last free day of a visa from two tabs or two desks, and memberships that end while their visa is being used.

Each act has a connection of its own. What the guard refuses of rows that skip the acts: at the end.
"""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from psycopg2 import IntegrityError

from bookings.booking import book
from bookings.cancelling import cancel
from bookings.closing import cancel_misfits, check_capacity
from bookings.erasing import erase
from bookings.models import Booking
from bookings.moving import move
from bookings.revoking import reissue, revoke
from bookings.uncovered import change_plan, end, pause
from bookings.visa_at_desk import admit
from spaces.locks import lock_space
from spaces.models import Closure, Resource
from spaces.refusing import codes
from tests.factories import (
    TUESDAY,
    at,
    make_membership,
    make_plan,
    make_resource,
    make_space,
    make_user,
    span,
)
from tests.races.connections import Doing, Raw, at_once, outcomes, raw, run, waits_for_a_lock
from tests.visas.acts import NOW, make_campaign, make_ticket, visit
from visas.locks import locked_visa
from visas.models import Terms, Visa
from visas.offering import write_terms
from visas.showing import look_up

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]

DAY = timedelta(days=1)
DAYS = [TUESDAY + ahead * DAY for ahead in range(1, 7)]
DECEMBER = date(2026, 12, 1)


@pytest.fixture
def home():
    space = make_space("home", renewal_day=1)
    seats = make_resource(space)
    make_plan(space, seats, kind="free_pass", price=9000, grants_visa=True)
    make_plan(space, seats, kind="monthly", price=5000)
    make_plan(space, seats, kind="free", price=0, grants_visa=True)
    return space


@pytest.fixture
def host():
    """A host that sells no drop-in, with two rooms full of seats: who books in one does not wait for the other."""
    space = make_space("host")
    for number in range(2):
        make_resource(space, position=number)
    return space


@pytest.fixture
def other():
    return make_resource(make_space("other")).space


@pytest.fixture
def member():
    return make_user("member@example.jp")


@pytest.fixture
def membership(member, home):
    return make_membership(member, home.plans.get(kind="free_pass"))


@pytest.fixture
def visa(membership) -> Visa:
    return Visa.objects.get(membership=membership)


@pytest.fixture
def operator():
    return make_user("operator@example.jp")


def seats_of(space, number=0) -> Resource:
    return space.resources.order_by("position", "pk")[number]


def books(user, seats, day=TUESDAY, starts="11:00", ends="13:00"):
    return lambda: book(user=user, space=seats.space, resource_id=seats.pk, span=span(starts, ends, day), now=NOW)


def moves(booking, day, *, by_operator=False):
    return lambda: move(
        booking=booking,
        resource_id=booking.resource_id,
        span=span("11:00", "13:00", day),
        seats=1,
        by_operator=by_operator,
        now=NOW,
    )


def cancels(booking, by="person"):
    return lambda: cancel(booking=booking, by=by, now=NOW)


def said(errors):
    """The codes of refusals; whatever is no refusal is raised."""
    for error in errors:
        if not isinstance(error, ValidationError):
            raise error
        assert all(error.messages)
    return [codes(error) for error in errors]


def refused(doing: Doing) -> set[str]:
    return said([doing.settle()])[0]


def free_days(visa) -> list[date]:
    """The days that are used, at all hosts."""
    drawn = Booking.objects.drawn().filter(visa=visa, price=0).order_by("starts_at")
    return [one.starts_at.astimezone(one.resource.space.zone).date() for one in drawn.select_related("resource__space")]


# The last free day


def test_last_free_day_is_given_to_one_of_two_tabs(member, visa, host):
    for first in (DAYS[0], DECEMBER, date(2027, 1, 4)):
        for ahead in range(2):
            books(member, seats_of(host), first + ahead * DAY)()
        tabs = [books(member, seats_of(host, number), first + (2 + number) * DAY) for number in range(2)]

        booked, errors = outcomes(at_once(*tabs))

        assert (len(booked), said(errors)) == (1, [{"visa_days_used"}])
    assert len(set(free_days(visa))) == 9


def test_second_tab_waits_for_the_first_and_has_the_day_when_that_comes_to_nothing(member, visa, host):
    Terms.objects.create(space=host, days_free=3)
    for day in DAYS[:2]:
        books(member, seats_of(host), day)()
    with transaction.atomic():
        books(member, seats_of(host), DAYS[2])()
        tab = Doing(books(member, seats_of(host, 1), DAYS[3]))
        waits_for_a_lock()
        transaction.set_rollback(True)
    assert tab.result().visa == visa


def test_twenty_tabs_take_three_days(member, visa, host):
    tabs = [books(member, seats_of(host, number % 2), DECEMBER + number * DAY) for number in range(20)]

    booked, errors = outcomes(at_once(*tabs))

    assert (len(booked), said(errors)) == (3, [{"visa_days_used"}] * 17)
    assert len(set(free_days(visa))) == 3


def test_twenty_tabs_at_two_hosts_take_three_days_of_each(member, visa, host, other):
    spaces = (seats_of(host), seats_of(other))
    tabs = [books(member, spaces[number % 2], DECEMBER + number * DAY) for number in range(20)]

    booked, errors = outcomes(at_once(*tabs))

    assert (len(booked), said(errors)) == (6, [{"visa_days_used"}] * 14)
    assert [sum(one.resource == seats for one in booked) for seats in spaces] == [3, 3]


def test_many_bookings_of_one_day_at_once_are_one_day(member, visa, host):
    tabs = [books(member, seats_of(host, hour % 2), DAYS[0], f"{hour}:00", f"{hour + 1}:00") for hour in range(10, 20)]

    booked, errors = outcomes(at_once(*tabs))

    assert (len(booked), errors) == (10, [])
    assert set(free_days(visa)) == {DAYS[0]}


def test_two_desks_of_a_host_let_somebody_in_once(member, visa, host, operator):
    showing = look_up(visa.number, by=operator, now=at("11:00"))

    def lets_in():
        return admit(showing=showing, space=host, by=operator, now=at("11:00"))

    done, errors = outcomes(at_once(lets_in, lets_in, lets_in))

    assert (len({one.pk for one in done}), errors) == (1, [])
    assert free_days(visa) == [TUESDAY]


def test_desks_of_two_spaces_give_the_last_day_of_each_and_the_person_has_one_seat(member, visa, host, other, operator):
    for space, hour in ((host, 11), (other, 14)):
        for day in DAYS[:2]:
            books(member, seats_of(space), day, f"{hour}:00", f"{hour + 1}:00")()
    showing = look_up(visa.number, by=operator, now=at("11:00"))

    def lets_in(space):
        return lambda: admit(showing=showing, space=space, by=operator, now=at("11:00"))

    done, errors = outcomes(at_once(lets_in(host), lets_in(other)))

    assert (len(done), said(errors)) == (1, [{"visitor_elsewhere"}])
    assert free_days(visa).count(TUESDAY) == 1


def test_desk_and_phone_share_the_last_day(member, visa, host, operator):
    for day in DAYS[:2]:
        books(member, seats_of(host), day)()
    showing = look_up(visa.number, by=operator, now=at("11:00"))

    done, errors = outcomes(
        at_once(
            lambda: admit(showing=showing, space=host, by=operator, now=at("11:00")),
            books(member, seats_of(host, 1), DAYS[3]),
        )
    )

    assert (len(done), len(said(errors))) == (1, 1)
    assert len(set(free_days(visa))) == 3


def test_visit_that_moves_and_one_that_is_booked_share_the_last_day_of_a_month(member, visa, host):
    for year in (2026, 2027):
        month = date(year, 12, 1) if year == 2026 else date(2027, 1, 3)
        for ahead in range(2):
            books(member, seats_of(host), month + ahead * DAY)()
        away = books(member, seats_of(host, 1), DAYS[0 if year == 2026 else 1])()

        done, errors = outcomes(at_once(moves(away, month + 3 * DAY), books(member, seats_of(host), month + 5 * DAY)))

        assert (len(done), said(errors)) == (1, [{"visa_days_used"}])
        assert sum((day.year, day.month) == (month.year, month.month) for day in free_days(visa)) == 3


def test_host_that_writes_other_terms_gives_what_it_gave_or_what_it_gives(member, visa, host):
    Terms.objects.create(space=host, days_free=5)
    for day in DAYS[:3]:
        books(member, seats_of(host), day)()

    def writes():
        return write_terms(space=host, by=None, now=NOW, days_free=3)

    tabs = [books(member, seats_of(host, number % 2), DAYS[3] + number * DAY) for number in range(3)]
    _done, errors = outcomes(at_once(writes, *tabs))

    # The sentence of the quote, or the guard's where the terms changed between the quote and the row.
    assert set().union(*said(errors)) <= {"visa_days_used", "visa_no_day_left"}
    assert 3 <= len(set(free_days(visa))) <= 5


# A membership that ends, rests or changes, or a visa that is revoked, while it is being used


def ends(membership, operator):
    return end(membership=membership, last=date(2026, 11, 30), by=operator, by_operator=True, now=NOW)


def rests(membership, operator):
    return pause(membership=membership, first=DECEMBER, last=None, by=operator, by_operator=True, now=NOW)


def changes(membership, operator):
    plain = membership.space.plans.get(kind="monthly")
    return change_plan(membership=membership, plan=plain, day=DECEMBER, by=operator, by_operator=True, now=NOW)


def revokes(membership, operator):
    return revoke(visa=membership.visa, by=operator, reason="?", now=NOW)


WHAT = [(ends, "visa_ends"), (rests, "visa_rests"), (changes, "visa_not_granted"), (revokes, "visa_revoked")]


@pytest.mark.parametrize(("what", "reason"), WHAT)
def test_who_books_meanwhile_waits_and_is_told(membership, member, visa, host, operator, what, reason):
    # The visa was seen good before; the act is done by then.
    with transaction.atomic():
        what(membership, operator)
        phone = Doing(books(member, seats_of(host), date(2026, 12, 3)))
        waits_for_a_lock()

    assert reason in refused(phone)
    assert not Booking.objects.exists()


@pytest.mark.parametrize(("what", "reason"), WHAT)
def test_visit_that_was_booked_just_before_falls(membership, member, visa, host, operator, what, reason):
    with transaction.atomic():
        booking = books(member, seats_of(host), date(2026, 12, 3))()
        doing = Doing(lambda: what(membership, operator))
        waits_for_a_lock()

    assert doing.result() == [booking]
    booking.refresh_from_db()
    assert (booking.cancelled_by, booking.cancelled_late) == ("space", False)


@pytest.mark.parametrize(("what", "reason"), WHAT)
def test_visit_that_moves_to_such_a_day_just_before_falls(membership, member, visa, host, operator, what, reason):
    booking = books(member, seats_of(host), DAYS[0])()
    with transaction.atomic():
        moves(booking, date(2026, 12, 3))()
        doing = Doing(lambda: what(membership, operator))
        waits_for_a_lock()

    assert doing.result() == [booking]


@pytest.mark.parametrize(("what", "reason"), WHAT)
def test_visit_that_moves_meanwhile_waits_and_is_told(membership, member, visa, host, operator, what, reason):
    booking = books(member, seats_of(host), DAYS[0])()
    with transaction.atomic():
        what(membership, operator)
        phone = Doing(moves(booking, date(2026, 12, 3)))
        waits_for_a_lock()

    assert refused(phone) & {reason, "not_live"}


@pytest.mark.parametrize(("what", "reason"), WHAT)
def test_visit_that_is_cancelled_just_before_is_no_reason_against_the_act(
    membership, member, visa, host, operator, what, reason
):
    booking, another = (books(member, seats_of(host), day)() for day in (date(2026, 12, 3), date(2026, 12, 4)))
    with transaction.atomic():
        cancels(booking)()
        doing = Doing(lambda: what(membership, operator))
        waits_for_a_lock()

    assert doing.result() == [another]
    booking.refresh_from_db()
    assert booking.cancelled_by == "person"


@pytest.mark.parametrize(("what", "reason"), WHAT)
def test_everything_at_once_leaves_no_visit_that_the_membership_does_not_cover(
    home, host, other, operator, what, reason
):
    for number in range(4):
        person = make_user(f"{number}@example.jp")
        membership = make_membership(person, home.plans.get(kind="free_pass"))
        soon = books(person, seats_of(host), DAYS[0])()
        late = books(person, seats_of(other), DECEMBER + 6 * DAY)()
        crowd = [
            books(person, seats_of(host, 1), DECEMBER + 2 * DAY),
            books(person, seats_of(other), DECEMBER + 3 * DAY),
            books(person, seats_of(home), DECEMBER + 4 * DAY),
            moves(soon, DECEMBER + 5 * DAY),
            cancels(late),
            lambda membership=membership: what(membership, operator),
        ]

        _done, errors = outcomes(at_once(*crowd))

        hard = {"not_live", reason, "no_drop_in", "plan_ends", "plan_rests"}
        assert set().union(*said(errors)) <= hard
        left = Booking.objects.live().filter(user=person, visa__isnull=False, starts_at__gte=at("00:00", DECEMBER))
        assert not left.exists()


# Deadlocks, both ways round


def test_closing_passes_over_a_visit_that_the_end_of_a_membership_has_cancelled(
    membership, member, visa, host, operator
):
    booking = books(member, seats_of(host), DECEMBER)()
    with transaction.atomic():
        ends(membership, operator)
        closing = Doing(closes(host, DECEMBER))
        waits_for_a_lock()

    assert closing.result() == 0
    booking.refresh_from_db()
    assert booking.cancelled_by == "space"


def test_member_who_books_at_home_and_away_while_the_membership_ends(membership, member, visa, home, host, operator):
    for number in range(4):
        crowd = [
            books(member, seats_of(home), DAYS[number], "10:00", "11:00"),
            books(member, seats_of(host), DAYS[number], "12:00", "13:00"),
            lambda number=number: end(
                membership=membership,
                last=date(2027, 3, 31) - number * DAY,
                by=operator,
                by_operator=True,
                now=NOW,
            ),
            books(member, seats_of(host, 1), DAYS[number], "14:00", "15:00"),
        ]

        done, errors = outcomes(at_once(*crowd))

        assert set().union(*said(errors)) <= {"visa_days_used"}
        assert done


def closes(space, day):
    """A space closes a day, as its admin does, and cancels what was booked."""

    @transaction.atomic
    def act():
        lock_space(space)
        Closure.objects.create(space=space, starts_on=day, ends_on=day)
        return cancel_misfits(space, now=NOW)

    return act


def has_fewer_seats(seats, capacity):
    @transaction.atomic
    def act():
        check_capacity(seats, capacity, now=NOW)
        Resource.objects.filter(pk=seats.pk).update(capacity=capacity)

    return act


def test_host_that_closes_or_loses_seats_while_visits_are_booked_moved_and_ended(home, host, operator):
    for number in range(4):
        day = DECEMBER + (number * 7) * DAY
        people = [make_user(f"{number}.{each}@example.jp") for each in range(3)]
        memberships = [make_membership(person, home.plans.get(kind="free_pass")) for person in people]
        visits = [books(person, seats_of(host), day)() for person in people]
        crowd = [
            closes(host, day),
            has_fewer_seats(seats_of(host), 9 - number),
            moves(visits[0], day + DAY),
            moves(visits[1], day + 2 * DAY, by_operator=True),
            lambda each=memberships[2]: ends(each, operator),
            books(people[0], seats_of(host), day, "15:00", "16:00"),
            books(people[1], seats_of(host, 1), day + 3 * DAY),
        ]

        done, errors = outcomes(at_once(*crowd))

        assert set().union(*said(errors)) <= {"closed", "not_live", "visa_ends", "no_drop_in"}
        assert len(done) >= 3
        assert not Booking.objects.live().filter(resource__space=host, starts_at__date=day).exists()


def test_tickets_and_visas_meet_at_one_resource(home, other):
    Resource.objects.filter(space=other).update(capacity=4)
    campaign = make_campaign(other, visits_in_all=9, visits_at_each=9, seats_a_day=4)
    for number in range(4):
        day = DAYS[number]
        people = [make_user(f"{number}.{each}@example.jp") for each in range(4)]
        for person in people:
            make_membership(person, home.plans.get(kind="free_pass"))
        tickets = [make_ticket(campaign) for _ in range(4)]
        crowd = [books(person, seats_of(other), day, "10:00", "20:00") for person in people] + [
            lambda ticket=ticket, each=each, day=day, number=number: visit(
                ticket, other, day=day, email=f"guest{number}.{each}@example.jp"
            )
            for each, ticket in enumerate(tickets)
        ]

        booked, errors = outcomes(at_once(*crowd))

        assert len(booked) == 4
        assert all(said(errors))


def test_members_of_each_others_spaces_visit_each_other_while_both_leave(home, operator):
    twin = make_space("twin", renewal_day=1)
    make_plan(twin, make_resource(twin), kind="free_pass", price=9000, grants_visa=True)
    for number in range(4):
        here, there = (make_user(f"{number}.{name}@example.jp") for name in ("here", "there"))
        ours = make_membership(here, home.plans.get(kind="free_pass"))
        theirs = make_membership(there, twin.plans.get(kind="free_pass"))
        books(here, seats_of(twin), DECEMBER)()
        books(there, seats_of(home), DECEMBER)()
        crowd = [
            books(here, seats_of(twin), DECEMBER + DAY),
            books(there, seats_of(home), DECEMBER + DAY),
            lambda each=ours: ends(each, operator),
            lambda each=theirs: ends(each, operator),
            lambda each=ours: reissue(visa=each.visa, by=operator, now=NOW),
        ]

        _done, errors = outcomes(at_once(*crowd))

        assert set().union(*said(errors)) <= {"visa_ends", "no_drop_in"}
    assert not Booking.objects.live().exists()


def test_person_with_two_homes_uses_both_visas_while_one_ends(membership, member, visa, host, operator):
    twin = make_space("twin", renewal_day=1)
    make_plan(twin, make_resource(twin), kind="free_pass", price=9000, grants_visa=True)
    make_membership(member, twin.plans.get())
    tabs = [books(member, seats_of(host, number % 2), DECEMBER + number * DAY) for number in range(9)]

    done, errors = outcomes(at_once(*tabs, lambda: ends(membership, operator)))

    assert set().union(*said(errors)) <= {"visa_days_used", "visa_ends"}
    drawn = Booking.objects.live().values_list("visa__membership__space__slug", flat=True)
    assert sorted(drawn) == ["twin"] * 3
    assert len(done) >= 4


def test_account_that_is_deleted_while_its_visa_is_used_leaves_no_visit(home, host):
    for number in range(3):
        person = make_user(f"{number}@example.jp")
        make_membership(person, home.plans.get(kind="free"), starts_on=TUESDAY)
        books(person, seats_of(host), DAYS[0])()
        crowd = [
            books(person, seats_of(host, 1), DAYS[1]),
            books(person, seats_of(host), DAYS[2]),
            lambda person=person: erase(user=person, typed=person.email, now=NOW),
        ]

        _done, errors = outcomes(at_once(*crowd))

        assert set().union(*said(errors)) <= {"no_drop_in", "visa_ended", "visa_ends"}
    assert not Booking.objects.live().exists()


# Rows that skip the acts

INSERT = """
INSERT INTO bookings_booking (reference, resource_id, starts_at, ends_at, seats, name, person, user_id, basis, price,
    booked_at, cancelled_by, cancellation_fee, check_out_estimated, sequence, holds_seat, is_exclusive, visa_id)
VALUES (%s, %s, %s, %s, 1, '', %s, %s, 'visa', 0, now(), '', 0, false, 0, true, false, %s)
"""


def inserts(conn: Raw, visa: Visa, seats: Resource, day: date) -> None:
    values = [f"RAW{day:%m%d}{seats.pk}", seats.pk, at("11:00", day), at("13:00", day)]
    run(conn, INSERT, *values, "member@example.jp", visa.membership.user_id, visa.pk)


def refused_by(doing: Doing) -> str:
    error = doing.settle()
    assert isinstance(error, IntegrityError), error
    return error.diag.constraint_name


@pytest.mark.parametrize("commits", [True, False])
def test_raw_visit_on_the_last_day_waits_for_the_one_before(member, visa, host, commits):
    for day in DAYS[:2]:
        books(member, seats_of(host), day)()
    with raw(2) as [first, second]:
        inserts(first, visa, seats_of(host), DAYS[2])
        doing = Doing(lambda: inserts(second, visa, seats_of(host, 1), DAYS[3]))
        waits_for_a_lock(second)
        if commits:
            first.commit()
            assert refused_by(doing) == "visa_days_a_month"
        else:
            first.rollback()
            doing.result()
            second.commit()
    assert len(set(free_days(visa))) == 3


@pytest.mark.parametrize(("what", "reason"), WHAT)
def test_raw_visit_waits_for_what_becomes_of_the_membership(membership, visa, host, operator, what, reason):
    with raw(1) as [other]:
        with transaction.atomic():
            what(membership, operator)
            doing = Doing(lambda: inserts(other, visa, seats_of(host), date(2026, 12, 3)))
            waits_for_a_lock(other)
        assert refused_by(doing) == "visa_of_an_active_membership"


def test_booking_waits_for_a_raw_visit_and_is_refused_politely(member, visa, host):
    for day in DAYS[:2]:
        books(member, seats_of(host), day)()
    with raw(1) as [other]:
        inserts(other, visa, seats_of(host), DAYS[2])
        phone = Doing(books(member, seats_of(host, 1), DAYS[3]))
        waits_for_a_lock()
        other.commit()
        assert refused(phone) == {"visa_days_used"}


def test_who_waits_for_a_visa_holds_no_seats(member, visa, host):
    """Else who holds the visa and wants the seats next would wait for ever."""
    seats = seats_of(host)
    with raw(1) as [other], transaction.atomic():
        locked_visa(visa)
        phone = Doing(books(member, seats))
        waits_for_a_lock()
        run(other, "SELECT id FROM spaces_resource WHERE id = %s FOR NO KEY UPDATE NOWAIT", seats.pk)
        other.rollback()
    assert phone.result().visa == visa


def test_guard_counts_under_read_committed_only(visa, host):
    with raw(1) as [other]:
        other.set_session(isolation_level="REPEATABLE READ")
        with pytest.raises(Exception, match="READ COMMITTED"):
            inserts(other, visa, seats_of(host), DAYS[0])
