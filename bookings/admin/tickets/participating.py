"""Asking spaces to take part in a campaign; agreeing, saying no, and leaving, for who runs such a space."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from bookings.admin.asking import Question, QuestionForm
from bookings.admin.asking import ask as ask_page
from bookings.admin.scope import may_at, signed_in
from bookings.admin.tickets.campaign_form import seats_field
from bookings.admin.tickets.reach import PARTICIPATION, campaign_or_404
from bookings.admin.tickets.words import facts_of, visits_to_come
from spaces.models import Space
from visas.models import Campaign, Participation
from visas.models.campaign import PROPOSED_SEATS
from visas.taking_part import agree, ask, leave


class AskForm(QuestionForm):
    spaces: Any = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Spaces"),
        queryset=Space.objects.none(),
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        error_messages={"required": gettext_lazy("Tick a space.")},
    )

    def __init__(self, *args: Any, spaces: QuerySet[Space], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["spaces"]
        assert isinstance(choice, forms.ModelMultipleChoiceField)  # noqa: S101 - for the type checker
        choice.queryset = spaces


class SeatsForm(QuestionForm):
    seats_a_day = seats_field()


def ask_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose among the spaces of the federation that are not asked yet."""
    campaign = campaign_or_404(request, pk, "change")
    now = timezone.now()
    asked = Participation.objects.filter(campaign=campaign, space=OuterRef("pk"))
    spaces = Space.objects.in_federation().filter(~Exists(asked))
    form = AskForm(request.POST if request.method == "POST" else None, spaces=spaces)
    if request.method == "POST" and form.is_valid():
        chosen = list(form.cleaned_data["spaces"])
        try:
            for space in chosen:
                ask(campaign=campaign, space=space, seats_a_day=PROPOSED_SEATS, by=signed_in(request), now=now)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            names = _(", ").join(map(str, chosen))
            messages.success(
                request, _("Asked: %(names)s. They find it on their list of things to do.") % {"names": names}
            )
            return redirect(_page(campaign))
    is_any = spaces.exists()
    question = Question(
        title=_("Ask spaces to take part"),
        button=_("Ask them"),
        icon="group_add",
        back=_page(campaign),
        facts=facts_of(campaign),
        hints=[_("Each space says itself whether it takes part, and for how many seats a day.")]
        if is_any
        else [_("Every space of the federation is asked already.")],
        can_be_done=is_any,
    )
    return ask_page(request, question, form)


def agree_view(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """A space says yes, or another number of seats."""
    part = _part_or_404(request, pk, slug)
    now, campaign = timezone.now(), part.campaign
    sent = request.method == "POST"
    form = SeatsForm(request.POST if sent else None, initial={"seats_a_day": part.seats_a_day})
    if sent and form.is_valid():
        try:
            agree(part=part, seats_a_day=form.cleaned_data["seats_a_day"], by=signed_in(request), now=now)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            said = _("%(space)s takes part, with %(seats)s seats a day.")
            said %= {"space": part.space, "seats": form.cleaned_data["seats_a_day"]}
            messages.success(request, said)
            return redirect(_page(campaign))
    title, button = (_("Change the seats a day"), _("Save")) if part.stands else (_("Take part"), _("We take part"))
    question = Question(
        title=title,
        button=button,
        icon="handshake",
        back=_page(campaign),
        facts=[(_("space"), part.space), *facts_of(campaign)],
        hints=[
            _("Visitors with such a ticket book a seat at your space free of charge, for the rest of the day."),
            _("Visits that are booked already stay, whatever number you give."),
        ],
    )
    return ask_page(request, question, form)


def decline_view(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """A space that is asked says no."""
    part = _part_or_404(request, pk, slug)
    if part.agreed_at:
        return redirect("admin:visas_campaign_leave", pk, slug)
    if request.method == "POST":
        leave(part=part, now=timezone.now())
        messages.success(request, _("%(space)s does not take part.") % {"space": part.space})
        return redirect(_page(part.campaign))
    question = Question(
        title=_("Say no to a campaign"),
        button=_("We do not take part"),
        icon="do_not_disturb_on",
        back=_page(part.campaign),
        facts=[(_("space"), part.space), *facts_of(part.campaign)],
        hints=[_("Tickets of it can't be used at your space. You can still change your mind while it runs.")],
        ends_something=True,
    )
    return ask_page(request, question)


def leave_view(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """A space takes no more visits; the page says who comes all the same."""
    part = _part_or_404(request, pk, slug)
    if request.method == "POST":
        leave(part=part, now=timezone.now())
        messages.success(request, _("%(space)s takes no more tickets of this campaign.") % {"space": part.space})
        return redirect(_page(part.campaign))
    coming = visits_to_come(part.campaign, [part.space], timezone.now())
    question = Question(
        title=_("Leave a campaign"),
        button=_("Take no more tickets"),
        icon="logout",
        back=_page(part.campaign),
        facts=[(_("space"), part.space), *facts_of(part.campaign)],
        hints=[
            _("Tickets stay good at the other spaces."),
            _("Visits that are booked at your space stay: you receive these guests as you promised."),
        ],
        ends_something=True,
    )
    return ask_page(request, question, template="admin/tickets/ending.html", coming=coming)


def _page(campaign: Campaign) -> str:
    return reverse("admin:visas_campaign_change", args=[campaign.pk])


def _part_or_404(request: HttpRequest, pk: int, slug: str) -> Participation:
    """The part of a space that the person runs in a campaign. Raises Http404, PermissionDenied for who only looks."""
    part = (
        Participation.objects.filter(campaign=pk, space__slug=slug)
        .select_related("space", "campaign__organiser")
        .first()
    )
    if part is None or not may_at(request, part.space_id, "view", PARTICIPATION):
        raise Http404
    if not may_at(request, part.space_id, "change", PARTICIPATION):
        raise PermissionDenied
    return part
