"""Leaving the federation in the admin: who may, what the page says before, what it does, and taking it back."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import Booking
from bookings.space_leaving import leave
from members.models import Operator, User
from spaces.models import OpeningHours, Space
from tests.admin.test_closing import space_form
from tests.billing.acts import make_charge, make_invoice
from tests.conftest import make_operator
from tests.factories import at, make_booking, make_membership, make_user
from tests.reading import Page, english
from tests.visas.acts import make_campaign, make_ticket
from visas.models import Visa

NOW = at("09:00")
LEAVES = date(2026, 12, 10)
DAY = timedelta(days=1)


@pytest.fixture
def home(aiko, garage) -> Space:
    """Garage labs, of which Aiko is a member."""
    return garage.space


@pytest.fixture
def boss(home) -> User:
    return make_operator("owner@example.jp", home, Operator.Role.OWNER)


@pytest.fixture
def owner(as_user, boss) -> Client:
    return english(as_user(boss))


def address(name: str, space: Space) -> str:
    return reverse(f"admin:spaces_space_{name}", args=[space.pk])


def look(client: Client, space: Space, day: object = LEAVES) -> Page:
    return Page(client.post(address("leave", space), {"day": day, "look": "yes"}))


def confirm(client: Client, space: Space, day: object = LEAVES, seen: object = None):
    return client.post(address("leave", space), {"day": day, "seen": seen or day, "post": "yes"}, follow=True)


# Who may


@pytest.mark.parametrize("role", [Operator.Role.OPERATOR, Operator.Role.DESK])
@pytest.mark.parametrize("name", ["leave", "stay"])
def test_only_its_owner_lets_a_space_leave(as_user, home, boss, role, name):
    client = english(as_user(make_operator("staff@example.jp", home, role)))

    assert client.get(address(name, home)).status_code == 403
    assert client.post(address(name, home), {"day": LEAVES, "seen": LEAVES, "post": "yes"}).status_code == 403
    home.refresh_from_db()
    assert home.left_on is None
    assert "Leave the federation" not in Page(client.get(address("change", home))).text


def test_other_spaces_are_not_there(owner, koharubiyori):
    assert owner.get(address("leave", koharubiyori.space)).status_code == 404
    assert owner.post(address("stay", koharubiyori.space)).status_code == 404


def test_who_runs_the_house_may_as_well(as_user, home):
    root = make_user("root@example.jp", is_superuser=True)

    confirm(english(as_user(root)), home)

    home.refresh_from_db()
    assert home.left_on == LEAVES


def test_space_that_is_not_there_is_not_found(owner):
    assert owner.get("/admin/spaces/space/999999/leave/").status_code == 404


# What the page says before


def test_page_of_the_space_leads_there_and_proposes_a_day_that_leaves_time(owner, home):
    page = Page(owner.get(address("change", home)))

    answer = owner.get(page.link("Leave the federation"))

    assert Page(answer).form("day").fields["day"] == "2027-01-01"
    assert "If the space leaves on 1 January 2027" in Page(answer).text


def test_page_says_who_is_affected(owner, home, garage, koharubiyori, ben, aiko):
    make_booking(garage.open_seats, day=LEAVES, user=ben)
    make_booking(garage.open_seats, day=LEAVES + DAY, user=ben)
    later, visa = date(2027, 1, 8), Visa.objects.get(membership__user=aiko)
    make_booking(koharubiyori.open_seats, day=later, user=aiko, basis="visa", price=0, visa=visa)
    make_ticket(make_campaign(home, koharubiyori.space))
    make_ticket(make_campaign(home, name_en="All alone"))
    make_invoice(home, ben, 3000)
    make_charge(home, aiko, 500)

    said = look(owner, home).text

    for sentence in (
        "2 bookings are cancelled at no charge, and everybody who booked is told.",
        "Drop-in: 2 (1 person)",
        "1 member is told that the Coworking VISA is valid until 31 December 2026, and how to go on after that.",
        "1 visit of theirs to another space after that day is cancelled at no charge:",
        "1 unused ticket, good at 1 other",
        "No other space takes the tickets of “All alone”: 1 unused ticket would be good nowhere.",
        "1 membership goes on: it is an agreement with your space.",
        "Months that begin on 10 December 2026 or later are not billed here any more.",
        "Open invoices: ¥3,000 from 1 payer.",
        "Not invoiced yet: ¥500.",
        "1 month of the books is open: November 2026.",
    ):
        assert sentence in said
    assert Booking.objects.filter(cancelled_at=None).count() == 3, "looking does nothing"
    home.refresh_from_db()
    assert home.left_on is None


def test_page_of_a_space_with_nothing_says_so(owner, home):
    said = look(owner, home).text

    assert "Nothing is booked." in said
    assert "Your space takes part in no current campaign." in said
    assert "All invoices are paid." in said


def test_long_lists_are_cut_and_the_page_asks_as_often_for_many_as_for_few(owner, home, garage, koharubiyori):
    def seen() -> tuple[int, str]:
        with CaptureQueriesContext(connection) as queries:
            page = look(owner, home)
        return len(queries), page.text

    def more(count: int, begin: int) -> None:
        plan = home.plans.get(kind="free")
        for number in range(begin, begin + count):
            person = make_user(f"{number}@example.jp")
            make_membership(person, plan)
            day = LEAVES + (number % 12) * DAY
            make_booking(garage.open_seats, day=day, starts="11:00", ends="12:00", user=person)
        make_ticket(make_campaign(home, koharubiyori.space))

    more(2, 0)
    few, _said = seen()
    more(21, 2)
    many, said = seen()

    assert many == few
    assert "23 bookings are cancelled" in said
    assert "and 3 more" in said
    assert "24 members are told" in said
    assert "and 4 more" in said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-23", "That day is past. A space can leave today at the earliest."),
        ("0001-01-01", "That day is past. A space can leave today at the earliest."),
        ("9999-12-31", "Choose a day within the next two years."),
        ("", "This field is required."),
        ("soon", "Enter a valid date."),
        ("2026-02-30", "Enter a valid date."),
        ("a\x00b", "Enter a valid date."),
    ],
)
def test_day_that_makes_no_sense_is_said_and_nothing_is_done(owner, home, day, said):
    for answer in (owner.post(address("leave", home), {"day": day, "look": "y"}), confirm(owner, home, day)):
        assert answer.status_code == 200
        assert said in Page(answer).text
        assert "Leave on this day" not in Page(answer).text
    home.refresh_from_db()
    assert home.left_on is None


# Doing it


def test_owner_confirms_and_the_page_says_until_when(owner, boss, home, garage, ben):
    booked = make_booking(garage.open_seats, day=LEAVES, user=ben)

    page = Page(confirm(owner, home))

    assert "Garage labs is in the federation until 9 December 2026." in page.text
    assert "1 booking was cancelled." in page.text
    assert "This space is in the federation until 9 December 2026." in page.text
    home.refresh_from_db()
    booked.refresh_from_db()
    assert (home.left_on, booked.cancelled_by) == (LEAVES, "space")


def test_day_that_was_not_looked_at_is_shown_first(owner, home):
    answer = confirm(owner, home, LEAVES, seen=LEAVES + DAY)

    assert "If the space leaves on 10 December 2026" in Page(answer).text
    assert Page(answer).form("day").fields["seen"] == "2026-12-10"
    home.refresh_from_db()
    assert home.left_on is None


@pytest.mark.parametrize("seen", ["", "x", "\x00"])
def test_day_seen_that_is_no_day_confirms_nothing(owner, home, seen):
    answer = owner.post(address("leave", home), {"day": LEAVES, "seen": seen, "post": "yes"})

    assert answer.status_code == 200
    home.refresh_from_db()
    assert home.left_on is None


def test_confirming_twice_says_that_it_is_so_already(owner, home):
    confirm(owner, home)

    assert "Garage labs is already set to leave on that day." in Page(confirm(owner, home)).text


def test_another_day_can_be_chosen(owner, home):
    confirm(owner, home)
    page = Page(owner.get(address("change", home)))

    assert Page(owner.get(page.link("Another day"))).form("day").fields["day"] == "2026-12-10"
    confirm(owner, home, LEAVES + 3 * DAY)

    home.refresh_from_db()
    assert home.left_on == LEAVES + 3 * DAY


def test_space_that_has_left_keeps_its_admin_and_has_no_buttons(owner, boss, home):
    leave(space=home, left_on=LEAVES, by=boss, now=NOW)
    with time_machine.travel(at("09:00", LEAVES)):
        page = Page(owner.get(address("change", home)))
        assert "This space left the federation on 10 December 2026." in page.text
        assert not [words for words, _ in page.links if "federation" in words or words == "Another day"]
        for name in ("leave", "stay"):
            for answer in (owner.get(address(name, home), follow=True), owner.post(address(name, home), follow=True)):
                assert "Garage labs already left the federation on 10 December 2026." in Page(answer).text
        assert owner.get("/admin/members/membership/").status_code == 200


# Taking it back


def test_owner_takes_it_back_before_the_day(owner, home):
    confirm(owner, home)
    page = Page(owner.get(address("change", home)))

    asked = owner.get(page.link("Stay in the federation"))
    assert "Cancelled bookings and visits stay cancelled; people can book again." in Page(asked).text
    done = Page(owner.post(address("stay", home), follow=True))

    assert "Garage labs stays in the federation." in done.text
    assert "Leave the federation" in done.text
    home.refresh_from_db()
    assert home.left_on is None


def test_nothing_to_take_back_is_said(owner, home):
    for answer in (owner.get(address("stay", home), follow=True), owner.post(address("stay", home), follow=True)):
        assert "Garage labs is not about to leave: there is nothing to take back." in Page(answer).text


# Not past the act


def test_day_is_no_field_of_the_form(owner, home):
    hours = list(OpeningHours.objects.filter(space=home))

    answer = owner.post(address("change", home), space_form(home, hours, left_on="2026-12-01"))

    assert answer.status_code == 302
    home.refresh_from_db()
    assert home.left_on is None


def test_form_that_was_open_while_the_space_left_keeps_the_day(owner, boss, home):
    data = space_form(home, list(OpeningHours.objects.filter(space=home)))
    leave(space=home, left_on=LEAVES, by=boss, now=NOW)

    assert owner.post(address("change", home), data).status_code == 302

    home.refresh_from_db()
    assert home.left_on == LEAVES


def test_space_can_not_join_after_it_leaves(owner, boss, home):
    leave(space=home, left_on=LEAVES, by=boss, now=NOW)
    hours = list(OpeningHours.objects.filter(space=home))

    answer = owner.post(address("change", home), space_form(home, hours, joined_on="2026-12-11"))

    assert answer.status_code == 200
    assert "A space can't leave before it joined." in Page(answer).text
