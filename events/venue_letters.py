"""What letters say to who runs a venue or receives people there: asked to take part, another time, cancelled."""

from django.urls import reverse
from django.utils.translation import gettext as _

from events import wanted
from events.letter_parts import EventWords, day_of, space_of, span_before, span_of, when
from events.models import Event, Venue
from members.models import User
from notices.kinds import Letter
from notices.models import Notice
from spaces.letters import Words, letter
from spaces.models import Space


def asked(notice: Notice) -> Letter:
    venue = wanted.venue_of(notice)
    event, space = venue.event, space_of(venue)
    names = {"event": event.title, "organiser": event.organiser.name, "space": space.name}
    return letter(
        space,
        Words(
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
    )


def moved(notice: Notice) -> Letter:
    event, venue, space = _about(notice)
    names = {"event": event.title, "day": day_of(event, space), "venue": venue.name if venue else ""}
    said = [_("It was to be on %(when)s.") % {"when": when(span_before(notice), space)}]
    if venue and venue.stands:
        said.append(_("%(venue)s takes part at the new time too, and what it holds has moved with it.") % names)
    button, path = _where_to(notice, event, venue)
    return letter(
        space,
        Words(
            subject=_("New time: %(event)s, %(day)s") % names,
            title=_("%(event)s has a new time") % names,
            paragraphs=said,
            rows=_rows(event, space),
            button=button,
            path=path,
            reason=_reason(event, venue),
        ),
    )


def cancelled(notice: Notice) -> Letter:
    event, venue, space = _about(notice)
    names = {"event": event.title, "day": day_of(event, space)}
    button, path = _where_to(notice, event, venue)
    return letter(
        space,
        EventWords(
            subject=_("Cancelled: %(event)s, %(day)s") % names,
            title=_("%(event)s is cancelled") % names,
            paragraphs=[
                _("The event does not take place. Everybody who had signed up is told; what was held is free.")
            ],
            quote=event.cancel_reason,
            rows=_rows(event, space),
            button=button,
            path=path,
            reason=_reason(event, venue),
        ),
        template="events/mail/letter",
    )


def _about(notice: Notice) -> tuple[Event, Venue | None, Space]:
    """The event, the reader's venue of it, and the space in whose name the letter is."""
    event, venue = wanted.event_of(notice), wanted.venue_told(notice)
    return event, venue, space_of(venue) if venue else event.organiser


def _rows(event: Event, space: Space) -> list[tuple[str, str]]:
    return [
        (_("Event"), event.title),
        (_("Held by"), event.organiser.name),
        (_("When"), when(span_of(event), space)),
    ]


def _where_to(notice: Notice, event: Event, venue: Venue | None) -> tuple[str, str]:
    """For who runs the venue's space the page of the venue; for a host, who may have no role, that of the event."""
    reader = User.objects.filter(pk=notice.facts["user"]).first()
    if reader and venue and venue.space_id in reader.roles:
        return _("See our venue"), reverse("admin:events_venue_change", args=[venue.pk])
    return _("See the event"), event.get_absolute_url()


def _reason(event: Event, venue: Venue | None) -> str:
    if venue:
        names = {"venue": venue.name, "event": event.title}
        return _("You get this mail because you look after %(venue)s at %(event)s.") % names
    return _("You get this mail because you are the host of %(event)s.") % {"event": event.title}
