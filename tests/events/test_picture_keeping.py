"""A picture is kept once, and for as long as an event shows it."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from events.models import Event, Picture
from events.picture_keeping import KEPT, forget_unused, kept
from events.tasks import forget_pictures
from tests.conftest import NOW
from tests.events.making import make_event

LATER = NOW + KEPT + timedelta(minutes=1)


def sent(colour: str = "red") -> Picture:
    buffer = BytesIO()
    Image.new("RGB", (40, 30), colour).save(buffer, "PNG")
    return kept(SimpleUploadedFile("a.png", buffer.getvalue()))


@pytest.fixture
def shown(koharubiyori) -> Event:
    return make_event(koharubiyori.space, picture=sent("blue"))


def test_the_same_picture_is_kept_once(db):
    first, again = sent(), sent()

    assert first.pk == again.pk
    assert Picture.objects.get().content == again.content


def test_a_picture_that_was_taken_off_is_gone_a_day_later_and_one_that_is_shown_stays(shown, client, db):
    unused = sent("red")

    assert forget_unused(now=NOW + KEPT - timedelta(minutes=1)) == 0
    assert forget_unused(now=LATER) == 1
    assert client.get(unused.get_absolute_url()).status_code == 404
    assert list(Picture.objects.all()) == [shown.picture]
    shown.refresh_from_db()
    assert shown.picture is not None


def test_one_that_is_sent_again_waits_for_its_event_as_a_new_one_does(db, time_machine):
    sent("red")
    time_machine.move_to(LATER)
    again = sent("red")

    assert forget_unused(now=LATER) == 0
    assert forget_unused(now=LATER + KEPT) == 1
    assert not Picture.objects.filter(pk=again.pk).exists()


def test_the_task_of_every_hour_does_it(shown, time_machine, settings):
    named = [one for one in settings.CELERY_BEAT_SCHEDULE.values() if one["task"] == forget_pictures.name]
    assert [one["schedule"] for one in named] == [3600]
    Event.objects.update(picture=None)
    time_machine.move_to(LATER)

    forget_pictures()

    assert not Picture.objects.exists()
