"""Signing in by a code from a mail, or by password."""

from urllib.parse import quote

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.accounts.conftest import signed_in
from tests.factories import at
from tests.reading import Page

PASSWORD = "hammock and lantern"


def by_code(client, email="ben@example.com", **more):
    return client.post("/accounts/login/code/", {"email": email, **more})


def by_password(client, login="ben@example.com", password=PASSWORD, **more):
    return client.post("/accounts/login/", {"login": login, "password": password, **more})


# By code


def test_person_signs_in_by_the_code_from_the_mail(visitor, ben, code):
    login = Page(visitor.get("/accounts/login/"))
    page = Page(visitor.get(login.link("Mail me a sign-in code")))
    answer = page.submit(visitor, page.form("email"), email="ben@example.com")
    asked = Page(visitor.get(answer.headers["Location"]))
    done = asked.submit(visitor, asked.form("code"), code=code())

    assert mail.outbox[0].to == ["ben@example.com"]
    assert done.headers["Location"] == "/bookings/"
    assert signed_in(visitor) == ben


def test_who_signs_in_by_code_arrives_where_they_wanted_to_go(visitor, ben, code):
    wanted = "/spaces/koharubiyori/booking/?resource=1&starts=2026-11-24T11:00"
    login = Page(visitor.get(f"/accounts/login/?next={quote(wanted)}"))
    page = Page(visitor.get(login.link("Mail me a sign-in code")))
    answer = page.submit(visitor, page.form("email"), email="ben@example.com")
    asked = Page(visitor.get(answer.headers["Location"]))
    done = asked.submit(visitor, asked.form("code"), code=code())

    assert done.headers["Location"] == wanted


def test_wrong_code_is_said_and_the_third_ends_it(visitor, ben, code):
    by_code(visitor)
    right = code()

    answers = [visitor.post("/accounts/login/code/confirm/", {"code": "WRONGONE"}) for _ in range(3)]
    visitor.post("/accounts/login/code/confirm/", {"code": right})

    assert answers[0].status_code == 200
    assert answers[0].context["verify_form"].errors["code"][0] in Page(answers[0]).main
    assert signed_in(visitor) is None


def test_code_is_good_for_three_minutes(visitor, ben, code):
    by_code(visitor)

    with time_machine.travel(at("09:04")):
        visitor.post("/accounts/login/code/confirm/", {"code": code()})
        assert signed_in(visitor) is None


def test_code_is_good_once(visitor, ben, code):
    by_code(visitor)
    visitor.post("/accounts/login/code/confirm/", {"code": code()})
    visitor.post("/accounts/logout/")

    visitor.post("/accounts/login/code/confirm/", {"code": code()})

    assert signed_in(visitor) is None


def test_code_is_good_in_the_browser_that_asked_for_it_only(visitor, ben, code):
    by_code(visitor)
    other = Client()

    other.post("/accounts/login/code/confirm/", {"code": code()})

    assert signed_in(other) is None


def test_page_for_the_code_is_there_for_who_has_asked_only(visitor, db):
    assert visitor.get("/accounts/login/code/confirm/").headers["Location"] == "/accounts/login/code/"


def test_unknown_address_looks_like_a_known_one_and_its_owner_is_told(visitor, ben):
    unknown = by_code(visitor, "nobody@example.com")
    unknown_page = Page(visitor.get(unknown.headers["Location"]))
    visitor.cookies.clear()
    known = by_code(visitor)
    known_page = Page(visitor.get(known.headers["Location"]))

    assert unknown.headers["Location"] == known.headers["Location"]
    assert unknown_page.main.replace("nobody@", "ben@") == known_page.main
    assert mail.outbox[0].to == ["nobody@example.com"]
    assert "/accounts/signup/" in mail.outbox[0].body


def test_code_for_an_unknown_address_can_not_be_guessed(visitor, db):
    by_code(visitor, "nobody@example.com")

    for guess in ("", "ABCDEF", "None"):
        visitor.post("/accounts/login/code/confirm/", {"code": guess})

    assert signed_in(visitor) is None


# By password


