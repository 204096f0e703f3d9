"""Sample events, so that a newcomer finds something on: invented, and every title says that it is a sample."""

from datetime import date, datetime, time, timedelta

from django.db import transaction

from events.announcing import announce
from events.door import check_in
from events.drafting import Repeats, draft
from events.leaving import leave
from events.models import Event, Rsvp, Series, Venue
from events.repeating import Pattern, days, jelly_week, rule_of
from events.saying import say
from events.series_changes import announce_following
from events.signing_up import sign_up
from events.taking_part import Offer, agree
from events.thanking import thank
from members.models import User
from notices.models import Notice
from spaces.calendar import DAY
from spaces.models import Space

WEDNESDAY, THURSDAY = 2, 3
_SAMPLE_JA, _SAMPLE_EN = "（見本）", "(sample)"


@transaction.atomic
def load_events(people: list[User], member: User, *, now: datetime) -> int:
    """Make sample events at the spaces that are there, unless there are events already; how many."""
    if Event.objects.exists():
        return 0
    houses = {space.slug: space for space in Space.objects.in_federation()}
    operators = {
        slug: operator for slug in houses if (operator := User.objects.filter(operator__space=houses[slug]).first())
    }
    if set(operators) >= {"koharubiyori", "dorinoki", "garage-labs", "cafe-36"}:
        _jelly(houses, operators, people, member, now)
        _show_and_tell(houses["dorinoki"], operators["dorinoki"], people, now)
        _advice(houses["garage-labs"], operators["garage-labs"], now)
        _jelly_in_jelly_week(houses["cafe-36"], operators["cafe-36"], now)
    # Nobody reads the mails of invented people; what is due later, the newcomer's own account is still told.
    letters = Notice.objects.filter(kind__startswith="event.")
    letters.filter(recipient__startswith="visitor", recipient__endswith="@example.jp").delete()
    letters.filter(recipient=member.email, due_at__lte=now).delete()
    return Event.objects.count()


def _jelly(
    houses: dict[str, Space], operators: dict[str, User], people: list[User], member: User, now: datetime
) -> None:
    """Next week in three spaces and online; one is full with a line, and a fourth has not answered yet."""
    home = houses["koharubiyori"]
    event = draft(
        organiser=home,
        values={
            **_words("みんなのJelly", "A Jelly for all"),
            "kind": Event.Kind.JELLY,
            "text_ja": (
                "お茶を飲みながら、それぞれの仕事をする1日です。三つのスペースとオンラインを同時につなぎます。\n\n"
                "- 出入り自由\n- 参加無料\n\n*これは見本のイベントです。*"
            ),
            "text_en": (
                "A day of working side by side over tea, in three spaces and online at the same time.\n\n"
                "- Come and go as you like\n- Free of charge\n\n*This event is a sample.*"
            ),
            "question_ja": "今日はどんな仕事をしますか？",
            "question_en": "What will you work on?",
            **_times(home, _next(home.today(now), WEDNESDAY), "13:00", "17:00"),
        },
        here=Offer(capacity=6),
        online=Offer(capacity=None, online_url="https://meet.example.jp/jelly"),
        asked=[houses[slug] for slug in ("garage-labs", "dorinoki", "cafe-36")],
        by=operators["koharubiyori"],
        now=now,
    )
    announce(event=event, now=now)
    for slug, capacity in (("garage-labs", 8), ("dorinoki", 10)):
        venue = event.venues.get(space=houses[slug])
        agree(venue=venue, offer=Offer(capacity=capacity), by=operators[slug], now=now)
        Notice.objects.filter(kind="event.asked", subject_key=f"venue:{venue.pk}").delete()
    venues = {venue.space.slug if venue.space else "online": venue for venue in event.venues.all()}
    for person, slug, size in zip(
        people,
        ["koharubiyori"] * 6 + ["dorinoki"] * 3 + ["garage-labs"] * 2 + ["online"],
        [2, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1, 1],
        strict=False,
    ):
        sign_up(venue=venues[slug], user=person, people=size, waits=True, now=now)
    sign_up(venue=venues["garage-labs"], user=member, now=now)
    say(event=event, rsvp=Rsvp.objects.get(event=event, user=people[0]), text="おやつを持っていきます（見本）", now=now)


