from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from bookings.models import Booking
from events import announcing, taking_part
from events.models import Event, Rsvp, Series
from events.repeating import remaining
from events.series import extend, extend_all, repeat
from events.series_changes import change_following, end
from events.signing_up import sign_up
from events.taking_part import Offer
from notices.models import Notice
from spaces.refusing import codes
from tests.events.making import make_event, make_venue
from tests.factories import at, make_booking, make_resource, make_space, make_user

TUESDAY = date(2026, 12, 1)


@pytest.fixture
def here(db):
    return make_resource(make_space("here"), capacity=10).space


@pytest.fixture
def event(here):
    return make_event(here, day=TUESDAY)


@pytest.fixture
def venue(event, here):
    return make_venue(event, here, capacity=5)


def weekly(event, now, times=4) -> Series:
    return repeat(event=event, rule=f"FREQ=WEEKLY;BYDAY=TU;COUNT={times}", now=now)


def on_days(series) -> list[date]:
    rows = Event.objects.filter(series=series, cancelled_at=None).order_by("starts_at")
    return [one.day for one in rows]


def tuesdays(*numbers: int) -> list[date]:
    return [TUESDAY + timedelta(weeks=number) for number in numbers]


def test_each_time_is_an_event_with_the_same_venues_at_the_same_hour(event, venue, now):
    series = weekly(event, now)

    events = Event.objects.filter(series=series).order_by("starts_at")
    assert on_days(series) == tuesdays(0, 1, 2, 3)
    assert [(one.title_ja, one.starts_at, one.is_announced) for one in events] == [
        ("金曜のJelly", at("13:00", day), True) for day in on_days(series)
    ]
    assert [(v.space, v.capacity, v.stands) for one in events for v in one.venues.all()] == [(venue.space, 5, True)] * 4


def test_written_again_nothing_is_doubled(event, venue, now):
    series = weekly(event, now)

    assert (extend(series=series, now=now), extend_all(now=now)) == ([], 0)


def test_a_series_without_end_is_written_a_year_ahead_and_goes_on(event, venue, now):
    series = repeat(event=event, rule="FREQ=MONTHLY;BYDAY=1TU", now=now)
    written = len(on_days(series))

    assert written == 13
    assert extend_all(now=now + timedelta(days=31)) == 1


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY;BYDAY=WE", "FREQ=YEARLY;BYWEEKNO=3;BYDAY=TU"])
def test_the_rule_gives_the_day_of_the_event_itself(event, now, rule):
    with pytest.raises(ValidationError) as refused:
        repeat(event=event, rule=rule, now=now)

    assert codes(refused.value) == {"rule_misses_day"}
    assert not Series.objects.exists()


def test_days_that_are_left_out_have_no_event(event, now):
    series = repeat(event=event, rule="FREQ=WEEKLY;COUNT=4", left_out=tuesdays(2), now=now)

    assert on_days(series) == tuesdays(0, 1, 3)


def test_a_date_that_was_cancelled_does_not_come_back(event, venue, now):
    series = weekly(event, now)
    second = Event.objects.get(series=series, occurs_on=tuesdays(1)[0])

    announcing.cancel(event=second, reason="", now=now)

    assert extend(series=series, now=now) == []
    assert on_days(series) == tuesdays(0, 2, 3)


def test_what_is_changed_alone_is_not_what_later_dates_are_like(event, venue, now):
    series = repeat(event=event, rule="FREQ=WEEKLY", now=now)
    last = Event.objects.filter(series=series).order_by("-occurs_on").first()
    announcing.change(event=last, values={"title_ja": "特別編", "title_en": "Special"}, now=now)

    [new] = extend(series=series, now=now + timedelta(days=7))

    assert (new.title_ja, new.is_announced) == ("金曜のJelly", True)


