"""What the lists of charges, invoices, payments and receipts share: they are read, and changed by acts only."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from bookings.admin.scope import LookedAtAdmin
from members.models import User
from members.named import people_named
from spaces.models import Space
from spaces.templatetags.wording import plain_day, signed_yen


class MoneyAdmin(LookedAtAdmin):
    """Rows of money: nothing of them is typed over; each act that the role allows has its own page."""

    list_select_related = ["payer", "space"]
    search_help_text = _("Name, reading or e-mail")
    payer_lookup = "payer"
    person: Any

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """The column with the payer is sorted by the reading of whoever `payer_lookup` leads to."""
        super().__init_subclass__(**kwargs)
        cls.person = _person_by(f"{cls.payer_lookup}__family_reading")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows of people of that name, or that the words name otherwise."""
        words = search_term.strip()
        if not words:
            return queryset, False
        return queryset.filter(Q(**{f"{self.payer_lookup}__in": people_named(words)}) | self.also_named(words)), False

    def also_named(self, words: str) -> Q:
        """By what else than the payer a row is found."""
        return Q(pk__in=[])

    def payer_of(self, row: Any) -> User:
        for name in self.payer_lookup.split("__"):
            row = getattr(row, name)
        return row

    @admin.display(description=_("yen"), ordering="yen")
    def amount(self, row: Any) -> str:
        return signed_yen(row.yen)


def _person_by(reading: str) -> Any:
    """The column with the payer of a row."""

    @admin.display(description=_("payer"), ordering=reading)
    def person(admin: MoneyAdmin, row: Any) -> str:
        payer = admin.payer_of(row)
        return format_html('<a href="{}" class="op-link">{}</a>', person_address(payer.pk, row.space), payer)

    return person


def person_address(pk: int, space: Space) -> str:
    """Where everything about a person at a space stands."""
    return reverse("admin:members_person_at_space", args=[pk, space.slug])


def on_day(name: str, words: Any) -> Any:
    """A column with a day of a row."""

    @admin.display(description=words, ordering=name)
    def shown(admin: Any, row: Any) -> str:
        return plain_day(getattr(row, name))

    return shown
