"""The page between a button and an act: who and what it is about, what is asked, what will happen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from unfold.widgets import UnfoldAdminTextInputWidget


@dataclass(frozen=True)
class Question:
    """What a page asks before an act, and the button that does it. `hints` say what will happen, `warnings` too.

    Where it can't be done the page says why, by its hints, and offers nothing but the way back.
    """

    title: str
    button: str
    icon: str
    back: str
    facts: Sequence[tuple[Any, Any]] = ()
    hints: Sequence[Any] = ()
    warnings: Sequence[Any] = ()
    ends_something: bool = False
    can_be_done: bool = True


def day_widget() -> UnfoldAdminTextInputWidget:
    """The browser's own field for a day, which needs no script."""
    return UnfoldAdminTextInputWidget(attrs={"type": "date"})


class QuestionForm(forms.Form):
    """A form of such a page: its labels begin like sentences."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(str(field.label or ""))


def ask(
    request: HttpRequest,
    question: Question,
    form: forms.Form | None = None,
    *,
    template: str = "admin/ask.html",
    **more: Any,
) -> HttpResponse:
    """The page of a question, with its form as it stands."""
    context = {
        **admin.site.each_context(request),
        "title": question.title,
        "question": question,
        "form": form,
        **more,
    }
    return TemplateResponse(request, template, context)


def number_or_404(text: str) -> int:
    """A key that stands in an address. Raises Http404."""
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Http404
    return int(text)
