"""Sample money for one's own machine: issuers, the invoices of the last months, and who has paid. All is invented."""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial

from django.utils.translation import override

from billing.addressee import usual_addressee
from billing.charging import charge
from billing.invoicing import issue
from billing.models import Charge, Invoice, Issuer, Payment
from billing.monthly import payers_to_invoice
from billing.paying import pay
from billing.taking import take
from bookings.models import Booking
from bookings.owing import charges_of
from members.models import Operator, User
from members.renewing import bill_begun
from spaces.models import Space

MONTHS_BACK = 2
BANK = "（見本）○○銀行 △△支店\n普通 0000000"
LOCKER_PRICE = 550

Moment = tuple[datetime, Callable[[], object]]


def load_money(member: User, *, now: datetime) -> int:
    """Bill the sample memberships and visits, once, and let most of it be paid; how many invoices.

    `member` has a locker at Garage labs, so that a statement has something in it.
    """
    if Invoice.objects.exists():
        return 0
    bill_begun(now=now)
    dice = random.Random(36)  # noqa: S311 - samples, the same each time
    moments: list[Moment] = []
    for role in Operator.objects.filter(role=Operator.Role.OWNER).select_related("space", "user"):
        space = role.space
        # A Japanese company writes its papers under its Japanese name, whatever language the machine speaks.
        with override("ja"):
            Issuer.objects.get_or_create(
                space=space,
                defaults={
                    "name": f"（見本）{space.operator_name or space.full_name or space.name}",
                    "address": space.address,
                    "bank_account": BANK,
                    "invoice_day": 1,
                    "reminder_days": [3, 10],
                },
            )
        if space.slug == "garage-labs":
            _locker(space, member, now)
        moments += _months(space, role.user, dice, now)
        moments += _visits(space, role.user, dice, now)
    # In the order of time, as numbers of papers follow it.
    for _moment, happens in sorted(moments, key=lambda one: one[0]):
        happens()
    return Invoice.objects.count()


def _locker(space: Space, member: User, now: datetime) -> None:
    for first in _firsts(space.today(now)):
        charge(
            space=space,
            payer_id=member.pk,
            kind=Charge.Kind.OTHER,
            text=f"（見本）ロッカー {first.year}年{first.month}月",
            yen=LOCKER_PRICE,
            arises_on=first,
            source_key=f"sample:locker:{first}",
        )


def _months(space: Space, operator: User, dice: random.Random, now: datetime) -> Iterator[Moment]:
    """On the first of each month all are invoiced; most transfer it within the next days, but not all for the last."""
    firsts = _firsts(space.today(now))
    for first in firsts:
        morning = datetime.combine(first, time(9), space.zone)
        if morning <= now:
            yield morning, partial(_invoice_all, space, first, operator, dice, morning, now)


def _invoice_all(
    space: Space, first: date, operator: User, dice: random.Random, morning: datetime, now: datetime
) -> None:
    is_last = first == space.today(now).replace(day=1)
    for number, one in enumerate(payers_to_invoice(space, first)):
        invoice = issue(
            space=space,
            payer_id=one.payer_id,
            addressee=one.addressee,
            language=one.language,
            up_to=first,
            now=morning,
        )
        paid_on = first + timedelta(days=dice.randint(2, 12))
        is_left_open = is_last and (number == 0 or dice.random() < 0.5)
        if paid_on <= space.today(now) and not is_left_open:
            pay(
                space=space,
                payer_id=one.payer_id,
                method=Payment.Method.TRANSFER,
                yen=invoice.total,
                received_on=paid_on,
                taken_by_id=operator.pk,
                invoice=invoice,
            )


def _visits(space: Space, operator: User, dice: random.Random, now: datetime) -> Iterator[Moment]:
    """Who came pays at the desk, in cash as a rule."""
    came = Booking.objects.filter(resource__space=space, checked_in_at__isnull=False, price__gt=0, user__isnull=False)
    for number, booking in enumerate(came.select_related("user").order_by("checked_in_at")):
        if booking.checked_in_at and (number == 0 or dice.random() < 0.9):
            method = Payment.Method.OTHER if number % 3 == 1 else Payment.Method.CASH
            yield booking.checked_in_at, partial(_at_the_desk, booking, operator, method)


def _at_the_desk(booking: Booking, operator: User, method: str) -> None:
    at, payer = booking.checked_in_at, booking.user
    if at is None or payer is None:
        return
    for one in charges_of(booking).open().select_related("space"):
        take(
            space=one.space,
            payer_id=payer.pk,
            method=method,
            yen=one.yen,
            received_on=one.space.today(at),
            taken_by_id=operator.pk,
            charges=[one.pk],
            addressee=usual_addressee(payer),
            language=payer.language,
            now=at,
        )


def _firsts(today: date) -> list[date]:
    """The first days of the last months, the oldest first, and of this one."""
    found = [today.replace(day=1)]
    for _month in range(MONTHS_BACK):
        found.insert(0, (found[0] - timedelta(days=1)).replace(day=1))
    return found
