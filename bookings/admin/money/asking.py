"""The page between a button and an act with money: who and what it is about, what is asked, what will happen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget

from billing.models import Payment
from billing.refusals import SENTENCES
from bookings.admin.acts import IN_OUR_TIME
from bookings.admin.person_at_space import spaces_of
from bookings.admin.scope import may_at
from members.models import User
from spaces.models import Space

MOST_YEN = 99_999_999


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


class MoneyForm(forms.Form):
    """A form of the pages of money: its labels begin like sentences."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(str(field.label or ""))


class ReasonForm(MoneyForm):
    reason = forms.CharField(
        label=_("reason"),
        max_length=200,
        help_text=_("Kept with the invoice; it is not printed."),
        widget=UnfoldAdminTextInputWidget(),
    )


class AddresseeForm(MoneyForm):
    addressee = forms.CharField(label=_("addressee"), max_length=160, widget=UnfoldAdminTextInputWidget())


class CashForm(MoneyForm):
    """Money that changes hands: how much, how, and when. `form_key` makes a form that is sent twice one payment."""

    yen = forms.IntegerField(
        label=_("amount in yen"),
        min_value=1,
        max_value=MOST_YEN,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"inputmode": "numeric", "min": 1, "max": MOST_YEN}),
    )
    method = forms.ChoiceField(
        label=_("method"),
        choices=Payment.Method.choices,
        initial=Payment.Method.CASH,
        widget=UnfoldAdminRadioSelectWidget(),
    )
    day = forms.DateField(label=_("day"), validators=IN_OUR_TIME, widget=day_widget())
    note = forms.CharField(label=_("note"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget())
    form_key = forms.UUIDField(widget=forms.HiddenInput)


def ask(
    request: HttpRequest,
    question: Question,
    form: forms.Form | None = None,
    *,
    template: str = "admin/billing/ask.html",
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


def payer_or_404(request: HttpRequest, pk: int, slug: str, *, action: str, label: str) -> tuple[Space, User]:
    """A person who has to do with a space of the viewer, for an act with rows of a model.

    Raises Http404, and PermissionDenied for who may only look.
    """
    space = next((one for one in spaces_of(request, pk) if one.slug == slug), None)
    if space is None or not may_at(request, space.pk, "view", label):
        raise Http404
    if not may_at(request, space.pk, action, label):
        raise PermissionDenied
    return space, get_object_or_404(User, pk=pk)


def number_or_404(text: str) -> int:
    """A key that stands in an address. Raises Http404."""
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Http404
    return int(text)


def sent_before(request: HttpRequest, space: Space, payer: User) -> Payment | None:
    """The payment that was noted with the form already. Asked when a form is refused: that may be the reason."""
    try:
        key = forms.UUIDField(required=False).clean(request.POST.get("form_key"))
    except forms.ValidationError:
        return None
    return Payment.objects.filter(form_key=key, space=space, payer=payer).first() if key else None


def noted_already(request: HttpRequest, noted: Payment) -> HttpResponse:
    """Lead to what a form that was sent again has noted before."""
    messages.info(request, SENTENCES["form_sent_already"])
    return redirect("admin:billing_payment_change", noted.pk)
