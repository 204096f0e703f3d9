"""The mails of accounts: in the language of the page, with a code and the house's name."""

import pytest
from django.core import mail
from django.test import Client

from tests.accounts.conftest import CODE

JAPANESE = pytest.mark.parametrize("language", ["ja", "en"])
KANA = ("ます", "です", "ください")


def says(text, language):
    return any(kana in text for kana in KANA) == (language == "ja")


@JAPANESE
def test_code_to_confirm_a_new_address(db, language):
    form = {"email": "ann@example.com", "family_name": "石", "given_name": "杏"}
    Client(headers={"accept-language": language}).post("/accounts/signup/", form)

    [letter] = mail.outbox
    assert CODE.search(letter.body)
    assert says(letter.body, language)
    assert letter.subject.strip()


@JAPANESE
def test_code_to_sign_in(ben, language):
    Client(headers={"accept-language": language}).post("/accounts/login/code/", {"email": "ben@example.com"})

    [letter] = mail.outbox
    assert CODE.search(letter.body)
    assert says(letter.body, language)


@JAPANESE
def test_code_to_set_a_new_password(ben, language):
    Client(headers={"accept-language": language}).post("/accounts/password/reset/", {"email": "ben@example.com"})

    [letter] = mail.outbox
    assert CODE.search(letter.body)
    assert says(letter.body, language)


@JAPANESE
def test_answer_to_an_address_that_nobody_knows(db, language):
    Client(headers={"accept-language": language}).post("/accounts/login/code/", {"email": "ann@example.com"})

    [letter] = mail.outbox
    assert "http://testserver/accounts/signup/" in letter.body
    assert says(letter.body, language)


@JAPANESE
def test_answer_to_an_address_that_is_taken(ben, language):
    form = {"email": "ben@example.com", "family_name": "石", "given_name": "杏"}
    Client(headers={"accept-language": language}).post("/accounts/signup/", form)

    [letter] = mail.outbox
    assert not CODE.search(letter.body)
    assert says(letter.body, language)


def test_mail_says_which_house_it_comes_from(visitor, ben, settings):
    visitor.post("/accounts/login/code/", {"email": "ben@example.com"})

    [letter] = mail.outbox
    assert "Coworking Hokkaido" in letter.body
    assert settings.DEFAULT_FROM_EMAIL in letter.from_email


def test_name_can_not_write_headers(visitor, db):
    name = "Ann\r\nBcc: everybody@example.com"
    visitor.post("/accounts/signup/", {"email": "ann@example.com", "family_name": name, "given_name": "A"})

    for letter in mail.outbox:
        assert letter.recipients() == ["ann@example.com"]
        assert "Bcc" not in letter.message()
