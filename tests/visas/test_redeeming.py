"""A visit by ticket: at most as many as the campaign gives, moved, cancelled by either side."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from billing.models import Charge
from bookings.attendance import miss
from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.redeeming import change_visit, good_until
from notices.models import Notice
from spaces.refusing import codes
from tests.factories import TUESDAY, at, make_booking, make_closure, make_resource, make_space
from tests.visas.acts import ENDS, NOW, make_campaign, make_ticket, visit
from visas.models import Participation, Ticket
from visas.taking_part import leave

WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def here(db):
    return make_resource(make_space("here", opens="10:00", closes="20:00")).space


@pytest.fixture
def there(db):
    return make_resource(make_space("there", opens="12:00", closes="18:00")).space


@pytest.fixture
def ticket(here, there) -> Ticket:
    return make_ticket(make_campaign(here, there, visits_in_all=2, visits_at_each=1))


def refused(act, *args, **asked):
    with pytest.raises(ValidationError) as caught:
        act(*args, **asked)
    return codes(caught.value)


def test_visit_holds_a_seat_for_the_day_costs_nothing_and_is_told(ticket, here):
    booking = visit(ticket, here)

    assert (booking.starts_at, booking.ends_at) == (at("10:00"), at("20:00"))
    assert (booking.basis, booking.price, booking.seats, booking.ticket) == ("ticket", 0, 1, ticket)
    assert (booking.user, booking.name, booking.person) == (None, "客野 一", "guest@example.jp")
    assert set(Notice.objects.values_list("recipient", flat=True)) == {"guest@example.jp"}
    assert not Charge.objects.exists()
    ticket.refresh_from_db()
    assert (ticket.email, ticket.name, ticket.held_at) == ("guest@example.jp", "客野 一", NOW)


def test_visit_of_today_begins_at_the_next_step(ticket, here):
    assert visit(ticket, here, now=at("14:10")).starts_at == at("14:30")
    assert refused(visit, ticket, here, now=at("20:00")) == {"closed"}


def test_ticket_is_good_once_at_each_space_and_so_often_in_all(ticket, here, there):
    visit(ticket, here)
    assert refused(visit, ticket, here, day=WEDNESDAY) == {"visits_here_used"}
    visit(ticket, there, day=WEDNESDAY)

    third = make_resource(make_space("third")).space
    Participation.objects.create(campaign=ticket.campaign, space=third, agreed_at=NOW)
    assert refused(visit, ticket, third, day=WEDNESDAY + timedelta(days=1)) == {"visits_used"}


def test_ticket_belongs_to_who_redeemed_it_first_and_a_person_has_one(ticket, here, there):
    visit(ticket, here)
    other = make_ticket(ticket.campaign)

    assert refused(visit, ticket, there, email="somebody@example.jp") == {"held_by_another"}
    assert refused(visit, other, there) == {"one_a_person"}
    assert visit(other, there, email="somebody@example.jp")


def test_person_may_redeem_tickets_of_two_campaigns(ticket, here, there):
    visit(ticket, here)

    assert visit(make_ticket(make_campaign(here, there)), there, day=WEDNESDAY)


def test_seats_that_a_space_gives_a_day_are_not_exceeded(ticket, here):
    Participation.objects.filter(space=here).update(seats_a_day=2)
    for number in range(2):
        visit(make_ticket(ticket.campaign), here, email=f"{number}@example.jp")

    assert refused(visit, ticket, here) == {"no_seat_that_day"}
    assert visit(ticket, here, day=WEDNESDAY)


def test_visit_that_is_cancelled_in_time_is_given_back_and_a_late_one_is_not(ticket, here):
    booking = visit(ticket, here, day=WEDNESDAY)
    cancel(booking=booking, by=Booking.Side.PERSON, now=NOW)

    again = visit(ticket, here, day=WEDNESDAY)
    cancel(booking=again, by=Booking.Side.PERSON, now=at("09:59", WEDNESDAY))

    assert refused(visit, ticket, here, day=WEDNESDAY + timedelta(days=1)) == {"visits_here_used"}
    assert not Charge.objects.exists()


def test_who_did_not_come_has_used_the_visit_and_gives_the_seat_back(ticket, here):
    Participation.objects.filter(space=here).update(seats_a_day=1)
    miss(booking=visit(ticket, here), now=at("12:00"))

    assert refused(visit, ticket, here, day=WEDNESDAY) == {"visits_here_used"}
    assert visit(make_ticket(ticket.campaign), here, email="other@example.jp", now=at("12:00"))


def test_visit_that_a_space_cancels_is_given_back_and_the_ticket_is_good_for_a_month(ticket, here, there):
    last = visit(ticket, here, day=ENDS)
    cancel(booking=last, by=Booking.Side.SPACE, now=at("08:00", ENDS))

    later = ENDS + timedelta(days=20)
    assert good_until(ticket) == ENDS + timedelta(days=30)
    assert visit(ticket, there, day=later, now=at("08:00", ENDS + timedelta(days=10)))


def test_visit_moves_to_another_space_and_day_and_gives_its_seat_back(ticket, here, there):
    Participation.objects.update(seats_a_day=1)
    booking = visit(ticket, here, now=at("07:00"))

    moved = change_visit(booking=booking, space=there, day=WEDNESDAY, now=at("08:00"))

    assert (moved.pk, moved.resource.space, moved.sequence) == (booking.pk, there, 1)
    assert (moved.starts_at, moved.ends_at) == (at("12:00", WEDNESDAY), at("18:00", WEDNESDAY))
    assert visit(make_ticket(ticket.campaign), here, email="other@example.jp")
    assert visit(ticket, here, day=WEDNESDAY + timedelta(days=1))


def test_late_visit_is_not_moved(ticket, here, there):
    booking = visit(ticket, here)

    assert refused(change_visit, booking=booking, space=there, day=WEDNESDAY, now=at("09:59")) == {"move_too_late"}


def test_space_takes_part_only_from_its_yes_to_its_leave(ticket, here, there):
    part = Participation.objects.get(space=there)
    elsewhere = make_resource(make_space("elsewhere")).space
    assert refused(visit, ticket, elsewhere) == {"not_taking_part"}

    booked = visit(ticket, there)
    leave(part=part, now=NOW)

    assert refused(visit, make_ticket(ticket.campaign), there, email="x@example.jp") == {"not_taking_part"}
    booked.refresh_from_db()
    assert booked.is_live


def test_closed_day_full_house_and_no_name_say_so(ticket, here):
    make_closure(here, WEDNESDAY)
    assert refused(visit, ticket, here, day=WEDNESDAY) == {"closed"}
    assert refused(visit, ticket, here, name="  ") == {"no_name"}
    make_booking(here.resources.get(), starts="10:00", ends="20:00", seats=10)
    assert refused(visit, ticket, here) == {"full"}
    ticket.refresh_from_db()
    assert ticket.person_key is None, "nothing of a refused visit stays"


def test_person_sits_in_one_seat_at_a_time_also_by_ticket(ticket, here, there):
    visit(ticket, here)

    assert refused(visit, ticket, there) == {"overlaps_own"}
