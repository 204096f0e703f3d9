"""What is told of visits by visa that a host is asked for: to its operators, and to who asked when they say no."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.askable import against
from bookings.models import VisaRequest
from bookings.visa_answers import is_good_for
from members.models import User
from members.notices import DECIDE, decides_at
from notices.kinds import Kind, Letter, Needed, Topic, register
from notices.models import Notice
from spaces.letters import Words, letter
from spaces.models import Space
from spaces.templatetags.wording import clock, day, long_day, yen
from visas.holding import visa_of

ASKED = "visa.asked"
REFUSED = "visa.refused"


def register_kinds() -> None:
    """Tell the outbox about the kinds; called when the app starts."""
    register(Kind(ASKED, gettext_lazy("Visit by VISA asked for"), _still_waits, _asked, topic=Topic.RUNNING))
    refused_label = gettext_lazy("Visit by VISA refused")
    register(Kind(REFUSED, refused_label, _is_refused, _refused, topic=Topic.TRAVEL, needed=Needed.ANSWER))


def asked(request: VisaRequest, *, now: datetime) -> list[Notice]:
    """Tell the operators of a host who would like to come; worth sending until the visit would begin."""
    space = request.space
    told = User.objects.filter(is_active=True, operator__space=space, operator__role__in=DECIDE).order_by("pk")
    notices = [_notice(ASKED, request, operator, now) for operator in told]
    for notice in notices:
        notice.useful_until = request.starts_at
    return notices


def refused(request: VisaRequest, *, now: datetime) -> list[Notice]:
    """Tell who asked that the host says no, and why."""
    return [_notice(REFUSED, request, request.visa.membership.user, now)]


def _notice(kind: str, request: VisaRequest, to: User, now: datetime) -> Notice:
    return Notice(
        kind=kind,
        subject_key=f"visa_request:{request.pk}",
        dedupe_key=f"{kind}:{request.pk}:{to.pk}",
        recipient=to.email,
        language=to.language,
        space_slug=request.space.slug,
        timezone=request.space.timezone,
        due_at=now,
        created_at=now,
    )


def _request(notice: Notice) -> VisaRequest:
    rows = VisaRequest.objects.select_related("visa__membership__user", "visa__membership__space", "resource__space")
    return rows.get(pk=notice.subject_pk)


def _still_waits(notice: Notice) -> bool:
    request = _request(notice)
    waits = request.answered_at is None and is_good_for(visa_of(request.visa.membership), request)
    return waits and decides_at(request.space, notice.recipient)


def _is_refused(notice: Notice) -> bool:
    return _request(notice).answer == VisaRequest.Answer.REFUSED


def _asked(notice: Notice) -> Letter:
    request = _request(notice)
    space, membership = request.space, request.visa.membership
    name, home = membership.user.display_name, membership.space.name
    with timezone.override(space.zone):
        words = Words(
            subject=_("Request for a visit by VISA: %(name)s, %(day)s")
            % {"day": f"{day(request.starts_at)} {clock(request.starts_at)}", "name": name},
            title=_("%(name)s of %(home)s would like to come") % {"name": name, "home": home},
            paragraphs=[
                _("This visit doesn't fit your terms of the Coworking VISA. You can accept it with one click."),
                _("Please answer either way: requests without an answer lower your space's honoured rate."),
            ],
            button=_("Answer the request"),
            path=reverse("admin:bookings_visarequest_change", args=[request.pk]),
            reason=_("You get this mail because you help to run %(space)s.") % {"space": space.name},
            rows=[
                *_when_and_where(request, space),
                (_("Price"), yen(request.price)),
                *([(_("What doesn't fit"), " ".join(found))] if (found := against(request)) else []),
                *([(_("Message"), request.message)] if request.message else []),
            ],
        )
        return letter(space, words)


def _refused(notice: Notice) -> Letter:
    request = _request(notice)
    space = request.space
    with timezone.override(space.zone):
        words = Words(
            subject=_("Not this time: %(space)s, %(day)s") % {"space": space.name, "day": day(request.starts_at)},
            title=_("%(space)s can't take this visit") % {"space": space.name},
            paragraphs=[_("No day of your Coworking VISA is used. Within the space's terms you can book as before.")],
            button=_("Choose another time"),
            path=space.get_absolute_url(),
            reason=_("You get this mail because you asked %(space)s for a visit.") % {"space": space.name},
            rows=[(_("Reason"), request.reason), *_when_and_where(request, space)],
        )
        return letter(space, words)


def _when_and_where(request: VisaRequest, space: Space) -> list[tuple[str, str]]:
    times = f"{clock(request.starts_at)}–{clock(request.ends_at)}"
    return [(_("When"), f"{long_day(request.starts_at)} {times}"), (_("Where"), f"{space.name} · {request.resource}")]
