"""Members in and out as a file: the export of the list, and the page that brings a CSV file in."""

import base64
import zlib
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export.fields import Field
from import_export.resources import ModelResource
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from bookings.admin.scope import OwnSpacesAdmin, signed_in
from bookings.standing import Standing
from members import import_file, importing
from members.models import Membership
from members.roles import spaces_where
from spaces.models import Space

SAMPLE = Path(import_file.__file__).parent / "data" / "members-sample.csv"
CHECKED_FOR = 60 * 60
PROBLEMS_SHOWN = 500
_SEAL = signing.TimestampSigner(salt="members.import")


class MembershipExport(ModelResource):
    """The list with the columns of the import, and how things stood here."""

    class Meta:
        model = Membership
        fields: list[str] = []

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in (*import_file.COLUMNS, *import_file.PASSED_OVER):
            self.fields[name] = Field(column_name=name, readonly=True)

    def get_export_order(self) -> list[str]:
        return [*import_file.COLUMNS, *import_file.PASSED_OVER]

    def export_field(self, field: Field, instance: Any, **kwargs: Any) -> str:
        return _cell(field.column_name or "", instance)

    def get_user_visible_fields(self) -> list[Field]:
        return self.get_export_fields()


def _cell(name: str, membership: Any) -> str:
    """What a column says of a membership, as the import reads it."""
    standing = Standing(membership, timezone.now())
    zone = membership.space.zone
    if name in ("email", "language", *import_file.NAMES):
        return str(getattr(membership.user, name))
    if name in ("plan", "booth", "price"):
        value = {"plan": standing.agreed.plan.name, "booth": standing.agreed.booth, "price": standing.agreed.price}[
            name
        ]
        return str(value) if value is not None else ""
    if name == "paused_until":
        return _day(standing.pause.ends_on if standing.rests and standing.pause else None)
    if name == "space":
        return str(membership.space.slug)
    if name in ("applied_on", "decided_on", "last_visit"):
        field = {"applied_on": "applied_at", "decided_on": "decided_at", "last_visit": "visited_at"}[name]
        moment: datetime | None = getattr(membership, field, None)
        return _day(moment.astimezone(zone).date() if moment else None)
    value = getattr(membership, name)
    return _day(value) if value is None or isinstance(value, date) else str(value)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


class UploadForm(forms.Form):
    space: Any = forms.ModelChoiceField(
        label=gettext_lazy("space"), queryset=Space.objects.none(), widget=UnfoldAdminSelectWidget(), empty_label=None
    )
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        allow_empty_file=True,
        help_text=gettext_lazy("UTF-8 or Shift_JIS, at most 5,000 rows and 2 MB."),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,text/csv"}),
    )

    def __init__(self, *args: Any, spaces: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label or "")
        choice = self.fields["space"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        choice.queryset = spaces


def import_view(request: HttpRequest, admin: OwnSpacesAdmin) -> HttpResponse:
    """Check a file and list what is against it; load it on confirmation, all or nothing."""
    if not admin.has_add_permission(request):
        raise PermissionDenied
    spaces = Space.objects.all()
    if not request.user.is_superuser:
        spaces = spaces.filter(pk__in=spaces_where(signed_in(request).roles, "add", Membership._meta.label_lower))
    context = {**admin.admin_site.each_context(request), "title": _("Import members")}
    if request.method == "POST" and "checked" in request.POST:
        return _load(request, spaces, context)
    sent = request.method == "POST"
    form = UploadForm(request.POST if sent else None, request.FILES if sent else None, spaces=spaces)
    if sent and form.is_valid():
        space, upload = form.cleaned_data["space"], form.cleaned_data["file"]
        content = upload.read(import_file.MOST_BYTES + 1)
        reading = importing.check(space, content, now=timezone.now())
        context.update(_shown(reading), space=space, file_name=upload.name)
        if not reading.problems:
            context["checked"] = _sealed(space, upload.name[:200], content)
    return TemplateResponse(request, "admin/members/import.html", {**context, "form": form})


def sample_view(request: HttpRequest) -> HttpResponse:
    """The sample file; with a byte order mark, so that spreadsheets know it for UTF-8."""
    return HttpResponse(
        b"\xef\xbb\xbf" + SAMPLE.read_bytes(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="members-sample.csv"'},
    )


def _load(request: HttpRequest, spaces: Any, context: dict[str, Any]) -> HttpResponse:
    form = UploadForm(spaces=spaces)
    try:
        pk, name, content = _unsealed(request.POST["checked"])
    except signing.BadSignature:
        messages.warning(request, _("Too much time has passed since the check. Choose the file again."))
        return redirect("admin:members_import")
    space = spaces.filter(pk=pk).first()
    if space is None:
        raise PermissionDenied
    why = _("Import of %(file)s") % {"file": name}
    try:
        count = importing.load(space, content, by=signed_in(request), why=why, now=timezone.now())
    except importing.FileRefusedError as error:
        context.update(_shown(error.reading), space=space, file_name=name)
        return TemplateResponse(request, "admin/members/import.html", {**context, "form": form})
    said = ngettext("%(count)s member came in.", "%(count)s members came in.", count) % {"count": count}
    messages.success(request, said)
    return redirect(f"{reverse('admin:members_membership_changelist')}?space__id__exact={space.pk}")


def _sealed(space: Space, name: str, content: bytes) -> str:
    """A checked file as the page keeps it until it is loaded: packed, so that the largest fits into a form's field."""
    parts = [str(space.pk).encode(), name.encode(), zlib.compress(content)]
    return _SEAL.sign("/".join(base64.urlsafe_b64encode(part).decode() for part in parts))


def _unsealed(checked: str) -> tuple[int, str, bytes]:
    """The space, the name and the bytes of a sealed file; raises BadSignature."""
    sealed = _SEAL.unsign(checked, max_age=CHECKED_FOR)
    pk, name, content = (base64.urlsafe_b64decode(part) for part in sealed.split("/"))
    return int(pk), name.decode(), zlib.decompress(content)


def _shown(reading: import_file.Reading) -> dict[str, Any]:
    return {
        "reading": reading,
        "problems": reading.problems[:PROBLEMS_SHOWN],
        "problems_left": max(len(reading.problems) - PROBLEMS_SHOWN, 0),
        "warnings": reading.warnings[:PROBLEMS_SHOWN],
    }
