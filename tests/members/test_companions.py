"""Companions of a booth: invited by e-mail, they use what the tenant holds, as many as fit in."""

from datetime import date

import pytest

from members.changing import change_plan
from members.companions import accept, invite, leave
from members.ending import end
from members.models import Companion, User
from tests.factories import TUESDAY, at, make_membership, make_plan, make_resource, make_user
from tests.members.acts import refused, told


@pytest.fixture
def friend(db):
    return make_user("friend@example.jp")


def test_friend_is_invited_and_told(tenant, now):
    companion = invite(membership=tenant, email="friend@example.jp", now=now)

    assert (companion.user, companion.invited_at, companion.accepted_at, companion.left_at) == (None, now, None, None)
    assert told("companion.invited") == ["friend@example.jp"]


def test_invitation_is_taken_up(tenant, friend, now):
    companion = invite(membership=tenant, email="friend@example.jp", now=now)

    accept(companion=companion, user=friend, now=at("10:00"))

    companion.refresh_from_db()
    assert (companion.user, companion.accepted_at) == (friend, at("10:00"))


def test_place_stays_with_the_person_whose_address_changes(tenant, friend, now):
    place = accept(companion=invite(membership=tenant, email=friend.email, now=now), user=friend, now=now)
    User.objects.filter(pk=friend.pk).update(email="new@example.jp")
    friend.refresh_from_db()
    stranger = make_user("friend@example.jp")

    for person, theirs in ((friend, [place]), (stranger, [])):
        assert list(Companion.objects.of_person(person)) == theirs
        assert list(Companion.objects.of_person_or_tenant(person)) == theirs
    assert refused(accept, companion=place, user=stranger, now=now) == {"companion_gone"}


def test_case_and_spaces_of_an_address_do_not_matter(tenant, friend, now):
    companion = invite(membership=tenant, email="  Friend@Example.JP ", now=now)

    assert companion.email == "friend@example.jp"
    assert refused(invite, membership=tenant, email="FRIEND@example.jp", now=now) == {"invited_already"}
    accept(companion=companion, user=friend, now=now)


def test_accepting_twice_changes_nothing(tenant, friend, now):
    companion = invite(membership=tenant, email="friend@example.jp", now=now)
    accept(companion=companion, user=friend, now=now)

    accept(companion=companion, user=friend, now=at("10:00"))

    companion.refresh_from_db()
    assert companion.accepted_at == now


def test_invitation_is_for_its_own_address_only(tenant, person, now):
    companion = invite(membership=tenant, email="friend@example.jp", now=now)

    assert refused(accept, companion=companion, user=person, now=now) == {"companion_gone"}
    companion.refresh_from_db()
    assert companion.user is None


def test_booth_for_three_has_places_for_two_beside_the_tenant(tenant, now):
    for number in (1, 2):
        invite(membership=tenant, email=f"{number}@example.jp", now=now)

    assert refused(invite, membership=tenant, email="3@example.jp", now=now) == {"no_place_left"}
    assert tenant.companions.count() == 2


@pytest.mark.parametrize(("persons", "places"), [(2, 1), (3, 2), (4, 3)])
def test_every_booth_has_as_many_places_as_its_size_says(space, other, now, persons, places):
    plan = make_plan(space, make_resource(space, kind="booth", capacity=1, persons=persons), kind="booth")
    tenant = make_membership(other, plan, booth=plan.resources.get())
    for number in range(places):
        invite(membership=tenant, email=f"{number}@example.jp", now=now)

    assert refused(invite, membership=tenant, email="more@example.jp", now=now) == {"no_place_left"}


def test_booth_for_one_has_no_companions(space, other, now):
    plan = make_plan(space, make_resource(space, kind="booth", capacity=1, persons=1), kind="booth")
    tenant = make_membership(other, plan, booth=plan.resources.get())

    assert refused(invite, membership=tenant, email="friend@example.jp", now=now) == {"no_booth"}


def test_member_without_a_booth_has_no_companions(member, now):
    assert refused(invite, membership=member, email="friend@example.jp", now=now) == {"no_booth"}


def test_tenant_needs_no_invitation(tenant, now):
    assert refused(invite, membership=tenant, email="Other@example.jp", now=now) == {"own_address"}


@pytest.mark.parametrize("accepted", [False, True])
def test_place_that_is_given_back_can_be_given_again(tenant, friend, now, accepted):
    companion = invite(membership=tenant, email="friend@example.jp", now=now)
    if accepted:
        accept(companion=companion, user=friend, now=now)
    invite(membership=tenant, email="2@example.jp", now=now)

    leave(companion=companion, now=at("10:00"))

    companion.refresh_from_db()
    assert companion.left_at == at("10:00")
    invite(membership=tenant, email="3@example.jp", now=now)
    assert refused(invite, membership=tenant, email="4@example.jp", now=now) == {"no_place_left"}


def test_who_has_left_may_be_invited_again(tenant, friend, now):
    leave(companion=invite(membership=tenant, email="friend@example.jp", now=now), now=now)

    accept(companion=invite(membership=tenant, email="friend@example.jp", now=now), user=friend, now=now)

    assert Companion.objects.standing().get().user == friend


def test_place_that_is_given_back_is_gone(tenant, friend, now):
    companion = invite(membership=tenant, email="friend@example.jp", now=now)
    leave(companion=companion, now=now)

    assert refused(leave, companion=companion, now=now) == {"companion_gone"}
    assert refused(accept, companion=companion, user=friend, now=now) == {"companion_gone"}


def test_invitation_lapses_with_the_membership(tenant, friend, operator, now):
    companion = invite(membership=tenant, email="friend@example.jp", now=now)
    end(membership=tenant, last=TUESDAY, by=operator, by_operator=True, now=now)

    assert refused(accept, companion=companion, user=friend, now=now) == {"companion_gone"}


@pytest.mark.parametrize("status", ["applied", "paused", "ended", "declined"])
def test_only_an_active_tenant_invites(other, booth_plan, booths, now, status):
    tenant = make_membership(other, booth_plan, status=status, booth=booths[0])

    assert refused(invite, membership=tenant, email="friend@example.jp", now=now) == {"not_active"}


def test_nobody_is_invited_who_would_have_no_place_after_a_planned_change(tenant, other, space, flex, now):
    double = make_plan(space, make_resource(space, kind="booth", capacity=1, persons=2), kind="booth", price=50000)
    change_plan(membership=tenant, plan=double, day=date(2026, 12, 1), by=other, now=now)
    invite(membership=tenant, email="1@example.jp", now=now)

    assert refused(invite, membership=tenant, email="2@example.jp", now=now) == {"change_planned"}


def test_tenant_who_moves_in_later_may_invite_before(other, booth_plan, booths, now):
    tenant = make_membership(other, booth_plan, booth=booths[0], starts_on=date(2026, 12, 1))

    assert invite(membership=tenant, email="friend@example.jp", now=now).email == "friend@example.jp"


def test_friend_may_use_booths_of_two_tenants(tenant, person, friend, booth_plan, booths, now):
    second = make_membership(person, booth_plan, booth=booths[1])
    for membership in (tenant, second):
        accept(companion=invite(membership=membership, email=friend.email, now=now), user=friend, now=now)

    assert friend.companionships.count() == 2