def test_this_and_following_change_and_who_comes_is_told(event, venue, aiko, now):
    series = weekly(event, now)
    third = Event.objects.get(series=series, occurs_on=tuesdays(2)[0])
    rsvp = sign_up(venue=third.venues.get(), user=aiko, now=now)

    later = {"title_en": "Late Jelly", "starts_at": third.starts_at + timedelta(hours=2), "ends_at": third.ends_at}
    change_following(event=third, values=later, now=now)

    events = Event.objects.filter(series=series).order_by("starts_at")
    assert [one.title_en for one in events] == ["Friday Jelly"] * 2 + ["Late Jelly"] * 2
    assert [one.starts_at.astimezone(series.organiser.zone).hour for one in events] == [13, 13, 15, 15]
    assert Notice.objects.filter(kind="event.changed").get().subject_key == f"rsvp:{rsvp.pk}"


def test_by_another_rule_the_rest_comes_on_its_days_as_a_series_of_its_own(event, venue, now):
    series = weekly(event, now)
    third = Event.objects.get(series=series, occurs_on=tuesdays(2)[0])
    wednesday = timedelta(days=1)

    change_following(
        event=third,
        values={"starts_at": third.starts_at + wednesday, "ends_at": third.ends_at + wednesday},
        rule="FREQ=WEEKLY;BYDAY=WE;COUNT=3",
        now=now,
    )

    third.refresh_from_db()
    assert on_days(series) == tuesdays(0, 1)
    assert on_days(third.series) == [day + wednesday for day in tuesdays(2, 3, 4)]
    assert extend_all(now=now) == 0


def test_fewer_days_cancel_what_somebody_comes_to_and_take_out_the_rest(event, venue, aiko, now):
    series = weekly(event, now)
    second, third, fourth = Event.objects.filter(series=series, occurs_on__gt=TUESDAY).order_by("occurs_on")
    sign_up(venue=fourth.venues.get(), user=aiko, now=now)

    once = {"event": second, "values": {}, "rule": "FREQ=WEEKLY;BYDAY=TU;COUNT=1", "now": now}
    with pytest.raises(ValidationError) as refused:
        change_following(**once)
    assert codes(refused.value) == {"no_reason"}
    change_following(**once, reason="人が集まらないため")

    second.refresh_from_db()
    fourth.refresh_from_db()
    assert on_days(second.series) == tuesdays(1)
    assert fourth.cancel_reason == "人が集まらないため"
    assert not Event.objects.filter(pk=third.pk).exists()
    assert Notice.objects.filter(kind="event.cancelled").count() == 1


def test_a_number_of_times_counts_what_has_been(event, venue, now):
    series = weekly(event, now)
    third = Event.objects.get(series=series, occurs_on=tuesdays(2)[0])

    change_following(event=third, values={"starts_at": third.starts_at + timedelta(hours=1)}, now=now)

    assert sorted(Event.objects.values_list("occurs_on", flat=True)) == tuesdays(0, 1, 2, 3)
    assert remaining("FREQ=WEEKLY;COUNT=4", TUESDAY, since=tuesdays(2)[0]) == "FREQ=WEEKLY;COUNT=2"
    assert remaining("FREQ=WEEKLY", TUESDAY, since=tuesdays(2)[0]) == "FREQ=WEEKLY"


def test_ended_from_a_date_on_nothing_comes_after_it(event, venue, aiko, now):
    series = weekly(event, now)
    second, third = Event.objects.filter(series=series, occurs_on__gt=TUESDAY).order_by("occurs_on")[:2]
    sign_up(venue=third.venues.get(), user=aiko, now=now)

    end(event=second, reason="閉店します", now=now)

    assert on_days(series) == [TUESDAY]
    assert extend_all(now=now) == 0
    assert Rsvp.objects.get().event.cancel_reason == "閉店します"


def test_holds_come_with_each_date_and_one_that_would_displace_people_is_missing(event, here, now):
    seats = here.resources.get()
    taking_part.add(
        event=event, space=here, offer=Offer(capacity=8, resource=seats), by=make_user("o@example.jp"), now=now
    )
    make_booking(seats, day=tuesdays(1)[0], starts="14:00", ends="15:00")

    series = weekly(event, now, times=3)

    held = [one.venues.get().is_held for one in Event.objects.filter(series=series).order_by("occurs_on")]
    assert held == [True, False, True]


