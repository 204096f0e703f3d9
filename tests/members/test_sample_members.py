"""The sample memberships of one's own machine."""

from members.models import BoothWait, Companion, Membership
from members.sample_members import load_members
from members.samples import load_visitors


def test_every_list_of_an_operator_has_something_in_it(four_spaces, now):
    made = load_members(load_visitors(), now=now)

    found = Membership.objects.order_by("pk").values_list("space__slug", "status")
    assert made == len(found) == 8
    assert set(found) == {
        ("koharubiyori", "active"),
        ("dorinoki", "active"),
        ("garage-labs", "active"),
        ("garage-labs", "applied"),
    }
    assert Membership.objects.filter(ends_on__isnull=False).count() == 1
    assert Companion.objects.get().accepted_at
    assert BoothWait.objects.in_line().count() == 1


def test_they_are_made_once(four_spaces, now):
    load_members(load_visitors(), now=now)

    assert load_members(load_visitors(), now=now) == 0


def test_other_spaces_than_the_four_get_none(db, now):
    assert load_members(load_visitors(), now=now) == 0
