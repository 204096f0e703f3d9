"""What a visa gives for one visit at a host: a free day, a percentage off, or the reasons against it. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.formats import date_format

from spaces.calendar import Span
from spaces.models import Space
from spaces.templatetags.wording import plain_day
from visas.holding import HeldVisa
from visas.models import Terms
from visas.refusals import refusal

# What a host can waive with one press: its own wishes, not what a visa is.
WAIVABLE = frozenset({"visa_hours", "visa_notice", "visa_nearby", "visa_twice_a_week", "visa_too_new"})


@dataclass(frozen=True)
class UsedDay:
    """A day at a host that a visa has been used for, or is to be; one of the free ones, or one that was paid for."""

    day: date
    is_free: bool


@dataclass(frozen=True)
class Entry:
    """A visit at a host on a day of its calendar; `days_left` of the month are free after it."""

    held: HeldVisa
    terms: Terms
    day: date
    is_free: bool
    days_left: int
    problems: tuple[ValidationError, ...]

    @property
    def can_be_waived(self) -> bool:
        """Whether nothing stands against it but what the host itself wishes."""
        return bool(self.problems) and all(problem.code in WAIVABLE for problem in self.problems)


def entry(
    held: HeldVisa,
    terms: Terms,
    host: Space,
    span: Span,
    *,
    used: Collection[UsedDay],
    sells_drop_in: bool,
    now: datetime,
    waived: bool = False,
) -> Entry:
    """Judge a visit over a span of moments at a host by its terms.

    `used` are the days that the visa was used for at the host, this month and this week at least. With what it wishes
    `waived` by the host, nothing else stands against it than what a visa is.
    """
    day = host.today(span.starts_at)
    taken = free_days(used, day)
    is_free = day in taken or len(taken) < terms.days_free
    days_left = max(terms.days_free - len(taken | {day}), 0) if is_free else 0
    problems = list(_problems(held, terms, host, span, day, used, now))
    if waived:
        problems = [problem for problem in problems if problem.code not in WAIVABLE]
    if not is_free and not (terms.percent_off and sells_drop_in):
        problems.append(refusal("visa_days_used", space=host.name, days=terms.days_free, month=month_in_words(day)))
    return Entry(held, terms, day, is_free, days_left, tuple(problems))


def days_left(terms: Terms, used: Collection[UsedDay], day: date) -> int:
    """How many free days a visa has left at a host in the month of a day, when these are used, or are to be."""
    return max(terms.days_free - len(free_days(used, day)), 0)


def free_days(used: Collection[UsedDay], day: date) -> set[date]:
    """The free days that are used in the month of a day."""
    return {one.day for one in used if one.is_free and (one.day.year, one.day.month) == (day.year, day.month)}


def month_in_words(day: date) -> str:
    return date_format(day, "YEAR_MONTH_FORMAT")


def _problems(
    held: HeldVisa, terms: Terms, host: Space, span: Span, day: date, used: Collection[UsedDay], now: datetime
) -> Iterator[ValidationError]:
    invalid = held.why_not_on(day)
    if invalid:
        yield invalid
    if terms.opens and terms.closes:
        begins, ends = (moment.astimezone(host.zone) for moment in span)
        if begins.time() < terms.opens or ends.date() > begins.date() or ends.time() > terms.closes:
            yield refusal("visa_hours", space=host.name, opens=f"{terms.opens:%H:%M}", closes=f"{terms.closes:%H:%M}")
    if terms.notice_hours and span.starts_at - timedelta(hours=terms.notice_hours) < now:
        yield refusal("visa_notice", space=host.name, hours=terms.notice_hours)
    if terms.not_from_nearby and host.town and held.home.town == host.town:
        yield refusal("visa_nearby", space=host.name, home=held.home.name)
    if terms.once_a_week and any(one.day != day and _week(one.day) == _week(day) for one in used):
        yield refusal("visa_twice_a_week", space=host.name)
    if terms.months_of_membership:
        since = _months_after(held.membership.starts_on, terms.months_of_membership)
        if day < since:
            yield refusal("visa_too_new", space=host.name, day=plain_day(since))


def _week(day: date) -> tuple[int, int]:
    """Year and number of the week, from Monday to Sunday (ISO 8601)."""
    return day.isocalendar()[:2]


def _months_after(day: date, months: int) -> date:
    """The first day on which so many months have gone by: the same day of the month, or where it has none the first of
    the next, as the period then ends with the month (Civil Code of Japan, article 143, paragraph 2)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), first_of_next)
