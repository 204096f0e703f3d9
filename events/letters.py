"""What letters about sign-ups say, in the language of who reads them."""

from django.urls import reverse
from django.utils.translation import gettext as _

from events.letter_parts import (
    how_to_come,
    named,
    other_venues,
    rows_of,
    sign_up_letter,
    space_of,
)
from events.line import number_in_line
from events.links import rsvp_token
from events.models import Rsvp
from events.wanted import rsvp_of
from members.letters import moment_in_words
from notices.kinds import Letter
from notices.models import Notice


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
        paragraphs=[_("You have a place at %(venue)s.") % named(rsvp), *how_to_come(rsvp)],
        after=_("If you can't come, please say so there: somebody else will be glad of the place."),
    )


def waiting(notice: Notice) -> Letter:
    rsvp = rsvp_of(notice)
    others, number = other_venues(rsvp), number_in_line(rsvp)
    # Who moves up at this very moment has no number any more; the next letter says so.
    title = (
        _("You are number %(number)s on the waiting list") % {"number": number} if number else _("On the waiting list")
    )
    return sign_up_letter(
        rsvp,
        with_file=True,
        subject=_("Waiting list: %(event)s, %(day)s") % named(rsvp),
        title=title,
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
        paragraphs=[sentence % named(rsvp), *how_to_come(rsvp)],
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
