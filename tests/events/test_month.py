"""The month of events, as a calendar on a screen and as a list of days on a phone."""

import re
from datetime import date, timedelta

import pytest

from events.month import last_day, month_before, next_month, weeks_of
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.factories import TUESDAY, at, make_space
from tests.pages.conftest import JAPANESE
from tests.pages.conftest import english as english
from tests.pages.conftest import visitor as visitor
from tests.pages.crowd import queries
from tests.pages.test_every_page import ENGLISH_SENTENCE
from tests.reading import Page

HERE = "/events/month/"


@pytest.fixture
def k(four_spaces):
    return four_spaces["koharubiyori"]


def on(space, **fields):
    event = make_event(space, **fields)
    make_venue(event, space)
    return event


@pytest.mark.parametrize("first", [date(2026, 2, 1), date(2026, 11, 1), date(2027, 2, 1), date(2028, 2, 1)])
def test_month_is_whole_weeks_from_monday_to_sunday_with_each_of_its_days_once(first):
    weeks = weeks_of(first, [], today=first)

    cells = [cell for cells in weeks for cell in cells]
    assert {len(cells) for cells in weeks} == {7}
    assert [cell.day for cell in cells] == [cells[0].day + timedelta(number) for number in range(len(cells))]
    assert (cells[0].day.weekday(), cells[-1].day.weekday()) == (0, 6)
    assert [cell.day for cell in cells if cell.is_of_month] == [
        first + timedelta(number) for number in range(last_day(first).day)
    ]
    assert [cell.day for cell in cells if cell.is_today] == [first]
    assert month_before(next_month(first)) == first
    # No week is without a day of the month.
    assert all(any(cell.is_of_month for cell in cells) for cells in weeks)


def test_month_shows_its_events_on_their_days_and_marks_today(visitor, k):
    here, other = on(k, day=TUESDAY), on(k, day=date(2026, 12, 1), title_en="December")
    on(k, day=date(2026, 10, 31), title_en="October")

    page = Page(visitor.get(HERE))
    table = page.html[page.html.index("<table") : page.html.index("</table>")]
    today = re.search(r"<td[^>]*aria-current=\"date\".*?</td>", table, re.DOTALL)

    assert today is not None
    assert f'datetime="{TUESDAY}"' in today[0]
    assert here.get_absolute_url() in today[0]
    assert table.count("aria-current") == 1
    assert table.count('scope="col"') == 7
    assert "Events in November 2026" in table
    assert other.reference not in page.html
    assert "October" not in page.main


def test_months_before_and_after_are_a_link_away_and_keep_the_filter(visitor, k):
    event = on(k, day=date(2026, 12, 31), starts="20:00", ends="23:00")

    page = Page(visitor.get(HERE, {"space": "koharubiyori", "kind": "jelly"}))
    after = Page(visitor.get(HERE + page.link("Next month")))

    assert page.link("Next month") == "?space=koharubiyori&kind=jelly&month=2026-12"
    assert page.link("Previous month") == "?space=koharubiyori&kind=jelly&month=2026-10"
    assert event.get_absolute_url() in after.links_to("/events/")
    assert after.form("space", "kind").fields == {"month": "2026-12", "space": "koharubiyori", "kind": "jelly"}
    assert after.link("To this month") == "/events/month/?space=koharubiyori&kind=jelly"


def test_filters_narrow_the_month_and_nonsense_says_so(visitor, k, four_spaces):
    jelly, talk = on(k), on(four_spaces["dorinoki"], kind="talk")

    narrowed = Page(visitor.get(HERE, {"kind": "talk"}))
    wrong = visitor.get(HERE, {"kind": "x"})

    assert talk.reference in narrowed.html
    assert jelly.reference not in narrowed.html
    assert wrong.status_code == 400
    assert "There is no such kind of event." in Page(wrong).main


@pytest.mark.parametrize(
    "month", ["x", "2026-13", "2026-00", "0000-01", "9999-12", "2026-1", "２０２６-11", "\x00", "2040-01", "1990-01"]
)
def test_month_that_is_none_or_far_away_is_not_there(visitor, four_spaces, month):
    assert visitor.get(HERE, {"month": month}).status_code == 404


def test_last_month_that_is_there_leads_no_further(visitor, four_spaces):
    month = "2026-11"
    for _ in range(60):
        page = Page(visitor.get(HERE, {"month": month}))
        assert page.status == 200
        links = [link for words, link in page.links if words == "Next month"]
        if not links:
            break
        month = links[0].removeprefix("?month=")

    assert month == "2029-11"


def test_empty_month_leads_on(visitor, four_spaces):
    page = Page(visitor.get(HERE))

    assert "Nothing is on in this month." in page.main
    assert page.link("See what comes next") == "/events/"


def test_past_and_cancelled_events_stay_in_their_month(visitor, k):
    gone = make_space("gone", left_on=TUESDAY)
    before, off = on(k, day=date(2026, 11, 2)), on(k, day=date(2026, 11, 3), cancelled_at=at("08:00"))
    theirs, to_come = on(gone, day=date(2026, 11, 4)), on(gone, day=FRIDAY)
    draft = on(k, published_at=None)

    page = Page(visitor.get(HERE))

    assert [one.reference in page.html for one in (before, off, theirs, to_come, draft)] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert page.main.count("Cancelled") == 1


def test_day_is_that_of_the_space_that_holds_it(visitor, k):
    """At one in the morning of the first in Sapporo it is still the day before in Kathmandu."""
    k.timezone = "Asia/Kathmandu"
    k.save()
    event = on(k, day=date(2026, 12, 1), starts="01:00", ends="02:00")

    assert event.reference in Page(visitor.get(HERE)).html
    assert event.reference not in Page(visitor.get(HERE, {"month": "2026-12"})).html


def test_own_sign_up_is_marked(english, visitor, ben, k):
    make_rsvp(on(k).venues.get(), ben)

    assert "Going" in Page(english(ben).get(HERE)).main
    assert "Going" not in Page(visitor.get(HERE)).main


def test_month_reads_in_japanese_without_english_sentences(visitor, k):
    on(k)
    on(k, cancelled_at=at("08:00"))

    for asked in ({}, {"month": "2027-05"}):
        page = Page(visitor.get(HERE, asked, headers=JAPANESE))
        assert (page.status, page.lang, ENGLISH_SENTENCE.findall(page.text)) == (200, "ja", [])
    assert "2026年11月のイベント" in Page(visitor.get(HERE, headers=JAPANESE)).main


def test_month_asks_the_same_however_much_is_on(english, visitor, ben, k):
    counts = [set(), set()]
    for more in (1, 2, 30):
        for _ in range(more):
            make_rsvp(on(k).venues.get(), ben)
        for asked, client in zip(counts, (english(ben), visitor), strict=True):
            asked.add(queries(client, HERE))

    assert [len(asked) for asked in counts] == [1, 1]


def test_month_takes_no_post(visitor, four_spaces):
    assert visitor.post(HERE).status_code == 405
