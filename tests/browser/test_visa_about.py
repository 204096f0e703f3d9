"""The balance of days in a real browser: its picture has room for every name, and the page for the picture."""

from datetime import date, timedelta

import pytest

from spaces.models import Space
from tests.browser.conftest import DESKTOP, PHONE
from tests.factories import make_booking
from visas.models import Visa

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
NAMES = """() => [...document.querySelectorAll(".visa-flow text")].map((name) => {
  const box = name.getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom];
})"""
PICTURE = """() => {
  const box = document.querySelector(".visa-flow").getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom];
}"""


@pytest.fixture
def _visits(aiko, koharubiyori, dorinoki):
    """One day at each of two hosts, all three with names as long as there are."""
    for number, house in enumerate((koharubiyori, dorinoki)):
        day = date(2026, 11, 10) + timedelta(days=number)
        make_booking(house.open_seats, user=aiko, day=day, basis="visa", price=0, visa=Visa.objects.get())
    Space.objects.update(name_ja="さっぽろ大通コワーキングスペース", name_en="A coworking space with a long name")


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.usefixtures("_visits")
@pytest.mark.parametrize(("device", "widths"), [(PHONE, (390, 320)), (DESKTOP, (1280, 960))], ids=["phone", "desktop"])
def test_names_stand_in_the_picture_and_not_on_each_other(open_browser, device, widths):
    page, _watched = open_browser(**device)
    page.goto("/visa/")

    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(SIDEWAYS) <= 0, width
        names, frame = page.evaluate(NAMES), page.evaluate(PICTURE)
        assert len(names) == 3
        for at, name in enumerate(names):
            assert frame[0] <= name[0] < name[2] <= frame[2], width
            assert not any(overlap(name, other) for other in names[at + 1 :]), width
