"""Texts of events: what people type is shown as they mean it, and what attackers type does nothing."""

import time
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from events.markdown import html_of, plain
from tests.properties import examples

LINK = 'rel="nofollow noopener ugc"'
TAGS = {*"p br hr h3 h4 h5 ul ol li strong em a blockquote code pre table thead tbody tr th td".split()}  # noqa: SIM905


class Reader(HTMLParser):
    """Every tag and every attribute that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str | None]] = []
        self.said = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.said += data


def assert_harmless(html: str) -> None:
    read = Reader(html)

    assert read.tags <= TAGS
    for tag, name, value in read.attributes:
        assert (tag, name) in {("a", "href"), ("a", "title"), ("a", "rel"), ("ol", "start")}
        if name == "href":
            assert urlsplit(value or "").scheme in ("http", "https", "mailto")
        if name == "rel":
            assert value == "nofollow noopener ugc"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("お茶とコーヒー\n差し入れ歓迎", "<p>お茶とコーヒー<br>\n差し入れ歓迎</p>\n"),
        ("# Jelly\n## 持ち物\n### 席\n###### 注", "<h3>Jelly</h3>\n<h4>持ち物</h4>\n<h5>席</h5>\n<h5>注</h5>\n"),
        ("**今日**は*静か*に", "<p><strong>今日</strong>は<em>静か</em>に</p>\n"),
        ("- 茶\n- 豆", "<ul>\n<li>茶</li>\n<li>豆</li>\n</ul>\n"),
        ("3. 三\n4. 四", '<ol start="3">\n<li>三</li>\n<li>四</li>\n</ol>\n'),
        ("> 声\n\n---", "<blockquote>\n<p>声</p>\n</blockquote>\n<hr>\n"),
        ("`wifi`\n\n```py\nx < 1\n```", "<p><code>wifi</code></p>\n<pre><code>x &lt; 1\n</code></pre>\n"),
        ("[地図](https://example.org/a 'b')", f'<p><a href="https://example.org/a" title="b" {LINK}>地図</a></p>\n'),
        ("<sam@example.org>", f'<p><a href="mailto:sam@example.org" {LINK}>sam@example.org</a></p>\n'),
        (
            "|時|人|\n|-|:-:|\n|9|3|",
            "<table>\n<thead>\n<tr>\n<th>時</th>\n<th>人</th>\n</tr>\n</thead>\n"
            "<tbody>\n<tr>\n<td>9</td>\n<td>3</td>\n</tr>\n</tbody>\n</table>\n",
        ),
    ],
)
def test_text_is_shown_as_it_is_meant(text, html):
    assert html_of(text) == html
    assert isinstance(html_of(text), SafeString)


@pytest.mark.parametrize(
    ("text", "url", "before", "after"),
    [
        ("地図はhttps://example.org/a_b_c?x=1です。", "https://example.org/a_b_c?x=1", "地図は", "です。"),
        ("https://example.org/、雨天決行", "https://example.org/", "", "、雨天決行"),
        ("（https://example.org/a）", "https://example.org/a", "（", "）"),
        ("See https://example.org/a.", "https://example.org/a", "See ", "."),
        ("(see https://example.org/a).", "https://example.org/a", "(see ", ")."),
        ("http://example.org/Jelly_(event)", "http://example.org/Jelly_(event)", "", ""),
    ],
)
def test_bare_address_becomes_a_link(text, url, before, after):
    read = Reader(html_of(text))

    assert read.said.strip() == text
    assert [value for _tag, name, value in read.attributes if name == "href"] == [url]
    assert f">{url}</a>{after}</p>" in html_of(text)
    assert html_of(text).startswith(f"<p>{before}<a ")


def test_address_within_a_link_or_code_stays_as_it_is():
    assert html_of("[https://a.example](https://b.example)").count("<a ") == 1
    assert "<a" not in html_of("`https://a.example`")
    assert "<a" not in html_of("ftp://a.example javascript://a.example")


def test_pictures_are_links_to_them():
    assert html_of("![ちらし](https://example.org/a.png)") == (
        f'<p><a href="https://example.org/a.png" {LINK}>ちらし</a></p>\n'
    )
    assert html_of("![](https://example.org/a.png)").count(">https://example.org/a.png</a>") == 1
    assert html_of("[![ちらし](https://example.org/a.png)](https://example.org)") == (
        f'<p><a href="https://example.org" {LINK}>ちらし</a></p>\n'
    )


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java\nscript:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](\\javascript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:x)",
    "[a](file:///etc/passwd)",
    "[a](/admin/logout/)",
    "[a](//evil.example)",
    "[a](#top)",
    "<javascript:alert(1)>",
    "![a](javascript:alert(1))",
    '![a](https://example.org/"onerror="alert(1))',
    '[a](https://example.org "x\\" onmouseover=alert(1) y=\\"")',
    "[a]: javascript:alert(1)\n\n[a]",
    "[a](<https://example.org/\"><script>alert(1)</script>>)",
    '```"><script>alert(1)</script>\n```',
    "|a|\n|-|\n|<style>*{display:none}</style>|",
    "<!-- x --><a href=x>",
    "https://example.org/\"onclick=alert(1)",
    "http://\u202e.example/&quot;&gt;&lt;script&gt;",
    "http://[",
    "\x00<scr\x00ipt>\x00",
    "{% load x %}{{ settings.SECRET_KEY }}",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("around", ["{}", "> - {}", "# {}", "**{}**", "[x {}](https://example.org)", "a {} b"])
def test_nothing_harmful_gets_through(text, around):
    html = html_of(around.replace("{}", text))

    assert_harmless(html)
    assert "\x00" not in html


def test_html_is_shown_as_it_was_typed():
    assert html_of("<b>1 < 2</b> &amp;") == "<p>&lt;b&gt;1 &lt; 2&lt;/b&gt; &amp;</p>\n"


@examples(300)
@given(
    st.lists(st.sampled_from([*HOSTILE, *"[]()<>!*_`#|-\n\\ :\"'&", "a", "https://", "漢"]), max_size=30).map("".join)
)
def test_nothing_harmful_is_put_together_from_pieces(text):
    assert_harmless(html_of(text))
    assert len(plain(text)) <= 160


MOST = 50_000


@pytest.mark.parametrize(
    "piece",
    [
        "あ", "\x00", "[", "*a", "`", "> ", "- ", "![", "[a](", "|a", "<http://", "http://a ", "[x](http://a", "***a",
        "&", "[a]: /b\n", "a\n", "  - a\n", "((((", "http://", "https://a.", "https://a)", "\\", "e\u0301",
    ],
)  # fmt: skip
def test_huge_text_is_shown_soon(piece):
    text = (piece * MOST)[:MOST]
    began = time.process_time()
    html = html_of(text)
    shown = time.process_time()
    words = plain(text)
    told = time.process_time()

    assert_harmless(html)
    assert len(words) <= 160
    # Each takes a tenth of it on a machine that does nothing else.
    assert shown - began < 6
    assert told - shown < 0.5


def test_deep_nesting_ends_somewhere():
    html = html_of("> " * 500 + "a")

    assert html.count("<blockquote>") <= 20


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("\n\n  \n", ""),
        ("# Jelly\n\nお茶と**コーヒー**。\n差し入れ[歓迎](https://example.org)", "Jelly お茶とコーヒー。 差し入れ歓迎"),
        ("- 茶\n- `豆`\n\n```\n湯\n```", "茶 豆 湯"),
        ("|時|人|\n|-|-|\n|9|3|", "時 人 9 3"),
        ("![ちらし](https://example.org/a.png) あり", "ちらし あり"),
        ("a & b <b>", "a & b <b>"),
        ("https://example.org/a_b", "https://example.org/a_b"),
    ],
)
def test_plain_words_have_no_marks(text, words):
    assert plain(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one two three four", "one two…"),
        ("one two, three four", "one two…"),
        ("coworkingday", "coworkingd…"),
        ("今日はみんなで静かに働く", "今日はみんなで静かに…"),
        ("今日はみんなで静かな、会", "今日はみんなで静かな…"),
        ("eleven char", "eleven char"),
        ("123456789e\u0301x", "123456789…"),
        ("12345678👩\u200d💻x", "12345678…"),
    ],
)
def test_plain_words_end_at_a_word(text, words):
    assert plain(text, most=11) == words


@examples(300)
@given(st.text(max_size=300), st.integers(1, 100))
def test_plain_words_are_one_line_of_so_many_characters_at_most(text, most):
    words = plain(text, most=most)

    assert len(words) <= most
    assert words == " ".join(words.split())
