"""How a notice reads: the copy of what was sent, or else what would be sent now. Looking sends and changes nothing."""

import logging
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from notices.choosing import turned_off
from notices.copying import without_keys
from notices.delivery import mail_of
from notices.framing import Mail
from notices.kinds import kind_of, labels
from notices.models import Notice, SentCopy

logger = logging.getLogger(__name__)

State = Notice.State


@dataclass(frozen=True)
class Preview:
    """A mail as it reads, or nothing of it where it can't be shown; `says` is what has to be known about that."""

    says: list[str]
    is_copy: bool = False
    subject: str = ""
    sender: str = ""
    text: str = ""
    html: str = ""
    attachments: list[str] = field(default_factory=list)


def preview_of(notice: Notice, *, sees: int) -> Preview:
    """How a notice reads. `sees` says of how many notices of its mail the reader may read: the copy is of all of them,
    also of one that has been forgotten since."""
    says = []
    if notice.state == State.SENT:
        copy = SentCopy.objects.filter(message_id=notice.mail_id).first()
        if copy and copy.carries == sees:
            return _as_sent(copy)
        says.append(
            _("It went out in one mail with letters of other spaces. By itself it would read like this now.")
            if copy
            else _("The words of a mail are kept for ninety days. It would read like this now.")
        )
    try:
        return _as_of_now(notice, says)
    except Exception as error:
        # As in delivery: what an app can't put into words breaks nothing else, and here it is said why.
        logger.exception("Notice %s of kind %s can't be shown", notice.pk, notice.kind)
        why = f"{type(error).__name__}: {error}"
        return Preview([*says, _("It can't be put into words: %(error)s") % {"error": why}])


def _as_sent(copy: SentCopy) -> Preview:
    return Preview(
        [],
        is_copy=True,
        subject=copy.subject,
        sender=_from(copy.sender),
        text=copy.text,
        html=copy.html,
        attachments=copy.attachments,
    )


def _as_of_now(notice: Notice, says: list[str]) -> Preview:
    if notice.kind not in labels():
        return Preview([*says, _("No part of the house knows this kind any more.")])
    kind = kind_of(notice)
    if kind.can_be_turned_off and kind.name in turned_off(notice.recipient):
        says = [*says, _("%(address)s has turned such mails off.") % {"address": notice.recipient}]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL transaction_read_only = on")
        with translation.override(notice.language):
            mail = mail_of({notice: kind.render(notice)}) if kind.still_wanted(notice) else None
        # What the letter's app has read stays read-only to the end of this, and not longer.
        transaction.set_rollback(True)
    if mail is None:
        return Preview([*says, _("It is no longer wanted: what it is about has changed since.")])
    return _shown(mail, says or [_("It would read like this now.")])


def _shown(mail: Mail, says: list[str]) -> Preview:
    return Preview(
        says,
        subject=without_keys(mail.subject),
        sender=_from(mail.from_name),
        text=without_keys(mail.text),
        html=without_keys(mail.html),
        attachments=[file.filename for file in mail.attachments],
    )


def _from(name: str) -> str:
    """In whose name, at which address: as mail programs show it."""
    address = settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">")
    return f"{name} <{address}>" if name else address
