"""The file of an import: its columns, its rows, and every sentence that says what is wrong with it.

What the columns hold is told to operators in docs/importing.md.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from members.models import Plan, User
from spaces.models import Resource

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 5000
NOTE_LENGTH = 2000
HIGHEST_PRICE = 10_000_000
FIRST_DAY = date(1990, 1, 1)

COLUMNS = (
    "email",
    "family_name",
    "given_name",
    "family_reading",
    "given_reading",
    "language",
    "plan",
    "booth",
    "price",
    "status",
    "starts_on",
    "ends_on",
    "paused_until",
    "billed_from",
    "agreement_on",
    "key_given_on",
    "key_returned_on",
    "note",
)
REQUIRED = ("email", "family_name", "plan", "starts_on")
# An export has them too; they say how things were elsewhere, and nothing here is made of them.
PASSED_OVER = ("space", "applied_on", "decided_on", "renewal_day", "last_visit")
NAMES = ("family_name", "given_name", "family_reading", "given_reading")
NAME_LENGTH = 60

SENTENCES: "dict[str, _StrPromise]" = {
    "too_big": _("The file is larger than %(megabytes)s MB. Split it."),
    "encoding": _("The file is neither UTF-8 nor Shift_JIS. Save it as CSV once more."),
    "not_csv": _("This is not a CSV file."),
    "empty": _("The file is empty."),
    "no_rows": _("There is no row below the names of the columns."),
    "too_many_rows": _("The file has more than %(most)s rows. Split it."),
    "unknown_column": _("There is no column “%(column)s”. Take it out, or correct its name."),
    "missing_column": _("The column “%(column)s” is missing."),
    "column_twice": _("The column “%(column)s” is there twice."),
    "wrong_number": _("The row has %(found)s cells, and there are %(wanted)s columns."),
    "missing": _("This must be filled in."),
    "control": _("There is a character in it that can't be printed."),
    "too_long": _("It is longer than %(length)s characters."),
    "bad_email": _("“%(text)s” is not an e-mail address."),
    "email_twice": _("This address is in line %(line)s already."),
    "closed_account": _("The account with this address is closed."),
    "member_already": _("This person has a membership at this space already."),
    "language": _("The language is ja or en, not “%(text)s”."),
    "unknown_plan": _("The space has no plan “%(text)s”."),
    "visit_plan": _("“%(text)s” is sold by the visit; it is not a membership."),
    "retired_plan": _("“%(text)s” is retired."),
    "bad_date": _("“%(text)s” is not a day. Write it like 2026-04-01."),
    "bad_year": _("The year is not one in which a membership can have begun or end."),
    "starts_too_late": _("A membership begins by %(day)s at the latest."),
    "ends_before_start": _("The last day is before the first."),
    "ended_already": _("This membership has ended. Only active and paused ones come in."),
    "unknown_status": _("The status is active or paused, not “%(text)s”."),
    "paused_before_start": _("A membership that has not begun can't be paused."),
    "pause_without_status": _("Only a paused membership has a last day of the pause."),
    "pause_over": _("The pause is over before today."),
    "booth_pause": _("A work booth can't be paused: it would stay taken."),
    "booth_missing": _("This plan needs a booth: name it."),
    "booth_not_of_plan": _("This plan comes with no booth."),
    "unknown_booth": _("The plan has no booth “%(text)s”."),
    "booth_twice": _("This booth is in line %(line)s already."),
    "booth_let": _("This booth is let or promised to somebody."),
    "bad_price": _("The price is a whole number of yen, 0 to 10,000,000, not “%(text)s”."),
    "free_costs": _("A free plan costs nothing."),
    "in_the_future": _("That day is still to come."),
    "key_not_given": _("A key is returned after it was handed over."),
    "meanwhile": _("Something changed while the file was read. Check it again."),
    "name_differs": _("The account with this address says “%(name)s”. It stays as it is."),
}


@dataclass(frozen=True)
class Problem:
    """What is wrong, or to be known, in which line (from 1, the names of the columns) and column."""

    line: int
    column: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.code]) % self.params


@dataclass
class Wanted:
    """One row, understood."""

    line: int
    email: str
    names: dict[str, str]
    language: str
    plan: Plan
    booth: Resource | None
    price: int
    status: str
    starts_on: date
    ends_on: date | None
    paused_until: date | None
    papers: dict[str, Any]
    user: User | None = None


@dataclass
class Reading:
    """What a file says: the rows, what is against them, and what is only to be known."""

    rows: list[Wanted] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
