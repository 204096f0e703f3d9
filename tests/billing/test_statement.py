"""What a payer's statement is made of."""

from datetime import date

from billing.balances import standing_of, standings_at
from billing.charging import undo
from billing.invoicing import issue, void
from billing.models import Charge
from billing.numbering import number_in
from billing.paying import refund, take_back
from billing.statement import SHOWN, keys_of_papers, papers, statement
from tests.billing.acts import NOW, TODAY, make_charge, make_invoice, make_payment, make_receipt
from tests.factories import at, make_space


def papers_of(payer):
    return papers(keys_of_papers(payer.pk), statement(payer.pk, NOW), NOW)


def test_standings_of_several_spaces_are_those_of_each(space, payer, other):
    elsewhere = make_space("elsewhere")
    for where, yen in ((space, 1000), (elsewhere, 3000)):
        invoice = make_invoice(where, payer, yen)
        make_payment(where, payer, yen // 2, invoice=invoice)
        make_invoice(where, other, 9000)

    found = standings_at([space.pk, elsewhere.pk], payer.pk)

    assert found == {one.pk: standing_of(one, payer.pk) for one in (space, elsewhere)}
    assert [found[one.pk].open_in_all for one in (space, elsewhere)] == [500, 1500]


def test_what_is_owed_is_invoices_and_charges_less_credit(space, payer):
    make_invoice(space, payer, 5000)
    make_payment(space, payer, 2000)
    make_charge(space, payer, 800)

    [found] = statement(payer.pk, NOW)

    assert (found.standing.open_in_all, found.waiting.yen, found.owed, found.credit) == (3000, 800, 3800, 0)
    assert [(one.invoice.code, one.open) for one in found.open] == [("2026-0001", 3000)]


def test_credit_is_what_the_space_owes(space, payer):
    make_payment(space, payer, 2000)
    make_charge(space, payer, 800)

    [found] = statement(payer.pk, NOW)

    assert (found.owed, found.credit, found.is_settled) == (-1200, 1200, False)


def test_space_that_gave_back_too_much_is_owed_it(space, payer):
    payment = make_payment(space, payer, 2000)
    refund(space=space, payer_id=payer.pk, method="cash", yen=2000, given_on=TODAY, taken_by_id=payer.pk)
    take_back(payment=payment, now=NOW)

    [found] = statement(payer.pk, NOW)

    assert (found.owed, found.credit_taken) == (2000, 2000)


def test_newest_charges_are_told_and_all_are_counted(space, payer):
    for day in range(1, SHOWN + 3):
        make_charge(space, payer, 100, arises_on=date(2026, 11, day), text=f"{day}")

    [found] = statement(payer.pk, NOW)

    assert [one.text for one in found.waiting.newest] == [f"{day}" for day in range(SHOWN + 2, 2, -1)]
    assert (found.waiting.yen, found.waiting.count, found.waiting.more) == (100 * (SHOWN + 2), SHOWN + 2, 2)


def test_space_with_something_overdue_comes_first_and_one_where_nothing_is_open_last(space, payer):
    paid, waits, late = (make_space(slug, position=number) for number, slug in enumerate(("paid", "waits", "late"), 1))
    make_payment(paid, payer, invoice=make_invoice(paid, payer))
    make_charge(waits, payer)
    make_invoice(late, payer, now=at("09:00", date(2026, 10, 1)))

    assert [one.space.slug for one in statement(payer.pk, NOW)] == ["late", "waits", "paid"]


def test_space_whose_every_charge_was_voided_is_not_there(space, payer):
    undo(make_charge(space, payer), today=TODAY)

    assert statement(payer.pk, NOW) == []


def test_invoice_is_overdue_from_the_day_after_it_was_due_at_the_space(space, payer):
    space.timezone = "Pacific/Auckland"
    space.save()
    invoice = make_invoice(space, payer)

    on_the_day, after = at("19:59", invoice.due_on), at("20:01", invoice.due_on)

    assert [one.days_overdue for one in statement(payer.pk, on_the_day)[0].open] == [0]
    assert [one.days_overdue for one in statement(payer.pk, after)[0].open] == [1]
    assert papers(keys_of_papers(payer.pk), statement(payer.pk, after), after)[0].is_overdue


def test_papers_stand_with_the_newest_first(space, payer, other):
    make_charge(space, payer)
    issue(space=space, payer_id=payer.pk, addressee="山田", language="ja", now=at("09:00", date(2026, 11, 1)))
    make_payment(space, payer, received_on=date(2026, 11, 2))
    make_invoice(space, payer)
    make_payment(space, payer)
    make_invoice(space, other)
    make_payment(space, other)

    found = papers_of(payer)

    assert [(one.is_invoice, one.row.pk) for one in found] == [
        (is_payment is False, pk) for _day, is_payment, pk in keys_of_papers(payer.pk)
    ]
    assert [(one.is_invoice, one.open) for one in found] == [(False, 0), (True, 0), (False, 0), (True, 0)]


def test_payment_that_was_taken_back_is_a_paper_only_where_it_has_a_receipt(space, payer):
    first, second = make_payment(space, payer, 100), make_payment(space, payer, 200)
    make_receipt(second)
    for one in (first, second):
        take_back(payment=one, now=NOW)

    [found] = papers_of(payer)

    assert (found.row.pk, found.receipt.code) == (second.pk, "R2026-0001")


def test_voided_invoice_is_not_open(space, payer):
    void(invoice=make_invoice(space, payer), reason="", now=NOW)

    assert [(one.open, one.is_overdue) for one in papers_of(payer)] == [(0, False)]
    assert Charge.objects.open().count() == 1


def test_invoice_that_was_issued_since_is_wholly_open(space, payer):
    make_charge(space, payer)
    before = statement(payer.pk, NOW)
    make_invoice(space, payer, 2000)

    [found] = papers(keys_of_papers(payer.pk), before, NOW)

    assert found.open == 3000


def test_code_is_read_as_it_is_printed_and_in_no_other_way():
    assert number_in("2026-0012") == (2026, 12)
    assert number_in("2026-12345") == (2026, 12345)
    assert number_in("R2026-0012", "R") == (2026, 12)
    for wrong in ("R2026-0012", "2026-12", "2026-00012", "２０２６-0012", "2026-0012\n", "", "2026-" + "9" * 30):
        assert number_in(wrong) is None
    assert number_in("2026-0012", "R") is None
