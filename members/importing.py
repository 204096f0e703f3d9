"""Importing the members of a space from a CSV file: every problem is told by line and column, and all come in or none.

What the columns hold is told to operators in docs/importing.md. Nobody is mailed: these people are members already.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from members.booths import START_WITHIN, booths_of, tenancies_from
from members.costs import renewal_day_of
from members.models import AgreedPlan, BoothWait, Membership, Pause, Plan, User
from members.models.membership import DAY
from spaces.locks import lock_resources
from spaces.models import Resource, Space

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


class FileRefusedError(Exception):
    """A file that does not come in, with every reason."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(f"{len(reading.problems)} problems")
        self.reading = reading


def check(space: Space, content: bytes, *, now: datetime) -> Reading:
    """Read a file for a space and write nothing: every row, and every problem with its line and column."""
    reading = Reading()
    try:
        lines = list(_lines(content))
    except _UnreadableError as error:
        reading.problems.append(error.problem)
        return reading
    _Checker(space, lines, reading, now).run()
    reading.problems.sort(key=lambda problem: problem.line)
    return reading


@transaction.atomic
def load(space: Space, content: bytes, *, by: User, why: str = "", now: datetime) -> int:
    """Bring a file's people in as members, all or none; how many. It is checked again under the lock of the booths.

    Raises FileRefusedError. Nobody is told anything.
    """
    lock_resources(Resource.objects.filter(space=space, kind=Resource.Kind.BOOTH).values_list("pk", flat=True))
    reading = check(space, content, now=now)
    if reading.problems:
        raise FileRefusedError(reading)
    try:
        with transaction.atomic():
            _write(space, reading.rows, by, why, now)
    except IntegrityError as error:
        # Somebody else joined, or signed up with one of the addresses, between the check and the rows.
        raise FileRefusedError(Reading(problems=[Problem(1, "", "meanwhile")])) from error
    return len(reading.rows)


class _UnreadableError(Exception):
    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.problem = Problem(1, "", code, params)


