"""Who signs in with an address finds what was signed up with it; and sign-ups follow their person's address."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from bookings.known import people_at
from events.models import Rsvp
from events.signing_up import ask_to_confirm, confirm, sign_up
from members.models import User
from notices.models import Notice
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue
from tests.events.posting import delivered
from tests.factories import TUESDAY, make_user

VISITOR = "visitor@example.jp"


@pytest.fixture
def jelly(four_spaces):
    return make_event(four_spaces["koharubiyori"])


@pytest.fixture
def venue(jelly, four_spaces):
    return make_venue(jelly, four_spaces["koharubiyori"])


def signs_in(*, verified: bool = True) -> User:
    user = make_user(VISITOR)
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    Client().force_login(user)
    return user


def test_sign_up_becomes_the_own_of_who_signs_in_with_its_address(venue):
    own = make_rsvp(venue, person=VISITOR)
    other = make_rsvp(venue, person="other@example.jp")
    walk_in = make_rsvp(venue, person=None, is_walk_in=True)

    user = signs_in()

    for row in (own, other, walk_in):
        row.refresh_from_db()
    assert (own.user, other.user, walk_in.user) == (user, None, None)


def test_address_that_is_not_confirmed_gives_nothing(venue):
    own = make_rsvp(venue, person=VISITOR)

    signs_in(verified=False)

    own.refresh_from_db()
    assert own.user is None


def test_wish_that_nobody_has_confirmed_stays_nobodys(venue):
    wish = make_rsvp(venue, person=VISITOR, confirmed_at=None, going_at=None)

    signs_in()

    wish.refresh_from_db()
    assert wish.user is None


def test_sign_up_of_another_person_stays_theirs(venue, ben):
    own = make_rsvp(venue, ben, person=VISITOR)

    signs_in()

    own.refresh_from_db()
    assert own.user == ben


@pytest.mark.parametrize("verified", [True, False])
def test_who_confirms_without_signing_in_finds_it_in_their_account(venue, now, verified):
    user = make_user(VISITOR)
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    ask_to_confirm(venue=venue, name="訪問者", email=VISITOR, language="ja", now=now)

    rsvp = confirm(rsvp=Rsvp.objects.get(), now=now)

    assert rsvp.user == (user if verified else None)
    assert EmailAddress.objects.get().verified is verified, "the link proves the address for this sign-up alone"


def test_letters_go_to_the_address_and_in_the_language_of_now(venue, aiko, now):
    rsvp = sign_up(venue=venue, user=aiko, now=now)

    aiko.email, aiko.language = "new@example.jp", "en"
    aiko.save()

    rsvp.refresh_from_db()
    assert (rsvp.person, rsvp.language) == ("new@example.jp", "en")
    assert set(Notice.objects.values_list("recipient", "language")) == {("new@example.jp", "en")}
    [letter] = delivered()
    assert letter.subject.startswith("Signed up: ")


def test_who_has_a_new_address_still_counts_once(venue, ben, now):
    sign_up(venue=venue, user=ben, now=now)
    make_rsvp(venue, person="new@example.jp")

    ben.email = "new@example.jp"
    ben.save()

    assert sorted(venue.rsvps.values_list("person", flat=True)) == ["ben@example.com", "new@example.jp"]


def test_what_is_over_keeps_the_address_of_then(four_spaces, ben):
    past = make_event(four_spaces["koharubiyori"], day=TUESDAY.replace(day=17))
    rsvp = make_rsvp(make_venue(past, four_spaces["koharubiyori"]), ben)

    ben.email = "new@example.jp"
    ben.save()

    rsvp.refresh_from_db()
    assert rsvp.person == "ben@example.com"


def test_other_changes_of_a_person_ask_nothing(venue, ben, now, django_assert_num_queries):
    sign_up(venue=venue, user=ben, now=now)

    with django_assert_num_queries(1):
        ben.save(update_fields=["family_name"])


def test_who_signed_up_is_known_to_the_space_of_the_venue(venue, four_spaces, ben, chie):
    make_rsvp(venue, ben, left_at=NOW, left_by="person")

    assert list(User.objects.filter(people_at([venue.space_id]))) == [ben]
    assert not User.objects.filter(people_at([four_spaces["dorinoki"].pk]), pk__in=[ben.pk, chie.pk]).exists()
