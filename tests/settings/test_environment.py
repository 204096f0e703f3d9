"""What the environment says decides how safe the house is; what is missing is said in a sentence."""

import os
import runpy
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from tests.docker.compose import ROOT

GIVEN = {
    "SECRET_KEY": "a-k3y-that-Nobody-gue55es-and-that-is-long-enough-for-Django",
    "SITE_URL": "https://house.example",
    "DATABASE_URL": "postgres://coworking:pa55word@db.example/coworking",
    "REDIS_URL": "redis://:pa55word@redis.example:6379/0",
}
BY_ADDRESS = ("SECURE_", "SESSION_COOKIE_", "CSRF_", "LANGUAGE_COOKIE_", "ALLOWED_HOSTS")


def settings_of(monkeypatch, **variables):
    """What settings.py makes of an environment that holds just these variables."""
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "coworking/settings.py"))


@pytest.fixture
def house_at(monkeypatch, settings):
    """A client of a house whose SITE_URL is this one."""

    def answer(site_url):
        with monkeypatch.context() as patch:
            read = settings_of(patch, **GIVEN | {"SITE_URL": site_url})
        for name, value in read.items():
            if name.startswith(BY_ADDRESS):
                setattr(settings, name, value)
        return Client(enforce_csrf_checks=True, SERVER_NAME="house.example")

    return answer


def manage(*arguments, **variables):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_django_finds_nothing_to_warn_of_in_production():
    said = manage("check", "--deploy", "--fail-level", "WARNING", **GIVEN)

    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout == "System check identified no issues (0 silenced).\n"


@pytest.mark.parametrize("name", GIVEN)
def test_what_is_missing_is_named_in_a_sentence_that_tells_no_secret(name):
    said = manage("check", **{other: value for other, value in GIVEN.items() if other != name})

    assert said.returncode == 1
    assert said.stderr.startswith(f"{name} is not set. ")
    assert said.stderr.count("\n") == 1
    assert not any(secret in said.stdout + said.stderr for secret in (GIVEN["SECRET_KEY"], "pa55word"))


@pytest.mark.parametrize("name", GIVEN)
def test_what_is_empty_is_missing(name, monkeypatch):
    with pytest.raises(ImproperlyConfigured, match=rf"^{name} is not set\. .+\.$"):
        settings_of(monkeypatch, **GIVEN | {name: ""})


@pytest.mark.parametrize("url", ["house.example", "//house.example", "ftp://house.example", "https://", "https:house"])
def test_an_address_that_no_browser_opens_is_refused(url, monkeypatch):
    with pytest.raises(ImproperlyConfigured, match=r"^SITE_URL must begin with http:// or https://, not "):
        settings_of(monkeypatch, **GIVEN | {"SITE_URL": url})


@pytest.mark.parametrize("url", ["sqlite:///db.sqlite3", "mysql://db.example/coworking", "db.example"])
def test_another_database_than_postgresql_is_refused(url, monkeypatch):
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL must begin with postgres://"):
        settings_of(monkeypatch, **GIVEN | {"DATABASE_URL": url})


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("DATABASE_URL", "postgres://coworking:pa55/word@db.example/coworking"),
        ("EMAIL_URL", "smtp+tls://name:pa55#word@mail.example:587"),
    ],
)
def test_an_address_that_cannot_be_read_tells_nothing_of_its_password(name, url):
    said = manage("check", **GIVEN | {name: url})

    assert said.returncode == 1
    assert said.stderr.startswith(f"{name} can't be read. ")
    assert said.stderr.count("\n") == 1
    assert "pa55" not in said.stdout + said.stderr


def test_nothing_is_shown_or_trusted_that_was_not_asked_for(monkeypatch):
    read = settings_of(monkeypatch, **GIVEN)

    assert read["DEBUG"] is False
    assert read["ALLOWED_HOSTS"] == ["house.example"]
    assert read["CSRF_TRUSTED_ORIGINS"] == ["https://house.example"]
    assert read["MAILBOX_DIR"] == ""
    assert read["ALLAUTH_TRUSTED_PROXY_COUNT"] == 0
    assert "SECURE_PROXY_SSL_HEADER" not in read


def test_a_proxy_is_believed_when_there_is_one(monkeypatch):
    read = settings_of(monkeypatch, **GIVEN, TRUSTED_PROXY_COUNT="1")

    assert read["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert read["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_form_works_with_the_cookies_of_its_page(db, house_at, scheme):
    client = house_at(f"{scheme}://house.example")
    is_https = scheme == "https"
    cookie = client.get("/accounts/login/", secure=is_https).cookies["csrftoken"]

    def send(origin):
        form = {"csrfmiddlewaretoken": cookie.value, "login": ""}
        return client.post("/accounts/login/", form, headers={"Origin": origin}, secure=is_https).status_code

    assert (bool(cookie["secure"]), cookie["httponly"], cookie["samesite"]) == (is_https, True, "Lax")
    assert send(f"{scheme}://house.example") == 200
    assert send(f"{scheme}://other.example") == 403


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_session_stays_with_the_scheme_of_the_house(chie, house_at, scheme):
    client = house_at(f"{scheme}://house.example")
    client.force_login(chie)
    cookie = client.cookies["sessionid"]

    assert bool(cookie["secure"]) is (scheme == "https")
    assert client.get("/bookings/", secure=scheme == "https").status_code == 200


def test_with_https_a_browser_is_sent_there_and_stays_there(db, house_at):
    client = house_at("https://house.example")

    answer = client.get("/accounts/login/")
    assert (answer.status_code, answer["Location"]) == (301, "https://house.example/accounts/login/")
    assert client.get("/accounts/login/", secure=True)["Strict-Transport-Security"].startswith("max-age=31536000")


def test_with_http_a_browser_is_not_sent_away(db, house_at):
    answer = house_at("http://house.example").get("/accounts/login/")

    assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer


@pytest.mark.parametrize("path", ["/", "/spaces/", "/spaces/koharubiyori/", "/find/", "/accounts/login/", "/healthz"])
def test_a_public_page_runs_nothing_that_is_not_a_file_of_ours(path, four_spaces, client):
    policy = client.get(path)["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in f"{policy};"
    assert not any(word.startswith(("http", "*")) for word in policy.split())


def test_under_another_name_the_house_is_not_found(house_at):
    assert house_at("https://house.example").get("/healthz", SERVER_NAME="other.example").status_code == 400


def test_pages_may_speak_to_the_live_lines_and_to_nobody_else(monkeypatch):
    with monkeypatch.context() as patch:
        below = settings_of(patch, **GIVEN | {"LIVE_URL": "https://house.example/live/"})
    beside = settings_of(monkeypatch, **GIVEN | {"LIVE_URL": "http://house.example:8001"})

    assert below["LIVE_URL"] == "https://house.example/live"
    assert below["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["connect-src"] == ["'self'", "https://house.example"]
    assert beside["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["connect-src"] == ["'self'", "http://house.example:8001"]


@pytest.mark.parametrize("url", ["house.example/live", "/live", "ftp://house.example", "https://"])
def test_live_lines_have_a_whole_address(url, monkeypatch):
    with pytest.raises(ImproperlyConfigured, match=r"^LIVE_URL must begin with http:// or https://, not "):
        settings_of(monkeypatch, **GIVEN | {"LIVE_URL": url})


def test_without_live_lines_pages_speak_to_the_house_alone(monkeypatch):
    assert settings_of(monkeypatch, **GIVEN)["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["connect-src"] == ["'self'"]
