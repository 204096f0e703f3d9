"""A space leaves the federation: its events go on elsewhere or are cancelled, and everybody is told once."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from bookings.leaving_foreseen import foresee
from bookings.models import Booking
from bookings.space_leaving import leave, stay
from events.announcing import change
from events.finding import to_come
from events.models import Event, Rsvp, Venue
from events.series import extend, repeat
from events.signing_up import sign_up
from events.space_leaving import says
from events.taking_part import Offer, add, agree
from notices.models import Notice
from spaces.refusing import codes
from tests.conftest import NOW, make_operator
from tests.events.making import make_event, make_venue
from tests.events.posting import delivered
from tests.reading import Page, english

pytestmark = pytest.mark.usefixtures("letters_apart")

LEAVES = date(2026, 12, 10)
BEFORE, AFTER = date(2026, 12, 9), date(2026, 12, 11)


@pytest.fixture
def leaving(dorinoki, dai, now):
    """Let Dorinoki leave."""
    return lambda: leave(space=dorinoki.space, left_on=LEAVES, by=dai, now=now)


def held(event, house, now, **fields):
    """A venue that holds ten seats of its space."""
    offer = Offer(capacity=10, resource=house.open_seats, held_seats=5)
    by = make_operator(f"host{event.pk}@example.jp", house.space)
    return add(event=event, space=house.space, offer=offer, by=by, now=now)


def told(kind: str) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


def test_an_event_goes_on_at_its_other_venues(koharubiyori, dorinoki, aiko, ben, now, leaving):
    event = make_event(dorinoki.space, day=LEAVES)
    here, there = held(event, dorinoki, now), make_venue(event, koharubiyori.space)
    sign_up(venue=here, user=aiko, now=now)
    sign_up(venue=there, user=ben, now=now)

    leaving()

    for row in (event, here):
        row.refresh_from_db()
    assert (event.cancelled_at, here.left_at) == (None, now)
    assert Booking.objects.get(pk=here.hold_id).cancelled_by == "space"
    assert list(Rsvp.objects.going().values_list("user", flat=True)) == [ben.pk]
    assert told("event.venue_gone") == [aiko.email]
    assert not Venue.objects.without_hold(now).exists()


def test_an_event_without_another_venue_is_cancelled_and_says_why(dorinoki, koharubiyori, aiko, now, leaving):
    event = make_event(koharubiyori.space, day=LEAVES)
    here = held(event, dorinoki, now)
    make_venue(event, koharubiyori.space, agreed_at=None)
    sign_up(venue=here, user=aiko, now=now)
    delivered()

    leaving()

    event.refresh_from_db()
    assert event.cancelled_at == now
    assert not Booking.objects.live().filter(basis="hold").exists()
    [letter] = [letter for letter in delivered() if letter.to == [aiko.email]]
    assert "The space is leaving the federation." in letter.body
    assert told("event.cancelled") == [aiko.email]


def test_online_ends_with_the_space_that_holds_it_and_goes_on_where_another_does(
    koharubiyori, dorinoki, aiko, ben, now, leaving
):
    online, hybrid = make_event(dorinoki.space, day=LEAVES), make_event(dorinoki.space, day=AFTER)
    others = make_event(koharubiyori.space, day=AFTER)
    shared = make_event(dorinoki.space, day=AFTER)
    before = make_event(dorinoki.space, day=BEFORE)
    for event in (online, hybrid, others, shared, before):
        make_venue(event, None, capacity=None)
    for event in (hybrid, others):
        make_venue(event, dorinoki.space)
    make_venue(shared, koharubiyori.space)
    sign_up(venue=online.venues.get(), user=aiko, now=now)
    sign_up(venue=others.venues.get(space=None), user=ben, now=now)
    with translation.override("en"):
        said = says(dorinoki.space, LEAVES, now)

    leaving()

    assert set(Event.objects.filter(cancelled_at=now)) == {online, hybrid}
    assert told("event.cancelled") == [aiko.email]
    assert set(to_come(now)) == {online, hybrid, others, shared, before}
    assert set(to_come(datetime.combine(LEAVES, time(9), NOW.tzinfo))) == {others, shared}
    assert Rsvp.objects.going().filter(event=others, user=ben).exists()
    assert said == [
        "1 event does not take place at your space any more, and goes on at its other venues.",
        "2 events have no other venue, and are cancelled.",
        "1 person who has signed up for your space is told.",
    ]


def test_what_is_before_the_day_stays_and_what_nobody_sees_is_left_in_silence(dorinoki, now, leaving):
    before = make_venue(make_event(dorinoki.space, day=BEFORE), dorinoki.space)
    draft = make_venue(make_event(dorinoki.space, day=AFTER, published_at=None), dorinoki.space)
    asked = make_venue(make_event(dorinoki.space, day=AFTER), dorinoki.space, agreed_at=None)

    leaving()

    for venue in (before, draft, asked):
        venue.refresh_from_db()
    assert [venue.left_at for venue in (before, draft, asked)] == [None, now, now]
    assert not Notice.objects.filter(kind__startswith="event.").exists()


def test_page_says_first_what_becomes_of_events(as_user, dorinoki, koharubiyori, aiko, now):
    owner = make_operator("owner@dorinoki.example", dorinoki.space, "owner")
    shared = make_event(dorinoki.space, day=LEAVES)
    make_venue(shared, koharubiyori.space)
    sign_up(venue=make_venue(shared, dorinoki.space), user=aiko, people=2, now=now)
    make_venue(make_event(dorinoki.space, day=AFTER), dorinoki.space)
    path = reverse("admin:spaces_space_leave", args=[dorinoki.space.pk])

    page = Page(english(as_user(owner)).post(path, {"day": LEAVES, "look": "yes"}))

    for said in (
        "1 event does not take place at your space any more, and goes on at its other venues.",
        "1 event has no other venue, and is cancelled.",
        "2 people who have signed up for your space are told.",
    ):
        assert said in page.text


def test_what_is_said_costs_the_same_however_many_events(dorinoki, now, django_assert_num_queries):
    for day in range(3):
        make_venue(make_event(dorinoki.space, day=LEAVES + timedelta(days=day)), dorinoki.space)
    with django_assert_num_queries(2):
        says(dorinoki.space, LEAVES, now)
    assert len(foresee(dorinoki.space, LEAVES, now=now).above) == 1


def test_nothing_more_takes_place_there_unless_it_stays(koharubiyori, dorinoki, dai, sam, now, leaving):
    leaving()
    event = make_event(koharubiyori.space, day=LEAVES)
    make_venue(event, koharubiyori.space)
    dorinoki.space.refresh_from_db()

    for act in (
        lambda: add(event=event, space=dorinoki.space, offer=Offer(capacity=5), by=sam, now=now),
        lambda: add(event=event, space=dorinoki.space, offer=Offer(capacity=5), by=dai, now=now),
    ):
        with pytest.raises(ValidationError) as refused:
            act()
        assert codes(refused.value) == {"not_in_federation"}

    stay(space=dorinoki.space, by=dai, now=now)
    dorinoki.space.refresh_from_db()
    venue = add(event=event, space=dorinoki.space, offer=Offer(capacity=5), by=sam, now=now)
    assert agree(venue=venue, offer=Offer(capacity=5), by=dai, now=now).stands


def test_an_event_is_not_moved_to_a_day_after_its_space_has_left(dorinoki, now, leaving):
    leaving()
    event = make_event(dorinoki.space, day=BEFORE)
    make_venue(event, dorinoki.space)
    later = timedelta(days=2)

    with pytest.raises(ValidationError) as refused:
        change(event=event, values={"starts_at": event.starts_at + later, "ends_at": event.ends_at + later}, now=now)

    assert codes(refused.value) == {"not_in_federation"}


def test_a_series_goes_on_without_the_space(koharubiyori, dorinoki, now, leaving):
    event = make_event(koharubiyori.space, day=date(2026, 12, 3))
    make_venue(event, koharubiyori.space)
    make_venue(event, dorinoki.space)
    series = repeat(event=event, rule="FREQ=WEEKLY;UNTIL=20261217", now=now)
    Event.objects.filter(series=series, occurs_on=date(2026, 12, 17)).delete()

    leaving()
    [written] = extend(series=series, now=now)

    standing = Venue.objects.standing().filter(event__series=series).order_by("event__occurs_on", "space__slug")
    assert list(standing.values_list("event__occurs_on__day", "space__slug")) == [
        (3, "dorinoki"),
        (3, "koharubiyori"),
        (10, "koharubiyori"),
        (17, "koharubiyori"),
    ]
    assert written.is_announced


def test_a_date_that_would_have_no_venue_is_not_announced(koharubiyori, dorinoki, now, leaving):
    event = make_event(koharubiyori.space, day=date(2026, 12, 3))
    make_venue(event, dorinoki.space)
    series = repeat(event=event, rule="FREQ=WEEKLY;UNTIL=20261217", now=now)
    Event.objects.filter(series=series, occurs_on=date(2026, 12, 17)).delete()
    # Dorinoki has said yes to the second date too, and it was announced.
    Venue.objects.filter(event__series=series).update(agreed_at=now)
    Event.objects.filter(series=series).update(published_at=now)

    leaving()
    [written] = extend(series=series, now=now)

    assert (written.is_announced, written.venues.count()) == (False, 0)
    assert Event.objects.get(series=series, occurs_on=date(2026, 12, 10)).cancelled_at
