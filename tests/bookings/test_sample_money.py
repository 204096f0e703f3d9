"""The sample money of one's own machine: something in every list, and all of it by the acts that everybody uses."""

from django.core.management import call_command

from billing.ledger import open_invoices
from billing.models import Charge, Invoice, Issuer, Payment
from bookings.sample_money import load_money
from members.models import Operator
from members.sample_members import load_members
from members.samples import MEMBER_EMAIL, load_people, load_visitors
from spaces.models import Space


def test_every_list_of_money_has_something_in_it(four_spaces, settings, tmp_path, now, capsys):
    settings.MAILBOX_DIR = tmp_path
    call_command("load_samples")

    dorinoki = Space.objects.get(slug="dorinoki")
    assert Issuer.objects.filter(name__startswith="（見本）", bank_account__startswith="（見本）").count() == 4
    assert Issuer.objects.get(space=dorinoki).name == "（見本）札幌大通まちづくり株式会社"
    assert set(Charge.objects.values_list("kind", flat=True)) >= {"plan", "sign_up", "drop_in", "room", "other"}
    assert set(Payment.objects.values_list("method", flat=True)) == {"cash", "transfer", "other"}
    assert open_invoices(dorinoki, today=dorinoki.today(now))
    assert Payment.objects.filter(space=dorinoki, method="cash").exists()
    assert Invoice.objects.filter(payer__email=MEMBER_EMAIL).count() == 3
    assert Operator.objects.filter(role="owner").count() == 4


def test_numbers_of_papers_follow_their_days(four_spaces, settings, tmp_path, capsys):
    settings.MAILBOX_DIR = tmp_path
    call_command("load_samples")

    for space in Space.objects.all():
        days = Invoice.objects.filter(space=space).order_by("year", "number").values_list("issued_on", flat=True)
        assert list(days) == sorted(days)


def test_they_are_made_once(four_spaces, now):
    [*_others, member, _coworker] = load_people()
    load_members(load_visitors(), now=now)

    assert load_money(member.user, now=now) > 0
    assert load_money(member.user, now=now) == 0
