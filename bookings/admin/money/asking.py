"""What is asked before an act with money: why, for whom, how much; and of a form that was sent again, what it did."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget

from billing.models import Payment
from billing.refusals import SENTENCES
from bookings.admin.acts import IN_OUR_TIME
from bookings.admin.asking import QuestionForm, day_widget
from bookings.admin.person_at_space import spaces_of
from bookings.admin.scope import may_at
from members.models import User
from spaces.models import Space

MOST_YEN = 99_999_999


class ReasonForm(QuestionForm):
    reason = forms.CharField(
        label=_("reason"),
        max_length=200,
        help_text=_("Kept with the invoice; it is not printed."),
        widget=UnfoldAdminTextInputWidget(),
    )


class AddresseeForm(QuestionForm):
    addressee = forms.CharField(label=_("addressee"), max_length=160, widget=UnfoldAdminTextInputWidget())


class CashForm(QuestionForm):
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