def test_a_hold_has_the_name_of_its_event_in_the_language_of_the_house(event, here, now):
    with translation.override("en"):
        venue = taking_part.add(
            event=event,
            space=here,
            offer=Offer(capacity=8, resource=here.resources.get()),
            by=make_user("o@example.jp"),
            now=now,
        )

    assert venue.hold.name == "金曜のJelly"


def test_a_hold_that_would_displace_people_stops_the_change_of_all(event, here, now):
    seats = here.resources.get()
    taking_part.add(
        event=event, space=here, offer=Offer(capacity=8, resource=seats), by=make_user("o@example.jp"), now=now
    )
    series = weekly(event, now, times=3)
    make_booking(seats, day=tuesdays(2)[0], starts="11:00", ends="12:00")

    with pytest.raises(ValidationError) as refused:
        change_following(event=event, values={"starts_at": at("11:00", TUESDAY)}, now=now)

    assert codes(refused.value) == {"displaces"}
    assert {one.starts_at.hour for one in Event.objects.filter(series=series)} == {
        at("13:00", TUESDAY).astimezone(event.starts_at.tzinfo).hour - 9
    }


def test_a_space_that_agreed_to_one_date_is_asked_once_for_the_others(event, venue, dai, four_spaces, now):
    dorinoki = four_spaces["dorinoki"]
    make_venue(event, dorinoki, resource=dorinoki.resources.get(kind="open_seats"), held_seats=5)

    series = weekly(event, now)

    theirs = [one.venues.get(space=dorinoki) for one in Event.objects.filter(series=series).order_by("occurs_on")]
    assert [one.stands for one in theirs] == [True, False, False, False]
    assert not Booking.objects.filter(resource__space=dorinoki).exists()
    assert list(Notice.objects.filter(kind="event.asked").values_list("recipient", flat=True)) == [dai.email]


def test_dates_that_a_new_rule_gives_too_stay_where_they_are(event, venue, aiko, now):
    series = weekly(event, now, times=5)
    fourth = Event.objects.get(series=series, occurs_on=tuesdays(3)[0])
    sign_up(venue=fourth.venues.get(), user=aiko, now=now)
    announcing.cancel(event=Event.objects.get(series=series, occurs_on=tuesdays(1)[0]), reason="", now=now)

    change_following(event=event, values={}, rule="FREQ=WEEKLY;COUNT=7", now=now)

    event.refresh_from_db()
    fourth.refresh_from_db()
    assert (fourth.day, fourth.sequence) == (tuesdays(3)[0], 0)
    assert on_days(event.series) == tuesdays(0, 2, 3, 4, 5, 6)
    assert event.series.continues == series
    assert not Notice.objects.filter(kind="event.changed").exists()


def test_every_other_date_falls_away_and_the_others_stay(event, here, now):
    taking_part.add(
        event=event,
        space=here,
        offer=Offer(capacity=8, resource=here.resources.get()),
        by=make_user("o@example.jp"),
        now=now,
    )
    weekly(event, now, times=5)

    change_following(event=event, values={}, rule="FREQ=WEEKLY;INTERVAL=2;COUNT=3", now=now)

    event.refresh_from_db()
    assert on_days(event.series) == tuesdays(0, 2, 4)
    assert [one.venues.get().is_held for one in Event.objects.filter(series=event.series)] == [True] * 3
    assert Booking.objects.live().count() == 3


def test_days_that_follow_each_other_move_on_with_their_holds(event, here, now):
    taking_part.add(
        event=event,
        space=here,
        offer=Offer(capacity=8, resource=here.resources.get()),
        by=make_user("o@example.jp"),
        now=now,
    )
    repeat(event=event, rule="FREQ=DAILY;COUNT=3", now=now)
    later = timedelta(days=1)

    change_following(
        event=event, values={"starts_at": event.starts_at + later, "ends_at": event.ends_at + later}, now=now
    )

    event.refresh_from_db()
    assert on_days(event.series) == [TUESDAY + timedelta(days=number) for number in (1, 2, 3)]
    assert Booking.objects.live().count() == 3


