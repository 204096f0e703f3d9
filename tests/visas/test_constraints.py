"""What PostgreSQL refuses of campaigns, tickets and visits by ticket, whoever writes the rows.

Two transactions at once: tests/races/test_tickets.py.
"""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import ProtectedError

from bookings.models import Booking
from members.person_key import person_key
from tests.factories import TUESDAY, at, make_resource, make_space
from tests.postgres import change, copy, named_without_a_test, refused, refused_copy
from tests.visas import test_visa_constraints
from tests.visas.acts import NOW, make_campaign, make_ticket, visit
from visas.codes import new_code
from visas.lockout import count_wrong
from visas.models import Participation, Ticket, WrongCodes

WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def here(db):
    return make_resource(make_space("here")).space


@pytest.fixture
def there(db):
    return make_resource(make_space("there")).space


@pytest.fixture
def campaign(here, there):
    return make_campaign(here, there, visits_in_all=2, visits_at_each=2)


@pytest.fixture
def ticket(campaign) -> Ticket:
    return make_ticket(campaign)


@pytest.fixture
def booking(ticket, here) -> Booking:
    return visit(ticket, here)


def test_every_constraint_has_a_test_named_like_it():
    assert named_without_a_test("visas", tests={**globals(), **vars(test_visa_constraints)}) == set()


