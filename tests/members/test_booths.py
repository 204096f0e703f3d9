"""Booths and the line for them: first come first offered, for 72 hours, and then the next."""

from datetime import date, timedelta

import pytest

from members.booths import OFFER_STANDS, free_booths, lapse_offers, leave, offer_free, places_of, wait
from members.ending import end
from members.joining import join
from members.models import BoothWait
from tests.factories import TUESDAY, at, make_membership, make_plan, make_resource, make_user
from tests.members.acts import refused, told

DAY = timedelta(days=1)
NOVEMBER_ENDS, DECEMBER = date(2026, 11, 30), date(2026, 12, 1)


@pytest.fixture
def second(booth_plan, booths, tenant):
    """The tenant of the second booth: with them all are let."""
    return make_membership(make_user("second@example.jp"), booth_plan, booth=booths[1])


@pytest.fixture
def line(second, booth_plan, now):
    """Three people in line, in the order in which they came."""
    return [
        wait(user=make_user(f"{number}@example.jp"), plan=booth_plan, now=now + timedelta(minutes=number))
        for number in (1, 2, 3)
    ]


def offers():
    return {place.user.email: (place.booth, place.free_from) for place in BoothWait.objects.offered()}


def outcomes():
    return [place.outcome for place in BoothWait.objects.order_by("since")]


def leaves(tenant, now, last=NOVEMBER_ENDS):
    end(membership=tenant, last=last, by=tenant.user, by_operator=last < NOVEMBER_ENDS, now=now)


def test_person_waits_for_a_booth(second, person, booth_plan, now):
    place = wait(user=person, plan=booth_plan, now=now)

    assert (place.since, place.booth, place.settled_at, place.outcome) == (now, None, None, "")


def test_who_waits_knows_their_number(line):
    assert [places_of(place.user)[0].number for place in line] == [1, 2, 3]


def test_first_in_line_is_first_offered(line, tenant, booths, now):
    leaves(tenant, now)

    assert offers() == {"1@example.jp": (booths[0], DECEMBER)}
    assert BoothWait.objects.get(user__email="1@example.jp").lapses_at == now + timedelta(hours=72)
    assert told("booth.offered") == ["1@example.jp"]
    assert [places_of(place.user)[0].number for place in line] == [None, 1, 2]


def test_booth_that_comes_free_too_late_to_be_joined_is_offered_when_it_can_be(line, tenant, booths, now):
    end(membership=tenant, last=date(2027, 4, 30), by=None, by_operator=True, now=now)
    assert offers() == {}

    lapse_offers(now=now + timedelta(days=100))

    assert offers() == {"1@example.jp": (booths[0], date(2027, 5, 1))}


def test_who_came_at_one_moment_is_offered_by_key(second, booth_plan, tenant, now):
    first, _other = [wait(user=make_user(f"{number}@example.jp"), plan=booth_plan, now=now) for number in (1, 2)]

    leaves(tenant, now)

    assert list(offers()) == [first.user.email]


def test_each_booth_is_offered_to_one_and_the_earlier_one_first(line, tenant, second, booths, now):
    leaves(second, now, last=TUESDAY)
    leaves(tenant, now)

    assert offers() == {"1@example.jp": (booths[1], TUESDAY + DAY), "2@example.jp": (booths[0], DECEMBER)}


def test_booth_that_is_to_be_free_is_offered_to_who_comes_to_an_empty_line(
    second, tenant, person, booths, booth_plan, now
):
    leaves(tenant, now)

    place = wait(user=person, plan=booth_plan, now=now)

    assert (place.booth, place.free_from) == (booths[0], DECEMBER)


def test_booth_that_stands_empty_needs_no_line(tenant, person, booth_plan, now):
    assert refused(wait, user=person, plan=booth_plan, now=now) == {"booths_are_free"}


def test_line_is_for_booths_only(person, flex, now):
    assert refused(wait, user=person, plan=flex, now=now) == {"not_a_booth"}


def test_nobody_waits_for_what_is_not_sold(second, person, booth_plan, now):
    booth_plan.retired_on = TUESDAY
    booth_plan.save()

    assert refused(wait, user=person, plan=booth_plan, now=now) == {"not_sold"}


def test_nobody_waits_at_a_space_that_has_left_the_federation(second, person, booth_plan, now):
    booth_plan.space.left_on = TUESDAY
    booth_plan.space.save()

    assert refused(wait, user=person, plan=booth_plan, now=now) == {"left_federation"}


def test_nobody_waits_twice(line, booth_plan, now):
    assert refused(wait, user=line[0].user, plan=booth_plan, now=now) == {"waits_already"}


def test_tenant_does_not_wait_for_what_they_have(second, tenant, booth_plan, now):
    assert refused(wait, user=tenant.user, plan=booth_plan, now=now) == {"same_plan"}


def test_who_is_to_move_in_does_not_wait_either(tenant, person, booths, booth_plan, now):
    make_membership(person, booth_plan, booth=booths[1], starts_on=date(2027, 1, 1))

    assert refused(wait, user=person, plan=booth_plan, now=now) == {"same_plan"}


def test_person_may_wait_for_two_plans(line, space, booth_plan, now):
    single = make_plan(space, make_resource(space, kind="booth", capacity=1, persons=1), kind="booth", price=30000)
    make_membership(make_user("single@example.jp"), single, booth=single.resources.get())

    wait(user=line[1].user, plan=single, now=now)

    # On the second list they are the first.
    assert {place.plan: place.number for place in places_of(line[1].user)} == {booth_plan: 2, single: 1}


