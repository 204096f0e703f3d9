"""docs/settings.md names every variable that is read, with its default."""

import ast
import re

from tests.docker import compose

ALL = (compose.ROOT / "docs/settings.md").read_text()
OF_THE_HOUSE, OF_DOCKER = ALL.split("\n## ")[1:]
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+) \|$", re.MULTILINE)


def documented(text):
    return {name: default for name, default, _ in ROW.findall(text)}


def read_by_the_settings():
    """What settings.py asks for, with the default as the table writes it; None where it is worked out."""
    read = {}
    for call in ast.walk(ast.parse((compose.ROOT / "coworking/settings.py").read_text())):
        if isinstance(call, ast.Call):
            names = [word.value for word in call.args if isinstance(word, ast.Constant)]
            defaults = [word.value for word in call.keywords if word.arg == "default"]
            if ast.unparse(call.func) == "required":
                read[names[0]] = "required"
            elif names and defaults and re.match(r"env\.|address$", ast.unparse(call.func)):
                read[names[0]] = as_written(*defaults)
    return read


def as_written(default):
    try:
        value = ast.literal_eval(default)
    except ValueError:
        return None
    if value is False:
        return "off"
    return f"`{value}`" if value or value == 0 else "empty"


def read_by_compose():
    text = (compose.ROOT / "docker-compose.yml").read_text()
    return {
        reference["name"]: "required" if reference["operator"] == ":?" else f"`{reference['other']}`"
        for reference in compose.REFERENCE.finditer(text)
        if reference["name"]
    }


def test_every_setting_of_the_house_is_in_the_table_and_no_other():
    assert set(documented(OF_THE_HOUSE)) == set(read_by_the_settings())


def test_the_table_has_the_defaults_of_the_settings():
    known = {name: default for name, default in read_by_the_settings().items() if default is not None}
    written = documented(OF_THE_HOUSE)

    assert len(known) >= 10
    assert {name: written[name] for name in known} == known


def test_every_variable_of_the_compose_file_is_in_its_table_with_its_default():
    assert documented(OF_DOCKER) == read_by_compose()


def test_what_is_handed_on_is_named():
    environments = [service.get("environment", {}) for service in compose.written()["services"].values()]
    handed_on = {name for variables in environments for name, value in variables.items() if value is None}
    last_words = OF_DOCKER.rsplit("\n\n", 1)[1]

    assert set(re.findall(r"`([A-Z_]+)`", last_words.split("are handed on")[0])) == handed_on
    assert handed_on <= set(documented(OF_THE_HOUSE))
