"""What who runs a venue or receives people there is told of an event that others hold."""

from datetime import timedelta

import pytest

from events.models import Event
from events.notices import EVENT_CANCELLED_FOR_VENUES, EVENT_MOVED_FOR_VENUES, venues_told
from events.taking_part import Offer, add, leave
from members.models import User
from notices.models import Notice
from notices.outbox import tell
from spaces.calendar import Span
from tests.conftest import NOW, make_operator
from tests.events.making import make_event, make_venue
from tests.events.posting import LANGUAGES, delivered
from tests.events.test_letters import HOSTILE, check, read_by


@pytest.fixture
def jelly(four_spaces, aiko):
    return make_event(four_spaces["koharubiyori"], title_ja=HOSTILE, title_en=HOSTILE, host=aiko)


@pytest.fixture
def here(jelly, four_spaces):
    return make_venue(jelly, four_spaces["koharubiyori"])


@pytest.fixture
def there(jelly, four_spaces, ben):
    return make_venue(jelly, four_spaces["dorinoki"], host=ben)


def moved(event: Event, *venues) -> list[Notice]:
    """The notices of an event that was two hours earlier before."""
    before = Span(event.starts_at - timedelta(hours=2), event.ends_at - timedelta(hours=2))
    return venues_told(EVENT_MOVED_FOR_VENUES, event, venues, before=before, now=NOW)


def test_who_decides_at_other_spaces_and_every_host_is_told_once(jelly, here, there, four_spaces, sam, dai, aiko, ben):
    make_operator("desk@dorinoki.example", four_spaces["dorinoki"], "desk")
    here.host = aiko
    here.save()

    told = moved(jelly, here, there)

    assert sorted(notice.recipient for notice in told) == sorted([dai.email, ben.email, aiko.email])
    assert len({notice.dedupe_key for notice in told}) == 3


def test_a_host_whose_account_is_closed_is_not_told(jelly, there, dai, aiko, ben):
    for user in (aiko, ben):
        user.is_active = False
        user.save()
    jelly.refresh_from_db()
    there.refresh_from_db()

    assert [notice.recipient for notice in moved(jelly, there)] == [dai.email]


@LANGUAGES
def test_venues_read_the_new_time_and_the_old(jelly, here, there, dai, aiko, ben, language, settings):
    for user in (dai, aiko, ben):
        read_by(user, language)
    jelly.host, there.host = aiko, ben

    tell(moved(jelly, here, there))
    letters = {letter.to[0]: letter for letter in delivered()}

    assert set(letters) == {dai.email, aiko.email, ben.email}
    for letter in letters.values():
        check(letter, HOSTILE, "13:00–17:00", "11:00–15:00", language=language)
    admin = f"{settings.SITE_URL}/admin/events/venue/{there.pk}/change/"
    page = settings.SITE_URL + jelly.get_absolute_url()
    assert admin in letters[dai.email].body
    for host in (aiko, ben):
        assert admin not in letters[host.email].body
        assert page in letters[host.email].body
    assert "@" in letters[dai.email].from_email != letters[aiko.email].from_email


@LANGUAGES
def test_venues_read_that_it_is_cancelled_and_why(jelly, there, dai, aiko, ben, language, settings):
    for user in (dai, aiko, ben):
        read_by(user, language)
    jelly.host, there.host = aiko, ben
    jelly.cancelled_at, jelly.cancel_reason = NOW, "大雪 <3"
    jelly.save()

    for _again in range(2):
        tell(venues_told(EVENT_CANCELLED_FOR_VENUES, jelly, [there], now=NOW))
    letters = delivered()

    assert sorted(letter.to[0] for letter in letters) == sorted([dai.email, aiko.email, ben.email])
    for letter in letters:
        check(letter, HOSTILE, "大雪 <3", "13:00–17:00", language=language)


@pytest.mark.parametrize("fields", [{"sequence": 1}, {"cancelled_at": NOW}, None])
def test_a_time_that_is_not_true_any_more_is_not_told(jelly, there, dai, fields):
    tell(moved(jelly, there))
    if fields:
        Event.objects.filter(pk=jelly.pk).update(**fields)
    else:
        Event.objects.get(pk=jelly.pk).delete()

    assert delivered() == []
    assert set(Notice.objects.values_list("state", flat=True)) == {"dropped"}


def test_who_has_left_meanwhile_is_not_told_of_another_time(jelly, here, there, dai, aiko, ben):
    tell(moved(jelly, there))
    leave(venue=there, now=NOW)

    assert [letter.to for letter in delivered()] == [[aiko.email]]


def test_a_letter_whose_reader_has_been_erased_goes_to_the_page_of_the_event(jelly, there, dai, ben):
    tell(moved(jelly, there))
    User.objects.filter(pk=ben.pk).delete()

    assert len(delivered()) == 3


def test_a_space_that_said_no_is_asked_once_more(jelly, here, four_spaces, sam, dai, now):
    asks = {"event": jelly, "space": four_spaces["dorinoki"], "offer": Offer(capacity=5), "by": sam}
    venue = add(**asks, now=now)
    assert [letter.to for letter in delivered()] == [[dai.email]]
    leave(venue=venue, now=now + timedelta(hours=1))

    add(**asks, now=now + timedelta(hours=2))

    assert [letter.to for letter in delivered(now + timedelta(hours=2))] == [[dai.email]]
