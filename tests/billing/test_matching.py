"""Proposals for the rows of a bank's list. The rule above all: what is called sure is never wrong."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st

from billing.amounts import Open
from billing.bank_list import BankRow
from billing.bank_names import name_of
from billing.matching import Certainty, Payer, propose
from tests.properties import examples

HANAKO = Payer(1, "山田 花子", "やまだ はなこ")
TARO = Payer(2, "佐藤 太郎", "さとう たろう")
HANAKO_TOO = Payer(3, "山田 華子", "やまだ はなこ")
DORINOKI = Payer(4, "株式会社ドリノキ", "どりのき")
BEN = Payer(5, "Ben Miller", "")
DAY = date(2026, 11, 24)


def row(text, yen, *, line=2, day=DAY):
    return BankRow(line, day, yen, text, key=f"{line}-{text}-{yen}")


def owes(payer, *yen, first=1):
    return [
        Open(payer.key * 10 + place, payer.key, f"2026-{payer.key:03}{place}", one)
        for place, one in enumerate(yen, first)
    ]


def only(text, yen, owed, *payers):
    with translation.override("en"):
        [found] = propose([row(text, yen)], owed, payers or [HANAKO, TARO, DORINOKI, BEN])
    return found


@pytest.mark.parametrize(
    ("text", "payer"),
    [
        ("ﾌﾘｺﾐ ﾔﾏﾀﾞ ﾊﾅｺ", HANAKO),
        ("振込＊サトウ　タロウ", TARO),
        ("カ）ドリノキ", DORINOKI),
        ("MILLER BEN", BEN),
        ("2026-0011 ﾔﾏﾀﾞﾊﾅｺ", HANAKO),
    ],
)
def test_full_name_and_the_amount_of_one_invoice_are_sure(text, payer):
    found = only(text, 5500, owes(payer, 5500, 800))

    assert (found.certainty, found.payer, found.invoice) == (Certainty.SURE, payer.key, payer.key * 10 + 1)
    assert found.covers == (payer.key * 10 + 1,)
    assert found.why == ("The name fits.", f"The amount is that of invoice 2026-{payer.key:03}1.")


def test_full_name_and_the_sum_of_several_invoices_are_sure_and_name_none():
    found = only("ヤマダ ハナコ", 6300, owes(HANAKO, 5500, 800))

    assert (found.certainty, found.payer, found.invoice, found.covers) == (Certainty.SURE, 1, None, (11, 12))
    assert found.why[1] == "The amount is that of invoices 2026-0011, 2026-0012 together."


def test_of_two_invoices_with_that_amount_the_older_is_likely():
    found = only("ヤマダ ハナコ", 5500, owes(HANAKO, 5500, 5500))

    assert (found.certainty, found.payer, found.invoice) == (Certainty.LIKELY, 1, 11)
    assert found.why[-1] == "Other invoices make up the same amount."


@pytest.mark.parametrize(
    ("yen", "why"),
    [
        (5000, "It is a part of what is open (5,500 yen); the oldest is paid first."),
        (6000, "It is more than what is open (5,500 yen); the rest stays as credit."),
    ],
)
def test_name_with_another_amount_is_likely(yen, why):
    found = only("ヤマダ ハナコ", yen, owes(HANAKO, 5500))

    assert (found.certainty, found.payer, found.invoice, found.covers) == (Certainty.LIKELY, 1, None, ())
    assert found.why == ("The name fits.", why)


def test_name_of_somebody_who_owes_nothing_is_likely_and_says_so():
    found = only("ヤマダ ハナコ", 5500, owes(TARO, 5500))

    assert (found.certainty, found.payer) == (Certainty.LIKELY, 1)
    assert found.why[1] == "Nothing is open; it stays as credit."


def test_amount_alone_proposes_nobody_but_says_where_to_look():
    found = only("スズキ イチロウ", 5500, [*owes(HANAKO, 5500), *owes(TARO, 5500, 800)])

    assert (found.certainty, found.payer, found.could_be) == (Certainty.NONE, None, (1, 2))
    assert found.why == ("Nobody here has this name.", "2 open invoices ask for this amount.")


def test_neither_name_nor_amount_says_nothing():
    found = only("デンリヨク", 12340, owes(HANAKO, 5500))

    assert (found.certainty, found.could_be, found.why) == (Certainty.NONE, (), ("Nobody here has this name.",))


def test_two_people_of_one_name_are_never_sure_but_the_amount_may_tell_them_apart():
    found = only("ヤマダ ハナコ", 5500, [*owes(HANAKO, 5500), *owes(HANAKO_TOO, 800)], HANAKO, HANAKO_TOO)

    assert (found.certainty, found.payer, found.invoice) == (Certainty.LIKELY, 1, 11)
    assert found.why[:2] == (
        "The name fits several people: 山田 花子, 山田 華子.",
        "The amount fits only what is open of 山田 花子.",
    )


def test_two_people_of_one_name_and_one_amount_are_left_to_a_person():
    found = only("ヤマダ ハナコ", 5500, [*owes(HANAKO, 5500), *owes(HANAKO_TOO, 5500)], HANAKO, HANAKO_TOO)

    assert (found.certainty, found.payer, found.could_be) == (Certainty.NONE, None, (1, 3))


def test_name_that_was_cut_short_with_the_right_amount_is_likely():
    found = only("ホツカイドウシ", 5500, owes(payer := Payer(7, "北海 道子", "ほっかい どうしこ"), 5500), payer)

    assert (found.certainty, found.payer, found.invoice) == (Certainty.LIKELY, 7, 71)
    assert found.why[0] == "The name is close to “北海 道子”."


def test_close_name_with_another_amount_is_nobodys():
    found = only("ドリノキ", 5000, owes(DORINOKI, 5500))

    assert (found.certainty, found.payer, found.could_be) == (Certainty.NONE, None, (4,))


def test_full_name_beside_a_close_one_is_likely_only():
    longer = Payer(6, "山田 花子子", "やまだ はなここ")

    found = only("ヤマダ ハナコ", 5500, owes(HANAKO, 5500), HANAKO, longer)

    assert (found.certainty, found.payer) == (Certainty.LIKELY, 1)
    assert found.why[1] == "It is close to that of 山田 花子子 as well."


@pytest.mark.parametrize("text", ["ヤマダ ハナコ 20260011", "2026-0011ヤマダ ハナコ", "ヤマダハナコ2026-0011"])
def test_number_of_the_invoice_on_either_side_of_the_name_is_sure(text):
    assert only(text, 5500, owes(HANAKO, 5500)).certainty is Certainty.SURE


def test_number_that_is_of_no_invoice_paid_makes_it_likely_only():
    found = only("20260099 ヤマダハナコ", 5500, owes(HANAKO, 5500))

    assert (found.certainty, found.payer) == (Certainty.LIKELY, 1)
    assert found.why[1] == "Beside the name stands the number 20260099."


def test_what_a_row_pays_is_not_open_for_the_next():
    first, second = propose(
        [row("ヤマダ ハナコ", 5500, line=2), row("ヤマダ ハナコ", 5500, line=3)], owes(HANAKO, 5500), [HANAKO]
    )

    assert (first.certainty, first.invoice) == (Certainty.SURE, 11)
    assert (second.certainty, second.invoice, second.covers) == (Certainty.LIKELY, None, ())


def test_rows_are_weighed_by_day_and_given_back_in_their_order():
    late, early = propose(
        [row("ヤマダ ハナコ", 5500, line=2, day=DAY + timedelta(days=9)), row("ヤマダ ハナコ", 5500, line=3)],
        owes(HANAKO, 5500),
        [HANAKO],
    )

    assert (late.row.line, early.row.line) == (2, 3)
    assert (late.certainty, early.certainty) == (Certainty.LIKELY, Certainty.SURE)


def test_row_after_a_doubtful_one_of_the_same_name_is_not_sure():
    with translation.override("en"):
        first, second = propose(
            [row("ヤマダ ハナコ", 5000, line=2), row("ヤマダ ハナコ", 3000, line=3)],
            owes(HANAKO, 3000, 2000, 5000),
            [HANAKO],
        )

    assert (first.certainty, second.certainty) == (Certainty.LIKELY, Certainty.LIKELY)
    assert "Not every row with this name is certain." not in first.why
    assert "Not every row with this name is certain." in second.why


def test_likely_row_takes_nothing_from_a_sure_one_that_comes_later():
    cut, whole = propose(
        [row("ヤマダ ハナ", 5500, line=2), row("ヤマダ ハナコ", 5500, line=3)], owes(HANAKO, 5500), [HANAKO]
    )

    assert (cut.certainty, cut.could_be) == (Certainty.NONE, (1,))
    assert (whole.certainty, whole.invoice) == (Certainty.SURE, 11)


def test_part_that_was_paid_is_not_open_for_the_next_row():
    part, rest = propose(
        [row("ヤマダ ハナコ", 5000, line=2), row("ヤマダ ハナコ", 500, line=3)], owes(HANAKO, 5500), [HANAKO]
    )

    assert (part.certainty, part.covers) == (Certainty.LIKELY, ())
    assert (rest.certainty, rest.covers) == (Certainty.LIKELY, (11,))


def test_too_much_leaves_nothing_open_for_the_next_row():
    much, again = propose(
        [row("ヤマダ ハナコ", 9000, line=2), row("ヤマダ ハナコ", 9000, line=3)], owes(HANAKO, 5500, 800), [HANAKO]
    )

    assert (much.certainty, again.certainty) == (Certainty.LIKELY, Certainty.LIKELY)
    with translation.override("en"):
        [_much, again] = propose([much.row, again.row], owes(HANAKO, 5500, 800), [HANAKO])
    assert again.why[-1] == "Nothing is open; it stays as credit."


def test_row_that_was_noted_before_is_passed_over():
    one = row("ヤマダ ハナコ", 5500)

    [found] = propose([one], owes(HANAKO, 5500), [HANAKO], noted={one.key})

    assert (found.noted, found.certainty, found.payer) == (True, Certainty.NONE, None)


def test_names_and_sentences_are_parted_as_the_language_parts_them():
    with translation.override("ja"):
        [found] = propose([row("ヤマダ ハナコ", 800)], [], [HANAKO, HANAKO_TOO])

    assert "山田 花子" in found.why[0]


@dataclass(frozen=True)
class Meant:
    """What somebody really did: who they are, None for a stranger, and the invoices they paid."""

    payer: int | None
    covers: frozenset[int]


FAMILIES = ["やま", "やまだ", "まだ", "おの", "おのだ", "しょうじ", "さ"]
GIVEN = ["はな", "はなこ", "こ", "だはな", "だ", "きょう", "じきょう", ""]
FORMS = ["", "", "", "株式会社", "有限会社"]
PRINTED_FORM = {"": ("", ""), "株式会社": ("カ)", ""), "有限会社": ("", "(ユ")}


@st.composite
def worlds(draw):
    """A space's payers with close and equal names, what they owe, and a list of what they paid, printed by a bank."""
    names = draw(
        st.lists(
            st.tuples(st.sampled_from(FAMILIES), st.sampled_from(GIVEN), st.sampled_from(FORMS)), min_size=2, max_size=5
        )
    )
    payers = [
        Payer(key, f"{form}{'甲乙丙丁戊'[key]}", f"{family} {given}".strip())
        for key, (family, given, form) in enumerate(names)
    ]
    owed = [
        Open(payer.key * 100 + place, payer.key, f"2026-{payer.key * 100 + place:04}", yen * 100)
        for payer in payers
        for place, yen in enumerate(draw(st.lists(st.integers(1, 9), max_size=4)))
    ]
    left = {payer.key: [one for one in owed if one.payer == payer.key] for payer in payers}
    rows, meant = [], []
    for line in range(draw(st.integers(1, 6))):
        who = draw(st.integers(-1, len(payers) - 1))
        if who < 0:
            name = (draw(st.sampled_from(FAMILIES)), draw(st.sampled_from(GIVEN)), draw(st.sampled_from(FORMS)))
            if draw(st.booleans()):
                name = (*draw(st.sampled_from(names))[:2], name[2])
            # Nobody can tell a stranger from a payer of the same name.
            assume(all(("".join(name[:2]), name[2]) != ("".join(one[:2]), one[2]) for one in names))
            yen, covers = draw(st.integers(1, 20)) * 100, frozenset()
        else:
            name = names[who]
            chosen = draw(st.lists(st.sampled_from(left[who]), unique=True)) if left[who] else []
            covers = frozenset(one.key for one in chosen)
            left[who] = [one for one in left[who] if one.key not in covers]
            # Parts and gifts end on odd yen, so that they can't be taken for an invoice by anybody.
            yen = sum(one.yen for one in chosen) or draw(st.integers(1, 2000)) * 100 + 1
        rows.append(row(printed(draw, name, [one for one in owed if one.key in covers]), yen, line=line))
        meant.append(Meant(who if who >= 0 else None, covers))
    return payers, owed, rows, meant


