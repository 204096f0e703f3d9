"""Terms of a host: each change is another version, exactly one counts, and it is confirmed once a year."""

from datetime import time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from spaces.refusing import codes
from tests.bookings.taking import take
from tests.factories import TUESDAY, at, make_space
from tests.properties import examples, undone
from visas.models import Terms
from visas.models.terms import CONFIRMED_FOR, OFFERED
from visas.offering import confirm_terms, hosts_to_ask, look_at_terms, terms_of, write_terms
from visas.sentence import terms_in_words

pytestmark = pytest.mark.django_db
NOW = at("09:00")


@pytest.fixture
def host():
    return make_space(town="函館市")


def write(host, **offered):
    return write_terms(space=host, by=None, now=offered.pop("now", NOW), **offered)


def refused(host, **offered) -> ValidationError:
    before = Terms.objects.count()
    with pytest.raises(ValidationError) as caught:
        write(host, **offered)
    assert Terms.objects.count() == before
    return caught.value


def test_host_that_has_written_nothing_gives_what_all_share(host):
    terms = terms_of(host)

    assert (terms.pk, terms.version, terms.days_free, terms.percent_off) == (None, 0, 3, 0)


def test_change_is_another_version_and_the_one_before_stays_for_the_record(host, sam):
    first = write(host, days_free=5)
    second = write_terms(space=host, by=sam, now=NOW + timedelta(days=1), percent_off=20)

    first.refresh_from_db()
    assert (first.version, first.days_free, first.percent_off, first.replaced_at) == (1, 5, 0, NOW + timedelta(days=1))
    assert (second.version, second.days_free, second.percent_off, second.written_by) == (2, 5, 20, sam)
    assert terms_of(host) == second


def test_the_same_again_confirms_and_is_no_new_version(host):
    write(host, days_free=5, perks_ja="コーヒー", perks_en="")

    later = NOW + timedelta(days=100)
    again = write(host, days_free=5, perks_ja=" コーヒー ", perks_en=None, seen=0, now=later)

    assert (again.version, again.confirmed_at, Terms.objects.count()) == (1, later, 1)


def test_confirming_is_no_new_version(host):
    write(host, days_free=5)

    later = NOW + timedelta(days=400)
    assert not terms_of(host).is_confirmed_at(later)
    confirmed = confirm_terms(space=host, by=None, now=later, seen=1)

    assert (confirmed.version, Terms.objects.count()) == (1, 1)
    assert terms_of(host).is_confirmed_at(later)


def test_who_confirms_what_all_share_has_written_it(host):
    confirmed = confirm_terms(space=host, by=None, now=NOW, seen=0)

    assert (confirmed.version, confirmed.days_free, terms_of(host)) == (1, 3, confirmed)


@pytest.mark.parametrize("act", [write_terms, confirm_terms])
def test_who_looked_at_another_version_is_told(host, act):
    write(host, days_free=5)

    offered = {"days_free": 6} if act is write_terms else {}
    with pytest.raises(ValidationError) as caught:
        act(space=host, by=None, now=NOW, seen=0, **offered)

    assert codes(caught.value) == {"terms_changed"}
    assert terms_of(host).days_free == 5


@pytest.mark.parametrize(
    ("offered", "field"),
    [
        ({"days_free": 2}, "days_free"),
        ({"days_free": 32}, "days_free"),
        ({"percent_off": 91}, "percent_off"),
        ({"notice_hours": 337}, "notice_hours"),
        ({"months_of_membership": 25}, "months_of_membership"),
        ({"opens": time(10)}, "__all__"),
        ({"closes": time(10)}, "__all__"),
        ({"opens": time(18), "closes": time(10)}, "__all__"),
    ],
)
def test_what_no_host_may_offer_is_told_by_its_field(host, offered, field):
    write(host, days_free=4)

    assert set(refused(host, **offered).error_dict) == {field}
    assert terms_of(host).replaced_at is None


