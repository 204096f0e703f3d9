"""The passport: what each visa says, the pages of the hosts, and the code for the desk."""

import re
from datetime import date, time, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from bookings.passport import STAMPS_SHOWN
from bookings.revoking import revoke
from bookings.uncovered import pause
from members.models import Plan
from tests.factories import TUESDAY, at, make_booking, make_membership, make_plan, make_resource, make_space
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import make_more_spaces, queries
from tests.qr_reader import read_qr
from tests.reading import Page
from visas.models import Terms, Visa
from visas.showing import scan

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PASSPORT = "/passport/"
JULY = date(2026, 7, 1)
QR = re.compile(r'<svg viewBox="0 0 \d+ \d+"><path.*?</svg>')


@pytest.fixture
def visa(aiko):
    return Visa.objects.get()


def visit(seats, visa, day=TUESDAY, **fields):
    fields = {"user": visa.membership.user, "basis": "visa", "price": 0, "visa": visa, **fields}
    return make_booking(seats, day=day, **fields)


def been(seats, visa, day, **fields):
    return visit(seats, visa, day, checked_in_at=at("11:00", day), checked_out_at=at("12:00", day), **fields)


def code_page(visa):
    return f"/passport/{visa.pk}/code/"


def code_on(page):
    """The code in the address that a camera finds in the QR on a page."""
    [drawn] = QR.findall(page.html)
    start, address = f"{settings.SITE_URL}/door/visa/c/", read_qr(drawn)
    assert address.startswith(start)
    return address.removeprefix(start).removesuffix("/")


def read(browser):
    return Page(browser.get(PASSPORT))


def leave_the_federation(space, day):
    space.left_on = day
    space.save()


def test_page_shows_whose_it_is_and_until_when(english, aiko, visa):
    page = read(english(aiko))

    assert page.headings == ["Passport"]
    for words in (
        "Name 伊藤 愛子",
        f"Number {visa.printed_number}",
        "Home space Garage labs",
        "Member since 1 January 2026",
        "Valid until as long as the membership",
        "Today Valid",
    ):
        assert words in page.main


def test_each_host_says_what_it_offers_and_home_has_no_page(english, aiko, koharubiyori):
    Terms.objects.create(space=koharubiyori.space, percent_off=25, opens=time(11), closes=time(18))

    page = read(english(aiko))

    assert "3 days a month free of charge, then 25% off the drop-in, from 11:00 to 18:00." in page.main
    assert "In the words of Koharubiyori, confirmed on 24 November 2026." in page.main
    assert "What all spaces share; not yet confirmed by Cafe 36." in page.main
    assert page.main.count("Book a visit") == 3
    assert page.links_to("/spaces/garage-labs/?") == []
    assert page.link("Book a visit: Koharubiyori") == f"/spaces/koharubiyori/?offer=visa-{koharubiyori.open_seats.pk}"


def test_book_a_visit_leads_to_a_week_by_visa(english, aiko, koharubiyori):
    browser = english(aiko)

    week = Page(browser.get(read(browser).link("Book a visit: Koharubiyori")))

    assert "With your Coworking VISA" in week.main


def test_terms_that_were_confirmed_long_ago_say_so(english, aiko, dorinoki):
    Terms.objects.create(space=dorinoki.space, confirmed_at=at("09:00", TUESDAY - 365 * DAY))

    assert "Dorinoki has not confirmed this since 24 November 2025." in read(english(aiko)).main


def test_days_left_are_those_of_the_month_and_visits_to_come_count(english, aiko, visa, koharubiyori):
    seats = koharubiyori.open_seats
    been(seats, visa, TUESDAY - 30 * DAY)
    been(seats, visa, TUESDAY - 3 * DAY)
    booking = visit(seats, visa, TUESDAY + 2 * DAY)
    visit(seats, visa, TUESDAY + 9 * DAY)

    page = read(english(aiko))

    assert "Koharubiyori 1 of 3 free days left in November 2026" in page.main
    assert "Dorinoki 3 of 3 free days left in November 2026" in page.main
    assert page.link("Thu 26 Nov 11:00–13:00") == booking.get_absolute_url()


def test_stamps_are_for_days_on_which_the_holder_came(english, aiko, visa, koharubiyori, dorinoki):
    been(koharubiyori.open_seats, visa, TUESDAY - DAY)
    been(koharubiyori.open_seats, visa, TUESDAY - DAY, starts="15:00", ends="16:00")
    been(dorinoki.open_seats, visa, TUESDAY - 2 * DAY)
    visit(dorinoki.open_seats, visa, TUESDAY - 3 * DAY, missed_at=at("12:00", TUESDAY - 3 * DAY))
    make_booking(dorinoki.open_seats, day=TUESDAY - 4 * DAY, user=aiko, checked_in_at=at("11:00", TUESDAY - 4 * DAY))

    page = read(english(aiko))

    assert re.findall(r"\d{4}\.\d\d\.\d\d", page.main) == ["2026.11.22", "2026.11.23"]
    assert page.main.count("No stamp yet.") == 1


