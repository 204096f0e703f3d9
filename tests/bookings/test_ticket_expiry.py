"""Whose trial ticket expires with visits left is told a week before: once, and again when it is good for longer."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.adopting import adopt
from bookings.attendance import miss
from bookings.cancelling import cancel
from bookings.forgetting import forget_visitors
from bookings.models import Booking
from bookings.ticket_expiry_notices import EXPIRES, tell_of_expiry
from members.erasing import forget
from notices.delivery import deliver_due
from notices.models import Notice
from tests.factories import TUESDAY, at, make_closure, make_resource, make_space, make_user
from tests.visas.acts import make_campaign, make_ticket, visit
from visas.issuing import block, extend
from visas.models import Campaign, Ticket

DAY = timedelta(days=1)
ENDS, WEEK_BEFORE = date(2026, 12, 31), date(2026, 12, 24)


@pytest.fixture
def spaces(db):
    found = [make_space("here"), make_space("there")]
    for space in found:
        make_resource(space)
    return found


@pytest.fixture
def campaign(spaces):
    return make_campaign(*spaces, visits_in_all=2)


@pytest.fixture
def ticket(campaign, spaces):
    """A ticket with one visit used, in November, and one left at the other space."""
    return used(campaign, spaces[0])


def used(campaign, space, **fields):
    booking = visit(make_ticket(campaign), space, **fields)
    booking.ticket.refresh_from_db()
    return booking.ticket


def told(*days, clock="12:00"):
    for day in days or [WEEK_BEFORE]:
        tell_of_expiry(now=at(clock, day))
    return list(Notice.objects.filter(kind=EXPIRES).order_by("pk").values_list("recipient", "facts__until"))


def settled(moment):
    with time_machine.travel(moment):
        deliver_due(until=moment + timedelta(minutes=5))
    return Notice.objects.get(kind=EXPIRES).state


def test_whose_ticket_expires_is_told_a_week_before_and_once(ticket):
    assert told(WEEK_BEFORE - DAY, clock="23:59") == []
    assert told(WEEK_BEFORE, clock="00:00") == [("guest@example.jp", "2026-12-31")]

    assert told(WEEK_BEFORE, date(2026, 12, 26), ENDS) == [("guest@example.jp", "2026-12-31")]
    assert settled(at("12:30", WEEK_BEFORE)) == "sent"


def test_after_days_without_a_task_it_is_told_up_to_the_last_day(ticket):
    assert told(ENDS) == [("guest@example.jp", "2026-12-31")]
    Notice.objects.all().delete()
    assert told(ENDS + DAY, clock="00:01") == []


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("nobody's", lambda ticket: Booking.objects.all().delete() and Ticket.objects.update(email="")),
        ("blocked", lambda ticket: block(ticket=ticket, reason="Lost.", now=at("12:00", WEEK_BEFORE))),
        ("stopped", lambda ticket: Campaign.objects.update(stopped_at=at("12:00", WEEK_BEFORE))),
        ("used up", lambda ticket: Campaign.objects.update(visits_in_all=1)),
        ("a visit to come", lambda ticket: come(ticket, date(2026, 12, 29))),
        ("extended", lambda ticket: Ticket.objects.update(extended_to=date(2027, 1, 31))),
    ],
)
def test_nobody_is_told_of_a_ticket_that_needs_no_word_and_what_was_written_is_dropped(ticket, name, change):
    told()
    change(ticket)
    assert settled(at("12:30", WEEK_BEFORE)) == "dropped"

    Notice.objects.all().delete()
    assert told(WEEK_BEFORE, date(2026, 12, 28)) == []


def come(ticket, day):
    there = ticket.campaign.participations.get(space__slug="there").space
    return visit(ticket, there, day=day, now=at("12:00", WEEK_BEFORE))


def test_where_no_seat_is_left_until_the_last_day_the_word_is_dropped(ticket, spaces):
    told()
    make_closure(spaces[1], WEEK_BEFORE, last=date(2027, 1, 5))

    assert settled(at("12:30", WEEK_BEFORE)) == "dropped"


def test_visits_left_in_all_are_of_no_use_where_each_space_was_visited(campaign, spaces):
    Campaign.objects.update(visits_in_all=3)
    ticket = used(campaign, spaces[0])
    visit(ticket, spaces[1], day=date(2026, 11, 26))
    told()

    assert settled(at("12:30", WEEK_BEFORE)) == "dropped"


def test_who_is_good_for_longer_is_told_again_before_that_day(ticket):
    told()
    extend(ticket=ticket, last=date(2027, 1, 31), until=ENDS)

    assert told(date(2027, 1, 23)) == [("guest@example.jp", "2026-12-31")]
    assert [until for _to, until in told(date(2027, 1, 24))] == ["2026-12-31", "2027-01-31"]


def test_a_visit_that_the_space_cancelled_renews_the_ticket(campaign, spaces):
    booking = visit(make_ticket(campaign), spaces[0], day=date(2026, 12, 20), now=at("09:00", date(2026, 12, 1)))
    cancel(booking=booking, by=Booking.Side.SPACE, now=at("09:00", date(2026, 12, 20)))

    assert told(WEEK_BEFORE, date(2027, 1, 11)) == []
    assert told(date(2027, 1, 12)) == [("guest@example.jp", "2027-01-19")]


def test_who_was_there_a_day_ago_reads_it_in_the_letter_of_thanks(campaign, spaces):
    used(campaign, spaces[0], day=WEEK_BEFORE, now=at("09:00", WEEK_BEFORE))

    # The visit ends at eight in the evening.
    assert told(date(2026, 12, 26), clock="19:59") == []
    assert told(date(2026, 12, 26), clock="20:01") == [("guest@example.jp", "2026-12-31")]


def test_who_did_not_come_has_lost_the_visit_but_is_told_of_the_next(campaign, spaces):
    booking = visit(make_ticket(campaign), spaces[0], day=date(2026, 12, 23), now=at("09:00", date(2026, 12, 20)))
    miss(booking=booking, now=at("19:00", date(2026, 12, 23)))

    assert told() == [("guest@example.jp", "2026-12-31")]


def test_who_has_an_account_is_told_at_its_address_and_in_its_language(ticket):
    person = make_user("new@example.jp", language="en")
    EmailAddress.objects.create(user=person, email="guest@example.jp", verified=True)
    adopt(person)

    assert told() == [("new@example.jp", "2026-12-31")]
    assert Notice.objects.get(kind=EXPIRES).language == "en"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "before", "first"),
    [
        ("Pacific/Kiritimati", "2026-12-23 09:59", "2026-12-23 10:00"),
        ("Pacific/Pago_Pago", "2026-12-24 10:59", "2026-12-24 11:00"),
    ],
)
def test_days_are_those_of_who_began_the_campaign(zone, before, first):
    space = make_space(timezone=zone)
    make_resource(space)
    used(make_campaign(space, visits_in_all=2, visits_at_each=2), space, day=date(2026, 11, 26))
    counts = []
    for moment in (before, first):
        tell_of_expiry(now=datetime.fromisoformat(moment).replace(tzinfo=UTC))
        counts.append(Notice.objects.filter(kind=EXPIRES).count())

    assert counts == [0, 1]


def test_finding_costs_as_many_queries_for_many_tickets_as_for_few(campaign, spaces, ticket):
    def queries():
        with CaptureQueriesContext(connection) as context:
            tell_of_expiry(now=at("12:00", WEEK_BEFORE))
        return len(context)

    few = queries()
    for number in range(6):
        used(campaign, spaces[number % 2], email=f"guest{number}@example.jp", day=TUESDAY + number // 4 * DAY)

    assert (few, queries()) == (3, 3)
    assert Notice.objects.filter(kind=EXPIRES).count() == 7


def test_what_was_told_is_forgotten_with_the_visitor(ticket):
    told()
    forget_visitors(now=at("12:00", date(2028, 1, 5)))

    assert not Notice.objects.exists()


def test_what_was_told_is_forgotten_with_the_account(ticket):
    person = make_user("guest@example.jp")
    Booking.objects.update(user=person)
    told()
    forget(person)

    assert not Notice.objects.exists()
