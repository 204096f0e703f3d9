"""A forgotten password is set anew with a code from a mail."""

import pytest
import time_machine
from django.core import mail

from tests.accounts.conftest import signed_in
from tests.factories import at
from tests.reading import Page

NEW = "umbrella and kettle"


def ask(client, email="ben@example.com"):
    return client.post("/accounts/password/reset/", {"email": email})


def test_person_sets_a_new_password_by_the_code_from_the_mail(visitor, ben_with_password, code):
    page = Page(visitor.get("/accounts/password/reset/"))
    answer = page.submit(visitor, page.form("email"), email="BEN@example.com")
    asked = Page(visitor.get(answer.headers["Location"]))
    confirmed = asked.submit(visitor, asked.form("code"), code=code())
    chosen = Page(visitor.get(confirmed.headers["Location"]))
    chosen.submit(visitor, chosen.form("password1"), password1=NEW, password2=NEW)

    ben_with_password.refresh_from_db()
    assert ben_with_password.check_password(NEW)


def test_sessions_elsewhere_end_with_the_old_password(visitor, as_user, ben_with_password, code):
    elsewhere = as_user(ben_with_password)

    ask(visitor)
    visitor.post("/accounts/password/reset/confirm/", {"code": code()})
    visitor.post("/accounts/password/reset/complete/", {"password1": NEW, "password2": NEW})

    assert signed_in(elsewhere) is None


def test_wrong_code_opens_nothing(visitor, ben_with_password, code):
    ask(visitor)
    right = code()

    first = Page(visitor.post("/accounts/password/reset/confirm/", {"code": "WRONGONE"}))
    for _ in range(2):
        visitor.post("/accounts/password/reset/confirm/", {"code": "WRONGONE"})
    visitor.post("/accounts/password/reset/confirm/", {"code": right})
    visitor.post("/accounts/password/reset/complete/", {"password1": NEW, "password2": NEW})

    ben_with_password.refresh_from_db()
    assert first.status == 200
    assert not ben_with_password.check_password(NEW)


def test_code_is_good_for_three_minutes(visitor, ben_with_password, code):
    ask(visitor)

    with time_machine.travel(at("09:04")):
        visitor.post("/accounts/password/reset/confirm/", {"code": code()})
        visitor.post("/accounts/password/reset/complete/", {"password1": NEW, "password2": NEW})

    ben_with_password.refresh_from_db()
    assert not ben_with_password.check_password(NEW)


def test_unknown_address_looks_like_a_known_one(visitor, ben):
    unknown = ask(visitor, "nobody@example.com")
    unknown_page = Page(visitor.get(unknown.headers["Location"]))
    visitor.cookies.clear()
    known = ask(visitor)
    known_page = Page(visitor.get(known.headers["Location"]))

    assert unknown.headers["Location"] == known.headers["Location"]
    assert unknown_page.main.replace("nobody@", "ben@") == known_page.main
    assert [letter.to for letter in mail.outbox] == [["nobody@example.com"], ["ben@example.com"]]


@pytest.mark.parametrize("weak", ["", "short", "password", "12345678901234567890"])
def test_weak_password_is_refused_with_a_sentence(visitor, ben_with_password, code, weak):
    ask(visitor)
    visitor.post("/accounts/password/reset/confirm/", {"code": code()})

    page = Page(visitor.post("/accounts/password/reset/complete/", {"password1": weak, "password2": weak}))

    ben_with_password.refresh_from_db()
    assert page.status == 200
    assert page.form("password1")
    assert not ben_with_password.check_password(weak)


def test_password_is_set_only_by_who_has_typed_the_code(visitor, ben_with_password):
    ask(visitor)

    answer = visitor.post("/accounts/password/reset/complete/", {"password1": NEW, "password2": NEW})

    ben_with_password.refresh_from_db()
    assert answer.status_code in (302, 404)
    assert not ben_with_password.check_password(NEW)
