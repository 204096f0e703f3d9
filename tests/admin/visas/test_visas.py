"""Visas in the admin: found, told why they are not valid, revoked with a reason, and reissued."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.admin.visas.visa_page import months_of
from bookings.models import Booking
from bookings.revoking import reissue, revoke
from bookings.uncovered import end, pause
from members.models import Operator, User
from notices.models import Notice
from tests.bookings.taking import take
from tests.factories import TUESDAY, at, make_booking, make_membership, make_plan, make_user
from tests.reading import Page, english
from visas.models import Visa
from visas.showing import look_up

LIST = "/admin/visas/visa/"
DAY = timedelta(days=1)


def page_of(visa: Visa, name: str = "change") -> str:
    return reverse(f"admin:visas_visa_{name}", args=[visa.pk])


def listed(client: Client, **asked: object) -> set[Visa]:
    return set(client.get(LIST, asked).context["cl"].result_list)


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


# The list


def test_list_says_how_each_stands_and_what_is_used_this_month(operator, visa, hana, dorinoki, garage):
    for house, day in ((dorinoki, TUESDAY), (garage, TUESDAY + DAY), (dorinoki, date(2026, 12, 2))):
        take(hana, house.open_seats, "14:00", "15:00", day=day)

    text = Page(operator.get(LIST)).text

    for words in (visa.printed_number, "花田 はな", "Valid"):
        assert words in text, words
    [row] = operator.get(LIST).context["cl"].result_list
    assert (row.state, sum(row.used.values())) == ("valid", 2)


def test_list_says_why_one_is_not_valid(operator, visa, hana, home, sam, now):
    people = [make_user(f"p{number}@example.jp", family_name=f"人{number}") for number in range(4)]
    plan = home.plans.get(kind="free_pass")
    memberships = [make_membership(person, plan) for person in people]
    pause(membership=memberships[0], first=TUESDAY, last=None, by=sam, by_operator=True, now=now)
    end(membership=memberships[1], last=TUESDAY, by=sam, by_operator=True, now=now)
    revoke(visa=memberships[2].visa, by=sam, reason="x", now=now)
    memberships[3].agreed_plans.update(plan=make_plan(home, kind="monthly"))
    make_membership(make_user("later@example.jp"), plan, starts_on=date(2026, 12, 1))

    rows = operator.get(LIST).context["cl"].result_list

    assert sorted(row.state for row in rows) == [
        "valid",
        "visa_begins",
        "visa_ended",
        "visa_not_granted",
        "visa_rests",
        "visa_revoked",
    ]
    text = Page(operator.get(LIST)).text
    for words in ("Membership paused", "Membership ended", "Revoked", "Not begun yet", "Not with this plan"):
        assert words in text


def test_list_costs_the_same_however_many_there_are(operator, visa, home, dorinoki):
    few = queries(operator, LIST)
    for number in range(12):
        holder = make_user(f"h{number}@example.jp", family_name=f"人{number}")
        make_membership(holder, home.plans.get(kind="free_pass"))
        take(holder, dorinoki.open_seats, "14:00", "15:00", day=TUESDAY + number % 3 * DAY)

    assert queries(operator, LIST) == few


@pytest.mark.parametrize("typed", ["{}", "{:.5} ", "はなだ", "花田", "hana@example.jp"])
def test_visa_is_found_by_its_number_however_it_is_typed_and_by_the_name(operator, visa, home, typed):
    make_membership(make_user("other@example.jp", family_name="別府"), home.plans.get(kind="free_pass"))

    assert listed(operator, q=typed.format(visa.number)) >= {visa}
    assert listed(operator, q=visa.printed_number) == {visa}
    wide = visa.number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert listed(operator, q=f"{wide[:5]}-{wide[5:]}") == {visa}
    assert listed(operator, q="9" * 200) == set()
    assert listed(operator, q="nobody") == set()


def test_filters_narrow_the_list(operator, visa, home, sam, now):
    other = make_membership(make_user("other@example.jp"), home.plans.get(kind="free_pass")).visa
    revoke(visa=other, by=sam, reason="x", now=now)

    assert listed(operator, state="revoked") == {other}
    assert listed(operator, state="runs") == {visa}
    assert listed(operator, state="ended") == set()
    assert listed(operator, state="rubbish") == {visa, other}


# The page of one


def test_page_tells_why_it_is_not_valid(operator, visa, sam, now):
    revoke(visa=visa, by=sam, reason="友人に貸していた", now=now)

    text = Page(operator.get(page_of(visa))).text

    for words in ("友人に貸していた", "was revoked", "Issued", "None yet."):
        assert words in text, words


def test_home_reads_how_many_days_its_member_was_where_and_no_more(operator, visa, hana, dorinoki, garage):
    for house, starts, day in (
        (dorinoki, "11:00", TUESDAY),
        (dorinoki, "14:00", TUESDAY),
        (dorinoki, "11:00", TUESDAY + DAY),
        (dorinoki, "11:00", date(2026, 12, 2)),
        (garage, "16:00", TUESDAY),
    ):
        take(hana, house.open_seats, starts, f"{int(starts[:2]) + 1}:00", day=day)
    missed = {"basis": "visa", "price": 480, "visa": visa, "missed_at": at("20:00", date(2026, 10, 1))}
    make_booking(dorinoki.open_seats, user=hana, day=date(2026, 10, 1), **missed)
    given_back = {"cancelled_at": at("09:00"), "cancelled_by": "person", "price": 0, "basis": "visa", "visa": visa}
    make_booking(dorinoki.open_seats, user=hana, day=date(2026, 10, 2), **given_back)

    text = Page(operator.get(page_of(visa))).text

    for words in (
        "December 2026 · Dorinoki 1 day",
        "November 2026 · Dorinoki 2 days",
        "November 2026 · Garage labs 1 day",
        "October 2026 · Dorinoki 1 day",
    ):
        assert words in text, words
    for words in ("24 November 2026 ·", "480", "Did not come", "Cancelled", "Visits at your spaces"):
        assert words not in text, words
    assert months_of(visa, date(2026, 12, 1)) == [(date(2026, 12, 1), dorinoki.space, 1)]


def test_own_visits_come_in_pages_and_all_costs_the_same(operator, visa, hana, dorinoki, garage, sam, dai):
    Operator.objects.create(user=sam, space=dorinoki.space, role=Operator.Role.DESK)
    first = {"user": hana, "basis": "visa", "price": 0, "visa": visa}
    make_booking(dorinoki.open_seats, day=date(2026, 11, 20), **first)
    look_up(visa.number, by=dai, now=at("09:00"))
    few = queries(operator, page_of(visa))
    for number in range(29):
        look_up(visa.number, by=make_user(f"{number}@example.jp"), now=at("09:00"))
        make_booking(
            dorinoki.open_seats, day=date(2026, 11, 20), cancelled_at=at("09:00"), cancelled_by="space", **first
        )
    make_booking(garage.open_seats, day=date(2026, 10, 20), **first)

    assert queries(operator, page_of(visa)) == few
    assert "1 / 2" in Page(operator.get(page_of(visa))).text
    for asked in ("2", "999", "x", "-1", "a\x00b"):
        assert "2 / 2" in Page(operator.get(page_of(visa), {"visits": asked})).text or asked in ("x", "a\x00b")


def test_visit_at_a_host_is_read_and_opened_by_who_runs_it_alone(operator, visa, hana, dorinoki, garage, sam):
    booking = take(hana, dorinoki.open_seats, "11:00", "12:00")
    other = take(hana, garage.open_seats, "14:00", "15:00")
    address = reverse("admin:bookings_booking_change", args=[booking.pk])
    assert address not in [href for _words, href in Page(operator.get(page_of(visa))).links]

    Operator.objects.create(user=sam, space=dorinoki.space, role=Operator.Role.DESK)
    page = Page(operator.get(page_of(visa)))
    assert address in [href for _words, href in page.links]
    assert "24 November 2026 · Dorinoki" in page.text
    assert "24 November 2026 · Garage labs" not in page.text
    assert reverse("admin:bookings_booking_change", args=[other.pk]) not in [href for _words, href in page.links]


def test_operators_of_the_home_read_who_looked_and_the_desk_does_not(operator, desk, visa, dai):
    assert "Who looked at it Nobody yet." in Page(operator.get(page_of(visa))).text

    look_up(visa.number, by=dai, now=at("10:15"))

    assert f"{dai} 24 November 2026 10:15" in Page(operator.get(page_of(visa))).text
    assert "Who looked at it" not in Page(desk.get(page_of(visa))).text


# Acts


def test_revoking_shows_what_falls_asks_why_and_tells(operator, visa, hana, dorinoki):
    visit = take(hana, dorinoki.open_seats, day=TUESDAY + DAY)
    page = Page(operator.get(page_of(visa, "revoke")))
    assert "Visits that will be cancelled" in page.text
    assert "Dorinoki" in page.text

    assert "This field is required" in Page(page.submit(operator, page.form("reason"))).text
    page = Page(page.submit(operator, page.form("reason"), reason="貸していた"))
    answer = operator.get(page_of(visa), follow=True)

    visa.refresh_from_db()
    assert visa.revoke_reason == "貸していた"
    visit.refresh_from_db()
    assert visit.cancelled_by == "space"
    assert "is revoked. Its holder is told by mail." in Page(answer).text
    assert Notice.objects.filter(kind="visa.revoked", recipient=hana.email).count() == 1


@pytest.mark.parametrize("reason", ["", "   ", "a\x00b", "x" * 201])
def test_reason_that_can_not_be_kept_is_told(operator, visa, reason):
    assert operator.post(page_of(visa, "revoke"), {"reason": reason}).status_code == 200

    visa.refresh_from_db()
    assert visa.revoked_at is None


def test_second_press_says_that_it_is_revoked(operator, visa):
    for _again in range(2):
        answer = operator.post(page_of(visa, "revoke"), {"reason": "x"}, follow=True)

    assert "This visa has already been revoked." in Page(answer).text
    assert operator.get(page_of(visa, "revoke")).url == page_of(visa)


def test_reissuing_says_what_it_does_and_gives_one_number(operator, visa, hana):
    page = Page(operator.get(page_of(visa, "reissue")))
    assert "no longer works" in page.text
    form = page.form("seen")

    told = Page(operator.post(page.address, form.fields, follow=True))
    again = Page(operator.post(page.address, form.fields, follow=True))

    renewed = Visa.objects.get(pk=visa.pk)
    assert renewed.number != visa.number
    assert f"The new number is {renewed.printed_number}" in told.text
    assert "This visa has a new number by now. Have another look at it." in again.text
    assert f"New number: {renewed.printed_number}" in again.text
    assert Notice.objects.filter(kind="visa.reissued", recipient=hana.email).count() == 1


def test_form_that_shows_no_number_gives_none(operator, visa):
    operator.post(page_of(visa, "reissue"))

    assert Visa.objects.get(pk=visa.pk).number == visa.number


def test_revoked_one_is_good_again_when_it_is_reissued(operator, visa, sam, now):
    revoke(visa=visa, by=sam, reason="x", now=now)
    page = Page(operator.get(page_of(visa, "reissue")))
    assert "valid again with the new number" in page.text

    operator.post(page.address, page.form("seen").fields)

    assert Visa.objects.get(pk=visa.pk).revoked_at is None


def test_desk_looks_and_does_nothing(desk, visa):
    page = Page(desk.get(page_of(visa)))
    assert visa.printed_number in page.text
    assert not [href for _words, href in page.links if "revoke" in href or "reissue" in href]

    for name in ("revoke", "reissue"):
        assert desk.get(page_of(visa, name)).status_code == 403
        assert desk.post(page_of(visa, name), {"reason": "x", "seen": visa.number}).status_code == 403
    assert Visa.objects.get(pk=visa.pk).number == visa.number


def test_host_where_it_was_used_does_not_find_it(stranger, visa, hana, dorinoki):
    take(hana, dorinoki.open_seats)

    assert listed(stranger) == set()
    for name in ("change", "revoke", "reissue"):
        assert stranger.get(page_of(visa, name)).status_code in (302, 404)
    assert stranger.post(page_of(visa, "revoke"), {"reason": "x"}).status_code == 404
    assert Visa.objects.get(pk=visa.pk).revoked_at is None


def test_nothing_of_a_visa_is_typed_over(operator, visa):
    answer = operator.post(page_of(visa), {"number": "1", "revoke_reason": "x"})

    assert answer.status_code == 403
    assert operator.get("/admin/visas/visa/add/").status_code == 403
    assert operator.get(page_of(visa, "delete")).status_code == 403


def test_superuser_does_it_all(as_user, visa):
    root = english(as_user(User.objects.create_superuser("root@example.jp", family_name="Root")))

    assert visa in listed(root)
    root.post(page_of(visa, "revoke"), {"reason": "x"})
    assert Visa.objects.get(pk=visa.pk).revoked_at


# Elsewhere in the admin


def test_booking_says_by_which_visa_it_was(stranger, visa, hana, dorinoki):
    booking = take(hana, dorinoki.open_seats)

    page = Page(stranger.get(reverse("admin:bookings_booking_change", args=[booking.pk])))

    assert "Koharubiyori" in page.text
    assert visa.number not in page.html.replace(" ", ""), "who was not shown it does not read its number"
    assert page_of(visa) not in [href for _words, href in page.links], "the host does not open it"


def test_booking_leads_to_the_visa_for_who_runs_its_home(operator, visa, hana, dorinoki, sam):
    Operator.objects.create(user=sam, space=dorinoki.space, role=Operator.Role.OPERATOR)
    booking = take(hana, dorinoki.open_seats)

    page = Page(operator.get(reverse("admin:bookings_booking_change", args=[booking.pk])))

    assert page.link(visa.printed_number) == page_of(visa)


def test_person_at_the_space_has_the_visa_and_what_it_was_used_for(operator, visa, hana, home, dorinoki, garage):
    for day in (TUESDAY, TUESDAY + DAY):
        take(hana, dorinoki.open_seats, "14:00", "15:00", day=day)
    take(hana, garage.open_seats, "16:00", "17:00")

    page = Page(operator.get(reverse("admin:members_person_at_space", args=[hana.pk, home.slug])))

    assert page.link(visa.printed_number) == page_of(visa)
    assert "Dorinoki 2" in page.text
    assert "Garage labs 1" in page.text


def test_person_at_a_host_has_no_visa_there(stranger, visa, hana, dorinoki):
    take(hana, dorinoki.open_seats)

    page = Page(stranger.get(reverse("admin:members_person_at_space", args=[hana.pk, "dorinoki"])))

    assert page_of(visa) not in [href for _words, href in page.links]


def test_reissued_numbers_show_in_the_history(operator, visa, sam, now):
    numbers = [reissue(visa=visa, by=sam, now=now).printed_number for _again in range(2)]

    text = Page(operator.get(page_of(visa))).text

    assert all(f"New number: {number}" in text for number in numbers)
    assert Booking.objects.count() == 0
