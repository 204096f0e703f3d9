"""A ticket's page: what it is good for, choosing a space and a day, and redeeming it without an account."""

from datetime import date

import pytest

from bookings.adopting import adopt
from bookings.models import Booking
from bookings.redeeming import change_visit
from bookings.visits import visit_token
from notices.models import Notice
from spaces.models import Space
from tests.factories import at, make_booking, make_closure, make_resource
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import fill, make_more_spaces, queries
from tests.pages.tickets import THURSDAY, WEDNESDAY, campaign_of_all, ticket_of_all, visits_page, wished
from tests.reading import Page
from tests.visas.acts import NOW, make_ticket, visit
from visas.issuing import block
from visas.models import Participation, Ticket, WrongCodes
from visas.refusals import SENTENCES
from visas.taking_part import leave, stop


@pytest.fixture
def ticket(four_spaces):
    return ticket_of_all()


@pytest.fixture
def address(ticket):
    return f"/ticket/{ticket.code}/"


def test_page_says_what_the_ticket_is_good_for(visitor, address, ticket):
    page = Page(visitor.get(address))

    assert (page.status, page.headings) == (200, ["Come and try"])
    for words in (ticket.printed_code, "Visits left 2 of 2", "1 visit", "Valid until Thu 31 Dec", "free of charge"):
        assert words in page.main
    spaces = ["garage-labs", "dorinoki", "koharubiyori", "cafe-36"]
    assert page.links_to("?") == [f"?space={slug}" for slug in spaces]


def test_page_is_kept_and_told_on_by_nobody(visitor, address):
    for path in (address, "/ticket/", "/ticket/K7M/", "/visit/x/"):
        headers = visitor.get(path).headers
        assert headers["Cache-Control"] == "no-store, private", path
        assert headers["Referrer-Policy"] == "strict-origin", path
        assert headers["X-Robots-Tag"] == "noindex, nofollow", path


def test_days_of_the_space_that_was_picked_are_offered_without_the_closed_and_the_full(visitor, address, koharubiyori):
    make_closure(koharubiyori.space, date(2026, 11, 26))
    make_booking(koharubiyori.open_seats, starts="11:00", ends="21:00", day=date(2026, 11, 27), seats=15)

    page = Page(visitor.get(address, {"space": "koharubiyori", "day": WEDNESDAY}))

    days = [href[-2:] for href in page.links_to("?space=koharubiyori&day=2026-11-")]
    assert days == ["24", "25", "28", "30"]
    assert page.form("name").fields["day"] == WEDNESDAY
    assert "Wednesday, 25 November 2026 11:00–21:00" in page.main


def test_first_free_day_is_proposed(visitor, address):
    page = Page(visitor.get(address, {"space": "koharubiyori"}))

    assert page.form("name").fields["day"] == "2026-11-24"


def test_seats_left_are_those_of_the_campaign_or_of_the_house(visitor, address, ticket, koharubiyori):
    visit(make_ticket(ticket.campaign), koharubiyori.space, day=date(2026, 11, 25), email="x@example.jp")
    make_booking(koharubiyori.open_seats, starts="11:00", ends="21:00", day=date(2026, 11, 26), seats=14)

    page = Page(visitor.get(address, {"space": "koharubiyori"}))

    free = {href[-2:]: words for words, href in page.links if href.startswith("?space=koharubiyori&day=2026-11-")}
    assert [free[day][-6] for day in ("24", "25", "26")] == ["3", "2", "1"]


def test_visitor_redeems_and_is_led_to_the_visit(visitor, address, ticket, koharubiyori):
    page = Page(visitor.get(address, {"space": "koharubiyori", "day": WEDNESDAY}))

    answer = page.submit(visitor, page.form("name"), name="客野 一", email=" Guest@Example.JP ", agrees="on")

    booking = Booking.objects.get()
    ticket.refresh_from_db()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{visits_page(ticket)}?new=1")
    assert (booking.resource, booking.ticket, booking.user) == (koharubiyori.open_seats, ticket, None)
    assert (booking.person, booking.name) == ("guest@example.jp", "客野 一")
    assert booking.starts_at == at("11:00", date(2026, 11, 25))
    assert (ticket.email, ticket.language) == ("guest@example.jp", "en")
    assert "Your seat is kept." in Page(visitor.get(answer.headers["Location"])).headings


