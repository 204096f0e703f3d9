"""What an address is told: any choice of any kinds, and what becomes of it when its person moves, leaves or is gone."""

import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.erasing import erase
from events.forgetting import forget_choices
from notices import kinds
from notices.choosing import choose, follow, turn_off, turn_on, turned_off
from notices.models import TurnedOff
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import make_booking, make_membership, make_user
from tests.notices.conftest import make_notice
from tests.properties import examples, undone
from tests.visas.acts import make_campaign, make_ticket

pytestmark = pytest.mark.django_db

CHIE = "chie@example.jp"
ALL = [kind.name for kind in kinds.kinds()] + ["no.such.kind"]
NEEDED = {kind.name for kind in kinds.kinds() if not kind.can_be_turned_off}
SOME = st.sets(st.sampled_from(ALL))


@examples(60)
@given(before=SOME, wanted=SOME, among=SOME)
def test_any_choice_of_any_kinds(db, now, before, wanted, among):
    """What was asked is as it was answered, what was not asked is as it was, and what is needed is on."""
    with undone():
        turn_off("other@example.jp", before, now=now)
        turn_off(CHIE, before, now=now)
        was = turned_off(CHIE)
        assert was == before - NEEDED - {"no.such.kind"}

        for _ in range(2):
            choose(CHIE, wanted, among=among, now=now + timedelta(days=1))
            assert turned_off(CHIE) == (was - among) | ((among - wanted) - NEEDED - {"no.such.kind"})

        assert turned_off("other@example.jp") == was
        kept = TurnedOff.objects.filter(recipient=CHIE, kind__in=was - (was & among & wanted))
        assert {row.since for row in kept} <= {now}
        turn_on(CHIE, ALL)
        assert turned_off(CHIE) == set()


def test_choices_follow_to_an_address_that_has_chosen_too(now):
    turn_off(CHIE, ["booking.reminder", "event.soon"], now=now)
    turn_off("new@example.jp", ["event.soon", "event.thanks"], now=now)

    follow(CHIE, "new@example.jp")

    assert turned_off(CHIE) == set()
    assert turned_off("new@example.jp") == {"booking.reminder", "event.soon", "event.thanks"}


def test_choices_follow_a_person_to_a_new_address(chie, now):
    turn_off(chie.email, ["booking.reminder"], now=now)
    chie.family_name = "千歳"
    chie.save()
    assert turned_off(CHIE) == {"booking.reminder"}

    chie.email = "new@example.jp"
    chie.save(update_fields=["email"])

    assert turned_off(CHIE) == set()
    assert turned_off("new@example.jp") == {"booking.reminder"}


def test_choices_go_with_the_account(four_spaces, chie, now):
    turn_off(chie.email, ["booking.reminder"], now=now)

    erase(user=chie, typed=chie.email, now=now)

    assert not TurnedOff.objects.exists()


def test_choices_are_in_the_file_of_ones_own_data(as_user, chie, now):
    turn_off(chie.email, ["booking.reminder"], now=now)
    turn_off("other@example.jp", ["event.soon"], now=now)

    data = json.loads(as_user(chie).get("/accounts/data/my-data.json").content)

    [row] = data["mails_turned_off"]
    assert (row["kind"], datetime.fromisoformat(row["since"])) == ("booking.reminder", now)


def by_account(house, now):
    make_user(CHIE)


def by_booking(house, now):
    make_booking(house.open_seats, user=make_user("account@example.jp"))
    type(house.open_seats.bookings.get()).objects.update(person=CHIE)


def by_ticket(house, now):
    make_ticket(make_campaign(house.space), email=CHIE, name="千葉", held_at=now, person_key="k" * 64)


def by_sign_up(house, now):
    make_rsvp(make_venue(make_event(house.space), house.space), person=CHIE, name="千葉", language="ja")


def by_companion(house, now):
    let = make_membership(make_user("tenant@example.jp"), house.space.plans.get(kind="free_pass"))
    let.companions.create(email=CHIE)


def by_letter(house, now):
    make_notice(recipient=CHIE)


@pytest.mark.parametrize("known", [by_account, by_booking, by_ticket, by_sign_up, by_companion, by_letter])
def test_choices_stay_while_anything_knows_the_address(koharubiyori, now, known):
    known(koharubiyori, now)
    turn_off(CHIE, ["booking.reminder"], now=now)
    turn_off("gone@example.jp", ["booking.reminder"], now=now)

    assert forget_choices() == 1

    assert turned_off(CHIE) == {"booking.reminder"}
    assert turned_off("gone@example.jp") == set()
