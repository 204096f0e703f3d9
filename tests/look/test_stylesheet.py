"""The browser gets one stylesheet, whole and small."""

import gzip
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from coworking import stylesheet
from spaces.look import tone_colours, tone_on_colours

STATIC = Path(__file__).parents[2] / "static"


def sheet(**files):
    return stylesheet.inline("css/site.css", lambda name: files[name.replace("/", "_").removesuffix(".css")])


def test_an_import_becomes_a_layer():
    text = sheet(
        css_site='@layer a, b;\n@import url("one.css") layer(a);\n@import url("../vendor/two.css") layer(b);\n',
        css_one=".one { color: red; }\n",
        vendor_two=".two { color: blue; }\n",
    )
    assert text == "@layer a, b;\n@layer a {\n.one { color: red; }\n}\n@layer b {\n.two { color: blue; }\n}\n"


def test_comments_go_and_licences_stay():
    text = sheet(
        css_site='@import url("one.css") layer(a);',
        css_one="/*! MIT */\n/* why\n so */\n.one {\n  a: b;\n}\n",
    )
    assert text == "@layer a {\n/*! MIT */\n.one {\na: b;\n}\n}\n"


@pytest.mark.parametrize("line", ['@import url("one.css");', "@import 'one.css' layer(a);"])
def test_another_form_of_import_is_refused(line):
    with pytest.raises(ValueError, match="not of the form"):
        sheet(css_site=line, css_one="")


def test_an_import_inside_an_imported_file_is_refused():
    with pytest.raises(ValueError, match="not of the form"):
        sheet(css_site='@import url("one.css") layer(a);', css_one='@import url("two.css");')


def test_collectstatic_writes_one_hashed_sheet_and_renews_it(tmp_path, settings):
    source, target = tmp_path / "static", tmp_path / "out"
    (source / "css").mkdir(parents=True)
    (source / "css" / "site.css").write_text('@import url("one.css") layer(base);\n')
    one = source / "css" / "one.css"
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [source], target
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "coworking.stylesheet.InliningStorage"},
    }
    for colour in ("red", "blue"):
        one.write_text(f".one {{ color: {colour}; }}\n")
        call_command("collectstatic", interactive=False, verbosity=0)
        texts = {path.read_text() for path in (target / "css").glob("site.*css") if path.name != "site.css"}
        assert f"@layer base {{\n.one {{ color: {colour}; }}\n}}\n" in texts


def everything():
    return stylesheet.inline("css/site.css", lambda name: (STATIC / name).read_text())


def test_every_file_is_imported_and_small():
    imported = set(re.findall(r'url\("([\w-]+\.css)"\)', (STATIC / "css" / "site.css").read_text()))
    files = {path.name for path in (STATIC / "css").glob("*.css")} - {"site.css"}
    assert imported == files
    assert {name for name in files if len((STATIC / "css" / name).read_text().splitlines()) >= 150} == set()


def test_no_id_no_important_no_address_in_a_selector():
    text = everything()
    assert "!important" not in text
    assert "url(" not in text
    assert re.findall(r"^\s*#[\w-]+", text, re.MULTILINE) == []


def test_budget():
    assert len(gzip.compress(everything().encode(), 9)) < 14_000
    assert len((STATIC / "js" / "site.js").read_bytes()) < 3_000


def test_tone_colours_for_mails():
    colours, on = tone_colours(), tone_on_colours()
    assert set(colours) == {"pine", "brick", "sun", "plum", "lake", "lavender", "rose", "slate"}
    assert on.keys() == colours.keys()
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in (*colours.values(), *on.values()))
