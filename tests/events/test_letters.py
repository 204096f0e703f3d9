"""What letters about events say, to whom they go, and when they do not go out any more."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar

from events import announcing
from events.changing_sign_up import change_venue
from events.leaving import leave
from events.models import Event, Rsvp, Venue
from events.notices import thanks
from events.signing_up import ask_to_confirm, confirm, sign_up
from events.taking_part import Offer, add
from events.taking_part import leave as leave_as_venue
from members.models import User
from notices.models import Notice
from notices.outbox import tell
from tests.conftest import make_operator
from tests.events.making import make_event, make_rsvp, make_venue
from tests.events.posting import LANGUAGES, delivered, words_of

pytestmark = pytest.mark.usefixtures("letters_apart")

HOSTILE = '<b onclick="x">Jelly & "tea"</b>'
LINK = "https://meet.example/jelly"
ENGLISH = re.compile(r"\b[a-z]+ [a-z]+ [a-z]+\b")


@pytest.fixture
def jelly(four_spaces):
    return make_event(four_spaces["koharubiyori"], title_ja=HOSTILE, title_en=HOSTILE)


@pytest.fixture
def here(jelly, four_spaces):
    return make_venue(jelly, four_spaces["koharubiyori"], capacity=2, note_ja="2階の和室", note_en="Upstairs")


@pytest.fixture
def there(jelly, four_spaces):
    return make_venue(jelly, four_spaces["dorinoki"], capacity=2)


@pytest.fixture
def online(jelly):
    return make_venue(jelly, None, capacity=None, online_url=LINK)


def read_by(user: User, language: str) -> User:
    User.objects.filter(pk=user.pk).update(language=language)
    user.language = language
    return user


def check(letter, *said: str, language: str) -> None:
    """Text and HTML both say this, no markup that somebody typed is markup in it, and no sentence is untranslated."""
    [(html, _type)] = letter.alternatives
    assert "<b onclick" not in html
    for words in words_of(letter):
        for one in said:
            assert one in words, one
    if language == "ja":
        assert not ENGLISH.search(letter.body)


def methods(letter) -> list[str]:
    """The METHOD of each calendar file that goes with a mail."""
    return [str(Calendar.from_ical(content)["METHOD"]) for _name, content, _type in letter.attachments]


@LANGUAGES
def test_an_address_is_confirmed_by_a_link(here, language, settings, now):
    ask_to_confirm(venue=here, name="訪問者", email="visitor@example.jp", language=language, now=now)

    [letter] = delivered()

    assert letter.to == ["visitor@example.jp"]
    check(
        letter,
        HOSTILE,
        {"en": "If it was not you, do nothing", "ja": "お心当たりがなければ、何もしなくてかまいません"}[language],
        language=language,
    )
    assert re.search(rf"{settings.SITE_URL}/sign-ups/[\w.-]+/confirmation/", letter.body)
    assert methods(letter) == []


def test_a_confirmation_is_not_sent_once_it_is_given_or_too_late(here, now):
    ask_to_confirm(venue=here, name="訪問者", email="one@example.jp", language="ja", now=now)
    confirm(rsvp=Rsvp.objects.get(), now=now)
    assert [letter.subject for letter in delivered() if "確認のお願い" in letter.subject] == []

    ask_to_confirm(venue=here, name="訪問者", email="two@example.jp", language="ja", now=now)
    assert delivered(now + timedelta(hours=24)) == []


@LANGUAGES
def test_who_has_signed_up_already_is_mailed_the_link(here, language, settings, now):
    make_rsvp(here, person="visitor@example.jp", language=language)
    for _again in range(2):
        ask_to_confirm(venue=here, name="訪問者", email="visitor@example.jp", language=language, now=now)

    [letter] = delivered()

    check(letter, {"en": "You have signed up already", "ja": "すでに参加申込があります"}[language], language=language)
    assert re.search(rf"{settings.SITE_URL}/sign-ups/[\w.-]+/\n", letter.body)


@LANGUAGES
def test_a_place_is_confirmed_with_its_calendar_entry(here, aiko, language, settings, now):
    sign_up(venue=here, user=read_by(aiko, language), people=2, now=now)

    [letter] = delivered()

    assert letter.to == [aiko.email]
    check(
        letter,
        HOSTILE,
        {"en": "Koharubiyori", "ja": "小春日和"}[language],
        {"en": "Upstairs", "ja": "2階の和室"}[language],
        "13:00–17:00",
        {"en": here.space.address_en, "ja": here.space.address_ja}[language],
        language=language,
    )
    assert f"{settings.SITE_URL}/sign-ups/" in letter.body
    assert methods(letter) == ["REQUEST"]


def test_the_link_online_stands_in_letters_to_who_comes_there_alone(jelly, here, online, aiko, ben, chie, now):
    Venue.objects.filter(pk=online.pk).update(capacity=1)
    sign_up(venue=online, user=aiko, now=now)
    sign_up(venue=here, user=ben, now=now)
    sign_up(venue=online, user=chie, waits=True, now=now)

    with_link = {letter.to[0] for letter in delivered() if LINK in letter.body + letter.alternatives[0][0]}

    assert with_link == {aiko.email}


@LANGUAGES
def test_who_waits_reads_their_number_as_it_is_when_the_letter_goes_out(here, there, aiko, ben, language, now):
    make_rsvp(here, people=2)
    make_rsvp(there)
    first = sign_up(venue=here, user=aiko, waits=True, now=now)
    sign_up(venue=here, user=read_by(ben, language), waits=True, now=now)
    leave(rsvp=first, now=now)

    [letter] = [letter for letter in delivered() if letter.to == [ben.email]]

    check(
        letter,
        {"en": "You are number 1 on the waiting list", "ja": "キャンセル待ちの1番目です"}[language],
        {"en": "1 place left", "ja": "残り1席"}[language],
        language=language,
    )
    assert methods(letter) == ["REQUEST"]


@LANGUAGES
def test_who_moves_up_reads_until_when_they_may_say_no(here, aiko, language, now):
    gone = make_rsvp(here, people=2)
    sign_up(venue=here, user=read_by(aiko, language), waits=True, now=now)
    leave(rsvp=gone, now=now)

    [letter] = delivered()

    check(
        letter,
        {"en": "say so by Wednesday, 25 November 2026 09:00", "ja": "2026年11月25日（水） 09:00までに"}[language],
        language=language,
    )
    assert methods(letter) == ["REQUEST"]


def test_who_has_moved_up_and_on_reads_only_of_the_last(here, there, aiko, now):
    gone = make_rsvp(here, people=2)
    rsvp = sign_up(venue=here, user=aiko, waits=True, now=now)
    leave(rsvp=gone, now=now)
    change_venue(rsvp=rsvp, venue=there, now=now)

    [letter] = delivered()

    assert letter.subject.startswith("参加申込を変更しました")


@LANGUAGES
def test_another_venue_is_confirmed(here, there, aiko, language, now):
    rsvp = sign_up(venue=here, user=read_by(aiko, language), now=now)
    change_venue(rsvp=rsvp, venue=there, now=now)

    [letter] = delivered()

    check(
        letter,
        {"en": "You have a place at Dorinoki now.", "ja": "会場はドリノキになりました"}[language],
        language=language,
    )


@LANGUAGES
@pytest.mark.parametrize("by", Rsvp.Side)
def test_a_sign_up_that_was_taken_back_is_taken_out_of_the_calendar(here, aiko, by, language, now):
    rsvp = sign_up(venue=here, user=read_by(aiko, language), now=now)
    leave(rsvp=rsvp, by=by, now=now)

    [letter] = delivered()

    said = {
        ("person", "en"): "Your sign-up is taken back",
        ("person", "ja"): "参加申込を取り消しました",
        ("host", "en"): "The host has taken you off the list",
        ("host", "ja"): "主催者が参加申込を取り消しました",
    }
    check(letter, said[by, language], language=language)
    assert methods(letter) == ["CANCEL"]


def test_who_declines_is_thanked(here, aiko, now):
    gone = make_rsvp(here, people=2)
    rsvp = sign_up(venue=here, user=aiko, waits=True, now=now)
    leave(rsvp=gone, now=now)
    rsvp.refresh_from_db()
    leave(rsvp=rsvp, now=now)

    [letter] = delivered()

    check(letter, "お知らせありがとうございます", "席は次に待っている方に回ります。", language="ja")


def test_who_signs_up_again_reads_nothing_of_having_left(here, aiko, now):
    leave(rsvp=sign_up(venue=here, user=aiko, now=now), now=now)
    sign_up(venue=here, user=aiko, now=now)

    [letter] = delivered()

    assert letter.subject.startswith("参加申込を受け付けました")
    # A calendar that has read of the leaving takes the entry back only from a later revision.
    assert [row.sequence for row in Rsvp.objects.order_by("pk")] == [1, 2]


@LANGUAGES
def test_another_time_is_told_with_the_one_before(jelly, here, aiko, ben, language, now):
    sign_up(venue=here, user=read_by(aiko, language), people=2, now=now)
    sign_up(venue=here, user=read_by(ben, language), waits=True, now=now)
    delivered()
    announcing.change(event=jelly, values={"starts_at": jelly.starts_at + timedelta(hours=1)}, now=now)

    letters = delivered()

    assert [letter.to for letter in letters] == [[aiko.email], [ben.email]]
    kept = {
        "en": ["You keep your place.", "You keep your place in line."],
        "ja": ["席はそのまま", "順番は変わりません"],
    }
    for letter, word in zip(letters, kept[language], strict=True):
        check(letter, word, "13:00–17:00", "14:00–17:00", language=language)
        assert methods(letter) == ["REQUEST"]


def test_of_two_changes_the_last_is_told(jelly, here, aiko, now):
    sign_up(venue=here, user=aiko, now=now)
    for hours in (1, 2):
        event = Event.objects.get(pk=jelly.pk)
        announcing.change(event=event, values={"starts_at": jelly.starts_at + timedelta(hours=hours)}, now=now)

    [letter] = delivered()

    assert "15:00–17:00" in letter.body


@LANGUAGES
def test_a_cancelled_event_is_told_once_with_the_reason(jelly, here, there, aiko, ben, language, now):
    sign_up(venue=here, user=read_by(aiko, language), people=2, now=now)
    sign_up(venue=here, user=read_by(ben, language), waits=True, now=now)
    delivered()
    announcing.cancel(event=jelly, reason="<i>大雪</i>のため", now=now)

    letters = delivered()

    assert sorted(letter.to[0] for letter in letters) == [aiko.email, ben.email]
    for letter in letters:
        check(
            letter,
            "<i>大雪</i>のため",
            {"en": "is cancelled", "ja": "中止になりました"}[language],
            language=language,
        )
        assert "<i>" not in letter.alternatives[0][0]
        assert methods(letter) == ["CANCEL"]
    assert delivered(jelly.starts_at - timedelta(minutes=1)) == []


@LANGUAGES
def test_who_was_at_a_venue_that_has_left_is_offered_the_others(here, there, online, aiko, language, settings, now):
    sign_up(venue=here, user=read_by(aiko, language), now=now)
    delivered()
    make_rsvp(there)
    leave_as_venue(venue=here, now=now)

    [letter] = delivered()

    check(
        letter,
        {"en": "Koharubiyori does not take part any more", "ja": "小春日和が会場ではなくなったため"}[language],
        {"en": "Dorinoki", "ja": "ドリノキ"}[language],
        {"en": "1 place left", "ja": "残り1席"}[language],
        {"en": "Places for everybody", "ja": "定員なし"}[language],
        language=language,
    )
    assert settings.SITE_URL + here.event.get_absolute_url() in letter.body
    assert methods(letter) == ["CANCEL"]


@LANGUAGES
def test_who_lost_a_venue_that_came_back_before_the_letter_went_is_told_to_sign_up_anew(
    here, there, sam, aiko, language, now
):
    sign_up(venue=here, user=read_by(aiko, language), now=now)
    delivered()
    leave_as_venue(venue=here, now=now)
    add(event=here.event, space=here.space, offer=Offer(capacity=2), by=sam, now=now)

    [letter] = delivered()

    check(
        letter,
        {"en": "It takes part again.", "ja": "会場に戻りました"}[language],
        {"en": "Your sign-up for", "ja": "への参加申込は終了しました"}[language],
        language=language,
    )


def test_who_has_chosen_another_venue_already_is_not_told_of_the_one_that_left(here, there, aiko, now):
    sign_up(venue=here, user=aiko, now=now)
    leave_as_venue(venue=here, now=now)
    sign_up(venue=there, user=aiko, now=now)

    [letter] = delivered()

    assert letter.subject.startswith("参加申込を受け付けました")


@LANGUAGES
def test_who_came_is_thanked_with_the_photos(jelly, here, language, now):
    came = make_rsvp(here, person="came@example.jp", language=language, attended_at=now)
    Event.objects.filter(pk=jelly.pk).update(
        thanks="ありがとう！\n<3", photos_url="https://photos.example/jelly", thanked_at=now
    )
    jelly.refresh_from_db()
    for _again in range(2):
        tell(thanks(jelly, [came], now=now))

    [letter] = delivered()

    check(letter, "ありがとう！", "<3", "https://photos.example/jelly", language=language)


@LANGUAGES
def test_a_space_is_asked_to_take_part(jelly, here, four_spaces, sam, dai, language, settings, now):
    desk = make_operator("desk@dorinoki.example", four_spaces["dorinoki"], "desk")
    read_by(dai, language)
    venue = add(event=jelly, space=four_spaces["dorinoki"], offer=Offer(capacity=5), by=sam, now=now)

    [letter] = delivered()

    assert letter.to == [dai.email] != [desk.email]
    check(letter, HOSTILE, {"en": "Koharubiyori", "ja": "小春日和"}[language], "13:00–17:00", language=language)
    assert f"{settings.SITE_URL}/admin/events/venue/{venue.pk}/change/" in letter.body


def test_a_space_that_has_answered_is_not_asked(jelly, here, four_spaces, sam, dai, now):
    venue = add(event=jelly, space=four_spaces["dorinoki"], offer=Offer(capacity=5), by=sam, now=now)
    leave_as_venue(venue=venue, now=now)

    assert delivered() == []


def test_a_space_is_not_asked_to_what_is_gone_with_its_series(jelly, here, four_spaces, sam, dai, now):
    add(event=jelly, space=four_spaces["dorinoki"], offer=Offer(capacity=5), by=sam, now=now)
    Event.objects.get(pk=jelly.pk).delete()

    assert delivered() == []
    assert set(Notice.objects.values_list("state", flat=True)) == {"dropped"}


def test_a_letter_goes_out_in_the_name_of_the_venue_and_online_of_who_holds_the_event(here, there, online, now):
    for venue in (there, online):
        ask_to_confirm(venue=venue, name="訪問者", email=f"v{venue.pk}@example.jp", language="ja", now=now)

    assert [letter.from_email.partition(" <")[0] for letter in delivered()] == ['"ドリノキ"', '"小春日和"']


def test_times_are_those_of_the_venues_clocks(there, ben, now):
    there.space.timezone = "America/New_York"
    there.space.save()
    sign_up(venue=there, user=ben, now=now)

    [letter] = delivered()

    assert "Thursday, 26 November 2026 23:00–Fri 27 Nov 03:00" in letter.body


def test_who_gave_no_address_is_told_nothing(jelly, here, now):
    make_rsvp(here, person=None)

    announcing.cancel(event=jelly, reason="大雪", now=now)

    assert not Notice.objects.exists()
