"""A visa is revoked, with what was booked by it, and reissued under another number; whose it is, is told once."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from bookings.attendance import check_in
from bookings.models import Booking
from bookings.revoking import reissue, revoke
from notices.delivery import deliver_due
from notices.models import Notice
from spaces.refusing import codes
from tests.bookings.taking import quoted, refused, take
from tests.factories import TUESDAY, at, make_visited
from visas.holding import visa_of
from visas.models import Visa
from visas.numbers import is_number
from visas.showing import look_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters_apart")]
NOW = at("09:00")
DAY = timedelta(days=1)


@pytest.fixture
def visa(aiko) -> Visa:
    return Visa.objects.get()


@pytest.fixture
def boss(garage, dai):
    return dai


def told(kind: str) -> list[str]:
    return list(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


def test_revoked_visa_is_good_nowhere_and_says_why(visa, boss, aiko, dorinoki):
    revoke(visa=visa, by=boss, reason=" 貸していた ", now=NOW)

    visa.refresh_from_db()
    assert (visa.revoked_at, visa.revoked_by, visa.revoke_reason) == (NOW, boss, "貸していた")
    assert visa_of(visa.membership).why_not_on(TUESDAY).code == "visa_revoked"
    assert refused(aiko, dorinoki.open_seats) == {"visa_revoked"}


def test_visits_to_come_fall_at_every_host_and_cost_nothing(visa, boss, aiko, dorinoki, koharubiyori):
    make_visited(aiko, koharubiyori.space)
    visits = [
        take(aiko, koharubiyori.open_seats, "11:00", "13:00", day=TUESDAY + 2 * DAY),
        take(aiko, dorinoki.open_seats, "11:00", "13:00", day=TUESDAY + DAY),
    ]
    own = take(aiko, koharubiyori.rooms[0], day=TUESDAY + 3 * DAY)

    fallen = revoke(visa=visa, by=boss, reason="x", now=NOW)

    assert {one.pk for one in fallen} == {one.pk for one in visits}
    assert set(Booking.objects.live()) == {own}
    assert {(one.cancelled_by, one.cancellation_fee) for one in fallen} == {("space", 0)}
    assert told("booking.cancelled") == [aiko.email] * 2


def test_who_is_there_stays(visa, boss, aiko, dorinoki):
    visit = take(aiko, dorinoki.open_seats, "09:30", "12:00", now=at("09:00"))
    check_in(booking=visit, now=at("09:31"))

    assert revoke(visa=visa, by=boss, reason="x", now=at("10:00")) == []
    visit.refresh_from_db()
    assert visit.is_live


@pytest.mark.parametrize(("reason", "code"), [("", "no_reason"), ("  ", "no_reason")])
def test_reason_is_wanted(visa, boss, reason, code):
    with pytest.raises(ValidationError) as caught:
        revoke(visa=visa, by=boss, reason=reason, now=NOW)

    assert codes(caught.value) == {code}
    assert not told("visa.revoked")


def test_second_press_is_told_and_tells_nobody_again(visa, boss, aiko):
    revoke(visa=visa, by=boss, reason="x", now=NOW)

    with pytest.raises(ValidationError) as caught:
        revoke(visa=visa, by=boss, reason="y", now=NOW)

    assert codes(caught.value) == {"revoked_already"}
    assert told("visa.revoked") == [aiko.email]


def test_reissued_visa_has_another_number_and_the_old_one_shows_nothing(visa, boss, aiko, dorinoki):
    take(aiko, dorinoki.open_seats)

    renewed = reissue(visa=visa, by=boss, now=NOW, seen=visa.number)

    assert renewed.pk == visa.pk
    assert renewed.number != visa.number
    assert is_number(renewed.number)
    with pytest.raises(ValidationError) as caught:
        look_up(visa.number, by=boss, now=NOW)
    assert codes(caught.value) == {"number_unknown"}
    assert Booking.objects.live().count() == 1
    with translation.override("en"):
        assert "After it, 1 of 3" in quoted(aiko, dorinoki.open_seats, day=TUESDAY + DAY).best.reason


def test_reissuing_makes_a_revoked_one_good_again(visa, boss):
    revoke(visa=visa, by=boss, reason="x", now=NOW)

    reissue(visa=visa, by=boss, now=NOW)

    visa.refresh_from_db()
    assert (visa.revoked_at, visa.revoked_by, visa.revoke_reason) == (None, None, "")
    assert visa_of(visa.membership).is_valid_on(TUESDAY)


def test_form_that_is_sent_twice_gives_one_number(visa, boss, aiko):
    renewed = reissue(visa=visa, by=boss, now=NOW, seen=visa.number)

    with pytest.raises(ValidationError) as caught:
        reissue(visa=visa, by=boss, now=NOW, seen=visa.number)

    assert codes(caught.value) == {"reissued_already"}
    visa.refresh_from_db()
    assert visa.number == renewed.number
    assert told("visa.reissued") == [aiko.email]


def test_history_keeps_who_did_it_and_why(visa, boss):
    revoke(visa=visa, by=boss, reason="貸していた", now=NOW)
    reissue(visa=visa, by=boss, now=NOW)

    kept = [(one.history_user, one.history_change_reason) for one in visa.history.all()]
    assert kept == [(boss, ""), (boss, "貸していた")]


# Mails


def test_holder_reads_the_reason_and_the_new_number(visa, boss, aiko, mailoutbox):
    revoke(visa=visa, by=boss, reason="他の方が使っていた", now=NOW)
    deliver_due(until=NOW + DAY)
    [mail] = mailoutbox
    assert mail.to == [aiko.email]
    assert "他の方が使っていた" in mail.body
    assert visa.printed_number in mail.body

    renewed = reissue(visa=visa, by=boss, now=NOW)
    deliver_due(until=NOW + DAY)
    assert renewed.printed_number in mailoutbox[1].body
    assert "/passport/" in mailoutbox[1].body


def test_what_was_taken_back_meanwhile_is_not_mailed(visa, boss, mailoutbox):
    revoke(visa=visa, by=boss, reason="x", now=NOW)
    reissue(visa=visa, by=boss, now=NOW)
    last = reissue(visa=visa, by=boss, now=NOW)

    deliver_due(until=NOW + DAY)

    [mail] = mailoutbox
    assert last.printed_number in mail.body
