"""A person's passports: each Coworking VISA as it stands today, and for each host a page with what is left and stamps.

All of it is read in six queries, however many visas, spaces and visits there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from bookings.models import Booking
from bookings.pricelist import PriceList, price_list
from bookings.used import visa_days
from members.models import Plan, User
from spaces.calendar import Span
from spaces.house import House, houses
from spaces.models import Space
from visas.entry import UsedDay, days_left, entry
from visas.holding import HeldVisa, visas_of
from visas.models import Terms, Visa
from visas.sentence import terms_in_words

# Stamps on a page; of those before only the number is told.
STAMPS_SHOWN = 24
# What stands against a visa at a host whenever its holder would come.
_AGAINST_EVERY_VISIT = ("visa_nearby", "visa_too_new")
# Why a visa is not valid today, but will be.
_NOT_YET = ("visa_begins", "visa_rests")

# One stamp for a day, which is the host's own.
_STAMPS = """
SELECT visa_id, space_id, day, visits FROM (
    SELECT *, count(*) OVER at_host AS visits, row_number() OVER (at_host ORDER BY day DESC) AS number
    FROM (
        SELECT DISTINCT visa_id, space_id, (starts_at AT TIME ZONE space.timezone)::date AS day
        FROM bookings_booking booking
        JOIN spaces_resource resource ON resource.id = resource_id JOIN spaces_space space ON space.id = space_id
        WHERE visa_id = ANY(%s) AND checked_in_at IS NOT NULL
    ) visit WINDOW at_host AS (PARTITION BY visa_id, space_id)
) stamp WHERE number <= %s ORDER BY day DESC
"""

# By visa and host.
Key = tuple[int, int]


@dataclass(frozen=True)
class Stamps:
    """The days on which a visa was shown at a host, the latest first, and how many days there were in all."""

    days: tuple[date, ...] = ()
    visits: int = 0

    @property
    def before(self) -> int:
        """How many days are not shown, since they are too long ago."""
        return self.visits - len(self.days)


@dataclass(frozen=True)
class Offered:
    """What a host gives to a visa: its terms, the free days left of its month, and what stands against any visit."""

    terms: Terms
    sentence: str
    today: date
    days_left: int
    against: tuple[ValidationError, ...]
    is_confirmed: bool


@dataclass(frozen=True)
class HostPage:
    """The page of a host; it offers nothing (any more) where it has left, or the person is at home there by now."""

    house: House
    offered: Offered | None
    stamps: Stamps
    upcoming: tuple[Booking, ...]
    today: date

    @property
    def space(self) -> Space:
        return self.house.space

    @property
    def has_left(self) -> bool:
        """Whether the host is in the federation no more."""
        return not self.space.is_in_federation(self.today)


@dataclass(frozen=True)
class Passport:
    """A visa on a day of its home space, with the pages of the hosts."""

    held: HeldVisa
    today: date
    refused: ValidationError | None
    pages: tuple[HostPage, ...]

    @property
    def visa(self) -> Visa:
        return self.held.visa

    @property
    def is_valid(self) -> bool:
        return self.refused is None

    @property
    def will_be_valid(self) -> bool:
        """Whether it is not valid today, but rests or is still to begin."""
        return is_to_come(self.held, self.refused, self.today)

    @property
    def is_over(self) -> bool:
        """Whether it is not valid, and will not be as far as is known."""
        return not self.is_valid and not self.will_be_valid

    @property
    def until(self) -> date | None:
        """The last day that it is good for; None: no end is known, or it is over."""
        return None if self.is_over else self.held.valid_until(self.today)


@dataclass(frozen=True)
class Granting:
    """A space with those of its plans that come with a visa."""

    space: Space
    plans: tuple[Plan, ...]


@dataclass(frozen=True)
class Passports:
    """All passports of a person, those that open something first; and how one would get a visa."""

    every: tuple[Passport, ...]
    granting: tuple[Granting, ...]

    @property
    def has_live(self) -> bool:
        """Whether one of them is good for something, now or later."""
        return any(not one.is_over for one in self.every)


def is_to_come(held: HeldVisa, refused: ValidationError | None, today: date) -> bool:
    """Whether a visa that is refused today will be good on a later day, as far as is known."""
    if refused is None:
        return False
    later = refused.code == "visa_not_granted" and any(first > today for first, _last in held.granted)
    return later or refused.code in _NOT_YET


def passports(user: User, *, now: datetime) -> Passports:
    """The passports of a person as they stand at a moment: six queries, three where there is no visa."""
    held = visas_of(user)
    # One that has left the federation still shows its stamps (design rule 11).
    day = timezone.localdate(now)
    found = houses(Space.objects.all(), today=day)
    hosts = [house.space for house in found]
    prices = price_list([space.pk for space in hosts], user, today=day)
    visas = [one.visa for one in held]
    used = visa_days(visas, hosts, now=now) if visas else {}
    stamps = _stamps(visas) if visas else {}
    upcoming = _upcoming(visas, now) if visas else {}

    def pages(one: HeldVisa, is_open: bool) -> Iterator[HostPage]:
        for house in found:
            key = (one.visa.pk, house.space.pk)
            today = house.space.today(now)
            is_host = is_open and house.space.is_in_federation(today) and not prices.is_home_on(house.space.pk, today)
            offered = _offered(one, house, prices, used.get(key, ()), now) if is_host else None
            if offered or key in stamps or key in upcoming:
                yield HostPage(house, offered, stamps.get(key, Stamps()), upcoming.get(key, ()), today)

    every = []
    for one in held:
        today = one.home.today(now)
        refused = one.why_not_on(today)
        is_open = refused is None or is_to_come(one, refused, today)
        every.append(Passport(one, today, refused, tuple(pages(one, is_open))))
    every.sort(key=lambda passport: (not passport.is_valid, not passport.will_be_valid))
    return Passports(tuple(every), tuple(_granting(found, prices, now)))


def _offered(held: HeldVisa, house: House, prices: PriceList, used: tuple[UsedDay, ...], now: datetime) -> Offered:
    space = house.space
    terms = prices.visas.terms_of(space.pk)
    sells_drop_in = bool(prices.visits_at(space.pk))
    visit = entry(
        held, terms, space, Span(now, now + timedelta(hours=1)), used=used, sells_drop_in=sells_drop_in, now=now
    )
    return Offered(
        terms=terms,
        sentence=terms_in_words(terms, sells_drop_in=sells_drop_in),
        today=visit.day,
        days_left=days_left(terms, used, visit.day),
        against=tuple(problem for problem in visit.problems if problem.code in _AGAINST_EVERY_VISIT),
        is_confirmed=bool(terms.pk) and terms.is_confirmed_at(now),
    )


def _stamps(visas: list[Visa]) -> dict[Key, Stamps]:
    with connection.cursor() as cursor:
        cursor.execute(_STAMPS, [[visa.pk for visa in visas], STAMPS_SHOWN])
        rows = cursor.fetchall()
    found: dict[Key, Stamps] = {}
    for visa, space, day, visits in rows:
        before = found.get((visa, space), Stamps())
        found[visa, space] = Stamps((*before.days, day), visits)
    return found


def _upcoming(visas: list[Visa], now: datetime) -> dict[Key, tuple[Booking, ...]]:
    """Visits to come; who has checked in has the stamp already."""
    rows = Booking.objects.upcoming(now).filter(visa__in=visas, checked_in_at=None).select_related("resource")
    found: dict[Key, tuple[Booking, ...]] = {}
    for booking in rows:
        key = (booking.visa_id or 0, booking.resource.space_id)
        found[key] = (*found.get(key, ()), booking)
    return found


def _granting(found: list[House], prices: PriceList, now: datetime) -> Iterator[Granting]:
    for house in found:
        plans = tuple(terms.plan for terms in prices.sold_at(house.space.pk) if terms.plan.grants_visa)
        if plans and house.space.is_in_federation(house.space.today(now)):
            yield Granting(house.space, plans)
