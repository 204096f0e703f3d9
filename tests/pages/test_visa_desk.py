"""The desk that looks at a visa, by its code or its number: for operators only, and nothing but what they must know."""

import re
from datetime import time, timedelta

import pytest
import time_machine
from django.core.cache import cache

from bookings.models import Booking, VisaRequest
from bookings.revoking import reissue
from coworking.logs import Line
from members.models import Operator, User
from spaces.models import Space
from tests.breaking import BROKEN, check_answer
from tests.conftest import make_operator
from tests.factories import TUESDAY, at, make_booking, make_membership, make_visited
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import fill, make_more_spaces, queries
from tests.reading import Page
from visas.models import Showing, Terms, Visa
from visas.showing import new_code

DAY = timedelta(days=1)
NOON = at("12:10")
ENGLISH_SENTENCE = re.compile(r"\b[A-Za-z’']+ [a-z’']+ [a-z’']+\b")


@pytest.fixture(autouse=True)
def _nobody_has_typed_a_number(db):
    cache.clear()


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def visa(aiko) -> Visa:
    return Visa.objects.get()


@pytest.fixture
def desk(english, dai):
    """The browser of who runs Dorinoki."""
    return english(dai)


@pytest.fixture
def shown(visa, dai):
    """The page of the visa that was shown to who runs Dorinoki."""
    return page_of(Showing.objects.create(visa=visa, shown_to=dai, shown_at=NOON))


def page_of(showing):
    return f"/door/visa/{showing.pk}/"


def scan(visa):
    return f"/door/visa/c/{new_code(visa)}/"


def press(browser, page, button, **changes):
    """Press the only button that has these words on it."""
    [form] = [form for form in page.forms if button in [words for words, _ in form.buttons]]
    return page.submit(browser, form, button=button, **changes)


# Looking


def test_code_leads_to_the_page_of_the_visa(desk, visa):
    answer = desk.get(scan(visa))

    assert answer.headers["Location"] == page_of(Showing.objects.get())
    page = Page(desk.get(answer.headers["Location"]))
    assert page.headings == ["伊藤 愛子"]
    for said in ("Valid", "Garage labs", "1 January 2026", "3 of 3 free days in November 2026", "12:30–23:00"):
        assert said in page.main, said
    assert "For members of the other spaces: 3 days a month free of charge." in page.main


def test_typed_number_leads_there_too(desk, visa):
    page = Page(desk.get("/door/visa/"))

    answer = page.submit(desk, page.form("number"), number=visa.printed_number)

    assert answer.headers["Location"] == page_of(Showing.objects.get())


def test_door_leads_to_the_desk(desk):
    assert Page(desk.get("/door/")).link("A visitor shows") == "/door/visa/"


def test_desk_knows_nothing_but_name_home_and_days(desk, shown, aiko, koharubiyori):
    make_booking(koharubiyori.open_seats, user=aiko, starts="18:00", ends="19:00")

    page = Page(desk.get(shown))

    for unsaid in (aiko.email, "Koharubiyori", "小春日和", "18:00–19:00", Visa.objects.get().printed_number):
        assert unsaid not in page.main


def test_who_only_asks_what_is_there_uses_no_code_up(desk, visa):
    address = scan(visa)

    assert desk.head(address).status_code == 200
    assert not Showing.objects.exists()
    assert desk.get(address).status_code == 302


