"""The door of an event: an empty list, finding who comes, letting in, walk-ins, and who came."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.door import here
from events.models import Rsvp
from members.models import Operator
from notices.models import Notice
from tests.conftest import make_operator
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.factories import at, make_user
from tests.reading import Page, english

DOORS = at("11:00", FRIDAY)
DURING = at("13:05", FRIDAY)


@pytest.fixture
def jelly(four_spaces):
    return make_event(four_spaces["koharubiyori"], question="紅茶と珈琲、どちら？")


@pytest.fixture
def koharu(jelly, four_spaces):
    return make_venue(jelly, four_spaces["koharubiyori"], capacity=2)


@pytest.fixture
def dorinoki_venue(jelly, four_spaces):
    return make_venue(jelly, four_spaces["dorinoki"], capacity=2)


@pytest.fixture(autouse=True)
def _it_is_on():
    with time_machine.travel(DURING, tick=False):
        yield


@pytest.fixture
def sams(as_user, sam):
    return english(as_user(sam))


@pytest.fixture
def dais(as_user, dai):
    return english(as_user(dai))


def door(event, **query):
    return reverse("events:door", args=[event.reference], query=query)


def card(rsvp, **query):
    return reverse("events:at_door", args=[rsvp.event.reference, rsvp.reference], query=query)


def act(rsvp, name):
    return reverse("events:door_act", args=[rsvp.event.reference, rsvp.reference, name])


def test_the_list_starts_empty(sams, jelly, koharu, aiko):
    make_rsvp(koharu, aiko)

    page = Page(sams.get(door(jelly)))

    assert page.status == 200
    assert "愛子" not in page.text
    assert "no name is on display" in page.text


@pytest.mark.parametrize(
    "typed", ["伊藤", "伊藤 愛子", "伊藤愛子", "伊藤　愛子", "藤", "いとう", "イトウ", "愛子 伊藤"]
)
def test_people_are_found_by_a_piece_of_the_name_or_its_reading(sams, jelly, koharu, aiko, ben, typed):
    aiko.family_reading, aiko.given_reading = "いとう", "あいこ"
    aiko.save()
    make_rsvp(koharu, aiko)
    make_rsvp(koharu, ben)

    page = Page(sams.get(door(jelly, q=typed)))

    assert "伊藤 愛子" in page.text
    assert "Miller" not in page.text


def test_a_visitor_is_found_whichever_kana_is_typed(sams, jelly, koharu):
    make_rsvp(koharu, name="サトウ さくら")

    for typed in ("さとう", "サクラ", "さとうさくら"):
        assert "サトウ さくら" in Page(sams.get(door(jelly, q=typed))).text, typed


def test_people_are_found_by_the_reference_however_it_is_typed(sams, jelly, koharu, aiko):
    rsvp = make_rsvp(koharu, aiko, reference="ABCD2345")

    for typed in ("abcd-2345", "ＡＢＣＤ ２３４５", rsvp.reference):
        assert "伊藤 愛子" in Page(sams.get(door(jelly, q=typed))).text, typed


@pytest.mark.parametrize("typed", ["い", "a", " ", "・"])
def test_too_little_finds_nobody(sams, jelly, koharu, typed):
    make_rsvp(koharu, name="い a ・")

    page = Page(sams.get(door(jelly, q=typed)))

    assert page.status == 200
    assert "い a ・" not in page.main.replace(typed, "", 1)


def test_nobody_of_another_event_is_found(sams, jelly, koharu, four_spaces, aiko):
    other = make_venue(make_event(four_spaces["koharubiyori"]), four_spaces["koharubiyori"])
    rsvp = make_rsvp(other, aiko)

    assert "伊藤 愛子" not in Page(sams.get(door(jelly, q="伊藤"))).text
    assert sams.get(reverse("events:at_door", args=[jelly.reference, rsvp.reference])).status_code == 404


def test_ten_are_shown_and_the_rest_is_counted(sams, jelly, koharu):
    koharu.capacity = 20
    koharu.save()
    for number in range(13):
        make_rsvp(koharu, name=f"Tanaka {number:02}")

    page = Page(sams.get(door(jelly, q="tanaka")))

    assert page.text.count("Tanaka ") == 10
    assert "3 more: type more of the name." in page.text


def test_who_is_not_found_can_be_let_in_as_a_walk_in(sams, jelly, koharu):
    page = Page(sams.get(door(jelly, q="Yamada")))

    assert "Nobody with this name" in page.text
    assert page.form("name", "people").fields["name"] == "Yamada"


def test_a_card_says_how_somebody_stands(sams, jelly, koharu, dorinoki_venue, aiko, ben, chie):
    koharu.capacity = 3
    koharu.save()
    going = make_rsvp(koharu, aiko, people=3, answer="紅茶")
    elsewhere = make_rsvp(dorinoki_venue, ben)
    waiting = make_rsvp(koharu, chie, going_at=None, queued_at=DURING - timedelta(days=1))
    unconfirmed = make_rsvp(koharu, name="Nobody", confirmed_at=None, going_at=None)
    gone = make_rsvp(koharu, name="Gone", left_at=DURING, left_by="person")

    said = {rsvp: Page(sams.get(card(rsvp))).main for rsvp in (going, elsewhere, waiting, unconfirmed, gone)}

    assert "3 people with 2 guests" in said[going]
    assert "紅茶と珈琲、どちら？ 紅茶" in said[going]
    assert "Has signed up for Dorinoki." in said[elsewhere]
    assert "Number 1 on the waiting list" in said[waiting]
    assert "Not confirmed yet" in said[unconfirmed]
    assert "Not coming" in said[gone]


def test_checking_in_notes_when_and_can_be_taken_back(sams, jelly, koharu, aiko):
    rsvp = make_rsvp(koharu, aiko)
    page = Page(sams.get(card(rsvp)))

    answer = page.submit(sams, acts(page), button="Check in")
    assert answer.status_code == 303
    page = Page(sams.get(answer.headers["Location"]))
    rsvp.refresh_from_db()
    assert rsvp.attended_at == DURING
    assert "Came at 13:05" in page.text
    assert here(jelly) == {koharu.pk: 1}

    page.submit(sams, acts(page), button="Take the check-in back")
    rsvp.refresh_from_db()
    assert rsvp.attended_at is None
    assert here(jelly) == {koharu.pk: 0}


def test_a_second_press_changes_nothing(sams, koharu, aiko):
    rsvp = make_rsvp(koharu, aiko)
    first, second = (sams.post(act(rsvp, "check-in"), {"venue": koharu.pk}) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]


def test_who_comes_to_another_venue_brings_the_place_along(dais, koharu, dorinoki_venue, aiko):
    rsvp = make_rsvp(koharu, aiko)

    page = Page(dais.get(card(rsvp)))
    page.submit(dais, acts(page), button="Check in at Dorinoki")

    rsvp.refresh_from_db()
    assert (rsvp.venue, rsvp.attended_at) == (dorinoki_venue, DURING)


def test_a_full_venue_takes_one_more_only_when_the_host_adds_a_place(sams, koharu, dorinoki_venue, aiko):
    make_rsvp(koharu, people=2)
    rsvp = make_rsvp(dorinoki_venue, aiko)

    refused = sams.post(act(rsvp, "check-in"), {"venue": koharu.pk})
    page = Page(refused)
    assert refused.status_code == 409
    assert "is full" in page.alerts[0]
    answer = sams.post(act(rsvp, "check-in"), {"venue": koharu.pk, "makes_room": "1"})

    rsvp.refresh_from_db()
    koharu.refresh_from_db()
    assert "Add a place and let in" in page.text
    assert answer.status_code == 303
    assert (rsvp.venue, koharu.capacity) == (koharu, 3)


def test_who_waits_is_let_in_once_it_has_begun_and_there_is_a_place(sams, koharu, chie):
    rsvp = make_rsvp(koharu, chie, going_at=None, queued_at=DURING - timedelta(days=1))
    with time_machine.travel(at("12:00", FRIDAY), tick=False):
        early = sams.post(act(rsvp, "check-in"), {"venue": koharu.pk})
    answer = sams.post(act(rsvp, "check-in"), {"venue": koharu.pk})

    assert (early.status_code, answer.status_code) == (409, 303)


def test_a_walk_in_is_let_in_once_however_often_the_form_is_sent(sams, jelly, koharu):
    page = Page(sams.get(door(jelly)))
    form = page.form("name", "people")

    answers = [page.submit(sams, form, name="飛入 太郎", people="2", email="Taro@Example.jp") for _ in range(2)]

    [rsvp] = Rsvp.objects.all()
    assert [answer.headers["Location"] for answer in answers] == [card(rsvp, venue=koharu.pk)] * 2
    assert (rsvp.name, rsvp.people, rsvp.person, rsvp.is_walk_in) == ("飛入 太郎", 2, "taro@example.jp", True)
    assert here(jelly) == {koharu.pk: 2}


def test_a_walk_in_without_an_address_is_let_in_once_as_well(sams, jelly, koharu):
    page = Page(sams.get(door(jelly)))
    for _ in range(2):
        page.submit(sams, page.form("name", "people"), name="飛入")

    assert Rsvp.objects.count() == 1


def test_a_walk_in_who_has_signed_up_is_checked_in(sams, jelly, dorinoki_venue, koharu, aiko):
    rsvp = make_rsvp(dorinoki_venue, aiko)
    page = Page(sams.get(door(jelly)))

    page.submit(sams, page.form("name", "people"), name="Aiko", email="AIKO@example.jp")

    rsvp.refresh_from_db()
    assert Rsvp.objects.get() == rsvp
    assert (rsvp.venue, rsvp.attended_at) == (koharu, DURING)


def test_a_walk_in_at_a_full_venue_keeps_what_was_typed_and_offers_a_place(sams, jelly, koharu):
    make_rsvp(koharu, people=2)
    page = Page(sams.get(door(jelly)))

    refused = page.submit(sams, page.form("name", "people"), name="飛入 太郎", people="3")
    page = Page(refused)
    assert refused.status_code == 409
    assert page.form("name", "people").fields["name"] == "飛入 太郎"
    answer = page.submit(sams, page.form("name", "people"), makes_room="1")

    koharu.refresh_from_db()
    assert answer.status_code == 303
    assert koharu.capacity == 5


def test_a_walk_in_that_was_a_slip_is_gone_and_hears_nothing(sams, jelly, koharu):
    sams.post(reverse("events:walk_in", args=[jelly.reference]), walker(koharu, email="taro@example.jp"))
    rsvp = Rsvp.objects.get()

    with time_machine.travel(at("18:00", FRIDAY), tick=False):
        answer = sams.post(act(rsvp, "undo"), {"venue": koharu.pk})

    rsvp.refresh_from_db()
    assert answer.status_code == 303
    assert (rsvp.is_live, rsvp.attended_at) == (False, None)
    assert not Notice.objects.exists()


def test_who_had_taken_the_sign_up_back_and_comes_is_let_in(sams, koharu):
    gone = make_rsvp(koharu, name="Gone", people=2, left_at=DURING, left_by="person")
    page = Page(sams.get(card(gone)))
    [form] = [form for form in page.forms if form.fields.get("name") == "Gone"]

    answer = page.submit(sams, form)

    walked_in = Rsvp.objects.exclude(pk=gone.pk).get()
    assert answer.headers["Location"] == card(walked_in, venue=koharu.pk)
    assert (walked_in.name, walked_in.people) == ("Gone", 2)


def acts(page):
    """The form on a card, which sends nothing but the venue."""
    [form] = [form for form in page.forms if set(form.fields) == {"csrfmiddlewaretoken", "venue"}]
    return form


def walker(venue, **fields):
    return {"venue": venue.pk, "name": "飛入", "people": 1, **fields}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "あ" * 121),
        ("name", "a\x00b"),
        ("people", "0"),
        ("people", "many"),
        ("people", "9" * 30),
        ("email", "nowhere"),
        ("form_key", "a\x00"),
    ],
)
def test_what_can_not_be_read_is_said_and_lets_nobody_in(sams, jelly, koharu, field, value):
    answer = sams.post(reverse("events:walk_in", args=[jelly.reference]), walker(koharu, **{field: value}))

    assert answer.status_code == 400
    assert not Rsvp.objects.exists()


@pytest.mark.parametrize("typed", ["a\x00b", "長" * 61])
def test_a_search_that_can_not_be_read_is_said(sams, jelly, koharu, typed):
    assert sams.get(door(jelly, q=typed)).status_code == 400


@pytest.mark.parametrize("venue", ["abc", "0", "9" * 30])
def test_a_venue_that_is_none_is_not_there(sams, jelly, koharu, venue):
    assert sams.get(door(jelly, venue=venue)).status_code == 404


def test_every_address_of_the_door_is_the_hosts_alone(as_user, jelly, koharu, four_spaces, aiko):
    rsvp = make_rsvp(koharu, aiko)
    strangers = [aiko, make_operator("cafe@example.jp", four_spaces["cafe-36"], Operator.Role.OWNER)]

    for user in strangers:
        client = as_user(user)
        assert client.get(door(jelly)).status_code == 404
        assert client.get(card(rsvp)).status_code == 404
        assert client.post(act(rsvp, "check-in"), {"venue": koharu.pk}).status_code == 404
        assert client.post(reverse("events:walk_in", args=[jelly.reference]), walker(koharu)).status_code == 404
    rsvp.refresh_from_db()
    assert rsvp.attended_at is None
    for address in (door(jelly), card(rsvp)):
        assert Client().get(address).headers["Location"].startswith("/accounts/login/")


def test_a_host_of_one_venue_lets_in_there_alone(as_user, jelly, koharu, dorinoki_venue, chie, dai, aiko, four_spaces):
    dorinoki_venue.host = chie
    dorinoki_venue.save()
    rsvp = make_rsvp(koharu, aiko, attended_at=DURING)
    desk = make_operator("desk@example.jp", four_spaces["dorinoki"], Operator.Role.DESK)

    for user in (chie, dai, desk):
        client = english(as_user(user))
        assert "At the door: Dorinoki" in Page(client.get(door(jelly))).headings
        assert client.get(door(jelly, venue=koharu.pk)).status_code == 404
        assert client.post(act(rsvp, "check-in"), {"venue": koharu.pk}).status_code == 404
        assert client.post(act(rsvp, "undo"), {"venue": dorinoki_venue.pk}).status_code == 404
        assert client.post(reverse("events:walk_in", args=[jelly.reference]), walker(koharu)).status_code == 404
    rsvp.refresh_from_db()
    assert rsvp.attended_at == DURING


def test_who_holds_the_event_lets_in_at_any_venue(as_user, jelly, koharu, dorinoki_venue, chie, sam):
    jelly.host = chie
    jelly.save()

    for user in (chie, sam):
        page = Page(as_user(user).get(door(jelly, venue=dorinoki_venue.pk)))
        assert page.status == 200
        assert {door(jelly, venue=venue.pk) for venue in (koharu, dorinoki_venue)} <= {href for _, href in page.links}


def test_the_organisers_operator_stands_at_their_own_venue_first(dais, as_user, four_spaces, dai):
    event = make_event(four_spaces["dorinoki"])
    make_venue(event, four_spaces["garage-labs"])
    make_venue(event, four_spaces["dorinoki"])

    assert "At the door: Dorinoki" in Page(dais.get(door(event))).headings


def test_a_venue_that_has_left_has_no_door(dais, jelly, koharu, dorinoki_venue):
    dorinoki_venue.left_at = DURING
    dorinoki_venue.save()

    assert dais.get(door(jelly)).status_code == 404


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (DOORS - timedelta(seconds=1), "The list opens on Fri 27 Nov at 11:00"),
        (at("17:00", FRIDAY) + timedelta(days=1), "The list is closed"),
    ],
)
def test_outside_its_hours_the_door_says_when_it_opens(sams, jelly, koharu, aiko, moment, words):
    rsvp = make_rsvp(koharu, aiko)
    with time_machine.travel(moment, tick=False):
        pages = [Page(sams.get(address)) for address in (door(jelly), door(jelly, q="伊藤"), card(rsvp))]
        acted = sams.post(act(rsvp, "check-in"), {"venue": koharu.pk})

    assert acted.status_code == 409
    for page in pages:
        assert words in page.text
        assert "伊藤" not in page.text


@pytest.mark.parametrize(
    ("fields", "words"), [({"published_at": None}, "not announced"), ({"cancelled_at": DURING}, "cancelled")]
)
def test_a_draft_and_a_cancelled_event_have_no_list(sams, jelly, koharu, fields, words):
    type(jelly).objects.filter(pk=jelly.pk).update(**fields)

    page = Page(sams.get(door(jelly)))

    assert words in page.text
    assert [form for form in page.forms if "q" in form.fields] == []


def test_names_of_who_came_are_shown_to_who_asks_once_it_is_over(
    sams, dais, jelly, koharu, dorinoki_venue, aiko, ben, chie
):
    koharu.capacity = 3
    koharu.save()
    make_rsvp(koharu, aiko, people=2, attended_at=DURING)
    make_rsvp(koharu, chie)
    make_rsvp(dorinoki_venue, ben, attended_at=DURING)
    assert "愛子" not in Page(sams.get(door(jelly, names=1))).text

    with time_machine.travel(at("17:00", FRIDAY), tick=False):
        closed, opened = Page(sams.get(door(jelly))), Page(sams.get(door(jelly, names=1)))
        at_own_venue = Page(dais.get(door(jelly, names=1)))

    assert "愛子" not in closed.text
    assert closed.link("Show all names") == f"{door(jelly, venue=koharu.pk, names=1)}#came"
    assert "伊藤 愛子 and 1 guest" in opened.text
    assert "Ben Miller" in opened.text
    assert "千葉" not in opened.text
    assert "Ben Miller" in at_own_venue.text
    assert "愛子" not in at_own_venue.text


def test_wrong_methods_are_refused(sams, jelly, koharu, aiko):
    rsvp = make_rsvp(koharu, aiko)

    assert sams.post(door(jelly)).status_code == 405
    assert sams.post(card(rsvp)).status_code == 405
    assert sams.get(act(rsvp, "check-in")).status_code == 405
    assert sams.get(reverse("events:walk_in", args=[jelly.reference])).status_code == 405
    assert sams.post(act(rsvp, "nonsense"), {"venue": koharu.pk}).status_code == 404


def test_the_door_asks_as_often_for_many_as_for_few(sams, jelly, koharu, dorinoki_venue):
    def queries(*addresses):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            for address in addresses:
                assert sams.get(address).status_code == 200
        return len(asked)

    pages = (door(jelly), door(jelly, q="tanaka"), door(jelly, names=1))
    make_rsvp(koharu, name="Tanaka 1", going_at=None, queued_at=DURING)
    queries(*pages)
    few = queries(*pages)
    for number in range(8):
        user = make_user(f"{number}@example.jp")
        make_rsvp(koharu, user, name=f"Tanaka {number}", going_at=None, queued_at=DURING)

    assert queries(*pages) == few


def test_the_door_speaks_japanese(as_user, sam, jelly, koharu, aiko):
    rsvp = make_rsvp(koharu, aiko)

    page = Page(as_user(sam).get(card(rsvp)))

    assert page.lang == "ja"
    assert "チェックイン" in page.text


def test_counts_come_anew_with_the_ways_to_ones_own_doors(dais, as_user, aiko, jelly, koharu, dorinoki_venue):
    make_rsvp(koharu, aiko, people=2, attended_at=DURING)
    address = reverse("events:door_counts", args=[jelly.reference], query={"venue": dorinoki_venue.pk})

    page = Page(dais.get(address))

    assert f'data-here="{koharu.pk}">2<' in page.html
    assert f'data-here="{dorinoki_venue.pk}">0<' in page.html
    assert [href for _, href in page.links] == [door(jelly, venue=dorinoki_venue.pk)]
    assert as_user(aiko).get(address).status_code == 404


def test_a_scanned_code_opens_where_it_is_expected_for_a_host_of_all_venues(
    as_user, sams, jelly, koharu, dorinoki_venue, chie, ben
):
    jelly.host = chie
    jelly.save()
    rsvp = make_rsvp(dorinoki_venue, ben)
    hosts = english(as_user(chie))

    page = Page(hosts.get(card(rsvp)))

    assert page.headings == ["At the door: Dorinoki"]
    assert card(rsvp, venue=koharu.pk) in [href for _, href in page.links]
    assert Page(hosts.get(card(rsvp, venue=koharu.pk))).headings == ["At the door: Koharubiyori"]
    assert Page(sams.get(card(rsvp))).headings == ["At the door: Koharubiyori"]
    again = hosts.get(reverse("events:door_counts", args=[jelly.reference], query={"rsvp": rsvp.reference}))
    assert card(rsvp, venue=koharu.pk) in [href for _, href in Page(again).links]
    assert hosts.get(reverse("events:door_counts", args=[jelly.reference], query={"rsvp": "ZZZZ"})).status_code == 404