@pytest.mark.parametrize("hours", [{"opens": time(10)}, {"closes": time(18)}, {"opens": time(18), "closes": time(10)}])
def test_database_refuses_one_hour_alone_and_hours_that_end_before_they_begin(host, hours):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Terms.objects.create(space=host, **hours)

    assert caught.value.__cause__.diag.constraint_name == "terms_hours_of_a_day"


def test_without_a_town_nobody_is_a_neighbour():
    nowhere = make_space("nowhere")

    assert codes(refused(nowhere, not_from_nearby=True)) == {"no_town"}
    assert write(nowhere, not_from_nearby=False).version == 1


def test_looking_writes_nothing_and_refuses_the_same(host):
    looked_at = look_at_terms(space=host, by=None, now=NOW, seen=0, days_free=7)

    assert (looked_at.days_free, Terms.objects.count()) == (7, 0)
    with pytest.raises(ValidationError):
        look_at_terms(space=host, by=None, now=NOW, seen=0, days_free=1)


def test_what_is_booked_stays_as_it_was_agreed(aiko, dorinoki):
    booking = take(aiko, dorinoki.open_seats, day=TUESDAY + timedelta(days=1))

    write(dorinoki.space, opens=time(18), closes=time(19), months_of_membership=24, notice_hours=300)

    booking.refresh_from_db()
    assert (booking.is_live, booking.price, booking.basis) == (True, 0, "visa")


def test_sentence_says_all_that_is_offered_in_both_languages(host):
    terms = write(
        host, days_free=4, percent_off=30, opens=time(10), closes=time(17), once_a_week=True, perks_en="coffee"
    )

    with translation.override("en"):
        said = terms_in_words(terms)
        assert "30%" not in terms_in_words(terms, sells_drop_in=False)
    assert said == (
        "For members of the other spaces: 4 days a month free of charge, then 30% off the drop-in, "
        "from 10:00 to 17:00, one day a week at most, with coffee."
    )
    with translation.override("ja"):
        assert "4" in terms_in_words(terms)
        assert "coffee" in terms_in_words(terms), "what is written in one language is shown in both"


def test_hosts_are_asked_when_a_year_is_over_or_they_never_said_anything(host):
    assert list(hosts_to_ask(NOW)) == [host]
    write(host)

    for passed, asked in ((timedelta(0), 0), (CONFIRMED_FOR - timedelta(seconds=1), 0), (CONFIRMED_FOR, 1)):
        assert hosts_to_ask(NOW + passed).count() == asked
        assert terms_of(host).is_confirmed_at(NOW + passed) is not bool(asked)


def test_who_has_left_the_federation_is_not_asked(host):
    host.left_on = TUESDAY
    host.save()

    assert not hosts_to_ask(NOW).exists()


OFFER = st.fixed_dictionaries(
    {},
    optional={
        "days_free": st.integers(3, 31),
        "percent_off": st.integers(0, 90),
        "notice_hours": st.integers(0, 336),
        "once_a_week": st.booleans(),
        "not_from_nearby": st.booleans(),
        "months_of_membership": st.integers(0, 24),
        "perks_ja": st.sampled_from(["", "コーヒー"]),
    },
)


@examples(40)
@given(changes=st.lists(OFFER, min_size=1, max_size=6))
def test_any_changes_leave_exactly_one_version_that_counts(host, changes):
    with undone():
        expected = {name: getattr(terms_of(host), name) for name in OFFERED}
        versions = 0
        for number, offered in enumerate(changes):
            before = dict(expected)
            expected.update({name: value or None if value == "" else value for name, value in offered.items()})
            versions += before != expected or number == 0

            write(host, now=NOW + timedelta(hours=number), **offered)

            [counts] = Terms.objects.filter(space=host, replaced_at=None)
            assert {name: getattr(counts, name) for name in OFFERED} == expected
            assert counts.version == versions == Terms.objects.filter(space=host).count()
