"""docker-compose.yml says what it should, in words that Compose understands."""

import json
import re

import jsonschema
import pytest

from coworking.local import cluster
from tests.docker import compose

SCHEMA = json.loads((compose.ROOT / "tests/docker/compose-spec.json").read_text())
ENV = {
    "SITE_URL": "https://house.example",
    "SECRET_KEY": "a-key-that-is-long-enough-for-a-house-with-four-spaces",
    "POSTGRES_PASSWORD": "letters0and1digits",
    "EMAIL_URL": "smtp+tls://name:password@mail.example:587",
}
OURS = ("web", "live", "worker", "beat", "migrate")


def faults(document):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return [fault.message for fault in jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)]


def test_the_file_follows_the_compose_specification():
    assert faults(compose.written()) == []


def test_it_still_follows_it_when_it_is_filled_in():
    assert faults(compose.written() | {"services": compose.services(**ENV)}) == []


def test_the_specification_refuses_a_misspelt_key():
    document = compose.written()
    document["services"]["web"]["comand"] = "gunicorn"
    assert faults(document) != []


def test_the_house_has_these_parts():
    assert set(compose.written()["services"]) == {*OURS, "postgres", "redis"}


@pytest.mark.parametrize("name", ENV)
def test_a_missing_variable_is_named_in_a_sentence(name):
    with pytest.raises(compose.Missing, match=rf"^{name} is not set\. .+\.$"):
        compose.services(**{other: value for other, value in ENV.items() if other != name})


def test_nothing_is_missing_beyond_these_variables():
    assert set(compose.services(**ENV)) == set(compose.written()["services"])


def test_only_what_browsers_reach_is_published_and_only_on_this_machine():
    published = {name: service["ports"] for name, service in compose.services(**ENV).items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:8000:8000"], "live": ["127.0.0.1:8001:8000"]}


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, "https://house.example/live"),
        ({"LIVE_URL": "https://live.house.example"}, "https://live.house.example"),
        ({"LIVE_URL": ""}, ""),
    ],
)
def test_live_lines_are_below_the_house_unless_it_is_said_otherwise(given: dict[str, str], url: str):
    assert {compose.services(**ENV, **given)[name]["environment"]["LIVE_URL"] for name in OURS} == {url}


def test_both_proxies_pass_on_what_the_pages_ask_for():
    """The manual, the published ports and the address that pages carry belong together."""
    manual = (compose.ROOT / "docs/deploying.md").read_text()

    assert "reverse_proxy /live/* 127.0.0.1:8001" in manual
    assert re.search(r"location /live/ \{\n\s+proxy_pass http://127\.0\.0\.1:8001;", manual)


def test_both_proxies_set_the_id_of_a_request_over_what_a_stranger_sent():
    """The house takes it from one proxy, as it takes the client's address."""
    manual = (compose.ROOT / "docs/deploying.md").read_text()
    caddy, nginx = (part.split("```")[1] for part in manual.split("does all that")[1].split("In nginx"))

    assert compose.services(**ENV)["web"]["environment"]["TRUSTED_PROXY_COUNT"] == "1"
    assert "request_header X-Request-ID {http.request.uuid}" in caddy
    assert nginx.count("proxy_set_header X-Request-ID $request_id;") == nginx.count("location ") == 2


def test_on_a_new_server_the_image_is_there_before_something_runs_in_it():
    """Only `migrate` builds it, and neither PostgreSQL nor a restore waits for that."""
    manual = (compose.ROOT / "docs/deploying.md").read_text().split("On a new server")[1].split("```")[1]
    steps = [line for line in manual.splitlines() if line.startswith("docker compose")]

    assert compose.services(**ENV)["web"]["pull_policy"] == "never"
    assert [step.split()[2] for step in steps] == ["build", "up", "run", "up"]
    assert steps[1].split()[-1] == "postgres"


@pytest.mark.parametrize("name", ["web", "live", "worker", "beat", "postgres", "redis"])
def test_a_part_that_stays_is_looked_after(name):
    service = compose.services(**ENV)[name]

    assert compose.health_check(service)
    assert service["restart"] == "unless-stopped"
    assert compose.seconds(service["stop_grace_period"]) >= 10


def test_migrations_run_once_before_the_others_start():
    services = compose.services(**ENV)

    assert services["migrate"]["restart"] == "no"
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("web", "live", "worker", "beat"):
        assert services[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "postgres": {"condition": "service_healthy"},
            "redis": {"condition": "service_healthy"},
        }


def test_our_parts_share_one_image_and_may_do_little():
    services = compose.services(**ENV)
    for name in OURS:
        assert services[name]["image"] == "coworking"
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]
    assert [name for name in services if "build" in services[name]] == ["migrate"]


def test_the_database_stays_when_its_container_goes():
    postgres = compose.services(**ENV)["postgres"]

    # From PostgreSQL 18 on the image keeps its data one folder higher than before.
    assert postgres["image"].startswith("postgres:18-")
    assert postgres["volumes"] == ["database:/var/lib/postgresql"]
    assert "database" in compose.written()["volumes"]


def test_the_database_is_made_as_on_ones_own_machine():
    options = compose.services(**ENV)["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()

    assert options == ["--encoding=UTF8", "--locale=C.UTF-8"]
    assert all(option in (compose.ROOT / cluster.__file__).read_text() for option in options)


def test_a_value_without_a_default_is_handed_on_only_when_it_is_there():
    assert "MAIL_FROM" not in compose.services(**ENV)["web"]["environment"]
    assert compose.services(**ENV, MAIL_FROM="a@house.example")["web"]["environment"]["MAIL_FROM"] == "a@house.example"


def test_no_secret_is_written_in_the_file():
    secret = ("SECRET_KEY", "POSTGRES_PASSWORD", "EMAIL_URL")
    for service in compose.written()["services"].values():
        for name, value in service.get("environment", {}).items():
            if name in secret:
                assert value.startswith(f"${{{name}:?")