def _show_and_tell(space: Space, operator: User, people: list[User], now: datetime) -> None:
    """Every month; two dates were already, and have figures."""
    first = _next(space.today(now), THURSDAY)
    rule = rule_of(Pattern.MONTHLY_WEEKDAY, first)
    event = draft(
        organiser=space,
        values={
            **_words("自慢大会", "Show-and-tell"),
            "kind": Event.Kind.SHOW_AND_TELL,
            "text_ja": "最近つくったもの、気に入っているものを、ひとり5分で自慢します。聞くだけの参加も歓迎です。",
            "text_en": "Five minutes each, to show what you have made or are fond of. Listening is welcome too.",
            **_times(space, first, "18:00", "20:00"),
        },
        here=Offer(capacity=12),
        repeats=Repeats(rule),
        by=operator,
        now=now,
    )
    announce_following(event=event, now=now)
    for person in people[:4]:
        sign_up(venue=event.venues.get(), user=person, now=now)
    earlier = days(rule, first - 100 * DAY, until=first - 14 * DAY)[-2:]
    Series.objects.filter(events=event).update(starts_on=earlier[0])
    event.refresh_from_db()
    for number, day in enumerate(earlier):
        _was_held(event, day, people[number : number + 5 + 2 * number])


def _was_held(model: Event, day: date, people: list[User]) -> None:
    """Write a date that was, which no act does: who had signed up came, but for one; one took it back."""
    space = model.organiser
    before = datetime.combine(day - 14 * DAY, time(12), space.zone)
    names = ("kind", "title_ja", "title_en", "text_ja", "text_en", "series")
    event = Event.objects.create(
        organiser=space,
        occurs_on=day,
        published_at=before,
        **{name: getattr(model, name) for name in names},
        **_times(space, day, "18:00", "20:00"),
    )
    venue = Venue.objects.create(event=event, space=space, capacity=12, agreed_at=before)
    rsvps = [sign_up(venue=venue, user=person, now=before) for person in people]
    leave(rsvp=rsvps.pop(), now=before)
    for rsvp in rsvps[1:]:
        check_in(rsvp=rsvp, venue=venue, now=event.starts_at)
    thank(event=event, text="ご参加ありがとうございました（見本）。", now=event.ends_at + timedelta(hours=12))


def _advice(space: Space, operator: User, now: datetime) -> None:
    """A day on which a supporter gives advice."""
    event = draft(
        organiser=space,
        values={
            **_words("創業なんでも相談", "Advice on starting a business"),
            "kind": Event.Kind.ADVICE,
            "text_ja": "資金や届け出など、創業のことを気軽に聞ける日です。おひとり30分ほど。",
            "text_en": "Ask about money, papers and whatever else comes with starting out. About half an hour each.",
            "supporter_ja": "見本銀行（架空）",
            "supporter_en": "Sample Bank (invented)",
            "most_guests": 0,
            "question_ja": "どんなことを相談したいですか？",
            "question_en": "What would you like to ask about?",
            **_times(space, _next(space.today(now) + 7 * DAY, THURSDAY), "13:00", "16:00"),
        },
        here=Offer(capacity=5),
        by=operator,
        now=now,
    )
    announce(event=event, now=now)


def _jelly_in_jelly_week(space: Space, operator: User, now: datetime) -> None:
    """In the next Worldwide Jelly Week that is a while ahead."""
    today = space.today(now)
    monday = next(week for year in (today.year, today.year + 1) if (week := jelly_week(year)[0]) > today + 7 * DAY)
    event = draft(
        organiser=space,
        values={
            **_words("Jelly Weekの1日", "A day of Jelly Week"),
            "kind": Event.Kind.JELLY,
            "text_ja": "世界のあちこちで同じ週に開かれるJellyに、私たちも加わります。",
            "text_en": "Jellies are held all over the world in this week, and this is one of them.",
            **_times(space, monday + WEDNESDAY * DAY, "12:00", "16:00"),
        },
        here=Offer(capacity=8),
        by=operator,
        now=now,
    )
    announce(event=event, now=now)


def _words(japanese: str, english: str) -> dict[str, str]:
    return {"title_ja": f"{japanese}{_SAMPLE_JA}", "title_en": f"{english} {_SAMPLE_EN}"}


def _times(space: Space, day: date, starts: str, ends: str) -> dict[str, datetime]:
    moments = (datetime.combine(day, time.fromisoformat(clock), space.zone) for clock in (starts, ends))
    return dict(zip(("starts_at", "ends_at"), moments, strict=True))


def _next(today: date, weekday: int) -> date:
    """That weekday of the week after this one."""
    return today + (7 - today.weekday() + weekday) * DAY
