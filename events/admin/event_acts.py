"""What the space that holds an event does with it: announcing, cancelling, repeating, asking spaces, giving thanks."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from bookings.admin.asking import Question, QuestionForm
from bookings.admin.asking import ask as ask_page
from bookings.admin.scope import signed_in
from bookings.holding import with_holders
from events import announcing, host_forms, series, series_changes, taking_part
from events.admin.offer_fields import online_url_field, places_field
from events.admin.reach import event_or_404
from events.admin.repeating_form import RepeatingForm
from events.admin.words import facts_of, hold_words, told_sentence
from events.drafting import PROPOSED_PLACES
from events.models import Event, Rsvp, Venue
from events.thanking import thank, who_came
from spaces.models import Space
from spaces.templatetags.wording import plain_day

DATES_SHOWN = 12


class AnnounceForm(QuestionForm):
    """Asked of a series that has more dates that nobody can see yet."""

    and_following = forms.BooleanField(
        label=gettext_lazy("and the dates that follow"), required=False, initial=True, widget=UnfoldBooleanWidget()
    )


class ReasonForm(QuestionForm):
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Who has signed up reads it in a mail, and everybody on the page of the event."),
        widget=UnfoldAdminTextInputWidget(),
    )


class RepeatForm(QuestionForm, RepeatingForm):
    """Makes a series: without a pattern there is none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pattern"].required = True