def _lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file, each with the number of its first line; lines with nothing in them are passed over."""
    if len(content) > MOST_BYTES:
        raise _UnreadableError("too_big", megabytes=MOST_BYTES // 1024 // 1024)
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise _UnreadableError("empty")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp932")
        except UnicodeDecodeError:
            raise _UnreadableError("encoding") from None
    if "\0" in text:
        raise _UnreadableError("not_csv")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    first = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield first, [cell.strip() for cell in cells]
            first = reader.line_num + 1
    except csv.Error:
        raise _UnreadableError("not_csv") from None


class _Checker:
    """Goes through the rows of one file; what it must know of the space it reads once."""

    def __init__(self, space: Space, lines: list[tuple[int, list[str]]], reading: Reading, now: datetime) -> None:
        self.space = space
        self.lines = lines
        self.reading = reading
        self.now = now
        self.today = space.today(now)
        self.emails: dict[str, int] = {}
        self.booth_lines: dict[int, int] = {}

    def run(self) -> None:
        line, names = self.lines[0]
        header = [name.lower() for name in names]
        self._check_header(line, header)
        if len(self.lines) == 1:
            self._add(line, "", "no_rows")
        if len(self.lines) - 1 > MOST_ROWS:
            self._add(line, "", "too_many_rows", most=MOST_ROWS)
        if self.reading.problems:
            return
        self._look_up(header)
        for number, cells in self.lines[1:]:
            if len(cells) != len(header):
                self._add(number, "", "wrong_number", found=len(cells), wanted=len(header))
                continue
            row = self._row(number, dict(zip(header, cells, strict=True)))
            if row:
                self.reading.rows.append(row)

    def _check_header(self, line: int, header: list[str]) -> None:
        for name in header:
            if name not in COLUMNS and name not in PASSED_OVER:
                self._add(line, name, "unknown_column", column=name[:40])
        for name in sorted({name for name in header if header.count(name) > 1}):
            self._add(line, name, "column_twice", column=name[:40])
        for name in REQUIRED:
            if name not in header:
                self._add(line, name, "missing_column", column=name)

    def _look_up(self, header: list[str]) -> None:
        at = header.index("email")
        emails = {cells[at].lower() for _line, cells in self.lines[1:] if len(cells) > at}
        self.people = {user.email: user for user in User.objects.filter(email__in=emails)}
        live = Membership.objects.live().filter(space=self.space, user__email__in=emails)
        self.members = set(live.values_list("user__email", flat=True))
        self.plans: dict[str, Plan] = {}
        self.booths: dict[int, dict[str, Resource]] = {}
        every: list[Resource] = []
        for plan in self.space.plans.order_by("-position", "-pk"):
            plan.space = self.space
            for name in _names(plan):
                self.plans[name] = plan
            if plan.kind == Plan.Kind.BOOTH:
                booths = booths_of(plan)
                every += booths
                self.booths[plan.pk] = {name: booth for booth in booths for name in _names(booth)}
        # A membership that began long ago had its booth then.
        self.lettings = tenancies_from(every, date(1900, 1, 1))
        self.promised = set(BoothWait.objects.offered().filter(booth__in=every).values_list("booth_id", flat=True))

    def _row(self, line: int, cells: dict[str, str]) -> Wanted | None:
        before = len(self.reading.problems)
        for column, text in cells.items():
            if any(ord(letter) < 32 and letter not in "\n\r\t" for letter in text):
                self._add(line, column, "control")
        for column in REQUIRED:
            if not cells[column]:
                self._add(line, column, "missing")
        email = self._email(line, cells)
        self._lengths(line, cells)
        language = cells.get("language") or settings.LANGUAGE_CODE
        if language not in dict(settings.LANGUAGES):
            self._add(line, "language", "language", text=language[:40])
        status = (cells.get("status") or Membership.Status.ACTIVE).lower()
        if status not in (Membership.Status.ACTIVE, Membership.Status.PAUSED):
            self._add(line, "status", "unknown_status", text=status[:40])
        plan = self._plan(line, cells["plan"])
        starts_on = self._day(line, "starts_on", cells)
        ends_on = self._day(line, "ends_on", cells)
        paused_until = self._day(line, "paused_until", cells)
        self._days(line, starts_on, ends_on)
        self._pause(line, status, starts_on, paused_until, cells)
        booth = self._booth(line, cells.get("booth", ""), plan, status, starts_on, ends_on) if plan else None
        price = self._price(line, cells.get("price", ""), plan)
        papers = {**self._papers(line, cells), "billed_from": self._billed_from(line, cells, starts_on)}
        if len(self.reading.problems) > before or plan is None or starts_on is None:
            return None
        names = {name: cells.get(name, "") for name in NAMES}
        user = self.people.get(email)
        if user and any(names[name] and names[name] != getattr(user, name) for name in NAMES[:2]):
            known = Problem(line, "family_name", "name_differs", {"name": user.display_name})
            self.reading.warnings.append(known)
        return Wanted(
            line,
            email,
            names,
            language,
            plan,
            booth,
            price,
            status,
            starts_on,
            ends_on,
            paused_until,
            papers,
            user,
        )

    def _email(self, line: int, cells: dict[str, str]) -> str:
        email = cells["email"].lower()
        if not email:
            return ""
        try:
            EmailValidator()(email)
            if not email.isascii():
                raise ValidationError("")
        except ValidationError:
            self._add(line, "email", "bad_email", text=email[:80])
            return email
        if len(email) > (User._meta.get_field("email").max_length or 0):
            self._add(line, "email", "too_long", length=User._meta.get_field("email").max_length)
        if email in self.emails:
            self._add(line, "email", "email_twice", line=self.emails[email])
        self.emails.setdefault(email, line)
        if email in self.members:
            self._add(line, "email", "member_already")
        if email in self.people and not self.people[email].is_active:
            self._add(line, "email", "closed_account")
        return email

    def _lengths(self, line: int, cells: dict[str, str]) -> None:
        for column in NAMES:
            if len(cells.get(column, "")) > NAME_LENGTH:
                self._add(line, column, "too_long", length=NAME_LENGTH)
        if len(cells.get("note", "")) > NOTE_LENGTH:
            self._add(line, "note", "too_long", length=NOTE_LENGTH)

    def _plan(self, line: int, name: str) -> Plan | None:
        if not name:
            return None
        plan = self.plans.get(_plain(name))
        if plan is None:
            self._add(line, "plan", "unknown_plan", text=name[:80])
        elif plan.is_visit:
            self._add(line, "plan", "visit_plan", text=name)
            return None
        elif plan.retired_on and plan.retired_on <= self.today:
            self._add(line, "plan", "retired_plan", text=name)
        return plan

    def _day(self, line: int, column: str, cells: dict[str, str]) -> date | None:
        text = cells.get(column, "")
        if not text:
            return None
        found = re.fullmatch(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})", text)
        try:
            day = date(*map(int, found.groups())) if found else None
        except ValueError:
            day = None
        if day is None:
            self._add(line, column, "bad_date", text=text[:40])
        elif not FIRST_DAY <= day <= date(2199, 12, 31):
            self._add(line, column, "bad_year")
            return None
        return day

    def _days(self, line: int, starts_on: date | None, ends_on: date | None) -> None:
        latest = self.today + START_WITHIN
        if starts_on and starts_on > latest:
            self._add(line, "starts_on", "starts_too_late", day=latest.isoformat())
        if starts_on and ends_on and ends_on < starts_on:
            self._add(line, "ends_on", "ends_before_start")
        elif ends_on and ends_on < self.today:
            self._add(line, "ends_on", "ended_already")

    def _pause(self, line: int, status: str, starts_on: date | None, until: date | None, cells: dict[str, str]) -> None:
        if status == Membership.Status.PAUSED and starts_on and starts_on > self.today:
            self._add(line, "status", "paused_before_start")
        if status == Membership.Status.ACTIVE and cells.get("paused_until"):
            self._add(line, "paused_until", "pause_without_status")
        elif until and until < self.today:
            self._add(line, "paused_until", "pause_over")

    def _booth(
        self, line: int, name: str, plan: Plan, status: str, starts_on: date | None, ends_on: date | None
    ) -> Resource | None:
        if plan.kind != Plan.Kind.BOOTH:
            if name:
                self._add(line, "booth", "booth_not_of_plan")
            return None
        if status == Membership.Status.PAUSED:
            self._add(line, "status", "booth_pause")
        if not name:
            self._add(line, "booth", "booth_missing")
            return None
        booth = self.booths[plan.pk].get(_plain(name))
        if booth is None:
            self._add(line, "booth", "unknown_booth", text=name[:80])
            return None
        if booth.pk in self.booth_lines:
            self._add(line, "booth", "booth_twice", line=self.booth_lines[booth.pk])
        self.booth_lines.setdefault(booth.pk, line)
        first = starts_on or self.today
        is_let = any(
            let.booth_id == booth.pk
            and (let.ends_on is None or let.ends_on >= first)
            and (ends_on is None or let.starts_on <= ends_on)
            for let in self.lettings
        )
        if is_let or booth.pk in self.promised:
            self._add(line, "booth", "booth_let")
        return booth

    def _price(self, line: int, text: str, plan: Plan | None) -> int:
        if not text:
            return plan.price if plan else 0
        if not (text.isascii() and text.isdecimal() and len(text) <= 8 and int(text) <= HIGHEST_PRICE):
            self._add(line, "price", "bad_price", text=text[:40])
            return 0
        if plan and plan.kind == Plan.Kind.FREE and int(text):
            self._add(line, "price", "free_costs")
        return int(text)

    def _papers(self, line: int, cells: dict[str, str]) -> dict[str, Any]:
        days = {name: self._day(line, name, cells) for name in ("agreement_on", "key_given_on", "key_returned_on")}
        for name, day in days.items():
            if day and day > self.today:
                self._add(line, name, "in_the_future")
        given, returned = days["key_given_on"], days["key_returned_on"]
        if returned and (given is None or returned < given):
            self._add(line, "key_returned_on", "key_not_given")
        return {**days, "note": cells.get("note", "")}

    def _billed_from(self, line: int, cells: dict[str, str], starts_on: date | None) -> date | None:
        """From which day on months are billed here: a month that has begun was settled where the member comes from."""
        day = self._day(line, "billed_from", cells)
        if starts_on is None or starts_on >= self.today:
            return day
        return max(day or self.today, self.today + DAY)

    def _add(self, line: int, column: str, code: str, /, **params: Any) -> None:
        self.reading.problems.append(Problem(line, column, code, params))


def _names(named: Plan | Resource) -> list[str]:
    """What a plan or a booth is called in either language."""
    both = (getattr(named, f"name_{code}") for code, _label in settings.LANGUAGES)
    return [_plain(name) for name in both if name]


def _plain(name: str) -> str:
    """A name without what a spreadsheet or a keyboard changes: width, capitals, spaces."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _write(space: Space, rows: list[Wanted], by: User, why: str, now: datetime) -> None:
    new = [row for row in rows if row.user is None]
    for row in new:
        row.user = User(email=row.email, language=row.language, **row.names)
        row.user.set_unusable_password()
    User.objects.bulk_create([row.user for row in new if row.user])
    memberships = [
        Membership(
            user=row.user,
            space=space,
            status=Membership.Status.ACTIVE,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            renewal_day=renewal_day_of(row.plan, row.starts_on),
            applied_at=now,
            **row.papers,
        )
        for row in rows
    ]
    bulk_create_with_history(memberships, Membership, default_user=by, default_change_reason=why)
    pairs = list(zip(rows, memberships, strict=True))
    agreed = []
    for row, membership in pairs:
        terms = AgreedPlan.of(
            row.plan,
            membership=membership,
            booth=row.booth,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            told_at=now,
        )
        terms.price = row.price
        agreed.append(terms)
    AgreedPlan.objects.bulk_create(agreed)
    paused = [(row, membership) for row, membership in pairs if row.status == Membership.Status.PAUSED]
    today = space.today(now)
    Pause.objects.bulk_create(
        Pause(membership=membership, starts_on=today, ends_on=row.paused_until) for row, membership in paused
    )
    for _row, membership in paused:
        membership.status = Membership.Status.PAUSED
    resting = [membership for _row, membership in paused]
    bulk_update_with_history(resting, Membership, ["status"], default_user=by, default_change_reason=why)