def test_every_trigger_of_tickets_has_a_test_named_like_it(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE '%%ticket%%'")
        names = {name for (name,) in cursor.fetchall()}

    assert len(names) >= 2
    assert {name for name in names if f"test_{name}" not in globals()} == set()


# Campaigns, spaces that take part, tickets


def test_campaign_ends_after_it_starts(campaign):
    change(campaign, ends_on=campaign.starts_on)

    assert refused(campaign, ends_on=campaign.starts_on - timedelta(days=1)) == "campaign_ends_after_it_starts"


def test_campaign_gives_a_visit(campaign):
    assert refused(campaign, visits_in_all=0) == "campaign_gives_a_visit"
    assert refused(campaign, visits_at_each=0) == "campaign_gives_a_visit"


def test_participation_once(campaign, here):
    part = Participation.objects.get(space=here)
    copy(part, space_id=make_space("elsewhere").pk)

    assert refused_copy(part) == "participation_once"


def test_participation_gives_a_seat(campaign, here):
    assert refused(Participation.objects.get(space=here), seats_a_day=0) == "participation_gives_a_seat"


def test_visas_ticket_code_is_unique_over_all_campaigns(ticket, here):
    copy(ticket, code=new_code())

    assert refused_copy(ticket, campaign_id=make_campaign(here).pk) == "visas_ticket_code_key"


def test_ticket_one_a_person(booking, campaign, here):
    held = Ticket.objects.get()
    assert held.person_key == person_key("guest@example.jp")
    copy(held, code=new_code(), campaign_id=make_campaign(here).pk)
    copy(held, code=new_code(), person_key=person_key("other@example.jp"))
    for _unheld in range(2):
        copy(held, code=new_code(), person_key=None, held_at=None)

    assert refused_copy(held, code=new_code()) == "ticket_one_a_person"


def test_ticket_held_by_a_person(ticket):
    assert refused(ticket, held_at=NOW) == "ticket_held_by_a_person"
    assert refused(ticket, person_key=person_key("guest@example.jp")) == "ticket_held_by_a_person"


def test_ticket_block_reason_of_a_block(ticket):
    assert refused(ticket, block_reason="二重に配布") == "ticket_block_reason_of_a_block"

    change(ticket, block_reason="二重に配布", blocked_at=NOW)


def test_wrong_codes_once_a_place(db):
    count_wrong("203.0.113.7", now=NOW)
    place = WrongCodes.objects.get(kind="address")
    copy(place, place="203.0.113.8")

    assert refused_copy(place) == "wrong_codes_once_a_place"


def test_ticket_that_visits_draw_on_and_its_campaign_and_spaces_are_not_deleted(booking, campaign, here):
    for row in (booking.ticket, campaign, here):
        with pytest.raises(ProtectedError):
            row.delete()


# Visits


def like(booking, day: date, **columns):
    """What tells another visit by the same ticket on another day from this one."""
    number = Booking.objects.count()
    moments = {"starts_at": at("10:00", day), "ends_at": at("20:00", day)}
    return {"reference": f"COPY{number}", "person": None, **moments, **columns}


@pytest.mark.parametrize(("in_all", "at_each"), [(1, 9), (9, 1)])
def test_booking_by_ticket_insert(booking, campaign, in_all, at_each):
    change(campaign, visits_in_all=in_all, visits_at_each=at_each)
    name = "ticket_visits_in_all" if in_all == 1 else "ticket_visits_at_each"

    assert refused_copy(booking, **like(booking, WEDNESDAY)) == name
    assert refused_copy(booking, **like(booking, WEDNESDAY, missed_at=NOW)) == name
    late = {"cancelled_at": NOW, "cancelled_by": "person", "cancelled_late": True}
    assert refused_copy(booking, **like(booking, WEDNESDAY, **late)) == name
    copy(booking, **like(booking, WEDNESDAY, cancelled_at=NOW, cancelled_by="person"))
    copy(booking, **like(booking, WEDNESDAY, cancelled_at=NOW, cancelled_by="space"))


def test_visit_is_counted_where_it_is(booking, campaign, there):
    change(campaign, visits_at_each=1)

    copy(booking, **like(booking, WEDNESDAY, resource_id=there.resources.get().pk))


def test_booking_by_ticket_update(booking, campaign, here, there):
    """Each way by which a row comes to draw on a ticket, or on a space or a day of it, is counted."""
    change(campaign, visits_in_all=2, visits_at_each=1)
    second = visit(booking.ticket, there, day=WEDNESDAY)

    assert refused(second, resource_id=here.resources.get().pk) == "ticket_visits_at_each"

    third = like(booking, WEDNESDAY + timedelta(days=1), cancelled_at=NOW, cancelled_by="person")
    copy(booking, **third)
    row = Booking.objects.get(reference=third["reference"])
    assert refused(row, cancelled_at=None, cancelled_by="") == "ticket_visits_in_all"

    other = visit(make_ticket(campaign), here, day=WEDNESDAY, email="other@example.jp")
    assert refused(other, ticket_id=booking.ticket_id) == "ticket_visits_in_all"


def test_seats_of_a_campaign_are_counted_a_day_and_a_space(booking, campaign, here, there):
    Participation.objects.update(seats_a_day=1)
    other = visit(make_ticket(campaign), there, email="other@example.jp")
    later = visit(make_ticket(campaign), here, day=WEDNESDAY, email="third@example.jp")

    assert refused(other, resource_id=booking.resource_id) == "ticket_seats_a_day"
    assert refused(later, starts_at=at("11:00"), ends_at=at("19:00")) == "ticket_seats_a_day"


def test_seat_of_who_did_not_come_is_taken_again_only_while_it_is_free(booking, campaign, here):
    Participation.objects.update(seats_a_day=1)
    change(booking, missed_at=NOW)
    visit(make_ticket(campaign), here, email="other@example.jp")

    assert refused(booking, missed_at=None) == "ticket_seats_a_day"


def test_day_is_that_of_the_space(here, campaign):
    """In Honolulu the same two moments are on one day, and in Japan on two."""
    Participation.objects.update(seats_a_day=1)
    booking = visit(make_ticket(campaign), here, day=WEDNESDAY)
    later = {"starts_at": at("09:00", WEDNESDAY), "ends_at": at("09:30", WEDNESDAY)}
    early = {"starts_at": at("23:00"), "ends_at": at("23:30")}
    ticket = make_ticket(campaign)
    change(booking, **later)
    copy(booking, **{**like(booking, TUESDAY), **early, "ticket_id": ticket.pk})

    Booking.objects.filter(ticket=ticket).delete()
    change(here, timezone="Pacific/Honolulu")
    assert refused_copy(booking, **{**like(booking, TUESDAY), **early, "ticket_id": ticket.pk}) == "ticket_seats_a_day"


def test_ticket_is_taken_by_spaces_that_have_agreed(booking, campaign):
    elsewhere = make_resource(make_space("elsewhere"))
    wish = like(booking, WEDNESDAY, resource_id=elsewhere.pk)
    assert refused_copy(booking, **wish) == "ticket_taken_there"

    part = Participation.objects.create(campaign=campaign, space=elsewhere.space)
    assert refused_copy(booking, **wish) == "ticket_taken_there"
    change(part, agreed_at=NOW)
    copy(booking, **wish)


def test_what_takes_no_visit_and_no_seat_is_not_asked(booking, campaign):
    """Though the campaign has shrunk meanwhile."""
    visit(booking.ticket, booking.resource.space, day=WEDNESDAY)
    change(campaign, visits_in_all=1, visits_at_each=1)

    change(booking, checked_in_at=NOW)
    change(booking, checked_out_at=NOW)
    change(booking, name="よみ")
