"""From letters to a mail: the frame that all have, whether a mail carries one letter or several."""

from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notices.kinds import Attachment, Letter


@dataclass(frozen=True)
class Mail:
    """What a channel is given to send. `stop_address` is where all of it is turned off, empty where some is needed.

    Every try to send the same notices carries the same `message_id`.
    """

    message_id: str
    recipient: str
    language: str
    from_name: str
    subject: str
    text: str
    html: str
    attachments: list[Attachment]
    stop_address: str


def framed(
    letters: list[Letter], *, message_id: str, recipient: str, language: str, choice_address: str, can_be_stopped: bool
) -> Mail:
    """One mail with some letters, the first of which gives it its subject; their language has to be active.

    Each leads to the choices, also what can't be turned off: there stands why.
    """
    first, others = letters[0], len(letters) - 1
    subject = _one_line(first.subject)
    if others:
        more = ngettext("%(subject)s, and %(count)s more", "%(subject)s, and %(count)s more", others)
        subject = more % {"subject": subject, "count": others}
    context = {
        "letters": letters,
        "subject": subject,
        "site_url": settings.SITE_URL,
        "choice_address": choice_address,
        "language": language,
    }
    return Mail(
        message_id=message_id,
        recipient=recipient,
        language=language,
        from_name=_sender_of(letters),
        subject=subject,
        text=render_to_string("mail/frame.txt", context),
        html=render_to_string("mail/frame.html", context),
        attachments=list(_named_apart([one for letter in letters for one in letter.attachments])),
        stop_address=choice_address if can_be_stopped else "",
    )


def _sender_of(letters: list[Letter]) -> str:
    """In whose name a mail goes out: the space that all its letters are of, or else the federation."""
    names = {letter.sender.name if letter.sender else "" for letter in letters}
    return _one_line(names.pop()) if len(names) == 1 else _("Coworking Hokkaido")


def _named_apart(files: list[Attachment]) -> list[Attachment]:
    """Files of several letters, with a number where two have one name."""
    seen: Counter[str] = Counter()
    named = []
    for file in files:
        seen[file.filename] += 1
        path, number = PurePath(file.filename), seen[file.filename]
        name = f"{path.stem}-{number}{path.suffix}" if number > 1 else file.filename
        named.append(Attachment(name, file.content, file.mimetype))
    return named


def _one_line(text: str) -> str:
    """A text as a header can have it; what people have named may hold line breaks."""
    return " ".join(text.split())