def test_another_word_for_all_leaves_times_and_days_alone(event, venue, now):
    series = weekly(event, now)
    second = Event.objects.get(series=series, occurs_on=tuesdays(1)[0])
    wednesday = {"starts_at": second.starts_at + timedelta(hours=25), "ends_at": second.ends_at + timedelta(hours=25)}
    announcing.change(event=second, values=wednesday, now=now)
    before = dict(Event.objects.values_list("pk", "starts_at"))

    change_following(event=second, values={"title_en": "Spelt right"}, now=now)

    assert dict(Event.objects.values_list("pk", "starts_at")) == before
    assert Event.objects.filter(title_en="Spelt right").count() == 3
    assert Series.objects.count() == 1


def test_another_hour_for_all_from_a_date_that_was_moved_alone_is_no_other_rule(event, venue, now):
    series = weekly(event, now)
    second = Event.objects.get(series=series, occurs_on=tuesdays(1)[0])
    day, hour = timedelta(days=1), timedelta(hours=1)
    announcing.change(
        event=second, values={"starts_at": second.starts_at + day, "ends_at": second.ends_at + day}, now=now
    )
    second.refresh_from_db()

    later = {"starts_at": second.starts_at + hour, "ends_at": second.ends_at + hour}
    change_following(event=second, values=later, now=now)

    assert on_days(series) == [tuesdays(0)[0], tuesdays(1)[0] + day, *tuesdays(2, 3)]
    hours = [one.starts_at.astimezone(series.organiser.zone).hour for one in Event.objects.order_by("starts_at")]
    assert hours == [13, 14, 14, 14]


def test_a_date_without_its_hold_can_be_changed(event, here, now):
    seats = here.resources.get()
    taking_part.add(
        event=event, space=here, offer=Offer(capacity=8, resource=seats), by=make_user("o@example.jp"), now=now
    )
    make_booking(seats, day=tuesdays(1)[0], starts="14:00", ends="15:00")
    series = weekly(event, now, times=3)
    second = Event.objects.get(series=series, occurs_on=tuesdays(1)[0])

    announcing.change(event=second, values={"title_ja": "おためし"}, now=now)
    change_following(event=event, values={"title_ja": "みんなで"}, now=now)
    hour = timedelta(hours=1)
    change_following(
        event=event, values={"starts_at": event.starts_at + hour, "ends_at": event.ends_at + hour}, now=now
    )

    held = [one.venues.get() for one in Event.objects.filter(series=series).order_by("occurs_on")]
    assert [one.is_held for one in held] == [True, False, True]
    assert {one.hold.name for one in held if one.hold} == {"みんなで"}


def test_what_is_over_is_not_taken_out(event, venue, now):
    series = weekly(event, now)

    with pytest.raises(ValidationError) as refused:
        end(event=event, reason="", now=event.ends_at)

    assert codes(refused.value) == {"over"}
    assert len(on_days(series)) == 4


def test_another_space_is_told_once_when_a_series_ends_or_moves(event, venue, dai, four_spaces, now):
    weekly(event, now)
    for one in Event.objects.all():
        make_venue(one, four_spaces["dorinoki"])
    hour = timedelta(hours=1)

    change_following(
        event=event, values={"starts_at": event.starts_at + hour, "ends_at": event.ends_at + hour}, now=now
    )
    end(event=event, reason="", now=now)

    kinds = Notice.objects.filter(recipient=dai.email).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["event.venue_moved", "event.venue_cancelled"]
    assert Event.objects.filter(cancelled_at__isnull=False).count() == 4


def test_a_series_that_cant_be_written_ahead_stops_no_other(event, here, now):
    broken = make_event(here, day=TUESDAY + timedelta(days=1))
    repeat(event=broken, rule="FREQ=WEEKLY", now=now)
    Series.objects.update(rule="NONSENSE")
    repeat(event=event, rule="FREQ=WEEKLY", now=now)

    assert extend_all(now=now + timedelta(days=7)) == 1
