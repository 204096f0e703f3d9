"""What pages behind the link to a sign-up keep to themselves: whoever has the address can change it."""

from django.http import Http404

from events.links import rsvp_of
from events.models import Rsvp
from notices.behind_links import behind_an_address

discreet = behind_an_address("events/no_sign_up.html")


def rsvp_or_404(token: str) -> Rsvp:
    """The sign-up that a link opens."""
    found = rsvp_of(token)
    if found is None or not found.event.is_announced:
        raise Http404
    return found
