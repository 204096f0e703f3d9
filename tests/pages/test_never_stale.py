"""What is kept between two visits is never older than what is in the database (design rule 12)."""

from datetime import date, time

import pytest
import time_machine

from bookings.models import Booking
from members.models import Plan
from spaces.models import Amenity, OpeningHours, Resource, Space
from tests.factories import at, make_booking, make_closure, make_membership, make_plan
from tests.reading import Page
from visas.models import Terms

HERE = "/spaces/koharubiyori/"
HOUSES = {"slug": "koharubiyori"}
OF_IT = {"space__slug": "koharubiyori"}

EDITS = {
    "name": (lambda: Space.objects.filter(**HOUSES).update(full_name_en="Spring in autumn"), "Spring in autumn"),
    "motto": (lambda: Space.objects.filter(**HOUSES).update(motto_en="Nobody is not OK"), "Nobody is not OK"),
    "address": (lambda: Space.objects.filter(**HOUSES).update(address_en="1-1 Elsewhere"), "1-1 Elsewhere"),
    "joining": (lambda: Space.objects.filter(**HOUSES).update(joining_en="Ring twice."), "Ring twice."),
    "sample": (lambda: Space.objects.filter(**HOUSES).update(samples=["opened_on"]), "sample"),
    "price": (lambda: Plan.objects.filter(**OF_IT, kind="drop_in").update(price=876), "¥876"),
    "plan": (lambda: Plan.objects.filter(**OF_IT, kind="drop_in").update(name_en="Come by"), "Come by"),
    "new plan": (lambda: make_plan(Space.objects.get(**HOUSES), kind="monthly", name_en="Moon"), "Moon"),
    "amenity": (lambda: Amenity.objects.filter(**OF_IT).update(name_en="Fax machine of 1987"), "Fax machine of 1987"),
    "room": (lambda: Resource.objects.filter(**OF_IT, kind="meeting_room").update(name_en="Attic"), "Attic"),
    "rent": (lambda: Resource.objects.filter(**OF_IT, kind="meeting_room").update(price_per_hour=987), "¥987"),
    "hours": (lambda: OpeningHours.objects.filter(**OF_IT).update(closes=time(23, 45)), "23:45"),
    "terms": (lambda: Terms.objects.create(space=Space.objects.get(**HOUSES), days_free=9), "9 days a month"),
    "closure": (lambda: make_closure(Space.objects.get(**HOUSES), date(2026, 11, 26), reason_en="Snow"), "Snow"),
}  # fmt: skip


def read(client, language, address=HERE):
    return Page(client.get(address, headers={"accept-language": language})).main


@pytest.mark.parametrize("edit", EDITS)
def test_edit_is_seen_at_the_next_visit(visitor, koharubiyori, edit):
    act, words = EDITS[edit]
    before = [read(visitor, language) for language in ("en", "ja")]

    act()

    assert words not in before[0] or edit == "sample"
    assert words in read(visitor, "en")
    assert read(visitor, "en") != before[0]


def test_booking_is_seen_at_the_next_visit_of_every_page(visitor, koharubiyori):
    pages = (HERE, "/", "/spaces/", "/find/?day=2026-11-24&start=14:00&end=16:00&seats=1")
    with time_machine.travel(at("14:30"), tick=False):
        before = [read(visitor, "en", page) for page in pages]
        make_booking(koharubiyori.open_seats, starts="14:00", ends="21:00", seats=5)
        during = [read(visitor, "en", page) for page in pages]
        Booking.objects.update(cancelled_at=at("14:30"), cancelled_by="person")
        after = [read(visitor, "en", page) for page in pages]

    assert before[:3] == after[:3]
    assert [was != now for was, now in zip(before[:3], during[:3], strict=True)] == [True, True, True]


def test_visit_by_visa_is_seen_in_the_hosts_figures_when_it_has_begun(visitor, koharubiyori, aiko):
    days, visa = [date(2026, 11, day) for day in (20, 21, 24)], aiko.memberships.get().visa
    for day in days:
        make_booking(koharubiyori.open_seats, user=aiko, day=day, basis="visa", price=0, visa=visa)

    for clock, words in (("10:59", "Too few visits"), ("11:00", "Honoured 3 of 3 visits")):
        with time_machine.travel(at(clock), tick=False):
            assert words in read(visitor, "en")
    Booking.objects.filter(starts_at__gt=at("00:00")).update(cancelled_at=at("09:00"), cancelled_by="space")
    with time_machine.travel(at("11:00"), tick=False):
        assert "Honoured 2 of 3 visits" in read(visitor, "en")


def test_terms_that_are_confirmed_grow_old_by_themselves(visitor, koharubiyori):
    Terms.objects.create(space=koharubiyori.space, confirmed_at=at("12:00", date(2025, 11, 24)))

    with time_machine.travel(at("11:59"), tick=False):
        assert "Confirmed by the space on 24 November 2025" in read(visitor, "en")
    with time_machine.travel(at("12:00"), tick=False):
        assert "more than a year ago" in read(visitor, "en")


def test_seats_of_a_search_are_those_of_now(visitor, koharubiyori):
    address = "/find/?day=2026-11-25&start=14:00&end=16:00&seats=1"
    before = read(visitor, "en", address)
    make_booking(koharubiyori.open_seats, starts="14:00", ends="21:00", seats=5, day=date(2026, 11, 25))

    assert "15 free" in before
    assert "10 free" in read(visitor, "en", address)


def test_languages_are_kept_apart(visitor, koharubiyori):
    pages = {language: read(visitor, language) for language in ("en", "ja")}

    for language in ("ja", "en", "en", "ja"):
        assert read(visitor, language) == pages[language]


def test_people_are_kept_apart(visitor, english, aiko, ben, four_spaces):
    page = "/spaces/garage-labs/"
    first = read(visitor, "en", page)
    member = read(english(aiko), "en", page)

    assert read(visitor, "en", page) == first
    assert "With your plan" in member
    assert "With your plan" not in read(english(ben), "en", page)
    make_membership(ben, four_spaces["garage-labs"].plans.get())
    assert "With your plan" in read(english(ben), "en", page)


def test_spaces_are_kept_apart(visitor, four_spaces):
    Space.objects.update(full_name_en="Same", motto_en="Same", address_en="Same")

    pages = {slug: Page(visitor.get(f"/spaces/{slug}/")).links_to(f"/spaces/{slug}/booking/") for slug in four_spaces}

    assert pages["koharubiyori"]
    assert pages["cafe-36"]
    assert pages["garage-labs"] == []


def test_day_turns_at_midnight_of_the_space(visitor, koharubiyori):
    with time_machine.travel(at("23:59"), tick=False):
        tonight = Page(visitor.get(HERE))
    with time_machine.travel(at("00:00", date(2026, 11, 25)), tick=False):
        tomorrow = Page(visitor.get(HERE))

    assert "Closed, opens tomorrow 11:00" in tonight.main
    assert "Closed, opens today 11:00" in tomorrow.main
