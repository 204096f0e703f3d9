"""What beat wakes: each task is one call of an act, and names that beat's schedule can find."""

from datetime import date

from django.conf import settings

from bookings.tasks import close_forgotten_check_outs
from coworking.celery import app
from notices.models import Notice
from notices.tasks import deliver_due
from tests.factories import at, make_booking

FRIDAY = date(2026, 11, 20)


def test_every_entry_of_the_schedule_names_a_task_that_exists():
    app.loader.import_default_modules()

    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


def test_nothing_waits_longer_than_an_hour_after_beat_has_started():
    """Beat remembers nothing, so what was to run once a day would never run where beat starts anew each night."""
    assert {name: entry for name, entry in settings.CELERY_BEAT_SCHEDULE.items() if entry["schedule"] > 3600} == {}
    assert all(entry["options"]["expires"] == entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values())


def test_forgotten_check_out_is_closed_at_closing_time(koharubiyori, chie):
    forgotten = make_booking(koharubiyori.open_seats, user=chie, day=FRIDAY, checked_in_at=at("11:00", FRIDAY))

    close_forgotten_check_outs()

    forgotten.refresh_from_db()
    assert forgotten.checked_out_at == at("21:00", FRIDAY)
    assert forgotten.check_out_estimated is True


def test_round_delivers_what_is_due(koharubiyori, chie, now, mailoutbox):
    booking = make_booking(koharubiyori.open_seats, user=chie)
    Notice.objects.create(
        kind="booking.confirmed",
        subject_key=f"booking:{booking.pk}",
        dedupe_key="one",
        recipient=chie.email,
        language="ja",
        space_slug="koharubiyori",
        facts={"sequence": 0},
        due_at=now,
    )

    deliver_due()

    assert [mail.to for mail in mailoutbox] == [[chie.email]]
