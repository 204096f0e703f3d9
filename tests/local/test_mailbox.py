"""The mailbox on one's own machine: what was mailed, as pages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.mail import EmailMultiAlternatives
from django.http import HttpResponse
from django.test import Client
from django.urls import clear_url_caches, include, path

from coworking import urls
from coworking.local import letters

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mailbox(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The settings of a house that bin/run opened on a database of its own."""
    settings.MAILBOX_DIR = str(tmp_path / "var" / "mailbox")
    settings.EMAIL_BACKEND = "coworking.local.mailbox.MailboxBackend"
    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path("mailbox/", include("coworking.local.mailbox"))])
    clear_url_caches()
    yield tmp_path / "var" / "mailbox"
    clear_url_caches()


def mail(subject: str = "予約を承りました", html: str = "") -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject, "11:00 から\nhttps://example.jp/b/1\n", "house@example.jp", ["相子 <aiko@example.jp>"]
    )
    if html:
        message.attach_alternative(html, "text/html")
    return message


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def only_link(client: Client) -> str:
    (link,) = re.findall(r'href="(/mailbox/[^"]+/)"', shown(client, "/mailbox/"))
    return link


def test_empty_mailbox_says_how_a_mail_gets_there(client: Client):
    assert 'class="empty"' in shown(client, "/mailbox/")


def test_newest_mail_is_first_and_names_its_receiver(client: Client):
    mail("first").send()
    mail("second").send()

    page = shown(client, "/mailbox/")

    assert re.findall(r"<b>(.*?)</b>", page) == ["second", "first"]
    assert "相子 &lt;aiko@example.jp&gt;" in page


def test_mail_is_read_with_its_headers_and_links(client: Client):
    message = mail()
    message.extra_headers["Message-ID"] = "<1@example.jp>"
    message.send()

    page = shown(client, only_link(client))

    assert "<h1>予約を承りました</h1>" in page
    assert "&lt;1@example.jp&gt;" in page
    assert '<a href="https://example.jp/b/1" rel="nofollow">' in page
    assert "iframe" not in page


def test_html_is_shown_in_a_frame_that_can_do_nothing(client: Client):
    mail(html="<p style='color: red'>hello</p><script>alert(1)</script>").send()
    link = only_link(client)

    page: HttpResponse = client.get(link)
    frame = client.get(f"{link}html/")

    assert '<iframe class="letter__html" sandbox title="' in page.content.decode()
    assert f'src="{link}html/"' in page.content.decode()
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert frame.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'; ")
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_picture_of_a_mail_is_put_into_its_html(client: Client):
    from email.mime.image import MIMEImage

    message = mail(html='<img src="cid:qr">')
    picture = MIMEImage(b"\x89PNG", "png")
    picture["Content-ID"] = "<qr>"
    message.attach(picture)
    message.send()

    assert shown(client, f"{only_link(client)}html/") == '<img src="data:image/png;base64,iVBORw==">'


def test_attachment_comes_as_a_file(client: Client):
    message = mail()
    message.attach("予約.ics", "BEGIN:VCALENDAR", "text/calendar")
    message.send()
    link = only_link(client)

    page = shown(client, link)
    file = client.get(f"{link}0/")

    assert "予約.ics" in page
    assert file.content.startswith(b"BEGIN:VCALENDAR")
    assert file.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")


def test_mail_without_a_date_or_a_receiver_is_still_shown(client: Client, mailbox: Path):
    letters.deliver(mailbox, b"\n")

    assert "<b></b>" in shown(client, "/mailbox/")
    assert client.get(only_link(client)).status_code == 200


@pytest.mark.parametrize("address", ["nothing/", "../../etc/passwd/", "nothing/html/", "nothing/0/", "%2e%2e%2fx/"])
def test_unknown_mail_is_not_found(client: Client, address: str):
    mail().send()

    assert client.get(f"/mailbox/{address}").status_code == 404


def test_unknown_attachment_is_not_found(client: Client):
    mail().send()

    assert client.get(f"{only_link(client)}7/").status_code == 404


def test_mailbox_only_shows(client: Client):
    assert client.post("/mailbox/").status_code == 405
