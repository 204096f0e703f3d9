"""Campaigns in the admin: written, extended, stopped; spaces that are asked, agree, decline, leave; and the figures."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings import todo
from bookings.attendance import check_in, check_out, miss
from bookings.cancelling import cancel
from bookings.models import Booking
from members.models import Operator
from spaces.models import Space
from tests.conftest import make_operator
from tests.factories import TUESDAY, at, make_booking, make_membership, make_user
from tests.reading import Page, english
from tests.visas.acts import ENDS, NOW, make_campaign, make_ticket, visit
from visas.models import Campaign, Participation, Ticket
from visas.taking_part import leave, stop

LIST, ADD = "/admin/visas/campaign/", "/admin/visas/campaign/add/"
WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def stranger(as_user, four_spaces) -> Client:
    return english(as_user(make_operator("cafe@example.jp", four_spaces["cafe-36"], Operator.Role.OWNER)))


@pytest.fixture
def campaign(home, away) -> Campaign:
    """Begun by Koharubiyori, which asks Dorinoki."""
    campaign = make_campaign(home, visits_in_all=3, visits_at_each=2)
    Participation.objects.create(campaign=campaign, space=away)
    return campaign


def page(name: str, campaign: Campaign, *args: object) -> str:
    return reverse(f"admin:visas_campaign_{name}", args=[campaign.pk, *args])


def wished(space: Space, **changes: object) -> dict[str, object]:
    return {
        "organiser": space.pk,
        "name_ja": "はじめの一歩",
        "name_en": "First steps",
        "for_whom_ja": "はじめての方",
        "for_whom_en": "",
        "starts_on": "2026-12-01",
        "ends_on": "2027-01-31",
        "visits_in_all": 4,
        "visits_at_each": 1,
        "seats_a_day": 2,
        **changes,
    }


def changed(campaign: Campaign, **changes: object) -> dict[str, object]:
    kept = {name: getattr(campaign, name) for name in ("starts_on", "ends_on", "visits_in_all", "visits_at_each")}
    names = {"name_ja": campaign.name_ja, "name_en": campaign.name_en, "for_whom_ja": "", "for_whom_en": ""}
    return {**names, **kept, **changes}


# Writing one


def test_campaign_that_is_written_has_its_own_space_and_leads_to_asking_others(organiser, home, sam):
    answer = organiser.post(ADD, wished(home))

    written = Campaign.objects.get()
    assert answer.url == page("ask", written)
    part = written.participations.get()
    assert (part.space, part.seats_a_day, part.agreed_by, part.stands) == (home, 2, sam, True)
    assert (written.name_ja, written.name_en, written.ends_on) == ("はじめの一歩", "First steps", date(2027, 1, 31))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ends_on": "2026-11-30"}, "The last day is before the first."),
        ({"starts_on": "2026-11-01", "ends_on": "2026-11-23"}, "This day is over already."),
        ({"visits_at_each": 5}, "At one space it can&#x27;t be more than in all."),
        ({"visits_in_all": 0}, "greater than or equal to 1"),
        ({"visits_in_all": 10**9}, "less than or equal to 100"),
        ({"seats_a_day": ""}, "This field is required."),
        ({"starts_on": "0001-01-01"}, "greater than or equal to"),
        ({"ends_on": "9999-12-31"}, "less than or equal to"),
        ({"name_ja": "a\x00b"}, "Null characters are not allowed."),
        ({"organiser": "x"}, "Select a valid choice."),
    ],
)
def test_what_can_be_no_campaign_is_told_and_kept_on_the_form(organiser, home, wrong, said):
    answer = organiser.post(ADD, wished(home, **wrong))

    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert "First steps" in answer.content.decode()
    assert not Campaign.objects.exists()


def test_nobody_writes_a_campaign_of_another_space_and_the_desk_none(organiser, as_user, home, away):
    assert organiser.post(ADD, wished(away)).status_code == 200
    desk = as_user(make_operator("desk@example.jp", home, Operator.Role.DESK))
    assert desk.post(ADD, wished(home)).status_code == 403

    assert not Campaign.objects.exists()


# Changing one


def test_campaign_without_tickets_may_be_changed_at_will(organiser, campaign):
    organiser.post(page("change", campaign), changed(campaign, ends_on="2026-11-30", visits_in_all=1, visits_at_each=1))

    campaign.refresh_from_db()
    assert (campaign.ends_on, campaign.visits_in_all) == (date(2026, 11, 30), 1)


@pytest.mark.parametrize(
    ("less", "said"),
    [
        ({"starts_on": "2026-11-02"}, "Tickets are issued that are good from 1 November 2026 on."),
        ({"ends_on": "2026-12-30"}, "Tickets are issued that are good until 31 December 2026."),
        ({"visits_in_all": 2}, "Tickets are issued that are good for more: 3."),
        ({"visits_at_each": 1}, "Tickets are issued that are good for more: 2."),
    ],
)
def test_nothing_is_taken_from_tickets_that_are_issued(organiser, campaign, less, said):
    make_ticket(campaign)

    answer = organiser.post(page("change", campaign), changed(campaign, **less))

    assert said in answer.content.decode()
    before = Campaign.objects.filter(pk=campaign.pk).values().get()
    assert (before["ends_on"], before["visits_in_all"], before["visits_at_each"]) == (ENDS, 3, 2)


def test_more_may_be_given_to_tickets_that_are_issued(organiser, campaign):
    make_ticket(campaign)

    more = {"starts_on": "2026-10-01", "ends_on": "2027-03-31", "visits_in_all": 9, "visits_at_each": 3}
    assert organiser.post(page("change", campaign), changed(campaign, **more)).status_code == 302

    campaign.refresh_from_db()
    assert (campaign.ends_on, campaign.visits_in_all, campaign.visits_at_each) == (date(2027, 3, 31), 9, 3)


def test_space_that_is_asked_sees_a_campaign_and_does_not_change_it(guest, stranger, campaign, home):
    assert campaign.name_en in guest.get(LIST).content.decode()
    assert guest.get(page("change", campaign)).status_code == 200
    assert guest.post(page("change", campaign), changed(campaign, visits_in_all=9)).status_code == 403
    for act in ("ask", "stop", "issue"):
        assert guest.post(page(act, campaign)).status_code == 403
        assert stranger.post(page(act, campaign)).status_code == 404
    for name in ("csv", "sheet"):
        assert guest.get(page(name, campaign)).status_code == 403
        assert stranger.get(page(name, campaign)).status_code == 404
    assert stranger.get(page("figures", campaign)).status_code == 404
    campaign.refresh_from_db()
    assert (campaign.visits_in_all, campaign.stopped_at) == (3, None)


# Who takes part


def test_spaces_of_the_federation_are_asked_once(organiser, campaign, four_spaces, home):
    left = four_spaces["cafe-36"]
    Space.objects.filter(pk=left.pk).update(joined_on=date(2026, 1, 1), left_on=date(2026, 11, 1))
    asking = Page(organiser.get(page("ask", campaign)))
    assert "Garage labs" in asking.text
    assert "Cafe 36" not in asking.text, "it has left"
    assert "Dorinoki" not in asking.text, "it is asked already"

    garage = four_spaces["garage-labs"]
    organiser.post(page("ask", campaign), {"spaces": [garage.pk]})

    part = campaign.participations.get(space=garage)
    assert (part.stands, part.agreed_at) == (False, None)


def test_where_every_space_is_asked_there_is_nothing_to_press(organiser, campaign, four_spaces, home):
    for one in Space.objects.exclude(pk__in=campaign.participations.values("space")):
        organiser.post(page("ask", campaign), {"spaces": [one.pk]})

    asking = Page(organiser.get(page("ask", campaign)))

    assert "Every space of the federation is asked already." in asking.text
    assert "Ask them" not in asking.text
    assert asking.link("Back")


@pytest.mark.parametrize("sent", [[], ["x"], ["-1"], [str(10**30)], ["\x00"]])
def test_asking_nobody_or_nonsense_is_told(organiser, campaign, sent):
    answer = organiser.post(page("ask", campaign), {"spaces": sent})

    assert answer.status_code == 200
    assert campaign.participations.count() == 2


def test_space_agrees_for_its_own_number_of_seats(guest, campaign, away, dai):
    assert "Take part" in Page(guest.get(page("change", campaign))).text

    guest.post(page("agree", campaign, away.slug), {"seats_a_day": 5})

    part = campaign.participations.get(space=away)
    assert (part.stands, part.seats_a_day, part.agreed_by) == (True, 5, dai)


def test_seats_are_changed_and_the_day_of_agreement_stays(guest, campaign, away):
    guest.post(page("agree", campaign, away.slug), {"seats_a_day": 5})
    agreed_at = campaign.participations.get(space=away).agreed_at
    guest.post(page("agree", campaign, away.slug), {"seats_a_day": 1})

    part = campaign.participations.get(space=away)
    assert (part.seats_a_day, part.agreed_at) == (1, agreed_at)


@pytest.mark.parametrize("seats", ["", "x", "0", "-1", "501", str(10**30)])
def test_impossible_number_of_seats_is_told(guest, campaign, away, seats):
    assert guest.post(page("agree", campaign, away.slug), {"seats_a_day": seats}).status_code == 200
    assert not campaign.participations.get(space=away).stands


def test_space_says_no_and_may_change_its_mind(guest, campaign, away):
    guest.post(page("decline", campaign, away.slug))
    part = campaign.participations.get(space=away)
    assert (part.stands, part.agreed_at) == (False, None)
    assert "Says no" in Page(guest.get(page("change", campaign))).text

    guest.post(page("agree", campaign, away.slug), {"seats_a_day": 2})
    assert campaign.participations.get(space=away).stands


def test_space_that_leaves_is_shown_who_comes_all_the_same(guest, campaign, away, dorinoki):
    guest.post(page("agree", campaign, away.slug), {"seats_a_day": 2})
    booked = visit(make_ticket(campaign), away)

    asked = Page(guest.get(page("leave", campaign, away.slug)))
    assert "1 visit is booked." in asked.text
    assert "客野 一" in asked.text
    guest.post(page("leave", campaign, away.slug))

    booked.refresh_from_db()
    assert booked.is_live
    assert not campaign.participations.get(space=away).stands


def test_only_who_runs_a_space_answers_for_it(organiser, stranger, as_user, campaign, home, away):
    desk = as_user(make_operator("desk@example.jp", away, Operator.Role.DESK))
    for act in ("agree", "decline", "leave"):
        address = page(act, campaign, away.slug)
        assert organiser.post(address, {"seats_a_day": 9}).status_code == 404
        assert stranger.post(address, {"seats_a_day": 9}).status_code == 404
        assert desk.post(address, {"seats_a_day": 9}).status_code == 403
    assert organiser.post(page("agree", campaign, "nowhere"), {"seats_a_day": 9}).status_code == 404

    assert not campaign.participations.get(space=away).stands


def test_nobody_joins_a_campaign_that_is_over(guest, organiser, campaign, away, four_spaces):
    stop(campaign=campaign, now=NOW)

    answer = guest.post(page("agree", campaign, away.slug), {"seats_a_day": 2})
    assert "This campaign is over." in answer.content.decode()
    answer = organiser.post(page("ask", campaign), {"spaces": [four_spaces["garage-labs"].pk]})
    assert "This campaign is over." in answer.content.decode()

    assert campaign.participations.filter(agreed_at__isnull=False).count() == 1


def test_campaign_that_asks_is_to_do_until_it_is_answered_or_over(guest, campaign, away, now):
    def waiting():
        found = {task.name: task.rows([away.pk], now).count() for task in todo.tasks()}
        assert todo.count(lambda _task: [away.pk], now) == sum(found.values())
        return found["campaigns"]

    assert waiting() == 1
    shown = Page(guest.get(reverse("admin:members_todo")))
    assert "Campaigns that ask your space" in shown.text
    assert page("agree", campaign, away.slug) in [href for _words, href in shown.links]

    leave(part=campaign.participations.get(space=away), now=now)
    assert waiting() == 0
    Participation.objects.filter(space=away).update(left_at=None)
    Campaign.objects.update(ends_on=TUESDAY - timedelta(days=1))
    assert waiting() == 0


def test_superuser_sees_and_does_it_all(as_user, campaign, away):
    root = english(as_user(make_user("root@example.jp", is_superuser=True)))
    for name in ("change", "figures", "ask", "stop", "issue", "csv"):
        assert root.get(page(name, campaign)).status_code == 200, name
    root.post(page("issue", campaign), {"count": 2})
    root.post(page("agree", campaign, away.slug), {"seats_a_day": 4})
    ticket = Ticket.objects.first()
    assert root.get(reverse("admin:visas_ticket_change", args=[ticket.pk])).status_code == 200
    assert ticket.printed_code in root.get("/admin/visas/ticket/").content.decode()
    assert campaign.participations.get(space=away).seats_a_day == 4


# Stopping one


def test_campaign_is_stopped_after_a_page_that_says_who_is_affected(organiser, campaign, home):
    used, _unused = make_ticket(campaign), make_ticket(campaign)
    booked = visit(used, home)

    asked = Page(organiser.get(page("stop", campaign)))
    campaign.refresh_from_db()
    assert campaign.stopped_at is None
    assert "unused tickets 1 tickets in use 1".lower() in asked.text.lower()
    assert "客野 一" in asked.text

    organiser.post(page("stop", campaign))
    campaign.refresh_from_db()
    booked.refresh_from_db()
    assert campaign.stopped_at is not None
    assert booked.is_live
    assert "has ended early already" in Page(organiser.get(page("stop", campaign), follow=True)).text


# Figures


@pytest.fixture
def brought(campaign, home, away, chie) -> Campaign:
    """A fair and a shop. Chie came to both spaces and joined Dorinoki; another came again; one did not come."""
    Participation.objects.filter(space=away).update(agreed_at=NOW)
    tickets = [make_ticket(campaign, label=label) for label in ("fair", "fair", "shop", "shop", "")]
    comes(visit(tickets[0], home, email=chie.email))
    comes(visit(tickets[0], away, day=WEDNESDAY, email=chie.email))
    make_membership(chie, away.plans.get(kind="monthly"), starts_on=date(2026, 12, 1))
    make_membership(make_user("member@example.jp"), away.plans.get(kind="monthly"), starts_on=date(2026, 12, 1))
    comes(visit(tickets[1], home, email="again@example.jp"))
    later = make_booking(home.resources.get(kind="open_seats"), day=date(2026, 12, 20), person="again@example.jp")
    comes(later)
    miss(booking=visit(tickets[2], home, email="nobody@example.jp"), now=at("20:00"))
    cancel(booking=visit(tickets[3], home, day=WEDNESDAY, email="x@example.jp"), by=Booking.Side.PERSON, now=NOW)
    return campaign


def comes(booking: Booking) -> None:
    check_in(booking=booking, now=booking.starts_at)
    check_out(booking=booking, now=booking.ends_at)


def test_figures_by_space_by_label_and_in_all(organiser, brought):
    read = Page(organiser.get(page("figures", brought))).text

    assert "Dorinoki 1 1 0 1 Koharubiyori 3 2 2 0 In all 4 3 2 1" in read
    assert "(nothing noted) 1 0 0 0 0 fair 2 3 3 2 1 shop 2 1 0 0 0 In all 5 4 3 2 1" in read


def test_who_came_on_one_day_only_or_long_after_has_not_come_again_and_an_earlier_member_has_not_joined(
    organiser, campaign, home, away, chie
):
    Participation.objects.filter(space=away).update(agreed_at=NOW)
    ticket = make_ticket(campaign)
    comes(visit(ticket, home, email=chie.email))
    seats = home.resources.get(kind="open_seats")
    comes(make_booking(seats, day=TUESDAY + timedelta(days=31), person=chie.email))
    make_booking(seats, day=TUESDAY + timedelta(days=3), person=chie.email)
    make_membership(chie, away.plans.get(kind="monthly"), starts_on=date(2026, 11, 1))
    comes(visit(make_ticket(campaign), home, email="other@example.jp"))

    assert "Koharubiyori 2 2 0 0 In all 2 2 0 0" in Page(organiser.get(page("figures", campaign))).text


def test_visitor_who_has_an_account_by_now_is_the_same_person(organiser, campaign, home, chie):
    booked = visit(make_ticket(campaign), home, email="old@example.jp")
    comes(booked)
    Booking.objects.filter(pk=booked.pk).update(user=chie)
    comes(make_booking(home.resources.get(kind="open_seats"), day=WEDNESDAY, user=chie))

    assert "Koharubiyori 1 1 1 0" in Page(organiser.get(page("figures", campaign))).text


def test_space_that_takes_part_sees_its_own_figures(guest, brought):
    read = Page(guest.get(page("figures", brought))).text

    assert "Dorinoki 1 1 0 1" in read
    assert "Koharubiyori" not in read


def test_pages_cost_as_many_queries_for_much_as_for_little(organiser, campaign, brought, home, four_spaces):
    few = {name: queries(organiser, address(name, campaign)) for name in ("list", "change", "figures", "stop", "ask")}
    for number in range(12):
        ticket = make_ticket(campaign, label=f"shop {number}")
        visit(ticket, home, email=f"{number}@example.jp", day=date(2026, 12, 1) + timedelta(days=number // 3 * 7))
    Participation.objects.create(campaign=campaign, space=four_spaces["garage-labs"], agreed_at=NOW)
    for _number in range(5):
        make_campaign(home, four_spaces["dorinoki"])

    many = {name: queries(organiser, address(name, campaign)) for name in few}
    assert many == few


def address(name: str, campaign: Campaign) -> str:
    return LIST if name == "list" else page(name, campaign)


def queries(client: Client, where: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(where).status_code == 200
    return len(asked)


def test_list_is_filtered_by_how_a_campaign_stands(organiser, campaign, home):
    coming = make_campaign(home, starts_on=date(2026, 12, 1))
    over = make_campaign(home, ends_on=date(2026, 11, 23))
    stopped = stop(campaign=make_campaign(home), now=NOW)

    def listed(state):
        return set(organiser.get(LIST, {"state": state}).context["cl"].result_list)

    assert listed("runs") == {campaign}
    assert listed("coming") == {coming}
    assert listed("over") == {over, stopped}
    assert Ticket.objects.count() == 0