def test_person_signs_in_by_password(visitor, ben_with_password):
    page = Page(visitor.get("/accounts/login/"))
    done = page.submit(visitor, page.form("login", "password"), login="ben@example.com", password=PASSWORD)

    assert done.headers["Location"] == "/bookings/"
    assert signed_in(visitor) == ben_with_password


def test_who_signs_in_by_password_arrives_where_they_wanted_to_go(visitor, ben_with_password):
    page = Page(visitor.get(f"/accounts/login/?next={quote('/door/?a=b&c=d')}"))
    form = page.form("login", "password")

    assert (
        page.submit(visitor, form, login="ben@example.com", password=PASSWORD).headers["Location"] == "/door/?a=b&c=d"
    )


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"])
def test_nobody_is_sent_to_another_house(visitor, ben_with_password, place):
    assert by_password(visitor, next=place).headers["Location"] == "/bookings/"


@pytest.mark.parametrize("login", ["BEN@EXAMPLE.COM", "Ben@example.com", " ben@example.com "])
def test_address_may_be_written_large_or_small(visitor, ben_with_password, code, login):
    by_password(visitor, login)
    assert signed_in(visitor) == ben_with_password

    other = Client()
    by_code(other, login)
    other.post("/accounts/login/code/confirm/", {"code": code()})
    assert signed_in(other) == ben_with_password


def test_wrong_password_and_unknown_address_read_the_same(visitor, ben_with_password):
    wrong = Page(by_password(visitor, password="not it"))
    unknown = Page(by_password(visitor, "nobody@example.com"))

    assert wrong.status == unknown.status == 200
    assert wrong.alerts == unknown.alerts != []
    assert signed_in(visitor) is None


def test_account_without_a_password_is_not_opened_by_an_empty_one(visitor, ben):
    for password in ("", "!", ben.password):
        by_password(visitor, password=password)

    assert signed_in(visitor) is None


def test_who_is_not_active_can_not_sign_in(visitor, ben_with_password, code):
    ben_with_password.is_active = False
    ben_with_password.save()

    by_password(visitor)
    assert signed_in(visitor) is None
    by_code(visitor)
    if mail.outbox and "code" in mail.outbox[-1].subject.lower():
        visitor.post("/accounts/login/code/confirm/", {"code": code()})
    assert signed_in(visitor) is None


# The session


def test_session_is_in_the_database_and_survives_an_empty_redis(visitor, ben_with_password):
    by_password(visitor)
    cache.clear()

    assert Session.objects.count() == 1
    assert signed_in(visitor) == ben_with_password


def test_session_cookie_can_not_be_read_by_scripts_and_lasts(visitor, ben_with_password):
    cookie = by_password(visitor).cookies["sessionid"]

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cookie["max-age"] == 60 * 60 * 24 * 60


def test_session_from_before_is_not_carried_over(visitor, ben, code):
    by_code(visitor)
    before = visitor.cookies["sessionid"].value

    visitor.post("/accounts/login/code/confirm/", {"code": code()})

    assert visitor.cookies["sessionid"].value != before


def test_signing_in_writes_nothing_about_visitors(visitor, four_spaces):
    for page in ("/", "/spaces/koharubiyori/", "/find/", "/accounts/login/"):
        visitor.get(page)

    assert Session.objects.count() == 0


def test_person_signs_out_by_a_button_only(visitor, ben_with_password):
    by_password(visitor)

    page = Page(visitor.get("/accounts/logout/"))
    assert page.status == 200
    assert signed_in(visitor) == ben_with_password

    [form] = [form for form in page.forms if form.action == "/accounts/logout/"][-1:]
    answer = page.submit(visitor, form)
    assert answer.headers["Location"] == "/"
    assert signed_in(visitor) is None
    assert Session.objects.count() == 0


def test_signing_in_needs_the_forms_token(ben_with_password):
    browser = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})

    page = Page(by_password(browser))

    assert page.status == 403
    assert "The form had grown too old" in page.main


@pytest.mark.parametrize("email", ["", "ben", "ann@" + "ä" * 62 + ".example", "a" * 250 + "@example.com", "a\x00@b.jp"])
def test_address_that_no_mail_could_reach_is_said(visitor, db, email):
    answer = by_code(visitor, email)

    assert answer.status_code == 200
    assert answer.context["form"].errors["email"][0] in Page(answer).main
    assert mail.outbox == []
