"""docker-compose.yml and Dockerfile as Docker would read them, as far as these two files go."""

import fnmatch
import json
import re
import shlex
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
REFERENCE = re.compile(
    r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+)(?:(?P<operator>:[-?]|-)(?P<other>(?:[^${}]|\$\{\w+\})*))?\})"
)


class Missing(Exception):  # noqa: N818 - what Compose says of it is no error of ours
    pass


def written():
    """docker-compose.yml with nothing filled in."""
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def services(**variables):
    """The services, with an .env that holds these variables."""
    filled = _fill_in(written()["services"], variables)
    for service in filled.values():
        given = {name: variables.get(name) for name, value in service.get("environment", {}).items() if value is None}
        service["environment"] = {
            name: value for name, value in (service.get("environment", {}) | given).items() if value is not None
        }
    return filled


def _fill_in(value, variables):
    if isinstance(value, dict):
        return {name: _fill_in(inner, variables) for name, inner in value.items()}
    if isinstance(value, list):
        return [_fill_in(inner, variables) for inner in value]
    if not isinstance(value, str):
        return value

    def fill_in(reference):
        if reference["dollar"]:
            return "$"
        name, operator, other = reference["name"], reference["operator"], reference["other"]
        if variables.get(name) or (operator == "-" and name in variables):
            return variables[name]
        if operator == ":?":
            raise Missing(other)
        return REFERENCE.sub(fill_in, other or "")

    return REFERENCE.sub(fill_in, value)


def instructions():
    """The Dockerfile's instructions in their order: (word, what follows)."""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
    whole = "\n".join(lines).replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in whole.splitlines() if line.strip()]


def last_stage():
    every = instructions()
    return every[max(index for index, (word, _) in enumerate(every) if word == "FROM") :]


def image_environment():
    rest = " ".join(rest for word, rest in last_stage() if word == "ENV")
    return dict(pair.split("=", 1) for pair in shlex.split(rest))


def command(service):
    """What a container of this service starts, as a list of words."""
    said = service.get("command") or next(rest for word, rest in last_stage() if word == "CMD")
    return said if isinstance(said, list) else json.loads(said)


def health_check(service):
    """What Docker runs in it to see whether it is well, as a list of words."""
    if "healthcheck" in service:
        kind, *words = service["healthcheck"]["test"]
    else:
        kind, said = next(rest for word, rest in last_stage() if word == "HEALTHCHECK").split("CMD", 1)
        kind, words = "CMD", json.loads(said)
    return words if kind == "CMD" else ["/bin/sh", "-c", *words]


def seconds(duration):
    return int(re.fullmatch(r"(\d+)s", duration)[1])


def goes_into_the_image(path):
    """What .dockerignore says of a path inside the clone. The last line that fits it, or a folder above it, decides."""
    goes = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern = line.removeprefix("!")
            if any(_fits(above, pattern) for above in (path, *path.parents)):
                goes = line.startswith("!")
    return goes


def _fits(path, pattern):
    if pattern.startswith("**/"):
        return fnmatch.fnmatchcase(path.name, pattern.removeprefix("**/"))
    return len(path.parts) == 1 and fnmatch.fnmatchcase(str(path), pattern)