@pytest.mark.parametrize(
    ("what", "status", "said"),
    [
        ("tampered", 400, "This is not a code of a Coworking VISA."),
        ("expired", 410, "This code has expired."),
        ("replaced", 410, "This code belongs to a number that has been replaced."),
        ("replayed", 409, "This code was scanned before."),
    ],
)
def test_code_that_shows_nothing_says_why_and_offers_to_type_the_number(desk, visa, dai, what, status, said):
    with time_machine.travel(NOON - timedelta(seconds=91 if what == "expired" else 0), tick=False):
        address = scan(visa)
    if what == "tampered":
        address = address[:-2] + ("A" if address[-2] != "A" else "B") + "/"
    elif what == "replaced":
        reissue(visa=visa, by=dai, now=NOON)
    elif what == "replayed":
        desk.get(address)

    page = Page(desk.get(address))

    assert page.status == status
    assert page.alerts[0].startswith(said)
    assert "number" in page.form("number").fields
    assert "伊藤" not in page.text


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("12345 67880", 400, "Did you mistype?"),
        ("12345 67889", 404, "There is no Coworking VISA with this number."),
        ("", 400, None),
        ("a\x00b", 400, None),
        ("1" * 1000, 400, None),
    ],
)
def test_number_that_shows_nothing_says_why_and_stays_typed(desk, visa, typed, status, said):
    page = Page(desk.post("/door/visa/", {"number": typed}))

    assert page.status == status
    assert [alert for alert in page.alerts if said and alert.startswith(said)] or said is None
    assert page.form("number").fields["number"] == typed.replace("\x00", "\ufffd") or "\x00" in typed
    assert not Showing.objects.exists()


def test_who_tries_many_numbers_has_to_wait(desk, english, sam, visa):
    answers = [desk.post("/door/visa/", {"number": "12345 67889"}).status_code for _ in range(31)]

    assert answers == [404] * 30 + [429]
    page = Page(desk.post("/door/visa/", {"number": visa.number}))
    assert (page.status, page.alerts) == (
        429,
        ["Too many numbers were typed. Wait a few minutes, or scan the code."],
    )
    assert desk.get(scan(visa)).status_code == 302, "a code is no guess"
    assert english(sam).post("/door/visa/", {"number": visa.number}).status_code == 302


def test_code_stands_in_no_line_of_the_log(desk, visa, caplog):
    address = scan(visa)
    desk.get(address)
    desk.get(address)

    said = "\n".join(Line().format(record) for record in caplog.records)
    assert "/door/visa/c/…/" in said
    assert address.split("/")[-2] not in said


# Who


def test_who_is_not_signed_in_is_asked_to_and_comes_back(visitor, visa):
    address = scan(visa)

    answer = visitor.get(address)

    assert answer.headers["Location"].startswith("/accounts/login/?next=/door/visa/c/")
    assert not Showing.objects.exists()


def test_for_members_there_is_no_desk(english, aiko, visa, shown):
    browser = english(aiko)

    for address in ("/door/visa/", scan(visa), shown):
        assert browser.get(address).status_code == 404, address
    for address in ("/door/visa/", f"{shown}admit/", f"{shown}turn-away/"):
        assert browser.post(address, {"number": visa.number}).status_code == 404, address
    assert Showing.objects.count() == 1


def test_showing_is_for_who_it_was_shown_to(english, sam, shown, dorinoki):
    colleague = make_operator("colleague@example.jp", dorinoki.space)

    for user in (sam, colleague):
        assert english(user).get(shown).status_code == 404
        for act in ("admit", "turn-away"):
            assert english(user).post(f"{shown}{act}/", {"space": "dorinoki", "price": 0}).status_code == 404
    assert not Booking.objects.exists()


def test_visa_can_be_looked_at_for_a_quarter_of_an_hour(desk, shown):
    with time_machine.travel(NOON + timedelta(minutes=14), tick=False):
        assert desk.get(shown).status_code == 200
    with time_machine.travel(NOON + timedelta(minutes=15), tick=False):
        assert desk.get(shown).status_code == 404
        assert desk.post(f"{shown}admit/", {"space": "dorinoki", "price": 0}).status_code == 404


def test_pages_of_the_desk_are_kept_nowhere(desk, visa, shown):
    for address in ("/door/visa/", shown, scan(visa)):
        assert "no-store" in desk.get(address).headers["Cache-Control"], address


def test_who_runs_several_spaces_chooses(english, dai, shown, koharubiyori):
    Operator.objects.create(user=dai, space=koharubiyori.space, role="operator")
    browser = english(dai)

    page = Page(browser.get(shown))
    other = Page(browser.get(page.link("Koharubiyori")))

    assert page.link("Dorinoki") == f"{shown}?space=dorinoki"
    assert other.form("price").fields["space"] == "koharubiyori"
    assert press(browser, other, "Check in").status_code == 302
    assert Booking.objects.get().resource.space == koharubiyori.space


