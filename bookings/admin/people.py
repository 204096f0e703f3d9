"""People, as far as a space has to do with them, and who runs it."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from import_export.resources import ModelResource

from bookings.admin.person_at_space import person_view, spaces_of
from bookings.admin.scope import Exported, OwnFilter, OwnSpacesAdmin, WithHistory, signed_in
from bookings.known import people_at
from members.models import Operator, User
from members.named import people_named

# Roles decide what operators may do; addresses and second factors are their owner's own, on the account pages.
for model in (Group, EmailAddress, Authenticator):
    admin.site.unregister(model)


class UserExport(ModelResource):
    class Meta:
        model = User
        fields = ["email", "family_name", "given_name", "family_reading", "given_reading", "language", "date_joined"]


@admin.register(User)
class UserAdmin(Exported, OwnSpacesAdmin):
    resource_classes = [UserExport]
    list_display = ["named", "family_reading", "email", "language", "date_joined"]
    list_display_links = ["named", "email"]
    list_filter = ["language", "is_active"]
    search_fields = ["email", "family_name", "given_name", "family_reading", "given_reading"]
    date_hierarchy = "date_joined"
    fields = [
        "email",
        ("family_name", "given_name"),
        ("family_reading", "given_reading"),
        "language",
        "is_active",
        "date_joined",
    ]
    readonly_fields = ["date_joined"]

    change_form_outer_before_template = "admin/members/person_spaces.html"

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view(self.at_space_view)
        return [path("<int:pk>/at/<slug:slug>/", page, name="members_person_at_space"), *super().get_urls()]

    def at_space_view(self, request: HttpRequest, pk: int, slug: str) -> HttpResponse:
        return person_view(request, self.admin_site, pk, slug)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        spaces = spaces_of(request, int(object_id)) if object_id.isdecimal() else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "spaces": spaces})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """People of that name; it is read as people write it, run together or not."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=people_named(search_term)), False

    @admin.display(description=_("name"), ordering="family_reading")
    def named(self, user: User) -> str:
        return user.display_name

    def within(self, rows: QuerySet[User], request: HttpRequest, action: str) -> QuerySet[User]:
        """People who have to do with the operator's own spaces, and who help to run these."""
        if request.user.is_superuser:
            return rows
        spaces = list(signed_in(request).roles)
        help_there = Operator.objects.filter(space__in=spaces, user=OuterRef("pk"))
        return rows.filter(people_at(spaces) | Q(Exists(help_there)))

    def is_allowed(self, request: HttpRequest, action: str, obj: User | None = None) -> bool:
        if request.user.is_superuser:
            return True
        if action != "view":
            return False
        seen = obj is None or self.within(User.objects.filter(pk=obj.pk), request, action).exists()
        return super().is_allowed(request, action) and seen


class OperatorForm(forms.ModelForm):
    """A new operator is named by the exact address: an owner can't leaf through people of other spaces."""

    email = forms.EmailField(label=_("e-mail of the person"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["email"]

    def clean_email(self) -> str:
        address = self.cleaned_data["email"].strip().lower()
        user = User.objects.filter(email=address, is_active=True).first()
        if user is None:
            raise ValidationError(_("Nobody has signed up with this address yet."), code="unknown")
        self.instance.user = user
        return address


@admin.register(Operator)
class OperatorAdmin(WithHistory, OwnSpacesAdmin):
    form = OperatorForm
    list_display = ["user", "space", "role"]
    list_filter = [("space", OwnFilter), "role"]
    list_select_related = ["user", "space"]
    search_fields = ["user__email", "user__family_name"]

    def get_fields(self, request: HttpRequest, obj: Operator | None = None) -> list[str]:
        return ["user", "space", "role"] if obj else ["email", "space", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: Operator | None = None) -> list[str]:
        return ["user", "space"] if obj else []
