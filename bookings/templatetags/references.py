"""References as they are read aloud."""

from django import template

from bookings.reference import spaced

register = template.Library()


@register.filter
def grouped(reference: str) -> list[str]:
    """A reference in the groups in which it is read aloud."""
    return spaced(reference).split("-")
