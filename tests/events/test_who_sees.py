"""Whose an event is: who holds it, who receives it at a venue, and not who was only asked or has left."""

import pytest
from django.urls import reverse

from events.models import Event, Venue
from members.models import Operator
from tests.conftest import NOW, make_operator
from tests.events.making import make_event, make_rsvp, make_venue

ASKED = {"agreed_at": None}
SAID_NO = {"agreed_at": None, "left_at": NOW}
HAS_LEFT = {"left_at": NOW}


@pytest.fixture
def jelly(four_spaces) -> Event:
    event = make_event(four_spaces["koharubiyori"])
    make_venue(event, four_spaces["koharubiyori"])
    return event


def at_dorinoki(event: Event, four_spaces, **fields) -> Venue:
    return make_venue(event, four_spaces["dorinoki"], **fields)


def draft(event: Event) -> None:
    event.published_at = None
    event.save()


def hosted(user) -> bool:
    return Event.objects.hosted_by(user).exists()


def admin(row) -> str:
    return reverse(f"admin:events_{row._meta.model_name}_change", args=[row.pk])


@pytest.mark.parametrize(("fields", "has_a_hand"), [({}, True), (ASKED, False), (SAID_NO, False), (HAS_LEFT, False)])
def test_a_venue_receives_an_event_only_while_it_takes_part(jelly, four_spaces, dai, ben, fields, has_a_hand):
    at_dorinoki(jelly, four_spaces, host=ben, **fields)

    assert (hosted(dai), hosted(ben)) == (has_a_hand, has_a_hand)


@pytest.mark.parametrize("fields", [ASKED, SAID_NO, HAS_LEFT])
def test_who_was_only_asked_or_has_left_writes_and_hides_nothing_on_the_wall(jelly, four_spaces, as_user, dai, fields):
    at_dorinoki(jelly, four_spaces, **fields)
    client = as_user(dai)

    for name in ("events:host", "events:door"):
        assert client.get(reverse(name, args=[jelly.reference])).status_code == 404
    assert client.get(reverse("events:hide", args=[jelly.reference, 1])).status_code in (404, 405)
    assert client.post(reverse("events:hide", args=[jelly.reference, 1])).status_code == 404


def test_a_draft_is_its_hosts_and_the_organisers_alone(jelly, four_spaces, as_user, sam, dai, aiko, ben):
    draft(jelly)
    Event.objects.update(host=aiko)
    at_dorinoki(jelly, four_spaces, host=ben)

    seen = [as_user(user).get(jelly.get_absolute_url()).status_code for user in (sam, aiko, dai, ben)]

    assert seen == [200, 200, 404, 404]


def test_a_space_that_is_asked_knows_of_a_draft_nothing_and_answers_once_it_is_announced(
    jelly, four_spaces, as_user, dai
):
    venue = at_dorinoki(jelly, four_spaces, **ASKED)
    client = as_user(dai)
    draft(jelly)
    pages = [admin(jelly), admin(venue), reverse("admin:events_venue_offer", args=[venue.pk])]

    assert [client.get(page).status_code for page in pages] == [302, 302, 404]

    Event.objects.update(published_at=NOW)
    assert [client.get(page).status_code for page in pages] == [200, 200, 200]


def test_a_space_that_said_yes_to_a_draft_keeps_what_it_holds_in_sight(jelly, four_spaces, as_user, dai):
    draft(jelly)
    venue = at_dorinoki(jelly, four_spaces)

    assert as_user(dai).get(admin(venue)).status_code == 200


def test_who_has_left_looks_back_without_the_sign_ups_of_others(jelly, four_spaces, as_user, dai, aiko, ben):
    venue = at_dorinoki(jelly, four_spaces, **HAS_LEFT)
    make_rsvp(jelly.venues.get(space=four_spaces["koharubiyori"]), aiko)
    own = make_rsvp(venue, ben, left_at=NOW, left_by="host")
    client = as_user(dai)

    assert [client.get(admin(row)).status_code for row in (jelly, venue, own)] == [200, 200, 200]
    listed = client.get(reverse("admin:events_rsvp_changelist") + f"?event__id__exact={jelly.pk}").content.decode()
    assert ben.display_name in listed
    assert aiko.display_name not in listed


def test_the_desk_stands_at_the_door_and_changes_nothing(jelly, four_spaces, as_user):
    client = as_user(make_operator("desk@example.jp", four_spaces["koharubiyori"], Operator.Role.DESK))

    assert client.get(reverse("events:door", args=[jelly.reference])).status_code == 200
    sent = {"title_ja": "別の題"}
    assert client.post(reverse("events:host", args=[jelly.reference]), sent).status_code in (403, 405)
    assert client.post(reverse("admin:events_event_cancel", args=[jelly.pk])).status_code == 403
    assert client.post(admin(jelly), sent).status_code == 403
    jelly.refresh_from_db()
    assert (jelly.title_ja, jelly.cancelled_at) == ("金曜のJelly", None)


def test_a_reference_is_found_as_it_is_typed(jelly, client, as_user, sam):
    typed = f"{jelly.reference[:4]}-{jelly.reference[4:]}".lower()

    answer = client.get(reverse("events:event", args=[typed]))

    assert (answer.status_code, answer.url) == (302, jelly.get_absolute_url())
    assert as_user(sam).get(reverse("events:host", args=[typed])).status_code == 200
    assert client.get(reverse("events:event", args=["nothing"])).status_code == 404
    draft(jelly)
    assert client.get(reverse("events:event", args=[typed])).status_code == 404
