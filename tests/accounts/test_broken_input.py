"""Every form of accounts fed what no person types: always an answer with a sentence, and nobody gets in."""

import pytest
from hypothesis import given

from members.models import User
from tests.accounts.conftest import signed_in
from tests.breaking import NUMBERS, TEXTS, check_answer, fields, quickly

FORMS = {
    "signup/": {"email": "ann@example", "family_name": "Stone", "given_name": "Ann", "next": "/"},
    "login/": {"login": "ben@example.com", "password": "not it", "next": "/", "remember": "on"},
    "login/code/": {"email": "ann@", "next": "/"},
    "login/code/confirm/": {"code": "WRONGONE", "action": "resend"},
    "confirm-email/": {"code": "WRONGONE", "action": "change", "email": "ann@"},
    "password/reset/": {"email": "ann@", "next": "/"},
    "password/reset/confirm/": {"code": "WRONGONE"},
    "password/reset/complete/": {"password1": "x", "password2": "y"},
    "logout/": {"next": "/"},
}
OWN = {
    "email/": {"email": "ann@", "action_add": ""},
    "password/change/": {"oldpassword": "not it", "password1": "x", "password2": "y"},
    "password/set/": {"password1": "x", "password2": "y"},
    "reauthenticate/": {"password": "not it"},
    "2fa/totp/activate/": {"code": "000000"},
    "2fa/authenticate/": {"code": "000000"},
    "2fa/webauthn/add/": {"name": "key", "credential": "{}"},
    "2fa/webauthn/login/": {"credential": "{}"},
}


@pytest.fixture(autouse=True)
def unlimited(settings):
    settings.ACCOUNT_RATE_LIMITS = False


def broken(valid):
    for name in valid:
        for value in (*NUMBERS[::3], *TEXTS):
            yield {**valid, name: value}
        yield {other: value for other, value in valid.items() if other != name}
        yield {**valid, name: [valid[name], "x"]}
    yield {}


@pytest.mark.parametrize("path", FORMS)
def test_forms_of_visitors(visitor, ben_with_password, path):
    for asked in broken(FORMS[path]):
        check_answer(visitor.post(f"/accounts/{path}", asked), asked)
        if "next" in asked:
            check_answer(visitor.get(f"/accounts/{path}", {"next": asked["next"]}), asked)

    assert signed_in(visitor) is None
    assert User.objects.get() == ben_with_password


@pytest.mark.parametrize("path", OWN)
def test_forms_of_ones_own_account(visitor, ben_with_password, path):
    visitor.force_login(ben_with_password)
    before = User.objects.values().get()

    for asked in broken(OWN[path]):
        check_answer(visitor.post(f"/accounts/{path}", asked), asked)
        check_answer(visitor.get(f"/accounts/{path}"), asked)

    assert User.objects.values().get() == before


@quickly
@given(fields("email", "family_name", "given_name", "family_reading", "password1", "next"))
def test_any_sign_up(visitor, ben, asked):
    check_answer(visitor.post("/accounts/signup/", asked), asked)


@quickly
@given(fields("login", "password", "next", "remember"))
def test_any_sign_in(visitor, ben_with_password, asked):
    check_answer(visitor.post("/accounts/login/", asked), asked)
    assert signed_in(visitor) is None
