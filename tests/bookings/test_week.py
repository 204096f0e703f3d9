"""The week of availability, against a count of each minute of each hour."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bookings.booking import book
from bookings.forms import BookingForm
from bookings.occupancy import Occupancy
from bookings.offers import Offer, offers
from bookings.pricelist import price_list
from bookings.week import booking_link, wall, week_of, week_span
from spaces.calendar import Calendar, Span, WeeklyHours, days
from spaces.house import houses
from spaces.models import Space
from tests.factories import JAPAN, TUESDAY, at, keep_hours, span, unsaved_house
from tests.properties import examples, undone
from tests.spaces.hours import CLOCK_CHANGES, orderly_calendars
from tests.spaces.minutes import DAY, MINUTE, clock, moment, number, own_minutes, stretches

every_change = pytest.mark.parametrize(
    ("zone", "day"), CLOCK_CHANGES, ids=[f"{zone.key}-{day:%m-%d}" for zone, day in CLOCK_CHANGES]
)


@st.composite
def weeks(draw, zone, day):
    """A house, its bookings by minute, a moment, and what is chosen from."""
    calendar = draw(orderly_calendars(zone, day))
    house = unsaved_house(
        calendar,
        capacity=draw(st.integers(1, 5)),
        step=draw(st.sampled_from([15, 30, 60])),
        notice_minutes=draw(st.sampled_from([0, 0, 45])),
        horizon_days=draw(st.sampled_from([1, 60])),
    )
    midnight = number(datetime.combine(day, time(), zone))
    taken: dict[int, int] = {}
    found = []
    for start, length, seats in draw(
        st.lists(st.tuples(st.integers(-300, 3000), st.integers(1, 1500), st.integers(1, 3)), max_size=8)
    ):
        minutes = range(midnight + start, midnight + start + length)
        if max(taken.get(minute, 0) for minute in minutes) + seats <= house.open_seats.capacity:
            taken.update({minute: taken.get(minute, 0) + seats for minute in minutes})
            found.append((moment(minutes[0]), moment(minutes[-1] + 1), seats))
    now = moment(midnight + draw(st.integers(-1500, 2000)))
    minutes = draw(st.sampled_from([None, 120, 60]))
    offer = Offer("any", house.open_seats, "Any", 800, minutes) if draw(st.booleans()) else None
    return house, Occupancy(found), taken, now, offer


def cells_of(week, which):
    """The cells of one open day, by the hour that they stand for, past 24 at night."""
    open_days = [each.day for each in week.days if each.spans]
    first = int(week.rows[0].label.split(":")[0])
    found = {}
    for hour, row in enumerate(week.rows, start=first):
        assert row.label == f"{hour % 24}:00"
        shown = [each.day for each in week.days] if hour == first else open_days
        assert len(row.cells) == len(shown)
        found[hour] = row.cells[shown.index(week.days[which].day)]
    return found


@every_change
@examples(25)
@given(data=st.data())
def test_day_says_how_busy_it_is_and_how_many_seats_are_left(zone, day, data):
    house, occupancy, taken, now, offer = data.draw(weeks(zone, day))
    capacity = house.open_seats.capacity

    week = week_of(house, house.open_seats, {1: occupancy}, first=day, now=now, offer=offer)

    assert [each.day for each in week.days] == list(days(day, day + 6 * DAY))
    for each in week.days[:2]:
        minutes = own_minutes(house.calendar, each.day, clock(zone, day))
        assert list(each.spans) == stretches(minutes)
        used = sum(taken.get(minute, 0) for minute in minutes)
        assert abs(each.busy - (100 * used / (len(minutes) * capacity) if minutes else 0)) <= 0.5 + 1e-9
        left = [capacity - taken.get(minute, 0) for minute in minutes if minute >= number(now)]
        assert each.free == min(left, default=None)
        assert each.is_today == (each.day == now.astimezone(zone).date())
        assert (each.closed is None) == bool(minutes)


@every_change
@examples(40)
@given(data=st.data())
def test_hour_says_how_many_seats_are_free_for_what_is_offered(zone, day, data):
    house, occupancy, taken, now, offer = data.draw(weeks(zone, day))
    seats = house.open_seats
    last = house.space.today(now) + timedelta(days=house.space.horizon_days)
    earliest = number(now) + house.space.notice_minutes + (1 if now.second or now.microsecond else 0)

    week = week_of(house, seats, {1: occupancy}, first=day, now=now, offer=offer)

    for which in (0, 1):
        if not week.days[which].spans:
            continue
        hours = hours_of(week.days[which], zone)
        for hour, cell in cells_of(week, which).items():
            said = by_hand(house, hours.get(hour), offer, earliest, taken)
            if isinstance(said, str):
                assert (cell.look, cell.text, cell.link) == (said, "", "")
                continue
            start, end, free = said
            assert cell.look == f"f{-(-4 * free // seats.capacity)}"
            assert cell.text == (str(free) if seats.capacity > 1 else "○" if free else "×")
            in_time = moment(start).astimezone(zone).date() <= last
            assert bool(cell.link) == bool(offer and free > 0 and in_time)
            if cell.link:
                assert read(house, cell.link) == (seats.pk, Span(moment(start), moment(end)), 1)


def hours_of(each, zone):
    """The minutes of each hour of a day, with the stretch they are in; the first stretch, where two are in one hour.

    An hour that the clock shows twice is the first of the two.
    """
    found = {}
    for own in each.spans:
        before = None
        for minute in range(number(own.starts_at), number(own.ends_at)):
            local = moment(minute).astimezone(zone)
            hour = local.hour + 24 * (local.date() - each.day).days
            stretch, minutes = found.setdefault(hour, (own, []))
            if stretch == own and (not minutes or before == (hour, local.fold)):
                minutes.append(minute)
            before = (hour, local.fold)
    return found


def by_hand(house, hour, offer, earliest, taken):
    """What the cell of an hour must say: nothing to choose, or from when until when, and how many seats are free."""
    if hour is None:
        return "shut"
    (opens_at, closes_at), minutes = hour
    opening, closing = number(opens_at), number(closes_at)
    starts = [minute for minute in minutes if not (minute - opening) % house.open_seats.step_minutes]
    to_come = [minute for minute in starts if minute >= earliest]
    if not to_come:
        return "past" if minutes[0] < earliest else "shut"
    start, end = minutes[0], minutes[-1] + 1
    if offer:
        start = to_come[0]
        end = closing if offer.minutes is None else min(start + offer.minutes, closing)
    return start, end, house.open_seats.capacity - max(taken.get(minute, 0) for minute in range(start, end))


def read(house, link):
    """What the form of a quote reads out of a link."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    form = BookingForm(query, zone=house.space.zone)
    assert form.is_valid(), form.errors
    wish = form.cleaned_data
    return wish["resource"], Span(wish["starts"], wish["ends"]), wish["seats"]


