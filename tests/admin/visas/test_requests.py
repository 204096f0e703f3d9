"""Requests for visits by VISA in the admin: the list with what came of each, its page, and answering."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from bookings import attendance, todo
from bookings.models import Booking, VisaRequest
from bookings.revoking import revoke
from bookings.uncovered import end
from bookings.visa_requests import accept, ask, refuse, withdraw
from members.models import Operator, Plan, User
from notices.models import Notice
from tests.conftest import make_operator
from tests.factories import TUESDAY, at, make_booking, make_user, span
from tests.pages.crowd import queries
from tests.reading import Page
from tests.visas.acts import make_visa_request
from visas.models import Terms, Visa

LIST = "/admin/bookings/visarequest/"
TODO = "admin:members_todo"
WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def host(dorinoki):
    Terms.objects.create(space=dorinoki.space, opens=time(10), closes=time(18))
    return dorinoki


@pytest.fixture
def asked(aiko, host, now) -> VisaRequest:
    """Aiko of Garage labs asks Dorinoki for Wednesday evening."""
    return asks(aiko, host, now)


@pytest.fixture
def desk(dai, in_english):
    return in_english(dai)


@pytest.fixture
def in_english(as_user):
    def client_of(user):
        client = as_user(user)
        client.cookies["django_language"] = "en"
        return client

    return client_of


def asks(user, host, now, day=WEDNESDAY, message="I bring cake."):
    return ask(
        user=user,
        space=host.space,
        resource_id=host.open_seats.pk,
        span=span("18:00", "20:00", day),
        message=message,
        now=now,
    )


def page_of(client, request) -> Page:
    return Page(client.get(f"{LIST}{request.pk}/change/"))


def press(client, page, act):
    [form] = [form for form in page.forms if form.action.endswith(f"/{act}/")]
    return page.submit(client, form)


def test_page_says_who_asks_for_what_and_what_stands_against_it(desk, host, asked):
    page = page_of(desk, asked)

    for words in ("伊藤 愛子", "Garage labs", "18:00–20:00", "I bring cake.", f"{host.open_seats.capacity} seats"):
        assert words in page.text, words
    assert "Dorinoki takes visitors by Coworking VISA from 10:00 to 18:00." in page.text
    assert "aiko@example.jp" not in page.html
    assert asked.visa.number not in page.html.replace(" ", "")


def test_request_is_accepted_with_one_press(desk, dai, aiko, asked):
    answer = press(desk, page_of(desk, asked), "accept")

    booking = Booking.objects.get()
    asked.refresh_from_db()
    assert answer.url == f"{LIST}{asked.pk}/change/"
    assert (asked.answer, asked.answered_by, asked.booking) == ("accepted", dai, booking)
    assert (booking.user, booking.starts_at) == (aiko, at("18:00", WEDNESDAY))
    shown = page_of(desk, asked)
    assert "Accepted. 伊藤 愛子 has been sent a confirmation." in shown.text
    assert shown.link(booking.spaced_reference) == f"/admin/bookings/booking/{booking.pk}/change/"
    assert not [form for form in shown.forms if "accept" in form.action]


def test_request_is_refused_with_a_reason(desk, aiko, asked):
    page = Page(desk.get(page_of(desk, asked).link("Refuse")))
    assert page.submit(desk, page.form("reason")).status_code == 200
    assert VisaRequest.objects.get().answer == ""

    page.submit(desk, page.form("reason"), reason="We have a party.")

    asked.refresh_from_db()
    assert (asked.answer, asked.reason) == ("refused", "We have a party.")
    assert Notice.objects.filter(kind="visa.refused", recipient=aiko.email).count() == 1
    assert "Refused. 伊藤 愛子 is told the reason by mail." in page_of(desk, asked).text


@pytest.mark.parametrize("reason", ["", " ", "x" * 201, "a\x00b"])
def test_reason_that_is_none_is_asked_for_again(desk, asked, reason):
    answer = desk.post(f"{LIST}{asked.pk}/refuse/", {"reason": reason})

    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode() or Page(answer).forms
    assert VisaRequest.objects.get().answer == ""


def revoked(aiko, host, now):
    revoke(visa=Visa.objects.get(), by=aiko, reason="Lent it out.", now=now)


def ended(aiko, host, now):
    end(membership=aiko.memberships.get(), last=TUESDAY, by=aiko, by_operator=True, now=now)


def not_granted(aiko, host, now):
    Plan.objects.update(grants_visa=False)


def full(aiko, host, now):
    make_booking(host.open_seats, starts="19:00", ends="19:30", day=WEDNESDAY, seats=host.open_seats.capacity)


@pytest.mark.parametrize(
    ("meanwhile", "words"),
    [
        (not_granted, "The plan at Garage labs gives no Coworking VISA on that day."),
        (full, "No seat is left for that time."),
    ],
)
def test_request_that_can_not_be_accepted_any_more_says_why(desk, aiko, host, asked, now, meanwhile, words):
    before = page_of(desk, asked)
    meanwhile(aiko, host, now)

    page = page_of(desk, asked)
    assert words in page.text
    assert not [form for form in page.forms if "accept" in form.action]

    # Who had the page open reads it after pressing.
    press(desk, before, "accept")
    assert words in page_of(desk, asked).text
    assert VisaRequest.objects.get().answer == ""
    assert page.link("Refuse")


@pytest.mark.parametrize("meanwhile", [revoked, ended])
def test_request_that_fell_with_its_visa_waits_for_nobody(desk, aiko, host, asked, now, meanwhile):
    before = page_of(desk, asked)
    meanwhile(aiko, host, now)

    press(desk, before, "accept")
    page = page_of(desk, asked)
    assert "Withdrawn" in page.text
    assert not [form for form in page.forms if "accept" in form.action]
    assert not Booking.objects.exists()


def test_answering_twice_is_told_and_does_nothing(desk, dai, asked, now):
    page = page_of(desk, asked)
    press(desk, page, "accept")
    press(desk, page, "accept")

    assert "This request has already been accepted." in page_of(desk, asked).text
    desk.post(f"{LIST}{asked.pk}/refuse/", {"reason": "No."})
    assert VisaRequest.objects.get().answer == "accepted"
    assert desk.get(f"{LIST}{asked.pk}/refuse/").status_code == 302
    assert desk.get(f"{LIST}{asked.pk}/accept/").status_code == 302
    assert Booking.objects.count() == 1


def test_list_says_what_came_of_each_and_filters_by_it(desk, dai, aiko, host, now):
    days = iter(range(25, 31))
    made = {
        name: asks(aiko, host, now, date(2026, 11, next(days))) for name in ("withdrawn", "refused", "accepted", "used")
    }
    withdraw(request=made["withdrawn"], by=aiko, now=now)
    refuse(request=made["refused"], by=dai, reason="No.", now=now)
    for name in ("accepted", "used"):
        booking = accept(request=made[name], by=dai, now=now)
    attendance.check_in(booking=booking, now=now, even_early=True)
    made["asked"] = asks(aiko, host, now, date(2026, 11, 30))
    made["unanswered"] = make_visa_request(aiko, host.open_seats, date(2026, 11, 23))

    for name, request in made.items():
        listed = desk.get(LIST, {"outcome": name})
        assert [row.pk for row in listed.context["cl"].result_list] == [request.pk], name
        assert name.capitalize() in Page(listed).text
        assert VisaRequest.objects.get(pk=request.pk).outcome_at(now) == name
    assert len(desk.get(LIST).context["cl"].result_list) == len(made)
    assert desk.get(LIST, {"outcome": "nonsense"}).status_code == 200


def test_list_is_searched_by_name_and_not_by_address(desk, aiko, asked):
    User.objects.filter(pk=aiko.pk).update(family_reading="いとう")

    def found(words):
        return len(desk.get(LIST, {"q": words}).context["cl"].result_list)

    assert (found("伊藤"), found("いとう"), found("aiko@example.jp"), found("千葉")) == (1, 1, 0, 0)


def test_desk_role_answers_and_other_spaces_see_nothing(in_english, dorinoki, sam, asked):
    at_desk = in_english(make_operator("desk@example.jp", dorinoki.space, Operator.Role.DESK))
    elsewhere = in_english(sam)

    assert "伊藤" not in Page(elsewhere.get(LIST)).main
    for act in ("accept", "refuse"):
        assert elsewhere.post(f"{LIST}{asked.pk}/{act}/", {"reason": "No."}).status_code == 404
    assert VisaRequest.objects.get().answer == ""
    press(at_desk, page_of(at_desk, asked), "accept")
    assert VisaRequest.objects.get().answer == "accepted"


@pytest.mark.parametrize("pk", ["0", "999999", "99999999999999999999"])
def test_request_that_is_not_there_is_not_found(desk, asked, pk):
    for act in ("accept", "refuse"):
        assert desk.post(f"{LIST}{pk}/{act}/", {"reason": "No."}).status_code == 404


# The list of things to do


def waiting(host, moment) -> int:
    [task] = [task for task in todo.tasks() if task.name == "requests"]
    return task.rows([host.space.pk], moment).count()


def test_request_is_to_do_until_it_is_answered_or_the_visit_would_have_begun(dai, aiko, host, asked, now):
    assert waiting(host, now) == 1
    assert waiting(host, at("18:00", WEDNESDAY)) == 0

    refuse(request=asked, by=dai, reason="No.", now=now)
    again = asks(aiko, host, now)
    assert waiting(host, now) == 1
    withdraw(request=again, by=aiko, now=now)
    assert waiting(host, now) == 0


def test_list_of_things_to_do_leads_to_the_answer(desk, asked):
    page = Page(desk.get(reverse(TODO)))

    assert "Requests by VISA that wait for your answer" in page.text
    assert "伊藤 愛子" in page.text
    assert "18:00–20:00" in page.text
    assert page.link("Answer") == f"{LIST}{asked.pk}/change/"


def test_list_and_list_of_things_to_do_cost_the_same_with_few_and_many(desk, aiko, host, asked, four_spaces):
    pages = (LIST, reverse(TODO), f"{LIST}{asked.pk}/change/")
    [queries(desk, page) for page in pages]
    few = [queries(desk, page) for page in pages]
    for number in range(12):
        make_visa_request(aiko, host.open_seats, date(2026, 12, 1 + number))
        make_user(f"{number}@example.jp")

    assert [queries(desk, page) for page in pages] == few


def test_page_is_japanese_in_japanese(dai, as_user, asked):
    client = as_user(dai)

    with time_machine.travel(at("09:00"), tick=True):
        page = page_of(client, asked)

    for words in ("stands", "Accept", "Refuse", "visitor", "Free at", "outcome"):
        assert words not in page.text
    assert "条件を問わず承諾する" in page.text
