"""Names as banks print them and as people write them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.bank_names import Fit, fit, name_of, readings_of
from tests.properties import examples


def best(printed, *written):
    return max(fit(one.name, [name_of(text) for text in written]) for one in readings_of(printed))


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "やまだ たろう"),
        ("ヤマダタロウ", "やまだ たろう"),
        ("ヤマダ　タロウ", "ヤマダ タロウ"),
        ("振込 ﾔﾏﾀﾞ ﾀﾛｳ", "やまだ たろう"),
        ("振込１ ヤマダ タロウ", "やまだ たろう"),
        ("振込＊ヤマダ　タロウ", "やまだ たろう"),
        ("ﾌﾘｺﾐ ﾔﾏﾀﾞ ﾀﾛｳ", "やまだ たろう"),
        ("三菱ＵＦＪ銀行 本店 普通 1234567 ヤマダ　タロウ", "やまだ たろう"),
        ("シヨウジ キヨウコ", "しょうじ きょうこ"),
        ("ﾎﾂﾀ ﾘﾖｳ", "ほった りょう"),
        ("ｼﾞﾖﾝ･ｽﾐｽ", "ジョン・スミス"),
        ("ジヨン スミス", "ジョン・スミス"),
        ("ｳﾞｱﾝ ﾘﾝ", "ゔぁん りん"),
        ("ヤマダ タロ-", "やまだ たろー"),
        ("カオル ヲノ", "かおる おの"),
        ("MILLER BEN", "Ben Miller"),
        ("ＢＥＮ　ＭＩＬＬＥＲ", "Ben Miller"),
        ("カ）ドリノキ", "かぶしきがいしゃ どりのき"),
        ("ｶ)ﾄﾞﾘﾉｷ", "カブシキガイシャドリノキ"),
        ("(カ)ドリノキ", "㈱ドリノキ"),
        ("ドリノキ（カ", "株式会社ドリノキ"),
        ("ﾄﾞﾘﾉｷ(ｶ)", "ドリノキ(株)"),
        ("ユ）コハル", "有限会社コハル"),
        ("ド）コハル", "ごうどうがいしゃ こはる"),
        ("トクヒ）コハル", "特定非営利活動法人コハル"),
        ("シヤ)コハル", "いっぱんしゃだんほうじん こはる"),
    ],
)
def test_printed_name_is_the_written_one(printed, written):
    assert best(printed, written) is Fit.WHOLE


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("タロウ ヤマダ", "やまだ たろう"),
        ("ホツカイドウシステ", "ほっかいどう しすてむ"),
        ("ヤマダ タロウ ジムシヨ", "やまだ たろう"),
        ("ドリノキ", "株式会社ドリノキ"),
        ("カ）ドリノキ", "どりのき"),
        ("カ）ドリノキ", "有限会社どりのき"),
        ("ヤマダ", "やまだ"),
    ],
)
def test_name_that_lacks_something_is_close(printed, written):
    assert best(printed, written) is Fit.CLOSE


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("ヤマダ ジロウ", "やまだ たろう"),
        ("ヤマダ", "やまだ たろう"),
        ("サトウ", "かとう"),
        ("ハナダ", "はなた"),
        ("カ）ドリノキ", "こはるびより"),
        ("振込", "やまだ たろう"),
        ("123", "やまだ たろう"),
        ("ヤマダ タロウ", ""),
    ],
)
def test_another_name_does_not_fit(printed, written):
    assert best(printed, written) is Fit.NOT


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("20260012 ﾔﾏﾀﾞﾀﾛｳ", "20260012"),
        ("2026-0012ヤマダタロウ", "20260012"),
        ("ヤマダ タロウ　１２", "12"),
        ("振込20260012ヤマダタロウ", "20260012"),
        ("ヤマダタロウ", ""),
        ("振込1 ヤマダタロウ", ""),
    ],
)
def test_number_beside_a_name_is_told_apart_from_it(printed, number):
    assert [one.number for one in readings_of(printed) if one.name.letters == "ヤマダタロウ"] == [number]


def test_number_in_the_middle_or_a_name_of_digits_is_part_of_the_name():
    assert {one.name.letters for one in readings_of("カフエ36ハコダテ")} == {"カフエ36ハコダテ"}
    assert {one.name.letters for one in readings_of("36")} == {"36"}


@pytest.mark.parametrize("text", ["", "  ", "・", "()", "（カ）"])
def test_nothing_is_no_name(text):
    assert readings_of(text) == [] or name_of(text).letters == ""


kana = st.text("あいうえおかがきぎくぐっゃゅょーはばぱ", min_size=1, max_size=6).filter(
    lambda text: text[0] not in "っゃゅょー"
)


def narrow(text):
    """Full-width kana as a bank prints them: capital katakana in half width."""
    letters = unicodedata.normalize("NFD", name_of(text).letters)
    return "".join(_NARROW.get(letter, letter) for letter in letters)


_NARROW = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
_NARROW |= {"\u3099": "ﾞ", "\u309a": "ﾟ"}


@given(family=kana, given_name=kana, gap=st.sampled_from(["", " ", "　"]))
@examples(300)
def test_any_name_in_half_width_is_found_again(family, given_name, gap):
    printed = narrow(family) + gap + narrow(given_name)

    assert not any("ぁ" <= letter <= "ヶ" for letter in printed)
    assert best(printed, f"{family} {given_name}") is Fit.WHOLE


short = st.lists(st.text("アイー1a", min_size=1, max_size=3), min_size=1, max_size=3).map(" ".join)


@given(printed=short, written=short)
@examples(500)
def test_what_fits_begins_alike(printed, written):
    name = name_of(written)

    if fit(name_of(printed), [name]) is not Fit.NOT:
        assert name_of(printed).letters[:2] in name.starts


@given(text=st.text(max_size=30))
@examples(300)
def test_anything_can_be_read(text):
    for one in readings_of(text):
        assert one.name.letters
        assert not set(one.name.letters) & set(" 　()")
