"""A line for each request: what was asked, by nobody."""

import pytest


@pytest.fixture
def said(caplog):
    def lines():
        told = [vars(record) for record in caplog.records if record.name == "coworking.access"]
        return [(line["method"], line.get("view", line.get("path")), line["status"]) for line in told]

    return lines


def test_a_page_is_called_by_its_view(client, four_spaces, said):
    client.get("/spaces/koharubiyori/?who=aiko@example.jp")
    client.get("/ticket/ABCD-EFGH-JKLM/")
    client.post("/healthz")

    assert said() == [("GET", "bookings:space", 200), ("GET", "tickets:ticket", 400), ("POST", "healthz", 405)]


def test_an_address_that_does_not_exist_is_told_as_it_was_typed(client, db, said, caplog):
    client.get("/nowhere/" + "x" * 500)

    [(method, path, status)] = said()
    assert (method, path, status) == ("GET", "/nowhere/" + "x" * 191, 404)


@pytest.mark.parametrize("bad", ["%0A", "%0D", "%1b[31m", "%C2%85", "%E2%80%A8", "%E2%80%AE", "%7F", "%09"])
def test_nobody_can_write_a_line_of_their_own(client, db, said, caplog, bad):
    client.get(f"/札幌/x{bad}2026-11-24 ERROR root all is lost")

    [(_, path, status)] = said()
    assert status == 404
    assert path.lower() == f"/札幌/x{bad}2026-11-24 ERROR root all is lost".lower()
    [record] = [record for record in caplog.records if record.name == "coworking.access"]
    assert record.getMessage().startswith("GET /札幌/x%")
    assert record.getMessage().isprintable()


def test_a_page_that_fails_has_a_line_too(client, db, said, monkeypatch):
    def fail(request):
        raise RuntimeError("No page today.")

    client.raise_request_exception = False
    monkeypatch.setattr("coworking.urls.urlpatterns", [])
    monkeypatch.setattr("django.core.handlers.base.BaseHandler._get_response", lambda _self, request: fail(request))

    assert client.get("/healthz").status_code == 500
    assert said() == [("GET", "/healthz", 500)]


def test_it_says_how_long_it_took(client, caplog):
    client.get("/healthz")

    [record] = [record for record in caplog.records if record.name == "coworking.access"]
    assert 0 < record.milliseconds < 5000
    assert record.getMessage() == f"GET healthz 200 {record.milliseconds} ms"
