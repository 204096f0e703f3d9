"""Every sentence with which a link of the digest is refused, by its code."""

from django.utils.translation import gettext_lazy as _

from spaces.refusing import Refusals

SENTENCES = {
    "link_expired": _("This link was good until the end of %(day)s."),
    "no_role": _("Your role at %(space)s doesn't allow this any more."),
    "subject_gone": _("What this link was about is not there any more."),
    "takes_part_already": _("%(venue)s takes part already."),
    "not_expected": _("There is nobody to check in with this booking: %(state)s."),
}

_refusals = Refusals(SENTENCES, {})
refusal = _refusals.refusal
