"""Keeping a picture that somebody sent: the same one is kept once."""

from django.core.files import File

from events.models import Picture
from events.pictures import prepared


def kept(file: File) -> Picture:
    """The row of a picture, made smaller and without what the camera noted. Raises ValidationError."""
    made = prepared(file)
    row, _is_new = Picture.objects.get_or_create(
        digest=made.digest,
        defaults={
            "content": made.content,
            "width": made.width,
            "height": made.height,
            "card": made.card,
            "card_width": made.card_width,
            "card_height": made.card_height,
        },
    )
    return row
