"""The stylesheet of invoices and receipts, which only their own pages load."""

import gzip
import re
from pathlib import Path

SHEET = (Path(__file__).parents[2] / "static" / "billing" / "paper.css").read_text()


def test_no_id_no_important_no_address():
    assert "!important" not in SHEET
    assert "url(" not in SHEET
    assert re.findall(r"^\s*#[\w-]+", SHEET, re.MULTILINE) == []


def test_it_styles_papers_and_nothing_else_on_the_screen():
    screen = re.sub(r"@(?:media|page).*?\n}|@page.*", "", SHEET, flags=re.DOTALL)
    selectors = re.findall(r"^([^\s{}/][^{}]*) \{", screen, re.MULTILINE)

    assert len(selectors) > 20
    assert [selector for selector in selectors if ".paper" not in selector] == []


def test_it_is_small():
    assert len(SHEET.splitlines()) < 150
    assert len(gzip.compress(SHEET.encode(), 9)) < 2_500
