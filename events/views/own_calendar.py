"""The page on which a person makes, renews and takes back the address of their own calendar."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from events import own_calendar
from events.feeds import Subscription
from members.requests import SignedInRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_calendar_page(request: SignedInRequest) -> HttpResponse:
    """Posting makes a new address, and shows it this once; with `revoke` the address is taken back."""
    now = timezone.now()
    subscription = None
    if "revoke" in request.POST:
        own_calendar.revoke(user=request.user, now=now)
        messages.success(request, _("The address of your calendar opens nothing any more."))
        return redirect("events:own_feed_page")
    if request.method == "POST":
        subscription = Subscription(reverse("events:own_feed", args=[own_calendar.renew(user=request.user, now=now)]))
    context = {
        "subscription": subscription,
        "made_at": own_calendar.made_at(request.user),
    }
    return render(request, "events/own_calendar.html", context)