@pytest.mark.parametrize("slug", ["koharubiyori", "nowhere", "a b", "x" * 60])
def test_space_that_is_not_theirs_is_not_there(desk, shown, slug):
    assert desk.get(shown, {"space": slug}).status_code == 404
    for act, asked in (("admit", {"price": 0}), ("turn-away", {"why": "full"})):
        answer = desk.post(f"{shown}{act}/", {"space": slug, **asked})
        assert answer.status_code in (400, 404), act
    assert not Booking.objects.exists()
    assert not VisaRequest.objects.exists()


def test_whoever_runs_all_spaces_has_a_desk_at_each(english, visa, four_spaces):
    admin = User.objects.create_superuser("root@example.jp", family_name="Root")
    showing = Showing.objects.create(visa=visa, shown_to=admin, shown_at=NOON)

    assert len(Page(english(admin).get(page_of(showing))).links_to(f"{page_of(showing)}?space=")) == 4


def test_space_that_has_left_has_no_desk_for_visas(desk, shown, dorinoki):
    dorinoki.space.left_on = TUESDAY
    dorinoki.space.save()

    assert desk.get(shown).status_code == 404


def test_code_that_is_scanned_where_there_is_no_desk_stays_good(english, desk, sam, visa, koharubiyori):
    Space.objects.filter(pk=koharubiyori.space.pk).update(left_on=TUESDAY)
    code = scan(visa)

    assert english(sam).get(code).status_code == 404
    assert english(sam).post("/door/visa/", {"number": visa.number}).status_code == 404
    assert not Showing.objects.exists()
    assert desk.get(code).status_code == 302


# Letting in


def test_visitor_is_checked_in_by_one_press(desk, shown, aiko):
    answer = press(desk, Page(desk.get(shown)), "Check in")

    booking = Booking.objects.get()
    assert answer.headers["Location"] == f"/door/{booking.reference}/"
    assert (booking.user, booking.checked_in_at) == (aiko, NOON)
    page = Page(desk.get(answer.headers["Location"]))
    assert "Check out" in page.main
    assert "Coworking VISA Garage labs" in page.main


