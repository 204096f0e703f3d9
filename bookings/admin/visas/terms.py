"""Terms of hosts: what counts now at each space, its form, saying that it still holds, and the versions of before."""

from collections.abc import Collection
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display
from unfold.views import ChangeList

from bookings.admin.money.listed import on_day
from bookings.admin.scope import LookedAtAdmin, OwnFilter, may_at, signed_in
from bookings.admin.visas.terms_form import TermsForm, version_seen
from bookings.admin.visas.terms_shown import Offer, TermsList, offers_of, with_sentences
from members.roles import spaces_where
from spaces.models import Space
from spaces.refusing import codes
from spaces.templatetags.wording import plain_day
from visas.models import Terms
from visas.offering import confirm_terms, look_at_terms, terms_of, write_terms

LABEL = Terms._meta.label_lower


@admin.register(Terms)
class TermsAdmin(LookedAtAdmin):
    """The list holds every version, to be read; what counts now has a page for each space."""

    list_display = ["version_label", "space", "sentence", "written", "written_by", "confirmed", "state_label"]
    list_filter = [("space", OwnFilter)]
    list_select_related = ["space", "written_by"]
    ordering = ["-written_at", "-pk"]
    fields = [
        ("space", "version"),
        "sentence",
        ("written", "written_by"),
        ("confirmed", "replaced"),
        ("days_free", "percent_off"),
        ("opens", "closes"),
        ("notice_hours", "months_of_membership"),
        ("once_a_week", "not_from_nearby"),
        ("perks_ja", "perks_en"),
    ]
    readonly_fields = ["space", "version", "sentence", "written", "written_by", "confirmed", "replaced"]

    written = on_day("written_at", gettext_lazy("written"))
    confirmed = on_day("confirmed_at", gettext_lazy("confirmed"))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("of/", view(self.spaces_view), name="visas_terms_spaces"),
            path("of/<slug:slug>/", view(self.at_view), name="visas_terms_at"),
            path("of/<slug:slug>/confirm/", view(self.confirm_view), name="visas_terms_confirm"),
            *super().get_urls(),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return TermsList

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """With what it says."""
        terms = super().get_object(request, object_id, from_field)
        if terms:
            with_sentences([terms], now=timezone.now())
        return terms

    # What counts now

    def spaces_view(self, request: HttpRequest) -> HttpResponse:
        """The hosts of a person with what each offers; who runs one space is led to its page."""
        spaces = list(_own_spaces(request))
        if not spaces:
            raise PermissionDenied
        if len(spaces) == 1:
            return redirect("admin:visas_terms_at", spaces[0].slug)
        context = {"title": self.opts.verbose_name_plural, "offers": offers_of(spaces, now=timezone.now())}
        return self._page(request, "admin/visas/terms_spaces.html", context)

    def at_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """What one host offers; a POST looks at, or writes, what the form says."""
        space = get_object_or_404(_own_spaces(request), slug=slug)
        now = timezone.now()
        if request.method != "POST":
            return self._shown(request, space, TermsForm(terms=terms_of(space)))
        _check_may_write(request, space)
        form = TermsForm(request.POST, terms=terms_of(space))
        if not form.is_valid():
            return self._shown(request, space, form)
        by = signed_in(request)
        asked = {"space": space, "by": by, "now": now, "seen": version_seen(request.POST), **form.offered}
        try:
            if "look" in request.POST:
                return self._shown(request, space, form, draft=look_at_terms(**asked))
            write_terms(**asked)
        except ValidationError as problem:
            form.add_error(None, problem)
            refused = set() if hasattr(problem, "error_dict") else codes(problem)
            return self._shown(request, space, form, refused=refused)
        messages.success(request, _("These terms apply from now on. Existing bookings stay as they were agreed."))
        return redirect("admin:visas_terms_at", space.slug)

    def confirm_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Say with one press that what was looked at still holds."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        space = get_object_or_404(_own_spaces(request), slug=slug)
        _check_may_write(request, space)
        try:
            confirm_terms(space=space, by=signed_in(request), now=timezone.now(), seen=version_seen(request.POST))
        except ValidationError as problem:
            messages.warning(request, " ".join(problem.messages))
        else:
            messages.success(request, _("Thank you. Everybody can see that these terms are confirmed."))
        return redirect("admin:visas_terms_at", space.slug)

    def _shown(
        self,
        request: HttpRequest,
        space: Space,
        form: TermsForm,
        *,
        draft: Terms | None = None,
        refused: Collection[str] = (),
    ) -> HttpResponse:
        """The page of a host: what counts is read anew, so that who was too late sees what the other has written."""
        [offer] = offers_of([space], now=timezone.now())
        context = {
            "title": _("Terms of the VISA: %(space)s") % {"space": space.name},
            "offer": offer,
            "form": form,
            "draft": Offer(space, draft, offer.sells_drop_in) if draft else None,
            "may_write": may_at(request, space.pk, "change", LABEL),
            "wants_town": "no_town" in refused,
            "versions": f"{reverse('admin:visas_terms_changelist')}?space__id__exact={space.pk}",
            "several": len(_own_spaces(request)) > 1,
        }
        late = "terms_changed" in refused or "terms_of_now" in refused
        return self._page(request, "admin/visas/terms_at.html", context, status=409 if late else 200)

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        framed = {**self.admin_site.each_context(request), **context}
        return TemplateResponse(request, template, framed, status=status)

    # Columns

    @admin.display(description=gettext_lazy("version"), ordering="version")
    def version_label(self, terms: Terms) -> str:
        return str(terms.version)

    @admin.display(description=gettext_lazy("in a sentence"))
    def sentence(self, terms: Any) -> str:
        return str(terms.said)

    @admin.display(description=gettext_lazy("replaced"))
    def replaced(self, terms: Terms) -> str:
        return plain_day(terms.replaced_at) if terms.replaced_at else "–"

    @display(description=gettext_lazy("state"), ordering="replaced_at", label={"counts": "success", "was": ""})
    def state_label(self, terms: Terms) -> tuple[str, str]:
        return ("was", _("Replaced")) if terms.replaced_at else ("counts", _("In force"))


def _own_spaces(request: HttpRequest) -> QuerySet[Space]:
    user = signed_in(request)
    spaces = Space.objects.all()
    return spaces if user.is_superuser else spaces.filter(pk__in=spaces_where(user.roles, "view", LABEL))


def _check_may_write(request: HttpRequest, space: Space) -> None:
    if not may_at(request, space.pk, "change", LABEL):
        raise PermissionDenied
