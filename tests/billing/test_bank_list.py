"""Reading a bank's list: two layouts, two encodings, every problem by its line, and keys that stay the same."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from billing.bank_cells import day_of, yen_of
from billing.bank_list import MOST_BYTES, MOST_ROWS, read
from spaces.refusing import codes
from tests.properties import examples

TWO_COLUMNS = """\
日付,お取引内容,お引出し,お預入れ,残高
2026/11/24,ﾌﾘｺﾐ ﾔﾏﾀﾞ ﾀﾛｳ,,"5,500","105,500"
2026/11/25,電気代,"12,340",,"93,160"
2026/11/26,振込　サトウ　ハナコ,,800,"93,960"
"""
ONE_COLUMN = """\
取引日,入出金(円),取引後残高(円),入出金内容
20261124,5500,105500,ﾌﾘｺﾐ ﾔﾏﾀﾞ ﾀﾛｳ
20261125,-12340,93160,電気代
20261126,800,93960,振込　サトウ　ハナコ
"""


def rows_of(text, encoding="utf-8"):
    return read(text.encode(encoding)).rows


def what(rows):
    return [(row.day, row.yen, row.text) for row in rows]


def refused(content):
    with pytest.raises(ValidationError) as caught:
        read(content if isinstance(content, bytes) else content.encode())
    return caught.value


CAME_IN = [(date(2026, 11, 24), 5500, "ﾌﾘｺﾐ ﾔﾏﾀﾞ ﾀﾛｳ"), (date(2026, 11, 26), 800, "振込 サトウ ハナコ")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("text", [TWO_COLUMNS, ONE_COLUMN, TWO_COLUMNS.replace("\n", "\r\n")])
def test_both_layouts_are_read_in_every_encoding(text, encoding):
    found = read(text.encode(encoding))

    assert what(found.rows) == CAME_IN
    assert (found.went_out, found.unmoved) == (1, 0)
    assert [row.line for row in found.rows] == [2, 4]


def test_all_ways_to_read_one_list_give_the_same_keys():
    texts = [TWO_COLUMNS, ONE_COLUMN, ONE_COLUMN.replace(",", "\t")]
    readings = [rows_of(text, encoding) for text in texts for encoding in ("utf-8", "utf-8-sig", "cp932")]

    assert len({tuple(row.key for row in reading) for reading in readings}) == 1
    assert len({row.key for row in readings[0]}) == 2
    assert all(len(row.key) == 64 for row in readings[0])


@pytest.mark.parametrize(
    "header",
    [
        "日付,お取引内容(摘要),お引出し,お預入れ,残高",
        "年月日,お取り扱い内容,お引出し,お預入れ,残高",
        "取引日,摘要,お支払金額,お預り金額,残高",
        "取引日,摘要内容,支払い金額,預かり金額,差引残高",
        "取引日,詳細１,払出金額（円）,受入金額（円）,現在（貸付）高",
        '"日付","摘要","出金額","入金額","残高"',
        "日付 , 内容 , 出金 , 入金 , 残高",
    ],
)
def test_columns_are_found_by_the_names_that_banks_give_them(header):
    body = TWO_COLUMNS.partition("\n")[2]

    assert what(rows_of(f"{header}\n{body}")) == CAME_IN


def test_columns_stand_in_any_order():
    text = "残高,お預入れ,お引出し,摘要,日付\n1,5500,,ヤマダ,2026/11/24\n"

    assert what(rows_of(text)) == [(date(2026, 11, 24), 5500, "ヤマダ")]


def test_all_that_says_what_it_was_is_kept_once():
    text = "日付,摘要,摘要内容,支払い金額,預かり金額\n2026/11/24,振込１,ヤマダ タロウ,,5500\n2026/11/25,入金,入金,,1\n"

    assert [row.text for row in rows_of(text)] == ["振込１ ヤマダ タロウ", "入金"]


def test_lines_above_the_names_of_columns_are_passed_over():
    text = f"北海道どこか銀行,函館支店\n口座番号,普通 1234567\n\n照会期間：2026年11月1日～,,\n{TWO_COLUMNS}"

    assert what(rows_of(text)) == CAME_IN
    assert rows_of(text)[0].line == 6


def test_empty_lines_totals_and_a_comma_at_the_end_do_no_harm():
    text = "日付,摘要,出金,入金\n\n2026/11/24,ヤマダ,,5500,\n,,,\n2026/11/25,サトウ,,800,,\n合計,,0,6300\n"

    assert [row.yen for row in rows_of(text)] == [5500, 800]


def test_a_row_in_which_nothing_moved_is_counted():
    text = "日付,摘要,出金,入金,残高\n2026/11/01,前月繰越,,,100000\n2026/11/02,利息,,0,100000\n2026/11/03,途中で,\n"

    found = read(text.encode())

    assert (found.rows, found.went_out, found.unmoved) == ((), 0, 3)


@pytest.mark.parametrize(("came_in", "went_out"), [("", "-1,100"), ("-1100", ""), ("0", "1100"), ("△1,100", "")])
def test_money_that_went_out_however_it_is_printed_is_passed_over(came_in, went_out):
    found = read(f'日付,摘要,出金,入金\n2026/11/24,テスト,"{went_out}","{came_in}"\n'.encode())

    assert (found.rows, found.went_out) == ((), 1)


def test_a_cell_may_hold_a_line_break_and_the_next_line_is_still_counted_right():
    text = '日付,摘要,出金,入金\n2026/11/24,"ヤマダ\nタロウ",,5500\n2026/11/25,サトウ,,800\n'

    assert [(row.line, row.text) for row in rows_of(text)] == [(2, "ヤマダ タロウ"), (4, "サトウ")]


def test_pasted_cells_are_parted_by_tabs():
    text = '日付\t摘要\t出金\t入金\n2026/11/24\tヤマダ, タロウ\t\t5,500\n2026/11/25\t"サトウ ""ハナ"""\t\t800\n'

    assert [(row.yen, row.text) for row in rows_of(text)] == [(5500, "ヤマダ, タロウ"), (800, 'サトウ "ハナ"')]


