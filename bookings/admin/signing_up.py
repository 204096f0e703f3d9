"""Signing somebody up at the desk: by the same acts as the join page, and approved at once."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from bookings.admin.scope import signed_in
from members.deciding import approve
from members.joining import ANSWER_LENGTH, join
from members.models import Membership, Plan, Question, User
from members.roles import spaces_where
from members.sign_in import AccountAdapter


class SignUpForm(forms.ModelForm):
    """Who, which plan, from when. A person whom the house knows keeps their own name."""

    email = forms.EmailField(label=_("e-mail"), widget=UnfoldAdminEmailInputWidget())
    family_name = forms.CharField(
        label=_("family name"),
        max_length=60,
        required=False,
        help_text=_("For a person who has no account yet; who has one keeps the name that they gave."),
        widget=UnfoldAdminTextInputWidget(),
    )
    given_name = forms.CharField(
        label=_("given name"), max_length=60, required=False, widget=UnfoldAdminTextInputWidget()
    )
    family_reading = forms.CharField(
        label=_("reading of the family name"),
        max_length=60,
        required=False,
        help_text=_("In hiragana."),
        widget=UnfoldAdminTextInputWidget(),
    )
    given_reading = forms.CharField(
        label=_("reading of the given name"),
        max_length=60,
        required=False,
        help_text=_("In hiragana."),
        widget=UnfoldAdminTextInputWidget(),
    )
    language = forms.ChoiceField(label=_("language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget())
    plan: Any = forms.ModelChoiceField(label=_("plan"), queryset=Plan.objects.none(), widget=UnfoldAdminSelectWidget())
    starts_on = forms.DateField(
        label=_("since"), help_text=_("The first day that counts."), widget=UnfoldAdminSingleDateWidget()
    )

    by: User
    questions: list[Question] = []
    FIELDSETS: list[Any] = []

    class Meta:
        model = Membership
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label or "")

    def clean_email(self) -> str:
        return AccountAdapter().clean_email(self.cleaned_data["email"].strip())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            self.instance = self._sign_up(cleaned)
        return cleaned

    def _sign_up(self, wish: dict[str, Any]) -> Membership:
        now = timezone.now()
        # Nothing of it stays, the new person neither, when the act refuses.
        with transaction.atomic():
            user = self._person(wish)
            answers = {
                question.pk: wish[_field_of(question)]
                for question in self.questions
                if question.space_id == wish["plan"].space_id
            }
            membership = join(
                user=user, plan=wish["plan"], starts_on=wish["starts_on"], answers=answers, by=self.by, now=now
            )
            if membership.status == Membership.Status.APPLIED:
                membership = approve(membership=membership, by=self.by, now=now)
        return membership

    def _person(self, wish: dict[str, Any]) -> User:
        known = User.objects.filter(email=wish["email"]).first()
        if known and not known.is_active:
            raise ValidationError({"email": _("This account is closed.")})
        if known:
            return known
        if not wish["family_name"]:
            raise ValidationError({"family_name": _("Nobody has this address yet: give the name too.")})
        names = {name: wish[name] for name in ("family_name", "given_name", "family_reading", "given_reading")}
        return User.objects.create_user(wish["email"], language=wish["language"], **names)

    def _post_clean(self) -> None:
        """The act has written the rows; there is nothing left to copy onto them."""


def sign_up_form(request: HttpRequest) -> type[SignUpForm]:
    """The form with the plans and the questions of the spaces where the person may sign people up."""
    now = timezone.now()
    plans = Plan.objects.sold_on(timezone.localdate(now)).held().select_related("space")
    questions = Question.objects.select_related("space")
    user = signed_in(request)
    if not user.is_superuser:
        spaces = spaces_where(user.roles, "add", Membership._meta.label_lower)
        plans, questions = plans.filter(space__in=spaces), questions.filter(space__in=spaces)
    asked = list(questions)
    fields: dict[str, Any] = {
        "plan": forms.ModelChoiceField(label=_("plan"), queryset=plans, widget=UnfoldAdminSelectWidget()),
        "starts_on": forms.DateField(
            label=_("since"),
            initial=timezone.localdate(now),
            help_text=_("The first day that counts."),
            widget=UnfoldAdminSingleDateWidget(),
        ),
        **{_field_of(question): _answer_field(question) for question in asked},
    }
    sets: list[Any] = [
        (
            _("person"),
            {"fields": ["email", ("family_name", "given_name"), ("family_reading", "given_reading"), "language"]},
        ),
        (_("membership"), {"fields": ["plan", "starts_on"]}),
    ]
    if asked:
        sets.append((_("Application"), {"fields": [_field_of(question) for question in asked]}))
    own = {"by": user, "questions": asked, "FIELDSETS": sets, **fields}
    return type("SignUpForm", (SignUpForm,), own)


def _field_of(question: Question) -> str:
    return f"answer_{question.pk}"


def _answer_field(question: Question) -> forms.Field:
    # Whether it must be answered, the act knows: it is asked of those only who join this space.
    label = f"{question.space}: {question.text}"
    if question.kind == Question.Kind.AGREEMENT:
        return forms.BooleanField(label=label, required=False, widget=UnfoldBooleanSwitchWidget())
    return forms.CharField(
        label=label,
        required=False,
        validators=[MaxLengthValidator(ANSWER_LENGTH)],
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
