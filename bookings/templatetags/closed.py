"""Why a day has no hours, in words."""

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from spaces.calendar import WhyClosed

register = template.Library()


@register.filter
def why(closed: WhyClosed | None) -> str:
    """The reason of a closure, the name of the holiday, or simply "closed"."""
    if closed is None:
        return ""
    if closed.closure is not None:
        japanese, english = closed.closure.reason_ja, closed.closure.reason_en
        return (japanese or english if get_language() == "ja" else english or japanese) or _("Closed")
    return closed.holiday or _("Closed")
