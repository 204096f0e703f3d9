"""Checking the rows of an import against the space and the people that are there."""

import re
import unicodedata
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from members.booths import START_WITHIN, booths_of, tenancies_from
from members.import_file import (
    COLUMNS,
    FIRST_DAY,
    HIGHEST_PRICE,
    MOST_ROWS,
    NAME_LENGTH,
    NAMES,
    NOTE_LENGTH,
    PASSED_OVER,
    REQUIRED,
    Problem,
    Reading,
    Wanted,
)
from members.models import BoothWait, Membership, Plan, User
from members.models.membership import DAY
from spaces.models import Resource, Space


class Checker:
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
