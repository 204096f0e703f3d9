"""Writing charges, and undoing them: voided while no paper names them, reversed by another charge afterwards."""

from datetime import date

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from billing.models import Charge, Month
from billing.months import hold_open
from billing.refusals import refusal
from billing.tax import STANDARD
from spaces.models import Space
from spaces.templatetags.wording import plain_day


def charge(
    *,
    space: Space,
    payer_id: int,
    kind: str,
    text: str,
    yen: int,
    arises_on: date,
    source_key: str,
    tax_rate: int | None = STANDARD,
) -> Charge | None:
    """Write a charge in the caller's transaction; nothing for nothing. `yen` includes the tax of `tax_rate` percent.

    The database refuses a second charge with one source key (IntegrityError): the same thing is never billed twice.
    """
    if not yen:
        return None
    return Charge.objects.create(
        space=space,
        payer_id=payer_id,
        kind=kind,
        text=text[:200],
        yen=yen,
        tax_rate=tax_rate,
        arises_on=arises_on,
        source_key=source_key,
    )


# What the source of a reversal begins with, and of one that gives a charge up for good.
REVERSAL, WAIVER = "reversal:", "waiver:"


@transaction.atomic
def undo(written: Charge, *, today: date, for_good: bool = False) -> Charge | None:
    """Take a charge back: the charge that reverses it, if it was invoiced or its month is closed, else it is voided.

    `for_good` it is reversed in any case: who brings charges in line with what is due finds it there, given up.
    Raises ValidationError.
    """
    hold_open(written.space_id)
    rows = Charge.objects.select_for_update(of=("self",), no_key=True).select_related("space", "payer")
    written = rows.get(pk=written.pk)
    if written.reverses_id:
        raise refusal("reversal_stands")
    if written.voided_at or Charge.objects.filter(reverses=written).exists():
        raise refusal("reversed_already")
    if not (for_good or written.invoice_id or is_closed(written.space, written.arises_on)):
        written.voided_at = timezone.now()
        written.save(update_fields=["voided_at"])
        return None
    with translation.override(written.payer.language):
        # 消費税法 57条の4 3項 asks a paper that gives back for the day of what it takes back.
        text = _("Taken back (%(day)s): %(text)s") % {"day": plain_day(written.arises_on), "text": written.text}
    return Charge.objects.create(
        space=written.space,
        payer_id=written.payer_id,
        kind=written.kind,
        text=text[:200],
        yen=-written.yen,
        tax_rate=written.tax_rate,
        # Nothing is given back before it is due. What an invoice asks for is, whatever its day: else who cancels or
        # moves a visit that is paid would be asked for the money again until the day on which it would have been.
        arises_on=today if written.invoice_id else max(today, written.arises_on),
        source_key=f"{WAIVER if for_good else REVERSAL}{written.pk}",
        reverses=written,
    )


def write_day(space: Space, day: date, *, today: date) -> date:
    """The day on which something of `day` is written: that day, or today if its month is closed."""
    return today if is_closed(space, day) else day


def is_closed(space: Space, day: date) -> bool:
    """Whether the month of a day is closed at a space."""
    return Month.objects.filter(space=space, first_on=day.replace(day=1)).exists()
