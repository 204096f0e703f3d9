"""Pages on the day before a space leaves the federation, and on the day after: who is on them, and what is booked."""

from datetime import date, timedelta

import pytest
import time_machine

from bookings.attendance import check_in
from bookings.models import Booking
from bookings.space_leaving import leave
from members.models import Membership
from tests.bookings.taking import take
from tests.conftest import make_operator
from tests.factories import at, make_booking, make_membership
from tests.pages.conftest import JAPANESE
from tests.pages.tickets import ticket_of_all
from tests.reading import Page
from visas.holding import visa_of
from visas.models import Visa

NOW = at("09:00")
DAY = timedelta(days=1)
# Koharubiyori is open on both days, a Thursday and a Friday.
LEAVES = date(2026, 12, 11)
HERE = "/spaces/koharubiyori/"


@pytest.fixture
def owner(koharubiyori):
    return make_operator("owner@example.jp", koharubiyori.space, "owner")


@pytest.fixture
def leaving(koharubiyori, owner):
    leave(space=koharubiyori.space, left_on=LEAVES, by=owner, now=NOW)
    return koharubiyori.space


def before():
    return time_machine.travel(at("09:00", LEAVES - DAY))


def after():
    return time_machine.travel(at("09:00", LEAVES))


def quote(house, day, starts="12:00", ends="14:00"):
    seats = house.open_seats.pk
    return f"{HERE}booking/?resource={seats}&starts={day}T{starts}&ends={day}T{ends}&seats=1"


# Lists


@pytest.mark.parametrize("address", ["/", "/spaces/", "/visa/"])
def test_space_is_listed_until_the_day_before(visitor, leaving, address):
    with before():
        assert "Koharubiyori" in Page(visitor.get(address)).main
    with after():
        page = Page(visitor.get(address))
        assert page.status == 200
        assert "Koharubiyori" not in page.main


def test_search_offers_it_until_the_last_day(visitor, leaving):
    def found(day):
        page = Page(visitor.get(f"/find/?day={day}&start=12:00&end=14:00&seats=1"))
        return page.links_to(f"{HERE}booking/")

    with before():
        assert found(LEAVES - DAY)
        assert not found(LEAVES), "not even before that day has come"
    with after():
        assert not found(LEAVES)


# The space's own pages


@pytest.mark.parametrize("address", [HERE, f"{HERE}join/", f"{HERE}booking/"])
def test_its_pages_are_there_until_the_day_before(visitor, leaving, address):
    with before():
        assert visitor.get(address).status_code in (200, 400)
    with after():
        assert visitor.get(address).status_code == 404


@pytest.mark.parametrize("address", [HERE, f"{HERE}join/"])
def test_its_pages_say_that_it_leaves(visitor, leaving, address):
    assert "Koharubiyori is leaving the federation, and can be booked here until Thursday, 10 December 2026." in (
        Page(visitor.get(address)).main
    )
    assert "加盟を終えます" in Page(visitor.get(address, headers=JAPANESE)).main


def test_old_link_to_it_says_that_it_has_left(visitor, leaving):
    with after():
        page = Page(visitor.get(HERE))
        assert page.status == 404
        assert "Koharubiyori has left the federation" in page.headings
        assert page.link("See the other spaces") == "/spaces/"
        assert "小春日和は加盟を終えました" in Page(visitor.get(HERE, headers=JAPANESE)).headings


def test_page_of_a_space_that_stays_says_nothing(visitor, koharubiyori):
    assert "is leaving the federation" not in Page(visitor.get(HERE)).main


def test_week_links_to_nothing_from_that_day_on(visitor, leaving):
    def days(first):
        links = Page(visitor.get(f"{HERE}?day={first}")).links_to(f"{HERE}booking/")
        return {link.split("starts=")[1][:10] for link in links}

    assert max(days("2026-12-07")) == "2026-12-10"
    assert not days("2026-12-11")


