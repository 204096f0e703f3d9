"""What the letters about events say, in the language of who reads them."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.letter_parts import (
    EventWords,
    letter,
    named,
    other_venues,
    rows_of,
    sign_up_letter,
    space_of,
    span_before,
    span_of,
    when,
)
from events.line import number_in_line
from events.links import rsvp_token
from events.models import Rsvp
from events.wanted import rsvp_of, venue_of
from members.letters import moment_in_words
from notices.kinds import Letter
from notices.models import Notice
from spaces.templatetags.wording import clock


def confirm(notice: Notice) -> Letter:
    rsvp = rsvp_of(notice)
    return sign_up_letter(
        rsvp,
        subject=_("Please confirm: %(event)s, %(day)s") % named(rsvp),
        title=_("Are you coming to %(event)s?") % named(rsvp),
        paragraphs=[_("Only one step is left: confirm that this address is yours. The link is good for 24 hours.")],
        button=_("Confirm my sign-up"),
        path=reverse("events:confirm", args=[rsvp_token(rsvp)]),
        after=_("If it was not you, do nothing: no place is taken, and we forget the address."),
        reason=_("You get this mail because this address was given to sign up for %(event)s.") % named(rsvp),
    )


def link(notice: Notice) -> Letter:
    rsvp = rsvp_of(notice)
    return sign_up_letter(
        rsvp,
        subject=_("Your sign-up: %(event)s, %(day)s") % named(rsvp),
        title=_("You have signed up already"),
        paragraphs=[_("This link opens your sign-up. There you change it, or take it back.")],
        after=_("Keep the link to yourself: whoever has it can change your sign-up."),
    )


def going(notice: Notice) -> Letter:
    rsvp = rsvp_of(notice)
    return sign_up_letter(
        rsvp,
        with_file=True,
        subject=_("Signed up: %(event)s, %(day)s") % named(rsvp),
        title=_("See you at %(event)s") % named(rsvp),
        paragraphs=[_("You have a place at %(venue)s.") % named(rsvp), *_how_to_come(rsvp)],
        after=_("If you can't come, please say so there: somebody else will be glad of the place."),
    )


def waiting(notice: Notice) -> Letter:
    rsvp = rsvp_of(notice)
    others = other_venues(rsvp)
    return sign_up_letter(
        rsvp,
        with_file=True,
        subject=_("Waiting list: %(event)s, %(day)s") % named(rsvp),
        title=_("You are number %(number)s on the waiting list") % {"number": number_in_line(rsvp)},
        paragraphs=[
            _("%(venue)s is full at the moment.") % named(rsvp),
            _("As soon as it is your turn you have the place, and we write to you at once. You may still say no then."),
            *([_("On the page of your sign-up you can also go to another venue.")] if others else []),
        ],
        rows=[*rows_of(rsvp), *others],
    )


def moved_up(notice: Notice) -> Letter:
    rsvp = rsvp_of(notice)
    until = moment_in_words(rsvp.decline_by, space_of(rsvp.venue)) if rsvp.decline_by else ""
    return sign_up_letter(
        rsvp,
        with_file=True,
        subject=_("A place for you: %(event)s, %(day)s") % named(rsvp),
        title=_("A place is yours"),
        paragraphs=[
            _("A place at %(venue)s has become free, and it is yours. You need not do anything.") % named(rsvp),
            _("If you can't come, say so by %(until)s. One press is enough, and the next in line has the place.")
            % {"until": until},
        ],
        button=_("Come, or say no"),
    )


def changed(notice: Notice) -> Letter:
    rsvp = rsvp_of(notice)
    sentence = _("You have a place at %(venue)s now.") if rsvp.is_going else _("You wait for a place at %(venue)s now.")
    return sign_up_letter(
        rsvp,
        with_file=True,
        subject=_("Changed: %(event)s, %(day)s") % named(rsvp),
        title=_("Your sign-up has changed"),
        paragraphs=[sentence % named(rsvp), *_how_to_come(rsvp)],
    )


def left(notice: Notice) -> Letter:
    rsvp = rsvp_of(notice)
    if rsvp.left_by == Rsvp.Side.HOST:
        title = _("Your sign-up was taken back")
        said = _("The host has taken you off the list. If that is a surprise, please ask them.")
    elif rsvp.declined:
        title = _("Thank you for saying so")
        said = _("The place goes to the next in line.")
    else:
        title = _("Your sign-up is taken back")
        said = _("Thank you for saying so. If you can come after all, sign up again.")
    return sign_up_letter(
        rsvp,
        with_file=True,
        subject=_("Taken back: %(event)s, %(day)s") % named(rsvp),
        title=title,
        paragraphs=[said],
        button=_("See the event"),
        path=rsvp.event.get_absolute_url(),
    )


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
    next_step = _("Choose another venue on the event's page; your place there is a moment away.")
    return sign_up_letter(
        rsvp,
        with_file=True,
        subject=_("Not at %(venue)s any more: %(event)s, %(day)s") % named(rsvp),
        title=_("%(event)s does not take place at %(venue)s") % named(rsvp),
        paragraphs=[
            _("We are sorry: %(venue)s does not take part any more, and your sign-up there has ended.") % named(rsvp),
            *([next_step] if others else []),
        ],
        rows=[(_("Event"), rsvp.event.title), (_("When"), when(span_of(rsvp.event), space_of(rsvp.venue))), *others],
        button=_("See the event"),
        path=rsvp.event.get_absolute_url(),
    )


def day_before(notice: Notice) -> Letter:
    rsvp = rsvp_of(notice)
    return sign_up_letter(
        rsvp,
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
        subject=_("Today at %(time)s: %(event)s") % {**named(rsvp), "time": begins},
        title=_("%(event)s begins at %(time)s") % {**named(rsvp), "time": begins},
        paragraphs=_how_to_come(rsvp),
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


def asked(notice: Notice) -> Letter:
    venue = venue_of(notice)
    event, space = venue.event, space_of(venue)
    names = {"event": event.title, "organiser": event.organiser.name, "space": space.name}
    return letter(
        space,
        EventWords(
            subject=_("Take part? %(event)s") % names,
            title=_("%(organiser)s asks you to take part in %(event)s") % names,
            paragraphs=[
                _("%(space)s would be a venue of it. Say yes with the places that you have, or no.") % names,
                _("Nobody can sign up at your space until you have said yes."),
            ],
            rows=[
                (_("Event"), event.title),
                (_("Held by"), event.organiser.name),
                (_("When"), when(span_of(event), space)),
            ],
            button=_("Answer"),
            path=reverse("admin:events_venue_change", args=[venue.pk]),
            reason=_("You get this mail because you help to run %(space)s.") % names,
        ),
        files=[],
    )


def _how_to_come(rsvp: Rsvp) -> list[str]:
    """What who has a place needs on the day."""
    if not rsvp.is_going:
        return []
    if rsvp.venue.is_online:
        return [_("The link below takes you there. Please keep it to yourself.")] if rsvp.venue.online_url else []
    return [_("Show the code of your sign-up at the door, or just say your name.")]
