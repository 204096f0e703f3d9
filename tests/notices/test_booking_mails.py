"""What the mails about a booking say: in both languages, as text and as HTML, with a calendar file."""

import email
import email.policy
import re
from datetime import UTC, date

import pytest
import time_machine
from django.core import mail
from icalendar import Calendar

from bookings.attendance import check_in, miss
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.moving import move
from notices.delivery import deliver_due
from notices.models import Notice
from tests.factories import at, make_user, span
from tests.reading import SPACES, Page

pytestmark = pytest.mark.usefixtures("letters_apart")

THURSDAY = date(2026, 11, 26)
LANGUAGES = pytest.mark.parametrize("language", ["ja", "en"])
KANA = re.compile(r"[ぁ-んァ-ン]")
SPACE = {"ja": "小春日和", "en": "Koharubiyori"}
SEATS = {"ja": "オープン席", "en": "Open seats"}


@pytest.fixture
def person(language):
    return make_user("ben@example.com", family_name="Müller & Söhne", given_name="<Ben>", language=language)


@pytest.fixture
def booking(koharubiyori, person, now):
    return book(
        user=person,
        space=koharubiyori.space,
        resource_id=koharubiyori.open_seats.pk,
        span=span("11:00", "13:00", THURSDAY),
        seats=2,
        now=now,
    )


def delivered(clock="09:00", day=date(2026, 11, 24)):
    """The letters that go out when the outbox is emptied at a time."""
    mail.outbox.clear()
    with time_machine.travel(at(clock, day)):
        deliver_due(until=at("23:59", day))
    return [Letter(sent) for sent in mail.outbox]


class Letter:
    """A mail as the program of its reader takes it apart."""

    def __init__(self, sent):
        raw = email.message_from_bytes(sent.message().as_bytes(), policy=email.policy.default)
        self.subject, self.sender, self.to = raw["Subject"], raw["From"], raw["To"]
        self.text = raw.get_body(("plain",)).get_content()
        self.html = raw.get_body(("html",)).get_content()
        self.words = SPACES.sub(" ", Page.of(self.html).text)
        [attachment] = raw.iter_attachments()
        self.calendar_headers = attachment
        self.calendar = Calendar.from_ical(attachment.get_content())
        [self.entry] = self.calendar.events

    def says(self, *words):
        """What of these is missing in the text or in the HTML."""
        return [word for word in words if word not in self.text or word not in self.words]


def check_letter(letter, booking, language, settings):
    """What every letter about a booking has."""
    booking.refresh_from_db()
    assert str(letter.to) == "ben@example.com"
    assert letter.sender.addresses[0].display_name == SPACE[language]
    assert letter.sender.addresses[0].addr_spec == settings.DEFAULT_FROM_EMAIL
    assert SPACE[language] in letter.subject
    assert letter.says(SPACE[language], SEATS[language], booking.spaced_reference, "2026") == []
    assert f"{settings.SITE_URL}/bookings/{booking.reference}/" in letter.text
    assert f'href="{settings.SITE_URL}/bookings/{booking.reference}/"' in letter.html
    assert f'lang="{language}"' in letter.html
    assert bool(KANA.search(letter.text)) == (language == "ja")
    assert letter.html.count("<h1") == 1
    assert "&amp;" not in letter.text
    assert letter.entry["UID"] == f"booking-{booking.reference.lower()}@localhost"
    assert letter.entry["SEQUENCE"] == booking.sequence
    assert letter.entry["SUMMARY"] == f"{SPACE[language]} · {SEATS[language]}"
    assert letter.calendar_headers.get_content_type() == "text/calendar"
    assert letter.calendar_headers.get_param("method") == letter.calendar["METHOD"]
    assert letter.calendar_headers.get_filename() == "booking.ics"


@LANGUAGES
def test_booking_is_confirmed(booking, language, settings):
    [letter] = delivered()

    check_letter(letter, booking, language, settings)
    assert letter.says("11:00–13:00", "1,000", "2") == []
    assert letter.calendar["METHOD"] == "REQUEST"
    assert letter.entry["STATUS"] == "CONFIRMED"
    assert letter.entry.start.astimezone(UTC) == at("11:00", THURSDAY).astimezone(UTC)
    assert str(letter.entry["ATTENDEE"]) == "mailto:ben@example.com"


@LANGUAGES
def test_move_is_told_with_the_old_time_and_the_new(booking, language, settings, koharubiyori, now):
    delivered()
    move(
        booking=booking,
        resource_id=koharubiyori.open_seats.pk,
        span=span("15:00", "19:00", date(2026, 11, 27)),
        seats=2,
        now=now,
    )

    [letter] = delivered()

    check_letter(letter, booking, language, settings)
    assert letter.says("15:00–19:00", "1,600", "11:00") == []
    assert letter.calendar["METHOD"] == "REQUEST"
    assert letter.entry["SEQUENCE"] == 1


@LANGUAGES
def test_cancellation_in_time_costs_nothing(booking, language, settings, now):
    delivered()
    cancel(booking=booking, by="person", now=now)

    [letter] = delivered()

    check_letter(letter, booking, language, settings)
    assert letter.calendar["METHOD"] == "CANCEL"
    assert letter.entry["STATUS"] == "CANCELLED"
    assert {"en": "It costs nothing.", "ja": ""}[language] in letter.text


@LANGUAGES
def test_late_cancellation_names_its_fee(booking, language, settings):
    delivered()
    late = at("10:00", THURSDAY)
    cancel(booking=booking, by="person", now=late)

    [letter] = delivered("10:01", THURSDAY)

    check_letter(letter, booking, language, settings)
    assert {"en": "¥1,000 is due at the space as a cancellation fee.", "ja": "1,000円"}[language] in letter.text
    assert letter.calendar["METHOD"] == "CANCEL"


