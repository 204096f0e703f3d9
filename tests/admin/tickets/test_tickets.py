"""Tickets in the admin: issued, found, read by who may, blocked, extended, their links renewed, and taken away."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.ticket_states import with_state
from bookings.visits import good_until, ticket_of, visit_token
from members.models import Operator
from tests.conftest import make_operator
from tests.factories import TUESDAY, at
from tests.reading import Page
from tests.visas.acts import ENDS, NOW, make_campaign, make_ticket, visit
from visas.codes import is_well_formed, read
from visas.models import Campaign, Ticket
from visas.taking_part import stop

LIST = "/admin/visas/ticket/"
WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def campaign(home, away) -> Campaign:
    return make_campaign(home, away, visits_in_all=2, visits_at_each=1)


@pytest.fixture
def ticket(campaign) -> Ticket:
    return make_ticket(campaign)


def act(name: str, ticket: Ticket) -> str:
    return reverse(f"admin:visas_ticket_{name}", args=[ticket.pk])


def of_campaign(name: str, campaign: Campaign) -> str:
    return reverse(f"admin:visas_campaign_{name}", args=[campaign.pk])


def listed(client: Client, **asked: object) -> set[Ticket]:
    return set(client.get(LIST, asked).context["cl"].result_list)


# Issuing


def test_tickets_are_issued_with_a_label_and_lead_to_their_sheet(organiser, campaign):
    answer = organiser.post(of_campaign("issue", campaign), {"count": 12, "label": "マルシェ"}, follow=True)

    issued = list(Ticket.objects.all())
    assert len(issued) == 12
    assert {one.label for one in issued} == {"マルシェ"}
    assert all(is_well_formed(one.code) for one in issued)
    read_page = Page(answer)
    assert "12 tickets are issued." in read_page.text
    assert f"{of_campaign('sheet', campaign)}?batch={issued[0].pk}" in [href for _words, href in read_page.links]


@pytest.mark.parametrize("count", ["", "0", "-1", "1001", "x", str(10**30)])
def test_impossible_number_of_tickets_is_told(organiser, campaign, count):
    answer = organiser.post(of_campaign("issue", campaign), {"count": count, "label": "fair"})

    assert answer.status_code == 200
    assert "fair" in answer.content.decode()
    assert not Ticket.objects.exists()


def test_label_that_no_row_can_hold_is_told(organiser, campaign):
    for label in ("a\x00b", "長" * 61):
        assert organiser.post(of_campaign("issue", campaign), {"count": 1, "label": label}).status_code == 200

    assert not Ticket.objects.exists()


def test_nothing_is_issued_for_a_campaign_that_is_over(organiser, campaign):
    stop(campaign=campaign, now=NOW)

    answer = organiser.post(of_campaign("issue", campaign), {"count": 1})

    assert "This campaign is over." in answer.content.decode()
    assert not Ticket.objects.exists()


def test_desk_sees_tickets_and_issues_and_blocks_none(as_user, home, campaign, ticket):
    desk = as_user(make_operator("desk@example.jp", home, Operator.Role.DESK))

    assert listed(desk) == {ticket}
    assert desk.post(of_campaign("issue", campaign), {"count": 1}).status_code == 403
    for name in ("block", "unblock", "extend", "new_link"):
        assert desk.post(act(name, ticket), {"reason": "x", "last": "2027-03-01"}).status_code == 403
    assert desk.get(of_campaign("sheet", campaign)).status_code == 403


# Finding


@pytest.fixture
def each(campaign, home, away) -> dict[str, Ticket]:
    """A ticket in each state."""
    found = {name: make_ticket(campaign) for name in ("unused", "held", "used_up", "blocked", "cancelled")}
    Ticket.objects.filter(pk=found["blocked"].pk).update(blocked_at=NOW, block_reason="紛失")
    visit(found["held"], home, email="held@example.jp")
    visit(found["used_up"], home, email="used@example.jp")
    visit(found["used_up"], away, email="used@example.jp", day=WEDNESDAY)
    given_back = visit(found["cancelled"], home, email="back@example.jp", day=WEDNESDAY)
    cancel(booking=given_back, by=Booking.Side.PERSON, now=NOW)
    over = make_campaign(home, starts_on=date(2026, 10, 1), ends_on=date(2026, 11, 30))
    found["expired"] = make_ticket(over)
    found["extended"] = make_ticket(over, extended_to=TUESDAY)
    Campaign.objects.filter(pk=over.pk).update(ends_on=TUESDAY - timedelta(days=1))
    found["stopped"] = make_ticket(ended := make_campaign(home))
    stop(campaign=ended, now=NOW)
    return found


def test_list_is_narrowed_down_by_state(organiser, each):
    assert listed(organiser, state="unused") == {each["unused"], each["extended"]}
    assert listed(organiser, state="held") == {each["held"], each["cancelled"]}
    for state in ("used_up", "blocked", "expired", "stopped"):
        assert listed(organiser, state=state) == {each[state]}, state


def test_last_day_in_the_list_is_the_one_of_the_ticket(campaign, home, ticket):
    extended = make_ticket(campaign, extended_to=date(2027, 2, 1))
    renewed = visit(ticket, home, day=ENDS)
    cancel(booking=renewed, by=Booking.Side.SPACE, now=at("08:00", ENDS))
    plain = make_ticket(campaign)

    for row in with_state(Ticket.objects.all(), now=NOW):
        assert row.last_day == good_until(row)
    assert good_until(ticket) == ENDS + timedelta(days=30)
    assert {good_until(extended), good_until(plain)} == {date(2027, 2, 1), ENDS}


def test_list_is_narrowed_down_by_campaign_and_label(organiser, campaign, home):
    fair, plain = make_ticket(campaign, label="fair"), make_ticket(campaign)
    other = make_ticket(make_campaign(home), label="fair")

    assert listed(organiser, campaign=campaign.pk) == {fair, plain}
    assert listed(organiser, campaign=campaign.pk, label="fair") == {fair}
    assert listed(organiser, campaign=campaign.pk, label="-") == {plain}
    assert listed(organiser, campaign="x") == {fair, plain, other}
    assert organiser.get(LIST, {"campaign": str(10**30), "state": "x", "label": "\x00"}).status_code in (200, 302)


def test_ticket_is_found_by_its_code_however_it_is_typed_and_by_its_holder(organiser, campaign, home, ticket):
    visit(ticket, home)
    make_ticket(campaign)

    for words in (ticket.printed_code.lower(), ticket.code, ticket.code[:4], "客野", "guest@example"):
        assert ticket in listed(organiser, q=words), words
    assert listed(organiser, q="nobody@example.jp") == set()
    assert listed(organiser, q="-") == set()
    assert organiser.get(LIST, {"q": "a\x00b"}).status_code in (200, 302)


# Whose it is


def test_space_that_honours_tickets_sees_whose_they_are_once_they_booked_there(guest, campaign, home, away, ticket):
    visit(ticket, home)

    assert listed(guest) == {ticket}
    for where in (LIST, act("change", ticket), f"{LIST}?q={ticket.code}"):
        shown = guest.get(where).content.decode()
        assert "客野" not in shown
        assert "guest@example.jp" not in shown
    assert listed(guest, q="guest@example.jp") == set()
    assert "Somebody who has not booked at your space" in guest.get(LIST).content.decode()
    assert "Tue 24 Nov" not in Page(guest.get(act("change", ticket))).text, "when it was used elsewhere"

    visit(ticket, away, day=WEDNESDAY)

    assert "guest@example.jp" in guest.get(LIST).content.decode()
    assert listed(guest, q="guest@example.jp") == {ticket}
    page = Page(guest.get(act("change", ticket)))
    assert "Wed 25 Nov" in page.text
    assert "Tue 24 Nov" not in page.text


def test_space_that_honours_tickets_neither_changes_nor_prints_them(guest, campaign, ticket):
    for name in ("block", "unblock", "extend", "new_link"):
        assert guest.post(act(name, ticket), {"reason": "x", "last": "2027-03-01"}).status_code == 403
    for action in ("sheet_of_selected", "csv_of_selected", "block_selected"):
        sent = {"action": action, "_selected_action": [ticket.pk], "reason": "x"}
        assert ticket.code not in guest.post(LIST, sent).content.decode()
        assert ticket.printed_code not in guest.post(LIST, sent).content.decode()
    assert "/ticket/" + ticket.code not in guest.get(act("change", ticket)).content.decode()

    ticket.refresh_from_db()
    assert (ticket.blocked_at, ticket.link_version, ticket.extended_to) == (None, 0, None)


def test_space_that_is_only_asked_sees_no_tickets(guest, campaign, away, ticket):
    campaign.participations.filter(space=away).update(agreed_at=None)

    assert listed(guest) == set()
    assert guest.get(act("change", ticket), follow=True).redirect_chain


def test_space_that_has_left_keeps_the_tickets_that_were_used_there(guest, campaign, away, ticket):
    visit(ticket, away)
    make_ticket(campaign)
    campaign.participations.filter(space=away).update(left_at=NOW)

    assert listed(guest) == {ticket}


# Acts


def test_ticket_is_blocked_with_a_reason_and_unblocked(organiser, home, ticket):
    assert organiser.post(act("block", ticket), {"reason": ""}).status_code == 200
    organiser.post(act("block", ticket), {"reason": "二重に配布"})
    ticket.refresh_from_db()
    assert (ticket.blocked_at is not None, ticket.block_reason) == (True, "二重に配布")
    assert "blocked already" in Page(organiser.post(act("block", ticket), {"reason": "x"}, follow=True)).text
    assert "二重に配布" in Page(organiser.get(act("change", ticket))).text

    organiser.post(act("unblock", ticket))
    ticket.refresh_from_db()
    assert (ticket.blocked_at, ticket.block_reason) == (None, "")
    assert visit(ticket, home)


def test_several_tickets_are_blocked_from_the_list(organiser, campaign):
    lost, blocked, kept = make_ticket(campaign), make_ticket(campaign, blocked_at=NOW), make_ticket(campaign)
    sent = {"action": "block_selected", "_selected_action": [lost.pk, blocked.pk]}

    assert "Block tickets" in Page(organiser.post(LIST, sent)).text
    lost.refresh_from_db()
    assert lost.blocked_at is None
    answer = organiser.post(LIST, {**sent, "reason": "紛失"}, follow=True)

    assert "1 ticket is blocked." in Page(answer).text
    assert set(Ticket.objects.filter(block_reason="紛失")) == {lost}
    kept.refresh_from_db()
    assert kept.blocked_at is None


def test_ticket_that_a_space_has_renewed_is_extended_from_the_day_that_its_page_shows(organiser, ticket, home):
    cancel(booking=visit(ticket, home, day=ENDS), by=Booking.Side.SPACE, now=at("08:00", ENDS))

    answer = organiser.post(act("extend", ticket), {"last": "2027-01-30"})

    ticket.refresh_from_db()
    assert (answer.status_code, ticket.extended_to) == (200, None)
    assert "It is good until 30 January 2027 already." in answer.content.decode()
    assert organiser.post(act("extend", ticket), {"last": "2027-01-31"}).status_code == 302


def test_ticket_is_extended_and_not_shortened(organiser, ticket):
    organiser.post(act("extend", ticket), {"last": "2027-03-01"})
    ticket.refresh_from_db()
    assert ticket.extended_to == date(2027, 3, 1)

    answer = organiser.post(act("extend", ticket), {"last": "2027-02-28"})
    assert "It is good until 1 March 2027 already." in answer.content.decode()
    for wrong in ("", "x", "0001-01-01", "9999-12-31"):
        assert organiser.post(act("extend", ticket), {"last": wrong}).status_code == 200
    ticket.refresh_from_db()
    assert ticket.extended_to == date(2027, 3, 1)


def test_new_link_makes_old_ones_open_nothing(organiser, home, ticket):
    visit(ticket, home)
    ticket.refresh_from_db()
    old = visit_token(ticket)
    assert ticket_of(old) == ticket

    assert organiser.get(act("new_link", ticket)).status_code == 200
    assert ticket_of(old) == ticket
    organiser.post(act("new_link", ticket))

    assert ticket_of(old) is None
    ticket.refresh_from_db()
    assert ticket_of(visit_token(ticket)) == ticket


def test_acts_on_what_is_not_there_are_not_found(organiser, ticket):
    for key in (0, ticket.pk + 1000, 10**18):
        assert organiser.post(f"{LIST}{key}/block/", {"reason": "x"}).status_code == 404
    assert organiser.post(f"{LIST}{10**30}/block/", {"reason": "x"}).status_code == 404


def test_page_of_a_ticket_has_its_link_and_its_code(organiser, ticket):
    shown = Page(organiser.get(act("change", ticket)))

    assert ticket.printed_code in shown.text
    assert any(href.endswith(f"/ticket/{ticket.code}/") for _words, href in shown.links)
    assert "<svg" in shown.html


def test_nobody_writes_a_ticket_over(organiser, ticket):
    assert organiser.get(f"{LIST}add/").status_code == 403
    assert organiser.post(act("change", ticket), {"label": "x", "email": "x@example.jp"}).status_code == 403
    assert organiser.post(act("delete", ticket), {"post": "yes"}).status_code == 403
    assert Ticket.objects.get() == ticket


# Taken away


def rows_of(answer) -> list[list[str]]:
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_list_as_a_file_says_code_link_label_and_state(organiser, campaign, home, settings):
    held, formula = make_ticket(campaign, label="fair"), make_ticket(campaign, label="=1+1")
    visit(held, home)

    head, *rows = rows_of(organiser.get(of_campaign("csv", campaign)))

    assert head == ["code", "link", "given out where", "state"]
    assert rows == [
        [held.printed_code, f"{settings.SITE_URL}/ticket/{held.code}/", "fair", "Held"],
        [formula.printed_code, f"{settings.SITE_URL}/ticket/{formula.code}/", "'=1+1", "Unused"],
    ]
    assert [read(row[0]) for row in rows] == [held.code, formula.code]


def test_tickets_that_were_issued_together_are_taken_together(organiser, campaign):
    first, second = make_ticket(campaign, label="fair"), make_ticket(campaign, label="shop")
    address = of_campaign("csv", campaign)

    assert [row[0] for row in rows_of(organiser.get(address, {"batch": first.pk}))[1:]] == [first.printed_code]
    for wrong in ("x", "0", str(second.pk + 1000), str(10**30), "\x00"):
        assert organiser.get(address, {"batch": wrong}).status_code == 404


def test_chosen_tickets_are_taken_from_the_list(organiser, campaign):
    chosen, _other = make_ticket(campaign), make_ticket(campaign)
    sent = {"action": "csv_of_selected", "_selected_action": [chosen.pk]}

    assert [row[0] for row in rows_of(organiser.post(LIST, sent))[1:]] == [chosen.printed_code]


def test_pages_cost_as_many_queries_for_much_as_for_little(organiser, campaign, home, away):
    first = make_ticket(campaign)
    visit(first, home)
    addresses = [LIST, f"{LIST}?campaign={campaign.pk}&state=held", act("change", first), of_campaign("csv", campaign)]
    few = [queries(organiser, where) for where in addresses]
    visit(first, away, day=WEDNESDAY)
    for number in range(20):
        ticket = make_ticket(campaign, label=f"{number}")
        if number < 6:
            visit(ticket, home, email=f"{number}@example.jp", day=date(2026, 12, 1) + timedelta(days=number // 3))
    for _number in range(4):
        make_ticket(make_campaign(home))

    assert [queries(organiser, where) for where in addresses] == few


def queries(client: Client, where: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(where).status_code == 200
    return len(asked)
