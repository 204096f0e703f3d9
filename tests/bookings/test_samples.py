"""Sample bookings for the days around today, on one's own machine."""

import re
from collections import Counter
from datetime import date, time, timedelta

import pytest
from django.core.management import CommandError, call_command

from bookings.models import Booking, FirstVisit
from bookings.samples import load_bookings
from members.models import User
from members.samples import load_people, load_visitors
from notices.models import Notice
from spaces.models import Closure, OpeningHours
from tests.factories import TUESDAY, at, make_booking, make_closure

NOON = at("12:30")


@pytest.fixture
def visitors(four_spaces):
    return load_visitors()


def test_samples_fill_the_days_where_drop_ins_are_sold(visitors):
    made = load_bookings(visitors, now=NOON)

    by_space = Counter(booking.resource.space.slug for booking in Booking.objects.select_related("resource__space"))
    assert made == sum(by_space.values()) == Booking.objects.count()
    assert set(by_space) == {"koharubiyori", "cafe-36", "dorinoki"}
    assert not Booking.objects.filter(resource__space__slug="dorinoki", resource__kind="open_seats").exists()
    days = {booking.starts_at.astimezone(NOON.tzinfo).date() for booking in Booking.objects.all()}
    assert (min(days), max(days)) == (TUESDAY - timedelta(days=3), TUESDAY + timedelta(days=10))


def test_sample_guests_of_past_days_have_come_and_gone(visitors):
    load_bookings(visitors, now=NOON)

    past, to_come = Booking.objects.filter(ends_at__lt=NOON), Booking.objects.filter(starts_at__gt=NOON)
    assert 0.8 < past.filter(checked_out_at__isnull=False).count() / past.count() <= 1
    assert not to_come.filter(checked_in_at__isnull=False).exists()
    assert Booking.objects.filter(checked_in_at__isnull=False, checked_out_at__isnull=True, ends_at__gt=NOON).exists()


def test_samples_are_the_same_on_every_machine(visitors):
    def made():
        FirstVisit.objects.all().delete()
        Booking.objects.all().delete()
        load_bookings(visitors, now=NOON)
        facts = "resource", "person", "starts_at", "ends_at", "price", "basis"
        return list(Booking.objects.order_by("pk").values_list(*facts))

    first = made()
    assert "first_visit" in {booking[-1] for booking in first}
    assert made() == first


def test_samples_are_loaded_once(visitors):
    load_bookings(visitors, now=NOON)
    before = list(Booking.objects.order_by("pk").values())

    assert load_bookings(visitors, now=NOON + timedelta(days=2)) == 0
    assert list(Booking.objects.order_by("pk").values()) == before


def test_samples_stay_away_where_somebody_has_booked(visitors, koharubiyori):
    make_booking(koharubiyori.open_seats)

    assert load_bookings(visitors, now=NOON) == 0


def test_samples_keep_to_hours_that_an_operator_cut_short(visitors, four_spaces):
    OpeningHours.objects.update(opens=time(11), closes=time(11, 30))
    for day in range(3):
        make_closure(four_spaces["cafe-36"], TUESDAY + timedelta(days=day))

    assert load_bookings(visitors, now=NOON) == 0


def test_command_makes_people_and_bookings_and_prints_how_to_sign_in(four_spaces, settings, capsys):
    settings.MAILBOX_DIR = "somewhere"

    call_command("load_samples")
    first = capsys.readouterr().out
    counts = User.objects.count(), Booking.objects.count()
    notices = list(Notice.objects.values_list("kind", "recipient"))
    call_command("load_samples")

    assert capsys.readouterr().out == first
    assert (User.objects.count(), Booking.objects.count()) == counts
    assert list(Notice.objects.values_list("kind", "recipient")) == notices
    assert counts[1] > 100
    # Of the mails to invented people the newcomer is left the one to an operator whom they may sign in as.
    assert notices == [("membership.applied", "operator@garage-labs.example")]
    lines = dict(re.findall(r"^  (\S+@\S+) +([0-9a-f]{10}) ", first, re.MULTILINE))
    assert len(lines) == 6
    member = User.objects.get(email="member@example.jp")
    assert member.check_password(lines["member@example.jp"])


def test_command_refuses_a_database_that_is_not_bin_runs_own(four_spaces, settings):
    settings.MAILBOX_DIR = ""

    with pytest.raises(CommandError, match="MAILBOX_DIR"):
        call_command("load_samples")

    assert not User.objects.exists()


def test_sample_people_may_be_loaded_beside_samples(four_spaces):
    load_people()
    load_bookings(load_visitors(), now=NOON)

    assert not Booking.objects.filter(user__email="coworker@example.jp").exists()
    assert Closure.objects.count() == 0
    assert date(2026, 11, 23) not in {
        booking.starts_at.astimezone(NOON.tzinfo).date()
        for booking in Booking.objects.filter(resource__space__slug="koharubiyori")
    }