class AskForm(QuestionForm):
    spaces: Any = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Spaces"),
        queryset=Space.objects.none(),
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        error_messages={"required": gettext_lazy("Tick a space.")},
    )

    def __init__(self, *args: Any, spaces: QuerySet[Space], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["spaces"]
        choice.queryset = spaces


class OnlineForm(QuestionForm):
    capacity = places_field(required=False, help_text=gettext_lazy("Empty: no limit."))
    online_url = online_url_field()


class ThanksForm(QuestionForm, host_forms.ThanksForm):
    """The host's, in the admin's dress."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget = UnfoldAdminTextareaWidget(attrs={"rows": 6})
        self.fields["photos_url"].widget = UnfoldAdminTextInputWidget(attrs={"type": "url"})


def announce_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who is asked and what is held; then let everybody see it."""
    event = event_or_404(request, pk, "change")
    now = timezone.now()
    drafts = series_changes.drafts_after(event, now=now) if event.series_id else 0

    def announce(wish: dict[str, Any]) -> str:
        if wish.get("and_following"):
            count = len(series_changes.announce_following(event=event, now=now))
            return ngettext("%(count)s date is announced.", "%(count)s dates are announced.", count) % {"count": count}
        announcing.announce(event=event, now=now)
        return _("Announced. Everybody can see it and sign up.")

    venues = list(Venue.objects.filter(event=event, left_at=None).select_related("space", "resource", "hold"))
    asked = [venue.name for venue in venues if not venue.agreed_at]
    held = [f"{venue.name}: {hold_words(venue)}" for venue in venues if venue.stands and venue.resource]
    hints = [_("Everybody sees it from then on, in the list, in the calendars, and on the page of each space.")]
    if asked:
        names = _(", ").join(asked)
        hints.append(
            _("Asked, and told by mail: %(names)s. Each says itself whether it takes part.") % {"names": names}
        )
    question = Question(
        title=_("Announce an event"),
        button=_("Announce"),
        icon="campaign",
        back=_page(event),
        facts=[
            *facts_of(event),
            (_("venues"), _(", ").join(venue.name for venue in venues if venue.stands) or "–"),
            *([(_("held"), _(", ").join(held))] if held else []),
            *([(_("dates that follow"), drafts)] if drafts else []),
        ],
        hints=hints,
    )
    return _asked(request, event, question, AnnounceForm if drafts else None, announce)


def cancel_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why, and tell everybody."""
    event = event_or_404(request, pk, "change")

    def cancel(wish: dict[str, Any]) -> str:
        announcing.cancel(event=event, reason=wish["reason"], now=timezone.now())
        return _("The event is cancelled.")

    question = Question(
        title=_("Cancel an event"),
        button=_("Cancel the event"),
        icon="event_busy",
        back=_page(event),
        facts=facts_of(event),
        hints=[
            told_sentence(announcing.standing(event)),
            _("What it holds at the spaces is given back. It can't be taken back."),
        ],
        ends_something=True,
    )
    return _asked(request, event, question, ReasonForm, cancel)


def end_view(request: HttpRequest, pk: int) -> HttpResponse:
    """End its series with the date before this one. Raises Http404 for an event that is of none."""
    event = event_or_404(request, pk, "change")
    if event.series_id is None:
        raise Http404

    def end(wish: dict[str, Any]) -> str:
        series_changes.end(event=event, reason=wish["reason"], now=timezone.now())
        return _("The series has ended.")

    following = Event.objects.filter(series=event.series_id, occurs_on__gte=event.occurs_on, cancelled_at=None)
    dates = list(following.order_by("occurs_on").values_list("occurs_on", flat=True))
    told = list(Rsvp.objects.standing().filter(event__in=following))
    question = Question(
        title=_("End a series"),
        button=_("End the series"),
        icon="event_busy",
        back=_page(event),
        facts=[*facts_of(event), (_("dates that fall"), _dates(dates))],
        hints=[
            told_sentence(told),
            _("This date and those that follow do not take place. Dates before it stay."),
        ],
        ends_something=True,
    )
    return _asked(request, event, question, ReasonForm, end, address="admin:events_event_changelist")


def repeat_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a series of an event: the dates that follow are as this one."""
    event = event_or_404(request, pk, "change")

    def repeat(form: forms.Form) -> str:
        repeats = form.repeats(event.day)  # type: ignore[attr-defined]
        made = series.repeat(event=event, rule=repeats.rule, left_out=repeats.left_out, now=timezone.now())
        count = Event.objects.filter(series=made).count() - 1
        said = ngettext("%(count)s date more is written.", "%(count)s dates more are written.", count)
        return said % {"count": count}

    question = Question(
        title=_("Repeat an event"),
        button=_("Make a series of it"),
        icon="event_repeat",
        back=_page(event),
        facts=facts_of(event),
        hints=[
            _("Each date is an event of its own, with its own sign-ups. They are written 400 days ahead."),
            _("They are announced if this one is, and hold what it holds, where that is free."),
        ],
    )
    return _asked(request, event, question, RepeatForm, repeat, whole_form=True)


def ask_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose among the spaces of the federation that are no venue yet."""
    event = event_or_404(request, pk, "change")
    known = Venue.objects.filter(event=event, space=OuterRef("pk"), left_at=None)
    spaces = Space.objects.in_federation(event.day).filter(~Exists(known)).order_by("position", "slug")

    def ask(wish: dict[str, Any]) -> str:
        chosen, offer = list(wish["spaces"]), taking_part.Offer(capacity=PROPOSED_PLACES)
        with transaction.atomic():
            for space in chosen:
                taking_part.add(event=event, space=space, offer=offer, by=signed_in(request), now=timezone.now())
        return _("Added: %(names)s.") % {"names": _(", ").join(map(str, chosen))}

    is_any = spaces.exists()
    question = Question(
        title=_("Ask spaces to be venues"),
        button=_("Ask them"),
        icon="group_add",
        back=_page(event),
        facts=facts_of(event),
        hints=[_("Each space says itself whether it takes part, and what it offers. Your own take part at once.")]
        if is_any
        else [_("Every space of the federation is a venue or asked already.")],
        can_be_done=is_any,
    )
    return _asked(request, event, question, AskForm, ask, spaces=spaces)


def online_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Let people take part online too."""
    event = event_or_404(request, pk, "change")

    def add(wish: dict[str, Any]) -> str:
        offer = taking_part.Offer(capacity=wish["capacity"], online_url=wish["online_url"])
        taking_part.add(event=event, space=None, offer=offer, by=signed_in(request), now=timezone.now())
        return _("People can take part online.")

    question = Question(
        title=_("Add online"), button=_("Add online"), icon="videocam", back=_page(event), facts=facts_of(event)
    )
    return _asked(request, event, question, OnlineForm, add)


def thank_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Thank who came, with a link to photos or notes."""
    event = event_or_404(request, pk, "change")

    def say_thanks(wish: dict[str, Any]) -> str:
        thank(event=event, text=wish["text"], photos_url=wish["photos_url"], now=timezone.now())
        return _("Thanks have gone out.")

    question = Question(
        title=_("Say thank you"),
        button=_("Say thank you"),
        icon="favorite",
        back=_page(event),
        facts=facts_of(event),
        hints=[told_sentence(who_came(event)), _("It stands on the page of the event too. It can be said once.")],
    )
    return _asked(request, event, question, ThanksForm, say_thanks)


def _asked(
    request: HttpRequest,
    event: Event,
    question: Question,
    kind: type[forms.Form] | None,
    act: Callable[[Any], str],
    *,
    whole_form: bool = False,
    address: str = "",
    **more: Any,
) -> HttpResponse:
    """The page of a question, or what came of its answer; a refusal stands over the form with what was typed."""
    form = (kind or QuestionForm)(request.POST if request.method == "POST" else None, **more)
    if request.method == "POST" and form.is_valid():
        try:
            said = act(form if whole_form else form.cleaned_data)
        except ValidationError as problem:
            refused = with_holders(problem, reader=signed_in(request))
            if not form.fields:
                messages.error(request, " ".join(refused.messages))
                return redirect(_page(event))
            form.add_error(None, refused)
        else:
            messages.success(request, said)
            return redirect(address or _page(event))
    return ask_page(request, question, form if form.fields else None)


def _dates(days: list[Any]) -> str:
    shown = _(", ").join(plain_day(day) for day in days[:DATES_SHOWN])
    more = len(days) - DATES_SHOWN
    if more > 0:
        return _("%(dates)s, and %(more)s more") % {"dates": shown, "more": more}
    return shown or "–"


def _page(event: Event) -> str:
    return reverse("admin:events_event_change", args=[event.pk])