@every_change
def test_time_on_the_clock_is_read_back_as_the_same_moment(zone, day):
    house = unsaved_house(Calendar(zone, "JP", False, ()))
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)

    for count in range(26 * 4):
        start = midnight + count * 15 * MINUTE
        link = booking_link(house, house.open_seats, Span(start, start + DAY), seats=3)
        assert read(house, link) == (1, Span(start, start + DAY), 3)


def test_offset_is_said_only_where_the_clock_shows_a_time_twice():
    house = unsaved_house(Calendar(CLOCK_CHANGES[0][0], "US", False, ()))
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)

    said = [wall(first + hours * timedelta(hours=1), house) for hours in range(3)]

    assert said == ["2026-11-01T01:30", "2026-11-01T01:30-05:00", "2026-11-01T02:30"]


def test_hours_keep_their_names_on_the_day_on_which_clocks_change():
    zone, autumn = CLOCK_CHANGES[1]
    always = tuple(WeeklyHours(weekday, time(), time()) for weekday in range(7))
    house = unsaved_house(Calendar(zone, "US", False, always))
    at_ten = datetime.combine(autumn, time(10), zone).astimezone(UTC)
    taken = Occupancy([(at_ten, at_ten + timedelta(hours=1), 3)])

    week = week_of(house, house.open_seats, {1: taken}, first=autumn, now=at_ten - DAY, offer=None)

    assert [row.label for row in week.rows if row.cells[0].text == "1"] == ["10:00"]


def test_week_of_koharubiyori_rests_on_sunday_and_holidays(koharubiyori, now):
    seats = koharubiyori.open_seats

    with translation.override("en"):
        week = week_of(koharubiyori, seats, {}, first=date(2026, 11, 21), now=now, offer=None)

    assert [bool(each.spans) for each in week.days] == [True, False, False, True, True, True, True]
    assert [each.is_rest for each in week.days] == [False, True, True, False, False, False, False]
    assert week.days[2].closed.holiday == "Labor Thanksgiving Day"
    assert [each.is_today for each in week.days] == [False, False, False, True, False, False, False]
    assert [row.label for row in week.rows] == [f"{hour}:00" for hour in range(11, 21)]
    assert (week.first, week.last) == (date(2026, 11, 21), date(2026, 11, 27))