@pytest.mark.parametrize("quoted", ['"2026/11/24"\t"ヤマダ"\t""\t"5,500"', '"2026/11/24"\tヤマダ\t\t5500'])
def test_quotes_in_pasted_cells_do_not_hide_that_they_are_parted_by_tabs(quoted):
    assert [row.yen for row in rows_of(f"日付\t摘要\t出金\t入金\n{quoted}\n")] == [5500]


def test_every_problem_is_told_with_its_line():
    text = (
        "日付,摘要,出金,入金\n"
        "2026/02/30,ヤマダ,,5500\n"
        "2026/11/24,サトウ,,5.5\n"
        "きのう,スズキ,,五百\n"
        "2026/11/24,タカハシ,,5,500\n"
        "2026/11/24,イトウ,100,100\n"
        "2026/11/24,ワタナベ,,9999999999\n"
        "2026/11/24\n"
        "2026/11/24,ナカムラ,,800\n"
    )

    error = refused(text)

    assert [one.code for one in error.error_list] == [
        *("bad_day", "bad_yen", "bad_day", "bad_yen", "wrong_number", "in_and_out", "too_much", "wrong_number"),
    ]
    assert [one.params["line"] for one in error.error_list] == [2, 3, 4, 4, 5, 6, 7, 8]
    with translation.override("en"):
        assert error.messages[0] == "Line 2: “2026/02/30” is not a day."


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"x" * (MOST_BYTES + 1), "too_big"),
        (b"\x81", "encoding"),
        (TWO_COLUMNS.encode("utf-16"), "encoding"),
        ("日付,\0摘要".encode(), "not_csv"),
        ('日付,摘要,出金,入金\n2026/11/24,"ヤマダ,,5500\n', "not_csv"),
        ("日付,摘要,金額\n2026/11/24,ヤマダ,5500\n", "no_header"),
        ("日付,摘要,入金\n2026/11/24,ヤマダ,5500\n", "no_header"),
        ("摘要,出金,入金\nヤマダ,,5500\n", "no_header"),
        ("日付,出金,入金\n2026/11/24,,5500\n", "no_header"),
        ("こんにちは", "no_header"),
        ("日付,摘要,出金,入金,入金\n", "column_twice"),
        ("日付,摘要,出金,入金\n", "no_rows"),
        ("日付,摘要,出金,入金\n" + "2026/11/24,ヤマダ,,5500\n" * (MOST_ROWS + 1), "too_many_rows"),
    ],
)
def test_what_is_no_list_is_refused_with_its_reason(content, code):
    assert codes(refused(content)) == {code}


