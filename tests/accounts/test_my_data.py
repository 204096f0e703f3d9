"""A person takes their data away: all that is theirs, and nothing of anybody else."""

import json
from datetime import date

import pytest

from bookings.models import VisaRequest
from members import companions
from members.models import BoothWait, Membership, User
from tests.billing.acts import make_charge, make_invoice, make_payment, make_receipt
from tests.bookings.taking import take
from tests.conftest import make_operator
from tests.factories import at, make_booking, make_membership, make_user
from tests.reading import Page
from visas.showing import look_up

FILE = "/accounts/data/my-data.json"


@pytest.fixture
def hers(koharubiyori, dorinoki, chie, now):
    """Rows of every kind that Chie has, with marks of others' beside them."""
    membership = make_membership(chie, koharubiyori.space.plans.get(kind="free_pass"), starts_on=date(2026, 11, 5))
    Membership.objects.filter(pk=membership.pk).update(
        answers=[{"kind": "statement", "asked": "何を", "answer": "本を書く"}], note="OPERATORS' NOTE"
    )
    make_booking(koharubiyori.open_seats, user=chie, membership=membership, basis="plan", price=0)
    BoothWait.objects.create(user=chie, plan=dorinoki.space.plans.get(name_ja="ワークブース（4人用）"), since=now)
    tenant = make_user("tenant@example.jp", family_name="TENANT")
    booth = dorinoki.booths[8]
    let = make_membership(tenant, dorinoki.space.plans.get(name_ja="ワークブース（2人用）"), booth=booth)
    companions.accept(companion=companions.invite(membership=let, email=chie.email, now=now), user=chie, now=now)
    make_booking(koharubiyori.open_seats, user=make_user("other@example.jp", family_name="OTHER"))
    make_operator("boss@example.jp", koharubiyori.space)
    return chie


def test_file_holds_all_that_is_kept_about_the_person(as_user, hers):
    answer = as_user(hers).get(FILE)
    data = json.loads(answer.content)

    assert answer.headers["Content-Disposition"] == 'attachment; filename="coworking-my-data.json"'
    assert data["account"]["email"] == "chie@example.jp"
    [membership] = data["memberships"]
    assert (membership["space"], membership["status"], membership["starts_on"]) == (
        "koharubiyori",
        "active",
        "2026-11-05",
    )
    assert membership["answers"] == [{"asked": "何を", "answer": "本を書く"}]
    assert [(plan["price"], plan["sign_up_fee"]) for plan in membership["plans"]] == [(9700, 2000)]
    assert [booking["space"] for booking in data["bookings"]] == ["koharubiyori"]
    assert [one["space"] for one in data["companion_of"]] == ["dorinoki"]
    assert [one["plan"] for one in data["waiting_for_booths"]] == ["ワークブース（4人用）"]
    assert [one["kind"] for one in data["mails"]] == ["companion.invited"]


def test_place_in_a_booth_goes_with_the_person_and_not_with_the_address(as_user, hers):
    User.objects.filter(pk=hers.pk).update(email="new@example.jp")
    stranger = make_user("chie@example.jp")

    files = [json.loads(as_user(person).get(FILE).content) for person in (hers, stranger)]

    assert [len(data["companion_of"]) for data in files] == [1, 0]


def test_file_holds_nothing_of_others_and_no_note_of_the_operators(as_user, hers):
    text = as_user(hers).get(FILE).content.decode()

    assert [
        mark for mark in ("OTHER", "TENANT", "boss@", "OPERATORS' NOTE", "other@", "password") if mark in text
    ] == []


