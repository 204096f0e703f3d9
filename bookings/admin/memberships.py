"""Memberships: the operators' main list, and the page of one of them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from bookings.admin.acts import ACTS, offered
from bookings.admin.doing import ask_and_do
from bookings.admin.membership_filters import BoothFilter, ExpiringFilter, PlanFilter
from bookings.admin.scope import Exported, OwnFilter, OwnSpacesAdmin, WithHistory, signed_in
from bookings.admin.signing_up import sign_up_form
from bookings.admin.todo import todo_view
from bookings.admin.transfer import MembershipExport, import_view, sample_view
from bookings.models import Booking
from bookings.standing import Standing
from bookings.templatetags.agreed import plan_and_booth
from members.models import AgreedPlan, Membership
from members.named import people_named
from members.papers import FACTS, correct, note_today, why
from spaces.templatetags.wording import plain_day

# Unfold shows the name of a status only if it is among these.
STATUS_COLOURS = {"applied": "info", "active": "success", "paused": "warning", "ended": "", "declined": ""}
BY_HAND = ["agreement_on", "key_given_on", "key_returned_on", "note"]


@admin.register(Membership)
class MembershipAdmin(Exported, WithHistory, OwnSpacesAdmin):
    resource_classes = [MembershipExport]
    list_display = ["person", "plan_today", "status_label", "starts_on", "ends_on", "last_visit", "space"]
    list_display_links = ["plan_today"]
    list_filter = [("space", OwnFilter), PlanFilter, "status", ExpiringFilter, BoothFilter]
    list_select_related = ["user", "space"]
    search_fields = ["user__family_name", "user__given_name", "user__family_reading", "user__email"]
    search_help_text = _("Name, reading or e-mail")
    ordering = ["user__family_reading", "user__given_reading", "user__email", "-pk"]
    actions = [
        "approve_selected",
        "decline_selected",
        "change_plan_selected",
        "stay_on_plan_selected",
        "pause_selected",
        "resume_selected",
        "stay_selected",
        "end_selected",
    ]
    actions_list = ["import_members"]
    change_form_outer_before_template = "admin/members/membership_acts.html"
    fieldsets = [
        (None, {"fields": ["person", "space", "plan_today", "status", ("starts_on", "ends_on"), "renewal_day"]}),
        (_("Agreement and key"), {"fields": ["agreement_on", ("key_given_on", "key_returned_on"), "note"]}),
        (_("Application"), {"fields": ["applied_at", "questions", "decided_at", "decision"]}),
    ]
    readonly_fields = [
        "person",
        "space",
        "plan_today",
        "status",
        "starts_on",
        "ends_on",
        "renewal_day",
        "applied_at",
        "questions",
        "decided_at",
        "decision",
    ]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("todo/", view(self.todo_view), name="members_todo"),
            path("import/", view(self.import_view), name="members_import"),
            path("import/sample.csv", view(sample_view), name="members_import_sample"),
            path("<int:pk>/act/<slug:name>/", view(self.act_view), name="members_membership_act"),
            path("<int:pk>/note/<slug:fact>/", view(self.note_view), name="members_membership_note"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        visits = Booking.objects.filter(
            user=OuterRef("user"), resource__space=OuterRef("space"), checked_in_at__isnull=False
        )
        agreed = Prefetch("agreed_plans", AgreedPlan.objects.select_related("plan", "booth").order_by("starts_on"))
        return (
            super()
            .get_queryset(request)
            .annotate(visited_at=Subquery(visits.order_by("-starts_at").values("checked_in_at")[:1]))
            .prefetch_related(agreed)
        )

    def get_export_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        rows: QuerySet[Membership] = super().get_export_queryset(request)
        return rows.prefetch_related("pauses")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Membership], search_term: str
    ) -> tuple[QuerySet[Membership], bool]:
        """Memberships of people of that name; it is read as people write it, run together or not."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(user__in=people_named(search_term)), False

    # Columns

    @admin.display(description=_("person"), ordering="user__family_reading")
    def person(self, membership: Membership) -> str:
        address = reverse("admin:members_person_at_space", args=[membership.user_id, membership.space.slug])
        return format_html('<a href="{}" class="op-link">{}</a>', address, membership.user.display_name)

    @admin.display(description=_("plan"))
    def plan_today(self, membership: Membership) -> str:
        return plan_and_booth(Standing(membership, timezone.now()).agreed)

    @display(description=_("status"), ordering="status", label=STATUS_COLOURS)
    def status_label(self, membership: Membership) -> tuple[str, str]:
        return membership.status, membership.get_status_display()

    @admin.display(description=_("last visit"), ordering=F("visited_at").desc(nulls_last=True))
    def last_visit(self, membership: Any) -> str:
        return plain_day(membership.visited_at) if membership.visited_at else "–"

    @admin.display(description=_("answers"))
    def questions(self, membership: Membership) -> str:
        rows = membership.answered
        return "\n".join(f"{asked}\n→ {_('Yes') if answer is True else answer or '–'}" for asked, answer in rows) or "–"

    # Forms

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Membership | None = None) -> Any:
        if obj is None:
            return sign_up_form(request).FIELDSETS
        sets = super().get_fieldsets(request, obj)
        return sets if obj.answers or obj.decided_at else sets[:-1]

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> Any:
        return super().get_readonly_fields(request, obj) if obj else []

    def get_form(self, request: HttpRequest, obj: Membership | None = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = sign_up_form(request)
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """Signing up is done by its form; of a membership only what happens on paper is written by hand."""
        if change:
            written = {name: form.cleaned_data.get(name, getattr(obj, name)) for name in BY_HAND}
            correct(membership=obj, **written, by=signed_in(request))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id)
        if found is not None:
            standing = Standing(found, timezone.now())
            may_change = self.has_change_permission(request, found)
            extra_context = {
                **(extra_context or {}),
                "standing": standing,
                "acts": offered(standing) if may_change else [],
                "show_save_and_add_another": False,
            }
        return super().change_view(request, object_id, form_url, extra_context)

    # Pages beside the list

    def todo_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return todo_view(request, self.admin_site)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        return import_view(request, self)

    @action(description=_("Import"), url_path="import-members", permissions=["add"], icon="upload")
    def import_members(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:members_import")

    # Acts

    def act_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """One act with one membership."""
        act = ACTS.get(name)
        if act is None:
            raise Http404
        membership = self.row_or_404(request, pk, "change")
        rows = self.get_queryset(request).filter(pk=pk)
        return ask_and_do(self, request, act, rows, back=self._back(request, membership))

    def note_view(self, request: HttpRequest, pk: int, fact: str) -> HttpResponse:
        """Note with one press that the agreement came, or where the key is."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if fact not in FACTS:
            raise Http404
        membership = self.row_or_404(request, pk, "change")
        try:
            note_today(membership=membership, fact=fact, by=signed_in(request), now=timezone.now())
            messages.success(request, why(fact))
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
        return redirect(self._back(request, membership))

    def _back(self, request: HttpRequest, membership: Membership) -> str:
        back = request.POST.get("back") or request.GET.get("back")
        if back == "person":
            return reverse("admin:members_person_at_space", args=[membership.user_id, membership.space.slug])
        if back == "todo":
            return reverse("admin:members_todo")
        return reverse("admin:members_membership_change", args=[membership.pk])

    def _from_list(self, request: HttpRequest, rows: QuerySet[Membership], name: str) -> HttpResponse:
        return ask_and_do(self, request, ACTS[name], rows, back=request.get_full_path(), action=f"{name}_selected")

    @admin.action(description=ACTS["approve"].title, permissions=["change"])
    def approve_selected(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse:
        return self._from_list(request, queryset, "approve")

    @admin.action(description=ACTS["decline"].title, permissions=["change"])
    def decline_selected(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse:
        return self._from_list(request, queryset, "decline")

    @admin.action(description=ACTS["change_plan"].title, permissions=["change"])
    def change_plan_selected(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse:
        return self._from_list(request, queryset, "change_plan")

    @admin.action(description=ACTS["stay_on_plan"].title, permissions=["change"])
    def stay_on_plan_selected(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse:
        return self._from_list(request, queryset, "stay_on_plan")

    @admin.action(description=ACTS["pause"].title, permissions=["change"])
    def pause_selected(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse:
        return self._from_list(request, queryset, "pause")

    @admin.action(description=ACTS["resume"].title, permissions=["change"])
    def resume_selected(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse:
        return self._from_list(request, queryset, "resume")

    @admin.action(description=ACTS["stay"].title, permissions=["change"])
    def stay_selected(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse:
        return self._from_list(request, queryset, "stay")

    @admin.action(description=ACTS["end"].title, permissions=["change"])
    def end_selected(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse:
        return self._from_list(request, queryset, "end")