def test_day_without_hours_is_one_cell_as_tall_as_the_week(koharubiyori, now):
    week = week_of(koharubiyori, koharubiyori.open_seats, {}, first=date(2026, 11, 23), now=now, offer=None)

    holiday, *_, sunday = week.rows[0].cells
    assert (holiday.look, holiday.rows, holiday.closed.holiday) == ("shut", 10, "勤労感謝の日")
    assert (sunday.look, sunday.rows, sunday.closed.holiday) == ("shut", 10, None)
    assert {len(row.cells) for row in week.rows[1:]} == {5}


def test_week_without_any_hours_has_no_rows(now):
    house = unsaved_house(Calendar(JAPAN, "JP", False, ()))

    week = week_of(house, house.open_seats, {}, first=TUESDAY, now=now, offer=None)

    assert (week.rows, {each.free for each in week.days}, {each.busy for each in week.days}) == ((), {None}, {0})
    assert week_span(house, TUESDAY) == Span(at("00:00"), at("00:00", date(2026, 12, 1)))


def test_span_of_a_week_goes_from_its_first_opening_to_its_last_closing(koharubiyori):
    assert week_span(koharubiyori, date(2026, 11, 22)) == Span(at("11:00"), at("18:00", date(2026, 11, 28)))


@pytest.mark.parametrize(
    ("first", "before", "after"),
    [
        (TUESDAY, None, date(2026, 12, 1)),
        (date(2026, 11, 26), TUESDAY, date(2026, 12, 3)),
        (date(2026, 12, 8), date(2026, 12, 1), date(2026, 12, 15)),
        (date(2027, 1, 16), date(2027, 1, 9), date(2027, 1, 23)),
        (date(2027, 1, 17), date(2027, 1, 10), None),
    ],
)
def test_week_leads_to_weeks_in_which_something_can_be_booked(koharubiyori, now, first, before, after):
    week = week_of(koharubiyori, koharubiyori.open_seats, {}, first=first, now=now, offer=None)

    assert (week.before, week.after) == (before, after)


def test_hours_that_are_over_are_past_and_lead_nowhere(koharubiyori):
    offer = Offer("any", koharubiyori.open_seats, "Any", 800, None)

    week = week_of(koharubiyori, koharubiyori.open_seats, {}, first=TUESDAY, now=at("13:40"), offer=offer)

    cells = [row.cells[0] for row in week.rows]
    assert [cell.look for cell in cells[:4]] == ["past", "past", "past", "f4"]
    assert read(koharubiyori, cells[3].link)[1] == span("14:00", "21:00")


def test_full_hour_leads_nowhere(koharubiyori, now):
    seats = koharubiyori.open_seats
    taken = Occupancy([(at("12:00"), at("13:00"), 15), (at("15:00"), at("16:00"), 4)])
    offer = Offer("any", seats, "Any", 800, 60)

    week = week_of(koharubiyori, seats, {seats.pk: taken}, first=TUESDAY, now=now, offer=offer)

    cells = [row.cells[0] for row in week.rows]
    assert [(cell.look, cell.text, bool(cell.link)) for cell in cells[:5]] == [
        ("f4", "15", True), ("f0", "0", False), ("f4", "15", True), ("f4", "15", True), ("f3", "11", True)
    ]  # fmt: skip


def test_room_is_free_or_not(koharubiyori, now):
    [room] = koharubiyori.rooms
    taken = Occupancy([(at("12:00"), at("13:00"), 1)])

    week = week_of(koharubiyori, room, {room.pk: taken}, first=TUESDAY, now=now, offer=None)

    assert [row.cells[0].text for row in week.rows[:3]] == ["○", "×", "○"]


@given(data=st.data())
@examples(12)
def test_whatever_the_week_links_to_can_be_booked_for_real(four_spaces, ben, data):
    zone, day = data.draw(st.sampled_from(CLOCK_CHANGES))
    calendar = data.draw(orderly_calendars(zone, day))
    now = datetime.combine(day, time(7), zone).astimezone(UTC) + data.draw(st.integers(-600, 600)) * MINUTE
    space = four_spaces["koharubiyori"]

    with undone():
        space.notice_minutes = data.draw(st.sampled_from([0, 45]))
        keep_hours(space, calendar)
        space.resources.update(step_minutes=data.draw(st.sampled_from([15, 30, 60])))
        [found] = houses(Space.objects.filter(pk=space.pk), today=space.today(now))
        prices = price_list([space.pk], ben, today=space.today(now))
        for offer in offers(found, prices, day=day):
            week = week_of(found, offer.resource, {}, first=day, now=now, offer=offer)
            links = [cell.link for row in week.rows for cell in row.cells if cell.link]
            for link in data.draw(st.lists(st.sampled_from(links), max_size=6)) if links else []:
                resource, wished, seats = read(found, link)
                with undone():
                    assert book(user=ben, space=space, resource_id=resource, span=wished, seats=seats, now=now).is_live
