"""The form of what an event says, shared by the operators' admin and the host's own page. The acts write it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from events.models import Event, Picture
from events.picture_keeping import kept
from events.shown import changed, marked, marks_of, remarked
from spaces.templatetags.wording import clock, plain_day

TEXTS = [
    "title_ja",
    "title_en",
    "text_ja",
    "text_en",
    "supporter_ja",
    "supporter_en",
    "question_ja",
    "question_en",
    "stream_url",
]
_LABELS = {
    "title_ja": _("title, in Japanese"),
    "title_en": _("title, in English"),
    "text_ja": _("text, in Japanese"),
    "text_en": _("text, in English"),
    "supporter_ja": _("given by, in Japanese"),
    "supporter_en": _("given by, in English"),
    "question_ja": _("question to who comes, in Japanese"),
    "question_en": _("question to who comes, in English"),
}
# The fields of the form where the table has other names.
FIELD_OF = {"starts_at": "day", "ends_at": "day", "picture": "picture_file"}
MARKDOWN = _("Markdown: an empty line begins a paragraph, **bold**, - for a list, [words](https://…) for a link.")


class EventForm(forms.ModelForm):
    """What is written is checked here as the table would; the picture is prepared and kept, whatever else is wrong."""

    picture_file = forms.FileField(
        label=_("picture"),
        required=False,
        help_text=_("JPEG, PNG, WebP or GIF, wider than high. It is made smaller, and where it was taken is removed."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    without_picture = forms.BooleanField(label=_("without a picture"), required=False)
    kept_picture = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    shown = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    class Meta:
        model = Event
        fields = TEXTS
        labels = _LABELS
        help_texts = {"text_ja": MARKDOWN, "text_en": _("Where one language is empty, the other is shown.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = capfirst(str(_LABELS.get(name, field.label or "")))
        if not (self.instance.pk and self.instance.picture_id):
            self.fields.pop("without_picture", None)
        if self.instance.pk:
            self.initial["shown"] = marked(self.current())

    def current(self) -> dict[str, Any]:
        """What stands now, by the names of what the form can write."""
        columns = [field for field in Event._meta.concrete_fields if field.name in self.fields]
        picture = {"picture": self.instance.picture_id}
        return {field.name: getattr(self.instance, field.attname) for field in columns} | picture

    def changed(self, wished: Mapping[str, Any]) -> dict[str, Any]:
        """What of `wished` the person has changed since the form was opened.

        Raises ValidationError, by the names of fields, where somebody else has changed the same meanwhile; it says to
        what. The form then takes that as shown, so that saving once more writes what was typed.
        """
        current = self.current()
        marks = marks_of(self.cleaned_data.get("shown", ""))
        found, overtaken = changed(wished, current, marks)
        if overtaken:
            # Of those alone: in the other fields there still stands what was shown at first.
            self._resend("shown", remarked(marks, {name: current[name] for name in overtaken}))
            raise ValidationError(
                {FIELD_OF.get(name, name): _meanwhile(name, current[name], self.instance) for name in overtaken}
            )
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            self._check_as_column(name, value)
        if "title_ja" in cleaned and not cleaned["title_ja"] and not cleaned.get("title_en"):
            self.add_error("title_ja", _("Give it a title in one language at least."))
        self._keep_picture()
        return cleaned

    def _post_clean(self) -> None:
        """Left to the acts, which write the event."""

    @property
    def values(self) -> dict[str, Any]:
        """What the acts are to write, by the fields of `Event`."""
        columns = {field.name: field for field in Event._meta.concrete_fields}
        given = {name: value for name, value in self.cleaned_data.items() if name in columns}
        texts = {name: value or "" for name, value in given.items() if columns[name].empty_strings_allowed}
        return {**given, **texts, **self._picture_wish()}

    def _check_as_column(self, name: str, value: Any) -> None:
        """Django asks a column's own validators on the instance, which only the acts write."""
        column = next((one for one in Event._meta.concrete_fields if one.name == name), None)
        if column is None or value in (None, ""):
            return
        try:
            column.run_validators(value)
        except ValidationError as problem:
            self.add_error(name, problem)

    def _keep_picture(self) -> None:
        """Keep what was sent even if the form is refused: a browser does not choose a file again by itself."""
        sent = self.cleaned_data.get("picture_file")
        if not sent:
            return
        try:
            picture = kept(sent)
        except ValidationError as problem:
            self.add_error("picture_file", problem)
            return
        self.cleaned_data["kept_picture"] = picture.digest
        self._resend("kept_picture", picture.digest)

    def _resend(self, name: str, value: str) -> None:
        """Let the form, shown once more, carry this in a hidden field instead of what was sent."""
        data = self.data.copy() if isinstance(self.data, MultiValueDict) else dict(self.data)
        data[self.add_prefix(name)] = value
        self.data = data

    def _picture_wish(self) -> dict[str, Picture | None]:
        digest = self.cleaned_data.get("kept_picture")
        picture = Picture.objects.filter(digest=digest).first() if digest else None
        if picture:
            return {"picture": picture}
        return {"picture": None} if self.cleaned_data.get("without_picture") else {}


def _meanwhile(name: str, value: Any, event: Event) -> Any:
    """What to say of a value that somebody else has written while the form was open."""
    if name == "picture":
        return _("Somebody has put on another picture meanwhile. Save once more to have yours.")
    if name == "kind":
        value = event.get_kind_display()
    elif name == "host":
        value = event.host
    elif isinstance(value, datetime):
        with timezone.override(event.organiser.zone):
            starts_at, ends_at = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
            value = f"{plain_day(starts_at)} {clock(starts_at)}–{clock(ends_at)}"
    if value in (None, ""):
        return _("Somebody has emptied this meanwhile. Save once more to write yours.")
    return _("Somebody has changed this meanwhile. It says now: “%(now)s” Save once more to write yours.") % {
        "now": value
    }
