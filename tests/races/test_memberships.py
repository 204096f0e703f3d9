"""People who join, end, change and wait for a booth at the same moment."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from members.booths import OFFER_STANDS, lapse_offers, leave, offer_free, wait
from members.changing import change_plan
from members.companions import accept, invite
from members.deciding import approve, decline, withdraw
from members.ending import end, stay
from members.joining import join
from members.models import AgreedPlan, BoothWait, Companion, Membership, Pause
from members.pausing import pause, resume
from members.repricing import reprice_members
from members.settling import settle_due
from notices.models import Notice
from spaces.refusing import codes
from tests.factories import TUESDAY, at, make_membership, make_plan, make_resource, make_space, make_user
from tests.races.connections import Doing, at_once, outcomes, waits_for_a_lock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]

NOVEMBER_ENDS, DECEMBER = date(2026, 11, 30), date(2026, 12, 1)


@pytest.fixture
def space():
    return make_space(renewal_day=1)


@pytest.fixture
def guarded():
    """A space where an operator decides."""
    return make_space("guarded", admission="application", renewal_day=1)


@pytest.fixture
def flex(space):
    return make_plan(space, make_resource(space), kind="monthly", price=12000)


@pytest.fixture
def people():
    return [make_user(f"{number}@example.jp") for number in range(6)]


def booths_at(space, count, persons=3):
    """A plan that lets some booths."""
    booths = [make_resource(space, kind="booth", capacity=1, persons=persons, position=each) for each in range(count)]
    return make_plan(space, *booths, kind="booth", price=75000)


def joins(user, plan, now, starts_on=TUESDAY):
    return lambda: join(user=user, plan=plan, starts_on=starts_on, answers={}, now=now)


def said(errors):
    """The codes of refusals; whatever is no refusal is raised."""
    for error in errors:
        if not isinstance(error, ValidationError):
            raise error
        assert all(error.messages)
    return [codes(error) for error in errors]


def tenancies_overlap():
    """Whether a booth has two tenants on any day."""
    rows = AgreedPlan.objects.filter(booth__isnull=False).order_by("booth", "starts_on")
    return any(
        one.booth == other.booth and (one.ends_on is None or one.ends_on >= other.starts_on)
        for one, other in pairwise(rows)
    )


def test_two_tabs_that_join_make_one_membership(flex, people, now):
    joined, refused = outcomes(at_once(*[joins(people[0], flex, now)] * 4))

    assert (len(joined), said(refused)) == (1, [{"live_already"}] * 3)
    assert (Membership.objects.count(), AgreedPlan.objects.count()) == (1, 1)
    assert Notice.objects.filter(kind="membership.joined").count() == 1


def test_two_tabs_that_take_a_booth_take_one(space, people, now):
    plan = booths_at(space, 3)

    joined, refused = outcomes(at_once(*[joins(people[0], plan, now)] * 3))

    assert (len(joined), said(refused)) == (1, [{"live_already"}] * 2)
    assert AgreedPlan.objects.count() == 1


def test_six_people_want_the_last_free_booth(space, people, now):
    plan = booths_at(space, 1)

    joined, refused = outcomes(at_once(*[joins(person, plan, now) for person in people]))

    assert (len(joined), said(refused)) == (1, [{"all_let"}] * 5)
    assert Membership.objects.count() == 1


def test_six_people_want_four_booths_and_each_gets_another(space, people, now):
    plan = booths_at(space, 4)

    joined, refused = outcomes(at_once(*[joins(person, plan, now) for person in people]))

    assert (len(joined), said(refused)) == (4, [{"all_let"}] * 2)
    assert len({row.booth for row in AgreedPlan.objects.all()}) == 4


def test_last_booth_goes_to_one_of_those_who_are_approved_at_once(guarded, people, now):
    plan = booths_at(guarded, 1)
    applied = [join(user=person, plan=plan, starts_on=TUESDAY, answers={}, now=now) for person in people[:3]]

    approved, refused = outcomes(
        at_once(*[lambda each=each: approve(membership=each, by=None, now=now) for each in applied])
    )

    assert (len(approved), said(refused)) == (1, [{"all_let"}] * 2)
    assert sorted(Membership.objects.values_list("status", flat=True)) == ["active", "applied", "applied"]
    assert AgreedPlan.objects.filter(booth__isnull=False).count() == 1


def test_application_that_is_approved_declined_and_withdrawn_at_once_goes_one_way(guarded, people, now):
    plan = make_plan(guarded, kind="free", price=0)
    for turn in range(5):
        membership = join(user=people[turn], plan=plan, starts_on=TUESDAY, answers={}, now=now)

        done, refused = outcomes(
            at_once(
                lambda m=membership: approve(membership=m, by=None, now=now),
                lambda m=membership: decline(membership=m, by=None, now=now),
                lambda m=membership: withdraw(membership=m, now=now),
            )
        )

        membership.refresh_from_db()
        assert (len(done), said(refused)) == (1, [{"not_applied"}] * 2)
        assert membership.status == done[0].status
        assert membership.history.count() == 2


def test_member_does_not_take_the_booth_that_an_operator_lets_at_the_same_moment(guarded, people, now):
    plan = booths_at(guarded, 1)
    flex = make_plan(guarded, kind="monthly")
    applied = join(user=people[0], plan=plan, starts_on=TUESDAY, answers={}, now=now)
    member = make_membership(people[1], flex)

    done, refused = outcomes(
        at_once(
            lambda: approve(membership=applied, by=None, now=now),
            lambda: change_plan(membership=member, plan=plan, day=TUESDAY, by=None, now=now),
        )
    )

    assert (len(done), said(refused)) == (1, [{"all_let"}])
    assert AgreedPlan.objects.filter(booth__isnull=False).count() == 1


@pytest.fixture
def offered(space, people, now):
    """A booth that its tenant gives up, offered to the first of two in line."""
    plan = booths_at(space, 1)
    tenant = make_membership(people[0], plan, booth=plan.resources.get())
    places = [wait(user=people[number], plan=plan, now=now + timedelta(minutes=number - 2)) for number in (1, 2)]
    end(membership=tenant, last=NOVEMBER_ENDS, by=people[0], now=now)
    return plan, tenant, places


def test_offer_that_is_taken_up_as_it_lapses_is_one_of_the_two(offered, people, now):
    plan, _tenant, _places = offered
    late = now + OFFER_STANDS

    took, lapsed = at_once(
        joins(people[1], plan, late - timedelta(seconds=1), DECEMBER), lambda: lapse_offers(now=late)
    )

    first, second = BoothWait.objects.order_by("since")
    if took.error:
        assert said([took.error]) == [{"all_let"}]
        assert (first.outcome, second.booth) == ("lapsed", plan.resources.get())
    else:
        assert (first.outcome, second.booth, lapsed.result()) == ("accepted", None, 0)
    assert not tenancies_overlap()


def test_lapsing_waits_for_who_takes_the_offer_up(offered, people, now):
    plan, _tenant, _places = offered

    with transaction.atomic():
        joins(people[1], plan, now, DECEMBER)()
        lapsing = Doing(lambda: lapse_offers(now=now + OFFER_STANDS))
        waits_for_a_lock()

    assert lapsing.result() == 0
    assert [place.outcome for place in BoothWait.objects.order_by("since")] == ["accepted", ""]


def test_who_takes_an_offer_up_waits_for_the_lapsing_and_is_too_late(offered, people, now):
    plan, _tenant, _places = offered
    late = now + OFFER_STANDS

    with transaction.atomic():
        lapse_offers(now=late)
        taking = Doing(joins(people[1], plan, late - timedelta(seconds=1), DECEMBER))
        waits_for_a_lock()

    assert said([taking.settle()]) == [{"all_let"}]
    assert BoothWait.objects.offered().get().user == people[2]


def test_offer_that_lapses_twice_at_once_goes_to_one(offered, now):
    done, refused = outcomes(at_once(*[lambda: lapse_offers(now=now + OFFER_STANDS)] * 3))

    assert (sorted(done), refused) == ([0, 0, 1], [])
    assert Notice.objects.filter(kind="booth.offered").count() == 2


def test_offer_that_is_declined_and_taken_up_at_once_is_one_of_the_two(offered, people, now):
    plan, _tenant, places = offered

    at_once(joins(people[1], plan, now, DECEMBER), lambda: leave(place=places[0], now=now))

    first, second = BoothWait.objects.order_by("since")
    assert (first.outcome, second.booth is None) in (("accepted", True), ("left", False))
    assert Membership.objects.filter(user=people[1]).exists() == (first.outcome == "accepted")


def test_tenant_who_stays_as_the_booth_is_offered_has_it_or_has_not(space, people, now):
    plan = booths_at(space, 1)
    tenant = make_membership(people[0], plan, booth=plan.resources.get())
    end(membership=tenant, last=NOVEMBER_ENDS, by=people[0], now=now)

    staying, waiting = at_once(
        lambda: stay(membership=tenant, by=people[0], now=now), lambda: wait(user=people[1], plan=plan, now=now)
    )

    place = BoothWait.objects.get()
    assert waiting.error is None
    tenant.refresh_from_db()
    if staying.error:
        assert said([staying.error]) == [{"booth_kept_for_line"}]
        assert (tenant.ends_on, place.booth) == (NOVEMBER_ENDS, plan.resources.get())
    else:
        assert (tenant.ends_on, place.booth) == (None, None)


def test_same_person_waits_once(space, people, now):
    plan = booths_at(space, 1)
    make_membership(people[0], plan, booth=plan.resources.get())

    done, refused = outcomes(at_once(*[lambda: wait(user=people[1], plan=plan, now=now)] * 4))

    assert (len(done), said(refused)) == (1, [{"waits_already"}] * 3)


def test_two_booths_that_are_freed_at_once_go_to_two_people(space, people, now):
    plan = booths_at(space, 2)
    tenants = [
        make_membership(person, plan, booth=booth) for person, booth in zip(people, plan.resources.all(), strict=False)
    ]
    for number in (2, 3, 4):
        wait(user=people[number], plan=plan, now=now + timedelta(minutes=number))

    done, refused = outcomes(
        at_once(*[lambda each=each: end(membership=each, last=NOVEMBER_ENDS, by=None, now=now) for each in tenants])
    )

    assert (len(done), refused) == (2, [])
    offers = BoothWait.objects.offered().order_by("since")
    assert [place.user for place in offers] == people[2:4]
    assert len({place.booth for place in offers}) == 2


def test_members_who_swap_booth_sizes_at_once_do_not_deadlock(space, people, now):
    large, small = booths_at(space, 2), booths_at(space, 2, persons=2)
    for _turn in range(3):
        Membership.objects.all().delete()
        members = [
            make_membership(person, plan, booth=plan.resources.first())
            for person, plan in zip(people[:2], (large, small), strict=True)
        ]

        done, refused = outcomes(
            at_once(
                lambda m=members: change_plan(membership=m[0], plan=small, day=TUESDAY, by=None, now=now),
                lambda m=members: change_plan(membership=m[1], plan=large, day=TUESDAY, by=None, now=now),
            )
        )

        assert (len(done), refused) == (2, [])
        assert not tenancies_overlap()


def test_end_and_stay_at_once_leave_one_of_them(flex, people, now):
    for turn in range(5):
        member = make_membership(people[turn], flex)
        end(membership=member, last=date(2026, 12, 31), by=people[turn], now=now)

        _done, refused = outcomes(
            at_once(
                lambda m=member: end(membership=m, last=NOVEMBER_ENDS, by=None, now=now),
                lambda m=member: stay(membership=m, by=None, now=now),
            )
        )

        member.refresh_from_db()
        assert said(refused) == []
        assert member.ends_on in (None, NOVEMBER_ENDS)
        assert [row.ends_on for row in member.agreed_plans.all()] == [member.ends_on]


def test_end_waits_for_a_pause_and_both_stand(flex, people, now):
    member = make_membership(people[0], flex)

    with transaction.atomic():
        pause(membership=member, first=DECEMBER, last=None, by=None, now=now)
        ending = Doing(lambda: end(membership=member, last=NOVEMBER_ENDS, by=None, now=now))
        waits_for_a_lock()

    assert ending.result().ends_on == NOVEMBER_ENDS
    # It counts again should the end be taken back.
    assert Pause.objects.get().starts_on == DECEMBER


def test_two_tabs_that_pause_plan_one_pause(flex, people, now):
    member = make_membership(people[0], flex)

    done, refused = outcomes(
        at_once(*[lambda: pause(membership=member, first=DECEMBER, last=None, by=None, now=now)] * 3)
    )

    assert (len(done), said(refused)) == (1, [{"paused_already"}] * 2)


def test_member_who_resumes_at_midnight_is_active_whoever_comes_first(flex, people, now):
    midnight = at("00:00", DECEMBER)
    for turn in range(5):
        member = make_membership(people[turn], flex)
        pause(membership=member, first=DECEMBER, last=None, by=None, now=now)

        _done, refused = outcomes(
            at_once(
                lambda m=member: resume(membership=m, day=DECEMBER, by=None, now=midnight),
                lambda: settle_due(now=midnight),
            )
        )

        member.refresh_from_db()
        assert (said(refused), member.status, member.pauses.count()) == ([], "active", 0)


def test_midnight_that_is_settled_twice_at_once_moves_each_membership_once(flex, people, now):
    members = [make_membership(person, flex) for person in people]
    Membership.objects.update(ends_on=NOVEMBER_ENDS)

    done, refused = outcomes(at_once(*[lambda: settle_due(now=at("00:10", DECEMBER))] * 3))

    assert (sum(done), refused) == (len(members), [])
    for member in members:
        assert member.history.filter(status="ended").count() == 1


def test_new_price_and_change_of_plan_at_once_leave_every_day_with_one_plan(space, flex, people, now):
    wide = make_plan(space, kind="free_pass", price=20000)
    members = [make_membership(person, flex) for person in people]
    flex.price = 15000
    flex.save()

    doing = at_once(
        lambda: reprice_members(plan=flex, not_before=DECEMBER, by=None, now=now),
        *[lambda m=member: change_plan(membership=m, plan=wide, day=DECEMBER, by=None, now=now) for member in members],
    )

    _done, refused = outcomes(doing)
    assert said(refused) == []
    for member in members:
        rows = member.agreed_plans.order_by("starts_on")
        assert [(row.plan, row.price, row.starts_on, row.ends_on) for row in rows] == [
            (flex, 12000, date(2026, 1, 1), NOVEMBER_ENDS),
            (wide, 20000, DECEMBER, None),
        ]


def test_price_that_is_told_twice_at_once_is_told_once(flex, people, now):
    for person in people:
        make_membership(person, flex)
    flex.price = 15000
    flex.save()

    done, refused = outcomes(at_once(*[lambda: reprice_members(plan=flex, not_before=DECEMBER, by=None, now=now)] * 2))

    assert (sorted(done), refused) == ([0, 6], [])
    assert Notice.objects.filter(kind="membership.price_changes").count() == 6


def test_last_place_in_a_booth_is_given_once(space, people, now):
    plan = booths_at(space, 1)
    tenant = make_membership(people[0], plan, booth=plan.resources.get())
    invite(membership=tenant, email="first@example.jp", now=now)

    done, refused = outcomes(
        at_once(*[lambda n=number: invite(membership=tenant, email=f"{n}@friends.jp", now=now) for number in range(4)])
    )

    assert (len(done), said(refused)) == (1, [{"no_place_left"}] * 3)
    assert Companion.objects.standing().count() == 2


def test_same_friend_is_invited_once(space, people, now):
    plan = booths_at(space, 1, persons=4)
    tenant = make_membership(people[0], plan, booth=plan.resources.get())

    done, refused = outcomes(at_once(*[lambda: invite(membership=tenant, email="a@friends.jp", now=now)] * 3))

    assert (len(done), said(refused)) == (1, [{"invited_already"}] * 2)


def test_invitation_that_is_taken_up_as_the_membership_ends_gives_no_place(space, people, now):
    plan = booths_at(space, 1)
    tenant = make_membership(people[0], plan, booth=plan.resources.get())
    companion = invite(membership=tenant, email=people[1].email, now=now)

    at_once(
        lambda: accept(companion=companion, user=people[1], now=now),
        lambda: end(membership=tenant, last=TUESDAY, by=None, by_operator=True, now=now),
    )

    assert not Companion.objects.standing().exists()


def test_crowd_that_joins_leaves_waits_and_lapses_keeps_one_tenant_a_booth(space, people, now):
    plan = booths_at(space, 2)
    tenants = [
        make_membership(person, plan, booth=booth) for person, booth in zip(people, plan.resources.all(), strict=False)
    ]
    later = now + timedelta(days=8)

    doing = at_once(
        *[lambda m=each: end(membership=m, last=NOVEMBER_ENDS, by=None, now=now) for each in tenants],
        *[lambda p=person: wait(user=p, plan=plan, now=now) for person in people[2:5]],
        *[joins(person, plan, later, date(2026, 12, 5)) for person in people[2:]],
        lambda: lapse_offers(now=later),
        lambda: offer_free(plan, now=now),
    )

    _done, refused = outcomes(doing)
    assert set().union(*said(refused)) <= {"all_let", "booths_are_free", "same_plan", "booth_free_later"}
    assert not tenancies_overlap()
    for place in BoothWait.objects.offered():
        assert not AgreedPlan.objects.filter(booth=place.booth, ends_on__isnull=True).exists()