@LANGUAGES
def test_cancellation_by_the_space_costs_nothing_however_late(booking, language, settings):
    delivered()
    cancel(booking=booking, by="space", now=at("10:00", THURSDAY))

    [letter] = delivered("10:01", THURSDAY)

    check_letter(letter, booking, language, settings)
    assert {"en": "The space had to cancel it. It costs you nothing", "ja": ""}[language] in letter.text
    assert "cancellation fee" not in letter.text


@LANGUAGES
def test_reminder_comes_the_evening_before(booking, language, settings):
    delivered()
    assert delivered("16:59", date(2026, 11, 25)) == []

    [letter] = delivered("17:00", date(2026, 11, 25))

    check_letter(letter, booking, language, settings)
    assert letter.says("11:00–13:00", "09:00") == []
    assert letter.calendar["METHOD"] == "REQUEST"


@LANGUAGES
def test_all_letters_of_one_booking_have_different_subjects(booking, language, koharubiyori, now):
    subjects = [letter.subject for letter in delivered()]
    seats = koharubiyori.open_seats.pk
    move(booking=booking, resource_id=seats, span=span("12:00", "14:00", THURSDAY), seats=1, now=now)
    subjects += [letter.subject for letter in delivered()]
    subjects += [letter.subject for letter in delivered("17:00", date(2026, 11, 25))]
    cancel(booking=booking, by="person", now=at("18:00", date(2026, 11, 25)))
    subjects += [letter.subject for letter in delivered("18:01", date(2026, 11, 25))]

    assert len(set(subjects)) == 4


@pytest.mark.parametrize("language", ["en"])
def test_what_has_changed_meanwhile_is_not_told(booking, koharubiyori, now):
    seats = koharubiyori.open_seats.pk
    for starts, ends in (("12:00", "14:00"), ("13:00", "15:00")):
        move(booking=booking, resource_id=seats, span=span(starts, ends, THURSDAY), seats=2, now=now)

    [letter] = delivered()

    assert "13:00–15:00" in letter.text
    assert Notice.objects.filter(state="dropped").count() == 2


@pytest.mark.parametrize("language", ["en"])
def test_moved_booking_is_reminded_of_once_and_at_its_new_time(booking, koharubiyori, now):
    seats = koharubiyori.open_seats.pk
    move(booking=booking, resource_id=seats, span=span("12:00", "14:00", date(2026, 11, 27)), seats=2, now=now)
    delivered()

    assert delivered("17:00", date(2026, 11, 25)) == []
    assert len(delivered("17:00", THURSDAY)) == 1


@pytest.mark.parametrize("language", ["en"])
def test_cancelled_booking_is_not_reminded_of(booking, now):
    cancel(booking=booking, by="person", now=now)

    assert [letter.calendar["METHOD"] for letter in delivered()] == ["CANCEL"]
    assert delivered("17:00", date(2026, 11, 25)) == []


@pytest.mark.parametrize("language", ["en"])
def test_reminder_is_of_no_use_once_the_booking_has_begun(booking):
    delivered()

    assert delivered("11:00", THURSDAY) == []
    assert Notice.objects.get(kind="booking.reminder").last_error == "Too late to be useful."


@pytest.mark.parametrize("language", ["en"])
@pytest.mark.parametrize("act", [check_in, miss])
def test_confirmation_that_is_late_is_still_right_about_who_has_come(booking, act):
    act(booking=booking, now=at("11:05", THURSDAY))

    assert len(delivered("11:06", THURSDAY)) == (act is check_in)


@pytest.mark.parametrize("language", ["en"])
def test_booking_without_an_address_tells_nobody(koharubiyori, booking, now):
    booking.person = None
    booking.user = None
    booking.save()
    Notice.objects.all().delete()

    cancel(booking=booking, by="space", now=now)

    assert not Notice.objects.exists()


@pytest.mark.parametrize("language", ["en"])
@pytest.mark.parametrize("name", ['The "Best" <b>House</b>', "One\nBcc: everybody@example.com", "A & B, 100 %", "🏠%s"])
def test_name_of_a_space_can_not_break_a_letter(booking, koharubiyori, name):
    koharubiyori.space.name_en = koharubiyori.space.full_name_en = name
    koharubiyori.space.save()

    [letter] = delivered()

    assert Notice.objects.get(kind="booking.confirmed").state == "sent"
    assert mail.outbox[0].recipients() == ["ben@example.com"]
    assert "<b>House</b>" not in letter.html
    assert SPACES.sub(" ", name) in SPACES.sub(" ", letter.text)
    assert SPACES.sub(" ", name) in letter.words


@pytest.mark.parametrize("language", ["en"])
def test_times_are_those_of_the_space(booking, koharubiyori):
    koharubiyori.space.timezone = "Europe/Lisbon"
    koharubiyori.space.save()

    [letter] = delivered()

    assert "02:00–04:00" in letter.text
    assert letter.entry.start.astimezone(UTC) == at("11:00", THURSDAY).astimezone(UTC)


@pytest.mark.parametrize("language", ["en"])
def test_html_of_a_letter_loads_nothing_and_runs_nothing(booking):
    [letter] = delivered()

    assert "<script" not in letter.html
    assert re.findall(r'(?:src|background)="(?!data:)', letter.html) == []
    assert re.findall(r"<link|@import|url\(", letter.html) == []
