"""What a list of events is narrowed to."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from events.finding import at_space
from events.models import Event, EventQuerySet
from spaces.models import Space


class FilterForm(forms.Form):
    """A space, and a kind of event; either may be left open."""

    space = forms.ChoiceField(
        label=_("Space"), required=False, error_messages={"invalid_choice": _("There is no such space.")}
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("All kinds")), *Event.Kind.choices],
        error_messages={"invalid_choice": _("There is no such kind of event.")},
    )

    def __init__(self, *args: Any, spaces: Iterable[Space], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spaces = {space.slug: space for space in spaces}
        field = self.fields["space"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells mypy what stands fifteen lines above
        field.choices = [
            ("", pgettext("of events", "All spaces")),
            *((slug, space.name) for slug, space in self.spaces.items()),
        ]

    @property
    def chosen_space(self) -> Space | None:
        """The space that is asked for, if it is one."""
        return self.spaces.get(self._chosen("space"))

    @property
    def query(self) -> QueryDict:
        """What is narrowed to, as other pages take it in their address."""
        query = QueryDict(mutable=True)
        query.update({name: value for name in self.fields if (value := self._chosen(name))})
        return query

    def narrowed(self, events: EventQuerySet) -> EventQuerySet:
        """Those that are asked for; what can't be read narrows nothing."""
        if self.chosen_space:
            events = at_space(events, self.chosen_space)
        return events.filter(kind=kind) if (kind := self._chosen("kind")) else events

    def _chosen(self, name: str) -> str:
        self.is_valid()
        return self.cleaned_data.get(name) or ""