def test_pressing_twice_leads_to_the_same_booking(desk, shown):
    page = Page(desk.get(shown))

    first, second = (press(desk, page, "Check in") for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert "Open the booking" in Page(desk.get(shown)).main


def test_what_is_booked_for_today_is_checked_in(desk, shown, aiko, dorinoki):
    booking = make_booking(dorinoki.open_seats, user=aiko, starts="15:00", ends="17:00", basis="drop_in")

    page = Page(desk.get(shown))

    assert "Booked today 15:00–17:00" in page.main
    assert press(desk, page, "Check in").headers["Location"] == f"/door/{booking.reference}/"


def test_price_stands_on_the_button_and_the_door_asks_for_it(english, sam, visa, koharubiyori, aiko):
    Terms.objects.create(space=koharubiyori.space, percent_off=25)
    make_visited(aiko, koharubiyori.space)
    for number in range(3):
        day = TUESDAY - (number + 1) * DAY
        make_booking(koharubiyori.open_seats, user=aiko, day=day, basis="visa", price=0, visa=visa)
    browser, address = english(sam), page_of(Showing.objects.create(visa=visa, shown_to=sam, shown_at=NOON))

    page = Page(browser.get(address))
    assert "0 of 3 free days" in page.main
    assert "25% off" in page.main
    answer = press(browser, page, "Check in for ¥600")

    door = Page(browser.get(answer.headers["Location"]))
    assert "Still to pay ¥600" in door.main
    assert door.link("Take a payment")


def test_price_that_has_changed_is_asked_for_again(desk, shown, english, sam, visa, koharubiyori, aiko):
    make_visited(aiko, koharubiyori.space)
    browser, address = english(sam), page_of(Showing.objects.create(visa=visa, shown_to=sam, shown_at=NOON))
    page = Page(browser.get(address))
    for number in range(3):
        day = TUESDAY - (number + 1) * DAY
        make_booking(koharubiyori.open_seats, user=aiko, day=day, basis="visa", price=0, visa=visa)

    again = Page(press(browser, page, "Check in"))

    assert (again.status, again.alerts) == (409, ["The price is now 800 yen. Confirm if that suits you."])
    assert press(browser, again, "Check in for ¥800").status_code == 302


def test_what_a_host_wishes_is_named_and_waived_by_one_press(desk, shown, dorinoki):
    Terms.objects.create(space=dorinoki.space, opens=time(13), closes=time(18), months_of_membership=12)

    page = Page(desk.get(shown))

    assert "takes visitors by Coworking VISA from 13:00 to 18:00" in page.main
    assert "takes new members by Coworking VISA after a while" in page.main
    assert "Check in" not in [words for form in page.forms for words, _ in form.buttons]
    assert press(desk, page, "Let in anyway").status_code == 302
    assert VisaRequest.objects.get().answer == "accepted"


def test_wish_that_came_up_meanwhile_is_named(desk, shown, dorinoki):
    page = Page(desk.get(shown))
    Terms.objects.create(space=dorinoki.space, months_of_membership=12)

    again = Page(press(desk, page, "Check in"))

    assert again.status == 409
    assert "takes new members by Coworking VISA after a while" in again.alerts[0]
    assert press(desk, again, "Let in anyway").status_code == 302


def test_full_house_says_so_and_can_turn_away(desk, shown, dorinoki):
    make_booking(dorinoki.open_seats, starts="12:00", ends="23:00", seats=dorinoki.open_seats.capacity)

    page = Page(desk.get(shown))

    assert "No seat is left for that time." in page.main
    assert [words for form in page.forms for words, _ in form.buttons if "Check" in words] == []


def test_at_home_it_says_that_the_plan_counts(english, visa, garage):
    operator = make_operator("garage@example.jp", garage.space)
    showing = Showing.objects.create(visa=visa, shown_to=operator, shown_at=NOON)

    page = Page(english(operator).get(page_of(showing)))

    assert "A member here" in page.main
    assert "at home the plan applies" in page.main
    assert "Turn away" not in page.main
    assert "free days in" not in page.main


def test_visa_that_is_not_valid_says_why(desk, shown, aiko):
    aiko.memberships.update(status="ended", ends_on=TUESDAY - DAY)

    page = Page(desk.get(shown))

    assert "Not valid" in page.main
    assert "The membership at Garage labs has ended, and the Coworking VISA with it." in page.main
    assert [words for form in page.forms for words, _ in form.buttons if "Check" in words] == []
    assert "Turn away" not in page.main


# Turning away


def test_visitor_is_turned_away_with_a_reason_in_their_language(desk, shown):
    answer = press(desk, Page(desk.get(shown)), "Turn away", why="full")

    assert VisaRequest.objects.get().reason == "席が空いていませんでした。"
    page = Page(desk.get(answer.headers["Location"]))
    assert "Turned away at 12:10: 席が空いていませんでした。" in page.main
    assert "Turn away" not in [words for form in page.forms for words, _ in form.buttons]


def test_other_reason_needs_words_and_they_stay_typed(desk, shown):
    page = Page(desk.get(shown))

    again = Page(press(desk, page, "Turn away", why="other", words=""))
    assert again.status == 400
    assert "Say why in a few words." in again.main
    assert not VisaRequest.objects.exists()

    wrong = Page(press(desk, page, "Turn away", why="", words="A wedding."))
    assert wrong.status == 400
    assert wrong.form("words").fields["words"] == "A wedding."

    press(desk, page, "Turn away", why="other", words="A wedding.")
    assert VisaRequest.objects.get().reason == "A wedding."


def test_turning_away_twice_notes_it_once(desk, shown):
    page = Page(desk.get(shown))
    press(desk, page, "Turn away", why="full")

    again = Page(press(desk, page, "Turn away", why="full"))

    assert (again.status, VisaRequest.objects.count()) == (409, 1)
    assert again.alerts == ["This visit was turned away already, at 12:10."]


# Broken input, prices, languages


@pytest.mark.parametrize("pk", ["0", "-1", "x", "１", "9" * 30, "1e3", str(2**63)])
def test_showing_that_is_no_number_is_not_there(desk, visa, pk):
    for address in (f"/door/visa/{pk}/", f"/door/visa/{pk}/admit/", f"/door/visa/{pk}/turn-away/"):
        assert desk.get(address).status_code in (404, 405), address
        assert desk.post(address).status_code in (404, 405), address


def test_what_no_page_sends_is_answered_with_a_sentence(desk, shown):
    for value in BROKEN:
        for act, asked in (
            ("admit", {"space": "dorinoki", "price": f"7{value}"}),
            ("admit", {"space": value, "price": 0}),
            ("turn-away", {"space": "dorinoki", "why": value, "words": value}),
            ("turn-away", {"space": value, "why": "other", "words": "x"}),
        ):
            check_answer(desk.post(f"{shown}{act}/", asked), (act, value))
    assert not Booking.objects.exists()
    assert not VisaRequest.objects.exists()


@pytest.mark.parametrize("code", ["x", "a:b", "a:b:c", "%00", "💺", ":" * 50, "x" * 3000, "..", "%2e%2e%2f"])
def test_code_that_nobody_made_is_answered_with_a_sentence(desk, code):
    answer = desk.get(f"/door/visa/c/{code}/")

    assert answer.status_code in (400, 404)
    check_answer(answer, code)


def test_page_costs_no_more_with_many_spaces_bookings_and_visits(english, dai, aiko, visa, dorinoki):
    showing = page_of(Showing.objects.create(visa=visa, shown_to=dai, shown_at=NOON))
    browser = english(dai)
    few = queries(browser, showing)

    make_more_spaces(20)
    fill(dorinoki.open_seats, 200)
    for number in range(20):
        make_booking(dorinoki.open_seats, user=aiko, day=TUESDAY - (number + 30) * DAY, checked_in_at=NOON)
    for number in range(5):
        make_booking(dorinoki.open_seats, user=aiko, starts=f"{13 + number}:00", ends=f"{14 + number}:00")
    Booking.objects.filter(user=aiko, starts_at__gt=NOON).update(cancelled_at=NOON, cancelled_by="person")

    assert (queries(browser, showing), few) == (9, 9)


@pytest.mark.parametrize("state", ["good", "against", "used", "home", "ended", "turned_away"])
def test_no_english_sentence_is_left_on_the_japanese_pages(english, dai, aiko, visa, dorinoki, garage, state):
    if state == "against":
        Terms.objects.create(space=dorinoki.space, opens=time(13), closes=time(18), once_a_week=True)
    elif state == "used":
        for number in range(3):
            day = TUESDAY - (number + 1) * DAY
            make_booking(dorinoki.open_seats, user=aiko, day=day, basis="visa", price=0, visa=visa)
    elif state == "home":
        make_membership(aiko, dorinoki.space.plans.first())
    elif state == "ended":
        aiko.memberships.update(status="ended", ends_on=TUESDAY - DAY)
    browser, address = english(dai), page_of(Showing.objects.create(visa=visa, shown_to=dai, shown_at=NOON))
    if state == "turned_away":
        browser.post(f"{address}turn-away/", {"space": "dorinoki", "why": "rules"})

    opened = [
        browser.get("/door/visa/", headers=JAPANESE),
        browser.post("/door/visa/", {"number": "1"}, headers=JAPANESE),
        browser.get("/door/visa/c/x/", headers=JAPANESE),
        browser.get(address, headers=JAPANESE),
        browser.post(f"{address}turn-away/", {"space": "dorinoki", "why": "other"}, headers=JAPANESE),
    ]

    assert {words for page in map(Page, opened) for words in ENGLISH_SENTENCE.findall(page.main)} == set()