def test_many_stamps_are_the_last_ones_and_a_count(english, aiko, visa, dorinoki):
    for number in range(STAMPS_SHOWN + 2):
        been(dorinoki.open_seats, visa, TUESDAY - (number + 1) * 11 * DAY)

    page = read(english(aiko))

    days = re.findall(r"\d{4}\.\d\d\.\d\d", page.main)
    assert len(days) == STAMPS_SHOWN
    assert days[0] == "2026.11.13"
    assert days == sorted(days, reverse=True)
    assert "and 2 more" in page.main


def test_stamp_bears_the_day_of_the_host(english, aiko, visa):
    far = make_space("far", name_en="Far", timezone="America/New_York", opens="00:00", closes="23:30")
    been(make_resource(far), visa, date(2026, 11, 10), starts="01:00", ends="02:00")

    # One in the morning in Japan is eleven the morning before in New York.
    assert "2026.11.09" in read(english(aiko)).main


def test_what_stands_against_every_visit_is_said(english, aiko, dorinoki):
    Terms.objects.create(space=dorinoki.space, not_from_nearby=True, notice_hours=24, once_a_week=True)

    page = read(english(aiko))

    assert "Dorinoki keeps its Coworking VISA days for people from other towns than that of Garage labs." in page.main
    assert "wants to know of a visit" not in page.main


def test_without_a_visa_it_says_which_plans_grant_one(english, ben, four_spaces):
    page = read(english(ben))

    granting = {plan.space.slug for plan in Plan.objects.filter(grants_visa=True).select_related("space")}
    assert "No passport yet." in page.main
    assert {href for words, href in page.links if href.endswith("/join/")} == {
        f"/spaces/{slug}/join/" for slug in granting
    }
    assert page.links_to("/passport/") == ["/passport/"]  # that in the head


def test_visa_that_rests_is_not_valid_today_but_will_be(english, aiko, visa):
    pause(membership=visa.membership, first=date(2026, 12, 1), last=date(2026, 12, 31), by=aiko, now=at("09:00"))
    assert "Valid until 30 November 2026" in read(english(aiko)).main

    visa.membership.pauses.update(starts_on=TUESDAY)
    page = read(english(aiko))

    assert "Not valid today" in page.main
    assert "The membership at Garage labs is paused on that day" in page.main
    assert "free days left" in page.main
    assert "Show at the desk" not in page.main
    assert "Book a visit" not in page.main


def test_visa_to_come_says_from_when(english, ben, four_spaces):
    make_membership(ben, four_spaces["garage-labs"].plans.get(kind="free"), starts_on=date(2026, 12, 1))

    page = read(english(ben))

    assert "The Coworking VISA of Garage labs is valid from 1 December 2026 on." in page.main
    assert "No passport yet." not in page.main
    assert "Show at the desk" not in page.main


def test_ended_visa_keeps_its_stamps_and_offers_nothing(english, aiko, visa, koharubiyori):
    been(koharubiyori.open_seats, visa, JULY)
    membership = visa.membership
    membership.status, membership.ends_on = "ended", TUESDAY - DAY
    membership.save()

    page = read(english(aiko))

    assert "The membership at Garage labs has ended, and the Coworking VISA with it." in page.main
    assert "2026.07.01" in page.main
    assert "free days left" not in page.main
    assert "Valid until" not in page.main
    assert "No visa is good for you now." in page.main


def test_revoked_visa_says_so(english, aiko, visa, sam):
    revoke(visa=visa, by=sam, reason="Lent to somebody", now=at("09:00"))

    page = read(english(aiko))

    assert "The Coworking VISA of Garage labs was revoked. Ask there." in page.main
    assert "Show at the desk" not in page.main


def test_two_homes_are_two_passports_and_neither_home_is_a_host(english, aiko, koharubiyori):
    make_membership(aiko, koharubiyori.space.plans.get(kind="free_pass"))

    page = read(english(aiko))

    assert all(visa.printed_number in page.main for visa in Visa.objects.all())
    assert page.main.count("Show at the desk") == 2
    assert {words for words, _href in page.links if words.startswith("Book a visit")} == {
        "Book a visit: Dorinoki",
        "Book a visit: Cafe 36",
    }


def test_valid_passport_stands_before_one_that_is_not(english, aiko, visa, koharubiyori):
    make_membership(aiko, koharubiyori.space.plans.get(kind="free_pass"))
    Visa.objects.filter(pk=visa.pk).update(revoked_at=at("09:00"))

    page = read(english(aiko))

    assert page.main.index("Home space Koharubiyori") < page.main.index("Home space Garage labs")


