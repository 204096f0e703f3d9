"""What pages of the admin show of a host's terms: its sentence in each language, and whether it is confirmed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language_info

from bookings.admin.scope import AskedList
from bookings.visa_sentence import in_each_language, selling_drop_in
from spaces.models import Space
from visas.models import Terms, default_terms
from visas.sentence import terms_in_words


@dataclass(frozen=True)
class Offer:
    """The terms of a host as they are shown; those that are not written down are what all spaces share."""

    space: Space
    terms: Terms
    sells_drop_in: bool

    @property
    def is_written(self) -> bool:
        return self.terms.pk is not None

    @property
    def is_confirmed(self) -> bool:
        return self.is_written and self.terms.is_confirmed_at(timezone.now())

    @property
    def sentence(self) -> str:
        """In the language of the page."""
        return terms_in_words(self.terms, sells_drop_in=self.sells_drop_in)

    @property
    def sentences(self) -> list[tuple[str, str, str]]:
        """In each language: its code, its own name for itself, and the sentence."""
        found = in_each_language(self.terms, sells_drop_in=self.sells_drop_in)
        return [(code, get_language_info(code)["name_local"], said) for code, said in found]


def offers_of(spaces: Iterable[Space], *, now: datetime) -> list[Offer]:
    """What each of some hosts offers now: two queries."""
    hosts = list(spaces)
    written = Terms.objects.filter(space__in=hosts, replaced_at=None).select_related("written_by")
    terms = {one.space_id: one for one in written}
    selling = selling_drop_in(hosts, now=now)
    return [Offer(host, terms.get(host.pk) or default_terms(host.pk), host.pk in selling) for host in hosts]


def with_sentences(versions: Collection[Any], *, now: datetime) -> None:
    """Note on versions of terms, which come with their spaces, the `said` of each: one query."""
    selling = selling_drop_in({one.space for one in versions}, now=now)
    for one in versions:
        one.said = terms_in_words(one, sells_drop_in=one.space_id in selling)


class TermsList(AskedList):
    """A page of the list, with what its versions say."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        with_sentences(self.result_list, now=timezone.now())
