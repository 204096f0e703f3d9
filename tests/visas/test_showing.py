"""A visa is shown at a desk by a code that is signed, lasts a minute and works once, or by its number."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from bookings.revoking import reissue, revoke
from spaces.refusing import codes
from tests.breaking import quickly
from tests.factories import at
from tests.visas.acts import NOW
from visas.forgetting import LOOKS_KEPT, forget_looks
from visas.models import Showing, Visa
from visas.showing import GOOD_FOR, RENEWED_AFTER, code_address, look_up, new_code, scan
from visas.tasks import forget_looks as forget_looks_daily

pytestmark = pytest.mark.django_db


@pytest.fixture
def visa(aiko) -> Visa:
    return Visa.objects.get()


def refused(act, *args, **asked):
    """The codes of a refusal; no look at the visa is noted."""
    before = Showing.objects.count()
    with pytest.raises(ValidationError) as caught:
        act(*args, **asked)
    assert Showing.objects.count() == before
    return codes(caught.value)


def test_code_shows_its_visa_to_who_scans_it_and_that_is_noted(visa, dai):
    code = new_code(visa)

    showing = scan(code, by=dai, now=NOW)

    assert (showing.visa, showing.shown_to, showing.shown_at) == (visa, dai, NOW)
    assert code not in Showing.objects.get().code_key


def test_code_works_once_for_whoever_scans_it(visa, dai, sam):
    code = new_code(visa)
    scan(code, by=dai, now=NOW)

    assert refused(scan, code, by=sam, now=NOW) == {"code_used"}
    assert refused(scan, code, by=dai, now=NOW) == {"code_used"}


def test_every_code_is_another_one_and_each_shows_the_visa(visa, dai):
    first, second = new_code(visa), new_code(visa)

    assert first != second
    assert [scan(code, by=dai, now=NOW).visa for code in (first, second)] == [visa, visa]


@pytest.mark.parametrize(("later", "is_good"), [(89, True), (91, False)])
def test_code_that_is_scanned_in_its_last_second_is_good_and_half_a_minute_later_no_more(visa, dai, later, is_good):
    assert timedelta(seconds=60) == RENEWED_AFTER
    assert timedelta(seconds=90) == GOOD_FOR
    with time_machine.travel(at("10:00"), tick=False):
        code = new_code(visa)

    with time_machine.travel(at("10:00") + timedelta(seconds=later), tick=False):
        if is_good:
            assert scan(code, by=dai, now=at("10:01"))
        else:
            assert refused(scan, code, by=dai, now=at("10:02")) == {"code_expired"}


def test_code_of_before_a_visa_was_reissued_shows_nothing(visa, dai):
    code = new_code(visa)

    reissue(visa=visa, by=dai, now=NOW)

    assert refused(scan, code, by=dai, now=NOW) == {"code_replaced"}
    visa.refresh_from_db()
    assert scan(new_code(visa), by=dai, now=NOW).visa == visa


def test_code_of_a_revoked_visa_shows_it_so_that_the_desk_can_say_why_not(visa, dai):
    code = new_code(visa)

    revoke(visa=visa, by=dai, reason="Lent to a friend.", now=NOW)

    assert scan(code, by=dai, now=NOW).visa.revoked_at


def test_every_character_of_a_code_counts(visa, dai):
    code = new_code(visa)

    for place, character in enumerate(code):
        # The last character of each part carries bits that decoding drops: a letter far from it is another one surely.
        other = code[:place] + ("A" if character.lower() != "a" else "z") + code[place + 1 :]
        assert refused(scan, other, by=dai, now=NOW) == {"code_false"}, place


@given(st.text(max_size=60))
@quickly
def test_what_nobody_signed_is_no_code(dai, text):
    assert refused(scan, text, by=dai, now=NOW) == {"code_false"}


def test_what_was_signed_for_something_else_is_no_code(visa, dai):
    other = signing.dumps([visa.pk, visa.number, "nonce"], salt="bookings.visits")

    assert refused(scan, other, by=dai, now=NOW) == {"code_false"}


def test_address_of_a_code_leads_to_the_desk(visa, settings):
    code = new_code(visa)

    address = code_address(code)

    assert address.startswith(f"{settings.SITE_URL}/door/visa/c/")
    # A QR code of this length is still large enough on a phone for another phone's camera.
    assert len(address) - len(settings.SITE_URL) < 120


@pytest.mark.parametrize("written", ["{0}", " {0} ", "{1} {2}", "{1}-{2}", "{1}　{2}", "full-width"])
def test_number_is_read_however_it_is_typed(visa, dai, written):
    number = visa.number
    typed = "".join(chr(ord(digit) + 0xFEE0) for digit in number)
    if written != "full-width":
        typed = written.format(number, number[:5], number[5:])

    showing = look_up(typed, by=dai, now=NOW)

    assert (showing.visa, showing.code_key) == (visa, None)


def test_slip_is_told_from_a_number_that_nobody_has(visa, dai):
    slip = visa.number[:-1] + str((int(visa.number[-1]) + 1) % 10)
    Visa.objects.update(number="1234567889")

    assert refused(look_up, slip, by=dai, now=NOW) == {"number_mistyped"}
    assert refused(look_up, visa.number, by=dai, now=NOW) == {"number_unknown"}


@pytest.mark.parametrize("typed", ["", "1234", "ABCDE FGHIJ", "١٢٣٤٥٦٧٨٩٠", "1" * 1000, "12345 6788O"])
def test_what_is_no_number_is_a_slip(visa, dai, typed):
    assert refused(look_up, typed, by=dai, now=NOW) == {"number_mistyped"}


def test_looks_are_forgotten_after_a_year(visa, dai):
    old = Showing.objects.create(visa=visa, shown_to=dai, shown_at=NOW - LOOKS_KEPT)
    kept = Showing.objects.create(visa=visa, shown_to=dai, shown_at=NOW - LOOKS_KEPT + timedelta(seconds=1))

    assert forget_looks(now=NOW) == 1

    assert not Showing.objects.filter(pk=old.pk).exists()
    assert Showing.objects.get() == kept
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        forget_looks_daily()
    assert not Showing.objects.exists()
    assert "visas.tasks.forget_looks" in {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()}