def test_language_of_the_page_is_the_language_of_its_mails(visitor, address, ticket):
    visitor.post(address, wished(), headers=JAPANESE)

    assert set(Notice.objects.values_list("language", flat=True)) == {"ja"}


def test_form_that_is_sent_twice_books_once_and_leads_to_the_same_visit(visitor, address):
    first = visitor.post(address, wished())
    again = visitor.post(address, wished())

    assert first.headers["Location"] == again.headers["Location"]
    assert (first.status_code, again.status_code) == (303, 303)
    assert Booking.objects.count() == 1
    assert Notice.objects.filter(kind="booking.confirmed").count() == 1


def test_who_knows_code_and_address_of_a_ticket_gets_no_link_to_its_visits(visitor, address):
    visitor.post(address, wished())

    for sent in (wished(form_key="another"), wished(form_key=""), wished(day=THURSDAY, form_key="x")):
        answer = visitor.post(address, sent)
        assert answer.status_code == 409
        assert b"/visit/" not in answer.content
    assert Booking.objects.count() == 1


def test_reading_changes_nothing(visitor, address, ticket):
    for asked in ({}, {"space": "koharubiyori"}, {"space": "koharubiyori", "day": WEDNESDAY, **wished()}):
        visitor.get(address, asked)
        visitor.head(address, asked)

    ticket.refresh_from_db()
    assert (ticket.person_key, Booking.objects.count(), Notice.objects.count()) == (None, 0, 0)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("agrees", "", SENTENCES["not_agreed_to_rules"]),
        ("name", "  ", "This field is required."),
        ("name", "a\x00b", "Null characters are not allowed."),
        ("email", "guest", "Enter a valid email address."),
        ("email", "", "This field is required."),
        ("day", "2026-02-30", "Enter a valid date."),
        ("day", "9999-12-31", "That day is too far away."),
        ("space", "no slug", "Enter a valid “slug”"),
    ],
)
def test_what_can_not_be_read_is_said_and_what_was_typed_stays(visitor, address, field, value, said):
    page = Page(visitor.post(address, wished(**{field: value})))

    assert page.status == 400
    assert str(said) in page.alerts[0]
    assert not Booking.objects.exists()
    if field != "name":
        assert "客野 一" in page.html


@pytest.mark.parametrize("day", ["x", "2026-02-30", "0001-01-01", "9999-12-31", "a\x00"])
def test_day_that_no_link_asks_for_is_answered_by_the_page_and_a_sentence(visitor, address, day):
    page = Page(visitor.get(address, {"space": "koharubiyori", "day": day}))

    assert (page.status, len(page.alerts)) == (400, 1)
    assert "Which space?" in page.main


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"day": "2026-11-29"}, "closed"),
        ({"day": "2027-01-04"}, "expired"),
        ({"space": "nowhere"}, "not_taking_part"),
    ],
)
def test_what_can_not_be_had_is_refused_with_a_sentence(visitor, address, sent, code):
    page = Page(visitor.post(address, wished(**sent)))

    assert page.status == 409
    assert len(page.alerts) == 1
    assert not Booking.objects.exists()
    assert "客野 一" in page.html, code


def test_day_that_filled_up_meanwhile_is_refused_and_others_are_offered(visitor, address, ticket, koharubiyori):
    Participation.objects.update(seats_a_day=1)
    visit(make_ticket(ticket.campaign), koharubiyori.space, day=date(2026, 11, 25), email="x@example.jp")

    page = Page(visitor.post(address, wished()))

    assert (page.status, Booking.objects.count()) == (409, 1)
    assert "No more tickets can be redeemed" in page.alerts[0]
    assert page.form("name").fields["day"] == THURSDAY, "the next free day, not one that is nearer to now"


