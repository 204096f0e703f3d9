"""What the health page says of each part of the house, and what there is to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.health import Health, State

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# Beat asks for a round each five seconds, and a round takes less than one minute.
QUIET = timedelta(minutes=2)
WORDS: "dict[State, tuple[str, _StrPromise]]" = {
    State.OK: ("success", gettext_lazy("Well")),
    State.DEGRADED: ("warning", gettext_lazy("Look at it")),
    State.DOWN: ("danger", gettext_lazy("Down")),
    State.UNKNOWN: ("default", gettext_lazy("Not known")),
}


@dataclass(frozen=True)
class Part:
    """One line of the page: `todo` is for who looks after the server, and empty when all is well."""

    name: str
    state: State
    says: str
    todo: str = ""

    @property
    def colour(self) -> str:
        return WORDS[self.state][0]

    @property
    def state_name(self) -> str:
        return str(WORDS[self.state][1])


def parts(found: Health, last_round: datetime | None) -> list[Part]:
    return [_database(found), _migrations(found), _redis(found), _worker(found, last_round), _notices(found)]


def _database(found: Health) -> Part:
    if found.stored:
        return Part(_("Database"), State.OK, _("It answers."))
    return Part(_("Database"), State.DOWN, _("It does not answer in time."), _("Look at PostgreSQL and its log."))


def _migrations(found: Health) -> Part:
    state = found.migrations_state
    if state == State.DOWN and found.stored:
        count = found.stored.unapplied
        said = ngettext("%(count)s migration is missing.", "%(count)s migrations are missing.", count)
        return Part(_("Migrations"), state, said % {"count": count}, _("Run manage.py migrate."))
    said = _("The tables are those of this version.") if state == State.OK else _("They can’t be read now.")
    return Part(_("Migrations"), state, said)


def _redis(found: Health) -> Part:
    if found.redis:
        return Part("Redis", State.OK, _("It answers."))
    return Part(
        "Redis",
        State.DOWN,
        _("It does not answer. Bookings go on; mails wait until it is back."),
        _("Start Redis again. Nothing in it would be missed."),
    )


def _worker(found: Health, last_round: datetime | None) -> Part:
    start = _("Look whether the worker and beat are running.")
    if last_round is None:
        if not found.redis:
            return Part(_("Worker"), State.UNKNOWN, _("Without Redis nobody wakes it."))
        return Part(_("Worker"), State.UNKNOWN, _("No round since Redis was started."), start)
    if found.now - last_round <= QUIET:
        return Part(_("Worker"), State.OK, _("It looked for due notices within the last two minutes."))
    said = _("It last looked for due notices %(time)s ago.") % {"time": timesince(last_round, found.now)}
    return Part(_("Worker"), State.DOWN, said, start)


def _notices(found: Health) -> Part:
    state = found.notices_state
    if state == State.DEGRADED and found.late_by:
        waits = timesince(found.now - found.late_by, found.now)
        said = _("The oldest one that is due has been waiting for %(time)s.") % {"time": waits}
        return Part(_("Notices"), state, said, _("Look at its last error: often the mail server does not answer."))
    said = _("They go out in time.") if state == State.OK else _("They can’t be read now.")
    return Part(_("Notices"), state, said)