def test_equal_rows_are_parted_by_a_running_number_and_lists_that_overlap_agree():
    head, row = "日付,摘要,出金,入金\n", "2026/11/24,ﾔﾏﾀﾞ,,800\n"
    first = rows_of(head + row + "2026/11/23,サトウ,,800\n")
    second = rows_of(head + "2026/11/25,スズキ,,800\n" + row.replace("ﾔﾏﾀﾞ", "ヤ マ ダ") + row)

    assert len({one.key for one in second}) == 3
    assert second[1].key == first[0].key


@pytest.mark.parametrize(
    ("text", "day"),
    [
        *(
            (text, date(2026, 11, 4))
            for text in ("2026/11/4", "2026-11-04", "2026.11.04", "20261104", "２０２６／１１／４")
        ),
        *((text, date(2026, 11, 4)) for text in ("2026年11月4日", "令和8年11月4日", "R8.11.4", "Ｒ８/11/04")),
        *((text, date(2026, 11, 2)) for text in ("2026/11/2 10:03", "2026/11/02 9:03:15", " 20261102 ")),
        ("令和元年5月1日", date(2019, 5, 1)),
        *((text, None) for text in ("", "2026", "2026111", "26/11/04", "8.11.04", "20260230", "1999/1/1", "2100/1/1")),
        *((text, None) for text in ("2026/11/24/1", "11/24/2026", "明日", "令和99年1月1日")),
    ],
)
def test_days_are_understood_as_banks_print_them(text, day):
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("text", "yen"),
    [
        *(
            (text, 12345)
            for text in ("12345", "12,345", "¥12,345", "￥１２，３４５", "12,345円", "\\12,345", "+12,345", "*12345")
        ),
        *((text, -1100) for text in ("-1,100", "－1,100", "−1100", "△1,100", "▲1100", "¥-1,100", "- 1,100")),
        *((text, 0) for text in ("", "0", "-", "―", "ー", "　")),
        *((text, None) for text in ("1,23", "1,2345", "12.5", "百", "1e3", "--1", "1-", "0x10", "9" * 19, "٣")),
    ],
)
def test_yen_are_understood_as_banks_print_them(text, yen):
    assert yen_of(text) == yen


moves = st.lists(
    st.tuples(
        st.dates(date(2020, 1, 1), date(2030, 1, 1)),
        st.integers(-2_000_000, 2_000_000).filter(bool),
        st.text("アイウエオカキクケコ゛ﾊﾋﾌﾟ ()（）1", min_size=1, max_size=20).filter(str.strip),
    ),
    min_size=1,
    max_size=12,
)


@given(moves=moves, encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp932"]), signed=st.booleans())
@examples(150)
def test_whatever_a_bank_prints_is_read_as_it_was(moves, encoding, signed):
    lines = ["照会日,2026/11/24", "取引日,入出金(円),内容" if signed else "日付,内容,出金,入金"]
    for day, yen, text in moves:
        if signed:
            lines.append(f"{day:%Y%m%d},{yen},{text}")
        else:
            out, into = ("", f'"{yen:,}"') if yen > 0 else (f'"{-yen:,}"', "")
            lines.append(f"{day:%Y/%m/%d},{text},{out},{into}")

    found = read("\r\n".join(lines).encode(encoding))

    came_in = [(day, yen, " ".join(text.split())) for day, yen, text in moves if yen > 0]
    assert what(found.rows) == came_in
    assert found.went_out == len(moves) - len(came_in)
    assert len({row.key for row in found.rows}) == len(came_in)


@given(moves=moves, cut=st.integers(0, 12), later=st.integers(0, 12))
@examples(100)
def test_lists_that_overlap_by_whole_days_never_count_a_row_twice(moves, cut, later):
    moves = sorted((date(2026, 11, 1) + timedelta(day.day % 3), abs(yen) % 3 + 1, text[:1]) for day, yen, text in moves)
    moves = [one for one in moves if one[2].strip()]
    days = sorted({day for day, _yen, _text in moves})

    def keys(some):
        if not some:
            return []
        body = "".join(f"{day:%Y/%m/%d},{yen},{text}\n" for day, yen, text in some)
        return [row.key for row in rows_of("日付,入出金,内容\n" + body)]

    whole, first, rest = (
        keys([one for one in moves if one[0] in wanted])
        for wanted in (days, days[: cut % 4], days[min(cut % 4, later % 4) :])
    )

    assert {*first, *rest} == {*whole}
    assert len(whole) == len(set(whole))
    assert set(keys(moves[::-1])) == set(whole)
