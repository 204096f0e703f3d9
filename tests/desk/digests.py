"""A morning at Koharubiyori with all that a digest can hold, and reading the links of its mail."""

import html
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from bookings.models import Booking, VisaRequest
from desk.digest import writing
from desk.digest.letter import digest_for, letter_of
from events.models import Venue
from members.models import Membership, Operator, User
from notices.delivery import deliver_due
from notices.kinds import Letter
from spaces.models import Space
from tests.bookings.taking import take
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import TUESDAY, make_booking, make_membership, make_user, make_visited
from tests.visas.acts import make_campaign, make_ticket, make_visa_request, visit
from visas.models import Terms

ONCE = re.compile(r"http://[^\s\"'<>]+/desk/once/[^\s\"'<>]+/")
HOUR = timedelta(hours=1)


@dataclass
class Morning:
    """What there is on the day; one of each."""

    space: Space
    drop_in: Booking
    room: Booking
    by_visa: Booking
    by_ticket: Booking
    first_visit: Booking
    jelly: Venue
    application: Membership
    request: VisaRequest
    asked: Venue


def make_morning(space: Space, organiser: Space, member: User) -> Morning:
    """`member` holds a visa of elsewhere; `organiser` asks the space to be a venue."""
    seats, room = space.resources.get(kind="open_seats"), space.resources.get(kind="meeting_room")
    # By visa, as there is no first visit left that would let them in without asking.
    make_visited(member, space)
    Terms.objects.create(space=space, opens=time(10), closes=time(18), confirmed_at=NOW)
    ben = make_user("guest-ben@example.com", family_name="Miller", given_name="Ben", language="en")
    hana = make_user("hana@example.jp", family_name="花田", given_name="花")
    ken = make_user("ken@example.jp", family_name="健山", given_name="健")
    jelly = make_venue(make_event(space, day=TUESDAY, title_ja="火曜のJelly", title_en="Tuesday Jelly"), space)
    for number in range(3):
        make_rsvp(jelly, name=f"Visitor {number}", people=1)
    asking = make_event(organiser)
    make_venue(asking, organiser)
    return Morning(
        space=space,
        drop_in=take(ben, seats, "11:00", "21:00"),
        room=take(ken, room, "16:00", "18:00", seats=1),
        by_visa=take(member, seats, "12:00", "15:00"),
        by_ticket=visit(make_ticket(make_campaign(space)), space),
        first_visit=make_booking(seats, starts="13:00", ends="17:00", user=hana, basis="first_visit", price=0),
        jelly=jelly,
        application=apply_to(space, make_user("aoki@example.jp", family_name="青木", given_name="葵")),
        request=make_visa_request(member, seats, message="夕方に少しだけ", asked_at=NOW - timedelta(days=2)),
        asked=make_venue(asking, space, agreed_at=None),
    )


def apply_to(space: Space, user: User, **fields: Any) -> Membership:
    """An application for a plan by the month, of yesterday."""
    plan = space.plans.filter(kind__in=["monthly", "free_pass"]).first()
    answers = [{"asked": "何をしていますか", "answer": "翻訳です"}]
    fields = {"applied_at": NOW - timedelta(days=1), "answers": answers, **fields}
    return make_membership(user, plan, status="applied", starts_on=TUESDAY, **fields)


def digest_of(user: User, space: Space, now: datetime = NOW) -> Letter:
    """The letter that somebody would get now, in the active language."""
    operator = Operator.objects.select_related("user", "space").get(user=user, space=space)
    return letter_of(digest_for(operator, space.today(now), now=now))


def send_digests(now: datetime = NOW) -> None:
    """Write what is due, and empty the outbox."""
    writing.write_due(now=now)
    deliver_due(until=now + HOUR)


def links_in(text: str) -> list[str]:
    """The paths of all links of a text that do something, in order, each once."""
    found = ["/" + html.unescape(address).split("/", 3)[3] for address in ONCE.findall(text)]
    return list(dict.fromkeys(found))