def test_space_that_has_left_keeps_its_stamps_alone(english, aiko, visa, koharubiyori, dorinoki):
    been(koharubiyori.open_seats, visa, JULY)
    for house in (koharubiyori, dorinoki):
        leave_the_federation(house.space, TUESDAY)

    page = read(english(aiko))

    assert "Koharubiyori has left the federation. The stamps stay." in page.main
    assert "2026.07.01" in page.main
    assert "Dorinoki" not in page.main
    assert page.main.count("Book a visit") == 1


def test_home_that_has_left_lets_the_visa_hold_to_the_end_of_the_month(english, aiko, garage):
    leave_the_federation(garage.space, TUESDAY)

    page = read(english(aiko))

    assert "Valid until 30 November 2026" in page.main
    assert "Today Valid" in page.main


def test_page_costs_eight_queries_however_much_there_is(english, aiko, visa, koharubiyori, dorinoki):
    browser = english(aiko)
    few = queries(browser, PASSPORT)

    make_membership(aiko, dorinoki.space.plans.filter(grants_visa=True).first())
    make_more_spaces(5)
    for number in range(30):
        been(koharubiyori.open_seats, visa, TUESDAY - (number + 1) * 10 * DAY)
        visit(koharubiyori.open_seats, visa, TUESDAY + number * DAY, price=400)

    assert (few, queries(browser, PASSPORT)) == (8, 8)


def test_page_without_a_visa_costs_less(english, ben, four_spaces):
    assert queries(english(ben), PASSPORT) == 5


def test_page_is_japanese_for_who_reads_japanese(aiko, visa, koharubiyori):
    browser = Client(headers=JAPANESE)
    browser.force_login(aiko)
    been(koharubiyori.open_seats, visa, TUESDAY - DAY)

    with translation.override("ja"):
        page = Page(browser.get(PASSPORT))

    assert page.headings == ["パスポート"]
    assert "2026年11月の無料利用日は3日のうち残り2日" in page.main
    assert re.findall(r"\b[A-Za-z’']+ [a-z’']+ [a-z’']+\b", page.main) == []


def test_page_never_holds_a_code(english, aiko):
    assert QR.findall(english(aiko).get(PASSPORT).content.decode()) == []


@pytest.mark.parametrize("asked", [{}, {"HX-Request": "true"}], ids=["page", "part"])
def test_code_is_another_each_time_and_opens_the_visa(english, aiko, sam, visa, asked):
    browser = english(aiko)

    pages = [Page(browser.get(code_page(visa), headers=asked)) for _ in range(2)]

    first, second = map(code_on, pages)
    assert first != second
    assert scan(first, by=sam, now=at("09:00")).visa == visa
    assert all(re.search(r"Good until 09:01:3\d, once\.", page.text) for page in pages)
    assert (visa.printed_number in pages[0].text) is not bool(asked)


def test_code_is_kept_by_nobody(english, aiko, visa):
    answer = english(aiko).get(code_page(visa))

    assert "no-store" in answer.headers["Cache-Control"]
    assert "HX-Request" in answer.headers["Vary"]


def test_code_of_a_visa_that_is_not_valid_is_the_reason(english, aiko, visa):
    Visa.objects.update(revoked_at=at("09:00"))

    page = Page(english(aiko).get(code_page(visa)))

    assert page.alerts == ["The Coworking VISA of Garage labs was revoked. Ask there."]
    assert "Good until" not in page.main


@pytest.mark.parametrize("pk", ["other", "0", "99999999999999999999999"])
def test_code_of_a_visa_of_somebody_else_is_nowhere(english, ben, visa, pk):
    assert english(ben).get(f"/passport/{visa.pk if pk == 'other' else pk}/code/").status_code == 404


def test_code_costs_three_queries(english, aiko, visa):
    assert queries(english(aiko), code_page(visa)) == 3


def test_code_after_the_session_ended_leads_to_sign_in(visitor, visa):
    answer = visitor.get(code_page(visa), headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"].startswith("/accounts/login/")


def test_worker_is_a_script_for_the_passport_alone(visitor):
    answer = visitor.get("/passport/worker.js")

    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "Service-Worker-Allowed" not in answer.headers
    assert 'new URL("/passport/"' in answer.content.decode()
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_every_page_says_whether_somebody_is_signed_in(visitor, english, ben, four_spaces):
    assert "data-signed-out" in visitor.get("/").content.decode()
    assert "data-signed-out" not in english(ben).get("/").content.decode()


def test_head_leads_to_the_passport(visitor, english, ben, four_spaces):
    assert "/passport/" in Page(english(ben).get("/")).html
    assert "/passport/" not in Page(visitor.get("/")).html


def test_plan_that_grants_no_visa_any_more_is_told(english, chie):
    space = make_space()
    plan = make_plan(space, make_resource(space), kind=Plan.Kind.FREE_PASS, grants_visa=True)
    make_membership(chie, plan)
    Plan.objects.filter(pk=plan.pk).update(grants_visa=False)

    page = read(english(chie))

    assert "The plan at Somewhere gives no Coworking VISA on that day." in page.main
    assert "Show at the desk" not in page.main
