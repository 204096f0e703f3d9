"""What an operator sees and changes: the rows of their own spaces, in every list, form, choice, action and export."""

import re
from collections.abc import Sequence
from typing import Any

from django.contrib.admin import RelatedOnlyFieldListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from import_export.admin import ExportMixin
from import_export.formats.base_formats import CSV, JSON
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.import_export.forms import ExportForm
from unfold.views import ChangeList

from members.models import User
from members.roles import may, spaces_where


def signed_in(request: HttpRequest) -> User:
    """The person who came past the admin's own door."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def may_at(request: HttpRequest, space_id: int | None, action: str, label: str) -> bool:
    """Whether the person may do `action` with rows of a model at a space, or in its name."""
    user = signed_in(request)
    role = None if space_id is None else user.roles.get(space_id)
    return user.is_superuser or (role is not None and may(role, action, label))


class FoundOne(AutocompleteSelect):
    """A row that is found by typing. To show again what was sent, Django looks it up, where no number is an error."""

    def optgroups(self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None) -> Any:
        return super().optgroups(name, _numbers(value), attrs)


class FoundSeveral(AutocompleteSelectMultiple):
    """Rows that are found by typing; see FoundOne."""

    def optgroups(self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None) -> Any:
        return super().optgroups(name, _numbers(value), attrs)


def _numbers(sent: Sequence[str]) -> list[str]:
    return [one for one in sent if str(one).isdecimal()]


class AskedList(ChangeList):
    """A list that answers an address that asks for the impossible as it does a wrong filter: it begins anew.

    Django asks the database for a NUL, which PostgreSQL can't hold, and counts beyond the last year that there is.
    """

    def get_filters(self, request: HttpRequest) -> Any:
        sent = [value for _name, values in request.GET.lists() for value in values]
        days = {part: request.GET.getlist(f"{self.date_hierarchy}__{part}") for part in _PARTS}
        if any("\x00" in value for value in sent) or not all(
            _PARTS[part].fullmatch(value) for part, values in days.items() for value in values
        ):
            raise IncorrectLookupParameters
        return super().get_filters(request)


_PARTS = {"year": re.compile("20[0-9]{2}"), "month": re.compile("[0-9]{1,2}"), "day": re.compile("[0-9]{1,2}")}


class OwnSpacesAdmin(ModelAdmin):
    """An admin whose rows belong to a space, by way of `space_lookup`: a path of fields to the space's key."""

    space_lookup = "space_id"
    list_filter_submit = True
    warn_unsaved_form = True
    compressed_fields = True
    list_per_page = 50
    show_full_result_count = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return AskedList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.within(super().get_queryset(request), request, "view")

    def within(self, rows: QuerySet[Any], request: HttpRequest, action: str) -> QuerySet[Any]:
        """The rows on which the person may do `action`."""
        if request.user.is_superuser:
            return rows
        spaces = spaces_where(signed_in(request).roles, action, self.opts.label_lower)
        return rows.filter(**{f"{self.space_lookup}__in": spaces})

    def row_or_404(self, request: HttpRequest, pk: int, action: str) -> Any:
        """A row that the person sees, for an act. Raises Http404, and PermissionDenied for who may only look."""
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.is_allowed(request, action, row):
            raise PermissionDenied
        return row

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Who runs one space needs no column that says so."""
        user = signed_in(request)
        several = user.is_superuser or len(user.roles) > 1
        return [name for name in super().get_list_display(request) if several or name != "space"]

    def space_of(self, obj: Any) -> Any:
        """The key of the space that a row belongs to."""
        for name in self.space_lookup.split("__"):
            obj = getattr(obj, name, None)
        return obj

    def is_allowed(self, request: HttpRequest, action: str, obj: Any = None) -> bool:
        """Whether the person's role allows `action` at the row's space; without a row, at any space."""
        user = signed_in(request)
        if obj is None or obj.pk is None:
            return user.is_superuser or bool(spaces_where(user.roles, action, self.opts.label_lower))
        return may_at(request, self.space_of(obj), action, self.opts.label_lower)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_allowed(request, "view", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_allowed(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_allowed(request, "delete", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.is_allowed(request, "add")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", choices(self, db_field, request))
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", FoundOne(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", choices(self, db_field, request))
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", FoundSeveral(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class LookedAtAdmin(OwnSpacesAdmin):
    """Rows that nobody types over: each act that the role allows has its own page."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Exported(ExportMixin):
    """A list that can be taken away as a file: the rows that the person sees, with the filters that are set."""

    export_formats = [CSV, JSON]
    export_form_class = ExportForm


class WithHistory(SimpleHistoryAdmin):
    """Keeps and shows who changed what, and when."""

    history_list_display = ["history_change_reason"]


class OwnSpacesInline(TabularInline):
    """Rows of a space on the page of that space: its page decides who sees them, the role what they may do."""

    extra = 0
    tab = True

    def is_allowed(self, request: HttpRequest, action: str, obj: Any) -> bool:
        user = signed_in(request)
        if obj is None:
            # Asked about the inline as such, before it is known on whose page it stands.
            return user.is_superuser or bool(spaces_where(user.roles, action, self.opts.label_lower))
        return may_at(request, obj.pk, action, self.opts.label_lower)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_allowed(request, "view", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_allowed(request, "add", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_allowed(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_allowed(request, "delete", obj)


class OwnFilter(RelatedOnlyFieldListFilter):
    """A filter that offers only what the listed rows have, and so nothing of other spaces."""


def choices(admin: OwnSpacesAdmin, field: Any, request: HttpRequest) -> QuerySet[Any]:
    """What a relation may be set to: what the person sees, and of spaces those where they may write such rows."""
    model: type[Model] = field.related_model
    registered = admin.admin_site._registry.get(model)
    rows = registered.get_queryset(request) if registered else model._default_manager.all()
    if model._meta.label_lower == "spaces.space" and not request.user.is_superuser:
        label = admin.opts.label_lower
        writable = {
            *spaces_where(signed_in(request).roles, "add", label),
            *spaces_where(signed_in(request).roles, "change", label),
        }
        rows = rows.filter(pk__in=writable)
    return rows
