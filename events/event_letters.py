"""What letters about events say, and reminders of them, in the language of who reads them."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.letter_parts import (
    how_to_come,
    named,
    other_venues,
    sign_up_letter,
    space_of,
    span_before,
    span_of,
    when,
)
from events.wanted import rsvp_of
from notices.kinds import Letter
from notices.models import Notice
from spaces.templatetags.wording import clock


def event_changed(notice: Notice) -> Letter:
    rsvp = rsvp_of(notice)
    kept = _("You keep your place.") if rsvp.is_going else _("You keep your place in line.")
    return sign_up_letter(
        rsvp,
        with_file=True,
        subject=_("New time: %(event)s, %(day)s") % named(rsvp),
        title=_("%(event)s has a new time") % named(rsvp),
        paragraphs=[
            _("It was to be on %(when)s.") % {"when": when(span_before(notice), space_of(rsvp.venue))},
            kept,
            _("If you can't come then, please take your sign-up back."),
        ],
    )


def event_cancelled(notice: Notice) -> Letter:
    rsvp = rsvp_of(notice)
    return sign_up_letter(
        rsvp,
        with_file=True,
        subject=_("Cancelled: %(event)s, %(day)s") % named(rsvp),
        title=_("%(event)s is cancelled") % named(rsvp),
        paragraphs=[_("We are sorry: the event does not take place. You need not do anything.")],
        quote=rsvp.event.cancel_reason,
        rows=[(_("Event"), rsvp.event.title), (_("When"), when(span_of(rsvp.event), space_of(rsvp.venue)))],
        button=_("See other events"),
        path=reverse("events:list"),
    )


def venue_gone(notice: Notice) -> Letter:
    rsvp = rsvp_of(notice)
    others = other_venues(rsvp)
    said = [_("We are sorry: %(venue)s does not take part any more, and your sign-up there has ended.") % named(rsvp)]
    subject = _("Not at %(venue)s any more: %(event)s, %(day)s")
    title = _("%(event)s does not take place at %(venue)s")
    if rsvp.venue.stands:
        subject, title = _("Sign-up ended: %(event)s, %(day)s"), _("Your sign-up for %(event)s has ended")
        said = [
            _("We are sorry: %(venue)s did not take part for a while, and your sign-up there ended with it.")
            % named(rsvp),
            _("It takes part again. Sign up once more on the event's page, and you have a place if there is one."),
        ]
    elif others:
        said.append(_("Choose another venue on the event's page; your place there is a moment away."))
    return sign_up_letter(
        rsvp,
        with_file=True,
        subject=subject % named(rsvp),
        title=title % named(rsvp),
        paragraphs=said,
        rows=[(_("Event"), rsvp.event.title), (_("When"), when(span_of(rsvp.event), space_of(rsvp.venue))), *others],
        button=_("See the event"),
        path=rsvp.event.get_absolute_url(),
    )


def day_before(notice: Notice) -> Letter:
    rsvp = rsvp_of(notice)
    return sign_up_letter(
        rsvp,
        with_file=True,
        asks=True,
        subject=_("Are you coming? %(event)s, %(day)s") % named(rsvp),
        title=_("%(event)s is on soon") % named(rsvp),
        paragraphs=[
            _("We look forward to seeing you."),
            _("If you can't come after all, free your place now: somebody else will be glad of it."),
        ],
    )


def soon(notice: Notice) -> Letter:
    rsvp = rsvp_of(notice)
    with timezone.override(space_of(rsvp.venue).zone):
        begins = clock(rsvp.event.starts_at)
    return sign_up_letter(
        rsvp,
        with_file=True,
        asks=rsvp.coming_at is None,
        subject=_("Today at %(time)s: %(event)s") % {**named(rsvp), "time": begins},
        title=_("%(event)s begins at %(time)s") % {**named(rsvp), "time": begins},
        paragraphs=how_to_come(rsvp),
    )


def thanks(notice: Notice) -> Letter:
    rsvp = rsvp_of(notice)
    event = rsvp.event
    return sign_up_letter(
        rsvp,
        subject=_("Thank you for coming: %(event)s, %(day)s") % named(rsvp),
        title=_("Thank you for coming"),
        paragraphs=[],
        quote=event.thanks,
        rows=[],
        links=[(_("Photos or notes"), event.photos_url)] if event.photos_url else [],
        button=_("See the event"),
        path=event.get_absolute_url(),
        reason=_("You get this mail because you were at %(event)s.") % named(rsvp),
    )
