"""A host's terms as one plain sentence, the same on every page, in the active language."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from visas.models import Terms


def terms_in_words(terms: Terms, *, sells_drop_in: bool = True) -> str:
    """The sentence for a host; where it sells no drop-in, nothing is said of a percentage."""
    parts = pgettext("between the parts of a sentence", ", ").join(_parts(terms, sells_drop_in))
    return _("For members of the other spaces: %(parts)s.") % {"parts": parts}


def _parts(terms: Terms, sells_drop_in: bool) -> Iterator[str]:
    days = terms.days_free
    yield ngettext("%(days)s day a month free of charge", "%(days)s days a month free of charge", days) % {"days": days}
    if terms.percent_off and sells_drop_in:
        yield _("then %(percent)s%% off the drop-in") % {"percent": terms.percent_off}
    if terms.opens and terms.closes:
        yield _("from %(opens)s to %(closes)s") % {"opens": f"{terms.opens:%H:%M}", "closes": f"{terms.closes:%H:%M}"}
    if terms.notice_hours:
        hours = terms.notice_hours
        yield ngettext("booked %(hours)s hour ahead", "booked %(hours)s hours ahead", hours) % {"hours": hours}
    if terms.once_a_week:
        yield _("one day a week at most")
    if terms.months_of_membership:
        months = terms.months_of_membership
        said = ngettext("after %(months)s month of membership", "after %(months)s months of membership", months)
        yield said % {"months": months}
    if terms.not_from_nearby:
        yield _("not for members of spaces in the same town")
    if terms.perks:
        yield _("with %(perks)s") % {"perks": terms.perks}
