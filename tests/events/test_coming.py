"""Signing up on pages: with an account, and with name and address and a link that confirms them."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from events.changing_sign_up import change_venue
from events.leaving import leave
from events.links import rsvp_address, rsvp_token
from events.models import Event, Rsvp, Venue
from notices.models import Notice
from tests.conftest import NOW
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.factories import at, make_space, make_user
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import queries
from tests.reading import Page

GUEST = {"name": "客野 一", "email": "Guest@Example.jp"}


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def jelly(four_spaces):
    return make_event(four_spaces["koharubiyori"], question_en="Any allergies?", question_ja="アレルギーは？")


@pytest.fixture
def here(jelly, four_spaces):
    return make_venue(jelly, four_spaces["koharubiyori"], capacity=2)


@pytest.fixture
def there(jelly, four_spaces):
    return make_venue(jelly, four_spaces["dorinoki"], capacity=5)


def page_of(venue: Venue) -> str:
    return f"/events/{venue.event.reference}/venues/{venue.pk}/sign-up/"


def wished(venue: Venue, **fields) -> Rsvp:
    """What somebody without an account wished for, and has not confirmed."""
    return make_rsvp(venue, confirmed_at=None, going_at=None, **{"person": "guest@example.jp", **fields})


def confirm_page(rsvp: Rsvp) -> str:
    return f"{rsvp_address(rsvp)}confirmation/"


def test_visitor_is_mailed_a_link_and_has_no_place_yet(visitor, here):
    page = Page(visitor.get(page_of(here)))

    answer = page.submit(visitor, page.form("name", "email"), **GUEST, people="2", answer="nuts")

    rsvp = Rsvp.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{page_of(here)}?sent=1")
    assert (rsvp.name, rsvp.person, rsvp.people, rsvp.answer) == ("客野 一", "guest@example.jp", 2, "nuts")
    assert (rsvp.is_going, rsvp.language, rsvp.user) == (False, "en", None)
    assert Notice.objects.get().kind == "event.confirm"
    sent = Page(visitor.get(answer.headers["Location"]))
    assert sent.headings == ["Look into your mail"]
    assert "A link is on its way to guest@example.jp." in sent.main


def test_opening_the_link_changes_nothing_and_its_button_takes_the_place(visitor, here):
    rsvp = wished(here)
    page = Page(visitor.get(confirm_page(rsvp)))
    visitor.head(confirm_page(rsvp))
    rsvp.refresh_from_db()
    assert not rsvp.confirmed_at

    answer = page.submit(visitor, page.forms[-1])

    rsvp.refresh_from_db()
    assert rsvp.is_going
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{rsvp_address(rsvp)}?new=1")
    assert "Your place is kept." in Page(visitor.get(answer.headers["Location"])).headings


def test_link_that_was_used_leads_to_the_sign_up(visitor, here):
    rsvp = make_rsvp(here, person="guest@example.jp")

    for answer in (visitor.get(confirm_page(rsvp)), visitor.post(confirm_page(rsvp))):
        assert (answer.status_code, answer.headers["Location"]) == (303, rsvp_address(rsvp))
    assert Notice.objects.count() == 0


def test_sign_up_that_waits_for_its_confirmation_leads_there(visitor, here):
    rsvp = wished(here)

    assert visitor.get(rsvp_address(rsvp)).headers["Location"] == confirm_page(rsvp)


def test_link_lapses_after_a_day(visitor, here):
    rsvp = wished(here)

    with time_machine.travel(NOW + timedelta(hours=24, seconds=1)):
        page, tried = Page(visitor.get(confirm_page(rsvp))), visitor.post(confirm_page(rsvp))

    assert page.headings == ["This link has lapsed"]
    assert tried.status_code == 410
    assert "This link is no longer good." in Page(tried).alerts[0]


def test_who_confirms_where_it_has_filled_up_waits_or_goes_elsewhere(visitor, here, there):
    rsvp, other = wished(here), wished(here, person="other@example.jp")
    make_rsvp(here, people=2)

    tried = Page(visitor.post(confirm_page(rsvp)))
    waits = visitor.post(confirm_page(rsvp), {"waits": "1"})
    goes = visitor.post(confirm_page(other), {"venue": there.pk})

    assert tried.status == 409
    assert "Koharubiyori is full. 0 on the waiting list." in tried.alerts[0]
    assert "Join the waiting list as number 1" in tried.main
    assert "Dorinoki 5 places left" in tried.main
    assert (waits.status_code, goes.status_code) == (303, 303)
    rsvp.refresh_from_db()
    other.refresh_from_db()
    assert (rsvp.is_waiting, rsvp.venue, other.is_going, other.venue) == (True, here, True, there)


def test_venue_that_is_gone_offers_the_others_when_one_confirms(visitor, here, there):
    rsvp = wished(here)
    Venue.objects.filter(pk=here.pk).update(left_at=NOW)

    page = Page(visitor.get(confirm_page(rsvp)))
    tried = visitor.post(confirm_page(rsvp))

    assert "The event does not take place at Koharubiyori any more." in page.main
    assert "Dorinoki" in page.main
    assert tried.status_code == 409


def test_venue_of_another_event_is_not_for_who_confirms(visitor, here, four_spaces):
    other = make_venue(make_event(four_spaces["dorinoki"]), four_spaces["dorinoki"])
    rsvp = wished(here)

    assert visitor.post(confirm_page(rsvp), {"venue": other.pk}).status_code == 404
    assert visitor.post(confirm_page(rsvp), {"venue": "x"}).status_code == 400
    assert visitor.post(confirm_page(rsvp), {"venue": 2**70}).status_code == 400


def test_who_has_signed_up_already_is_mailed_the_link_and_nobody_learns_it(visitor, here):
    rsvp = make_rsvp(here, person="guest@example.jp")

    answer = visitor.post(page_of(here), GUEST | {"people": 1})

    assert answer.headers["Location"] == f"{page_of(here)}?sent=1"
    assert Rsvp.objects.get() == rsvp
    assert Notice.objects.get().kind == "event.link"


def test_full_venue_says_so_and_nothing_typed_is_lost(browser, ben, here, there):
    make_rsvp(here, people=2)
    make_rsvp(here, going_at=None, queued_at=NOW, person="first@example.jp")
    client = browser(ben)

    page = Page(client.post(page_of(here), {"people": "2", "answer": "nuts & <soy>"}))

    assert page.status == 409
    assert page.headings == ["No room for you at Koharubiyori just now"]
    assert "Koharubiyori is full. 1 on the waiting list." in page.alerts[0]
    assert page.form("people").fields["people"] == "2"
    assert "nuts &amp; &lt;soy&gt;" in page.html
    waits = client.post(page_of(here), {"people": "2", "answer": "nuts", "waits": "1"})
    rsvp = Rsvp.objects.get(user=ben)
    assert waits.status_code == 303
    assert (rsvp.is_waiting, rsvp.people) == (True, 2)
    assert "You are number 2 on the waiting list." in Page(client.get(waits.headers["Location"])).headings


def test_other_venues_are_one_press_away_where_one_is_full(browser, ben, here, there):
    make_rsvp(here, people=2)
    client = browser(ben)
    page = Page(client.post(page_of(here), {"people": "1", "answer": ""}))
    form = next(form for form in page.forms if form.action == page_of(here))

    answer = page.submit(client, form, button="Dorinoki 5 places left")

    assert answer.status_code == 303
    assert Rsvp.objects.get(user=ben).venue == there


def test_group_that_finds_no_room_together_is_told(browser, ben, here, there):
    make_rsvp(here)

    page = Page(browser(ben).post(page_of(here), {"people": "2", "answer": ""}))

    assert page.status == 409
    assert "At Koharubiyori there is room for 1 more only." in page.alerts[0]
    assert "1 place left" in page.main


def test_who_comes_back_after_leaving_counts_on_in_their_calendar(browser, ben, here, now):
    """A calendar that was told of leaving takes only a higher SEQUENCE (RFC 5546)."""
    client = browser(ben)
    client.post(page_of(here), {"people": "1"})
    left = leave(rsvp=Rsvp.objects.get(), now=now)

    client.post(page_of(here), {"people": "1"})

    back = Rsvp.objects.live().get()
    assert back.sequence > left.sequence


def test_who_signs_up_elsewhere_is_led_to_their_sign_up(browser, ben, here, there):
    mine = make_rsvp(here, ben)

    answer = browser(ben).post(page_of(there), {"people": "1"})
    page = Page(answer)

    assert page.status == 409
    assert "You have signed up already." in page.alerts[0]
    assert f"{rsvp_address(mine)}#move" in page.links_to("/sign-ups/")


def test_second_press_signs_up_once(browser, ben, here):
    client = browser(ben)

    answers = [client.post(page_of(here), {"people": "1"}) for _ in range(2)]

    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert Rsvp.objects.count() == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"people": "x"},
        {"people": "0"},
        {"people": "-1"},
        {"people": "9" * 30},
        {"answer": "x" * 501},
        {"answer": "a\x00b"},
        {"name": ""},
        {"name": "a\x00b"},
        {"name": "x" * 200},
        {"email": "nobody"},
        {"email": ""},
        {"email": "a\x00@example.jp"},
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(visitor, here, bad):
    page = Page(visitor.post(page_of(here), {**GUEST, "people": "1", "answer": "", **bad}))

    assert page.status == 400
    assert "errorlist" in page.html
    assert Rsvp.objects.count() == 0


def test_more_guests_than_one_may_bring_are_refused(browser, ben, there):
    page = Page(browser(ben).post(page_of(there), {"people": "4"}))

    assert (page.status, "You can bring 2 guests at most." in page.alerts[0]) == (409, True)


@pytest.mark.parametrize("when", ["cancelled", "over"])
def test_event_that_takes_nobody_says_so(visitor, browser, ben, jelly, here, when):
    if when == "cancelled":
        Event.objects.update(cancelled_at=NOW)
    with time_machine.travel(at("17:00", FRIDAY) if when == "over" else NOW):
        asked, tried = Page(visitor.get(page_of(here))), Page(browser(ben).post(page_of(here), {"people": "1"}))

    assert (asked.status, "Nobody can sign up here" in asked.alerts[0]) == (200, True)
    assert (tried.status, f"This event is {when}." in tried.alerts[0]) == (409, True)


def test_draft_and_venues_of_other_events_are_not_found(visitor, browser, ben, jelly, here, four_spaces):
    other = make_venue(make_event(four_spaces["dorinoki"]), four_spaces["dorinoki"])
    mixed = f"/events/{jelly.reference}/venues/{other.pk}/sign-up/"
    Event.objects.filter(pk=jelly.pk).update(published_at=None)

    for client in (visitor, browser(ben)):
        for address in (page_of(here), mixed, "/events/ZZZZZZZZ/venues/1/sign-up/"):
            assert client.get(address).status_code == 404
            assert client.post(address, {**GUEST, "people": "1"}).status_code == 404


def test_one_address_is_mailed_a_few_times_an_hour(visitor, here):
    answers = [visitor.post(page_of(here), GUEST | {"people": "1"}) for _ in range(7)]

    assert [answer.status_code for answer in answers] == [303] * 6 + [429]
    page = Page(answers[-1])
    assert "Many sign-ups came from here." in page.alerts[0]
    assert page.form("name", "email").fields["name"] == GUEST["name"]
    with time_machine.travel(NOW + timedelta(hours=1, minutes=1)):
        assert visitor.post(page_of(here), GUEST | {"people": "1"}).status_code == 303


def test_one_network_can_bring_many_but_not_any_number(visitor, here):
    statuses = [
        visitor.post(page_of(here), {"name": "x", "email": f"g{number}@example.jp", "people": "1"}).status_code
        for number in range(61)
    ]

    assert statuses == [303] * 60 + [429]


def test_link_that_was_tampered_with_opens_nothing(visitor, here):
    rsvp, token = wished(here), rsvp_token(wished(here, person="x@example.jp"))
    number, _dot, signature = token.partition(".")

    for tried in (number, f"{rsvp.pk}-1.{signature}", f"{number}.{signature[:-1]}x", f"{number}.", "x", "1-1.é"):
        for answer in (
            visitor.get(f"/sign-ups/{tried}/confirmation/"),
            visitor.post(f"/sign-ups/{tried}/confirmation/"),
        ):
            assert answer.status_code == 404
            assert Page(answer).headings == ["This link opens nothing"]


def test_link_that_was_renewed_opens_nothing(visitor, here):
    rsvp = wished(here)
    address = confirm_page(rsvp)
    Rsvp.objects.update(link_version=2)

    assert visitor.get(address).status_code == 404


def test_page_behind_a_link_is_kept_and_told_by_nobody(visitor, here):
    answer = visitor.get(confirm_page(wished(here)))

    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_pages_read_in_japanese(visitor, here):
    for address in (page_of(here), f"{page_of(here)}?sent=1", confirm_page(wished(here))):
        assert Page(visitor.get(address, headers=JAPANESE)).lang == "ja"


def test_pages_cost_the_same_with_many_venues(visitor, browser, ben, jelly, here, there):
    rsvp = wished(here)
    addresses = [(visitor, page_of(here)), (browser(ben), page_of(here)), (visitor, confirm_page(rsvp))]
    few = [queries(client, address) for client, address in addresses]
    for number in range(8):
        make_rsvp(make_venue(jelly, make_space(f"more-{number}")), make_user(f"p{number}@example.jp"))

    assert [queries(client, address) for client, address in addresses] == few
    assert max(few) <= 9


def test_wished_for_place_at_another_venue_needs_no_second_letter(visitor, here, there, now):
    """A sign-up that moved once it was confirmed is still opened by the first link."""
    rsvp = wished(here)
    visitor.post(confirm_page(rsvp))
    rsvp.refresh_from_db()

    change_venue(rsvp=rsvp, venue=there, now=now)

    assert visitor.get(rsvp_address(rsvp)).status_code == 200
