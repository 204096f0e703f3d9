"""Who came by ticket is forgotten, and "once" stays true: an account that is deleted, and a visitor a year after."""

import json
from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import transaction

from bookings.attendance import check_in
from bookings.erasing import erase, farewell
from bookings.forgetting import KEPT, forget_visitors
from bookings.models import Booking, FirstVisit
from bookings.tasks import forget_visitors as forget_visitors_daily
from notices.models import Notice
from spaces.refusing import codes
from tests.accounts.test_delete_account import everything_in_the_database
from tests.factories import TUESDAY, at, make_booking, make_resource, make_space, make_user
from tests.races.connections import raw, run
from tests.visas.acts import NOW, make_campaign, make_ticket, visit
from visas.locks import locked_ticket
from visas.models import Ticket

WEDNESDAY = TUESDAY + timedelta(days=1)
GUEST = "guest@example.jp"
FILE = "/accounts/data/my-data.json"


@pytest.fixture
def here(db):
    return make_resource(make_space("here")).space


@pytest.fixture
def there(db):
    return make_resource(make_space("there")).space


@pytest.fixture
def ticket(here, there) -> Ticket:
    return make_ticket(make_campaign(here, there, visits_in_all=2, visits_at_each=2))


def refused(act, *args, **asked):
    with pytest.raises(ValidationError) as caught:
        act(*args, **asked)
    return codes(caught.value)


def after(booking, **passed):
    """The moment so long after a visit."""
    return booking.ends_at + KEPT + timedelta(**passed)


# Visitors who have no account


def test_visitor_is_forgotten_a_year_after_the_last_visit(ticket, here, there):
    visit(ticket, here)
    last = visit(ticket, there, day=WEDNESDAY)
    assert "客野" in everything_in_the_database()
    assert GUEST in everything_in_the_database()

    assert forget_visitors(now=after(last, seconds=-1)) == 0
    assert forget_visitors(now=after(last)) == 1

    kept = everything_in_the_database()
    assert [mark for mark in ("客野", GUEST) if mark in kept] == []
    assert forget_visitors(now=after(last)) == 0


def test_visits_stay_for_the_figures_and_links_to_them_open_nothing(ticket, here):
    booking = check_in(booking=visit(ticket, here), now=at("10:00"))

    forget_visitors(now=after(booking))

    ticket.refresh_from_db()
    booking.refresh_from_db()
    assert (booking.ticket, booking.checked_in_at, booking.is_live) == (ticket, at("10:00"), True)
    assert (ticket.link_version, ticket.held_at) == (1, NOW)


def test_who_was_forgotten_has_one_ticket_of_the_campaign_all_the_same(here):
    campaign = make_campaign(here, ends_on=date(2028, 12, 31), visits_in_all=2, visits_at_each=2)
    ticket, other = make_ticket(campaign), make_ticket(campaign)
    later = after(visit(ticket, here))

    forget_visitors(now=later)

    day = later.date() + timedelta(days=2)
    assert refused(visit, other, here, day=day, now=later) == {"one_a_person"}
    assert refused(visit, ticket, here, day=day, email="other@example.jp", now=later) == {"held_by_another"}
    assert visit(ticket, here, day=day, now=later)
    ticket.refresh_from_db()
    assert (ticket.email, ticket.name, ticket.held_at) == (GUEST, "客野 一", NOW)


def test_who_has_an_account_or_comes_again_is_not_forgotten(here):
    campaign = make_campaign(here)
    signed_up = visit(make_ticket(campaign), here, email="account@example.jp")
    make_user("account@example.jp")
    confirmed = visit(make_ticket(campaign), here, email="second@example.jp")
    EmailAddress.objects.create(user=make_user("first@example.jp"), email="second@example.jp", verified=True)
    adopted = visit(make_ticket(campaign), here, day=WEDNESDAY, email="before@example.jp")
    Booking.objects.filter(pk=adopted.pk).update(user=make_user("after@example.jp"))
    again = visit(make_ticket(campaign), here, day=WEDNESDAY, email="again@example.jp")

    assert forget_visitors(now=after(signed_up)) == 0
    assert forget_visitors(now=after(again)) == 1
    for kept in (signed_up, confirmed, adopted):
        kept.refresh_from_db()
        assert kept.person


def test_mails_about_something_else_stay(ticket, here):
    booking = visit(ticket, here)
    Notice.objects.create(
        kind="booking.confirmed", subject_key="booking:0", dedupe_key="x", recipient=GUEST, language="ja", due_at=NOW
    )

    forget_visitors(now=after(booking))

    assert [one.subject_key for one in Notice.objects.all()] == ["booking:0"]


def test_forgetting_costs_the_same_however_many_there_are(here, django_assert_num_queries):
    for day in range(2):
        campaign = make_campaign(here, seats_a_day=9)
        for number in range(day * 5 + 1):
            moment = TUESDAY + timedelta(days=day)
            booking = visit(make_ticket(campaign), here, day=moment, email=f"{day}.{number}@example.jp")
        with django_assert_num_queries(10):
            assert forget_visitors(now=after(booking)) == day * 5 + 1