def test_person_with_a_ticket_of_the_campaign_gets_no_second(visitor, ticket):
    visitor.post(f"/ticket/{ticket.code}/", wished())
    other = make_ticket(ticket.campaign)

    page = Page(visitor.post(f"/ticket/{other.code}/", wished(day=THURSDAY)))

    assert (page.status, str(SENTENCES["one_a_person"]) in page.alerts[0]) == (409, True)


def test_ticket_that_belongs_to_somebody_says_so_and_mails_its_link_once_an_hour(visitor, address, ticket):
    visitor.post(address, wished())

    page = Page(visitor.get(address))
    answers = [page.submit(visitor, page.forms[-1]) for _ in range(3)]

    assert page.status == 200
    assert "belongs to somebody" in page.main
    assert "guest@example.jp" not in page.html
    assert [answer.status_code for answer in answers] == [303] * 3
    assert Notice.objects.filter(kind="ticket.link", recipient="guest@example.jp").count() == 1
    assert "on its way" in Page(visitor.get(answers[0].headers["Location"])).main


def test_link_of_a_ticket_that_is_nobodys_is_mailed_to_nobody(visitor, address):
    assert visitor.post(f"{address}link/").status_code == 303
    assert not Notice.objects.exists()


def test_who_was_forgotten_may_come_again_and_nobody_else(visitor, address, ticket):
    visitor.post(address, wished())
    Ticket.objects.update(email="", name="", link_version=1)
    Booking.objects.update(person=None, name="")

    other = visitor.post(address, wished(space="cafe-36", day=THURSDAY, email="other@example.jp", form_key="x"))
    same = visitor.post(address, wished(space="cafe-36", day=THURSDAY, form_key="y"))

    assert (other.status_code, same.status_code) == (409, 303)
    assert Booking.objects.filter(person="guest@example.jp").count() == 1


def test_space_that_left_the_campaign_is_not_offered(visitor, address, ticket, koharubiyori):
    leave(part=Participation.objects.get(space=koharubiyori.space), now=at("09:00"))

    page = Page(visitor.get(address, {"space": "koharubiyori"}))

    assert "?space=koharubiyori" not in page.links_to("?")
    assert visitor.post(address, wished()).status_code == 409


def test_ticket_that_is_not_yet_good_offers_the_days_from_then_on(visitor, four_spaces):
    ticket = ticket_of_all(starts_on=date(2026, 12, 7))

    page = Page(visitor.get(f"/ticket/{ticket.code}/", {"space": "koharubiyori"}))

    assert page.status == 200
    assert page.form("name").fields["day"] == "2026-12-07"


@pytest.mark.parametrize(
    ("code", "status"), [("blocked", 403), ("stopped", 410), ("expired", 410), ("visits_used", 410)]
)
def test_ticket_that_is_not_good_says_why(visitor, address, ticket, koharubiyori, code, status):
    if code == "blocked":
        block(ticket=ticket, reason="x", now=at("09:00"))
    elif code == "stopped":
        stop(campaign=ticket.campaign, now=at("09:00"))
    elif code == "expired":
        ticket.campaign.ends_on = date(2026, 11, 23)
        ticket.campaign.save()
    else:
        for number, space in enumerate(("koharubiyori", "dorinoki")):
            visit(ticket, Participation.objects.get(space__slug=space).space, day=date(2026, 11, 25 + number))

    page, sent = Page(visitor.get(address)), visitor.post(address, wished())

    said = str(SENTENCES[code]) % {"day": "Nov. 23, 2026"}
    assert page.status == status
    assert said[:20] in page.alerts[0]
    assert sent.status_code == (409 if code == "visits_used" else status)
    assert Booking.objects.count() == (2 if code == "visits_used" else 0)
    assert not WrongCodes.objects.exists()


def test_no_free_day_at_all_says_until_when_the_ticket_is_good(visitor, address, four_spaces):
    for space in four_spaces.values():
        make_closure(space, date(2026, 11, 1), last=date(2027, 1, 31))

    page = Page(visitor.get(address))

    assert page.status == 200
    assert "No day is free at the moment." in page.main