def test_offer_that_is_taken_up_leaves_the_line(line, tenant, booths, booth_plan, now):
    leaves(tenant, now)

    membership = join(user=line[0].user, plan=booth_plan, starts_on=DECEMBER, answers={}, now=at("10:00"))

    assert membership.agreed_plans.get().booth == booths[0]
    line[0].refresh_from_db()
    assert (line[0].outcome, line[0].settled_at) == ("accepted", at("10:00"))
    assert offers() == {}


def test_offer_is_nobody_elses(line, tenant, person, booth_plan, now):
    leaves(tenant, now, last=TUESDAY)
    wednesday = TUESDAY + DAY

    assert free_booths(booth_plan, wednesday) == []
    for user in (person, line[1].user):
        codes = refused(join, user=user, plan=booth_plan, starts_on=wednesday, answers={}, now=at("09:00", wednesday))
        assert codes == {"all_let"}


def test_offer_lapses_after_seventy_two_hours_and_goes_to_the_next(line, tenant, booths, now):
    leaves(tenant, now)
    just_before, then = now + OFFER_STANDS - timedelta(seconds=1), now + OFFER_STANDS

    assert lapse_offers(now=just_before) == 0
    assert list(offers()) == ["1@example.jp"]
    assert lapse_offers(now=then) == 1

    assert offers() == {"2@example.jp": (booths[0], DECEMBER)}
    assert BoothWait.objects.get(user__email="2@example.jp").lapses_at == then + OFFER_STANDS
    assert (told("booth.lapsed"), told("booth.offered")) == (["1@example.jp"], ["1@example.jp", "2@example.jp"])
    assert outcomes() == ["lapsed", "", ""]
    assert lapse_offers(now=then) == 0


def test_offer_that_has_lapsed_is_not_taken_up_even_before_anybody_has_seen_to_it(line, tenant, booth_plan, now):
    leaves(tenant, now)
    late = now + OFFER_STANDS

    codes = refused(join, user=line[0].user, plan=booth_plan, starts_on=DECEMBER, answers={}, now=late)

    assert codes == {"offer_lapsed"}


def test_after_an_outage_of_days_one_after_the_other_is_offered(line, tenant, now):
    leaves(tenant, now)
    for turn in range(3):
        lapse_offers(now=now + timedelta(days=10 * (turn + 1)))

    assert outcomes() == ["lapsed", "lapsed", "lapsed"]
    assert offers() == {}


def test_booth_that_nobody_in_line_took_is_free_to_all(line, tenant, person, booths, booth_plan, now):
    leaves(tenant, now)
    for turn in range(3):
        lapse_offers(now=now + timedelta(days=4 * (turn + 1)))
    later = date(2026, 12, 10)

    membership = join(user=person, plan=booth_plan, starts_on=later, answers={}, now=at("09:00", later))

    assert membership.agreed_plans.get().booth == booths[0]


def test_who_let_an_offer_lapse_may_wait_again_behind_the_others(line, tenant, booth_plan, now):
    leaves(tenant, now)
    then = now + OFFER_STANDS
    lapse_offers(now=then)

    wait(user=line[0].user, plan=booth_plan, now=then)

    assert [place.number for place in places_of(line[0].user)] == [2]


def test_who_declines_passes_the_booth_on(line, tenant, booths, now):
    leaves(tenant, now)

    line[0].refresh_from_db()
    leave(place=line[0], now=at("10:00"))

    assert outcomes() == ["left", "", ""]
    assert offers() == {"2@example.jp": (booths[0], DECEMBER)}


def test_who_leaves_the_line_lets_the_others_come_nearer(line, now):
    leave(place=line[1], now=now)

    assert [place.number for place in places_of(line[2].user)] == [2]
    assert refused(leave, place=line[1], now=now) == {"wait_settled"}


def test_offer_that_lapsed_meanwhile_is_not_declined_again(line, tenant, now):
    leaves(tenant, now)
    lapse_offers(now=now + OFFER_STANDS)

    assert refused(leave, place=line[0], now=now + OFFER_STANDS) == {"wait_settled"}
    assert list(offers()) == ["2@example.jp"]


def test_booth_that_is_new_is_offered_to_the_line(line, space, booth_plan, now):
    new = make_resource(space, kind="booth", capacity=1, persons=3, position=9)
    booth_plan.resources.add(new)

    lapse_offers(now=now)

    assert offers() == {"1@example.jp": (new, TUESDAY)}


def test_booth_that_is_retired_is_offered_to_nobody(line, tenant, booths, now):
    booths[0].retired_on = TUESDAY
    booths[0].save()

    leaves(tenant, now)

    assert offers() == {}


def test_booth_with_a_tenant_to_come_is_offered_to_nobody(line, tenant, person, booths, booth_plan, now):
    make_membership(person, booth_plan, booth=make_free(tenant, booths[0]), starts_on=date(2027, 3, 1))

    assert offer_free(booth_plan, now=now) == 0


def make_free(tenant, booth):
    """The tenant leaves before anybody looks at the line."""
    tenant.agreed_plans.update(ends_on=NOVEMBER_ENDS)
    return booth


def test_offering_twice_offers_nothing_more(line, tenant, booth_plan, now):
    leaves(tenant, now)

    assert offer_free(booth_plan, now=now) == 0
    assert len(told("booth.offered")) == 1


def test_booth_that_is_free_when_the_space_has_left_is_offered_to_nobody(line, tenant, booth_plan, now):
    end(membership=tenant, last=date(2026, 12, 31), by=None, by_operator=True, now=now)
    BoothWait.objects.offered().update(booth=None, free_from=None, lapses_at=None)
    booth_plan.space.left_on = date(2027, 1, 1)
    booth_plan.space.save()

    assert offer_free(booth_plan, now=now) == 0
    assert offers() == {}

    booth_plan.space.left_on = date(2027, 1, 2)
    booth_plan.space.save()
    assert offer_free(booth_plan, now=now) == 1
