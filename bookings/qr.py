"""QR codes (ISO/IEC 18004): as inline SVG, nothing to fetch and sharp on paper; as PNG for mails."""

import io

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from bookings.models import Booking


def door_address(booking: Booking) -> str:
    """Where an operator's phone arrives that scans a booking's code."""
    return settings.SITE_URL + reverse("bookings:door_booking", args=[booking.reference])


def qr_svg(text: str) -> SafeString:
    """The code of a text; its size and colours come from the stylesheet."""
    svg = segno.make(text, error="m").svg_inline(omitsize=True, border=0, svgclass=None, lineclass=None)
    return mark_safe(svg)  # noqa: S308 - segno draws paths, the text itself is not in the markup


def qr_png(text: str) -> bytes:
    """The code of a text as a picture, with the quiet zone that scanners want."""
    picture = io.BytesIO()
    segno.make(text, error="m").save(picture, kind="png", scale=8)
    return picture.getvalue()
