"""Charges in the admin: the list, one that is written by hand, and one that is taken back; and the card of money."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.charging import undo
from billing.closing import close_month
from billing.models import Charge, Payment
from members.models import Companion
from members.renewing import bill_begun
from tests.billing.acts import NOW, TODAY, make_charge, make_invoice, make_payment, make_receipt
from tests.factories import at, make_membership, make_user
from tests.reading import Page

LIST, ADD = "/admin/billing/charge/", "/admin/billing/charge/add/"


def person_page(person, slug="dorinoki"):
    return reverse("admin:members_person_at_space", args=[person.pk, slug])


def undo_address(written):
    return reverse("admin:billing_charge_undo", args=[written.pk])


def writes(desk, where, who, **changes):
    sent = {
        "space": where.pk,
        "payer": who.pk,
        "kind": "other",
        "text": "ロッカー",
        "yen": 800,
        "tax_rate": "10",
        "arises_on": TODAY,
        "form_key": uuid4(),
        **changes,
    }
    return desk.post(ADD, sent)


# The list


def test_list_is_filtered_and_searched(desk, space, chie, ben):
    opened, voided = make_charge(space, chie, text="ロッカー"), make_charge(space, ben, kind="room")
    undo(voided, today=TODAY)
    invoiced = make_charge(space, ben)
    make_invoice(space, ben, [])

    def listed(**asked):
        return set(desk.get(LIST, asked).context["cl"].result_list)

    assert listed(state="open") == {opened}
    assert listed(state="invoiced") == {invoiced}
    assert listed(state="voided") == {voided}
    assert listed(kind__exact="room") == {voided}
    assert listed(q="ロッカー") == {opened}
    assert listed(q="miller") == {voided, invoiced}


def test_list_costs_the_same_queries_for_few_and_for_many(desk, space):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert desk.get(LIST).status_code == 200
        return len(caught)

    make_invoice(space, make_user("one@example.jp"))
    queries()
    few = queries()
    for number in range(12):
        make_invoice(space, make_user(f"more{number}@example.jp"))

    assert queries() == few


# By hand


def test_charge_is_written_by_hand_from_a_persons_page(desk, space, chie):
    where = Page(desk.get(person_page(chie))).link("Charge something")
    page = Page(desk.get(where))
    form = page.form("form_key")
    assert (form.fields["space"], form.fields["payer"], form.fields["kind"]) == (str(space.pk), str(chie.pk), "other")

    answer = page.submit(desk, form, text="ロッカー", yen=800, tax_rate="8")

    assert answer.url == person_page(chie)
    written = Charge.objects.get()
    assert (written.payer, written.space, written.kind) == (chie, space, "other")
    assert (written.text, written.yen, written.tax_rate, written.arises_on) == ("ロッカー", 800, 8, TODAY)
    assert written.source_key == f"manual:{form.fields['form_key']}"
    assert "Charged to 千葉 千絵: ロッカー, ¥800." in Page(desk.get(answer.url)).text


def test_companion_is_charged_from_their_own_page(desk, space, chie, ben):
    plan = space.plans.get(name_en="Work booth for 4")
    tenant = make_membership(make_user("tenant@example.jp"), plan, booth=plan.resources.get())
    Companion.objects.create(membership=tenant, email=ben.email, user=ben, accepted_at=NOW)
    page = Page(desk.get(Page(desk.get(person_page(ben))).link("Charge something")))

    answer = page.submit(desk, page.form("form_key"), text="ロッカー", yen=800)

    assert answer.url == person_page(ben)
    assert Charge.objects.get().payer == ben


def test_day_that_is_proposed_is_the_day_at_the_space(desk, space, chie):
    space.timezone = "America/Los_Angeles"
    space.save()

    form = Page(desk.get(ADD, {"space": space.pk, "payer": chie.pk})).form("form_key")

    assert form.fields["arises_on"] == "2026-11-23"


def test_correction_below_zero_outside_the_tax(desk, space, chie):
    writes(desk, space, chie, yen=-300, tax_rate="outside")

    assert Charge.objects.values_list("yen", "tax_rate").get() == (-300, None)


def test_form_that_is_sent_twice_charges_once(desk, space, chie):
    form_key = uuid4()
    writes(desk, space, chie, form_key=form_key)

    assert "billed already" in Page(writes(desk, space, chie, form_key=form_key)).text
    assert Charge.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"yen": 0},
        {"yen": ""},
        {"yen": "x"},
        {"yen": 10**9},
        {"yen": -(10**9)},
        {"yen": "1" * 40},
        {"text": ""},
        {"text": "\x00"},
        {"text": "あ" * 201},
        {"kind": "gold"},
        {"tax_rate": "9"},
        {"arises_on": "0001-01-01"},
        {"arises_on": "9999-12-31"},
        {"arises_on": "x"},
        {"form_key": ""},
        {"form_key": "x"},
        {"payer": "x"},
        {"payer": 10**30},
        {"space": "x"},
    ],
)
def test_odd_input_is_told_and_nothing_is_charged(desk, space, chie, changes):
    answer = writes(desk, space, chie, **changes)

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    assert not Charge.objects.exists()


def test_day_of_a_closed_month_is_refused(desk, space, chie):
    close_month(space=space, first_on=date(2026, 10, 1), by_id=None, now=NOW)

    answer = writes(desk, space, chie, arises_on="2026-10-05")

    assert "That month is closed." in Page(answer).text
    assert not Charge.objects.exists()


def test_nobody_is_charged_at_another_space_or_of_another_space(desk, space, koharubiyori, chie, ben):
    assert writes(desk, koharubiyori.space, chie).status_code == 200
    assert writes(desk, space, ben).status_code == 200
    assert not Charge.objects.exists()


@pytest.mark.parametrize("asked", ["space=x&payer=y", f"space={10**30}&payer={10**30}", "space=%00"])
def test_odd_address_of_the_form_is_no_error(desk, asked):
    assert desk.get(f"{ADD}?{asked}").status_code == 200


# Taking back


def test_charge_without_an_invoice_is_voided(desk, space, chie):
    written = make_charge(space, chie)

    assert "it is voided" in Page(desk.get(undo_address(written))).text
    assert desk.post(undo_address(written)).url == person_page(chie)

    written.refresh_from_db()
    assert written.voided_at
    assert "reversed already" in Page(desk.post(undo_address(written))).text


def test_charge_on_an_invoice_is_reversed(desk, space, chie):
    written = make_charge(space, chie)
    invoice = make_invoice(space, chie, [])
    where = reverse("admin:billing_charge_change", args=[written.pk])

    assert f"It is on invoice {invoice.code}" in Page(desk.get(Page(desk.get(where)).link("Take it back"))).text
    desk.post(undo_address(written))

    back = Charge.objects.get(reverses=written)
    assert back.yen == -written.yen
    page = Page(desk.get(where))
    assert page.link("What takes it back") == reverse("admin:billing_charge_change", args=[back.pk])
    assert "Take it back" not in page.text
    assert "not taken back itself" in Page(desk.post(undo_address(back))).text


def test_fee_of_a_membership_that_is_taken_back_does_not_come_back(desk, space, chie, now):
    member = chie.memberships.get()
    bill_begun(now=now)
    fee = Charge.objects.get(payer=chie, kind="sign_up")

    assert "is not charged for it again" in Page(desk.get(undo_address(fee))).text
    desk.post(undo_address(fee))
    bill_begun(now=now + timedelta(days=31))

    fees = Charge.objects.standing().filter(payer=chie, kind="sign_up")
    assert [one.yen for one in fees.order_by("pk")] == [fee.yen, -fee.yen]
    assert fees.get(reverses=fee).space == member.space


def test_desk_role_only_looks_at_charges(at_the_desk, space, chie):
    written = make_charge(space, chie)

    assert at_the_desk.get(ADD).status_code == 403
    assert writes(at_the_desk, space, chie).status_code == 403
    assert at_the_desk.get(undo_address(written)).status_code == 403
    assert at_the_desk.post(undo_address(written)).status_code == 403
    assert Charge.objects.open().get() == written


def test_charge_of_another_space_is_not_found(desk, koharubiyori, chie):
    written = make_charge(koharubiyori.space, chie)

    assert desk.get(undo_address(written)).status_code == 404
    assert desk.post(undo_address(written)).status_code == 404


# The card on a person's page


def test_card_tells_how_a_person_stands(desk, space, chie):
    paid = make_invoice(space, chie, 1000, now=at("09:00", date(2026, 10, 20)))
    receipt = make_receipt(make_payment(space, chie, 1000, invoice=paid))
    overdue = make_invoice(space, chie, 700, now=at("09:00", date(2026, 10, 20)))
    make_charge(space, chie, 1500, text="会議室")
    make_charge(space, chie, 9000, text="来月", arises_on=date(2026, 12, 1))

    page = Page(desk.get(person_page(chie)))

    for words in ("open invoices ¥700 Overdue", "not invoiced ¥1,500", "会議室", "来月", overdue.code, receipt.code):
        assert words in page.text, words
    assert "credit" not in page.text
    assert {words for words, _href in page.links} >= {"payments Take a payment", "receipt_long Invoice now"}


def test_card_offers_to_give_credit_back(desk, at_the_desk, space, chie):
    make_payment(space, chie, 700)

    assert Page(desk.get(person_page(chie))).link("Give credit back")
    shown = Page(at_the_desk.get(person_page(chie)))
    assert "credit ¥700" in shown.text
    assert "Take a payment" in shown.text
    assert not {"Give credit back", "Charge something"} & {words for words, _href in shown.links}


def test_card_tells_how_what_is_not_invoiced_yet_is_given_back(desk, space, chie):
    make_payment(space, chie, 1000, invoice=make_invoice(space, chie, 1000))
    undo(Charge.objects.get(), today=TODAY)

    page = Page(desk.get(person_page(chie)))
    assert "becomes credit once it is on an invoice" in page.text
    sent = {"charges": Charge.objects.open().get().pk, "addressee": "千葉"}
    desk.post(page.link("receipt_long Invoice now"), sent)

    page = Page(desk.get(person_page(chie)))
    assert "becomes credit once" not in page.text
    desk.post(page.link("Give credit back"), {"yen": 1000, "method": "cash", "day": TODAY, "form_key": uuid4()})
    assert Payment.objects.get(yen=-1000).payer == chie


@pytest.mark.parametrize("words", ["All charges", "All invoices", "All payments"])
def test_card_leads_to_all_rows_of_the_person(desk, space, chie, ben, words):
    for person in (chie, ben):
        make_payment(space, person, invoice=make_invoice(space, person))

    listed = desk.get(Page(desk.get(person_page(chie))).link(words))

    assert [row.payer for row in listed.context["cl"].result_list] == [chie]


def test_who_was_only_ever_charged_has_a_page(desk, space, ben):
    make_charge(space, ben)

    assert "Take a payment" in Page(desk.get(person_page(ben))).text


def test_card_shows_nothing_of_another_space(desk, koharubiyori, chie):
    make_charge(koharubiyori.space, chie, text="よその会議室")
    make_invoice(koharubiyori.space, chie, 4321)

    text = Page(desk.get(person_page(chie))).text

    assert "よその" not in text
    assert "¥4,321" not in text


def test_card_costs_the_same_queries_for_little_and_for_much(desk, space, chie):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert desk.get(person_page(chie)).status_code == 200
        return len(caught)

    def fill():
        make_payment(space, chie, 1000, invoice=make_invoice(space, chie))
        make_invoice(space, chie, 300)
        make_charge(space, chie)

    fill()
    queries()
    few = queries()
    for _ in range(8):
        fill()

    assert queries() == few <= 31
