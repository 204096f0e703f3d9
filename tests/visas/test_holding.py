"""On which days a visa is good: worked out from the membership, and the database says the same."""

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bookings.models import Booking
from bookings.pricelist import price_list
from members.models import AgreedPlan, Membership, Pause
from spaces.models import Space
from tests.factories import JAPAN, at, make_membership, make_plan, make_resource, make_space, make_user
from tests.properties import examples, undone
from visas.holding import HeldVisa, visa_of, visas_of
from visas.models import Visa

DAY = timedelta(days=1)
FIRST = date(2026, 11, 10)
WINDOW = [FIRST + n * DAY for n in range(-5, 120)]
near = st.integers(0, 60).map(lambda days: FIRST + days * DAY)


@st.composite
def stretches(draw, most: int) -> list[tuple[date, date | None]]:
    """Stretches of days that share none, some meeting, some with gaps between; the last may have no end."""
    edges = sorted(draw(st.lists(near, max_size=most + 1, unique=True)))
    found = [(first, following - DAY) for first, following in pairwise(edges)]
    found += [(last, None) for last in edges[-1:]]
    return [each for each in found if draw(st.booleans())]


@st.composite
def memberships(draw) -> dict[str, object]:
    return {
        "starts_on": draw(st.just(FIRST) | near),
        "ends_on": draw(st.none() | near),
        "left_on": draw(st.none() | near),
        "granted": draw(stretches(3) | st.just([(FIRST - 9 * DAY, None)])),
        "plain": draw(st.booleans()),
        "pauses": draw(stretches(2) | st.just([])),
        "status": draw(st.sampled_from(["active", "active", "paused", "ended"])),
        "is_revoked": draw(st.sampled_from([False, False, False, True])),
    }


def held(life: dict[str, object]) -> HeldVisa:
    """The visa of such a membership, known to no database."""
    home = Space(pk=1, slug="home", name_ja="家", left_on=life["left_on"])
    membership = Membership(
        pk=1, space=home, status=life["status"], starts_on=life["starts_on"], ends_on=life["ends_on"]
    )
    revoked_at = at("09:00") if life["is_revoked"] else None
    visa = Visa(pk=1, membership=membership, number="1234567889", revoked_at=revoked_at)
    return HeldVisa(visa, tuple(life["granted"]), tuple(life["pauses"]))


def edges_of(life: dict[str, object]) -> list[date]:
    """Every day on which something changes, with the days beside it, and the ends of the month of leaving."""
    days = [life["starts_on"], life["ends_on"], life["left_on"], date(2026, 11, 30), date(2026, 12, 31)]
    days += [day for stretch in [*life["granted"], *life["pauses"]] for day in stretch]
    return sorted({day + beside * DAY for day in days if day for beside in (-1, 0, 1)})


@pytest.fixture
def home(db):
    space = make_space("home")
    make_plan(space, make_resource(space), kind="free_pass", price=9000, grants_visa=True)
    make_plan(space, kind="monthly", price=5000)
    return space


@given(life=memberships(), zone=st.sampled_from([JAPAN, ZoneInfo("Pacific/Honolulu"), ZoneInfo("Europe/Lisbon")]))
@examples(60)
def test_guard_of_the_database_finds_it_good_on_the_same_days(home, life, zone):
    with undone():
        seats = make_resource(make_space("host", timezone=zone.key))
        user = make_user("member@example.jp")
        plan, plain = home.plans.get(kind="free_pass"), home.plans.get(kind="monthly")
        # The visa is there whatever becomes of the membership: any granting plan gave it.
        membership = make_membership(user, plan, starts_on=min(life["starts_on"], FIRST))
        membership.agreed_plans.all().delete()
        lasts = (
            life["ends_on"] if life["ends_on"] is None or life["ends_on"] >= life["starts_on"] else life["starts_on"]
        )
        life = {**life, "ends_on": lasts or (life["starts_on"] if life["status"] == "ended" else None)}
        for first, last in life["granted"]:
            AgreedPlan.of(plan, membership=membership, starts_on=first, ends_on=last).save(force_insert=True)
        if life["plain"] and life["granted"]:
            first = min(first for first, _last in life["granted"])
            AgreedPlan.of(plain, membership=membership, starts_on=first - 30 * DAY, ends_on=first - DAY).save(
                force_insert=True
            )
        Pause.objects.bulk_create(
            Pause(membership=membership, starts_on=first, ends_on=last) for first, last in life["pauses"]
        )
        fields = {"starts_on": life["starts_on"], "ends_on": life["ends_on"], "status": life["status"]}
        Membership.objects.filter(pk=membership.pk).update(**fields)
        Space.objects.filter(pk=home.pk).update(left_on=life["left_on"])
        Visa.objects.update(revoked_at=at("09:00") if life["is_revoked"] else None)
        read = visa_of(membership)

        for day in edges_of(life):
            refused_by = inserted(read.visa, seats, user, day, zone)
            assert read.is_valid_on(day) == held(life).is_valid_on(day) == (refused_by is None), (day, refused_by)
            assert refused_by in (None, "visa_of_an_active_membership")


