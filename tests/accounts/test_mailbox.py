"""The mailbox page of one's own machine: there only with MAILBOX_DIR, and it shows what was mailed."""

import importlib
from email.message import EmailMessage as Raw

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection, send_mail
from django.test import Client
from django.urls import clear_url_caches

from coworking.local import letters
from notices.delivery import deliver_due
from tests.breaking import check_answer
from tests.pages.test_broken_input import RAW
from tests.pages.wishes import address, wish
from tests.reading import Page

EVIL = "<h1>Hello</h1><script>alert(1)</script><form action='https://evil.example'></form><img src=x onerror=alert(2)>"


def reload_addresses(settings):
    """Read the addresses of the house again, as a new process with these settings would."""
    importlib.reload(importlib.import_module(settings.ROOT_URLCONF))
    clear_url_caches()


@pytest.fixture
def folder(settings, tmp_path):
    """A house with a mailbox in a folder."""
    settings.MAILBOX_DIR = str(tmp_path / "mail" / "box")
    settings.EMAIL_BACKEND = "coworking.local.mailbox.MailboxBackend"
    reload_addresses(settings)
    yield tmp_path / "mail" / "box"
    settings.MAILBOX_DIR = ""
    reload_addresses(settings)


def test_house_without_a_folder_for_mails_has_no_mailbox(visitor, db, settings):
    assert settings.MAILBOX_DIR == ""
    assert visitor.get("/mailbox/").status_code == 404


def test_empty_mailbox_says_so(visitor, db, folder):
    page = Page(visitor.get("/mailbox/"))

    assert page.status == 200
    assert len(page.headings) == 1


def test_visitor_finds_the_code_that_was_mailed(visitor, folder, ben):
    visitor.post("/accounts/login/code/", {"email": "ben@example.com"})

    page = Page(visitor.get("/mailbox/"))
    letter = Page(visitor.get(page.links_to("/mailbox/")[-1]))

    assert "ben@example.com" in page.main
    assert "Here is the code to sign in with. Enter it on the page that asks for it." in letter.main


def test_confirmation_of_a_booking_is_there_with_its_calendar_file(visitor, as_user, folder, ben, koharubiyori, now):
    as_user(ben).post(address(koharubiyori), wish(koharubiyori))
    deliver_due(until=now.replace(hour=10))

    [link] = [link for link in Page(visitor.get("/mailbox/")).links_to("/mailbox/") if link != "/mailbox/"]
    letter = Page(visitor.get(link))
    html = visitor.get(f"{link}html/")
    [attachment] = [href for _, href in letter.links if href.startswith(link) and href != link]
    calendar = visitor.get(attachment)

    assert "Koharubiyori" in letter.headings[0]
    assert "Koharubiyori" in html.content.decode()
    assert calendar.headers["Content-Type"].startswith("text/calendar")
    assert calendar.headers["Content-Disposition"] == 'attachment; filename="booking.ics"'
    assert calendar.content.startswith(b"BEGIN:VCALENDAR")


def test_newest_comes_first_and_a_hundred_are_shown(visitor, db, folder):
    for number in range(103):
        send_mail(f"Letter {number}", "text", "from@example.jp", ["to@example.jp"])

    page = Page(visitor.get("/mailbox/"))

    titles = [words for words, href in page.links if "Letter" in words]
    assert len(titles) == 100
    assert titles[0].startswith("Letter 102")


def test_html_of_a_mail_can_do_nothing(visitor, db, folder):
    letter = EmailMultiAlternatives("<b>Subject</b>", "text", "from@example.jp", ["to@example.jp"])
    letter.attach_alternative(EVIL, "text/html")
    letter.attach("evil.html", EVIL, "text/html")
    letter.send()

    [key] = [letter.key for letter in letters.latest(folder, 1)]
    shown, html = visitor.get(f"/mailbox/{key}/"), visitor.get(f"/mailbox/{key}/html/")
    attached = visitor.get(f"/mailbox/{key}/0/")

    assert "<script>alert" not in shown.content.decode()
    assert "<b>Subject</b>" in Page(shown).headings[0]
    assert "sandbox" in shown.content.decode()
    assert html.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "allow-scripts" not in html.headers["Content-Security-Policy"]
    assert html.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert attached.headers["Content-Disposition"].startswith("attachment")


def test_mail_without_subject_html_or_date_can_be_read(visitor, db, folder):
    raw = Raw()
    raw["To"] = "to@example.jp"
    raw.set_content("Only text.")
    letters.deliver(folder, raw.as_bytes())
    letters.deliver(folder, b"\xff\x00 no mail at all")

    page = Page(visitor.get("/mailbox/"))

    assert page.status == 200
    for letter in letters.latest(folder, 2):
        assert visitor.get(f"/mailbox/{letter.key}/").status_code == 200
        assert visitor.get(f"/mailbox/{letter.key}/html/").status_code == 200


def test_letter_that_is_not_there_is_not_there(visitor, db, folder):
    send_mail("Letter", "text", "from@example.jp", ["to@example.jp"])

    for piece in (*RAW, "..", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "new", "tmp"):
        for path in ("/mailbox/{}/", "/mailbox/{}/html/", "/mailbox/{}/0/"):
            assert check_answer(visitor.get(path.format(piece)), piece) == (200 if piece == "?" else 404)


def test_attachment_that_is_not_there_is_not_there(visitor, db, folder):
    send_mail("Letter", "text", "from@example.jp", ["to@example.jp"])
    [letter] = letters.latest(folder, 1)

    assert visitor.get(f"/mailbox/{letter.key}/0/").status_code == 404
    assert visitor.get(f"/mailbox/{letter.key}/{10**30}/").status_code == 404


def test_mailbox_is_only_read(visitor, db, folder):
    assert visitor.post("/mailbox/").status_code == 405


def test_two_who_mail_at_once_lose_nothing(folder):
    with get_connection() as one, get_connection() as other:
        for number in range(10):
            letter = EmailMultiAlternatives(f"Letter {number}", "text", "from@example.jp", ["to@example.jp"])
            (one, other)[number % 2].send_messages([letter])

    assert len(letters.latest(folder, 100)) == 10


def test_mailbox_reads_in_japanese(db, folder):
    assert Page(Client(headers={"accept-language": "ja"}).get("/mailbox/")).lang == "ja"
