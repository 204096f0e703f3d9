"""The answer to input that no link or form of ours makes: 400, a sentence, and the way back."""

from django.db.models import Model
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render

from members.requests import VisitorRequest


def unreadable(request: VisitorRequest, form: Form, back: Model) -> HttpResponse:
    """Say what of a form could not be read, and lead back to the page of `back`."""
    return on_its_own(request, render(request, "bookings/unreadable.html", {"form": form, "back": back}, status=400))


def on_its_own(request: VisitorRequest, answer: HttpResponse) -> HttpResponse:
    """Let htmx, which shows no answer that is an error, open it as a page."""
    if request.htmx:
        answer.headers["HX-Redirect"] = request.get_full_path()
    return answer
