"""Why a day has no hours, in words."""

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from spaces.calendar import SpecialDays, WhyClosed

register = template.Library()


@register.filter
def reason(special: SpecialDays) -> str:
    """The reason of a closure or of special hours, in the reader's language where it has one."""
    japanese, english = special.reason_ja, special.reason_en
    return japanese or english if get_language() == "ja" else english or japanese


@register.filter
def why(closed: WhyClosed | None) -> str:
    """The reason of a closure, the name of the holiday, or simply "closed"."""
    if closed is None:
        return ""
    if closed.closure is not None:
        return reason(closed.closure) or _("Closed")
    return closed.holiday or _("Closed")
