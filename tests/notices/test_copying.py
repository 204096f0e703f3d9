"""What was sent is kept for reading, and opens nothing."""

from datetime import timedelta

import pytest
from django.core import mail

from bookings.visits import visits_address
from events.links import rsvp_address
from notices.copying import forget_old, without_keys
from notices.delivery import deliver_due
from notices.links import choice_address
from notices.models import Notice, SentCopy
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import at
from tests.notices.conftest import make_notice
from tests.pages.tickets import campaign_of_all
from tests.visas.acts import make_ticket, visit

LATER = at("23:59")


def test_links_that_open_something_are_not_in_a_copy(four_spaces, aiko, settings):
    rsvp = make_rsvp(make_venue(make_event(four_spaces["dorinoki"]), four_spaces["dorinoki"]), aiko)
    ticket = make_ticket(campaign_of_all())
    visit(ticket, four_spaces["koharubiyori"])
    ticket.refresh_from_db()
    opening = [
        settings.SITE_URL + rsvp_address(rsvp),
        settings.SITE_URL + visits_address(ticket),
        settings.SITE_URL + f"/ticket/{ticket.code}/",
        choice_address("ben@example.com", ["booking.reminder"]),
    ]
    for address in opening:
        text = f'Open <a href="{address}">{address}</a> or\n{address}\nthank you.'

        shown = without_keys(text)

        key = max(address.removeprefix(settings.SITE_URL).strip("/").split("/"), key=len)
        assert key not in shown
        assert shown.count("…") == 3
        assert shown.endswith("\nthank you.")


@pytest.mark.parametrize("path", ["/", "/spaces/koharubiyori/", "/bookings/ABCD2345/", "/events/12-some-long-title/"])
def test_links_that_open_nothing_stay(settings, path):
    text = f'<a href="{settings.SITE_URL}{path}">there</a>'

    assert without_keys(text) == text


def test_copy_says_what_was_read(db):
    notice = make_notice(facts={"from_name": "小春日和"})

    deliver_due(until=LATER)

    copy, [letter] = SentCopy.objects.get(notice=notice), mail.outbox
    [(html, _type)] = letter.alternatives
    assert (copy.subject, copy.sender, copy.channel) == ("Letter one in en", "小春日和", "mail")
    assert copy.message_id == letter.message()["Message-ID"]
    assert copy.text == without_keys(letter.body)
    assert copy.html == without_keys(html)


def test_copies_are_forgotten_after_ninety_days_and_what_happened_is_not(db, now):
    make_notice()
    deliver_due(until=LATER)
    sent_at = SentCopy.objects.get().sent_at

    assert forget_old(now=sent_at + timedelta(days=90, seconds=-1)) == 0
    assert forget_old(now=sent_at + timedelta(days=90)) == 1
    assert Notice.objects.get().state == "sent"


def test_copy_goes_with_its_notice(db):
    make_notice()
    deliver_due(until=LATER)

    Notice.objects.all().delete()

    assert not SentCopy.objects.exists()
