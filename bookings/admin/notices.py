"""The outbox, as operators see it."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from bookings.admin.scope import OwnSpacesAdmin, signed_in
from members.roles import spaces_where
from notices.kinds import labels
from notices.models import Notice
from spaces.models import Space


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(name, str(label)) for name, label in labels().items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Notice)
class NoticeAdmin(OwnSpacesAdmin):
    list_display = ["kind_name", "recipient", "state", "due_at", "settled_at", "attempts", "space_slug"]
    list_filter = ["state", KindFilter]
    search_fields = ["recipient", "subject_key"]
    date_hierarchy = "due_at"
    actions = ["send_again"]
    readonly_fields = [field.name for field in Notice._meta.fields]

    @admin.display(description=_("kind"), ordering="kind")
    def kind_name(self, notice: Notice) -> str:
        return str(labels().get(notice.kind, notice.kind))

    def within(self, rows: QuerySet[Notice], request: HttpRequest, action: str) -> QuerySet[Notice]:
        """Notices in the name of the operator's own spaces."""
        if request.user.is_superuser:
            return rows
        spaces = spaces_where(signed_in(request).roles, action, self.opts.label_lower)
        return rows.filter(space_slug__in=Space.objects.filter(pk__in=spaces).values("slug"))

    def space_of(self, obj: Notice) -> int | None:
        return Space.objects.filter(slug=obj.space_slug).values_list("pk", flat=True).first()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Notice | None = None) -> bool:
        return False

    @admin.action(description=_("Send parked notices again"), permissions=["change"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Notice]) -> None:
        parked = self.within(queryset, request, "change").filter(state=Notice.State.PARKED)
        count = 0
        for notice in parked:
            notice.send_again(at=timezone.now())
            count += 1
        said = ngettext("%(count)s notice goes out again.", "%(count)s notices go out again.", count)
        messages.success(request, said % {"count": count})
        skipped = queryset.exclude(state=Notice.State.PARKED).count() - count
        if skipped > 0:
            messages.warning(request, _("Skipped: %(count)s that are not parked.") % {"count": skipped})
