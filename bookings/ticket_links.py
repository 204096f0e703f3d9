"""Mailing the link to the visits of a ticket once more, to whose it is."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.visits import good_until, visits_address
from notices.kinds import Kind, Letter, Needed, Topic, register
from notices.models import Notice
from notices.outbox import tell
from spaces.letters import Words, letter
from spaces.templatetags.wording import long_day
from visas.models import Ticket

LINK = "ticket.link"


def register_kinds() -> None:
    """Tell the outbox about the kind; called when the app starts."""
    label = gettext_lazy("Link to visits by ticket")
    register(Kind(LINK, label, _still_wanted, _link, topic=Topic.TRAVEL, needed=Needed.LINK, alone=True))


def send_link(ticket: Ticket, *, now: datetime) -> None:
    """Mail whose ticket it is the link to its visits; once an hour at most, and nothing while it is nobody's."""
    if not ticket.email:
        return
    notice = Notice(
        kind=LINK,
        subject_key=f"ticket:{ticket.pk}",
        dedupe_key=f"{LINK}:{ticket.pk}:{ticket.link_version}:{now:%Y%m%d%H}",
        recipient=ticket.email,
        language=ticket.language,
        space_slug=ticket.campaign.organiser.slug,
        timezone=ticket.campaign.organiser.timezone,
        due_at=now,
        created_at=now,
    )
    tell([notice])


def _ticket(notice: Notice) -> Ticket:
    return Ticket.objects.select_related("campaign__organiser").get(pk=notice.subject_pk)


def _still_wanted(notice: Notice) -> bool:
    return _ticket(notice).email == notice.recipient


def _link(notice: Notice) -> Letter:
    ticket = _ticket(notice)
    words = Words(
        subject=_("The link to your ticket: %(campaign)s") % {"campaign": ticket.campaign.name},
        title=_("Your visits by ticket"),
        paragraphs=[
            _("With this link you see your visits, move or cancel them, and book the next. Keep it to yourself."),
            _("If it was not you who asked for it, nothing has changed, and you need not do anything."),
        ],
        button=_("Open my visits"),
        path=visits_address(ticket),
        reason=_("You get this mail because somebody asked for the link of your ticket."),
        rows=[
            (_("Trial ticket"), ticket.campaign.name),
            (_("Valid until"), long_day(good_until(ticket))),
        ],
    )
    return letter(ticket.campaign.organiser, words)
