"""Signing up: an address and a name are enough."""

from urllib.parse import quote

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from members.models import User
from tests.accounts.conftest import signed_in
from tests.factories import at
from tests.reading import Page

ANN = {"email": "ann@example.com", "family_name": "Stone", "given_name": "Ann"}


def test_newcomer_signs_up_with_an_address_a_name_and_the_code_from_the_mail(visitor, code):
    page = Page(visitor.get("/accounts/signup/"))
    answer = page.submit(visitor, page.form("email", "family_name"), **ANN)
    asked = Page(visitor.get(answer.headers["Location"]))
    done = asked.submit(visitor, asked.form("code"), code=code())

    ann = User.objects.get()
    assert (ann.email, ann.family_name, ann.given_name) == ("ann@example.com", "Stone", "Ann")
    assert signed_in(visitor) == ann
    assert not ann.has_usable_password()
    assert done.headers["Location"] == "/bookings/"
    assert EmailAddress.objects.get(user=ann).verified


def test_newcomer_may_set_a_password(visitor, code):
    visitor.post("/accounts/signup/", {**ANN, "password1": "hammock and lantern"})
    visitor.post("/accounts/confirm-email/", {"code": code()})

    assert signed_in(visitor).check_password("hammock and lantern")


def test_nobody_is_signed_in_before_the_code_is_typed(visitor):
    visitor.post("/accounts/signup/", {**ANN, "password1": "hammock and lantern"})

    assert signed_in(visitor) is None
    assert not EmailAddress.objects.get().verified


def test_newcomer_arrives_where_they_wanted_to_go(visitor, four_spaces, code):
    wanted = "/spaces/koharubiyori/booking/?resource=1&starts=2026-11-24T11:00"
    login = Page(visitor.get(f"/accounts/login/?next={quote(wanted)}"))
    page = Page(visitor.get(login.link("Sign up")))
    page.submit(visitor, page.form("email", "family_name"), **ANN)
    done = visitor.post("/accounts/confirm-email/", {"code": code()})

    assert done.headers["Location"] == wanted


@pytest.mark.parametrize(
    "place", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "https:evil.example"]
)
def test_nobody_is_sent_to_another_house(visitor, code, place):
    visitor.post("/accounts/signup/", {**ANN, "next": place})
    done = visitor.post("/accounts/confirm-email/", {"code": code()})

    assert done.headers["Location"] == "/bookings/"


def test_language_of_the_page_becomes_the_language_of_the_person(visitor):
    visitor.post("/accounts/signup/", ANN)
    Client(headers={"accept-language": "ja"}).post("/accounts/signup/", {**ANN, "email": "hanako@example.jp"})

    assert {user.email: user.language for user in User.objects.all()} == {
        "ann@example.com": "en",
        "hanako@example.jp": "ja",
    }


def test_readings_are_kept(visitor):
    visitor.post("/accounts/signup/", {**ANN, "family_reading": "すとーん", "given_reading": "あん"})

    assert (User.objects.get().family_reading, User.objects.get().given_reading) == ("すとーん", "あん")


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": ""},
        {"email": "ann"},
        {"email": "ann@example.com\nBcc: all@example.com"},
        {"email": "a" * 250 + "@example.com"},
        {"email": "ann@" + "ä" * 62 + ".example"},
        {"email": "あん@example.com"},
        {"family_name": ""},
        {"family_name": "x" * 61},
        {"given_name": "\x00"},
        {"given_name": ""},
        {"password1": "123"},
        {"password1": "password"},
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(visitor, wrong):
    answer = visitor.post("/accounts/signup/", {**ANN, **wrong})
    page = Page(answer)  # allauth answers 200 to a form that it refuses

    [name] = wrong
    assert page.status == 200
    assert answer.context["form"].errors[name][0] in page.main
    assert set(answer.context["form"].errors) == {name}
    assert page.form("email", "family_name").fields["email" if name != "email" else "family_name"]
    assert not User.objects.exists()
    assert mail.outbox == []


