"""The sample campaign of one's own machine."""

from bookings.sample_tickets import load_tickets
from members.samples import load_people
from visas.models import Campaign, Ticket


def test_all_four_spaces_honour_the_sample_tickets(four_spaces, now):
    load_people()

    ticket = load_tickets(now=now)

    campaign = Campaign.objects.get()
    assert ticket.campaign == campaign
    assert "見本" in campaign.name_ja
    assert campaign.participations.filter(agreed_at__isnull=False).count() == 4
    assert Ticket.objects.count() == 30


def test_they_are_made_once_and_a_free_one_is_named_each_time(four_spaces, now):
    load_people()
    first = load_tickets(now=now)
    Ticket.objects.filter(pk=first.pk).update(person_key="x", held_at=now)

    second = load_tickets(now=now)

    assert Campaign.objects.count() == 1
    assert second != first


def test_without_the_four_there_is_none(db, now):
    assert load_tickets(now=now) is None
