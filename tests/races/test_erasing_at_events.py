"""People who delete their accounts while others at the same events act: nobody waits for each other for ever."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from bookings.space_leaving import leave as leave_federation
from events.announcing import change
from events.erasing import erase
from events.locks import lock_venues_of, locked_event
from events.models import Event, Rsvp
from events.signing_up import sign_up
from events.taking_part import leave as leave_as_venue
from members.models import User
from notices.models import Notice
from spaces.refusing import codes
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import make_resource, make_space, make_user
from tests.races.connections import Doing, at_once, outcomes, waits_for_a_lock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]


@pytest.fixture
def here():
    return make_resource(make_space("here"), capacity=30).space


@pytest.fixture
def there():
    return make_resource(make_space("there"), capacity=30).space


def erases(user):
    return lambda: erase(user=user, typed=user.email, now=NOW)


def test_who_deletes_the_account_of_a_host_waits_for_who_changes_the_event(here):
    host = make_user("host@example.jp")
    event = make_event(here, host=host)
    make_rsvp(make_venue(event, here), host)

    with transaction.atomic():
        held = locked_event(event)
        erasing = Doing(erases(host))
        waits_for_a_lock()
        lock_venues_of(held)
    erasing.result()

    assert not Event.objects.filter(host__isnull=False).exists()
    assert Rsvp.objects.get().person is None


def test_two_who_delete_their_accounts_leave_two_places_to_the_next_two(here, there):
    first, second = make_user("first@example.jp"), make_user("second@example.jp")
    venues = [
        make_venue(make_event(here), here, capacity=2),
        make_venue(make_event(there, starts="18:00", ends="20:00"), there, capacity=2),
    ]
    line = [make_user(f"{number}@example.jp") for number in range(3)]
    for venue in venues:
        make_rsvp(venue, first)
        make_rsvp(venue, second)
        for number, user in enumerate(line):
            make_rsvp(venue, user, going_at=None, queued_at=NOW + timedelta(seconds=number))

    _done, failed = outcomes(at_once(erases(first), erases(second)))

    assert failed == []
    for venue in venues:
        assert list(Rsvp.objects.going().filter(venue=venue).order_by("queued_at").values_list("user", flat=True)) == [
            line[0].pk,
            line[1].pk,
        ]
    assert Notice.objects.filter(kind="event.moved_up").count() == 4
    assert User.objects.filter(is_active=False).count() == 2


def test_host_who_goes_and_venue_that_leaves_and_event_that_moves_at_once(here, there):
    host, guest = make_user("host@example.jp"), make_user("guest@example.jp")
    event = make_event(here, host=host)
    venue, other = make_venue(event, here, host=guest), make_venue(event, there, host=host)
    make_rsvp(venue, host)
    sign_up(venue=other, user=guest, now=NOW)

    _done, failed = outcomes(
        at_once(
            erases(host),
            erases(guest),
            lambda: leave_as_venue(venue=other, now=NOW),
            lambda: change(event=event, values={"ends_at": event.ends_at + timedelta(hours=1)}, now=NOW),
        )
    )

    assert failed == []
    assert not Rsvp.objects.live().exists()
    assert not Rsvp.objects.filter(person__isnull=False).exists()
    assert not Notice.objects.filter(recipient__in=["host@example.jp", "guest@example.jp"]).exists()


def test_a_space_that_leaves_while_people_sign_up_and_its_event_moves(here, there):
    owner = make_user("owner@example.jp")
    event = make_event(here)
    venue, other = make_venue(event, here), make_venue(event, there)
    alone = make_venue(make_event(here, starts="18:00", ends="20:00"), here)
    people = [make_user(f"{number}@example.jp") for number in range(4)]
    sign_up(venue=venue, user=people[0], now=NOW)

    _done, failed = outcomes(
        at_once(
            lambda: leave_federation(space=here, left_on=event.day, by=owner, now=NOW),
            lambda: change(event=event, values={"ends_at": event.ends_at + timedelta(hours=1)}, now=NOW),
            lambda: sign_up(venue=venue, user=people[1], now=NOW),
            lambda: sign_up(venue=other, user=people[2], now=NOW),
            lambda: sign_up(venue=alone, user=people[3], now=NOW),
        )
    )

    assert all(isinstance(error, ValidationError) for error in failed), failed
    assert not Rsvp.objects.live().filter(venue=venue).exists()
    assert Rsvp.objects.going().get(venue=other).user == people[2]
    told = Notice.objects.filter(kind__in=["event.venue_gone", "event.cancelled"])
    signed_up = Rsvp.objects.filter(venue__in=[venue, alone]).values_list("person", flat=True)
    assert sorted(told.values_list("recipient", flat=True)) == sorted(signed_up)


def test_who_signs_up_in_another_tab_first_is_forgotten_with_it(here):
    person = make_user("person@example.jp")
    venue = make_venue(make_event(here), here)

    with transaction.atomic():
        sign_up(venue=venue, user=person, now=NOW)
        erasing = Doing(erases(person))
        waits_for_a_lock()
    erasing.result()

    assert (Rsvp.objects.get().name, Rsvp.objects.get().person) == ("", None)


def test_who_signs_up_in_another_tab_afterwards_is_told_that_the_account_is_gone(here):
    person = make_user("person@example.jp")
    venue = make_venue(make_event(here), here)

    with transaction.atomic():
        erase(user=User.objects.get(pk=person.pk), typed=person.email, now=NOW)
        signing_up = Doing(lambda: sign_up(venue=venue, user=person, now=NOW))
        waits_for_a_lock()

    with pytest.raises(ValidationError) as refused:
        signing_up.result()
    assert codes(refused.value) == {"account_gone"}
    assert not Rsvp.objects.exists()
