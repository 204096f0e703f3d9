"""Letters in a space's name: the frame that all its mails have, and the plain letter of paragraphs and facts."""

from dataclasses import dataclass, field

from django.conf import settings
from django.template.loader import render_to_string

from notices.kinds import Attachment, Letter
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


def frame(space: Space) -> dict[str, str]:
    """What every mail in a space's name shows of it: its name, and its colour with the ink that reads on it."""
    return {
        "space_name": space.name,
        "space_colour": tone_colours()[space.colour],
        "space_on": tone_on_colours()[space.colour],
        "site_url": settings.SITE_URL,
    }


def letter(space: Space, words: Words, *, template: str = "mail/letter") -> Letter:
    """A plain letter in a space's name, as text and as HTML; by another `template` where the words say more."""
    context = {
        **frame(space),
        "words": words,
        "title": words.title,
        "url": settings.SITE_URL + words.path,
        "reason": words.reason,
    }
    return Letter(
        subject=words.subject,
        text=render_to_string(f"{template}.txt", context),
        html=render_to_string(f"{template}.html", context),
        from_name=space.name,
        attachments=words.attachments,
    )
