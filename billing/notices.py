"""What payers are told: an invoice that was issued, and reminders of one that is past due."""

from datetime import datetime, time
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.balances import standing_of
from billing.models import Invoice
from billing.overdue import Reminder
from billing.printing import invoice_paper, pdf
from notices.kinds import Attachment, Kind, Letter, Needed, Topic, register
from notices.models import Notice
from spaces.letters import Words, letter
from spaces.models import Space
from spaces.templatetags.wording import long_day, signed_yen

INVOICED = "invoice.issued"
OVERDUE = "invoice.overdue"

# The hour of day at a space from which it writes about money by itself: when somebody is there to answer.
WRITTEN_FROM = time(9)


def register_kinds() -> None:
    """Tell the outbox about the kinds of this app; called when it starts."""
    money: dict[str, Any] = {"topic": Topic.MONEY, "needed": Needed.MONEY, "quiet": True}
    # Alone, since papers are filed.
    register(Kind(INVOICED, gettext_lazy("Invoice"), _still_stands, _invoiced, alone=True, **money))
    register(Kind(OVERDUE, gettext_lazy("Reminder of an invoice"), _still_open, _overdue, alone=True, **money))


def invoiced(invoice: Invoice, *, now: datetime) -> list[Notice]:
    """Send the payer an invoice; nobody reads the mail of an account that is closed."""
    return [_notice(INVOICED, invoice, f"invoice:{invoice.pk}", now)] if invoice.payer.is_active else []


def reminded(reminder: Reminder, *, now: datetime) -> list[Notice]:
    """Remind the payer of an invoice that is past due, once for each day that the space has set."""
    invoice = reminder.open.invoice
    return [_notice(OVERDUE, invoice, reminder.key, now)] if invoice.payer.is_active else []


def is_time_to_write(space: Space, now: datetime) -> bool:
    """Whether it is late enough in the day at a space to write about money."""
    return now.astimezone(space.zone).time() >= WRITTEN_FROM


def _notice(kind: str, invoice: Invoice, key: str, now: datetime) -> Notice:
    return Notice(
        kind=kind,
        subject_key=f"invoice:{invoice.pk}",
        dedupe_key=f"{kind}:{key}",
        recipient=invoice.payer.email,
        language=invoice.payer.language,
        space_slug=invoice.space.slug,
        timezone=invoice.space.timezone,
        due_at=now,
        created_at=now,
    )


def _invoice(notice: Notice) -> Invoice:
    return Invoice.objects.select_related("space", "payer").get(pk=notice.subject_pk)


def _open(invoice: Invoice) -> int:
    """What is still to be paid of an invoice that stands, in yen."""
    return standing_of(invoice.space, invoice.payer_id).open(invoice.pk)


def _still_stands(notice: Notice) -> bool:
    return _invoice(notice).voided_at is None


def _still_open(notice: Notice) -> bool:
    invoice = _invoice(notice)
    return invoice.voided_at is None and _open(invoice) > 0


def _invoiced(notice: Notice) -> Letter:
    invoice = _invoice(notice)
    left, shown = _open(invoice), {"space": invoice.space.name, "day": long_day(invoice.due_on)}
    if invoice.total < 0:
        sentence = _("It gives money back, which pays what comes next.")
    elif not left:
        sentence = _("It is paid already. There is nothing to do.")
    else:
        sentence = _("Please pay it by %(day)s.") % shown
    return _letter(
        invoice,
        left,
        subject=_("%(space)s: invoice %(code)s") % {"space": invoice.space.name, "code": invoice.code},
        title=_("An invoice from %(space)s") % shown,
        paragraphs=[sentence, *(_how_to_pay(invoice) if left else [])],
    )


def _overdue(notice: Notice) -> Letter:
    invoice = _invoice(notice)
    return _letter(
        invoice,
        _open(invoice),
        subject=_("%(space)s: invoice %(code)s is still open") % {"space": invoice.space.name, "code": invoice.code},
        title=_("A small reminder"),
        paragraphs=[
            _("This invoice was due on %(day)s, and we have not seen all of it yet.")
            % {"day": long_day(invoice.due_on)},
            *_how_to_pay(invoice),
            _("If you have paid in the last days, thank you: please take no notice of this mail."),
        ],
    )


def _how_to_pay(invoice: Invoice) -> list[str]:
    if not invoice.bank_account:
        return [_("You can pay at the desk.")]
    return [_("You can pay at the desk, or by bank transfer:") + "\n" + invoice.bank_account]


def _letter(invoice: Invoice, left: int, *, subject: str, title: str, paragraphs: list[str]) -> Letter:
    paper = invoice_paper(invoice)
    rows = [(_("Invoice"), invoice.code), (_("Total"), signed_yen(invoice.total))]
    if left != max(invoice.total, 0):
        rows.append((_("Still to pay"), signed_yen(left)))
    rows.append((_("Due"), long_day(invoice.due_on)))
    words = Words(
        subject=subject,
        title=title,
        paragraphs=paragraphs,
        button=_("See the invoice"),
        path=reverse("billing:invoice", args=[invoice.space.slug, invoice.code]),
        reason=_("You get this mail because of your visits or your membership at %(space)s.")
        % {"space": invoice.space.name},
        rows=rows,
        attachments=[Attachment(f"{paper.file_name()}.pdf", pdf(paper), "application/pdf")],
    )
    return letter(invoice.space, words)
