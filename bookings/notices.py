"""What bookings tell people: confirmed, changed, cancelled, and the reminder the day before."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.coming_links import coming_address, not_coming_address
from bookings.ics import calendar_file
from bookings.models import Booking
from bookings.qr import door_address, qr_png
from bookings.visit_choice import given_back
from bookings.visits import visits_address
from notices.kinds import Attachment, Kind, Letter, Needed, Topic, register
from notices.models import Notice
from spaces.letters import look, sender
from spaces.templatetags.wording import clock, day, hours, long_day, yen

CONFIRMED = "booking.confirmed"
CHANGED = "booking.changed"
CANCELLED = "booking.cancelled"
REMINDER = "booking.reminder"

# The evening before, at the space: late enough to know one's plans, early enough to change them.
REMINDED_AT = time(17, 0)


def register_kinds() -> None:
    """Tell the outbox about the kinds of this app; called when it starts."""
    for name, label, still_wanted, render, needed in (
        (CONFIRMED, gettext_lazy("Booking confirmed"), _still_as_told, _confirmed, Needed.LINK),
        (CHANGED, gettext_lazy("Booking changed"), _still_as_told, _changed, Needed.VAIN),
        (CANCELLED, gettext_lazy("Booking cancelled"), _still_cancelled, _cancelled, Needed.VAIN),
    ):
        register(Kind(name, label, still_wanted, render, topic=Topic.BOOKINGS, needed=needed))
    reminder = gettext_lazy("Reminder the day before")
    register(Kind(REMINDER, reminder, _still_as_told, _reminder, topic=Topic.BOOKINGS, quiet=True))


def booked(booking: Booking, *, now: datetime) -> list[Notice]:
    """The notices of a new booking."""
    return [*_at_once(CONFIRMED, booking, now), *_reminders(booking, now)]


def moved(booking: Booking, *, before: datetime, now: datetime) -> list[Notice]:
    """The notices of a booking that was moved; the reminder of the old time will find itself unwanted."""
    return [*_at_once(CHANGED, booking, now, before=before.isoformat()), *_reminders(booking, now)]


def cancelled(booking: Booking, *, now: datetime) -> list[Notice]:
    """The notice of a cancelled booking."""
    return list(_at_once(CANCELLED, booking, now))


def local_time(booking: Booking, moment: datetime) -> str:
    """A moment as people at the booking's space would write it."""
    with timezone.override(booking.resource.space.zone):
        return f"{day(moment)}, {clock(moment)}"


def _at_once(kind: str, booking: Booking, now: datetime, **facts: str) -> Iterator[Notice]:
    # That a time is confirmed tells nobody anything once it is over; that it was cancelled still does.
    useful_until = None if kind == CANCELLED else booking.ends_at
    yield from _notice(kind, booking, due_at=now, useful_until=useful_until, now=now, **facts)


def _reminders(booking: Booking, now: datetime) -> Iterator[Notice]:
    zone = booking.resource.space.zone
    eve = booking.starts_at.astimezone(zone).date() - timedelta(days=1)
    due_at = datetime.combine(eve, REMINDED_AT, zone)
    if due_at > now:
        yield from _notice(REMINDER, booking, due_at=due_at, useful_until=booking.starts_at, now=now)


def _notice(
    kind: str,
    booking: Booking,
    *,
    due_at: datetime,
    useful_until: datetime | None,
    now: datetime,
    **facts: str,
) -> Iterator[Notice]:
    if not booking.person:
        return
    yield Notice(
        kind=kind,
        subject_key=f"booking:{booking.pk}",
        dedupe_key=f"{kind}:{booking.pk}:{booking.sequence}",
        recipient=booking.person,
        language=_language(booking),
        space_slug=booking.resource.space.slug,
        timezone=booking.resource.space.timezone,
        facts={"sequence": booking.sequence, **facts},
        due_at=due_at,
        useful_until=useful_until,
        created_at=now,
    )


def _language(booking: Booking) -> str:
    """The language of who comes: of their account, or else of the ticket that they hold."""
    known = booking.user or booking.ticket
    return known.language if known else settings.LANGUAGE_CODE


