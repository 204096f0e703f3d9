"""Which payer and which invoices the rows of a bank's list stand for: proposals, which a person confirms. Pure.

A proposal is sure only where nothing else could be meant: one payer alone has that full name, no other's is close to
it, and one choice of their open invoices alone makes up the sum. An amount alone says nothing, as many pay the same.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from billing.amounts import Open, Whole, paid_whole
from billing.bank_list import BankRow
from billing.bank_names import Fit, Name, fit, name_of, readings_of


class Payer(NamedTuple):
    """Somebody who may have paid. `kana` is the reading, family name first, its parts parted by a space.

    Who goes by several names is there several times, by the name that people know them by first.
    """

    key: int
    name: str
    kana: str


class Fitting(NamedTuple):
    """How well a printed name fits a payer's, and the number that stood beside it."""

    how: Fit
    number: str


class Certainty(StrEnum):
    SURE = "sure"
    LIKELY = "likely"
    NONE = "none"


@dataclass(frozen=True)
class Proposal:
    """Who paid with a row, and for what.

    `invoice` is the one that the payment should name, if it should name any; `covers` are those that it pays wholly.
    `why` are sentences. `could_be` are payers to look at first where nobody is proposed. A row that was `noted`
    before, or would be `refused`, has no proposal.
    """

    row: BankRow
    certainty: Certainty
    why: tuple[str, ...]
    payer: int | None = None
    invoice: int | None = None
    covers: tuple[int, ...] = ()
    could_be: tuple[int, ...] = ()
    noted: bool = False
    refused: bool = False


def propose(
    rows: Sequence[BankRow],
    owed: Iterable[Open],
    payers: Iterable[Payer],
    *,
    noted: Collection[str] = (),
    refused: Mapping[str, str] | None = None,
) -> list[Proposal]:
    """A proposal for each row, in their order. `owed` has each payer's invoices in the order in which debts are paid.

    `noted` are the keys of rows that were noted before, `refused` those of rows that can't be noted, with the reason.
    What one row pays is no longer open for the next.
    """
    return _Matching(rows, owed, payers, noted, refused or {}).proposals()