def test_day_forgets_and_there_may_be_nobody(ticket, here):
    forget_visitors_daily()
    booking = visit(ticket, here)
    ago = {"starts_at": booking.starts_at - 2 * KEPT, "ends_at": booking.ends_at - 2 * KEPT}
    Booking.objects.filter(pk=booking.pk).update(**ago)
    Ticket.objects.update(held_at=NOW - 2 * KEPT)

    forget_visitors_daily()

    assert Ticket.objects.get().email == ""


@pytest.mark.django_db(transaction=True)
def test_ticket_that_is_in_use_waits_for_the_next_time(ticket, here):
    later = after(visit(ticket, here))
    with raw(1) as [other]:
        run(other, "SELECT id FROM visas_ticket WHERE id = %s FOR NO KEY UPDATE", ticket.pk)
        assert forget_visitors(now=later) == 0
    with transaction.atomic():
        assert locked_ticket(ticket).email == GUEST
    assert forget_visitors(now=later) == 1


# An account that is deleted


@pytest.fixture
def chie_by_ticket(ticket, here, there, chie):
    """Chie has come by ticket before she had an account, and will come again."""
    EmailAddress.objects.create(user=chie, email=chie.email, primary=True, verified=True)
    booking = visit(ticket, here, email=chie.email, name="千葉 千絵")
    check_in(booking=booking, now=at("10:00"))
    visit(ticket, there, day=WEDNESDAY, email=chie.email, name="千葉 千絵")
    return chie


@pytest.mark.parametrize("is_adopted", [True, False])
def test_deleting_an_account_gives_visits_back_and_forgets_tickets(chie_by_ticket, ticket, is_adopted):
    later = at("21:00")
    if is_adopted:
        Booking.objects.update(user=chie_by_ticket)
    told = farewell(chie_by_ticket, now=later).bookings
    assert [(one.resource.space.slug, fee) for one, fee in told] == [("there", 0)]

    erase(user=chie_by_ticket, typed=chie_by_ticket.email, now=later)

    kept = everything_in_the_database()
    assert [mark for mark in ("千葉", "千絵", "chie@") if mark in kept] == []
    ticket.refresh_from_db()
    assert (ticket.email, ticket.name, ticket.link_version) == ("", "", 1)
    assert [one.is_live for one in ticket.bookings.order_by("starts_at")] == [True, False]


def test_once_stays_true_when_the_account_is_gone(chie_by_ticket, ticket, here):
    erase(user=chie_by_ticket, typed=chie_by_ticket.email, now=at("21:00"))

    other = make_ticket(ticket.campaign)
    assert refused(visit, other, here, day=WEDNESDAY, email="chie@example.jp") == {"one_a_person"}
    assert [one.space for one in FirstVisit.objects.all()] == [here]


def test_visit_under_way_must_end_first(chie_by_ticket):
    assert refused(erase, user=chie_by_ticket, typed=chie_by_ticket.email, now=at("12:00")) == {"still_here"}


def test_ticket_used_under_a_former_address_is_forgotten_too(ticket, here, chie):
    booking = visit(ticket, here, email="before@example.jp", name="千葉 千絵")
    Booking.objects.filter(pk=booking.pk).update(user=chie)

    erase(user=chie, typed=chie.email, now=at("21:00"))

    ticket.refresh_from_db()
    assert (ticket.email, ticket.name) == ("", "")


def test_tickets_and_visits_of_others_stay(chie_by_ticket, ticket, here):
    other = visit(make_ticket(ticket.campaign), here, day=WEDNESDAY, email="other@example.jp")
    walk_in = make_booking(
        here.resources.get(), day=WEDNESDAY + timedelta(days=1), name="客", person=chie_by_ticket.email
    )

    erase(user=chie_by_ticket, typed=chie_by_ticket.email, now=at("21:00"))

    other.refresh_from_db()
    walk_in.refresh_from_db()
    assert (other.person, other.ticket.email, other.is_live) == ("other@example.jp", "other@example.jp", True)
    assert walk_in.is_live


# Taking one's data away


@pytest.mark.parametrize("is_adopted", [True, False])
def test_file_holds_tickets_and_their_visits(as_user, chie_by_ticket, ticket, here, is_adopted):
    if is_adopted:
        Booking.objects.update(user=chie_by_ticket)
    visit(make_ticket(ticket.campaign), here, day=WEDNESDAY, email="other@example.jp", name="OTHER")

    text = as_user(chie_by_ticket).get(FILE).content.decode()
    data = json.loads(text)

    [held] = data["tickets"]
    assert (held["campaign"], held["code"], held["name"], held["email"]) == (
        "おためし",
        ticket.printed_code,
        "千葉 千絵",
        "chie@example.jp",
    )
    assert [(one["space"], one["basis"], one["ticket"]) for one in data["bookings"]] == [
        ("here", "ticket", ticket.printed_code),
        ("there", "ticket", ticket.printed_code),
    ]
    assert sorted(held["visits"]) == sorted(one["reference"] for one in data["bookings"])
    assert [mark for mark in ("OTHER", "other@") if mark in text] == []


@pytest.mark.parametrize("count", [1, 6])
def test_file_costs_the_same_however_many_tickets(as_user, here, chie, django_assert_num_queries, count):
    for number in range(count):
        visit(make_ticket(make_campaign(here)), here, day=TUESDAY + timedelta(days=number), email=chie.email)
    browser = as_user(chie)

    with django_assert_num_queries(24):
        browser.get(FILE)