def test_file_holds_the_persons_money_and_not_who_took_it(as_user, koharubiyori, chie):
    space = koharubiyori.space
    invoice = make_invoice(space, chie, 5500, addressee="千葉 千絵")
    open_yet = make_charge(space, chie, 800, kind="drop_in", text="ドロップイン", tax_rate=10)
    boss = make_operator("boss@example.jp", space)
    payment = make_payment(space, chie, 5500, invoice=invoice, taken_by_id=boss.pk, note="OPERATORS' NOTE")
    make_receipt(payment, "千葉商店")
    make_receipt(make_payment(space, make_user("other@example.jp", family_name="OTHER"), 300), "OTHER")

    text = as_user(chie).get(FILE).content.decode()
    money = json.loads(text)["money"]

    assert [(one["text"], one["yen"], one["invoice"]) for one in money["charges"]] == [
        ("月額", 5500, invoice.code),
        (open_yet.text, 800, None),
    ]
    assert (money["charges"][1]["kind"], money["charges"][1]["tax_rate"]) == ("drop_in", 10)
    [paper] = money["invoices"]
    assert (paper["number"], paper["addressee"], paper["total"]) == (invoice.code, "千葉 千絵", 5500)
    assert [(line["text"], line["yen"]) for line in paper["lines"]] == [("月額", 5500)]
    assert money["payments"] == [
        {
            "space": "koharubiyori",
            "day": "2026-11-24",
            "method": "cash",
            "yen": 5500,
            "invoice": invoice.code,
            "voided_at": None,
        }
    ]
    assert [(one["addressee"], one["yen"], one["copy"]) for one in money["receipts"]] == [("千葉商店", 5500, 0)]
    assert [mark for mark in ("OTHER", "boss@", "OPERATORS' NOTE") if mark in text] == []


@pytest.mark.parametrize("count", [1, 12])
def test_file_costs_the_same_however_much_there_is(as_user, koharubiyori, chie, django_assert_num_queries, count):
    for day in range(1, count + 1):
        make_booking(koharubiyori.open_seats, user=chie, day=date(2026, 12, day))
        plan = koharubiyori.space.plans.get(kind="free_pass")
        make_membership(chie, plan, starts_on=date(2020, 1, day), status="ended")
        make_invoice(koharubiyori.space, chie, [100, 200])
        make_receipt(make_payment(koharubiyori.space, chie, 100))
    browser = as_user(chie)

    with django_assert_num_queries(30):
        browser.get(FILE)


def test_page_leads_to_the_file_and_to_deleting(as_user, ben):
    page = Page(as_user(ben).get("/accounts/data/"))

    assert page.links_to(FILE) == [FILE]
    assert page.links_to("/accounts/delete/") == ["/accounts/delete/"]


@pytest.mark.parametrize("path", [FILE, "/accounts/data/", "/accounts/delete/"])
def test_visitor_is_asked_to_sign_in(visitor, path):
    assert visitor.get(path).headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", [FILE, "/accounts/data/"])
def test_nothing_is_posted_there(as_user, ben, path):
    assert as_user(ben).post(path).status_code == 405


def test_file_holds_visas_their_visits_and_what_was_asked_and_not_who_looked(as_user, aiko, dorinoki, now):
    visa = aiko.memberships.get().visa
    booking = take(aiko, dorinoki.open_seats)
    boss = make_operator("boss@example.jp", dorinoki.space)
    look_up(visa.number, by=boss, now=now)
    VisaRequest.objects.create(
        visa=visa,
        resource=dorinoki.open_seats,
        starts_at=at("18:00"),
        ends_at=at("19:00"),
        message="遅くなります",
        asked_at=now,
        answer="refused",
        answered_at=now,
        answered_by=boss,
        reason="満席です",
    )

    text = as_user(aiko).get(FILE).content.decode()
    data = json.loads(text)

    [held] = data["visas"]
    assert (held["space"], held["number"], len(held["shown_at"])) == ("garage-labs", visa.printed_number, 1)
    [asked] = held["requests"]
    assert (asked["space"], asked["message"], asked["answer"], asked["reason"]) == (
        "dorinoki",
        "遅くなります",
        "refused",
        "満席です",
    )
    assert [(one["reference"], one["visa"]) for one in data["bookings"]] == [(booking.reference, visa.printed_number)]
    assert "boss@" not in text
