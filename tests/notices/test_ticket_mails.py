"""What mails about a visit by ticket say: with the link that opens it, the QR for the desk, and where else to go."""

import email
import email.policy
import re
from datetime import date

import pytest
import time_machine
from django.core import mail
from icalendar import Calendar

from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.redeeming import change_visit
from bookings.ticket_links import send_link
from bookings.visits import visits_address
from notices.delivery import deliver_due
from notices.models import Notice
from tests.factories import at, make_closure
from tests.pages.tickets import campaign_of_all
from tests.reading import SPACES, Page
from tests.visas.acts import make_ticket, visit
from visas.issuing import block
from visas.models import Ticket

pytestmark = pytest.mark.usefixtures("letters_apart")

THURSDAY = date(2026, 11, 26)
LANGUAGES = pytest.mark.parametrize("language", ["ja", "en"])
PNG = b"\x89PNG\r\n"
SPACE = {"ja": "小春日和", "en": "Koharubiyori"}
ENGLISH = re.compile(r"\b[a-z]+ [a-z]+ [a-z]+\b")


@pytest.fixture
def booking(four_spaces, language):
    return visit(make_ticket(campaign_of_all()), four_spaces["koharubiyori"], day=THURSDAY, language=language)


@pytest.fixture
def link(booking, settings):
    booking.ticket.refresh_from_db()
    return settings.SITE_URL + visits_address(booking.ticket)


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
        self.subject, self.to = raw["Subject"], raw["To"]
        self.text = raw.get_body(("plain",)).get_content()
        page = Page.of(raw.get_body(("html",)).get_content())
        self.words, self.links = SPACES.sub(" ", page.text), [href for _words, href in page.links]
        self.files = {one.get_filename(): one.get_content() for one in raw.iter_attachments()}

    def says(self, *words):
        """What of these is missing in the text or in the HTML."""
        return [word for word in words if word not in self.text or word not in self.words]


@LANGUAGES
def test_confirmation_brings_link_code_and_calendar(booking, language, link):
    [letter] = delivered()

    assert str(letter.to) == "guest@example.jp"
    assert (
        letter.says(SPACE[language], booking.spaced_reference, "11:00–21:00", {"ja": "無料", "en": "free"}[language])
        == []
    )
    assert link in letter.text
    assert link in letter.links
    assert f"/bookings/{booking.reference}" not in letter.text
    assert letter.files[f"{booking.reference}.png"].startswith(PNG)
    event = Calendar.from_ical(letter.files["booking.ics"]).walk("VEVENT")[0]
    assert "/visit/" not in str(event["URL"])
    if language == "ja":
        assert not ENGLISH.search(letter.text)


@LANGUAGES
def test_move_and_reminder_bring_the_link_too(booking, four_spaces, link, now):
    delivered()
    change_visit(booking=booking, space=four_spaces["cafe-36"], day=date(2026, 11, 27), now=now)

    [moved], [reminder] = delivered(), delivered("17:00", THURSDAY)

    for letter in (moved, reminder):
        assert link in letter.links
        assert f"{booking.reference}.png" in letter.files
        assert letter.says("10:00–20:00") == []


@LANGUAGES
def test_visit_that_the_space_cancels_is_given_back_and_the_other_spaces_are_named(
    booking, language, link, now, four_spaces
):
    delivered()
    make_closure(four_spaces["dorinoki"], date(2026, 11, 1), last=date(2027, 1, 31))
    cancel(booking=booking, by=Booking.Side.SPACE, now=now)

    [letter] = delivered()

    until = {"ja": "2026年12月31日", "en": "31 December 2026"}[language]
    others = {"ja": ["ガレージラボ", "サブロク"], "en": ["Garage labs", "Cafe 36"]}[language]
    assert letter.says(until, *others) == []
    goes_on = [href.removeprefix(link) for href in letter.links if "next" in href]
    assert goes_on == ["next/?space=garage-labs", "next/?space=cafe-36", "next/?space=koharubiyori"]
    assert not any(name.endswith(".png") for name in letter.files)
    assert Calendar.from_ical(letter.files["booking.ics"])["METHOD"] == "CANCEL"


def test_ticket_is_good_for_a_month_after_a_space_cancelled_its_last_day(four_spaces):
    booking = visit(make_ticket(campaign_of_all()), four_spaces["koharubiyori"], day=date(2026, 12, 28), language="en")
    delivered()
    cancel(booking=booking, by=Booking.Side.SPACE, now=at("08:00", date(2026, 12, 28)))

    [letter] = delivered("08:00", date(2026, 12, 28))

    assert letter.says("27 January 2027") == []


@pytest.mark.parametrize("language", ["en"])
@pytest.mark.parametrize(("clock", "said"), [("08:59", "given back"), ("09:01", "counts as used")])
def test_own_cancelling_says_whether_the_visit_is_given_back(booking, clock, said):
    delivered()
    cancel(booking=booking, by=Booking.Side.PERSON, now=at(clock, THURSDAY))

    [letter] = delivered(clock, THURSDAY)

    assert letter.says(said) == []


@pytest.mark.parametrize("language", ["en"])
def test_blocked_ticket_is_promised_nothing(booking, now):
    delivered()
    block(ticket=booking.ticket, reason="x", now=now)
    cancel(booking=booking, by=Booking.Side.SPACE, now=now)

    [letter] = delivered()

    assert "given back" not in letter.text
    assert not any("next" in href for href in letter.links)


@LANGUAGES
def test_link_is_mailed_again(booking, language, link, now):
    delivered()
    for _time in range(3):
        send_link(booking.ticket, now=now)

    [letter] = delivered()

    assert str(letter.to) == "guest@example.jp"
    assert link in letter.text
    assert link in letter.links
    # What is sent is kept, and codes are not to be: the page that the link opens has it.
    assert letter.says(booking.ticket.printed_code) == [booking.ticket.printed_code]


@pytest.mark.parametrize("language", ["ja"])
def test_link_of_a_ticket_that_was_forgotten_meanwhile_is_not_sent(booking, now):
    delivered()
    send_link(booking.ticket, now=now)
    Ticket.objects.update(email="", name="")

    assert delivered() == []
    assert Notice.objects.get(kind="ticket.link").state == "dropped"