def test_wrong_code_is_said_and_the_third_ends_it(visitor, code):
    visitor.post("/accounts/signup/", ANN)
    right = code()

    answers = [visitor.post("/accounts/confirm-email/", {"code": "WRONGONE"}) for _ in range(3)]
    visitor.post("/accounts/confirm-email/", {"code": right})

    assert answers[0].status_code == 200
    assert answers[0].context["verify_form"].errors["code"][0] in Page(answers[0]).main
    assert signed_in(visitor) is None


def test_code_is_good_for_a_quarter_of_an_hour(visitor, code):
    visitor.post("/accounts/signup/", ANN)

    with time_machine.travel(at("09:16")):
        visitor.post("/accounts/confirm-email/", {"code": code()})
        assert signed_in(visitor) is None


def test_code_of_another_browser_is_good_for_nothing(visitor, code):
    visitor.post("/accounts/signup/", ANN)
    other = Client(headers={"accept-language": "en"})
    other.post("/accounts/signup/", {**ANN, "email": "other@example.com"})
    mail.outbox.pop()

    other.post("/accounts/confirm-email/", {"code": code()})

    assert signed_in(other) is None


def test_code_is_read_without_its_dash_and_in_small_letters(visitor, code):
    visitor.post("/accounts/signup/", ANN)
    visitor.post("/accounts/confirm-email/", {"code": f" {code().replace('-', '').lower()} "})

    assert signed_in(visitor).email == "ann@example.com"


def test_address_is_kept_in_small_letters(visitor, code):
    visitor.post("/accounts/signup/", {**ANN, "email": "  Ann@Example.COM "})
    visitor.post("/accounts/confirm-email/", {"code": code()})

    assert signed_in(visitor).email == "ann@example.com"
    assert EmailAddress.objects.get().email == "ann@example.com"


@pytest.mark.parametrize("email", ["ben@example.com", "BEN@example.com"])
def test_address_that_is_taken_looks_like_any_other(visitor, ben, email):
    taken = visitor.post("/accounts/signup/", {**ANN, "email": email})
    taken_page = Page(visitor.get(taken.headers["Location"]))
    visitor.cookies.clear()
    free = visitor.post("/accounts/signup/", ANN)
    free_page = Page(visitor.get(free.headers["Location"]))

    assert (taken.status_code, taken.headers["Location"]) == (free.status_code, free.headers["Location"])
    assert taken_page.main.replace("ben@", "ann@").casefold() == free_page.main.casefold()
    assert "already" in mail.outbox[0].body
    assert mail.outbox[0].to == ["ben@example.com"]
    assert User.objects.count() == 2


def test_code_for_an_address_that_is_taken_can_not_be_guessed(visitor, ben):
    visitor.post("/accounts/signup/", {**ANN, "email": "ben@example.com"})

    for guess in ("", "ABCDEFGH", "None"):
        visitor.post("/accounts/confirm-email/", {"code": guess})

    assert signed_in(visitor) is None


def test_who_never_confirmed_can_come_back_by_code(visitor, code):
    visitor.post("/accounts/signup/", ANN)
    visitor.cookies.clear()

    visitor.post("/accounts/login/code/", {"email": "ann@example.com"})
    answer = visitor.post("/accounts/login/code/confirm/", {"code": code()})

    assert answer.status_code == 302
    assert signed_in(visitor).email == "ann@example.com"


def test_signed_in_person_needs_no_second_account(ben, as_user):
    assert as_user(ben).get("/accounts/signup/").headers["Location"] == "/bookings/"


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("page", ["signup/", "login/", "login/code/", "password/reset/"])
def test_pages_read_in_both_languages(db, language, page):
    read = Page(Client(headers={"accept-language": language}).get(f"/accounts/{page}"))

    assert (read.status, read.lang, len(read.headings)) == (200, language, 1)