def test_quote_for_that_day_is_refused_and_what_is_near_is_offered(english, visitor, ben, leaving, koharubiyori):
    page = Page(visitor.get(quote(koharubiyori, LEAVES)))

    assert "Koharubiyori is leaving the federation, and takes bookings up to" in page.main
    offered = [link.split("starts=")[1][:10] for link in page.links_to(HERE) if "starts=" in link]
    assert offered
    assert max(offered) == "2026-12-10"
    sent = {"resource": koharubiyori.open_seats.pk, "seats": 1, "price": 0}
    day = LEAVES.isoformat()
    answer = english(ben).post(f"{HERE}booking/", {**sent, "starts": f"{day}T12:00", "ends": f"{day}T14:00"})
    assert answer.status_code == 409
    assert not Booking.objects.exists()


# Tickets


def test_ticket_offers_the_others_only(visitor, owner, koharubiyori):
    ticket = ticket_of_all()
    leave(space=koharubiyori.space, left_on=LEAVES, by=owner, now=NOW)

    for moment in (time_machine.travel(NOW), before(), after()):
        with moment:
            page = Page(visitor.get(f"/ticket/{ticket.code}/"))
            assert page.status == 200
            assert page.links_to("?") == ["?space=garage-labs", "?space=dorinoki", "?space=cafe-36"]


# Who is a member there, and who was a guest


def test_member_of_it_is_quoted_by_visa_elsewhere_until_the_month_ends(english, ben, leaving, garage):
    make_membership(ben, leaving.plans.get(kind="free_pass"))
    seats = garage.open_seats.pk

    def quoted(day):
        address = f"/spaces/garage-labs/booking/?resource={seats}&starts={day}T12:00&ends={day}T14:00&seats=1"
        return Page(english(ben).get(address)).main

    by_visa = "By your Coworking VISA of Koharubiyori."
    with after():
        assert visa_of(Membership.objects.get(user=ben)).is_valid_on(date(2026, 12, 31))
        assert by_visa in quoted("2026-12-28")
        assert by_visa not in quoted("2027-01-08")
        assert "valid until 31 December 2026" in quoted("2027-01-08")
        assert "31 December 2026" in Page(english(ben).get("/passport/")).main
    with time_machine.travel(at("09:00", date(2027, 1, 4))):
        page = Page(english(ben).get("/passport/"))
        assert page.status == 200
        assert "The Coworking VISA of Koharubiyori is valid until 31 December 2026." in page.main


def test_guest_keeps_the_stamp_of_it_in_the_passport(english, aiko, owner, koharubiyori):
    visit = make_booking(koharubiyori.open_seats, user=aiko, basis="visa", price=0, visa=Visa.objects.get())
    check_in(booking=visit, now=at("11:05"))
    leave(space=koharubiyori.space, left_on=LEAVES, by=owner, now=at("12:00"))

    with after():
        page = Page(english(aiko).get("/passport/"))

    assert "Koharubiyori" in page.main
    assert "2026.11.24" in page.main


def test_bookings_of_before_stay_in_everybodys_list(english, aiko, owner, koharubiyori):
    booked = take(aiko, koharubiyori.open_seats)
    leave(space=koharubiyori.space, left_on=LEAVES, by=owner, now=NOW)

    with after():
        assert booked.spaced_reference in Page(english(aiko).get(booked.get_absolute_url())).main
        assert "Koharubiyori" in Page(english(aiko).get("/bookings/")).main


def test_member_of_a_space_that_has_left_still_ends_and_pauses_the_membership(english, ben, leaving):
    membership = make_membership(ben, leaving.plans.get(kind="free_pass"))
    client = english(ben)

    with after():
        assert "Koharubiyori" in Page(client.get("/plans/")).main
        for address in ("end/", "pause/"):
            assert client.get(f"/plans/{membership.pk}/{address}").status_code == 200
        assert client.get(f"/plans/{membership.pk}/change/").status_code in (200, 404)
        ended = Page(client.get(f"/plans/{membership.pk}/end/"))
        ended.submit(client, ended.form("last"))

    membership.refresh_from_db()
    assert membership.ends_on == date(2026, 12, 31)