class _Matching:
    def __init__(
        self,
        rows: Sequence[BankRow],
        owed: Iterable[Open],
        payers: Iterable[Payer],
        noted: Collection[str],
        refused: Mapping[str, str],
    ) -> None:
        self.rows = rows
        self.noted = set(noted)
        self.refused = refused
        self.owed: dict[int, list[Open]] = defaultdict(list)
        for one in owed:
            self.owed[one.payer].append(one)
        self.names: dict[int, str] = {}
        self.known: dict[int, list[Name]] = defaultdict(list)
        self.by_start: dict[str, set[int]] = defaultdict(set)
        for payer in payers:
            self.names.setdefault(payer.key, payer.name)
            names = _names(payer)
            self.known[payer.key] += names
            for start in set().union(*(name.starts for name in names)):
                self.by_start[start].add(payer.key)
        # Whose earlier money is in doubt: what is still open of theirs is then in doubt as well.
        self.doubted: dict[int, BankRow] = {}

    def proposals(self) -> list[Proposal]:
        found: dict[int, Proposal] = {}
        fits: dict[int, dict[int, Fitting]] = {}
        in_order = sorted(range(len(self.rows)), key=lambda place: (self.rows[place].day, self.rows[place].line))
        for place in in_order:
            row = self.rows[place]
            if row.key in self.noted:
                found[place] = Proposal(row, Certainty.NONE, (_("This row was noted before."),), noted=True)
                continue
            if row.key in self.refused:
                found[place] = Proposal(row, Certainty.NONE, (self.refused[row.key],), refused=True)
                continue
            fits[place] = self._fits(row)
            if sure := self._sure(row, fits[place]):
                found[place] = sure
            else:
                for payer in (payer for payer, one in fits[place].items() if one.how is Fit.WHOLE):
                    self.doubted.setdefault(payer, row)
        for place in in_order:
            if place not in found:
                found[place] = self._best(self.rows[place], fits[place])
        return [found[place] for place in range(len(self.rows))]

    def _fits(self, row: BankRow) -> dict[int, Fitting]:
        """Whose name fits, how well, and the number that stood beside it."""
        found: dict[int, Fitting] = {}
        for printed in readings_of(row.text):
            for payer in self.by_start.get(printed.name.letters[:2], ()):
                fitting = Fitting(fit(printed.name, self.known[payer]), printed.number)
                if fitting.how is not Fit.NOT and (payer not in found or _better(fitting) > _better(found[payer])):
                    found[payer] = fitting
        return dict(sorted(found.items()))

    def _sure(self, row: BankRow, fits: dict[int, Fitting]) -> Proposal | None:
        if len(fits) != 1:
            return None
        [(payer, fitting)] = fits.items()
        whole = paid_whole(self.owed[payer], row.yen)
        if fitting.how is not Fit.WHOLE or payer in self.doubted or whole is None or not whole.only:
            return None
        if fitting.number and fitting.number not in {one.code.replace("-", "") for one in whole.covers}:
            return None
        return self._pays(row, payer, Certainty.SURE, [_("The name fits.")], whole)

    def _best(self, row: BankRow, fits: dict[int, Fitting]) -> Proposal:
        """The best that can be said of a row that is not sure."""
        fitting = [payer for payer, one in fits.items() if one.how is Fit.WHOLE] or list(fits)
        if not fitting:
            return self._nobody(row)
        wholes = {payer: paid_whole(self.owed[payer], row.yen) for payer in fitting}
        if len(fitting) > 1:
            return self._one_of(row, fitting, wholes)
        [payer] = fitting
        is_whole = fits[payer].how is Fit.WHOLE
        why = [_("The name fits.") if is_whole else _("The name is close to “%(name)s”.") % {"name": self.names[payer]}]
        if others := [self.names[other] for other in fits if other != payer]:
            why.append(_("It is close to that of %(names)s as well.") % {"names": listed(others)})
        if fits[payer].number:
            why.append(_("Beside the name stands the number %(number)s.") % {"number": fits[payer].number})
        if wholes[payer] and self.doubted.get(payer, row) != row:
            why.append(_("Not every row with this name is certain."))
        if is_whole or wholes[payer]:
            return self._pays(row, payer, Certainty.LIKELY, why, wholes[payer])
        return Proposal(row, Certainty.NONE, (*why, self._left(payer, row.yen)), could_be=(payer,))

    def _one_of(self, row: BankRow, fitting: list[int], wholes: dict[int, Whole | None]) -> Proposal:
        names = listed(self.names[payer] for payer in fitting)
        why = _("The name fits several people: %(names)s.") % {"names": names}
        paying = [payer for payer in fitting if wholes[payer]]
        if len(paying) != 1:
            return Proposal(row, Certainty.NONE, (why,), could_be=tuple(fitting))
        [payer] = paying
        only = _("The amount fits only what is open of %(name)s.") % {"name": self.names[payer]}
        return self._pays(row, payer, Certainty.LIKELY, [why, only], wholes[payer])

    def _nobody(self, row: BankRow) -> Proposal:
        why = [_("Nobody here has this name.")]
        asking = [one.payer for owed in self.owed.values() for one in owed if one.yen == row.yen]
        if asking:
            why.append(
                ngettext(
                    "%(count)s open invoice asks for this amount.",
                    "%(count)s open invoices ask for this amount.",
                    len(asking),
                )
                % {"count": len(asking)}
            )
        return Proposal(row, Certainty.NONE, tuple(why), could_be=tuple(dict.fromkeys(asking)))

    def _pays(
        self, row: BankRow, payer: int, certainty: Certainty, why: Iterable[str], whole: Whole | None
    ) -> Proposal:
        """The proposal that somebody paid, and for what, which is then no longer open for the rows after it."""
        if whole is None:
            left = self._left(payer, row.yen)
            self.owed[payer] = _after(self.owed[payer], row.yen)
            return Proposal(row, certainty, (*why, left), payer)
        self.owed[payer] = [one for one in self.owed[payer] if one not in whole.covers]
        codes = listed(one.code for one in whole.covers)
        if len(whole.covers) == 1:
            amount = _("The amount is that of invoice %(codes)s.") % {"codes": codes}
        else:
            amount = _("The amount is that of invoices %(codes)s together.") % {"codes": codes}
        other = () if whole.only else (_("Other invoices make up the same amount."),)
        covers = tuple(one.key for one in whole.covers)
        return Proposal(row, certainty, (*why, amount, *other), payer, whole.meant, covers)

    def _left(self, payer: int, yen: int) -> str:
        """What an amount is beside what is open, where it pays no invoices to the yen."""
        left = sum(one.yen for one in self.owed[payer])
        if not left:
            return _("Nothing is open; it stays as credit.")
        if yen < left:
            return _("It is a part of what is open (%(open)s yen); the oldest is paid first.") % {"open": f"{left:,}"}
        return _("It is more than what is open (%(open)s yen); the rest stays as credit.") % {"open": f"{left:,}"}


def listed(names: Iterable[str]) -> str:
    """Names in a row, parted as the language parts them."""
    return pgettext("between names in a row", ", ").join(names)


def _better(fitting: Fitting) -> tuple[Fit, bool]:
    return (fitting.how, not fitting.number)


def _names(payer: Payer) -> list[Name]:
    """A payer's names, in kana and as written; if only one of them says the form of a company, it holds for both."""
    names = [name_of(payer.kana), name_of(payer.name)]
    form = next((name.form for name in names if name.form), "")
    return [Name(name.parts, name.form or form) for name in names]


def _after(owed: list[Open], yen: int) -> list[Open]:
    """What is still open when a sum has paid the oldest."""
    left = []
    for one in owed:
        paid = min(one.yen, yen)
        yen -= paid
        if paid < one.yen:
            left.append(replace(one, yen=one.yen - paid))
    return left