def test_part_of_the_page_changes_in_place(visitor, address):
    part = visitor.get(address, {"space": "cafe-36"}, headers={"hx-request": "true"})
    broken = visitor.get(address, {"day": "x"}, headers={"hx-request": "true"})

    assert b"<html" not in part.content
    assert "HX-Request" in part.headers["Vary"]
    assert broken.headers["HX-Redirect"].startswith(address)


def test_page_reads_in_japanese(visitor, address):
    page = Page(visitor.get(address, {"space": "koharubiyori"}, headers=JAPANESE))

    assert (page.status, page.lang, page.headings) == (200, "ja", ["はじめまして"])


def test_page_costs_the_same_however_much_there_is(visitor, address, ticket, koharubiyori):
    asked = f"{address}?space=koharubiyori&day={WEDNESDAY}"
    first = queries(visitor, asked)
    fill(koharubiyori.open_seats, 40)
    make_more_spaces(8)
    for space in Space.objects.filter(slug__startswith="house"):
        Participation.objects.create(campaign=ticket.campaign, space=space, agreed_at=at("09:00"))
    for number in range(3):
        visit(make_ticket(ticket.campaign), koharubiyori.space, day=date(2026, 12, 1), email=f"{number}@example.jp")

    assert queries(visitor, asked) == first == 9


def test_signed_in_person_finds_name_and_address_filled_in_and_the_visit_as_own(english, ben, address):
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=ben, email=ben.email, verified=True, primary=True)
    browser = english(ben)
    page = Page(browser.get(address, {"space": "koharubiyori", "day": WEDNESDAY}))

    answer = page.submit(browser, page.form("name"), agrees="on")

    assert answer.status_code == 303
    assert Booking.objects.get().user == ben


def test_campaign_of_other_spaces_offers_those_only(visitor, koharubiyori, dorinoki):
    campaign = campaign_of_all()
    Participation.objects.exclude(space=dorinoki.space).delete()

    page = Page(visitor.get(f"/ticket/{make_ticket(campaign).code}/"))

    assert page.form("name").fields["space"] == "dorinoki", "the only one is chosen at once"


def test_retired_seats_are_not_offered(visitor, address, koharubiyori):
    koharubiyori.open_seats.retired_on = date(2026, 11, 24)
    koharubiyori.open_seats.save()

    assert "?space=koharubiyori" not in Page(visitor.get(address)).links_to("?")

    make_resource(koharubiyori.space, position=9)
    assert "?space=koharubiyori" in Page(visitor.get(address)).links_to("?")


def test_seats_that_retire_are_offered_until_the_day_before_and_then_others(visitor, address, koharubiyori):
    retiring = koharubiyori.open_seats
    retiring.retired_on = date(2026, 11, 27)
    retiring.save()
    before, after = f"?space=koharubiyori&day={THURSDAY}", "?space=koharubiyori&day=2026-11-27"

    def offered():
        return set(Page(visitor.get(address, {"space": "koharubiyori"})).links_to("?")) & {before, after}

    assert offered() == {before}
    assert visitor.post(address, wished(day="2026-11-27")).status_code == 409
    others = make_resource(koharubiyori.space, position=9)
    assert offered() == {before, after}

    assert visitor.post(address, wished(day="2026-11-27")).status_code == 303
    booking = Booking.objects.get()
    assert booking.resource == others
    assert change_visit(booking=booking, space=koharubiyori.space, day=date(2026, 11, 26), now=NOW).resource == retiring


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_page_takes_no_other_method(visitor, address, method):
    assert getattr(visitor, method)(address).status_code == 405


def test_link_is_of_its_ticket_alone_and_ends_when_links_are_renewed(visitor, address, ticket):
    adopt(None)
    visitor.post(address, wished())
    token = visit_token(Ticket.objects.get(pk=ticket.pk))
    assert visitor.get(f"/visit/{token}/").status_code == 200

    Ticket.objects.filter(pk=ticket.pk).update(link_version=1)

    assert visitor.get(f"/visit/{token}/").status_code == 404
