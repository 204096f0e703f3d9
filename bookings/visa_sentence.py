"""A host's terms in its sentence, with or without the percentage, as the host sells drop-in or not."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils.timezone import localdate
from django.utils.translation import override

from members.models import Plan
from spaces.models import Space
from visas.models import Terms
from visas.sentence import terms_in_words


def selling_drop_in(spaces: Iterable[Space], *, now: datetime) -> set[int]:
    """Keys of those spaces that sell visits today: one query. `PriceList.visits_at` asks the same of a price list."""
    sold = Plan.objects.sold_on(localdate(now)).filter(space__in=list(spaces), kind__in=Plan.VISITS)
    return set(sold.values_list("space", flat=True))


def sentence_of(terms: Terms, host: Space, *, now: datetime) -> str:
    """The sentence of one host, in the active language."""
    return terms_in_words(terms, sells_drop_in=host.pk in selling_drop_in([host], now=now))


def in_each_language(terms: Terms, *, sells_drop_in: bool) -> list[tuple[str, str]]:
    """The sentence in every language of the house, by its code."""
    found = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.append((code, terms_in_words(terms, sells_drop_in=sells_drop_in)))
    return found
