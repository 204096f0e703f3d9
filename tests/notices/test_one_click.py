"""One-click unsubscribe as RFC 8058 has it: headers in a mail that went through a mail server, and a bare POST."""

import http.client
import re
from urllib.parse import urlencode, urlsplit

import pytest

from notices import kinds
from notices.choosing import turned_off
from notices.delivery import deliver_due
from notices.kinds import Kind, Needed, Topic
from notices.links import choice_address, choice_of
from notices.models import Notice, TurnedOff
from tests.factories import at
from tests.notices.conftest import make_notice, render, still_wanted
from tests.notices.smtp import mail_server

CHIE = "chie@example.jp"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # the server asks for collected files before any fixture
]


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    more = {"test.other": {"topic": Topic.EVENTS}, "test.needed": {"topic": Topic.EVENTS, "needed": Needed.VAIN}}
    for name, options in more.items():
        monkeypatch.setitem(kinds._kinds, name, Kind(name, name, still_wanted, render, **options))


@pytest.fixture
def server(settings):
    with mail_server() as started:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", started.port
        yield started


def arrived(server, *names):
    """One mail with letters of these kinds, as the mail server has it."""
    for name in names:
        make_notice(name, kind=name, recipient=CHIE)
    deliver_due(until=at("23:59"))
    [letter] = server.accepted
    return letter


def stop_address(letter):
    [address] = re.fullmatch(r"<(https?://\S+)>", str(letter["List-Unsubscribe"]).strip()).groups()
    return address


def post(live_server, path, body, content_type="application/x-www-form-urlencoded"):
    """What a mail program sends: no cookie, no referrer, no browser; the answer, and what a redirect would be."""
    house = http.client.HTTPConnection(urlsplit(live_server.url).netloc)
    house.request("POST", path, body, {"Content-Type": content_type})
    answer = house.getresponse()
    answer.read()
    house.close()
    return answer


def test_mail_says_how_it_is_stopped_and_a_bare_post_stops_it(server, live_server):
    letter = arrived(server, "test.letter")
    address = stop_address(letter)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in letter.get_body(("plain",)).get_content()

    answer = post(live_server, urlsplit(address).path, urlencode({"List-Unsubscribe": "One-Click"}))

    assert (answer.status, answer.getheader("Location"), answer.getheader("Set-Cookie")) == (200, None, None)
    assert turned_off(CHIE) == {"test.letter"}
    Notice.objects.update(settled_at=at("08:00"))
    make_notice("next", recipient=CHIE)
    assert deliver_due(until=at("23:59")).dropped == 1
    assert len(server.accepted) == 1


def test_body_in_parts_does_as_well(server, live_server):
    path = urlsplit(stop_address(arrived(server, "test.letter"))).path
    body = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'

    answer = post(live_server, path, body, "multipart/form-data; boundary=x")

    assert answer.status == 200
    assert turned_off(CHIE) == {"test.letter"}


def test_mail_of_several_letters_is_stopped_as_exactly_these(server, live_server):
    letter = arrived(server, "test.letter", "test.other")

    post(live_server, urlsplit(stop_address(letter)).path, urlencode({"List-Unsubscribe": "One-Click"}))

    assert turned_off(CHIE) == {"test.letter", "test.other"}


@pytest.mark.parametrize("names", [["test.needed"], ["test.letter", "test.needed"]])
def test_mail_with_something_needed_offers_no_one_click_and_leads_to_the_choices(server, names):
    letter = arrived(server, *names)

    assert letter["List-Unsubscribe"] is None
    assert letter["List-Unsubscribe-Post"] is None
    assert "/mails/" in letter.get_body(("plain",)).get_content()
    assert "/mails/" in letter.get_body(("html",)).get_content()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", "application/x-www-form-urlencoded"),
        ("List-Unsubscribe=one-click", "application/x-www-form-urlencoded"),
        ("List-Unsubscribe=One-Click", "text/plain"),
        ("broken", "multipart/form-data; boundary=x"),
        ("broken", "multipart/form-data"),
        ("%00=%00", "application/x-www-form-urlencoded"),
    ],
)
def test_other_bodies_change_nothing_and_break_nothing(server, live_server, body, kind):
    path = urlsplit(stop_address(arrived(server, "test.letter"))).path

    assert post(live_server, path, body, kind).status == 400
    assert not TurnedOff.objects.exists()


def test_who_fetches_the_address_changes_nothing(server, live_server):
    """Scanners of mail do, and so does a browser."""
    path = urlsplit(stop_address(arrived(server, "test.letter"))).path

    for method, status in (("GET", 200), ("HEAD", 200), ("PUT", 405), ("DELETE", 405), ("OPTIONS", 405)):
        house = http.client.HTTPConnection(urlsplit(live_server.url).netloc)
        house.request(method, f"{path}?List-Unsubscribe=One-Click")
        assert house.getresponse().status == status, method
        house.close()
    assert not TurnedOff.objects.exists()


def test_address_of_the_longest_mail_fits_into_a_line_that_mail_servers_take(server, settings):
    """RFC 5321 gives an address 254 characters, and RFC 5322 a line 998."""
    settings.SITE_URL = "https://coworking-hokkaido.example.jp"
    names = [kind.name for kind in kinds.kinds() if kind.can_be_turned_off]
    longest = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 55}.example.jp"

    address = choice_address(longest, names)

    assert choice_of(urlsplit(address).path.split("/")[2]).kinds == names
    assert len(f"List-Unsubscribe: <{address}>") <= 998
