"""Taking money at the desk: from a person's page and from a booking's, once however often the form is sent."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from billing.balances import standing_of
from billing.closing import close_month
from billing.models import Charge, Invoice, Payment, Receipt
from billing.paying import take_back
from bookings.owing import charge_new
from members.models import Operator
from tests.billing.acts import NOW, TODAY, make_charge, make_invoice, make_payment
from tests.conftest import make_operator
from tests.factories import at, make_booking, make_membership, make_user
from tests.reading import Page

OCTOBER = date(2026, 10, 20)


def address(person, slug="dorinoki"):
    return reverse("admin:billing_payment_take", args=[person.pk, slug])


def sends(desk, where, **changes):
    """Open the page, and send what its form would send, with some of it changed."""
    form = desk.get(where).context["form"]
    sent = {
        "yen": form["yen"].value() or "",
        "method": form["method"].value(),
        "day": form["day"].value(),
        "addressee": form["addressee"].value(),
        "form_key": form["form_key"].value(),
        "invoices": form["invoices"].value(),
        "charges": form["charges"].value(),
        "note": "",
    }
    return desk.post(where, {**sent, **changes})


def test_person_pays_what_is_due_in_two_clicks(desk, space, chie, dai):
    old = make_invoice(space, chie, 3000)
    due = make_charge(space, chie, 1500)
    later = make_charge(space, chie, 700, arises_on=date(2026, 11, 30))
    person = reverse("admin:members_person_at_space", args=[chie.pk, "dorinoki"])

    where = Page(desk.get(person)).link("Take a payment")
    answer = sends(desk, where)

    assert answer.url == person
    payment = Payment.objects.get()
    assert (payment.yen, payment.method, payment.received_on, payment.taken_by) == (4500, "cash", TODAY, dai)
    assert payment.invoice.charges.get() == due
    standing = standing_of(space, chie.pk)
    assert (standing.open_in_all, standing.open(old.pk), standing.credit) == (0, 0, 0)
    assert list(Charge.objects.open()) == [later]
    page = Page(desk.get(person))
    assert "¥4,500 from 千葉 千絵 is noted." in page.text
    assert page.link("Issue a receipt") == reverse("admin:billing_payment_receipt", args=[payment.pk])


def test_receipt_is_issued_with_it_to_the_name_that_is_asked(desk, space, chie):
    make_charge(space, chie, 1500)

    sends(desk, address(chie), with_receipt="on", addressee="株式会社ちば")

    receipt = Receipt.objects.get()
    assert (receipt.addressee, receipt.yen, receipt.payment.invoice.addressee) == ("株式会社ちば", 1500, "株式会社ちば")
    page = Page(desk.get(reverse("admin:members_person_at_space", args=[chie.pk, "dorinoki"])))
    assert reverse("admin:billing_receipt_paper", args=[receipt.pk]) in [href for _words, href in page.links]


def test_booking_pays_for_itself_alone(desk, dorinoki, space, chie):
    make_invoice(space, chie, 3000)
    make_charge(space, chie, 900)
    booking = make_booking(dorinoki.open_seats, day=date(2026, 11, 26), user=chie, price=1500)
    charge_new(booking)
    own = reverse("admin:bookings_booking_change", args=[booking.pk])

    where = Page(desk.get(own)).link("Take a payment")
    answer = sends(desk, where)

    assert answer.url == own
    payment = Payment.objects.get()
    assert (payment.yen, payment.invoice.total) == (1500, 1500)
    assert "Paid" in Page(desk.get(own)).text
    assert standing_of(space, chie.pk).open_in_all == 3000


def test_booking_that_is_invoiced_ticks_its_invoice(desk, dorinoki, space, chie):
    make_invoice(space, chie, 3000)
    booking = make_booking(dorinoki.open_seats, day=date(2026, 11, 26), user=chie, price=1500)
    charge_new(booking)
    invoice = make_invoice(space, chie, [])

    sends(desk, f"{address(chie)}?booking={booking.pk}")

    assert (Payment.objects.get().yen, Payment.objects.get().invoice) == (1500, invoice)


def test_guests_booking_has_nobody_to_be_charged(desk, dorinoki):
    booking = make_booking(dorinoki.open_seats, user=None, name="通りすがり")

    page = Page(desk.get(reverse("admin:bookings_booking_change", args=[booking.pk])))

    assert "Take a payment" not in page.text


def test_nothing_open_is_a_payment_in_advance(desk, space, chie):
    assert "Nothing is open" in Page(desk.get(address(chie))).text

    sends(desk, address(chie), yen=5000)

    assert standing_of(space, chie.pk).credit == 5000


def test_credit_is_taken_off_the_amount(desk, space, chie):
    make_payment(space, chie, 500)
    make_charge(space, chie, 1500)

    assert desk.get(address(chie)).context["form"]["yen"].value() == 1000
    sends(desk, address(chie))

    assert (standing_of(space, chie.pk).open_in_all, standing_of(space, chie.pk).credit) == (0, 0)


@pytest.mark.parametrize(("yen", "still_open", "credit"), [(1000, 2000, 0), (3500, 0, 500)])
def test_part_and_too_much_are_noted_as_they_are(desk, space, chie, yen, still_open, credit):
    make_invoice(space, chie, 3000)

    sends(desk, address(chie), yen=yen)

    assert (standing_of(space, chie.pk).open_in_all, standing_of(space, chie.pk).credit) == (still_open, credit)


def test_only_a_younger_invoice_is_paid_when_only_that_is_ticked(desk, space, chie):
    old, young = make_invoice(space, chie, 3000, now=at("09:00", OCTOBER)), make_invoice(space, chie, 800)

    sends(desk, address(chie), invoices=[young.pk], yen=800)

    standing = standing_of(space, chie.pk)
    assert (standing.open(old.pk), standing.open(young.pk)) == (3000, 0)


def test_what_one_payment_cannot_pay_is_refused_and_nothing_is_invoiced(desk, space, chie):
    make_invoice(space, chie, 3000, now=at("09:00", OCTOBER))
    young = make_invoice(space, chie, 800)
    charge = make_charge(space, chie, 500)

    answer = sends(desk, address(chie), invoices=[young.pk], charges=[charge.pk], yen=1300, note="控え")

    page = Page(answer)
    assert "Take them one by one." in page.text
    assert page.form("form_key").fields["note"] == "控え"
    assert (Payment.objects.count(), Invoice.objects.count()) == (0, 2)


def test_form_that_is_sent_again_is_noted_once_and_leads_to_the_payment(desk, space, chie):
    charge = make_charge(space, chie, 1500)
    form_key = uuid4()
    for _ in range(3):
        answer = sends(desk, address(chie), form_key=form_key, charges=[charge.pk], yen=1500)

    payment = Payment.objects.get()
    assert answer.url == reverse("admin:billing_payment_change", args=[payment.pk])
    assert "sent already" in Page(desk.get(answer.url)).text
    assert Invoice.objects.count() == 1


def test_form_of_a_payment_that_was_taken_back_is_not_noted_anew(desk, space, chie):
    form_key = uuid4()
    sends(desk, address(chie), form_key=form_key, yen=1500)
    take_back(payment=Payment.objects.get(), now=NOW)

    sends(desk, address(chie), form_key=form_key, yen=1500)

    assert Payment.objects.count() == 1


def test_somebody_elses_form_key_is_refused_with_a_sentence(desk, space, chie, ben):
    form_key = uuid4()
    make_payment(space, ben, form_key=form_key)

    answer = sends(desk, address(chie), form_key=form_key, yen=1500)

    assert "sent already" in Page(answer).text
    assert not Payment.objects.filter(payer=chie).exists()


def test_charge_that_somebody_else_invoiced_meanwhile_is_refused(desk, space, chie):
    charge = make_charge(space, chie, 1500)
    make_invoice(space, chie, [])

    answer = sends(desk, address(chie), charges=[charge.pk], yen=1500)

    assert "Look at it again." in Page(answer).text
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"yen": ""},
        {"yen": "0"},
        {"yen": "-5"},
        {"yen": "x"},
        {"yen": "1" * 40},
        {"yen": "100000000"},
        {"method": "gold"},
        {"day": ""},
        {"day": "2026-11-25"},
        {"day": "0001-01-01"},
        {"day": "9999-12-31"},
        {"day": "\x00"},
        {"note": "\x00"},
        {"note": "あ" * 201},
        {"addressee": "あ" * 161},
        {"addressee": "\x00"},
        {"addressee": " "},
        {"charges": ["x"]},
        {"charges": [str(10**30)]},
        {"invoices": ["9999999"]},
        {"form_key": "x"},
        {"form_key": ""},
        {"form_key": "\x00"},
    ],
)
def test_odd_input_is_told_and_nothing_is_noted(desk, space, chie, changes):
    make_charge(space, chie, 1500)

    answer = sends(desk, address(chie), **{"note": "控え", **changes})

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert (Payment.objects.count(), Invoice.objects.count()) == (0, 0)


def test_day_of_a_closed_month_is_refused(desk, space, chie):
    close_month(space=space, first_on=date(2026, 10, 1), by_id=None, now=NOW)

    answer = sends(desk, address(chie), yen=1000, day="2026-10-20")

    assert "That month is closed." in Page(answer).text
    assert not Payment.objects.exists()


def test_page_of_another_space_or_of_a_stranger_is_not_found(desk, space, koharubiyori, chie):
    make_membership(chie, koharubiyori.space.plans.get(kind="free_pass"))
    stranger = make_user("stranger@example.jp")

    for where in (address(chie, "koharubiyori"), address(chie, "nowhere"), address(stranger)):
        assert desk.get(where).status_code == 404
        assert desk.post(where, {"yen": 1}).status_code == 404
    assert desk.get(reverse("admin:billing_payment_take", args=[10**30, "dorinoki"])).status_code == 404


@pytest.mark.parametrize("asked", ["booking=x", "booking=1&booking=", "invoice=99999999999999999999", "invoice=%00"])
def test_odd_addresses_are_not_found(desk, chie, asked):
    assert desk.get(f"{address(chie)}?{asked}").status_code in (200, 404)
    assert desk.post(f"{address(chie)}?{asked}", {}).status_code in (200, 404)


def test_booking_and_invoice_of_somebody_else_are_not_found(desk, dorinoki, space, chie, ben):
    booking = make_booking(dorinoki.open_seats, user=ben)
    invoice = make_invoice(space, ben)

    for asked in (f"booking={booking.pk}", f"invoice={invoice.pk}"):
        assert desk.get(f"{address(chie)}?{asked}").status_code == 404


def test_desk_role_takes_payments(as_user, space, chie):
    desk = as_user(make_operator("desk@example.jp", space, Operator.Role.DESK))

    sends(desk, address(chie), yen=1000)

    assert Payment.objects.get().yen == 1000


def test_visitor_and_member_do_not_come_in(client, as_user, chie):
    assert client.get(address(chie)).status_code == 302
    assert as_user(chie).get(address(chie), follow=True).status_code == 404


def test_page_costs_the_same_queries_for_little_and_for_much(desk, space, chie, django_assert_max_num_queries):
    make_invoice(space, chie, 500)
    make_charge(space, chie)
    desk.get(address(chie))
    with django_assert_max_num_queries(40) as few:
        desk.get(address(chie))
    for _ in range(12):
        make_invoice(space, chie, 500)
    for _ in range(12):
        make_charge(space, chie)
    with django_assert_max_num_queries(len(few)):
        desk.get(address(chie))
