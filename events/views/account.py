"""A person's own data: to take away, and to have deleted."""

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events.erasing import erase, farewell, sign_ups_to_leave
from events.my_data import my_data
from members.requests import SignedInRequest


@require_safe
def data(request: SignedInRequest) -> HttpResponse:
    return render(request, "account/data.html")


@require_safe
def data_file(request: SignedInRequest) -> HttpResponse:
    """All of a person's data as a JSON file."""
    answer = JsonResponse(
        my_data(request.user, now=timezone.now()), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="coworking-my-data.json"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedInRequest) -> HttpResponse:
    """What deleting the account would do; posting it, with the address typed, deletes it."""
    now = timezone.now()
    refused = None
    if request.method == "POST":
        try:
            erase(user=request.user, typed=request.POST.get("email", ""), now=now)
        except ValidationError as error:
            refused = error
        else:
            logout(request)
            messages.success(request, _("Your account is deleted. Thank you for having been with us."))
            return redirect("bookings:home")
    context = {
        "farewell": farewell(request.user, now=now),
        "sign_ups": sign_ups_to_leave(request.user, now=now),
        "refused": refused,
    }
    return render(request, "account/delete.html", context, status=409 if refused else 200)
