"""Whatever the desk shows of a visa is what a press does: over any spaces, hours, terms and seats that are taken."""

from datetime import time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import event, given
from hypothesis import strategies as st

from bookings.models import Booking, VisaRequest
from bookings.visa_at_desk import admit, turn_away
from bookings.visa_shown import look_at
from members.models import Plan
from spaces.refusing import codes
from tests.bookings.worlds import draw_world, found
from tests.factories import make_user
from tests.properties import examples, undone
from visas.models import Showing, Terms, Visa

HOURS = st.sampled_from([(None, None), (None, None), (time(9), time(17, 20)), (time(13), time(23, 59))])


@pytest.fixture
def ann(db):
    """A member of the third space, whose plan grants a visa."""
    ann = make_user("ann@example.jp")
    found(["one", "two", "three"], member=ann)
    Plan.objects.filter(kind="monthly").update(grants_visa=True)
    return ann


@pytest.fixture
def others(db):
    return [make_user(f"{number}@example.jp") for number in range(3)]


def said(act):
    """The codes with which an act is refused; nothing if it is done."""
    try:
        act()
    except ValidationError as error:
        return codes(error)
    return set()


@given(data=st.data())
@examples(80)
def test_what_is_offered_is_done_and_what_is_refused_is_not(ann, others, data):
    with undone():
        world = draw_world(data.draw, ann, *others)
        for house in world.houses[:2]:
            opens, closes = data.draw(HOURS)
            Terms.objects.create(
                space=house.space,
                opens=opens,
                closes=closes,
                percent_off=data.draw(st.sampled_from([0, 25])),
                notice_hours=data.draw(st.sampled_from([0, 24])),
                once_a_week=data.draw(st.booleans()),
                months_of_membership=data.draw(st.sampled_from([0, 24])),
            )
        showing = Showing.objects.create(visa=Visa.objects.get(), shown_to=others[0], shown_at=world.now)
        house = data.draw(st.sampled_from(world.houses))
        asked = {"showing": showing, "space": house.space, "by": others[0], "now": world.now}

        shown = look_at(showing, [house], now=world.now)

        if shown.booked:
            event("booked")
            assert said(lambda: turn_away(reason="Full.", **asked)) == {"visit_is_booked"}
            return
        if isinstance(shown.found, ValidationError):
            event("refused: " + ", ".join(sorted(codes(shown.found))))
            assert said(lambda: admit(waived=True, **asked)) == codes(shown.found)
        else:
            visit = shown.found
            event(f"offered as {visit.offer.best.basis}" + (", against what the host wishes" if visit.against else ""))
            price = visit.offer.price
            with undone():
                against = {str(error.code) for error in visit.against}
                assert said(lambda: admit(agreed_price=price, **asked)) == against
            with undone():
                booking = admit(waived=True, agreed_price=price, **asked)
                assert (booking.starts_at, booking.ends_at) == visit.wish.span
                assert (booking.price, booking.checked_in_at) == (price, world.now)
                assert VisaRequest.objects.filter(booking=booking).exists() == bool(visit.against)
        with undone():
            claim = codes(shown.no_claim) if shown.no_claim else set()
            if house.open_seats:
                assert said(lambda: turn_away(reason="Full.", **asked)) == claim
            assert not Booking.objects.filter(checked_in_at__isnull=False).exists()
