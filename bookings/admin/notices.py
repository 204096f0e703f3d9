"""The outbox, as operators see it: what went out, what waits, what could not be sent, and how each reads."""

from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe
from unfold.decorators import display

from bookings.admin.notice_filters import ErrorFilter, KindFilter, SpaceFilter, StateFilter
from bookings.admin.notice_list import NoticeList, counts
from bookings.admin.notice_preview import Preview, preview_of
from bookings.admin.notice_words import STATE_COLOURS, error_in_short, in_short, moment, what_became_of
from bookings.admin.scope import AskedList, LookedAtAdmin, signed_in
from members.roles import spaces_where
from notices.models import Notice
from spaces.models import Space

State = Notice.State
# A mail brings its own looks: it gets no script, no form, nothing from elsewhere, and leads nowhere.
_POLICY_OF_A_MAIL = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


@admin.register(Notice)
class NoticeAdmin(LookedAtAdmin):
    list_display = ["kind_name", "recipient", "state_label", "due", "sent", "attempts", "error", "space"]
    list_filter = [StateFilter, KindFilter, SpaceFilter, ErrorFilter]
    search_fields = ["recipient", "subject_key"]
    search_help_text = _("Address, or what it is about, such as booking:42")
    date_hierarchy = "due_at"
    actions = ["send_again"]
    list_before_template = "admin/notices/counts.html"
    change_form_outer_before_template = "admin/notices/acts.html"
    change_form_outer_after_template = "admin/notices/reads.html"
    readonly_fields = [
        "kind_name",
        "space",
        "language_name",
        "state_name",
        "when",
        "useful",
        "sent_at",
        "next_try",
        "written",
        "about",
        "mail_id",
    ]
    fields = [
        ("kind_name", "recipient"),
        ("space", "language_name"),
        ("state_name", "attempts"),
        ("when", "useful"),
        ("sent_at", "next_try"),
        ("written", "about"),
        "last_error",
        "mail_id",
    ]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/again/", view(self.again_view), name="notices_notice_again"),
            path("<int:pk>/reads/", view(self.reads_view), name="notices_notice_reads"),
            *super().get_urls(),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[AskedList]:
        return NoticeList

    # Whose

    def within(self, rows: QuerySet[Notice], request: HttpRequest, action: str) -> QuerySet[Notice]:
        """Notices in the name of the operator's own spaces."""
        if request.user.is_superuser:
            return rows
        spaces = spaces_where(signed_in(request).roles, action, self.opts.label_lower)
        return rows.filter(space_slug__in=Space.objects.filter(pk__in=spaces).values("slug"))

    def space_of(self, obj: Notice) -> int | None:
        return Space.objects.filter(slug=obj.space_slug).values_list("pk", flat=True).first()

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return self.is_allowed(request, "change")

    # Pages

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        stands = counts(self.get_queryset(request), timezone.now())
        return super().changelist_view(request, {**(extra_context or {}), "counts": stands})

    @method_decorator(csp_update({"frame-src": ["'self'"]}))
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        notice = self.get_object(request, object_id)
        more: dict[str, Any] = {}
        if notice:
            with_it, hidden = self._with(request, notice)
            more = {
                "notice": notice,
                "became": what_became_of(notice, timezone.now()),
                "may_resend": notice.state == State.PARKED and self.is_allowed(request, "change", notice),
                "with_it": with_it,
                "hidden": hidden,
                "reads": preview_of(notice, sees=_sent_of(notice, with_it)),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def _with(self, request: HttpRequest, notice: Notice) -> tuple[list[Notice], int]:
        """The other notices of the same mail that the person sees, and how many they do not."""
        if not notice.bundle:
            return [], 0
        others = Notice.objects.filter(bundle=notice.bundle).exclude(pk=notice.pk).order_by("due_at", "pk")
        seen = list(self.within(others, request, "view"))
        return seen, others.count() - len(seen)

    @method_decorator(xframe_options_sameorigin)
    @method_decorator(require_safe)
    def reads_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page of a mail, for the frame in which it is shown."""
        notice = self.row_or_404(request, pk, "view")
        with_it, _hidden = self._with(request, notice)
        reads: Preview = preview_of(notice, sees=_sent_of(notice, with_it))
        if not reads.html:
            raise Http404
        # In a sandbox this leads nowhere; the frame would open the link in itself without it.
        html = reads.html.replace("<head>", '<head><base target="_top">', 1)
        headers = {"Content-Security-Policy": _POLICY_OF_A_MAIL, "Cache-Control": "no-store, private"}
        return HttpResponse(html, headers=headers)

    # Acts

    @method_decorator(require_POST)
    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put one back into the outbox."""
        notice = self.row_or_404(request, pk, "change")
        self._send_again(request, Notice.objects.filter(pk=notice.pk))
        return redirect(reverse("admin:notices_notice_change", args=[pk]))

    @admin.action(description=_("Send parked notices again"), permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Notice]) -> None:
        self._send_again(request, queryset)

    def _send_again(self, request: HttpRequest, asked: QuerySet[Notice]) -> None:
        """Put parked ones back; delivery drops those that nobody wants any more."""
        parked = self.within(asked, request, "change").filter(state=State.PARKED)
        count = 0
        for notice in parked:
            notice.send_again(at=timezone.now())
            count += 1
        if count:
            said = ngettext("%(count)s notice goes out again.", "%(count)s notices go out again.", count)
            messages.success(request, said % {"count": count})
        skipped = asked.exclude(state=State.PARKED).count() - count
        if skipped > 0:
            messages.warning(request, _("Skipped: %(count)s that are not parked.") % {"count": skipped})

    # Columns

    @admin.display(description=_("kind"), ordering="kind")
    def kind_name(self, notice: Notice) -> str:
        return format_html('<span class="whitespace-nowrap">{}</span>', notice.label)

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def state_label(self, notice: Notice) -> tuple[str, Any]:
        return notice.state, State(notice.state).label

    @admin.display(description=_("space"), ordering="space_slug")
    def space(self, notice: Any) -> str:
        if not notice.space_slug:
            return str(_("Coworking Hokkaido"))
        name = getattr(notice, "space_name", None)
        return name or str(Space.objects.filter(slug=notice.space_slug).first() or notice.space_slug)

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, notice: Notice) -> str:
        return in_short(notice, notice.due_at)

    @admin.display(description=_("sent"), ordering="settled_at")
    def sent(self, notice: Notice) -> str:
        return in_short(notice, notice.settled_at if notice.state == State.SENT else None)

    @admin.display(description=_("error"))
    def error(self, notice: Notice) -> str:
        return error_in_short(notice)

    # Facts of the page

    @admin.display(description=_("state"))
    def state_name(self, notice: Notice) -> str:
        return str(State(notice.state).label)

    @admin.display(description=_("language"))
    def language_name(self, notice: Notice) -> str:
        return str(dict(settings.LANGUAGES).get(notice.language, notice.language))

    @admin.display(description=_("due"))
    def when(self, notice: Notice) -> str:
        return moment(notice, notice.due_at)

    @admin.display(description=_("sent"))
    def sent_at(self, notice: Notice) -> str:
        return moment(notice, notice.settled_at if notice.state == State.SENT else None)

    @admin.display(description=_("about"))
    def about(self, notice: Notice) -> str:
        return notice.subject_key

    @admin.display(description=_("useful until"))
    def useful(self, notice: Notice) -> str:
        return moment(notice, notice.useful_until)

    @admin.display(description=_("written"))
    def written(self, notice: Notice) -> str:
        return moment(notice, notice.created_at)

    @admin.display(description=_("next try"))
    def next_try(self, notice: Notice) -> str:
        return moment(notice, notice.try_at if notice.state == State.WAITING else None)

    @admin.display(description=_("Message-ID"))
    def mail_id(self, notice: Notice) -> str:
        return notice.mail_id


def _sent_of(notice: Notice, with_it: list[Notice]) -> int:
    """How many of the notices that went out in one mail with this one the reader sees, itself too."""
    return sum(one.state == State.SENT for one in (notice, *with_it))
