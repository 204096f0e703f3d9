"""Requests for visits by VISA: what waits for an answer, what came of the others, and answering one."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from bookings.admin.asking import Question, QuestionForm, ask
from bookings.admin.scope import LookedAtAdmin, OwnFilter, signed_in
from bookings.admin.visas.outcomes import OUTCOME_COLOURS, OutcomeFilter
from bookings.askable import against, seats_free
from bookings.models import VisaRequest
from bookings.visa_answers import REASON_LENGTH
from bookings.visa_requests import accept, refuse, why_unacceptable
from spaces.templatetags.wording import clock, day, plain_day, yen

Outcome = VisaRequest.Outcome


class RefuseForm(QuestionForm):
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=REASON_LENGTH,
        help_text=gettext_lazy("The visitor reads it in a mail and among their bookings."),
        widget=UnfoldAdminTextInputWidget(),
    )


@admin.register(VisaRequest)
class VisaRequestAdmin(LookedAtAdmin):
    """Of the visitor a host sees the name and the home space, and no more."""

    space_lookup = "resource__space_id"
    list_display = ["visitor", "home", "when", "space", "outcome_label", "asked", "answered"]
    list_filter = [OutcomeFilter, ("resource__space", OwnFilter), "at_desk"]
    list_select_related = [
        "visa__membership__user",
        "visa__membership__space",
        "resource__space",
        "booking",
        "answered_by",
    ]
    search_fields = [
        f"visa__membership__user__{part}_{kind}" for part in ("family", "given") for kind in ("name", "reading")
    ]
    search_help_text = gettext_lazy("Name or reading")
    change_form_outer_before_template = "admin/visas/request_acts.html"
    readonly_fields = [
        "visitor",
        "home",
        "when",
        "where",
        "price_label",
        "asked",
        "outcome_words",
        "answered",
        "answered_by",
        "booking_link",
    ]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/accept/", view(self.accept_view), name="bookings_visarequest_accept"),
            path("<int:pk>/refuse/", view(self.refuse_view), name="bookings_visarequest_refuse"),
            *super().get_urls(),
        ]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields: list[Any] = [
            ("visitor", "home"),
            ("when", "where"),
            ("price_label", "asked"),
            "message",
            "outcome_words",
        ]
        if obj and obj.answer:
            fields += [("answered", "answered_by"), "reason", "booking_link"]
        return fields

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        asked = self.get_object(request, object_id)
        more = self._page(request, asked) if asked else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def _page(self, request: HttpRequest, asked: VisaRequest) -> dict[str, Any]:
        """What stands against a visit that waits, and whether it could be accepted at all."""
        now = timezone.now()
        if asked.outcome_at(now) != Outcome.ASKED or not self.is_allowed(request, "change", asked):
            return {}
        return {
            "asked": asked,
            "against": against(asked),
            "free": seats_free(asked),
            "why_not": why_unacceptable(asked, now=now),
        }

    # Acts

    def accept_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let it in; the page of the request says before what is waived by that."""
        asked = self.row_or_404(request, pk, "change")
        if request.method == "POST":
            try:
                booking = accept(request=asked, by=signed_in(request), now=timezone.now())
            except ValidationError as problem:
                messages.error(request, " ".join(problem.messages))
            else:
                said = _("Accepted. %(name)s has been sent a confirmation. Booking %(reference)s.")
                name = asked.visa.membership.user.display_name
                messages.success(request, said % {"name": name, "reference": booking.spaced_reference})
        return redirect(_page(asked))

    def refuse_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask why, and say no."""
        asked = self.row_or_404(request, pk, "change")
        form = RefuseForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                refuse(request=asked, by=signed_in(request), reason=form.cleaned_data["reason"], now=timezone.now())
            except ValidationError as problem:
                messages.error(request, " ".join(problem.messages))
            else:
                said = _("Refused. %(name)s is told the reason by mail.")
                messages.success(request, said % {"name": asked.visa.membership.user.display_name})
            return redirect(_page(asked))
        if asked.outcome_at(timezone.now()) != Outcome.ASKED:
            return redirect(_page(asked))
        question = Question(
            title=_("Refuse a visit by VISA"),
            button=_("Refuse"),
            icon="block",
            back=_page(asked),
            facts=[
                (_("visitor"), asked.visa.membership.user.display_name),
                (_("home space"), asked.visa.membership.space),
                (_("when"), self.when(asked)),
                *([(_("message to the host"), asked.message)] if asked.message else []),
            ],
            hints=[_("It lowers the honoured rate of your space, as a request without an answer does.")],
            ends_something=True,
        )
        return ask(request, question, form)

    # Columns

    @admin.display(description=gettext_lazy("visitor"), ordering="visa__membership__user__family_reading")
    def visitor(self, asked: VisaRequest) -> str:
        return asked.visa.membership.user.display_name

    @admin.display(description=gettext_lazy("home space"), ordering="visa__membership__space")
    def home(self, asked: VisaRequest) -> str:
        return str(asked.visa.membership.space)

    @admin.display(description=gettext_lazy("when"), ordering="starts_at")
    def when(self, asked: VisaRequest) -> str:
        with timezone.override(asked.space.zone):
            return f"{day(asked.starts_at)} {clock(asked.starts_at)}–{clock(asked.ends_at)}"

    @admin.display(description=gettext_lazy("space"), ordering="resource__space")
    def space(self, asked: VisaRequest) -> str:
        return str(asked.space)

    @admin.display(description=gettext_lazy("where"))
    def where(self, asked: VisaRequest) -> str:
        return f"{asked.space} · {asked.resource.name}"

    @admin.display(description=gettext_lazy("price"))
    def price_label(self, asked: VisaRequest) -> str:
        return yen(asked.price)

    @display(description=gettext_lazy("outcome"), label=OUTCOME_COLOURS)
    def outcome_label(self, asked: VisaRequest) -> tuple[str, Any]:
        outcome = asked.outcome_at(timezone.now())
        return outcome, outcome.label

    @admin.display(description=gettext_lazy("outcome"))
    def outcome_words(self, asked: VisaRequest) -> str:
        words = str(asked.outcome_at(timezone.now()).label)
        return f"{words} ({_('at the desk')})" if asked.at_desk else words

    @admin.display(description=gettext_lazy("asked"), ordering="asked_at")
    def asked(self, asked: VisaRequest) -> str:
        return _moment(asked, asked.asked_at)

    @admin.display(description=gettext_lazy("answered"), ordering="answered_at")
    def answered(self, asked: VisaRequest) -> str:
        return _moment(asked, asked.answered_at) if asked.answered_at else "–"

    @admin.display(description=gettext_lazy("booking"))
    def booking_link(self, asked: VisaRequest) -> str:
        if asked.booking is None:
            return "–"
        address = reverse("admin:bookings_booking_change", args=[asked.booking.pk])
        return format_html('<a href="{}" class="op-link">{}</a>', address, asked.booking.spaced_reference)


def _moment(asked: VisaRequest, moment: Any) -> str:
    with timezone.override(asked.space.zone):
        return f"{plain_day(moment)} {clock(moment)}"


def _page(asked: VisaRequest) -> str:
    return reverse("admin:bookings_visarequest_change", args=[asked.pk])
