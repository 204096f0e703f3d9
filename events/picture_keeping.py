"""Keeping a picture that somebody sent: the same one is kept once, and as long as an event shows it."""

from datetime import datetime, timedelta

from django.core.files import File
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from events.models import Event, Picture
from events.pictures import prepared

# A picture is written before its event is.
KEPT = timedelta(days=1)


def kept(file: File) -> Picture:
    """The row of a picture, made smaller and without what the camera noted. Raises ValidationError.

    One that was there is as good as new, so that nobody forgets it before its event is written.
    """
    made = prepared(file)
    sent_at = timezone.now()
    row, _is_new = Picture.objects.update_or_create(
        digest=made.digest,
        defaults={"created_at": sent_at},
        create_defaults={
            "content": made.content,
            "width": made.width,
            "height": made.height,
            "card": made.card,
            "card_width": made.card_width,
            "card_height": made.card_height,
            "created_at": sent_at,
        },
    )
    return row


@transaction.atomic
def forget_unused(*, now: datetime) -> int:
    """Delete pictures that no event shows, a day after they were last sent; how many.

    Everybody who knows its address can see a picture, so one that was taken off an event must not stay. They are locked
    first: whoever sends the same at this moment finds it, or keeps it anew.
    """
    used = Event.objects.filter(picture=OuterRef("pk"))
    unused = Picture.objects.filter(~Exists(used), created_at__lte=now - KEPT).order_by("pk")
    keys = list(unused.select_for_update(skip_locked=True).values_list("pk", flat=True))
    Picture.objects.filter(pk__in=keys).only("pk").delete()
    return len(keys)
