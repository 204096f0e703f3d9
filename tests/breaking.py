"""What no person types, and how an answer to it must be."""

import re

from django.http import HttpResponse
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.reading import Page

HUGE = "x" * 1_000_000
NUMBERS = (
    *("0", "-1", "-0", "+1", "1.0", "1.5", "1e3", "1_000", "0x10", "NaN", "inf", "１", "٣", "½", "²"),
    *(str(2**15), str(2**31 - 1), str(2**31), str(2**63 - 1), str(2**63), str(-(2**63)), str(10**30), "9" * 5000),
)
TIMES = (
    *("0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "0000-00-00", "2026-11-24", "2026-W48-2", "24.11.2026"),
    *("0001-01-01T00:00", "9999-12-31T23:59", "9999-12-31T23:59-12:00", "0001-01-01T00:00+14:00", "2026-02-30T11:00"),
    *("2026-11-24T24:00", "2026-11-24T25:61", "2026-11-24T11:00:00.1234567", "2026-11-24 11:00", "20261124T110000"),
    *("2026-11-24T11:00+09:00", "2026-11-24T11:00Z", "2026-11-24T11:00+23:59", "2026-11-24T11:00-99:99"),
    *("2027-03-28T01:30", "2026-11-01T01:30+0100", "11:00", "24:00", "23:59:60", "11:00+09:00", "noon", "-1:00"),
)
TEXTS = (
    *("", " ", "\t", "　", "\x00", "a\x00b", "\x7f", "\ufeff", "\ufffe", "\u202egnp.exe", "\u200b", "a\u0301" * 50),
    *("null", "undefined", "true", "[]", "{}", "[object Object]", "%s", "%(space)s", "{0}", "{{ 7 }}", "{% now %}"),
    *("' OR 1=1 --", '"; DROP TABLE x; --', "<script>alert(1)</script>", '"><img src=x>', "../../../etc/passwd"),
    *("\r\nX-Injected: yes", "a\nb", "💺🏠👩‍💻", "予約", "שלום", "İıſ", "//evil.example", "javascript:alert(1)", HUGE),
)
BROKEN = (*NUMBERS, *TIMES, *TEXTS)

# Nothing that is tried here may write, so that the examples can share the rows of one test.
quickly = settings(
    max_examples=40,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def texts(most: int = 40) -> st.SearchStrategy[str]:
    """Text of any characters that can be sent."""
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=most)


def moments() -> st.SearchStrategy[str]:
    """What looks like a day, a time or both, and may be neither."""
    number = st.integers(-1, 99)
    day = st.builds("{:04d}-{:02d}-{:02d}".format, st.integers(0, 10_001), number, number)
    clock = st.builds("{:02d}:{:02d}".format, number, number)
    offset = st.sampled_from(["", "Z", "+09:00", "-12:00", "+14:00", "+23:59", "+24:00"])
    real = st.datetimes().map(lambda moment: moment.isoformat(timespec="minutes"))
    return st.one_of(
        day, clock, st.builds("{}T{}{}".format, day, clock, offset), st.builds("{}{}".format, real, offset)
    )


def values() -> st.SearchStrategy[str | list[str]]:
    """What is sent in one field."""
    one = st.one_of(texts(), moments(), st.integers().map(str), st.sampled_from(BROKEN))
    return st.one_of(one, st.lists(one, max_size=3))


def fields(*names: str) -> st.SearchStrategy[dict[str, str | list[str]]]:
    """Some of a form's fields, and perhaps one that it does not have."""
    return st.dictionaries(st.one_of(st.sampled_from(names), texts(8)), values(), max_size=len(names) + 1)


def check_answer(answer: HttpResponse, asked: object = "") -> int:
    """An answer is no crash, says what is the matter when it refuses, and repeats nothing that a browser would run."""
    shown = str(asked)[:300]
    assert answer.status_code < 500, shown
    assert "X-Injected" not in answer.headers, shown
    if "text/html" in answer.headers.get("Content-Type", ""):
        assert b"<script>alert" not in answer.content, shown
        assert b"<img src=x>" not in answer.content, shown
    if 400 <= answer.status_code < 500 and answer.status_code != 405:
        page = Page(answer)
        assert re.search(r"\w.*[.。!?！？]", page.main), shown
        assert page.links_to("/"), shown
    return answer.status_code
