"""What the pages of one's own plans share: finding what is one's own, and telling what came of an act."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from members.models import Membership
from members.requests import SignedInRequest


def own_or_404(request: SignedInRequest, pk: int) -> Membership:
    """The signed-in person's own membership; others' do not exist for them."""
    return get_object_or_404(Membership.objects.for_user(request.user), pk=pk)


def done_or_told_why(request: SignedInRequest, act: Callable[[], object], done: str) -> HttpResponse:
    """Do an act that needs no page of its own, and show on the page of one's plans what came of it."""
    try:
        act()
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    else:
        messages.success(request, done)
    return redirect("plans:mine")