def _booking(notice: Notice) -> Booking:
    """The booking of a notice, read once: whether it is still wanted, and its words, are of one moment."""
    read: Booking | None = getattr(notice, "booking", None)
    if read is None:
        rows = Booking.objects.select_related("resource__space", "ticket__campaign")
        read = rows.get(pk=notice.subject_pk)
        vars(notice)["booking"] = read
    return read


def _still_as_told(notice: Notice) -> bool:
    booking = _booking(notice)
    return booking.is_live and booking.sequence == notice.facts["sequence"]


def _still_cancelled(notice: Notice) -> bool:
    return _booking(notice).cancelled_at is not None


def _confirmed(notice: Notice) -> Letter:
    return _letter(notice, "confirmed", _("Booked: %(space)s, %(day)s"), _("Your booking is confirmed."))


def _changed(notice: Notice) -> Letter:
    return _letter(notice, "changed", _("Changed: %(space)s, %(day)s"), _("Your booking has moved."))


def _cancelled(notice: Notice) -> Letter:
    return _letter(notice, "cancelled", _("Cancelled: %(space)s, %(day)s"), _("Your booking is cancelled."))


def _reminder(notice: Notice) -> Letter:
    booking, now = _booking(notice), timezone.now()
    space = booking.resource.space
    asks = {
        "is_late": booking.is_late_at(now),
        "keep_url": coming_address(booking),
        "keep_text": _("I'm coming"),
        "free_url": not_coming_address(booking),
        "free_text": _("Free my seat") if booking.holds_seat else _("Cancel the booking"),
    }
    # What could not go out in the evening goes out in the morning.
    if space.today(booking.starts_at) == space.today(now):
        return _letter(notice, "reminder", _("Today: %(space)s, %(day)s"), _("See you today."), **asks)
    return _letter(notice, "reminder", _("Tomorrow: %(space)s, %(day)s"), _("See you tomorrow."), **asks)


def _letter(notice: Notice, name: str, subject: str, title: str, **more: Any) -> Letter:
    booking = _booking(notice)
    space = booking.resource.space
    before = notice.facts.get("before")
    with timezone.override(space.zone):
        context = {
            **look(space),
            "booking": booking,
            "space": space,
            "before": datetime.fromisoformat(before) if before else None,
            "rows": _rows(booking),
            "booking_url": settings.SITE_URL
            + (visits_address(booking.ticket) if booking.ticket else booking.get_absolute_url()),
            "given_back": given_back(booking, now=timezone.now()) if name == "cancelled" else None,
            **more,
        }
        return Letter(
            subject=subject % {"space": space.name, "day": f"{day(booking.starts_at)} {clock(booking.starts_at)}"},
            title=title,
            text=render_to_string(f"bookings/mail/{name}.txt", context).strip(),
            html=render_to_string(f"bookings/mail/{name}.html", context),
            reason=_("You get this mail because of your booking at %(space)s.") % {"space": space.name},
            sender=sender(space),
            attachments=[_calendar(booking), *_code(booking)],
        )


def _rows(booking: Booking) -> list[tuple[str, str]]:
    """The booking's facts as a mail lists them, in the active language and zone."""
    space = booking.resource.space
    rows = [
        (_("Where"), f"{space.full_name or space.name} · {booking.resource.name}"),
        (_("When"), f"{long_day(booking.starts_at)} {clock(booking.starts_at)}–{clock(booking.ends_at)}"),
        (_("Trial ticket"), booking.ticket.campaign.name) if booking.ticket else (_("People"), str(booking.seats)),
        (_("Price"), yen(booking.price)),
        *([(_("From your plan"), hours(booking.plan_minutes))] if booking.plan_minutes else []),
        (_("Reference"), booking.spaced_reference),
    ]
    return [*rows, (_("Address"), space.address)] if space.address else rows


def _code(booking: Booking) -> Iterator[Attachment]:
    """The QR code for the desk, for who has no account to show it from."""
    if booking.ticket and booking.is_live:
        yield Attachment(f"{booking.reference}.png", qr_png(door_address(booking)), "image/png")


def _calendar(booking: Booking) -> Attachment:
    method = "CANCEL" if booking.cancelled_at else "REQUEST"
    return Attachment(
        filename="booking.ics",
        content=calendar_file(booking, method=method, now=timezone.now()),
        mimetype=f"text/calendar; method={method}",
    )
