"""A space closes on the day of an event: what was held is cancelled, and operators find the event on their list."""

from bookings.closing import cancel_misfits
from bookings.models import Booking
from bookings.todo import tasks
from events.models import Venue
from events.signing_up import sign_up
from events.taking_part import Offer, add
from notices.models import Notice
from tests.events.making import FRIDAY, make_event
from tests.factories import make_closure


def test_event_whose_seats_fall_to_a_closure_waits_for_its_operators(koharubiyori, sam, aiko, now):
    space = koharubiyori.space
    event = make_event(space)
    offer = Offer(capacity=10, resource=koharubiyori.open_seats, held_seats=5)
    venue = add(event=event, space=space, offer=offer, by=sam, now=now)
    rsvp = sign_up(venue=venue, user=aiko, now=now)
    assert Booking.objects.live().get(basis="hold").seats == 5
    assert not Venue.objects.without_hold(now).exists()

    make_closure(space, FRIDAY)
    assert cancel_misfits(space, now=now) == 1

    assert list(Venue.objects.without_hold(now)) == [venue]
    [holds] = [task for task in tasks() if task.name == "holds"]
    assert list(holds.rows([space.pk], now)) == [venue]
    rsvp.refresh_from_db()
    assert rsvp.is_going, "people are told once the operators have decided"
    assert not Notice.objects.filter(kind__startswith="booking.").exists()