def inserted(visa, seats, user, day, zone) -> str | None:
    """By which constraint a raw row on that day of the host is refused; nothing of it stays."""
    starts_at = at("11:00", day, zone)
    try:
        with undone():
            Booking.objects.create(
                resource=seats,
                user=user,
                person=user.email,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=1),
                basis="visa",
                price=0,
                visa=visa,
            )
    except IntegrityError as error:
        return error.__cause__.diag.constraint_name
    return None


@given(life=memberships())
@examples(300)
def test_it_is_valid_until_the_last_good_day_in_a_row(life):
    visa = held(life)
    for today in (FIRST, FIRST + 20 * DAY, FIRST + 60 * DAY):
        good = [day for day in WINDOW if day >= today and visa.is_valid_on(day)]
        last = good[0] if good else None
        while last and last + DAY in good:
            last += DAY
        # What still holds on the last day that is looked at holds without end: nothing changes as late as that.
        assert visa.valid_until(today) == (None if last == WINDOW[-1] else last)


@given(life=memberships(), day=st.sampled_from(WINDOW))
@examples(100)
def test_why_it_is_not_good_is_a_sentence_in_both_languages(life, day):
    for language in ("ja", "en"):
        with translation.override(language):
            why = held(life).why_not_on(day)
            assert (why is None) == held(life).is_valid_on(day)
            if why:
                [sentence] = why.messages
                assert sentence.endswith("." if language == "en" else "。")
                assert "%(" not in sentence


def test_all_ways_to_read_a_visa_read_the_same(home):
    user = make_user("member@example.jp")
    membership = make_membership(user, home.plans.get(kind="free_pass"), starts_on=FIRST)
    membership.agreed_plans.update(ends_on=date(2026, 11, 30))
    Pause.objects.create(membership=membership, starts_on=date(2026, 11, 20), ends_on=date(2026, 11, 22))
    host = make_space("host")

    [listed] = visas_of(user)
    [quoted] = price_list([host.pk], user, today=FIRST).visas.held

    for other in (visa_of(membership), quoted):
        assert (other.visa, other.membership, other.home) == (listed.visa, membership, home)
        assert (other.granted, other.pauses) == (listed.granted, listed.pauses)
    assert listed.granted == ((FIRST, date(2026, 11, 30)),)
    assert listed.pauses == ((date(2026, 11, 20), date(2026, 11, 22)),)


def test_visas_of_others_are_not_read(home, ben):
    make_membership(make_user("member@example.jp"), home.plans.get(kind="free_pass"))

    assert visas_of(ben) == []
    assert price_list([home.pk], ben, today=FIRST).visas.held == ()


def test_home_that_has_left_counts_to_the_end_of_its_last_month():
    """Design rule 11; `left_on` is the first day on which it is in the federation no more."""
    for left_on, last in [
        (date(2026, 12, 1), date(2026, 11, 30)),
        (date(2026, 12, 2), date(2026, 12, 31)),
        (date(2026, 12, 31), date(2026, 12, 31)),
        (date(2028, 2, 10), date(2028, 2, 29)),
        (date(2027, 1, 1), date(2026, 12, 31)),
    ]:
        life = {"starts_on": FIRST, "ends_on": None, "granted": [(FIRST, None)], "pauses": []}
        visa = held({**life, "left_on": left_on, "status": "active", "is_revoked": False})
        assert visa.home_days_end == last
        assert visa.is_valid_on(last)
        assert not visa.is_valid_on(last + DAY)
