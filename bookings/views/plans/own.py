"""What the pages of plans share: finding what is one's own, and agreeing to a cost."""

from datetime import datetime

from django.http import Http404
from django.shortcuts import get_object_or_404

from bookings.plan_forms import AgreedCost
from bookings.standing import Standing, own_standing
from members.costs import Cost
from members.models import Membership
from members.refusals import refusal
from members.requests import SignedInRequest


def own_or_404(request: SignedInRequest, pk: int) -> Membership:
    """The signed-in person's own membership; others' do not exist for them."""
    return get_object_or_404(Membership.objects.for_user(request.user), pk=pk)


def own_standing_or_404(request: SignedInRequest, pk: int, now: datetime) -> Standing:
    """The same with what it gives, what is used and what is next."""
    standing = own_standing(request.user, pk, now=now)
    if standing is None:
        raise Http404
    return standing


def check_agreed(form: AgreedCost, cost: Cost) -> None:
    """Raise ValidationError unless the page said this cost when it was agreed to."""
    if (form.cleaned_data["due"], form.cleaned_data["price"]) != (cost.total, cost.price):
        raise refusal("cost_changed")
