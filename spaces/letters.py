"""Letters in a space's name: the frame that all its mails have, and the plain letter of paragraphs and facts."""

from dataclasses import dataclass, field

from django.conf import settings
from django.template.loader import render_to_string

from notices.kinds import Attachment, Letter, Sender
from spaces.look import tone_colours, tone_on_colours
from spaces.models import Space


@dataclass(frozen=True)
class Words:
    """What a plain letter says, in the active language: paragraphs, rows of facts, where to go on, and why it was sent.

    `path` is an address of the house, from its root.
    """

    subject: str
    title: str
    paragraphs: list[str]
    button: str
    path: str
    reason: str
    rows: list[tuple[str, str]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)


def sender(space: Space) -> Sender:
    """A space as mails show whose they are: its name, and its colour with the ink that reads on it."""
    return Sender(space.name, tone_colours()[space.colour], tone_on_colours()[space.colour])


def look(space: Space) -> dict[str, str]:
    """What the words of a letter need of its space: colours for their buttons, and the address of the house."""
    whose = sender(space)
    return {"space_colour": whose.colour, "space_on": whose.ink, "site_url": settings.SITE_URL}


def letter(space: Space, words: Words, *, template: str = "mail/letter") -> Letter:
    """A plain letter in a space's name, as text and as HTML; by another `template` where the words say more."""
    context = {**look(space), "words": words, "url": settings.SITE_URL + words.path}
    return Letter(
        subject=words.subject,
        title=words.title,
        text=render_to_string(f"{template}.txt", context).strip(),
        html=render_to_string(f"{template}.html", context),
        reason=words.reason,
        sender=sender(space),
        attachments=words.attachments,
    )
