"""The sample visits by visa of one's own machine."""

from bookings.models import Booking
from bookings.sample_visas import load_visas
from members.models import User
from members.sample_members import load_members
from members.samples import MEMBER_EMAIL, load_people, load_visitors
from visas.models import Terms


def test_member_has_stamps_of_other_spaces_and_terms_say_that_they_are_samples(four_spaces, now):
    load_people()
    load_members(load_visitors(), now=now)
    member = User.objects.get(email=MEMBER_EMAIL)

    made = load_visas(member, now=now)

    visits = Booking.objects.filter(visa__isnull=False)
    assert visits.count() == made
    stamped = visits.filter(user=member, checked_in_at__isnull=False).values_list("resource__space__slug", flat=True)
    assert len(set(stamped)) >= 2
    assert "garage-labs" not in stamped
    assert "見本" in Terms.objects.get().perks_ja
    assert load_visas(member, now=now) == 0