def printed(draw, name, paid):
    family, given_name, form = name
    before, after = PRINTED_FORM[form]
    letters = name_of(family).letters + draw(st.sampled_from(["", " ", "　"])) + name_of(given_name).letters
    text = before + letters.strip() + after
    if draw(st.booleans()):
        text = draw(st.sampled_from(["振込 ", "フリコミ ", "振込１　", "普通 1234567 "])) + text
    if paid and draw(st.booleans()):
        text = paid[0].code + text
    return text


@given(world=worlds())
@examples(600)
def test_what_is_called_sure_is_never_wrong(world):
    payers, owed, rows, meant = world

    for found, truth in zip(propose(rows, owed, payers), meant, strict=True):
        if found.certainty is Certainty.SURE:
            assert found.payer == truth.payer
            assert set(found.covers) == truth.covers


@given(world=worlds())
@examples(200)
def test_proposals_hang_together(world):
    payers, owed, rows, _meant = world
    yen = {one.key: one.yen for one in owed}
    whose = {one.key: one.payer for one in owed}

    found = propose(rows, owed, payers)

    assert [one.row for one in found] == rows
    covered = [key for one in found for key in one.covers]
    assert len(covered) == len(set(covered))
    for one in found:
        assert one.why
        assert (one.payer is None) == (one.certainty is Certainty.NONE)
        assert {whose[key] for key in one.covers} <= {one.payer}
        if one.covers and one.certainty is Certainty.SURE:
            assert sum(yen[key] for key in one.covers) == one.row.yen
        assert one.invoice is None or one.invoice in one.covers


def test_the_worlds_hold_sure_rows_and_doubtful_ones():
    seen = set()

    @given(world=worlds())
    @examples(200)
    def look(world):
        payers, owed, rows, meant = world
        for found, truth in zip(propose(rows, owed, payers), meant, strict=True):
            seen.add((found.certainty, truth.payer is None, len(truth.covers) > 1))

    look()

    assert {(Certainty.SURE, False, False), (Certainty.SURE, False, True), (Certainty.LIKELY, False, False)} <= seen
    assert {(Certainty.LIKELY, False, True), (Certainty.NONE, True, False)} <= seen
