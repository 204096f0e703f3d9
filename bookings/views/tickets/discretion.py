"""What all pages of tickets keep to themselves: who has their address, by code or by link, may do what they offer."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponseRedirect

from notices.behind_links import behind_an_address


class SeeOther(HttpResponseRedirect):
    """What was sent is done; the answer is on another page, which is read by GET."""

    status_code = 303


discreet = behind_an_address("tickets/no_visits.html")


def address_of(request: HttpRequest) -> str:
    """The network address that a request comes from, as the rate limits of accounts find it behind trusted proxies.

    Who hides it gets a 403 (PermissionDenied): without it guessing could not be limited.
    """
    address: str = get_adapter().get_client_ip(request)
    return address
