"""When the mail server does not answer: 503 and a sentence, and nothing half done."""

import smtplib
import socket

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client

from members.models import User
from tests.accounts.conftest import signed_in
from tests.factories import at
from tests.reading import Page

ANN = {"email": "ann@example.com", "family_name": "Stone", "given_name": "Ann"}


class BrokenBackend(BaseEmailBackend):
    """A mail server that fails in the way a test asks for."""

    error: Exception = OSError()

    def send_messages(self, email_messages):
        raise self.error


ERRORS = [
    ConnectionRefusedError(111, "Connection refused"),
    TimeoutError("timed out"),
    socket.gaierror(-2, "Name or service not known"),
    smtplib.SMTPServerDisconnected("Connection unexpectedly closed"),
    smtplib.SMTPAuthenticationError(535, b"no"),
    smtplib.SMTPRecipientsRefused({"ann@example.com": (550, b"no such user")}),
    smtplib.SMTPDataError(554, b"spam"),
]


@pytest.fixture
def break_mail(settings, monkeypatch):
    """Call it with an error that the mail server is to fail with."""

    def fail_with(error):
        monkeypatch.setattr(BrokenBackend, "error", error)
        settings.EMAIL_BACKEND = f"{__name__}.BrokenBackend"

    return fail_with


@pytest.fixture(params=ERRORS, ids=lambda error: type(error).__name__)
def broken_mail(request, break_mail):
    break_mail(request.param)


def check_sentence(answer):
    page = Page(answer)
    assert page.status == 503
    assert "Our mail server does not answer just now, so no code went out." in page.alerts[0]
    return page


@pytest.mark.usefixtures("broken_mail")
def test_sign_up(visitor):
    check_sentence(visitor.post("/accounts/signup/", ANN))

    assert signed_in(visitor) is None
    assert not User.objects.exists()


@pytest.mark.usefixtures("broken_mail")
def test_sign_in_by_code(visitor, ben):
    check_sentence(visitor.post("/accounts/login/code/", {"email": "ben@example.com"}))

    assert signed_in(visitor) is None


@pytest.mark.usefixtures("broken_mail")
def test_address_that_nobody_knows_looks_the_same(visitor, db):
    check_sentence(visitor.post("/accounts/login/code/", {"email": "nobody@example.com"}))


@pytest.mark.usefixtures("broken_mail")
def test_forgotten_password(visitor, ben):
    check_sentence(visitor.post("/accounts/password/reset/", {"email": "ben@example.com"}))


@pytest.mark.usefixtures("broken_mail")
def test_sign_in_by_password_to_an_address_that_is_not_confirmed(visitor, chie):
    chie.set_password("hammock and lantern")
    chie.save()

    check_sentence(visitor.post("/accounts/login/", {"login": chie.email, "password": "hammock and lantern"}))


def test_sentence_is_said_in_japanese_too(db, break_mail):
    break_mail(ERRORS[0])

    page = Page(Client(headers={"accept-language": "ja"}).post("/accounts/login/code/", {"email": "a@example.jp"}))

    assert (page.status, page.lang) == (503, "ja")


def test_newcomer_signs_up_once_the_mail_server_is_back(visitor, code, settings, break_mail):
    working = settings.EMAIL_BACKEND
    break_mail(ERRORS[0])
    visitor.post("/accounts/signup/", ANN)
    settings.EMAIL_BACKEND = working

    with time_machine.travel(at("09:01")):
        visitor.post("/accounts/signup/", ANN)
        visitor.post("/accounts/confirm-email/", {"code": code()})

        assert signed_in(visitor).email == "ann@example.com"
        assert len(mail.outbox) == 1
