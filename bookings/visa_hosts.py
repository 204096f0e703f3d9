"""What hosts give by Coworking VISA, and how they keep their word, as pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bookings.honoured import Honoured, honoured_by
from bookings.pricelist import PriceList
from spaces.models import Space
from visas.sentence import terms_in_words


@dataclass(frozen=True)
class VisaHost:
    """A host's terms in a sentence of the active language, and what became of visits.

    `confirmed_on` is the day on which the host last said that they hold: None where it never has.
    """

    sentence: str
    confirmed_on: date | None
    is_confirmed: bool
    honoured: Honoured


def visa_hosts(spaces: Sequence[Space], prices: PriceList, *, now: datetime) -> dict[int, VisaHost]:
    """Spaces as hosts, by their keys, with the terms of a price list of theirs: one query."""
    honoured = honoured_by([space.pk for space in spaces], now=now)
    return {space.pk: _visa_host(space, prices, honoured[space.pk], now) for space in spaces}


def _visa_host(space: Space, prices: PriceList, honoured: Honoured, now: datetime) -> VisaHost:
    terms = prices.visas.terms_of(space.pk)
    # What all share, of a host that has written nothing down, is no row.
    is_written = terms.pk is not None
    return VisaHost(
        sentence=terms_in_words(terms, sells_drop_in=bool(prices.visits_at(space.pk))),
        confirmed_on=space.today(terms.confirmed_at) if is_written else None,
        is_confirmed=is_written and terms.is_confirmed_at(now),
        honoured=honoured,
    )
