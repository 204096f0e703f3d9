"""Sample events: clearly samples, made once, and with something to see of each kind."""

import pytest
from django.core.management import CommandError, call_command

from events.figures import figures_of
from events.models import Event, Rsvp, Series, Venue
from events.places import places_here
from events.repeating import jelly_week
from members.models import User
from notices.models import Notice


@pytest.fixture
def samples(four_spaces, settings) -> None:
    settings.MAILBOX_DIR = "somewhere"
    call_command("load_samples")
    call_command("load_event_samples")


def test_every_title_says_that_it_is_a_sample(samples):
    assert Event.objects.exists()
    assert not Event.objects.exclude(title_ja__endswith="（見本）").exists()
    assert not Event.objects.exclude(title_en__endswith="(sample)").exists()
    assert not Event.objects.filter(published_at=None).exists()


def test_the_jelly_is_in_three_spaces_and_online_and_one_has_a_line(samples, now):
    jelly = Event.objects.upcoming(now).filter(kind="jelly").first()

    standing = jelly.venues.standing()
    assert {venue.space.slug if venue.space else "online" for venue in standing} == {
        "koharubiyori",
        "garage-labs",
        "dorinoki",
        "online",
    }
    assert [venue.space.slug for venue in Venue.objects.asked(now)] == ["cafe-36"]
    full = standing.get(space__slug="koharubiyori")
    assert places_here(full).left == 0
    assert Rsvp.objects.waiting().filter(venue=full).exists()
    assert Rsvp.objects.going().filter(user__email="member@example.jp").exists()


def test_the_show_and_tell_was_held_and_goes_on(samples, now):
    series = Series.objects.get()
    past = list(Event.objects.past(now).filter(series=series))

    figures = figures_of(past).total
    assert len(past) >= 2
    assert min(figures.came, figures.again, figures.new_faces, figures.did_not_come) > 0
    assert Event.objects.upcoming(now).filter(series=series).count() > 6


def test_one_jelly_is_in_jelly_week_and_one_day_is_a_supporters(samples, now):
    january = Event.objects.filter(kind="jelly").last()
    assert jelly_week(2027)[0] <= january.day <= jelly_week(2027)[1]
    assert "架空" in Event.objects.get(kind="advice").supporter_ja


def test_a_second_time_makes_nothing_and_invented_people_get_no_mail(samples):
    before = Event.objects.count(), Rsvp.objects.count(), Notice.objects.count()

    call_command("load_event_samples")

    assert (Event.objects.count(), Rsvp.objects.count(), Notice.objects.count()) == before
    assert not Notice.objects.filter(kind__startswith="event.", recipient__startswith="visitor").exists()
    asked = Notice.objects.filter(kind="event.asked").values_list("recipient", flat=True)
    assert list(asked) == ["operator@cafe-36.example"]


def test_samples_are_for_ones_own_machine(four_spaces, settings):
    settings.MAILBOX_DIR = ""

    with pytest.raises(CommandError, match="MAILBOX_DIR"):
        call_command("load_event_samples")

    assert not User.objects.exists()
